"""What a crawl knows: the published state and the batches that are not in it yet, as one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest

from ingest.crawl_state import Visit
from ingest.jobs import load, publish
from ingest.rules.url import identity
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.warehouse.state import CrawlState, open_state
from newsroom import Newsroom

A = "https://daily.example/a"


@contextmanager
def known(settings: Settings, newsroom: Newsroom) -> Iterator[CrawlState]:
    def pending(held: set[str]) -> list:
        return [stage.open_batch(settings.stage, name) for name in stage.sealed(settings.stage) if name not in held]

    with open_state(settings.state_file, pending, now=newsroom.now) as state:
        yield state


def owed(
    state: CrawlState, newsroom: Newsroom, *source_ids: str, active: tuple[str, ...] = ("daily", "weekly")
) -> list[Visit]:
    return state.due(now=newsroom.now, source_ids=source_ids or ("daily",), active_ids=active)


def goes_out(settings: Settings) -> None:
    load.run(settings)
    publish.run(settings)


def test_published_and_pending_batches_answer_as_one(newsroom: Newsroom, settings: Settings) -> None:
    newsroom.lists(A, "https://daily.example/b")
    newsroom.seals()
    goes_out(settings)
    newsroom.reads(A, "A text of some words, long enough. " * 5)
    newsroom.seals()
    with known(settings, newsroom) as state:
        assert [visit.url for visit in owed(state, newsroom)] == ["https://daily.example/b"]
        assert set(state.visits([identity(A)])) == {identity(A)}
    goes_out(settings)
    with known(settings, newsroom) as state:
        assert [visit.url for visit in owed(state, newsroom)] == ["https://daily.example/b"]


def test_an_entry_that_two_sources_list_is_owed_by_one_and_passes_on_when_that_one_rests(
    newsroom: Newsroom, settings: Settings
) -> None:
    newsroom.lists(A, source_id="daily")
    newsroom.lists(A, source_id="weekly")
    newsroom.seals()
    with known(settings, newsroom) as state:
        assert [visit.source_id for visit in owed(state, newsroom, "daily")] == ["daily"]
        assert owed(state, newsroom, "weekly") == []
        assert [visit.source_id for visit in owed(state, newsroom, "weekly", active=("weekly",))] == ["weekly"]


def tells_of_an_edit(newsroom: Newsroom) -> None:
    newsroom.lists(A)
    newsroom.reads(A, "A text of some words, long enough. " * 5)
    newsroom.seals()
    newsroom.lists(A, title="Edited", modified_at=newsroom.now)
    newsroom.seals()


def test_an_edit_that_was_told_and_not_looked_at_stays_owed(newsroom: Newsroom, settings: Settings) -> None:
    tells_of_an_edit(newsroom)
    for _ in range(2):  # pending, then published
        with known(settings, newsroom) as state:
            (visit,) = owed(state, newsroom)
            assert visit.told_modified_at is not None
            assert visit.outcome == "ok"
        goes_out(settings)


def test_a_pending_listing_that_says_less_hides_no_edit(newsroom: Newsroom, settings: Settings) -> None:
    tells_of_an_edit(newsroom)
    goes_out(settings)
    newsroom.lists(A, title="Another title, and no date")
    newsroom.seals()
    with known(settings, newsroom) as state:
        assert [visit.url for visit in owed(state, newsroom)] == [A]


def test_who_listed_an_entry_first_owns_it_however_often_it_is_listed_again(
    newsroom: Newsroom, settings: Settings
) -> None:
    newsroom.lists(A, source_id="daily")
    newsroom.lists(A, source_id="weekly")
    newsroom.seals()
    goes_out(settings)
    newsroom.lists(A, source_id="daily", title="Once more")
    newsroom.seals()
    with known(settings, newsroom) as state:
        assert state.owners([identity(A)], active_ids=["daily", "weekly"]) == {identity(A): "daily"}
        assert state.owners([identity(A)], active_ids=["weekly"]) == {identity(A): "weekly"}
        assert [visit.source_id for visit in owed(state, newsroom, "daily")] == ["daily"]


def test_the_longest_wait_that_a_host_asked_for_holds(newsroom: Newsroom, settings: Settings) -> None:
    def is_told_to_wait(seconds: int) -> None:
        newsroom.fails(A, "rate_limited")
        late = newsroom.now + timedelta(seconds=seconds)
        newsroom._rows["fetch"] = [replace(newsroom._rows["fetch"][0], not_before_at=late)]
        newsroom.seals()

    is_told_to_wait(86_400)
    goes_out(settings)
    is_told_to_wait(30)
    with known(settings, newsroom) as state:
        (until,) = state.waiting_hosts(now=newsroom.now).values()
    assert until - newsroom.now > timedelta(hours=23)


def test_a_gap_is_open_until_what_might_fill_it_was_read(newsroom: Newsroom, settings: Settings) -> None:
    from_at = newsroom.now - timedelta(hours=5)
    sitemap = {"feed_kind": "sitemap", "feed_id": "daily.example/news.xml"}
    gap = newsroom.polls(gap_from_at=from_at)
    other = newsroom.polls(**sitemap | {"feed_id": "daily.example/pages.xml"})
    newsroom.seals()
    for _ in range(2):  # pending, then published
        with known(settings, newsroom) as state:
            assert state.open_gaps(now=newsroom.now) == {}  # one sitemap was read, and none is owed
        goes_out(settings)
    assert other.polled_at > gap.polled_at
    newsroom.polls(**sitemap, outcome="timeout", read_at=None)
    newsroom.seals()
    with known(settings, newsroom) as state:
        assert state.open_gaps(now=newsroom.now) == {
            "daily": (from_at, gap.polled_at)
        }  # this one may hold what is missing
        assert state.open_gaps(now=newsroom.now + timedelta(days=3)) == {}  # but nobody waits for ever
    newsroom.polls(**sitemap)
    newsroom.seals()
    with known(settings, newsroom) as state:
        assert state.open_gaps(now=newsroom.now) == {}


def test_a_listing_that_was_taken_out_is_read_again_from_before_it(newsroom: Newsroom, settings: Settings) -> None:
    held = newsroom.polls(body_hash="held")
    newsroom.seals()
    newsroom.polls(outcome="not_modified", body_hash="of a batch that was taken out")
    newsroom.seals()
    goes_out(settings)
    with known(settings, newsroom) as state:
        (feed,) = state.feeds().values()
    assert (feed.read_at, feed.body_hash) == (held.polled_at, None)


def test_what_is_erased_is_owed_no_more_and_is_told_before_and_after_it_is_published(
    newsroom: Newsroom, settings: Settings
) -> None:
    newsroom.lists(A, "https://daily.example/b")
    newsroom.lists("https://weekly.example/c", source_id="weekly")
    newsroom.seals()
    with known(settings, newsroom) as state:
        assert state.erased([(identity(A), "daily")]) == set()
    newsroom.buries(A)
    newsroom.buries(None, source_id="weekly")
    newsroom.buries(None, author_hash="a1:1")
    newsroom.seals()
    for _ in range(2):
        with known(settings, newsroom) as state:
            assert [visit.url for visit in owed(state, newsroom, "daily", "weekly")] == ["https://daily.example/b"]
            said = [(identity(A), "daily"), (identity(A), "other"), (identity("https://x.example/"), "weekly")]
            assert state.erased([*said, (identity("https://daily.example/b"), "daily")]) == {0, 1, 2}
            assert state.erased_authors() == {("a1:1", None)}
        goes_out(settings)


def test_a_state_that_an_older_version_published_knows_of_nothing_erased(
    newsroom: Newsroom, settings: Settings
) -> None:
    newsroom.lists(A)
    newsroom.seals()
    goes_out(settings)
    with duckdb.connect(str(settings.state_file)) as connection:
        connection.execute("DROP TABLE tombstone")
    with known(settings, newsroom) as state:
        assert state.erased([(identity(A), "daily")]) == set()
        assert [visit.url for visit in owed(state, newsroom)] == [A]


TEXT = "A text of some words, long enough. " * 5
OF_ARCHIVE = {"feed_kind": "archive", "feed_id": "sitemap:daily"}


@pytest.mark.parametrize("is_published", [False, True])
def test_what_archives_alone_list_is_owed_by_no_crawl_until_a_feed_lists_it(
    newsroom: Newsroom, settings: Settings, is_published: bool
) -> None:
    newsroom.lists(A, "https://daily.example/b", **OF_ARCHIVE)
    newsroom.seals()
    newsroom.fails("https://daily.example/b", "timeout")
    newsroom.seals()
    if is_published:
        goes_out(settings)
    newsroom.now += timedelta(days=1)
    with known(settings, newsroom) as state:
        assert owed(state, newsroom) == []
    newsroom.lists(A)
    newsroom.seals()
    with known(settings, newsroom) as state:
        assert [visit.url for visit in owed(state, newsroom)] == [A]


@pytest.mark.parametrize("is_published", [False, True])
@pytest.mark.parametrize("age", [timedelta(days=-900), timedelta(hours=1)])
def test_a_capture_moves_nothing_that_is_planned_after_our_own_visits(
    newsroom: Newsroom, settings: Settings, age: timedelta, is_published: bool
) -> None:
    newsroom.lists(A)
    newsroom.fails(A, "timeout")
    newsroom.seals()
    if is_published:
        goes_out(settings)
    newsroom.captures(A, TEXT, at=newsroom.now + age)
    newsroom.seals()
    newsroom.now += timedelta(days=1)
    with known(settings, newsroom) as state:
        assert [(visit.url, visit.outcome) for visit in owed(state, newsroom)] == [(A, "timeout")]
        assert state.visits([identity(A)])[identity(A)].outcome == "timeout"


def test_what_an_archive_holds_is_not_asked_for_again_unless_a_feed_tells_of_an_edit_since(
    newsroom: Newsroom, settings: Settings
) -> None:
    newsroom.captures(A, TEXT, at=newsroom.now - timedelta(days=900))
    newsroom.captures(A, TEXT, at=newsroom.now - timedelta(days=800))
    newsroom.seals()
    newsroom.lists(A)
    newsroom.seals()
    with known(settings, newsroom) as state:
        assert owed(state, newsroom) == []
        visit = state.visits([identity(A)])[identity(A)]
        assert (visit.outcome, visit.etag, visit.fetched_at) == ("ok", None, visit.modified_at)
    newsroom.lists(A, title="Another headline", modified_at=newsroom.now)
    newsroom.seals()
    with known(settings, newsroom) as state:
        assert [visit.url for visit in owed(state, newsroom)] == [A]


def test_a_source_is_paused_by_the_last_word_of_a_person(newsroom: Newsroom, settings: Settings) -> None:
    newsroom.alarms("paused")
    newsroom.seals()
    with known(settings, newsroom) as state:
        assert state.paused() == {"daily"}
    goes_out(settings)
    newsroom.alarms("paused", is_over=True)
    newsroom.seals()
    with known(settings, newsroom) as state:
        assert state.paused() == set()
