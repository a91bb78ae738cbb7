"""Which feeds a crawl polls, and from when on: by the catalogue, what is known of each, and open gaps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.records import Feed, FeedState, Source
from ingest.rules.sitemap import DEPTH_LIMIT
from ingest.rules.timetable import is_due

# How far back a sitemap is read behind its last reading: what it lists late is found, what is older is for a backfill.
LOOK_BACK = timedelta(days=3)
FULL_EVERY = timedelta(
    days=1
)  # some servers say "not modified" for ever: now and then they are asked without validators
ANSWERED = ("ok", "not_modified")
FORGOTTEN_AFTER = 5  # failures in a row of a sitemap whose index the catalogue does not name: it was read for a gap
MOVES_BACK_AFTER = 3  # failures in a row at a new address: the catalogue's is tried again


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFeed:
    """A feed to poll now."""

    source: Source
    feed: Feed
    url: str  # the feed's own, or where it moved to for good
    before: FeedState | None
    is_conditional: bool  # ask with validators
    is_refill: bool  # read whole, changed or not: a feed of its source may have rolled over
    since_at: datetime | None  # what a sitemap lists from before is counted, not recorded
    parent_feed_id: str | None = None  # the index that lists this sitemap
    lastmod_at: datetime | None = None  # what that index says of it


def due_feeds(
    sources: Iterable[Source],
    states: Mapping[str, FeedState],
    *,
    gaps: Mapping[str, datetime],
    now: datetime,
    poll_all: bool,
) -> list[DueFeed]:
    """Feeds whose time has come, sitemaps below an index too (it may never say that they change), and what fills a gap.

    `gaps`: source_id -> since when one of its feeds may have rolled over. `poll_all`: all that the catalogue names, due or
    not, since a person asked.
    """
    below: dict[str, list[FeedState]] = {}
    for state in states.values():
        if state.parent_feed_id:
            below.setdefault(state.source_id, []).append(state)
    found = []
    for source in sources:
        for feed in source.feeds:
            before = states.get(feed.feed_id)
            gap_from_at = gaps.get(source.source_id) if feed.feed_kind == "sitemap" else None
            may_refill = gap_from_at is not None and before is not None and before.outcome in ANSWERED
            if poll_all or may_refill or before is None or is_due(source, before.next_poll_at, now=now):
                found.append(due_feed(source, feed, before, gap_from_at=gap_from_at, now=now))
        named = {feed.feed_id for feed in source.feeds}
        for state in below.get(source.source_id, ()):
            is_wanted = _root(state, states) in named or 0 < state.failure_count < FORGOTTEN_AFTER
            if is_wanted and state.feed_id not in named and is_due(source, state.next_poll_at, now=now):
                feed = Feed(feed_id=state.feed_id, source_id=source.source_id, url=state.url, feed_kind="sitemap")
                found.append(due_feed(source, feed, state, gap_from_at=None, now=now))
    return found


def due_feed(
    source: Source, feed: Feed, before: FeedState | None, *, gap_from_at: datetime | None, now: datetime
) -> DueFeed:
    """`gap_from_at`: since when entries may be missing, where this sitemap is read to find them."""
    has_moved_back = before is not None and before.failure_count >= MOVES_BACK_AFTER
    return DueFeed(
        source=source,
        feed=feed,
        url=before.url if before and not has_moved_back else feed.url,
        before=before,
        is_conditional=gap_from_at is None and bool(before and before.full_at and now - before.full_at < FULL_EVERY),
        is_refill=gap_from_at is not None,
        since_at=_since_at(before, gap_from_at, now) if feed.feed_kind == "sitemap" else None,
        parent_feed_id=before.parent_feed_id if before else None,
        lastmod_at=before.lastmod_at if before else None,
    )


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
