"""Which feeds a crawl polls, and from when on: by the catalogue, what is known of each, and open gaps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from ingest.crawl_state import FeedState
from ingest.records import Feed, Source
from ingest.rules.ladder import ANSWERED
from ingest.rules.sitemap import DEPTH_LIMIT, period_end
from ingest.rules.timetable import is_due

# How far back a sitemap is read behind its last reading: what it lists late is found, what is older is for a backfill.
LOOK_BACK = timedelta(days=3)
# Some servers say "not modified" for ever: now and then they are asked without validators.
FULL_EVERY = timedelta(days=1)
FORGOTTEN_AFTER = 5  # failures in a row of a sitemap whose index the catalogue does not name: it was read for a gap
MOVES_BACK_AFTER = 3  # failures in a row at a new address: the catalogue's is tried again


class Gap(NamedTuple):
    """A span in which entries may have come and gone: since its feed was last read, until the poll that found nothing known."""

    from_at: datetime
    gap_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFeed:
    """A feed to poll now."""

    source: Source
    feed: Feed
    url: str  # the feed's own, or where it moved to for good
    before: FeedState | None
    is_conditional: bool  # ask with validators
    gap_at: datetime | None  # a feed of its source may have rolled over by then: read whole, changed or not
    since_at: datetime | None  # what a sitemap lists from before is counted, not recorded
    parent_feed_id: str | None = None  # the index that lists this sitemap
    lastmod_at: datetime | None = None  # what that index says of it


def due_feeds(
    sources: Iterable[Source],
    states: Mapping[str, FeedState],
    *,
    gaps: Mapping[str, Gap],
    now: datetime,
    poll_all: bool,
) -> list[DueFeed]:
    """Feeds whose time has come, sitemaps below an index too (it may never say that they change), and what fills a gap.

    `gaps`: by source_id. `poll_all`: all that the catalogue names, due or not, since a person asked.
    """
    below: dict[str, list[FeedState]] = {}
    for state in states.values():
        if state.parent_feed_id:
            below.setdefault(state.source_id, []).append(state)
    found = []
    for source in sources:
        for feed in source.feeds:
            before = states.get(feed.feed_id)
            gap = gaps.get(source.source_id) if feed.feed_kind == "sitemap" else None
            if poll_all or is_due(source, before, now=now) or fills(source, gap, before):
                found.append(due_feed(source, feed, before, gap=gap, now=now))
        named = {feed.feed_id for feed in source.feeds}
        for state in below.get(source.source_id, ()):
            is_wanted = _root(state, states) in named or 0 < state.failure_count < FORGOTTEN_AFTER
            ends_at = period_end(state.url, now=now)
            is_past = ends_at is not None and ends_at < now - LOOK_BACK and state.failure_count == 0
            if is_wanted and not is_past and state.feed_id not in named and is_due(source, state, now=now):
                feed = Feed(feed_id=state.feed_id, source_id=source.source_id, url=state.feed_url, feed_kind="sitemap")
                found.append(due_feed(source, feed, state, gap=gaps.get(source.source_id), now=now))
    return found


def fills(source: Source, gap: Gap | None, before: FeedState | None) -> bool:
    """Whether a sitemap is read now for a gap, due or not: once, and not where it fails, nor outside a schedule's times."""
    if gap is None or before is None or before.outcome not in ANSWERED or source.schedule is not None:
        return False
    return before.polled_at <= gap.gap_at


def due_feed(source: Source, feed: Feed, before: FeedState | None, *, gap: Gap | None, now: datetime) -> DueFeed:
    """`gap`: where this sitemap is read to find what is missing; nothing to it if it was read since."""
    is_filled = gap is None or (before is not None and before.read_at is not None and before.read_at > gap.gap_at)
    has_validators = before is not None and bool(before.etag or before.last_modified)
    is_fresh = before is not None and before.full_at is not None and now - before.full_at < FULL_EVERY
    from_at = None if gap is None or is_filled else gap.from_at
    return DueFeed(
        source=source,
        feed=feed,
        url=before.url if before and _is_settled(feed, before) else feed.url,
        before=before,
        is_conditional=is_filled and has_validators and is_fresh,
        gap_at=None if gap is None or is_filled else gap.gap_at,
        since_at=_since_at(before, from_at, now) if feed.feed_kind == "sitemap" else None,
        parent_feed_id=before.parent_feed_id if before else None,
        lastmod_at=before.lastmod_at if before else None,
    )


def _is_settled(feed: Feed, before: FeedState) -> bool:
    """Whether the address that it moved to is believed: the catalogue says what it said then, and it answers there."""
    is_lost = before.failure_count >= MOVES_BACK_AFTER or before.outcome == "gone"
    return before.feed_url == feed.url and not (is_lost and before.url != feed.url)


def _root(state: FeedState, states: Mapping[str, FeedState]) -> str:
    """The index above all, by its feed_id."""
    for _ in range(DEPTH_LIMIT):
        if state.parent_feed_id is None or state.parent_feed_id not in states:
            break
        state = states[state.parent_feed_id]
    return state.feed_id


def _since_at(before: FeedState | None, gap_from_at: datetime | None, now: datetime) -> datetime:
    if before and before.read_at:
        since_at = before.read_at - LOOK_BACK
    else:
        since_at = before.since_at if before and before.since_at else now - LOOK_BACK
    return min(since_at, gap_from_at - LOOK_BACK) if gap_from_at else since_at
