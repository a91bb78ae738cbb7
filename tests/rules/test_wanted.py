"""What a backfill wants: whose addresses, and which days."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from ingest.catalogue import parse
from ingest.history import Found, Request
from ingest.rules.wanted import address, counted_on, wanted_of

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
REQUEST = Request(
    request_id="r", source_id=None, input_kind="warc", input_address="/a.warc", from_on=date(2019, 3, 1), to_on=date(2019, 3, 31),
    hosts=(), url_pattern=None, asked_at=NOW,
)  # fmt: skip
FOUND = Found(
    position=0, url="https://daily.example/a", published_raw=None, modified_raw=None, title=None, language=None,
    captured_at=None, capture=None, pointer=None,
)  # fmt: skip
SOURCES = parse(
    {
        "source": [
            {
                "source_id": name, "name": name, "home_url": f"https://www.{name}.example/", "country": "IE", "language": "en",
                "feeds": [feed],
            }
            for name, feed in (("daily", "https://feeds.daily.example/all"), ("weekly", "https://weekly-news.example/rss"))
        ]
    },
    "test",
)  # fmt: skip


@pytest.mark.parametrize(
    ("url", "hosts", "pattern", "source_id"),
    [
        ("https://daily.example/a", (), None, "daily"),
        ("http://amp.daily.example:80/a", (), None, "daily"),
        ("https://weekly-news.example/a", (), None, "weekly"),
        ("https://weekly.example/a", (), None, "weekly"),
        ("https://daily.example.evil.example/a", (), None, None),
        ("https://elsewhere.example/a", (), None, None),
        ("mailto:a@daily.example", (), None, None),
        ("https://amp.daily.example/a", ("amp.daily.example",), None, "daily"),
        ("https://daily.example/a", ("amp.daily.example",), None, None),
        ("https://www.daily.example/a", ("daily.example",), None, "daily"),
        ("https://daily.example/2019/a", (), r"/2019/", "daily"),
        ("https://daily.example/2020/a", (), r"/2019/", None),
    ],
)
def test_an_address_is_told_its_source_by_site_host_and_pattern(
    url: str, hosts: tuple[str, ...], pattern: str | None, source_id: str | None
) -> None:
    wanted = wanted_of(replace(REQUEST, hosts=hosts, url_pattern=pattern), SOURCES)
    assert wanted.source_of(url) == source_id
    assert wanted.is_wanted(url) == (source_id is not None)


@pytest.mark.parametrize(
    ("told", "url", "part_on", "name", "day"),
    [
        ({"published_raw": "2019-03-05T23:30:00-06:00"}, "/a", None, "list.csv", date(2019, 3, 6)),
        ({"published_raw": "2019-03-05", "captured_at": NOW}, "/a", None, "list.csv", date(2019, 3, 5)),
        ({"published_raw": "2018-03-05"}, "/2019/03/05/a", None, "list.csv", None),
        ({"captured_at": datetime(2019, 3, 7, tzinfo=UTC)}, "/2018/01/01/a", None, "a.warc", date(2019, 3, 7)),
        ({"modified_raw": "2019-03-20"}, "/2019/03/05/a", None, "sitemap.xml", date(2019, 3, 5)),
        ({"modified_raw": "2019-03-20"}, "/2019/03/a", None, "sitemap.xml", date(2019, 3, 20)),
        ({"modified_raw": "2026-03-20"}, "/a", None, "sitemap.xml", None),
        ({}, "/2019/03/a", None, "sitemap.xml", date(2019, 3, 31)),
        ({}, "/2019/04/a", None, "sitemap.xml", None),
        ({}, "/a", date(2019, 3, 9), "sitemap-2019-03-09.xml", date(2019, 3, 9)),
        ({}, "/a", None, "sitemap-2019-03.xml", date(2019, 3, 31)),
        ({}, "/a", None, "sitemap-2018-03.xml", None),
        ({}, "/a", None, "sitemap.xml", date(2019, 3, 31)),
    ],
)
def test_what_is_found_counts_for_the_day_that_is_told_best(
    told: dict, url: str, part_on: date | None, name: str, day: date | None
) -> None:
    found = replace(FOUND, **told)
    where = f"https://daily.example/{name}"
    assert (
        counted_on(found, f"https://daily.example{url}", REQUEST, part_on=part_on, part_address=where, now=NOW) == day
    )


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://daily.example/", None),
        ("https://daily.example/index.html", None),
        ("javascript:void(0)", None),
        ("https://daily.example/a", "https://daily.example/a"),
    ],
)
def test_front_pages_are_no_articles(url: str, found: str | None) -> None:
    assert address(url) == found


def test_a_capture_of_tomorrow_is_outside_whatever_its_article_says() -> None:
    said = replace(FOUND, published_raw="2019-03-05")
    for captured_at, day in ((NOW, date(2019, 3, 5)), (NOW.replace(year=2099), None)):
        found = replace(said, captured_at=captured_at)
        assert counted_on(found, found.url, REQUEST, part_on=None, part_address="/a.csv", now=NOW) == day
