"""What a crawl knows of the past when it begins, and what it makes of it: not staged, but read from what was (warehouse/state/).

The fields are named and mean as in records.py, where what is staged is.
"""

from dataclasses import dataclass
from datetime import datetime

from ingest.records import FeedKind, Outcome, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is known of a feed by its last poll; the fields are the poll's."""

    feed_id: str
    source_id: str
    feed_kind: FeedKind
    feed_url: str
    url: str  # the poll's `next_url`
    polled_at: datetime
    outcome: Outcome
    next_poll_at: datetime
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    parent_feed_id: str | None
    lastmod_at: datetime | None
    answered_at: datetime | None
    read_at: datetime | None
    full_at: datetime | None
    since_at: datetime | None
    window_count: int | None
    arrivals_per_day: float | None
    failure_count: int
    is_retired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What is known of an entry: its last fetch (None where there was none), and what feeds told of it."""

    entry_id: str
    source_id: str
    feed_id: str
    url: str
    purpose: Purpose | None
    attempt: int | None
    outcome: Outcome | None
    fetched_at: datetime | None
    next_attempt_at: datetime | None
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    modified_at: datetime | None  # the latest that a feed had told of when it was fetched
    told_modified_at: datetime | None  # the latest that a feed has told of by now


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An entry chosen to be fetched; `attempt` counts from 1 within one purpose, 0 is a look outside the ladder."""

    entry_id: str
    source_id: str
    feed_id: str
    url: str
    purpose: Purpose
    attempt: int
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    modified_at: datetime | None = None  # the latest that a feed has told of: an edit later than this is owed a look
    dated_at: datetime | None = None  # of a backfill: the day of the article, as far as it was told
    planned_at: datetime | None = None  # a look outside the ladder: when the ladder's own next look is
