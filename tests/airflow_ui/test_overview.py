"""Which sources the overview shows, in what order, and how they are written down."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ingest.airflow_ui import html, overview, spark
from ingest.airflow_ui.overview import Asked, Shown
from ingest.airflow_ui.read import Day, Overview, Row

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def source(source_id: str, **told: Any) -> Row:
    return {
        "source_id": source_id, "source_name": source_id.title(), "country": "IE", "source_language": "en", "state": "healthy",
        "cause": None, "open_alarm_count": 0, "next_poll_at": NOW, "last_article_at": NOW, "article_count_1d": 1,
        "article_count_7d": 7, "waiting_count": 0, "quarantined_count": 0, "reasons": (),
    } | told  # fmt: skip


def shown(*sources: Row, **asked: Any) -> Shown:
    read = Overview(snapshot_id="s", published_at=NOW, as_of_at=NOW, sources=sources, alarms=())
    return overview.shown(read, Asked(**asked))


def names(found: Shown) -> list[str]:
    return [one["source_id"] for one in found.sources]


SOURCES = (
    source("a", article_count_7d=9, reasons=(("too_short", 3),)),
    source("b", state="quiet", cause="nothing new", country="DE", source_language="de", last_article_at=None),
    source("c", state="failing", cause="dns_error", next_poll_at=None, waiting_count=4),
    source("d", open_alarm_count=2, article_count_7d=1, quarantined_count=5),
    source("e", state="paused", source_name=None, country=None, next_poll_at=NOW - timedelta(hours=1)),
    source("f", state="blocked", country="DE"),
    source("g", state="of another version"),
)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "cfdbeag"),
        ({"sort": "no such order"}, "cfdbeag"),
        ({"sort": "name"}, "abcdefg"),
        ({"sort": "poll"}, "eabdfgc"),
        ({"sort": "article"}, "bacdefg"),
        ({"sort": "volume"}, "abcefgd"),
        ({"sort": "rejected"}, "abcdefg"),
        ({"sort": "waiting"}, "cabdefg"),
        ({"sort": "quarantined"}, "dabcefg"),
        ({"state": "quiet"}, "b"),
        ({"state": "no such state"}, ""),
        ({"country": "DE"}, "fb"),
        ({"language": "de", "country": "DE"}, "b"),
        ({"text": "DNS"}, "c"),
        ({"text": "new nothing"}, "b"),
        ({"page": 9}, "cfdbeag"),
    ],
)
def test_what_is_asked_for_is_shown_in_the_order_asked_for(asked: dict[str, Any], expected: str) -> None:
    assert "".join(names(shown(*SOURCES, **asked))) == expected


def test_two_thousand_sources_are_pages_of_a_hundred() -> None:
    many = [source(f"s{number:04}") for number in range(2_000)]
    assert names(shown(*many, page=20))[-1] == "s1999"
    last = shown(*many, page=1_000)
    assert (last.asked.page, last.page_count, len(last.sources)) == (20, 20, 100)


def test_totals_are_of_all_sources_whatever_is_shown() -> None:
    found = shown(*SOURCES, state="quiet")
    assert found.totals == {
        "article_count_1d": 7, "article_count_7d": 45, "waiting_count": 4, "quarantined_count": 5, "open_alarm_count": 2,
        "rejected_count_7d": 3,
    }  # fmt: skip
    assert (found.state_counts["failing"], found.countries, found.languages) == (1, ["DE", "IE"], ["de", "en"])


@pytest.mark.parametrize(
    ("asked", "changes", "expected"),
    [
        ({}, {}, "?"),
        ({"state": "quiet", "page": 3}, {}, "?state=quiet"),
        ({"state": "quiet", "page": 3}, {"page": 4}, "?state=quiet&page=4"),
        ({"text": "a&b", "sort": "name"}, {"state": "new"}, "?state=new&text=a%26b&sort=name"),
        ({"state": "quiet"}, {"state": ""}, "?"),
    ],
)
def test_a_link_keeps_what_was_asked_for(asked: dict[str, Any], changes: dict[str, Any], expected: str) -> None:
    assert Asked(**asked).link(**changes) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-50, "50 s ago"), (-150, "2 min ago"), (-7_300, "2 h ago"), (-400_000, "5 days ago"), (90, "in 90 s"),
     (7_000, "in 117 min")],
)  # fmt: skip
def test_a_moment_is_told_by_how_far_it_is_with_the_clock_beside_it(seconds: int, expected: str) -> None:
    told = html.when(NOW + timedelta(seconds=seconds), NOW)
    assert f">{expected}</time>" in told
    assert ' UTC"' in told


@pytest.mark.parametrize(
    ("moment", "expected"),
    [(None, "never"), (NOW - timedelta(minutes=5), "due <time"), (NOW + timedelta(minutes=5), "<time")],
)
def test_what_should_have_happened_is_due(moment: datetime | None, expected: str) -> None:
    assert html.due(moment, NOW).startswith(expected)


@pytest.mark.parametrize(
    ("address", "is_kept"),
    [
        ("https://daily.example/a?b=c", True),
        ("http://daily.example", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,x", False),
        ("//daily.example/", False),
        ("http://[", False),
        ("", False),
        (None, False),
    ],
)
def test_a_link_leads_to_the_web_or_nowhere(address: str | None, is_kept: bool) -> None:
    assert html.web(address) == (address if is_kept else None)


def test_the_days_are_told_in_words_too_and_nothing_falls_out_of_the_picture() -> None:
    days = [
        Day(listed_on=date(2026, 11, 20), listed_count=1_000_000, stored_count=1, expected_count=None),
        Day(listed_on=date(2026, 11, 21), listed_count=0, stored_count=0, expected_count=12.4),
    ]
    drawn = spark.volume(days)
    assert "new items by day, 20 Nov to 21 Nov: 1000000, 0; expected: ?, 12" in drawn
    assert 'class="listed" d="M97 32V1.0h6V32z"' in drawn  # the twelfth of fourteen days, as high as can be
    assert 'class="stored" d="M97 32V30.5h6V32z"' in drawn  # one of a million is still seen
    assert spark.volume([]).count("<path") == 0
