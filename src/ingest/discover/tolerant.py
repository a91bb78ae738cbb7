"""The last resort for feeds that no mending makes well-formed: feedparser, in its words made ours.

It costs 30 to 80 ms a feed and alters what it does not understand, so every other reader comes first.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import feedparser

from ingest.discover.entry import Channel, Said
from ingest.discover.text import Text

LIMIT_CHARS = 500_000  # feedparser takes 10 s for a megabyte of tags that never end (measured)
EMAIL_END = re.compile(r"[a-z.-]{1,12}")


def read_tolerantly(text: str, base_url: str) -> Channel:
    """The feed's entries as feedparser has them; ValueError if it finds no feed."""
    parsed = feedparser.parse(
        # a str or bytes that looks like a path or an address would be opened
        BytesIO(text[:LIMIT_CHARS].encode("utf-8", "replace")),
        response_headers={"content-location": base_url, "content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.entries:
        raise ValueError(f"no feed in it: {parsed.get('bozo_exception', 'no element of RSS or Atom')}")
    return Channel(
        language=parsed.feed.get("language"),
        ttl=parsed.feed.get("ttl"),
        update_period=parsed.feed.get("sy_updateperiod"),
        update_frequency=parsed.feed.get("sy_updatefrequency"),
        entries=parsed.entries,
    )


def said_tolerantly(entry: Any, *, language: str | None, base_url: str) -> Said:
    # dict.get: feedparser's own passes the published date off as the updated one
    return Said(
        base_url=base_url,
        links=tuple(_links(entry)),
        guid=entry.get("id"),
        title=Text(entry.get("title"), "guess"),
        summary=Text(entry.get("summary"), "html"),
        authors=tuple(Text(_author(author), "guess") for author in entry.get("authors", [])),
        tags=tuple(Text(tag.get("label") or tag.get("term"), "guess") for tag in entry.get("tags", [])),
        language=language,
        images=tuple(_images(entry)),
        published=dict.get(entry, "published") or dict.get(entry, "created"),
        updated=dict.get(entry, "updated"),
        place=_place(entry),
    )


def _links(entry: Any) -> Iterator[str]:
    alternates = (link.get("href") for link in entry.get("links", []) if link.get("rel") == "alternate")
    for link in (dict.get(entry, "feedburner_origlink"), dict.get(entry, "link"), *alternates):
        if isinstance(link, str) and link:
            yield link


def _images(entry: Any) -> Iterator[str]:
    enclosures = (link for link in entry.get("links", []) if link.get("rel") == "enclosure")
    for one in (*entry.get("media_content", []), *enclosures):
        if one.get("medium") == "image" or str(one.get("type", "")).startswith("image/"):
            yield str(one.get("url") or one.get("href") or "")
    yield from (str(one.get("url") or "") for one in entry.get("media_thumbnail", []))


def _place(entry: Any) -> str | None:
    """feedparser turns GeoRSS and GML into GeoJSON, longitude first, and leaves W3C's words alone."""
    where = entry.get("where") or {}
    if where.get("type") == "Point":
        longitude, latitude = where["coordinates"][:2]
        return f"{latitude} {longitude}"
    latitude, longitude = entry.get("geo_lat"), entry.get("geo_long")
    return f"{latitude} {longitude}" if latitude and longitude else None


def _author(author: Any) -> str | None:
    """The name; feedparser cuts an e-mail address out of it, and leaves the end of a long domain behind."""
    name = author.get("name")
    if not isinstance(name, str):
        return None
    return None if author.get("email") and EMAIL_END.fullmatch(name) else name
