"""Try a fetch: one visit as the crawler makes it, under the host's lease and its robots.txt. No body is kept."""

from dataclasses import dataclass
from datetime import datetime

from ingest.errors import InputError
from ingest.fetch.answer import Accept
from ingest.fetch.robots import RobotsState
from ingest.jobs.by_hand import BUSY, visit
from ingest.records import Outcome
from ingest.rules.url import as_found
from ingest.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchTrial:
    """What came of a visit; without `http_status` no answer came, or nothing was asked: `outcome` and `detail` say why."""

    url: str
    robots: RobotsState | None  # None: not asked, feeds are made for machines
    crawl_delay_s: float | None
    hops: tuple[str, ...]  # where redirects led to, in their order; the last one may have been refused
    final_url: str
    moved_to: str | None  # where permanent redirects alone led to
    outcome: Outcome
    detail: str | None
    http_status: int | None
    is_tls_verified: bool | None
    content_type: str | None
    http_charset: str | None
    etag: str | None
    last_modified: str | None
    fresh_s: int | None  # by Cache-Control or Expires
    not_before_at: datetime | None  # by Retry-After
    wire_bytes: int
    body_bytes: int
    elapsed_ms: int
    body_hash: str | None
    optouts: tuple[str, ...]  # of robots.txt and of headers


def run(settings: Settings, given: str, *, accept: Accept) -> FetchTrial:
    """Visit an address; what robots.txt forbids is not fetched. InputError for what is no web address."""
    url = as_found(given)
    if url is None:
        raise InputError(f"{given!r} is not a web address", "it begins with https:// or http://")
    visited = visit(settings, url, accept=accept)
    verdict, response = visited.robots, visited.response
    if response is None:
        raise InputError(f"{url}: {BUSY}", "try again later")
    return FetchTrial(
        url=url,
        robots=verdict.state if verdict else None,
        crawl_delay_s=verdict.crawl_delay_s if verdict else None,
        hops=response.hops,
        final_url=response.final_url,
        moved_to=response.moved_to,
        outcome=response.outcome,
        detail=response.detail,
        http_status=response.http_status,
        is_tls_verified=response.is_tls_verified,
        content_type=response.content_type,
        http_charset=response.http_charset,
        etag=response.etag,
        last_modified=response.last_modified,
        fresh_s=response.fresh_s,
        not_before_at=response.not_before_at or (verdict.not_before_at if verdict else None),
        wire_bytes=response.wire_bytes,
        body_bytes=len(response.body),
        elapsed_ms=response.elapsed_ms,
        body_hash=response.body_hash,
        optouts=tuple(sorted({*(verdict.optouts if verdict else ()), *response.optouts})),
    )
