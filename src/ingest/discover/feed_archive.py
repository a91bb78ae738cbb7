"""Feeds' archives, page by page: where the page before is, and when there is no more to be had.

RFC 5005 chains and paged feeds, JSON Feed's `next_url`, and WordPress's `?paged=`. Nothing is fetched here.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ingest.discover.charset import decode
from ingest.discover.feed import FeedReading, read_feed
from ingest.records import Feed
from ingest.rules.past_days import Days, is_behind
from ingest.rules.url import as_found, same_site

Way = Literal["prev-archive", "next", "next_url", "paged"]

# Links of the feed itself stand before its entries (RFC 4287), or among the channel's own elements in RSS.
LINK = re.compile(r"<(?>(?:[A-Za-z_][\w.-]{0,40}+:)?)link\s[^<>]{0,2000}+>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""\b(rel|href)\s*+=\s*+(?:"([^"<]*+)"|'([^'<]*+)')""", re.IGNORECASE)
FIRST_ENTRY = re.compile(r"<(?>(?:[A-Za-z_][\w.-]{0,40}+:)?)(?:entry|item)[\s>]", re.IGNORECASE)
# In the order of their worth: archives do not change any more, pages shift while they are read (RFC 5005 section 3).
RELS: tuple[Way, ...] = ("prev-archive", "next")
WORDPRESS = re.compile(r"<generator[^<>]{0,200}+>\s*+https?://wordpress\.(?:org|com)/", re.IGNORECASE)
PAGED = "paged"
PAGES_MOST = 10_000  # of one feed: WordPress gives ten entries a page


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePage:
    """One page of a feed's past. `next_url`: the page before it in time, None where it is the last that is told of."""

    reading: FeedReading
    next_url: str | None
    way: Way | None


def read_page(
    body: bytes, *, feed: Feed, poll_id: str, listed_at: datetime, base_url: str, http_charset: str | None
) -> ArchivePage:
    """Read a page of a feed as `read_feed` does, and where the next one is."""
    reading = read_feed(
        body, feed=feed, poll_id=poll_id, listed_at=listed_at, base_url=base_url, http_charset=http_charset
    )
    if reading.outcome != "ok":
        return ArchivePage(reading=reading, next_url=None, way=None)
    found = next_page(decode(body, http_charset), base_url=base_url, has_entries=bool(reading.entries))
    way, next_url = found if found else (None, None)
    return ArchivePage(reading=reading, next_url=next_url, way=way)


def next_page(text: str, *, base_url: str, has_entries: bool) -> tuple[Way, str] | None:
    """The address of the page before in time, of the same site, and how it is told; None where there is none."""
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        found = _in_json(text)
        return _own("next_url", found, base_url) if found else None
    links = _links(text)
    for way in RELS:
        if way in links and (own := _own(way, links[way], base_url)):
            return own
    if has_entries and WORDPRESS.search(text):
        return ("paged", _next_paged(base_url))
    return None


def goes_on(page: ArchivePage, *, days: Days, known_ids: Collection[str], read_urls: Collection[str]) -> bool:
    """Whether the next page is worth asking for.

    Not where none is told of, it was read already, this one is empty or lists nothing but what was listed before
    (`known_ids`: entries of the pages before it), or all its dates lie before the range.
    """
    entries = page.reading.entries
    if page.next_url is None or page.next_url in read_urls or len(read_urls) >= PAGES_MOST:
        return False
    if page.way == "prev-archive":  # an archive of a month without an entry is no end
        return not (entries and is_behind([entry.published_at or entry.modified_at for entry in entries], days))
    if not entries or all(entry.entry_id in known_ids for entry in entries):
        return False
    return not is_behind([entry.published_at or entry.modified_at for entry in entries], days)


def is_further_page(url: str) -> bool:
    """Whether the address is of a WordPress feed's second page or a later one; behind the last of them comes a 404."""
    return any(name == PAGED and value != "1" for name, value in parse_qsl(urlsplit(url).query))


def _own(way: Way, href: str, base_url: str) -> tuple[Way, str] | None:
    url = as_found(href, base_url)
    return (way, url) if url and url != base_url and same_site(url, base_url) else None


def _links(text: str) -> dict[str, str]:
    """rel -> href of the feed's own links, the first of each; those within entries are theirs."""
    first = FIRST_ENTRY.search(text)
    last = max((text.rfind(f"</{name}>") for name in ("entry", "item")), default=-1)
    own = text[: first.start()] + (text[last:] if last >= 0 else "") if first else text
    found: dict[str, str] = {}
    for link in LINK.finditer(own):
        said = {name.lower(): unescape(double or single) for name, double, single in ATTRIBUTE.findall(link[0])}
        for rel in said.get("rel", "").lower().split():
            if said.get("href"):
                found.setdefault(rel, said["href"].strip())
    return found


def _in_json(text: str) -> str | None:
    try:
        feed = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    url = feed.get("next_url") if isinstance(feed, dict) else None
    return url if isinstance(url, str) else None


def _next_paged(url: str) -> str:
    """`/feed/` -> `/feed/?paged=2` -> `/feed/?paged=3`."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    now = next((int(value) for name, value in pairs if name == PAGED and value.isascii() and value.isdigit()), 1)
    others = [(name, value) for name, value in pairs if name != PAGED]
    return urlunsplit(parts._replace(query=urlencode([*others, (PAGED, str(now + 1))])))
