"""Try a sitemap: read a file or fetch a URL, and say what it lists. Nothing is stored, no listed sitemap is read."""

import re
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from ingest.catalogue import feed_id
from ingest.discover.sitemap import SitemapReading, read_sitemap
from ingest.discover.unpack import unpacked
from ingest.errors import InputError
from ingest.fetch.client import Client
from ingest.records import Feed
from ingest.settings import Settings

NOBODY = str(UUID(int=0))  # no poll is recorded
HEAD_PIECES = 4
FIRST_ADDRESS = re.compile(
    rb"(?:<(?:[\w.-]{1,40}+:)?loc>\s*+(?:<!\[CDATA\[\s*+)?+|^)(https?://[^\s<>\"'\]]+)", re.MULTILINE
)


def run(settings: Settings, place: str, *, since: datetime) -> SitemapReading:
    """What a file, or what a URL answers, lists since then; InputError if there is nothing to read."""
    limit_bytes = settings.sitemap_limit_bytes
    if not place.lower().startswith(("http://", "https://")):
        body = _body(Path(place), limit_bytes)
        return _read(body, _site(body), None, since, limit_bytes)
    with Client(
        user_agent=settings.user_agent,
        timeout_s=settings.fetch_timeout_s,
        connect_timeout_s=settings.connect_timeout_s,
        allow_networks=settings.allow_networks,
        threads=1,
    ) as client:
        response = client.get(place, limit_bytes=limit_bytes, accept="feed")
    if response.outcome != "ok":
        raise InputError(f"{place}: {response.outcome}: {response.detail or response.http_status}")
    return _read(response.body, response.final_url, response.http_charset, since, limit_bytes)


def _body(path: Path, limit_bytes: int) -> bytes:
    try:
        with path.open("rb") as stream:
            body = stream.read(limit_bytes + 1)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", "give a file, or a URL that begins with https://"
        ) from None
    if len(body) > limit_bytes:
        raise InputError(f"{path} is larger than {limit_bytes} bytes", "INGEST_SITEMAP_LIMIT_BYTES raises the limit")
    return body


def _site(body: bytes) -> str:
    """A file does not say where it comes from: the site of the first address that it lists."""
    head = b"".join(islice(unpacked(body, limit_bytes=len(body) * 1_000, faults={}), HEAD_PIECES))
    first = FIRST_ADDRESS.search(head)
    return first[1].decode("utf-8", "replace") if first else "http://localhost/"


def _read(body: bytes, url: str, http_charset: str | None, since: datetime, limit_bytes: int) -> SitemapReading:
    return read_sitemap(
        body,
        feed=Feed(feed_id=feed_id(url), source_id="try", url=url, feed_kind="sitemap"),
        poll_id=NOBODY,
        listed_at=datetime.now(UTC),
        base_url=url,
        http_charset=http_charset,
        since=since,
        limit_bytes=limit_bytes,
    )
