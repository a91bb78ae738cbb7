"""What every format says of itself (`Channel`) and of an entry (`Said`), and that shape made into a record.

Which element or key says what is decided by the reader of each format.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from ingest.discover.text import Text, names, plain
from ingest.records import Entry, Feed
from ingest.rules.moment import read_moment
from ingest.rules.url import as_found, canonical, key_id

ENTRY_RULE = 1  # what `entry_hash` is made of; a change writes every listed entry anew
TITLE_LIMIT_CHARS = 1_000
SUMMARY_LIMIT_CHARS = 2_000
LANGUAGE_LIMIT_CHARS = 200
RAW_DATE_LIMIT_CHARS = 100
GUID_LIMIT_CHARS = 1_000

BARE_HOST = re.compile(r"www\.[^/\s.]+\.[^/\s]", re.IGNORECASE)  # no folder is called so
AMPERSAND = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)
BETWEEN_DEGREES = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What a feed says of itself, as written, and its entries, unread."""

    language: str | None
    ttl: str | None  # minutes
    update_period: str | None  # hourly, daily, ...
    update_frequency: str | None  # so many times a period
    entries: list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One entry in its feed's own words; the best link and image first, addresses as written."""

    base_url: str
    links: tuple[str, ...]
    guid: str | None
    title: Text | None
    summary: Text | None
    authors: tuple[Text, ...]
    tags: tuple[Text, ...]
    language: str | None
    images: tuple[str, ...]
    published: str | None
    updated: str | None
    place: str | None = None  # latitude and longitude, WGS 84


def entry_of(said: Said, *, feed: Feed, poll_id: str, listed_at: datetime) -> Entry | None:
    """None if it has no address that can be used."""
    candidates = (*said.links, *permalink(said.guid))
    url = _first_address(map(_link, candidates), said.base_url)
    if url is None:
        return None
    updated_raw = _line(said.updated, RAW_DATE_LIMIT_CHARS)
    # RDF has but dc:date, old Atom but `updated`: it is all there is to say of publication
    published_raw = _line(said.published, RAW_DATE_LIMIT_CHARS) or updated_raw
    published = read_moment(published_raw, now=listed_at) if published_raw else None
    updated = read_moment(updated_raw, now=listed_at) if updated_raw else None
    guid = _line(said.guid, GUID_LIMIT_CHARS)
    title = plain(said.title, TITLE_LIMIT_CHARS)
    summary = plain(said.summary, SUMMARY_LIMIT_CHARS)
    authors, tags = names(said.authors), names(said.tags)
    language = _line(said.language, LANGUAGE_LIMIT_CHARS)
    image_url = _first_address(said.images, said.base_url)
    key = canonical(url)
    latitude, longitude = _degrees(said.place)
    everything = [
        key, guid, title, summary, authors, tags, language, image_url, published_raw, updated_raw, latitude, longitude,
    ]  # fmt: skip
    return Entry(
        entry_id=key_id(key),
        entry_hash=sha256(f"entry-{ENTRY_RULE}\n{json.dumps(everything)}".encode()).hexdigest()[:32],
        poll_id=poll_id,
        source_id=feed.source_id,
        feed_id=feed.feed_id,
        feed_kind=feed.feed_kind,
        listed_at=listed_at,
        url=url,
        canonical_url=key,
        guid=guid,
        title=title,
        summary=summary,
        authors=authors,
        tags=tags,
        language=language,
        image_url=image_url,
        published_at=published.at if published else None,
        published_offset_s=published.offset_s if published else None,
        published_precision=published.precision if published else None,
        published_raw=published_raw,
        modified_at=updated.at if updated and updated.precision != "day" else None,
        latitude=latitude,
        longitude=longitude,
    )


def permalink(guid: str | None) -> tuple[str, ...]:
    """Readers follow a guid that is an address even where the feed forgets to call it a link."""
    return (guid,) if guid and guid.strip().lower().startswith(("http://", "https://")) else ()


def _link(written: str) -> str:
    """As a person would type it: escaped once more than the format asks, or without `https://`."""
    link = AMPERSAND.sub("&", written).strip()
    return f"https://{link}" if BARE_HOST.match(link) else link


def _degrees(place: str | None) -> tuple[float, float] | tuple[None, None]:
    """Two numbers that are a place on Earth; 0 0 is what software writes where it knows none."""
    try:
        latitude, longitude, *_height = map(float, BETWEEN_DEGREES.split((place or "").strip(), maxsplit=3))
    except ValueError:
        return None, None
    is_on_earth = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude or longitude)
    return (latitude, longitude) if is_on_earth else (None, None)


def _first_address(links: Iterable[str], base_url: str) -> str | None:
    return next((found for link in links if (found := as_found(link, base_url))), None)


def _line(said: str | None, limit_chars: int) -> str | None:
    return plain(Text(said, "plain"), limit_chars)
