"""The body of a poll read by the reader of its kind, in one shape. What becomes of what it lists is decided elsewhere."""

from dataclasses import dataclass
from typing import Literal

from ingest.discover.feed import read_feed
from ingest.discover.section import read_section
from ingest.discover.sitemap import read_sitemap
from ingest.fetch.response import Response
from ingest.records import Entry
from ingest.rules.due import DueFeed
from ingest.rules.sitemap import Child
from ingest.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a feed, sitemap or section page lists: `entries`, more that cannot be used or are too old, and further sitemaps."""

    outcome: Literal["ok", "not_a_feed"]
    detail: str | None
    parse_route: str | None
    entries: tuple[Entry, ...]
    unlinked_count: int
    outside_count: int
    refresh_s: int | None  # how often it changes by its own word
    children: tuple[Child, ...]


def read(due: DueFeed, response: Response, *, poll_id: str, settings: Settings) -> Reading:
    """Whatever the body is, nothing is raised for it."""
    feed, listed_at = due.feed, response.fetched_at
    base_url = response.final_url
    if feed.feed_kind == "sitemap" and due.since_at is not None:
        sitemap = read_sitemap(
            response.body,
            feed=feed,
            poll_id=poll_id,
            listed_at=listed_at,
            base_url=base_url,
            http_charset=response.http_charset,
            since=due.since_at,
            limit_bytes=settings.sitemap_limit_bytes,
        )
        return Reading(
            outcome=sitemap.outcome,
            detail=sitemap.detail,
            parse_route=sitemap.parse_route,
            entries=sitemap.entries,
            unlinked_count=sitemap.unlinked_count,
            outside_count=sitemap.outside_count,
            refresh_s=None,
            children=sitemap.children,
        )
    if feed.feed_kind == "section":
        section = read_section(
            response.body,
            feed=feed,
            poll_id=poll_id,
            listed_at=listed_at,
            base_url=base_url,
            http_charset=response.http_charset,
            selector=due.source.section_links,
        )
        return Reading(
            outcome=section.outcome,
            detail=section.detail,
            parse_route=section.parse_route,
            entries=section.entries,
            unlinked_count=section.unlinked_count,
            outside_count=0,
            refresh_s=None,
            children=(),
        )
    listing = read_feed(
        response.body,
        feed=feed,
        poll_id=poll_id,
        listed_at=listed_at,
        base_url=base_url,
        http_charset=response.http_charset,
    )
    return Reading(
        outcome=listing.outcome,
        detail=listing.detail,
        parse_route=listing.parse_route,
        entries=listing.entries,
        unlinked_count=listing.unlinked_count,
        outside_count=0,
        refresh_s=listing.refresh_s,
        children=(),
    )
