"""Which feeds a crawl polls, and from when on it reads sitemaps."""

from dataclasses import replace
from datetime import timedelta

from ingest.rules.due import LOOK_BACK, DueFeed, Gap, due_feeds
from made import NOON, a_feed, a_source, a_state

FEED = a_feed()
SITEMAP = a_feed("sitemap", "https://daily.example/sitemap.xml")
SOURCE = a_source(FEED, SITEMAP)
MINUTE = timedelta(minutes=1)
LATER = NOON + timedelta(minutes=5)  # before both are due again
HELD = {FEED.feed_id: a_state(FEED), SITEMAP.feed_id: a_state(SITEMAP)}


def due(states, *, gaps=None, now=LATER, poll_all=False, source=SOURCE) -> dict[str, DueFeed]:
    found = due_feeds([source], states, gaps=gaps or {}, now=now, poll_all=poll_all)
    return {one.feed.feed_id: one for one in found}


def test_what_was_never_polled_is_due_and_what_was_read_rests() -> None:
    assert set(due({})) == {FEED.feed_id, SITEMAP.feed_id}
    assert due(HELD) == {}
    assert set(due(HELD, now=NOON + timedelta(minutes=10))) == {FEED.feed_id, SITEMAP.feed_id}


def test_a_person_who_asks_gets_everything_polled() -> None:
    assert set(due(HELD, poll_all=True)) == {FEED.feed_id, SITEMAP.feed_id}


def test_a_gap_makes_the_sitemap_due_to_be_read_whole_from_before_the_gap() -> None:
    gap_from_at = NOON - timedelta(days=20)
    (one,) = due(HELD, gaps={"daily": Gap(gap_from_at, NOON + MINUTE)}).values()
    assert one.feed == SITEMAP
    assert one.gap_at == NOON + MINUTE
    assert not one.is_conditional
    assert one.since_at == gap_from_at - LOOK_BACK


def test_a_gap_hurries_no_sitemap_that_fails() -> None:
    failing = HELD | {SITEMAP.feed_id: a_state(SITEMAP, outcome="timeout", failure_count=1)}
    assert due(failing, gaps={"daily": Gap(NOON, NOON + MINUTE)}) == {}


def test_a_sitemap_is_read_back_from_its_last_whole_reading_however_often_it_was_unchanged_since() -> None:
    read_at = NOON - timedelta(days=9)
    states = {SITEMAP.feed_id: a_state(SITEMAP, read_at=read_at, outcome="not_modified")}
    assert due(states, poll_all=True)[SITEMAP.feed_id].since_at == read_at - LOOK_BACK


def test_a_sitemap_that_could_not_be_read_at_first_keeps_its_beginning() -> None:
    since_at = NOON - timedelta(days=12)
    states = {SITEMAP.feed_id: a_state(SITEMAP, read_at=None, since_at=since_at, outcome="timeout")}
    assert due(states, poll_all=True)[SITEMAP.feed_id].since_at == since_at


def test_a_sitemap_below_an_index_is_asked_in_its_own_time_whatever_the_index_says() -> None:
    below = a_feed("sitemap", "https://daily.example/sitemap-2.xml")
    state = a_state(below, parent_feed_id=SITEMAP.feed_id)
    assert due(HELD | {below.feed_id: state}) == {}
    later = due(HELD | {below.feed_id: state}, now=NOON + timedelta(minutes=10))
    assert later[below.feed_id].parent_feed_id == SITEMAP.feed_id


def test_a_sitemap_whose_index_left_the_catalogue_is_forgotten() -> None:
    index = a_feed("sitemap", "https://daily.example/old-index.xml")
    below = a_feed("sitemap", "https://daily.example/old-1.xml")
    states = {index.feed_id: a_state(index), below.feed_id: a_state(below, parent_feed_id=index.feed_id)}
    assert below.feed_id not in due(states, poll_all=True, now=NOON + timedelta(days=30))
    failed = states | {below.feed_id: a_state(below, parent_feed_id=index.feed_id, outcome="timeout", failure_count=1)}
    assert below.feed_id in due(failed, now=NOON + timedelta(days=30))


def test_once_a_day_a_feed_is_asked_without_validators() -> None:
    fresh = due({FEED.feed_id: a_state(FEED, full_at=NOON - timedelta(hours=23))}, poll_all=True)
    stale = due({FEED.feed_id: a_state(FEED, full_at=NOON - timedelta(hours=25))}, poll_all=True)
    assert (fresh[FEED.feed_id].is_conditional, stale[FEED.feed_id].is_conditional) == (True, False)


def test_a_feed_that_moved_is_asked_there_until_it_fails_there() -> None:
    moved = a_state(FEED, url="https://new.example/feed")
    assert due({FEED.feed_id: moved}, poll_all=True)[FEED.feed_id].url == "https://new.example/feed"
    for fault in ({"outcome": "http_error", "failure_count": 3}, {"outcome": "gone", "failure_count": 1}):
        lost = a_state(FEED, url="https://new.example/feed", **fault)
        assert due({FEED.feed_id: lost}, poll_all=True)[FEED.feed_id].url == FEED.url


def test_an_address_that_a_person_edits_in_the_catalogue_counts_from_then_on() -> None:
    edited = a_feed(url="https://www.daily.example/feed/")
    state = replace(a_state(FEED), feed_id=edited.feed_id)
    (one,) = due({edited.feed_id: state}, poll_all=True, source=a_source(edited)).values()
    assert one.url == edited.url


def test_a_sitemap_that_was_read_since_the_gap_is_not_read_for_it_again() -> None:
    gap = Gap(NOON - timedelta(days=2), NOON - MINUTE)
    assert due(HELD, gaps={"daily": gap}) == {}
    assert due(HELD, gaps={"daily": gap}, poll_all=True)[SITEMAP.feed_id].gap_at is None


def test_a_sitemap_of_a_month_that_is_over_is_asked_no_more() -> None:
    below = a_feed("sitemap", "https://daily.example/sitemap-2026-10.xml")
    state = a_state(below, parent_feed_id=SITEMAP.feed_id)
    assert below.feed_id not in due(HELD | {below.feed_id: state}, now=NOON + timedelta(days=1))
