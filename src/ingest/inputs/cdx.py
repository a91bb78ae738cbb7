"""CDX listings as an input, of the Wayback Machine, Common Crawl and whoever writes like them: where captures are.

Files, or addresses of queries, which are asked page by page. The captures themselves are read in `pointer.py`.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ingest.history import Ended, Fault, Found, Part, Pointer, Told
from ingest.inputs import named
from ingest.inputs.bucket import BUCKET
from ingest.inputs.lines import CutShort, Line, lines
from ingest.inputs.piece import Interrupted
from ingest.inputs.place import WEB, Place
from ingest.inputs.tally import Tally
from ingest.rules.url import as_found

ENDINGS = (".cdx", ".cdx.gz", ".cdxj", ".cdxj.gz", ".json", ".jsonl", ".json.gz", ".jsonl.gz", ".txt", ".txt.gz", ".gz")
HTML = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
NOT_SAID = frozenset({"", "-", "unk", "warc/unknown"})
# Letters of a CDX file's first line (archive.org, "CDX File Format") by the names that queries and CDXJ use.
LETTERS = {
    "a": "url",
    "b": "timestamp",
    "m": "mime",
    "s": "status",
    "k": "digest",
    "S": "length",
    "V": "offset",
    "g": "filename",
}
USUAL = ("urlkey", "timestamp", "url", "mime", "status", "digest", "length")  # the Wayback Machine's seven
ELEVEN = ("urlkey", "timestamp", "url", "mime", "status", "digest", "redirect", "meta", "length", "offset", "filename")
NAMES = {"original": "url", "mimetype": "mime", "statuscode": "status"}
TIMESTAMP = re.compile(r"\d{4,14}")
PADDING = "00000101000000"  # of a timestamp that is not said to the second
REPLAYS = {"web.archive.org": "https://web.archive.org/web/", "arquivo.pt": "https://arquivo.pt/noFrame/replay/"}
PAGED = frozenset({"page", "limit", "resumeKey", "showNumPages", "showResumeKey", "collapse"})
PAGES_MOST = 100_000
DIGESTS_MOST = 10_000  # of one address
DETAIL_LIMIT_CHARS = 200

Row = Mapping[str, str]


def parts(address: str, *, place: Place) -> Iterator[Part | Ended]:
    """Listings: files, or the pages of a query."""
    if not _is_query(address):
        yield from named.parts(address, place=place, endings=ENDINGS)
        return
    try:
        count = _page_count(address, place)
    except Interrupted as stop:
        yield Ended(position=0, outcome=stop.outcome, detail=stop.detail, not_before_at=stop.not_before_at)
        return
    for page in range(min(count, PAGES_MOST)):
        yield Part(address=_asked(address, page=str(page)), part_on=None, size_bytes=None)
    if not count:
        yield Part(address=address, part_on=None, size_bytes=None)


def read(part: Part, *, position: int, place: Place, is_wanted: Callable[[str], bool]) -> Iterator[Told]:
    """Captures of pages that are listed behind row `position`: of each address, each distinct text once."""
    tally = Tally(position)
    kept = _Kept()
    try:
        if _is_query(part.address) and _has_pages(part.address, place):
            raise Interrupted(
                "paused", "it has pages, which were not told of when it was planned: they are planned next"
            )
        with place.open(part.address) as file:
            for number, row in enumerate(_rows(lines(file)), start=1):
                told = _told(row, number, part.address)
                is_new = isinstance(told, Fault) or told is None or kept.is_new(told)
                if number <= position:
                    continue
                tally.position = number
                if told is None or not is_new:
                    tally.unusable_count += 1
                elif isinstance(told, Found) and not is_wanted(told.url):
                    tally.outside_count += 1
                else:
                    yield told
                    continue
                yield from tally.now_and_then()
            yield from tally.ended("ok", None)
    except CutShort as error:
        yield Fault(position=tally.position, reason="truncated", detail=str(error)[:DETAIL_LIMIT_CHARS])
        yield from tally.ended("cut_short", str(error)[:DETAIL_LIMIT_CHARS])
    except _NoListing as error:
        yield from tally.ended("unreadable", str(error))
    except Interrupted as stop:
        yield from tally.interrupted(stop)


class _NoListing(Exception):
    """A file of another kind."""


class _Kept:
    """Digests of the address that is being listed: listings are sorted by address."""

    def __init__(self) -> None:
        self._url = ""
        self._digests: set[str] = set()

    def is_new(self, found: Found) -> bool:
        if found.url != self._url or len(self._digests) > DIGESTS_MOST:
            self._url, self._digests = found.url, set()
        digest = found.pointer.digest if found.pointer else None
        if digest is None:
            return True
        is_new = digest not in self._digests
        self._digests.add(digest)
        return is_new


def _rows(found: Iterator[Line]) -> Iterator[Row | str]:
    """Rows by their fields' names; a text where a row cannot be read: what is wrong with it."""
    fields: tuple[str, ...] | None = None
    for line in found:
        text = (line.text or "").strip()
        if line.text is None:
            yield f"line {line.number} is too long"
        elif text.startswith("<") or "\x00" in text:
            if line.number == 1:
                raise _NoListing("no CDX: it looks like something else")
            yield f"line {line.number} is no row"
        elif text.startswith("CDX "):
            fields = tuple(LETTERS.get(letter, letter) for letter in text.split()[1:])
        elif text.startswith("["):
            for cells in _arrays(text):
                if isinstance(cells, str):
                    yield cells
                elif fields is None and "timestamp" in cells:
                    fields = tuple(NAMES.get(name, name) for name in cells)
                else:
                    yield dict(zip(fields or USUAL, cells, strict=False))
        elif "{" in text:
            yield _json_row(text, line.number)
        elif " " in text:
            cells = text.split()
            yield dict(zip(fields or (ELEVEN if len(cells) == len(ELEVEN) else USUAL), cells, strict=False))
        elif text and text != "]" and line.number == 1:
            raise _NoListing("no CDX: its first line has no fields")


