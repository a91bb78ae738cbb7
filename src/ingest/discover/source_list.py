"""Lists of sources that people bring or take away: CSV and plain addresses here, OPML next door, one shape for all.

A line that cannot be used costs no other. What the catalogue knows already is decided elsewhere.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingest.discover.home import looks_like_feed
from ingest.errors import InputError
from ingest.records import FeedKind, Source
from ingest.rules.url import as_found

LIMIT_BYTES = 5_000_000
CELL_LIMIT_CHARS = 20_000
DELIMITERS = ",;\t|"
# column -> names that people give it
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "title", "source", "publisher"),
    "home_url": ("home_url", "url", "home", "homepage", "website", "site", "htmlurl"),
    "feeds": ("feeds", "feed", "rss", "feed_url", "rss_url", "xmlurl"),
    "sitemaps": ("sitemaps", "sitemap"),
    "sections": ("sections", "section"),
    "country": ("country", "country_code"),
    "language": ("language", "lang"),
}
ADDRESSES: dict[str, FeedKind] = {"feeds": "feed", "sitemaps": "sitemap", "sections": "section"}
FEED_SCHEME = re.compile(r"feed:(?://)?(?=https?:)", re.IGNORECASE)
FEED_SCHEME_ALONE = re.compile(r"feed://", re.IGNORECASE)
BARE_HOST = re.compile(r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?::\d+)?(?:[/?#].*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What one line says; `polled` are addresses with their kinds, none where only a front page is named."""

    line: int
    name: str | None
    home_url: str | None
    polled: tuple[tuple[FeedKind, str], ...]
    country: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A line that gave no source, and why."""

    line: int
    written: str
    reason: str


def text_of(body: bytes) -> str:
    """The list as text; InputError where it is not UTF-8."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"the list is not UTF-8: {error}", "save it as UTF-8, or as OPML with its encoding declared"
        ) from None


def address(written: str) -> str | None:
    """What a person calls an address, as one that can be fetched: `feed://a.example/rss`, `a.example`."""
    text = FEED_SCHEME_ALONE.sub("http://", FEED_SCHEME.sub("", written.strip()))
    return as_found(f"https://{text}" if BARE_HOST.fullmatch(text) else text)


def read_list(text: str) -> tuple[list[Listed], list[Refused]]:
    """CSV where the first line names columns, else one address a line; empty lines and `# ...` are no lines."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    lines = [(number, line) for number, line in lines if not line.lstrip().startswith("#")]
    if not lines:
        return [], []
    delimiter, columns = _header(lines[0][1])
    read = _rows(lines[1:], delimiter, columns) if columns else _addresses(lines)
    found = list(read)
    return [one for one in found if isinstance(one, Listed)], [one for one in found if isinstance(one, Refused)]


def write_csv(sources: Iterable[Source]) -> str:
    """One row a source, addresses of one kind divided by blanks."""
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(COLUMNS)
    for source in sources:
        urls = {
            kind: " ".join(feed.url for feed in source.feeds if feed.feed_kind == kind) for kind in ADDRESSES.values()
        }
        rows.writerow(
            [
                source.name,
                source.home_url,
                urls["feed"],
                urls["sitemap"],
                urls["section"],
                source.country,
                source.language,
            ]
        )
    return stream.getvalue()


def _header(line: str) -> tuple[str, list[str | None]]:
    """The delimiter by which most columns are known, and each column's key; none known: no header."""
    names = {name: key for key, spellings in COLUMNS.items() for name in spellings}

    def keys(delimiter: str) -> list[str | None]:
        return [names.get(cell.strip().strip('"').lower().replace(" ", "_")) for cell in line.split(delimiter)]

    found = {delimiter: keys(delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: sum(key is not None for key in found[delimiter]))
    columns = found[best]
    return best, columns if any(key in ("home_url", *ADDRESSES) for key in columns) else []


def _rows(lines: list[tuple[int, str]], delimiter: str, columns: list[str | None]) -> Iterator[Listed | Refused]:
    for number, line in lines:
        try:
            (cells,) = csv.reader([line[:CELL_LIMIT_CHARS]], delimiter=delimiter, strict=True, skipinitialspace=True)
        except (csv.Error, ValueError) as error:
            yield _refused(number, line, f"no CSV: {error}")
            continue
        if len(cells) != len(columns):
            yield _refused(number, line, f"{len(cells)} cells where the first line names {len(columns)}")
            continue
        said = {key: cell.strip() for key, cell in zip(columns, cells, strict=True) if key}
        yield _row(number, line, said)


def _row(number: int, line: str, said: dict[str, str]) -> Listed | Refused:
    polled = []
    for key, kind in ADDRESSES.items():
        for written in said.get(key, "").split():
            url = address(written)
            if url is None:
                return _refused(number, line, f"{written[:200]!r} is not a web address")
            polled.append((kind, url))
    home = said.get("home_url", "")
    home_url = address(home) if home else None
    if home and home_url is None:
        return _refused(number, line, f"{home[:200]!r} is not a web address")
    if not home_url and not polled:
        return _refused(number, line, "no address in it")
    if home_url and not polled and looks_like_feed(home_url):
        polled, home_url = [("feed", home_url)], None
    country = said.get("country", "")
    return Listed(
        line=number,
        name=said.get("name") or None,
        home_url=home_url,
        polled=tuple(polled),
        country=country.upper() or None,
        language=said.get("language") or None,
    )


def _addresses(lines: list[tuple[int, str]]) -> Iterator[Listed | Refused]:
    for number, line in lines:
        url = address(line)
        if url is None:
            yield _refused(number, line, "not a web address")
            continue
        is_feed = looks_like_feed(url)
        yield Listed(
            line=number,
            name=None,
            home_url=None if is_feed else url,
            polled=(("feed", url),) if is_feed else (),
            country=None,
            language=None,
        )


def _refused(number: int, line: str, reason: str) -> Refused:
    return Refused(line=number, written=line.strip()[:200], reason=reason)
