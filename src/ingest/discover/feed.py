"""Feeds read into entries: RSS, Atom and RDF by feedparser, guarded against what makes it slow or wrong; JSON Feed.

Nothing is fetched here, and which entries are new is decided elsewhere.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from html import unescape
from io import BytesIO
from itertools import islice
from typing import Any, Literal

import feedparser
from bs4 import BeautifulSoup
from bs4.element import CData, NavigableString, Tag

from ingest.records import Entry, Feed
from ingest.rules.moment import read_moment
from ingest.rules.url import as_found, canonical, identity

ENTRY_RULE = 1  # what `entry_hash` is made of; a change writes every listed entry anew
TITLE_LIMIT_CHARS = 1_000
SUMMARY_LIMIT_CHARS = 2_000
MARKUP_SHARE = 4  # so many times its limit is read of a text that may hold markup
NAME_LIMIT_CHARS = 200
RAW_DATE_LIMIT_CHARS = 100
GUID_LIMIT_CHARS = 1_000
NAMES_LIMIT = 50  # authors or tags of one entry
NAMES_READ = 200  # of which so many are distinct and no addresses
DETAIL_LIMIT_CHARS = 200
SNIFF_BYTES = 4_096

HTML_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s++|<!--(?:[^-]|-(?!->))*+-->|<\?[^>]*+>)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE,
)
# feedparser's time grows with the square of the attributes of one tag (measured: 20,000 take 5 s, 2,000 take 0.04 s).
# Possessive, and every try ends at the next `<`: the search is linear.
CROWDED_TAG = re.compile(
    rb"""<[A-Za-z_:][^\s<>/="']*+(?:\s*+/?[^\s<>/="']++(?:\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s<>"']*+))?+){1000}"""
)
EMAIL_END = re.compile(r"[a-z.-]{1,12}")
MARKUP = re.compile(r"<[A-Za-z/!?]")
INSTRUCTION = re.compile(r"<\?[^>]*>?")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # lone surrogates cannot be stored
BLOCKS = frozenset({
    "address", "blockquote", "br", "dd", "div", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "table", "td", "th", "tr", "ul",
})  # fmt: skip


# What a feed says of itself, of its entries, and whether anything had to be mended to read it.
_Said = tuple[dict[str, Any], list[Any], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReading:
    """What one visit's body says. `entries` have an address; `unlinked_count` more had none that can be used.

    An entry that cannot be read at all is one of these, and `detail` says so.
    """

    outcome: Literal["ok", "not_a_feed"]
    detail: str | None
    parse_route: Literal["strict", "tolerant"] | None  # strict: well-formed XML in its declared encoding
    entries: tuple[Entry, ...]
    unlinked_count: int


def read_feed(
    body: bytes, *, feed: Feed, poll_id: str, listed_at: datetime, base_url: str, http_charset: str | None
) -> FeedReading:
    """Read a feed's body (its size is capped by the client), relative addresses against `base_url`.

    An entry that the feed lists twice is taken as it stands first.
    """
    refusal = _refusal(body)
    if refusal is not None:
        return _no_feed(refusal)
    try:
        is_json = body.lstrip().startswith(b"{")
        said_of_feed, listed, is_altered = _json_feed(body) if is_json else _xml_feed(body, base_url, http_charset)
    except Exception as error:  # noqa: BLE001  the edge: the parsers' own failures on hostile feeds have no end
        return _no_feed(_told(error))
    language = _text(said_of_feed.get("language"), NAME_LIMIT_CHARS)
    entries: dict[str, Entry] = {}
    unlinked_count = unreadable_count = 0
    fault = ""
    for one in listed:
        try:
            said = _json_entry(one) if is_json else one
            entry = _entry(said, language=language, base_url=base_url, feed=feed, poll_id=poll_id, listed_at=listed_at)
        except Exception as error:  # noqa: BLE001  the edge again: one entry costs no other
            fault = fault or _told(error)
            unreadable_count += 1
            entry = None
        if entry is None:
            unlinked_count += 1
        else:
            entries.setdefault(entry.entry_id, entry)
    return FeedReading(
        outcome="ok",
        detail=_detail(f"entries that cannot be read: {unreadable_count}, the first: {fault}") if fault else None,
        parse_route="tolerant" if is_altered else "strict",
        entries=tuple(entries.values()),
        unlinked_count=unlinked_count,
    )


def _refusal(body: bytes) -> str | None:
    if not body.strip():
        return "empty"
    if HTML_PAGE.match(body[:SNIFF_BYTES]):
        return "an HTML page"
    return "a tag with more than a thousand attributes" if CROWDED_TAG.search(body) else None


def _no_feed(detail: str) -> FeedReading:
    return FeedReading(outcome="not_a_feed", detail=_detail(detail), parse_route=None, entries=(), unlinked_count=0)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _detail(text: str) -> str:
    """Feeds write a part of it: one line, short."""
    return " ".join(UNPRINTABLE.sub(" ", text[: 4 * DETAIL_LIMIT_CHARS]).split())[:DETAIL_LIMIT_CHARS].rstrip()


def _xml_feed(body: bytes, base_url: str, http_charset: str | None) -> _Said:
    charset = _charset(body, http_charset)
    content_type = "application/xml" if charset is None else f"application/xml; charset={charset}"
    parsed = feedparser.parse(
        BytesIO(body),  # a str or bytes that looks like a path or an address would be opened
        response_headers={"content-location": base_url, "content-type": content_type},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.entries:
        raise ValueError(f"no feed in it: {parsed.get('bozo_exception', 'no element of RSS or Atom')}")
    return parsed.feed, parsed.entries, bool(parsed.bozo)


def _json_feed(body: bytes) -> _Said:
    """JSON Feed 1.1 (jsonfeed.org/version/1.1); its entries are read one by one."""
    feed = json.loads(body)
    if not str(feed.get("version", "")).startswith("https://jsonfeed.org/"):
        raise ValueError("no feed in it: JSON without the version of JSON Feed")
    return feed, list(feed["items"]), False


def _json_entry(said: Any) -> dict[str, Any]:
    """In feedparser's words."""
    if not isinstance(said, dict):
        raise TypeError(f"an entry that is {type(said).__name__}")
    authors = said.get("authors") or [said.get("author")]
    return {
        "id": str(said.get("id") or ""),
        "link": said.get("url"),
        "title": said.get("title"),
        "summary": said.get("summary") or said.get("content_text") or said.get("content_html"),
        "authors": [author for author in authors if isinstance(author, dict)],
        "tags": [{"term": tag} for tag in said.get("tags") or [] if isinstance(tag, str)],
        "published": said.get("date_published"),
        "updated": said.get("date_modified"),
        "media_thumbnail": [{"url": said.get("image")}],
    }


