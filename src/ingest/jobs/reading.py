"""The body of a poll read by the reader of its kind, in one shape. What becomes of what it lists is decided elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict

from ingest.discover.feed import read_feed
from ingest.discover.section import read_section
from ingest.discover.sitemap import read_sitemap
from ingest.fetch.response import Response
from ingest.records import Entry, Feed
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
    outside_count: int = 0  # sitemaps alone look back only so far
    refresh_s: int | None = None  # how often it changes by its own word
    children: tuple[Child, ...] = ()


class Given(TypedDict):
    """What every reader is told of a body."""

    feed: Feed
    poll_id: str
    listed_at: datetime
    base_url: str
    http_charset: str | None


def given_of(response: Response, feed: Feed, *, poll_id: str, listed_at: datetime) -> Given:
    return Given(
        feed=feed,
        poll_id=poll_id,
        listed_at=listed_at,
        base_url=response.final_url,
        http_charset=response.http_charset,
    )


def read(due: DueFeed, response: Response, *, poll_id: str, settings: Settings) -> Reading:
    """Whatever the body is, nothing is raised for it."""
    given = given_of(response, due.feed, poll_id=poll_id, listed_at=response.fetched_at)
    if due.since_at is not None:
        sitemap = read_sitemap(response.body, since=due.since_at, limit_bytes=settings.sitemap_limit_bytes, **given)
        return Reading(
            outcome=sitemap.outcome,
            detail=sitemap.detail,
            parse_route=sitemap.parse_route,
            entries=sitemap.entries,
            unlinked_count=sitemap.unlinked_count,
            outside_count=sitemap.outside_count,
            children=sitemap.children,
        )
    if due.feed.feed_kind == "section":
        page = read_section(response.body, selector=due.source.section_links, **given)
        return Reading(
            outcome=page.outcome,
            detail=page.detail,
            parse_route=page.parse_route,
            entries=page.entries,
            unlinked_count=page.unlinked_count,
        )
    feed = read_feed(response.body, **given)
    return Reading(
        outcome=feed.outcome,
        detail=feed.detail,
        parse_route=feed.parse_route,
        entries=feed.entries,
        unlinked_count=feed.unlinked_count,
        refresh_s=feed.refresh_s,
    )
