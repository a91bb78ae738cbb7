"""Feeds read into entries, by the route that alters least: strict, mended and strict again, feedparser; JSON Feed apart.

Nothing is fetched here, and which entries are new is decided elsewhere.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ingest.discover.charset import decode
from ingest.discover.entry import Said, entry_of
from ingest.discover.home import feeds_offered
from ingest.discover.json_feed import read_json_feed, said_in_json
from ingest.discover.repair import CLOSER, ENTRY, OPENER, ROOT, mended
from ingest.discover.text import UNPRINTABLE
from ingest.discover.tolerant import read_tolerantly, said_tolerantly
from ingest.discover.xml_feed import entries_in, parse_strictly, said_in_xml
from ingest.records import Entry, Feed

ParseRoute = Literal["strict", "repaired", "tolerant", "json"]

DETAIL_LIMIT_CHARS = 200
SNIFF_CHARS = 4_096

HTML_PAGE = re.compile(
    r"(?:\s++|<!--(?:[^-]|-(?!->))*+-->|<\?[^>]*+>)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE
)
# No reader is made for it, and feedparser's time grows with its square (measured: 20,000 attributes take 5 s).
# Possessive, and every try ends at the next `<`: the search is linear.
CROWDED_TAG = re.compile(
    r"""<[A-Za-z_:][^\s<>/="']*+(?:\s*+/?[^\s<>/="']++(?:\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s<>"']*+))?+){1000}"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReading:
    """What one visit's body says. `entries` have an address; `unlinked_count` more had none that can be used.

    An entry that cannot be read at all is one of these, and `detail` says so.
    """

    outcome: Literal["ok", "not_a_feed"]
    detail: str | None
    parse_route: ParseRoute | None  # strict: well-formed as it came, so nothing in it was altered
    entries: tuple[Entry, ...]
    unlinked_count: int


class _NoFeed(Exception):
    """Well-formed, and something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    route: ParseRoute
    language: str | None
    listed: list[Any]
    said: Callable[..., Said]  # one of `listed` in the shape that all formats share


def read_feed(
    body: bytes, *, feed: Feed, poll_id: str, listed_at: datetime, base_url: str, http_charset: str | None
) -> FeedReading:
    """Read a feed's body (its size is capped by the client), relative addresses against `base_url`.

    An entry that the feed lists twice is taken as it stands first.
    """
    try:
        text = decode(body, http_charset).lstrip("\ufeff")  # some write two
        refusal = _refusal(text, base_url)
        if refusal is not None:
            return _no_feed(refusal)
        listing = _listing(text, base_url)
    except Exception as error:  # noqa: BLE001  the edge: the parsers' own failures on hostile feeds have no end
        return _no_feed(_told(error))
    entries: dict[str, Entry] = {}
    unlinked_count = unreadable_count = 0
    fault = ""
    for one in listing.listed:
        try:
            said = listing.said(one, language=listing.language, base_url=base_url)
            entry = entry_of(said, feed=feed, poll_id=poll_id, listed_at=listed_at)
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
        parse_route=listing.route,
        entries=tuple(entries.values()),
        unlinked_count=unlinked_count,
    )


def _refusal(text: str, base_url: str) -> str | None:
    if not text.strip():
        return "empty"
    if HTML_PAGE.match(text[:SNIFF_CHARS]):
        offered = feeds_offered(text, base_url)
        return f"an HTML page, which offers {' and '.join(offered)}" if offered else "an HTML page"
    return "a tag with more than a thousand attributes" if CROWDED_TAG.search(text) else None


def _listing(text: str, base_url: str) -> _Listing:
    if text.lstrip().startswith("{"):
        language, listed = read_json_feed(text)
        return _Listing(route="json", language=language, listed=listed, said=said_in_json)
    try:
        return _parsed(text, "strict")
    except ValueError as error:
        fault = error
    if ROOT.search(text) is None and ENTRY.search(text) is None:
        raise _NoFeed(f"no feed in it: {fault}")
    try:
        return _parsed(mended(text), "repaired")
    except ValueError:
        root = ROOT.search(text)
        language, listed = read_tolerantly(text[root.start() if root else 0 :], base_url)
        return _Listing(route="tolerant", language=language, listed=listed, said=said_tolerantly)


def _parsed(text: str, route: ParseRoute) -> _Listing:
    """ValueError for what another route may still read."""
    if text.count(OPENER) > text.count(CLOSER):
        raise ValueError("CDATA without an end")  # well-formed where a later section's end serves both
    found = entries_in(parse_strictly(text))
    if found is None:
        raise _NoFeed("no feed in it: no element of RSS or Atom")
    return _Listing(route=route, language=found[0], listed=found[1], said=said_in_xml)


def _no_feed(detail: str) -> FeedReading:
    return FeedReading(outcome="not_a_feed", detail=_detail(detail), parse_route=None, entries=(), unlinked_count=0)


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, _NoFeed) else f"{type(error).__name__}: {error}"


def _detail(text: str) -> str:
    """Feeds write a part of it: one line, short."""
    return " ".join(UNPRINTABLE.sub(" ", text[: 4 * DETAIL_LIMIT_CHARS]).split())[:DETAIL_LIMIT_CHARS].rstrip()
