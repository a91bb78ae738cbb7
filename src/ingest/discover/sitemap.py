"""Sitemaps of every kind read into entries and further sitemaps, as far back as is asked for.

Nothing is fetched here; which sitemaps of an index are read, and what their dates are worth, is decided in `rules/`.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NamedTuple

from ingest.catalogue import feed_id
from ingest.discover.entry import Said, entry_of
from ingest.discover.feed import read_feed
from ingest.discover.sitemap_body import NoSitemap, SitemapRoute, Unpacking, kind_of, rows_of
from ingest.discover.sitemap_xml import ROWS_LIMIT, ChildRow, Row, Rows
from ingest.discover.text import UNPRINTABLE, Text
from ingest.records import Entry, Feed
from ingest.rules.moment import EARLIEST, Moment, read_moment
from ingest.rules.past_days import Days, children_within, is_within, named_days, on_day
from ingest.rules.sitemap import (
    PAGES_OF_A_DAY,
    UNDATED_MOST,
    Child,
    best_date,
    lasts_until,
    says_when_made,
)  # fmt: skip
from ingest.rules.url import as_found, is_home, same_site

DETAIL_LIMIT_CHARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapReading:
    """What one visit's body says: entries within the window, or the sitemaps that an index lists.

    `listed_count` is of entries: those here, `unlinked_count` without an address that may be used, and `outside_count`:
    older than the window, of no known age in a file of many such, or front pages. `detail` says what was not taken.
    `lastmods` are those of the entries, where they can be trusted.
    """

    outcome: Literal["ok", "not_a_feed"]
    detail: str | None
    parse_route: SitemapRoute | None  # repaired: not well-formed, so mended and read block by block
    entries: tuple[Entry, ...]
    lastmods: tuple[Moment | None, ...]
    children: tuple[Child, ...]
    listed_count: int
    unlinked_count: int
    outside_count: int
    is_whole: bool  # False: it was cut, or is too long, and may list what was not read


class _Visit(NamedTuple):
    feed: Feed
    poll_id: str
    listed_at: datetime
    base_url: str
    since: datetime
    past: Days | None  # the days of a backfill; None: all since then, as far as it is dated

    def is_own(self, url: str) -> bool:
        """A sitemap speaks for its own site (sitemaps.org, "Sitemap file location")."""
        return same_site(url, self.feed.url) or same_site(url, self.base_url)


@dataclass(slots=True, kw_only=True)
class _Taken:
    """Entries chosen so far, and what became of the others."""

    visit: _Visit
    entries: dict[str, Entry] = field(default_factory=dict)
    lastmods: dict[str, Moment | None] = field(default_factory=dict)
    unlinked_count: int = 0
    outside_count: int = 0
    elsewhere: list[str] = field(default_factory=list)
    sites: dict[str, bool] = field(default_factory=dict)  # host -> whether it is ours

    def add(self, row: Row, lastmod: Moment | None) -> None:
        url = _address(row.loc, self.visit.base_url)
        if url is None:
            self.unlinked_count += 1
            return
        site = url.split("/", 3)[2]
        if site not in self.sites:
            self.sites[site] = self.visit.is_own(url)
        if not self.sites[site]:
            self.unlinked_count += 1
            self.elsewhere.append(url)
        elif is_home(url):
            self.outside_count += 1
        elif entry := _entry(row, lastmod, self.visit):
            self.entries.setdefault(entry.entry_id, entry)
            self.lastmods.setdefault(entry.entry_id, lastmod)


def read_sitemap(
    body: bytes,
    *,
    feed: Feed,
    poll_id: str,
    listed_at: datetime,
    base_url: str,
    http_charset: str | None,
    since: datetime,
    limit_bytes: int,
) -> SitemapReading:
    """Read a sitemap's body: XML or text, plain or gzipped, urlset, news or index; a feed is read as one.

    At most `limit_bytes` are unpacked and read. An entry is taken if its best date (of news, a lastmod that can be
    trusted, its address) is not before `since`; one that is listed twice is taken as it stands first.
    """
    return _read(
        Unpacking(body, limit_bytes, http_charset, {}), _Visit(feed, poll_id, listed_at, base_url, since, None)
    )


def read_past_sitemap(
    body: bytes,
    *,
    feed: Feed,
    poll_id: str,
    listed_at: datetime,
    base_url: str,
    http_charset: str | None,
    days: Days,
    limit_bytes: int,
) -> SitemapReading:
    """The same for a range of days: what may be of them, undated entries too; of an index, the sitemaps that may hold
    such, newest first (`rules/past_days.py`). The order is the file's, so that a place in it can be come back to.
    """
    visit = _Visit(feed, poll_id, listed_at, base_url, EARLIEST, days)
    return _read(Unpacking(body, limit_bytes, http_charset, {}), visit)


def _read(unpacking: Unpacking, visit: _Visit) -> SitemapReading:
    faults = unpacking.faults
    try:
        kind = kind_of(unpacking)
        if kind == "feed":
            return _as_feed(unpacking, visit)
        found, route = rows_of(kind, unpacking)
        return _reading(found, route, visit, faults)
    except Exception as error:  # noqa: BLE001  the edge: the parsers' own failures on hostile files have no end
        told = str(error) if isinstance(error, NoSitemap) else f"{type(error).__name__}: {error}"
        return SitemapReading(
            outcome="not_a_feed", detail=_detail([told, *faults]), parse_route=None, entries=(), lastmods=(), children=(),
            listed_count=0, unlinked_count=0, outside_count=0, is_whole=False,
        )  # fmt: skip


def _reading(found: Rows, route: SitemapRoute, visit: _Visit, faults: dict[str, None]) -> SitemapReading:
    is_whole = not (faults or found.over_count or found.broken_count)
    children, foreign = _children(found.children, visit)
    if visit.past:
        children = tuple(children_within(children, visit.past, now=visit.listed_at))
    taken = _taken_of_past(found, visit, visit.past) if visit.past else _taken(found, visit, faults)
    for addresses, what in ((taken.elsewhere, "entries"), (foreign, "sitemaps")):
        if addresses:
            faults[f"{len(addresses)} {what} on another site were refused, the first: {addresses[0]}"] = None
    if found.broken_count:
        faults[f"{found.broken_count} entries cannot be read"] = None
    if found.over_count:
        faults[f"{found.over_count} beyond the first {ROWS_LIMIT} were counted, not read"] = None
    unlinked_count = taken.unlinked_count + found.broken_count
    outside_count = taken.outside_count + found.over_count
    return SitemapReading(
        outcome="ok",
        detail=_detail(faults),
        parse_route=route,
        entries=tuple(taken.entries.values()),
        lastmods=tuple(taken.lastmods.values()),
        children=children,
        listed_count=len(taken.entries) + unlinked_count + outside_count,
        unlinked_count=unlinked_count,
        outside_count=outside_count,
        is_whole=is_whole,
    )


def _taken(found: Rows, visit: _Visit, faults: dict[str, None]) -> _Taken:
    """Rows are let go as entries are made of them: a large file is not held twice."""
    taken = _Taken(visit=visit)
    lastmods = deque(_moment(row.lastmod, visit) for row in found.rows)
    is_of_the_file = says_when_made(
        [moment.at for moment in lastmods if moment], listed_at=visit.listed_at, same_day_most=PAGES_OF_A_DAY
    )
    undated: list[Row] = []
    undated_count = 0
    while found.rows:
        row, moment = found.rows.popleft(), lastmods.popleft()
        lastmod = None if is_of_the_file else moment
        until = best_date(_moment(row.news_date, visit), lastmod, row.loc or "", now=visit.listed_at)
        if until is None and row.loc is not None:
            undated_count += 1
            if undated_count <= UNDATED_MOST:
                undated.append(row)
        elif until is None or until >= visit.since:
            taken.add(row, lastmod)
        else:
            taken.outside_count += 1
    if undated_count <= UNDATED_MOST:
        for row in undated:
            taken.add(row, None)
    else:
        taken.outside_count += undated_count
        why = "whose lastmod only says when the file was made" if is_of_the_file else "without a date"
        faults[f"{undated_count} entries {why} were not taken: a backfill brings them in"] = None
    return taken


def _taken_of_past(found: Rows, visit: _Visit, days: Days) -> _Taken:
    taken = _Taken(visit=visit)
    lastmods = deque(_moment(row.lastmod, visit) for row in found.rows)
    is_of_the_file = says_when_made(
        [moment.at for moment in lastmods if moment], listed_at=visit.listed_at, same_day_most=PAGES_OF_A_DAY
    )
    listed_in = named_days(visit.feed.url, now=visit.listed_at)
    while found.rows:
        row, moment = found.rows.popleft(), lastmods.popleft()
        lastmod = None if is_of_the_file else moment
        said = _moment(row.news_date, visit)
        if is_within(
            said=said, lastmod=lastmod, url=row.loc or "", listed_in=listed_in, days=days, now=visit.listed_at
        ):
            taken.add(row, lastmod)
        else:
            taken.outside_count += 1
    return taken


def _entry(row: Row, lastmod: Moment | None, visit: _Visit) -> Entry | None:
    said = Said(
        base_url=visit.base_url,
        links=(row.loc or "",),
        guid=None,
        title=Text(row.title, "guess"),
        summary=None,
        authors=(),
        tags=tuple(Text(word, "guess") for word in (row.keywords or "").split(",")),
        language=row.language,
        images=(row.image,) if row.image else (),
        published=row.news_date,
        updated=row.lastmod if lastmod else None,
    )
    entry = entry_of(said, feed=visit.feed, poll_id=visit.poll_id, listed_at=visit.listed_at)
    if entry is None:
        return None
    if entry.canonical_url == entry.url:
        entry = replace(entry, canonical_url=entry.url)  # one text instead of two: 6 MB in a large file
    if row.news_date:
        return entry
    return replace(  # a lastmod says nothing of publication
        entry, published_at=None, published_offset_s=None, published_precision=None, published_raw=None
    )


def _children(rows: Iterable[ChildRow], visit: _Visit) -> tuple[tuple[Child, ...], list[str]]:
    """The sitemaps of an index, each once and itself never; and the addresses of those that are of another site."""
    children: dict[str, Child] = {}
    foreign: list[str] = []
    for row in rows:
        url = _address(row.loc, visit.base_url)
        if url is None or feed_id(url) == visit.feed.feed_id:
            continue
        if not visit.is_own(url):
            foreign.append(url)
            continue
        lastmod = _moment(row.lastmod, visit)
        children.setdefault(feed_id(url), Child(url=url, lastmod_at=lastmod.at if lastmod else None))
    return tuple(children.values()), foreign


def _as_feed(unpacking: Unpacking, visit: _Visit) -> SitemapReading:
    """sitemaps.org takes RSS and Atom for sitemaps of the newest pages ("Other Sitemap formats")."""
    reading = read_feed(
        b"".join(unpacking.pieces()),
        feed=visit.feed,
        poll_id=visit.poll_id,
        listed_at=visit.listed_at,
        base_url=visit.base_url,
        http_charset=unpacking.http_charset,
    )
    entries = tuple(entry for entry in reading.entries if _is_wanted(entry, visit))
    return SitemapReading(
        outcome=reading.outcome,
        detail=_detail([*([reading.detail] if reading.detail else ()), *unpacking.faults]),
        parse_route="feed" if reading.outcome == "ok" else None,
        entries=entries,
        lastmods=(None,) * len(entries),
        children=(),
        listed_count=len(reading.entries) + reading.unlinked_count,
        unlinked_count=reading.unlinked_count,
        outside_count=len(reading.entries) - len(entries),
        is_whole=reading.is_whole and not unpacking.faults,
    )


def _is_wanted(entry: Entry, visit: _Visit) -> bool:
    said_at = entry.published_at or entry.modified_at
    if said_at is None:
        return True
    return visit.past.meets(on_day(said_at)) if visit.past else lasts_until(said_at) >= visit.since


def _address(loc: str | None, base_url: str) -> str | None:
    return as_found(loc.replace("&amp;", "&"), base_url) if loc else None


def _moment(said: str | None, visit: _Visit) -> Moment | None:
    return read_moment(said, now=visit.listed_at) if said else None


def _detail(faults: Iterable[str]) -> str | None:
    """Files write a part of it: one line, short."""
    text = UNPRINTABLE.sub(" ", "; ".join(faults)[: 4 * DETAIL_LIMIT_CHARS])
    return " ".join(text.split())[:DETAIL_LIMIT_CHARS].rstrip() or None
