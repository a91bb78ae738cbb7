"""Try a feed: read a file or fetch a URL, and say what it lists. Nothing is stored."""

from datetime import UTC, datetime

from ingest.catalogue import feed_id
from ingest.discover.feed import FeedReading, read_feed
from ingest.jobs.by_hand import NOBODY, bring
from ingest.records import Feed
from ingest.settings import Settings


def run(settings: Settings, place: str) -> FeedReading:
    """The reading of a file, or of what a URL answers; InputError if there is nothing to read."""
    brought = bring(settings, place, accept="feed", limit_bytes=settings.feed_limit_bytes)
    url = brought.url or "http://localhost/"
    return read_feed(
        brought.body,
        feed=Feed(feed_id=feed_id(url), source_id="try", url=url),
        poll_id=NOBODY,
        listed_at=datetime.now(UTC),
        base_url=url,
        http_charset=brought.http_charset,
    )
