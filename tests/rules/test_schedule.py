"""A source's own clock: which time counts, for how long, and by whose clock."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.rules.course import course_after
from ingest.rules.due import Gap, due_feeds
from ingest.rules.schedule import is_time, last_at, next_at
from ingest.rules.timetable import is_due
from made import NOON, a_feed, a_source, a_state

FEED = a_feed()
SITEMAP = a_feed("sitemap", "https://daily.example/sitemap.xml")
MINUTE = timedelta(minutes=1)
MORNING = datetime(2026, 11, 23, 5, tzinfo=UTC)  # a Monday, six o'clock in Berlin
WORKDAYS = a_source(FEED, SITEMAP, schedule="0 6,18 * * 1-5", timezone="Europe/Berlin")


@pytest.mark.parametrize(
    ("schedule", "timezone", "now", "last", "following"),
    [
        ("0 6 * * *", "UTC", "2026-11-22T06:00", "2026-11-22T06:00", "2026-11-23T06:00"),
        ("0 6 * * *", "Europe/Berlin", "2026-11-22T12:00", "2026-11-22T05:00", "2026-11-23T05:00"),
        ("0 6 * * *", "Europe/Berlin", "2026-07-22T12:00", "2026-07-22T04:00", "2026-07-23T04:00"),  # summer time
        ("0 6 * * *", "Europe/Berlin", "2026-10-24T12:00", "2026-10-24T04:00", "2026-10-25T05:00"),  # the night it ends
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-28T01:30", "2026-03-29T01:00"),  # no such time: at three
        ("0 6 * * 1-5", "Asia/Jerusalem", "2026-11-21T12:00", "2026-11-20T04:00", "2026-11-23T04:00"),
    ],
)  # fmt: skip
def test_times_are_those_of_the_clock_on_the_publishers_wall(schedule, timezone, now, last, following) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert last_at(schedule, timezone, now=at).isoformat()[:16] == last
    assert next_at(schedule, timezone, now=at).isoformat()[:16] == following


@pytest.mark.parametrize(
    ("polled_after", "now_after", "expected"),
    [
        (-timedelta(hours=11), timedelta(0), True),  # on the stroke
        (-timedelta(hours=11), timedelta(minutes=10), True),  # the next run of a crawl every ten minutes
        (timedelta(minutes=10), timedelta(minutes=20), False),  # used
        (-timedelta(hours=11), -MINUTE, False),  # too soon, however long ago it was polled
        (-timedelta(days=9), timedelta(minutes=59), True),  # nothing ran for an hour
        (-timedelta(days=9), timedelta(hours=1), False),  # too late: it waits for the evening
        (None, timedelta(minutes=5), True),  # new in the catalogue
        (None, timedelta(hours=5), False),
    ],
)
def test_a_time_is_used_once_and_holds_for_an_hour(polled_after, now_after, expected) -> None:
    polled_at = None if polled_after is None else MORNING + polled_after
    assert is_time("0 6,18 * * 1-5", "Europe/Berlin", polled_at, now=MORNING + now_after) is expected


@pytest.mark.parametrize("minutes", range(0, 24 * 60, 10))
def test_a_day_of_crawls_polls_at_the_schedules_times_alone(minutes: int) -> None:
    """Whatever its feeds would want by themselves: this one is long overdue."""
    state = a_state(FEED, polled_at=MORNING - timedelta(days=3), next_poll_at=MORNING - timedelta(days=3))
    now = MORNING - timedelta(hours=5) + timedelta(minutes=minutes)
    is_near = 5 * 60 <= minutes < 6 * 60 or 17 * 60 <= minutes < 18 * 60
    assert is_due(WORKDAYS, state, now=now) is is_near


def test_neither_a_gap_nor_an_index_nor_being_new_brings_a_poll_between_two_times() -> None:
    below = a_feed("sitemap", "https://daily.example/sitemap-2.xml")
    states = {
        SITEMAP.feed_id: a_state(SITEMAP, polled_at=MORNING),
        below.feed_id: a_state(below, parent_feed_id=SITEMAP.feed_id, polled_at=MORNING),
    }
    gaps = {"daily": Gap(MORNING, MORNING + MINUTE)}
    assert due_feeds([WORKDAYS], states, gaps=gaps, now=MORNING + timedelta(hours=3), poll_all=False) == []
    evening = due_feeds([WORKDAYS], states, gaps=gaps, now=MORNING + timedelta(hours=12), poll_all=False)
    assert {one.feed.feed_id for one in evening} == {FEED.feed_id, *states}


def test_a_person_who_asks_is_not_told_to_wait_for_the_schedule() -> None:
    assert len(due_feeds([WORKDAYS], {}, gaps={}, now=NOON, poll_all=True)) == 2


@pytest.mark.parametrize(
    ("outcome", "not_before", "expected"),
    [
        ("ok", None, "2026-11-23T17:00"),
        ("timeout", None, "2026-11-23T17:00"),  # failing or not
        ("rate_limited", timedelta(days=1), "2026-11-24T17:00"),  # and after what the host asks for
    ],
)
def test_what_is_said_of_the_next_poll_is_the_schedules_next_time(outcome, not_before, expected) -> None:
    (due, _) = due_feeds([WORKDAYS], {}, gaps={}, now=MORNING, poll_all=True)
    course = course_after(
        due, outcome, http_status=None, listing=(), below=(), is_whole=True, told_s=None, elapsed_ms=5, moved_to=None,
        now=MORNING + 7 * MINUTE, not_before_at=MORNING + 7 * MINUTE + not_before if not_before else None,
    )  # fmt: skip
    assert course.next_poll_at.isoformat()[:16] == expected
