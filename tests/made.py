"""Records made for tests: plain ones, of which a test changes what it is about."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ingest.crawl_state import FeedState
from ingest.records import Feed, FeedKind, Source

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def a_feed(kind: FeedKind = "feed", url: str = "https://daily.example/feed") -> Feed:
    return Feed(feed_id=url.removeprefix("https://"), source_id="daily", url=url, feed_kind=kind)


def a_source(*feeds: Feed, **changes: Any) -> Source:
    source = Source(
        source_id="daily", name="Daily", home_url="https://daily.example/", country="IE", language="en", feeds=feeds,
        is_checked=True, is_paused=False, poll_every_s=600, poll_ceiling_s=86_400, host_delay_s=1.0,
        look_after_s=(3_600, 86_400), section_links=None, rules=(), keep_pages_days=None, keep_articles_days=None,
    )  # fmt: skip
    return replace(source, **changes)


def a_state(feed: Feed, **changes: Any) -> FeedState:
    """Read well at noon, due again ten minutes later."""
    state = FeedState(
        feed_id=feed.feed_id, source_id=feed.source_id, feed_kind=feed.feed_kind, feed_url=feed.url, url=feed.url, polled_at=NOON,
        outcome="ok", next_poll_at=NOON.replace(minute=10), etag='"1"', last_modified=None, body_hash="b",
        parent_feed_id=None, lastmod_at=None, answered_at=NOON, read_at=NOON, full_at=NOON, since_at=None,
        window_count=20, arrivals_per_day=48.0, failure_count=0, is_retired=False,
    )  # fmt: skip
    return replace(state, **changes)
