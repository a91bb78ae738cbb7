"""What is known of a feed after a poll."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from ingest.rules.arrivals import Sighting
from ingest.rules.course import Course, course_after
from ingest.rules.due import due_feeds
from made import NOON, a_feed, a_source, a_state

FEED = a_feed()
SITEMAP = a_feed("sitemap", "https://daily.example/sitemap.xml")
SOURCE = a_source(FEED, SITEMAP)
KNOWN, NEW = Sighting(True, None), Sighting(False, None)


def after(outcome, *, state: Any = None, feed=FEED, listing=(), now=NOON, **changes) -> Course:
    states = {feed.feed_id: state} if state else {}
    (due,) = [one for one in due_feeds([SOURCE], states, gaps={}, now=now, poll_all=True) if one.feed == feed]
    given = {
        "http_status": 200, "listing": listing, "below": (), "is_whole": True, "told_s": None, "elapsed_ms": 10, "moved_to": None,
        "now": now, "not_before_at": None,
    }  # fmt: skip
    return course_after(due, outcome, **(given | changes))


def pause_s(course: Course, now=NOON) -> float:
    return (course.next_poll_at - now).total_seconds()


def test_a_first_reading_is_no_gap() -> None:
    course = after("ok", listing=[NEW] * 20)
    assert course.gap_from_at is None
    assert (course.window_count, course.answered_at, course.read_at, course.full_at) == (20, NOON, NOON, NOON)


def test_a_feed_that_rolled_over_has_a_gap_since_it_was_last_answered_and_is_polled_faster() -> None:
    now = NOON + timedelta(hours=2)
    state = a_state(FEED, arrivals_per_day=12.0)
    quiet = after("ok", state=state, listing=[NEW, *[KNOWN] * 19], now=now)
    rolled = after("ok", state=state, listing=[NEW] * 20, now=now)
    assert quiet.gap_from_at is None
    assert rolled.gap_from_at == NOON
    assert pause_s(rolled, now) < pause_s(quiet, now)


def test_a_sitemap_whose_entries_are_all_new_has_no_gap() -> None:
    state = a_state(SITEMAP)
    course = after("ok", state=state, feed=SITEMAP, listing=[NEW] * 20, now=NOON + timedelta(hours=1))
    assert course.gap_from_at is None


def test_failures_add_up_and_an_answer_forgives_them() -> None:
    state, pauses = a_state(FEED), []
    for count in range(1, 6):
        course = after("http_error", state=state, http_status=404)
        assert course.failure_count == count
        pauses.append(pause_s(course))
        state = replace(state, failure_count=count, outcome="http_error")
    assert pauses == sorted(pauses)
    assert pauses[-1] > 20 * pauses[0]
    healed = after("not_modified", state=state, http_status=304)
    assert (healed.failure_count, healed.is_retired, healed.answered_at) == (0, False, NOON)


def test_gone_is_retired_for_a_month_and_back_when_it_answers() -> None:
    gone = after("gone", state=a_state(FEED), http_status=410)
    assert gone.is_retired
    assert pause_s(gone) == 30 * 86_400
    assert not after("ok", state=a_state(FEED, is_retired=True, failure_count=1), listing=[NEW]).is_retired


def test_a_permanent_redirect_is_followed_for_good_only_where_a_listing_was_read() -> None:
    new = "https://new.example/feed"
    assert after("ok", state=a_state(FEED), listing=[KNOWN], moved_to=new).next_url == new
    assert after("not_a_feed", state=a_state(FEED), moved_to=new).next_url == FEED.url  # a redirect to the front page


def test_an_index_with_sitemaps_left_to_read_is_not_read_yet() -> None:
    state = a_state(SITEMAP, read_at=NOON - timedelta(days=1))
    course = after("ok", state=state, feed=SITEMAP, is_whole=False)
    assert course.read_at == NOON - timedelta(days=1)
    assert pause_s(course) == SOURCE.poll_every_s


def test_no_poll_comes_before_the_host_allows() -> None:
    wait_until = NOON + timedelta(hours=5)
    assert after("rate_limited", http_status=429, not_before_at=wait_until).next_poll_at == wait_until
    assert after("ok", listing=[NEW], not_before_at=wait_until).next_poll_at == wait_until


def test_a_sitemap_below_an_index_is_verified_the_less_often_the_longer_nothing_came() -> None:
    state = a_state(SITEMAP, parent_feed_id="daily.example/index.xml")

    def still(days: int) -> float:
        now = NOON + timedelta(days=days)
        return pause_s(after("not_modified", state=state, feed=SITEMAP, now=now), now)

    assert still(1) <= 86_400
    assert still(4) == 7 * 86_400
    assert still(31) == 30 * 86_400
    assert pause_s(after("ok", state=state, feed=SITEMAP, listing=[NEW])) <= 86_400
    empty = a_state(SITEMAP, parent_feed_id="daily.example/index.xml", window_count=0)
    assert pause_s(after("not_modified", state=empty, feed=SITEMAP)) == 7 * 86_400


def test_an_index_is_asked_as_often_as_its_sitemaps_change() -> None:
    now = NOON + timedelta(days=1)
    state = a_state(SITEMAP, arrivals_per_day=0.5)
    still = after("ok", state=state, feed=SITEMAP, below=[KNOWN] * 9, now=now)
    busy = after("ok", state=state, feed=SITEMAP, below=[NEW] * 9, now=now)
    assert busy.arrivals_per_day > still.arrivals_per_day
    assert busy.window_count == 0  # sitemaps are no entries


def test_what_is_gone_from_where_it_had_moved_is_asked_at_home_next() -> None:
    moved = a_state(FEED, url="https://new.example/feed")
    course = after("gone", state=moved, http_status=410)
    assert not course.is_retired
    assert pause_s(course) <= 86_400
