"""Try a sitemap: read a file or fetch a URL, and say what it lists. Nothing is stored, no listed sitemap is read."""

import re
from datetime import UTC, datetime
from itertools import islice

from ingest.catalogue import feed_id
from ingest.discover.sitemap import SitemapReading, read_sitemap
from ingest.discover.unpack import unpacked
from ingest.jobs.by_hand import NOBODY, bring
from ingest.records import Feed
from ingest.settings import Settings

HEAD_PIECES = 4
FIRST_ADDRESS = re.compile(
    rb"(?:<(?:[\w.-]{1,40}+:)?loc>\s*+(?>(?:<!\[CDATA\[\s*+)?)|^)(https?://[^\s<>\"'\]]+)", re.MULTILINE
)


def run(settings: Settings, place: str, *, since: datetime) -> SitemapReading:
    """What a file, or what a URL answers, lists since then; InputError if there is nothing to read."""
    brought = bring(settings, place, accept="sitemap", limit_bytes=settings.sitemap_limit_bytes)
    url = brought.url or _site(brought.body)
    return read_sitemap(
        brought.body,
        feed=Feed(feed_id=feed_id(url), source_id="try", url=url, feed_kind="sitemap"),
        poll_id=NOBODY,
        listed_at=datetime.now(UTC),
        base_url=url,
        http_charset=brought.http_charset,
        since=since,
        limit_bytes=settings.sitemap_limit_bytes,
    )


def _site(body: bytes) -> str:
    """A file does not say where it comes from: the site of the first address that it lists."""
    head = b"".join(islice(unpacked(body, limit_bytes=len(body) * 1_000, faults={}), HEAD_PIECES))
    first = FIRST_ADDRESS.search(head)
    return first[1].decode("utf-8", "replace") if first else "http://localhost/"