def _arrays(text: str) -> Iterator[list[str] | str]:
    """JSON of the Wayback Machine: an array of arrays, one a line, or all in one line."""
    body = text.rstrip(",")
    if body == "[":
        return
    body = body[1:] if body.startswith("[[") and not body.endswith("]]") else body
    body = body[:-1] if body.endswith("]]") and not body.startswith("[[") else body
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        yield f"{error}: {text[:80]}"
        return
    for cells in value if value and isinstance(value[0], list) else [value]:
        if isinstance(cells, list):
            yield [str(cell) for cell in cells]
        else:
            yield f"no row: {str(cells)[:80]}"


def _json_row(text: str, number: int) -> Row | str:
    """CDXJ (key, timestamp, object), or an object alone, as Common Crawl's index answers."""
    head, brace, rest = text.partition("{")
    try:
        value = json.loads(brace + rest.rstrip(","))
    except (ValueError, RecursionError) as error:
        return f"line {number}: {error}"
    keys = head.split()
    said = {NAMES.get(name, name): str(cell) for name, cell in value.items() if cell is not None}
    return ({"urlkey": keys[0], "timestamp": keys[1]} if len(keys) > 1 else {}) | said


def _told(row: Row | str, number: int, address: str) -> Found | Fault | None:
    """None: a capture of no page."""
    if isinstance(row, str):
        return Fault(position=number, reason="corrupt", detail=row[:DETAIL_LIMIT_CHARS])
    status, mime = row.get("status", "-"), row.get("mime", "-").partition(";")[0].strip().lower()
    if not ((status in NOT_SAID or status == "200") and (mime in NOT_SAID or mime in HTML)):
        return None
    url, captured_at = as_found(row.get("url", "")), _moment(row.get("timestamp", ""))
    if url is None or captured_at is None:
        is_page = status == "200"
        told = f"row {number}: neither address nor time in {str(dict(row))[:120]}"
        return Fault(position=number, reason="no_address", detail=told) if is_page or url is None else None
    return Found(
        position=number, url=url, published_raw=None, modified_raw=None, title=None, language=None,
        captured_at=captured_at, capture=None, pointer=_pointer(row, address),
    )  # fmt: skip


def _pointer(row: Row, address: str) -> Pointer:
    filename, offset, length = row.get("filename"), row.get("offset", ""), row.get("length", "")
    digest = row.get("digest")
    digest = None if digest in (None, "", "-") else digest
    if filename and offset.isascii() and offset.isdigit():
        count = int(length) if length.isascii() and length.isdigit() else None
        return Pointer(address=named.resolved(filename, address), offset=int(offset), length=count, digest=digest)
    stamp = (row["timestamp"] + PADDING[len(row["timestamp"]) :])[:14]
    return Pointer(address=f"{_replay(address)}{stamp}id_/{row['url']}", offset=None, length=None, digest=digest)


def _replay(address: str) -> str:
    """Where the archive that answered replays its captures; a file's are the Wayback Machine's."""
    if not address.startswith(WEB) or address.startswith(BUCKET):
        return REPLAYS["web.archive.org"]
    parts = urlsplit(address)
    return REPLAYS.get(parts.netloc, f"{parts.scheme}://{parts.netloc}/web/")


def _moment(stamp: str) -> datetime | None:
    if not TIMESTAMP.fullmatch(stamp):
        return None
    try:
        return datetime.strptime(stamp + PADDING[len(stamp) :], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _is_query(address: str) -> bool:
    return address.startswith(WEB) and bool(urlsplit(address).query)


def _has_pages(address: str, place: Place) -> bool:
    """Not where the archive knows of no pages, and says so in its own way."""
    try:
        return _page_count(address, place) > 1
    except Interrupted as stop:
        if stop.outcome == "paused":
            raise
        return False


def _page_count(address: str, place: Place) -> int:
    """How many pages a query has; 0 where it is not one of pages, or is one of them already."""
    if PAGED & {name for name, _ in parse_qsl(urlsplit(address).query, keep_blank_values=True)}:
        return 0
    said = place.whole(_asked(address, showNumPages="true"))[:1_000].decode("latin-1").strip()
    if said.isascii() and said.isdigit():
        return int(said)
    try:
        pages = json.loads(said).get("pages")
    except (ValueError, AttributeError):
        return 0
    return pages if isinstance(pages, int) else 0


def _asked(address: str, **more: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlencode(more))))))
