"""What a sitemap's dates are worth, and which sitemaps of an index are read now."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest

from ingest.crawl_state import FeedState
from ingest.rules.sitemap import Child, children_to_poll, path_date, period_end, says_when_made

NOW = datetime(2026, 11, 22, 12, 3, tzinfo=UTC)
SINCE = NOW - timedelta(days=3)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "until"),
    [
        ("/2026/11/21/rain", "2026-11-22T12:00"),
        ("/2026/1/5/rain", "2026-01-06T12:00"),
        ("/world/2026/nov/21/rain-at-last", "2026-11-22T12:00"),
        ("/20261121/rain", "2026-11-22T12:00"),
        ("/20261121-rain.html", "2026-11-22T12:00"),
        ("/news/2026-11-21", "2026-11-22T12:00"),
        ("/2026-11-21-rain", "2026-11-22T12:00"),
        ("/rain-2026-11-21.html", "2026-11-22T12:00"),
        ("/2026/02/rain", "2026-03-01T12:00"),  # a month is over when its last day is
        ("/2024/02/29/leap", "2024-03-01T12:00"),
        ("/2026/11/?day=2026/11/21", "2026-12-01T12:00"),
        ("/2026/13/21/rain", None),
        ("/2026/02/30/rain", "2026-03-01T12:00"),  # no day, so a number within the month
        ("/what-happened-2019-03-01-in-town", None),  # what the story is about
        ("/news/world-europe-20120415", None),  # a number of eight digits
        ("/budget-2025-26", None),
        ("/2031/01/01/rain", None),  # has not come
        ("/1970/01/01/rain", None),  # there was no web
        ("/a?date=2026-11-21", None),
        ("/", None),
    ],
)
def test_the_date_in_an_articles_address(path: str, until: str | None) -> None:
    assert path_date(f"https://daily.example{path}", now=NOW) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("address", "until"),
    [
        ("sitemap-2019-03.xml", "2019-04-01T12:00"),
        ("sitemap_201903.xml.gz", "2019-04-01T12:00"),
        ("2019/03/sitemap.xml", "2019-04-01T12:00"),
        ("sitemap-2019-03-07.xml", "2019-03-08T12:00"),
        ("sitemap-20190307.xml", "2019-03-08T12:00"),
        ("sitemap-2019-03-01-2019-05-31.xml", "2019-06-01T12:00"),
        ("sitemap.xml?yyyy=2019&mm=3&dd=7", "2019-03-08T12:00"),
        ("sitemap.xml?yyyy=2019&mm=03", "2019-04-01T12:00"),
        ("sitemap-2019-03-2.xml", "2019-04-01T12:00"),  # the second part of a month
        ("sitemap-2019-3.xml", None),  # the third part of a year?
        ("sitemap-2019.xml", None),  # a year, or the 2019th
        ("sitemap-201319.xml", None),
        ("post-sitemap12.xml", None),
        ("sitemap-news.xml", None),
    ],
)
def test_the_period_in_a_sitemaps_address(address: str, until: str | None) -> None:
    assert period_end(f"https://daily.example/{address}", now=NOW) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("name", "lastmods", "is_of_the_file"),
    [
        ("none", [], False),
        ("nine of now", [NOW] * 9, False),
        ("always now", [NOW - second * timedelta(seconds=1) for second in range(50)], True),
        ("always now, but one", [NOW] * 40 + [NOW - 900 * DAY], True),
        ("a busy hour", [NOW - minute * MINUTE for minute in range(50)], False),
        ("made this morning, one second", [NOW - 6 * HOUR] * 10, True),
        ("made this morning, many seconds", [NOW - 6 * HOUR + n * timedelta(seconds=2) for n in range(120)], True),
        ("twelve within five minutes, long ago", [NOW - DAY + n * timedelta(seconds=20) for n in range(12)], False),
        ("spread over years", [NOW - n * DAY for n in range(1_000)], False),
        ("half of now, half old", [NOW] * 50 + [NOW - n * DAY for n in range(50)], False),
        ("a day's stories, no hours", [at("2026-11-21")] * 900, False),
        ("everything is of today", [at("2026-11-22")] * 5_000, True),
    ],
)
def test_lastmods_that_say_when_their_file_was_made(name: str, lastmods: list[datetime], is_of_the_file: bool) -> None:
    assert says_when_made(lastmods, listed_at=NOW, same_day_most=1_000) is is_of_the_file


def state(
    *, polled: timedelta, due: timedelta, lastmod: datetime | None = None, outcome="ok", is_retired=False
) -> FeedState:
    """Polled so long ago, due in so long."""
    said = {
        "polled_at": NOW - polled, "next_poll_at": NOW + due, "lastmod_at": lastmod, "outcome": outcome,
        "is_retired": is_retired,
    }  # fmt: skip
    return FeedState(**{field.name: said.get(field.name) for field in fields(FeedState)})


YESTERDAY, LONG_AGO = NOW - DAY, NOW - 90 * DAY


@pytest.mark.parametrize(
    ("name", "address", "lastmod", "known", "is_read"),
    [
        ("never polled", "s.xml", None, None, True),
        ("never polled, changed lately", "s.xml", YESTERDAY, None, True),
        ("never polled, old: its lastmod may be stuck", "s.xml", LONG_AGO, None, True),
        ("never polled, an old month", "sitemap-2019-03.xml", None, None, False),
        ("never polled, an old month that was edited", "sitemap-2019-03.xml", YESTERDAY, None, True),
        ("never polled, this month", "sitemap-2026-11.xml", None, None, True),
        ("changed before it is due", "s.xml", NOW, state(polled=HOUR, due=HOUR, lastmod=YESTERDAY), True),
        ("not due", "s.xml", YESTERDAY, state(polled=HOUR, due=HOUR, lastmod=YESTERDAY), False),
        ("said so before, and was unchanged", "s.xml", NOW,
         state(polled=HOUR, due=HOUR, lastmod=YESTERDAY, outcome="not_modified"), False),
        ("due and changed", "s.xml", NOW, state(polled=HOUR, due=-HOUR, lastmod=YESTERDAY), True),
        ("due and unchanged", "s.xml", YESTERDAY, state(polled=HOUR, due=-MINUTE, lastmod=YESTERDAY), False),
        ("unchanged for a week", "s.xml", LONG_AGO, state(polled=7 * DAY, due=-HOUR, lastmod=LONG_AGO), True),
        ("unchanged, verified lately", "s.xml", LONG_AGO, state(polled=6 * DAY, due=-HOUR, lastmod=LONG_AGO), False),
        ("its day is not over", "s.xml", at("2026-11-22"), state(polled=HOUR, due=-MINUTE, lastmod=at("2026-11-22")), True),
        ("due, no lastmod", "s.xml", None, state(polled=HOUR, due=-MINUTE), True),
        ("due, an old month", "sitemap-2019-03.xml", None, state(polled=90 * DAY, due=-HOUR), False),
        ("lastmod is new to us", "s.xml", YESTERDAY, state(polled=HOUR, due=-MINUTE), True),
        ("failed", "s.xml", LONG_AGO, state(polled=HOUR, due=-MINUTE, lastmod=LONG_AGO, outcome="timeout"), True),
        ("failed, not due", "s.xml", LONG_AGO, state(polled=HOUR, due=HOUR, outcome="timeout"), False),
        ("retired and due", "s.xml", LONG_AGO, state(polled=30 * DAY, due=-MINUTE, outcome="gone", is_retired=True), True),
        ("retired", "s.xml", NOW, state(polled=DAY, due=29 * DAY, outcome="gone", is_retired=True), False),
    ],
)  # fmt: skip
def test_a_sitemap_of_an_index_is_read_if(name, address, lastmod, known, is_read) -> None:
    child = Child(url=f"https://daily.example/{address}", lastmod_at=lastmod)
    states = {f"daily.example/{address}": known} if known else {}
    assert (children_to_poll([child], states, since=SINCE, now=NOW) == [child]) is is_read


def test_newest_first_and_what_is_over_waits_for_later_runs() -> None:
    listed = [
        Child(url=f"https://daily.example/{n}.xml", lastmod_at=NOW - 2 * DAY + n * 20 * MINUTE) for n in range(120)
    ]
    states: dict[str, FeedState] = {}
    read: list[str] = []
    for _ in range(3):
        chosen = children_to_poll(listed, states, since=SINCE, now=NOW)
        read += [child.url for child in chosen]
        states |= {
            child.url.removeprefix("https://"): state(polled=MINUTE, due=HOUR, lastmod=child.lastmod_at)
            for child in chosen
        }
    assert read == [child.url for child in reversed(listed)]
    assert children_to_poll(listed, states, since=SINCE, now=NOW) == []


def test_a_lastmod_that_is_always_now_costs_no_more_than_the_schedule() -> None:
    listed = [Child(url=f"https://daily.example/{n}.xml", lastmod_at=NOW) for n in range(40)]
    states = {f"daily.example/{n}.xml": state(polled=HOUR, due=HOUR if n else -MINUTE, lastmod=NOW) for n in range(40)}
    assert children_to_poll(listed, states, since=SINCE, now=NOW) == listed[:1]


def test_months_long_past_are_not_read_however_new_the_index_says_they_are() -> None:
    listed = [
        Child(url=f"https://daily.example/{y}-{m:02}.xml", lastmod_at=NOW) for y in (2025, 2026) for m in range(1, 12)
    ]
    assert [child.url for child in children_to_poll(listed, {}, since=SINCE, now=NOW)] == [
        "https://daily.example/2026-11.xml"
    ]


def test_what_is_said_to_be_unchanged_comes_after_all_else() -> None:
    checked = Child(url="https://daily.example/checked.xml", lastmod_at=NOW - 8 * DAY)
    new = Child(url="https://daily.example/new.xml", lastmod_at=NOW - 2 * DAY)
    states = {"daily.example/checked.xml": state(polled=7 * DAY, due=-MINUTE, lastmod=NOW - 8 * DAY)}
    assert children_to_poll([checked, new], states, since=SINCE, now=NOW) == [new, checked]


def test_of_many_that_are_said_to_be_old_one_is_looked_at() -> None:
    old = [Child(url=f"https://daily.example/{n}.xml", lastmod_at=LONG_AGO + n * DAY) for n in range(9)]
    assert children_to_poll(old, {}, since=SINCE, now=NOW) == [old[-1]]


def test_a_sitemap_that_is_listed_twice_is_read_once() -> None:
    twice = [Child(url=f"{scheme}://daily.example/s.xml", lastmod_at=None) for scheme in ("https", "http")]
    assert children_to_poll(twice, {}, since=SINCE, now=NOW) == twice[:1]
