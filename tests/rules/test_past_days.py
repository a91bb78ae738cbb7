"""Which sitemaps of an index, and which of their entries, an old range of days asks for."""

from datetime import UTC, date, datetime

import pytest

from ingest.rules.moment import read_moment
from ingest.rules.past_days import Days, children_within, is_behind, is_within, named_days
from ingest.rules.sitemap import Child

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MARCH = Days(from_on=date(2019, 3, 1), to_on=date(2019, 3, 31))
SITE = "https://daily.example"


def chosen(*names: tuple[str, str | None], days: Days = MARCH) -> list[str]:
    children = [
        Child(url=f"{SITE}/{name}", lastmod_at=datetime.fromisoformat(on).replace(tzinfo=UTC) if on else None)
        for name, on in names
    ]
    return [child.url.removeprefix(f"{SITE}/") for child in children_within(children, days, now=NOW)]


def test_names_that_say_their_days_decide_and_the_newest_comes_first() -> None:
    names = [f"sitemap-2019-{month:02}.xml" for month in range(1, 7)]
    assert chosen(*((name, "2026-11-20") for name in names)) == [names[3], names[2], names[1]]
    assert chosen(("map.xml?yyyy=2019&mm=03&dd=30", None), ("map.xml?yyyy=2019&mm=05&dd=01", None)) == [
        "map.xml?yyyy=2019&mm=03&dd=30"
    ]
    one = Days(from_on=date(2019, 3, 5), to_on=date(2019, 3, 5))
    names = [f"sitemaps/2019/03/{day:02}.xml" for day in range(1, 11)]
    assert chosen(*((name, None) for name in names), days=one) == [names[5], names[4], names[3]]


def test_a_year_in_a_name_is_one_where_its_siblings_have_years_too() -> None:
    years = [f"sitemap-{year}.xml" for year in range(2015, 2023)]
    assert chosen(*((name, None) for name in years)) == ["sitemap-2019.xml"]
    pieces = [f"sitemap-{number}.xml" for number in range(2000, 2200, 40)]
    assert len(chosen(*((name, None) for name in pieces))) == len(pieces)


def test_a_lastmod_before_the_range_rules_a_sitemap_out_unless_it_lies() -> None:
    said = [(f"map-{number}.xml", f"2019-0{number}-15") for number in range(1, 7)]
    assert chosen(*said) == ["map-6.xml", "map-5.xml", "map-4.xml", "map-3.xml"]
    lies = [(f"map-{number}.xml", "2010-01-01T00:00:01") for number in range(30)]
    assert len(chosen(*lies)) == 30
    assert chosen(("a.xml", None), ("b.xml", "2018-01-01")) == ["a.xml"]


@pytest.mark.parametrize(
    ("said", "lastmod", "path", "listed_in", "expected"),
    [
        ("2019-03-05", None, "/x", None, True),
        ("2019-04-05", "2019-03-05", "/2019/03/05/x", "sitemap-2019-03.xml", False),
        (None, "2026-01-01", "/2019/03/05/x", None, True),
        (None, "2019-03-05", "/2018/03/05/x", None, False),
        (None, "2019-03-05", "/2019/03/x", None, True),
        (None, "2026-01-01", "/x", "sitemap-2019-03.xml", True),
        (None, "2019-03-05", "/x", "sitemap-2020-03.xml", False),
        (None, "2019-03-05", "/x", None, True),
        (None, "2018-03-05", "/x", None, False),
        (None, "2026-01-01", "/x", None, False),
        (None, None, "/x", None, True),
        ("2019-04-01T00:30:00+02:00", None, "/x", None, True),
        ("2019-02-28", None, "/x", None, True),
        ("2019-02-27", None, "/x", None, False),
    ],
)
def test_an_entry_is_within_by_the_first_date_that_it_has(
    said: str | None, lastmod: str | None, path: str, listed_in: str | None, expected: bool
) -> None:
    found = is_within(
        said=read_moment(said, now=NOW) if said else None,
        lastmod=read_moment(lastmod, now=NOW) if lastmod else None,
        url=SITE + path,
        listed_in=named_days(f"{SITE}/{listed_in}", now=NOW) if listed_in else None,
        days=MARCH,
        now=NOW,
    )
    assert found == expected


def test_a_page_of_a_feed_is_behind_when_all_its_dates_are() -> None:
    old, young = datetime(2019, 2, 1, tzinfo=UTC), datetime(2019, 3, 2, tzinfo=UTC)
    assert is_behind([old, old, None], MARCH)
    assert not is_behind([old, young], MARCH)
    assert not is_behind([None, None], MARCH)
    assert not is_behind([], MARCH)
