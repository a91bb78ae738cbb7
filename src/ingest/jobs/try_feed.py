"""Try a feed: read a file or fetch a URL, and say what it lists. Nothing is stored."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from ingest.catalogue import feed_id
from ingest.discover.feed import FeedReading, read_feed
from ingest.errors import InputError
from ingest.fetch.client import Client
from ingest.records import Feed
from ingest.settings import Settings

NOBODY = str(UUID(int=0))  # no poll is recorded


def run(settings: Settings, place: str) -> FeedReading:
    """The reading of a file, or of what a URL answers; InputError if there is nothing to read."""
    if not place.lower().startswith(("http://", "https://")):
        return _read(_body(Path(place), settings.feed_limit_bytes), "http://localhost/", None)
    with Client(
        user_agent=settings.user_agent,
        timeout_s=settings.fetch_timeout_s,
        connect_timeout_s=settings.connect_timeout_s,
        allow_networks=settings.allow_networks,
        threads=1,
    ) as client:
        response = client.get(place, limit_bytes=settings.feed_limit_bytes, accept="feed")
    if response.outcome != "ok":
        raise InputError(f"{place}: {response.outcome}: {response.detail or response.http_status}")
    return _read(response.body, response.final_url, response.http_charset)


def _body(path: Path, limit_bytes: int) -> bytes:
    try:
        with path.open("rb") as stream:
            body = stream.read(limit_bytes + 1)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", "give a file, or a URL that begins with https://"
        ) from None
    if len(body) > limit_bytes:
        raise InputError(f"{path} is larger than {limit_bytes} bytes", "INGEST_FEED_LIMIT_BYTES raises the limit")
    return body


def _read(body: bytes, url: str, http_charset: str | None) -> FeedReading:
    return read_feed(
        body,
        feed=Feed(feed_id=feed_id(url), source_id="try", url=url),
        poll_id=NOBODY,
        listed_at=datetime.now(UTC),
        base_url=url,
        http_charset=http_charset,
    )
