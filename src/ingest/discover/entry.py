"""What every format says of an entry, in one shape (`Said`), and that shape made into a record.

Which element or key says what is decided by the reader of each format.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from ingest.discover.text import Text, names, plain
from ingest.records import Entry, Feed
from ingest.rules.moment import read_moment
from ingest.rules.url import as_found, canonical, identity

ENTRY_RULE = 1  # what `entry_hash` is made of; a change writes every listed entry anew
TITLE_LIMIT_CHARS = 1_000
SUMMARY_LIMIT_CHARS = 2_000
LANGUAGE_LIMIT_CHARS = 200
RAW_DATE_LIMIT_CHARS = 100
GUID_LIMIT_CHARS = 1_000


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


def entry_of(said: Said, *, feed: Feed, poll_id: str, listed_at: datetime) -> Entry | None:
    """None if it has no address that can be used."""
    candidates = (*said.links, *_permalink(said.guid))
    url = _first_address((link.replace("&amp;", "&") for link in candidates), said.base_url)
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
    everything = [key, guid, title, summary, authors, tags, language, image_url, published_raw, updated_raw]
    return Entry(
        entry_id=identity(url),
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
    )


def _permalink(guid: str | None) -> tuple[str, ...]:
    """Readers follow a guid that is an address even where the feed forgets to call it a link."""
    return (guid,) if guid and guid.strip().lower().startswith(("http://", "https://")) else ()


def _first_address(links: Iterable[str], base_url: str) -> str | None:
    return next((found for link in links if (found := as_found(link, base_url))), None)


def _line(said: str | None, limit_chars: int) -> str | None:
    return plain(Text(said, "plain"), limit_chars)
