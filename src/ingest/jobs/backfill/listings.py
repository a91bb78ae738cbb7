"""Parts that a publisher's host serves (sitemaps, robots.txt, pages of feeds): visited side by side, read where they arrive.

What is listed becomes rows elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from ingest.catalogue import feed_id
from ingest.discover.feed import FeedReading
from ingest.discover.feed_archive import goes_on, is_further_page, read_page
from ingest.discover.sitemap import SitemapReading, read_past_sitemap
from ingest.fetch.answer import Accept
from ingest.fetch.pace import Again, in_turn
from ingest.fetch.response import Response
from ingest.history import Ended, Found, Part, PartOutcome, Request
from ingest.jobs.manners import Manners
from ingest.records import Entry, Feed, Source
from ingest.rules.ladder import is_passing
from ingest.rules.moment import Moment
from ingest.rules.past_days import named_days
from ingest.rules.url import host
from ingest.rules.wanted import days_of
from ingest.settings import Settings
from ingest.warehouse.requests import PartState

AT_ONCE = 4  # each may be 50 MB
ROBOTS = "/robots.txt"
PUT_OFF = None
CUT = "it ends early"
GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one part says: things found, further parts, and how its reading ended; None where it was put off."""

    found: tuple[Found, ...]
    entries: tuple[Entry, ...]  # what a feed says of each found, else none
    below: tuple[Part, ...]
    outside_count: int
    unusable_count: int
    ended: Ended


@dataclass(slots=True, kw_only=True)
class Chain:
    """Pages of a feed's past that were read in this run."""

    known_ids: set[str] = field(default_factory=set)
    read_urls: set[str] = field(default_factory=set)


Chains = dict[str, Chain]  # by request_id


def roots(request: Request, source: Source) -> list[Part]:
    """Where the reading of a source's own listings begins: the catalogue's sitemaps, or what its robots.txt names."""
    named = [feed.url for feed in source.feeds if feed.feed_kind == request.input_kind]
    if not named and request.input_kind == "sitemap":
        parts = urlsplit(source.home_url)
        named = [f"{parts.scheme}://{parts.netloc}{ROBOTS}"]
    return [Part(address=url, part_on=None, size_bytes=None) for url in named]


def read_listings(
    parts: Sequence[PartState],
    requests: Mapping[str, Request],
    sources: Mapping[str, Source],
    chains: Chains,
    *,
    manners: Manners,
    settings: Settings,
) -> Iterator[tuple[PartState, Listing | None]]:
    """Each part with what it lists, in the order they end; None where its host is not asked in this run."""

    def source_of(part: PartState) -> Source:
        return sources[requests[part.request_id].source_id or ""]

    def visit(part: PartState) -> tuple[Listing | None] | Again:
        source = source_of(part)
        if urlsplit(part.part_address).path == ROBOTS:
            manners.ask_rules(source, part.part_address)
            told = manners.rules(source, part.part_address)
            if is_passing(told.outcome, told.http_status):
                return (_paused(f"robots.txt: {told.outcome}", told.not_before_at),)
            return (_named(manners.sitemaps(source, part.part_address)),)
        request = requests[part.request_id]
        accept: Accept = "sitemap" if request.input_kind == "sitemap" else "feed"
        visited = manners.visit(source, part.part_address, accept=accept, etag=None, last_modified=None)
        if isinstance(visited, Again):
            return visited
        if visited.response is None:
            return (PUT_OFF,)
        if visited.response.http_status in GONE and accept == "feed" and is_further_page(part.part_address):
            return (_nothing(_ended("ok", "the page before it was the last")),)
        if visited.response.outcome != "ok":
            return (_unread(visited.response),)
        if accept == "feed":
            return (_page_of_feed(part, visited.response, request, chains),)
        return (_sitemap(part, visited.response, request, settings),)

    visits = in_turn(
        parts,
        visit,
        host_of=lambda part: host(part.part_address),
        delay_s_of=lambda part: manners.rest_s(source_of(part), part.part_address),
        put_off=lambda part, wait_s: (PUT_OFF,) if manners.is_put_off(part.part_address, wait_s) else None,
        leases=manners.leases,
        threads=min(AT_ONCE, settings.fetch_threads),
    )
    with closing(visits):
        for part, (listing,) in visits:
            yield part, listing


