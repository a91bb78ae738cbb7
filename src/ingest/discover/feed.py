"""Feeds read into entries, by the route that alters least: strict, mended and strict again, feedparser; JSON Feed apart.

Nothing is fetched here, and which entries are new is decided elsewhere.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ingest.discover.charset import decode
from ingest.discover.entry import Channel, Said, entry_of
from ingest.discover.home import feeds_offered
from ingest.discover.json_feed import read_json_feed, said_in_json
from ingest.discover.repair import CLOSER, ENTRY, OPENER, ROOT, mended
from ingest.discover.text import UNPRINTABLE
from ingest.discover.tolerant import read_tolerantly, said_tolerantly
from ingest.discover.xml_feed import channel_in, parse_strictly, said_in_xml
from ingest.records import Entry, Feed

ParseRoute = Literal["strict", "repaired", "tolerant", "json"]
WELL_FORMED = frozenset({"strict", "json"})
END = re.compile(r"</(?>(?:[A-Za-z][\w.-]{0,20}+:)?)(?:rss|rdf|feed|channel)\s*+>", re.IGNORECASE)
END_CHARS = 4_000  # servers write notes of their own behind it

DETAIL_LIMIT_CHARS = 200
SNIFF_CHARS = 4_096
PERIODS_S = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
USUAL_PERIOD = "daily"  # RDF Site Summary 1.0, module Syndication: where a feed says its frequency alone
LONGEST_REFRESH_S = 2_592_000  # a feed that claims to change once in more than 30 days does not mean it
COUNT = re.compile(r"\+?[0-9]{1,6}(?=(?:\.0*)?$)")

HTML_PAGE = re.compile(
    r"(?>(?:\s++|<!--(?>(?:[^-]|-(?!->))*)-->|<\?[^>]*+>)*)<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE
)
# No reader is made for it, and feedparser's time grows with its square (measured: 20,000 attributes take 5 s).
# Possessive, and every try ends at the next `<`: the search is linear.
CROWDED_TAG = re.compile(
    r"""<[A-Za-z_:][^\s<>/="']*+(?:\s*+/?[^\s<>/="']++(?>(?:\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s<>"']*+))?)){1000}"""
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
    is_whole: bool  # False: it ends early, or an entry of it cannot be read
    refresh_s: int | None  # how often the feed says that it changes: RSS `ttl`, module Syndication


class _NoFeed(Exception):
    """Well-formed, and something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a feed's text lists, unread."""

    route: ParseRoute
    channel: Channel
    said: Callable[..., Said]  # one of the channel's entries in the shape that all formats share


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
        listing = listing_of(text, base_url)
    except Exception as error:  # noqa: BLE001  the edge: the parsers' own failures on hostile feeds have no end
        return _no_feed(_told(error))
    entries: dict[str, Entry] = {}
    unlinked_count = unreadable_count = 0
    fault = ""
    for one in listing.channel.entries:
        try:
            said = listing.said(one, language=listing.channel.language, base_url=base_url)
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
        is_whole=not fault
        and (listing.route in WELL_FORMED or END.search(text, max(0, len(text) - END_CHARS)) is not None),
        refresh_s=_refresh_s(listing.channel),
    )


def listing_of(text: str, base_url: str) -> Listing:
    """By the first reader that understands the text, which is no HTML page; an exception if none does."""
    if text.lstrip().startswith("{"):
        return Listing(route="json", channel=read_json_feed(text), said=said_in_json)
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
        channel = read_tolerantly(text[root.start() if root else 0 :], base_url)
        return Listing(route="tolerant", channel=channel, said=said_tolerantly)


def _refusal(text: str, base_url: str) -> str | None:
    if not text.strip():
        return "empty"
    if HTML_PAGE.match(text[:SNIFF_CHARS]):
        offered = feeds_offered(text, base_url)
        return f"an HTML page, which offers {' and '.join(offered)}" if offered else "an HTML page"
    return "a tag with more than a thousand attributes" if CROWDED_TAG.search(text) else None


def _parsed(text: str, route: ParseRoute) -> Listing:
    """ValueError for what another route may still read."""
    if text.count(OPENER) > text.count(CLOSER):
        raise ValueError("CDATA without an end")  # well-formed where a later section's end serves both
    channel = channel_in(parse_strictly(text))
    if channel is None:
        raise _NoFeed("no feed in it: no element of RSS or Atom")
    return Listing(route=route, channel=channel, said=said_in_xml)


def _refresh_s(channel: Channel) -> int | None:
    """Seconds between two changes, by the feed's own word; None where it says none, or nonsense."""
    minutes = _count(channel.ttl)
    seconds = 60 * minutes if minutes else None
    if seconds is None and (channel.update_period or channel.update_frequency):
        period_s = PERIODS_S.get((channel.update_period or USUAL_PERIOD).strip().lower())
        times = _count(channel.update_frequency or "1")
        seconds = period_s // times if period_s and times else None
    return seconds if seconds and seconds <= LONGEST_REFRESH_S else None


def _count(written: str | None) -> int | None:
    found = COUNT.match((written or "").strip())
    return int(found[0]) if found else None


def _no_feed(detail: str) -> FeedReading:
    return FeedReading(
        outcome="not_a_feed", detail=_detail(detail), parse_route=None, entries=(), unlinked_count=0, is_whole=False,
        refresh_s=None,
    )  # fmt: skip


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, _NoFeed) else f"{type(error).__name__}: {error}"


def _detail(text: str) -> str:
    """Feeds write a part of it: one line, short."""
    return " ".join(UNPRINTABLE.sub(" ", text[: 4 * DETAIL_LIMIT_CHARS]).split())[:DETAIL_LIMIT_CHARS].rstrip()