def _charset(body: bytes, http_charset: str | None) -> str | None:
    """UTF-8 where the bytes are that, whatever a server's default says; else what the server says, if anything."""
    if not body.isascii() and b"\0" not in body[:SNIFF_BYTES]:
        try:
            body.decode()
        except UnicodeDecodeError:
            return http_charset
        return "utf-8"
    return http_charset


def _entry(
    said: dict[str, Any], *, language: str | None, base_url: str, feed: Feed, poll_id: str, listed_at: datetime
) -> Entry | None:
    """None if it has no address that can be used."""
    url = next((found for link in _links(said) if (found := as_found(link, base_url))), None)
    if url is None:
        return None
    # dict.get: feedparser's own passes the published date off as the updated one
    updated_raw = _text(dict.get(said, "updated"), RAW_DATE_LIMIT_CHARS)
    # RDF has but dc:date, old Atom but `updated`: what feedparser calls updated is all there is to say of publication
    first_raw = dict.get(said, "published") or dict.get(said, "created") or updated_raw
    published_raw = _text(first_raw, RAW_DATE_LIMIT_CHARS)
    published = read_moment(published_raw, now=listed_at) if published_raw else None
    updated = read_moment(updated_raw, now=listed_at) if updated_raw else None
    guid = _text(said.get("id"), GUID_LIMIT_CHARS)
    title = _text(said.get("title"), TITLE_LIMIT_CHARS)
    summary = _text(said.get("summary"), SUMMARY_LIMIT_CHARS)
    authors = _names(_author(author) for author in said.get("authors", []))
    tags = _names(tag.get("label") or tag.get("term") for tag in said.get("tags", []))
    image_url = next((found for link in _images(said) if (found := as_found(link, base_url))), None)
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


def _links(said: dict[str, Any]) -> Iterator[str]:
    """Where the entry says its article is, the best first."""
    links = [link for link in said.get("links", []) if link.get("href")]
    alternates = (link["href"] for link in links if link.get("rel") == "alternate")
    guid = str(said.get("id") or "")
    candidates = (dict.get(said, "feedburner_origlink"), dict.get(said, "link"), *alternates)
    yield from (candidate for candidate in candidates if isinstance(candidate, str) and candidate)
    if guid.lower().startswith(("http://", "https://")):
        yield guid


def _images(said: dict[str, Any]) -> Iterator[str]:
    media = said.get("media_content", [])
    enclosures = [link for link in said.get("links", []) if link.get("rel") == "enclosure"]
    for one in (*media, *enclosures):
        if one.get("medium") == "image" or str(one.get("type", "")).startswith("image/"):
            yield str(one.get("url") or one.get("href") or "")
    yield from (str(one.get("url") or "") for one in said.get("media_thumbnail", []))


def _author(said: dict[str, Any]) -> str | None:
    """The name; feedparser cuts an e-mail address out of it, and leaves the end of a long domain behind."""
    name = said.get("name")
    if not isinstance(name, str):
        return None
    return None if said.get("email") and EMAIL_END.fullmatch(name) else name


def _names(found: Iterable[object]) -> tuple[str, ...]:
    names = (_text(name, NAME_LIMIT_CHARS) for name in islice(found, NAMES_READ))
    distinct = dict.fromkeys(name for name in names if name and "@" not in name)
    return tuple(distinct)[:NAMES_LIMIT]


def _text(said: object, limit_chars: int) -> str | None:
    """Plain text of one line, at most so long; None if nothing is left."""
    if not isinstance(said, str):
        return None
    text = INSTRUCTION.sub(" ", UNPRINTABLE.sub(" ", said[: MARKUP_SHARE * limit_chars]))
    if MARKUP.search(text):
        text = _without_markup(text)
    elif "&" in text:  # escaped once more than the format asks
        text = unescape(text)
    return " ".join(UNPRINTABLE.sub(" ", text).split())[:limit_chars].rstrip() or None


def _without_markup(text: str) -> str:
    """What a reader sees, blocks apart; in one walk, as the time of inserting into a tree grows with its square."""
    seen: list[str] = []
    ahead: list[Any] = [BeautifulSoup(text, "lxml")]
    while ahead:
        node = ahead.pop()
        if isinstance(node, Tag):
            edge = [" "] if node.name in BLOCKS else []
            ahead += [*edge, *reversed(node.contents), *edge]
        elif type(node) in (str, NavigableString, CData):  # its other kinds are comments, scripts and styles
            seen.append(node)
    return "".join(seen)