def _named(urls: Sequence[str]) -> Listing:
    below = [Part(address=url, part_on=None, size_bytes=None) for url in urls]
    detail = None if urls else "robots.txt names no sitemap, and neither does the catalogue"
    return Listing(
        found=(),
        entries=(),
        below=tuple(below),
        outside_count=0,
        unusable_count=0,
        ended=_ended("ok" if urls else "missing", detail),
    )


def _unread(response: Response) -> Listing:
    detail = " ".join(filter(None, (response.outcome, str(response.http_status or ""), response.detail)))
    if is_passing(response.outcome, response.http_status):
        return _paused(detail, response.not_before_at)
    return _nothing(_ended("missing", detail))


def _paused(detail: str, not_before_at: datetime | None) -> Listing:
    return _nothing(replace(_ended("paused", detail), not_before_at=not_before_at))


def _nothing(ended: Ended) -> Listing:
    return Listing(found=(), entries=(), below=(), outside_count=0, unusable_count=0, ended=ended)


def _page_of_feed(part: PartState, response: Response, request: Request, chains: Chains) -> Listing:
    page = read_page(
        response.body,
        feed=Feed(
            feed_id=feed_id(part.part_address),
            source_id=request.source_id or "",
            url=part.part_address,
            feed_kind="archive",
        ),
        poll_id=part.part_id,
        listed_at=response.fetched_at,
        base_url=response.final_url,
        http_charset=response.http_charset,
    )
    chain = chains.setdefault(request.request_id, Chain())
    chain.read_urls |= {part.part_address, response.final_url}
    is_more = goes_on(page, days=days_of(request), known_ids=chain.known_ids, read_urls=chain.read_urls)
    chain.known_ids |= {entry.entry_id for entry in page.reading.entries}
    below = [Part(address=page.next_url, part_on=None, size_bytes=None)] if is_more and page.next_url else []
    return Listing(
        found=tuple(_found(entry, None) for entry in page.reading.entries),
        entries=page.reading.entries,
        below=tuple(below),
        outside_count=0,
        unusable_count=page.reading.unlinked_count,
        ended=_ended_by(page.reading),
    )


def _sitemap(part: PartState, response: Response, request: Request, settings: Settings) -> Listing:
    reading = read_past_sitemap(
        response.body,
        feed=Feed(
            feed_id=feed_id(part.part_address),
            source_id=request.source_id or "",
            url=part.part_address,
            feed_kind="sitemap",
        ),
        poll_id=part.part_id,
        listed_at=response.fetched_at,
        base_url=response.final_url,
        http_charset=response.http_charset,
        days=days_of(request),
        limit_bytes=settings.sitemap_limit_bytes,
    )
    return Listing(
        found=tuple(_found(*pair) for pair in zip(reading.entries, reading.lastmods, strict=True)),
        entries=(),
        below=tuple(_part(child.url, now=response.fetched_at) for child in reading.children),
        outside_count=reading.outside_count,
        unusable_count=reading.unlinked_count,
        ended=_ended_by(reading),
    )


def _part(url: str, *, now: datetime) -> Part:
    named = named_days(url, now=now)
    is_of_a_day = named is not None and named.from_on == named.to_on
    return Part(address=url, part_on=named.to_on if named and is_of_a_day else None, size_bytes=None)


def _found(entry: Entry, lastmod: Moment | None) -> Found:
    changed_at = entry.modified_at or (lastmod.at if lastmod else None)
    return Found(
        position=0,
        url=entry.url,
        published_raw=entry.published_raw,
        modified_raw=changed_at.isoformat() if changed_at else None,
        title=entry.title,
        language=entry.language,
        captured_at=None,
        capture=None,
        pointer=None,
    )


def _ended_by(reading: SitemapReading | FeedReading) -> Ended:
    if reading.outcome != "ok":
        return _ended("unreadable", reading.detail)
    return _ended("ok", reading.detail) if reading.is_whole else _ended("cut_short", reading.detail or CUT)


def _ended(outcome: PartOutcome, detail: str | None) -> Ended:
    return Ended(position=0, outcome=outcome, detail=detail, not_before_at=None)
