"""Folders of saved pages as an input: named by a manifest (JSON lines or CSV), or by what each page says of itself.

How a manifest becomes rows is read elsewhere.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import PurePosixPath

from dateutil import parser

from ingest.history import Capture, Ended, Fault, FaultReason, Found, Part, Told
from ingest.inputs.bucket import BUCKET
from ingest.inputs.lines import CutShort
from ingest.inputs.piece import Interrupted
from ingest.inputs.place import WEB, Place
from ingest.inputs.row import text_of
from ingest.inputs.saved import saved_from
from ingest.inputs.table import BadRow, Numbered, Unreadable, rows
from ingest.inputs.tally import Tally
from ingest.inputs.warc_record import charset_of, media_type_of
from ingest.rules.url import as_found

PAGES = (".html", ".htm", ".xhtml", ".html.gz", ".htm.gz", ".shtml")
MANIFESTS = frozenset({
    "manifest.jsonl", "manifest.csv", "manifest.jsonl.gz", "manifest.csv.gz", "manifest.tsv", "index.jsonl", "index.csv",
    "metadata.jsonl", "metadata.csv",
})  # fmt: skip
LISTS = (".jsonl", ".jsonl.gz", ".csv", ".csv.gz", ".tsv", ".ndjson")
GZIP = b"\x1f\x8b"
DETAIL_LIMIT_CHARS = 200


def parts(address: str, *, place: Place) -> Iterator[Part | Ended]:
    """The manifests of a folder; the folder itself where it has none; a manifest by its own name."""
    try:
        if address.startswith(WEB):
            raise Interrupted("unreadable", "a folder of the web cannot be listed")
        names = place.names(address)
        if names is None and not address.lower().endswith(LISTS):
            raise Interrupted("unreadable", "neither a folder nor a manifest")
    except Interrupted as stop:
        yield Ended(position=0, outcome=stop.outcome, detail=stop.detail, not_before_at=stop.not_before_at)
        return
    manifests = [name for name in names or () if PurePosixPath(name).name.lower() in MANIFESTS]
    has_pages = any(name.lower().endswith(PAGES) for name in names or ())
    if names is not None and not manifests and not has_pages:
        yield Ended(position=0, outcome="missing", detail=f"no page in {address}", not_before_at=None)
        return
    for name in manifests or [address]:
        yield Part(address=name, part_on=None, size_bytes=None)


def read(part: Part, *, position: int, place: Place, is_wanted: Callable[[str], bool]) -> Iterator[Told]:
    """Pages behind row `position` of the manifest, or file `position` in the order of names."""
    tally = Tally(position)
    try:
        names = place.names(part.address)
        told = (
            _by_manifest(part, tally, place, is_wanted) if names is None else _by_name(names, tally, place, is_wanted)
        )
        yield from told
        yield from tally.ended("ok", None)
    except CutShort as error:
        yield Fault(position=tally.position, reason="truncated", detail=str(error)[:DETAIL_LIMIT_CHARS])
        yield from tally.ended("cut_short", str(error)[:DETAIL_LIMIT_CHARS])
    except Unreadable as error:
        yield from tally.ended("unreadable", str(error))
    except Interrupted as stop:
        yield from tally.interrupted(stop)


def _by_manifest(part: Part, tally: Tally, place: Place, is_wanted: Callable[[str], bool]) -> Iterator[Told]:
    folder = part.address.rpartition("/")[0] or "."
    with place.open(part.address) as file:
        for numbered in rows(file, position=tally.position):
            tally.position = numbered.position
            yield from _row(numbered, folder, tally, place, is_wanted)


def _row(
    numbered: Numbered, folder: str, tally: Tally, place: Place, is_wanted: Callable[[str], bool]
) -> Iterator[Told]:
    row, columns, position = numbered.row, numbered.columns, numbered.position
    if isinstance(row, BadRow):
        yield Fault(position=position, reason=row.reason, detail=row.detail)
        return
    name, said = text_of(row, "file", columns), text_of(row, "url", columns)
    url = as_found(said) if said else None
    if url is not None and not is_wanted(url):
        tally.outside_count += 1
        yield from tally.now_and_then()
        return
    status = text_of(row, "status", columns)
    if status is not None and status != "200":
        tally.unusable_count += 1
        yield from tally.now_and_then()
        return
    path = _inside(folder, name)
    if path is None:
        detail = f"row {position}: no file of the folder: {name!r}"[:DETAIL_LIMIT_CHARS]
        yield Fault(position=position, reason="no_address", detail=detail)
        return
    content_type = text_of(row, "content_type", columns)
    told = _page(path, position, place, url=url, content_type=content_type, said_at=text_of(row, "captured", columns))
    if isinstance(told, Fault):
        yield told
        return
    if url is None and not is_wanted(told.url):
        tally.outside_count += 1
        return
    yield Found(
        position=position,
        url=told.url,
        published_raw=text_of(row, "published", columns),
        modified_raw=text_of(row, "modified", columns),
        title=text_of(row, "title", columns),
        language=text_of(row, "language", columns),
        captured_at=told.captured_at,
        capture=told.capture,
        pointer=None,
    )


def _by_name(names: list[str], tally: Tally, place: Place, is_wanted: Callable[[str], bool]) -> Iterator[Told]:
    pages = [name for name in names if name.lower().endswith(PAGES)]
    for number, name in enumerate(pages, start=1):
        if number <= tally.position:
            continue
        tally.position = number
        told = _page(name, number, place, url=None, content_type=None, said_at=None)
        if isinstance(told, Found) and not is_wanted(told.url):
            tally.outside_count += 1
            yield from tally.now_and_then()
        else:
            yield told


def _page(
    path: str, position: int, place: Place, *, url: str | None, content_type: str | None, said_at: str | None
) -> Found | Fault:
    """A file as a capture. Its time is what the manifest or the saver says; a file's own is that of the last copying."""

    def fault(reason: FaultReason, detail: str) -> Fault:
        return Fault(position=position, reason=reason, detail=f"{path}: {detail}"[-DETAIL_LIMIT_CHARS:])

    try:
        with place.open(path) as file:
            packed = file.read(place.page_limit_bytes + 1)
    except Interrupted as stop:
        if stop.outcome == "paused":
            raise
        return fault("corrupt", f"it cannot be read: {stop.detail}")
    if not packed:
        return fault("truncated", "it is empty")
    try:
        body = _unpacked(packed, place.page_limit_bytes)
    except (zlib.error, EOFError, gzip.BadGzipFile) as error:
        return fault("truncated" if isinstance(error, EOFError) else "corrupt", str(error))
    if len(body) > place.page_limit_bytes:
        return fault("too_large", f"more than {place.page_limit_bytes} bytes")
    saved = saved_from(body)
    url = url or saved.url
    if url is None:
        return fault("no_address", "neither a manifest nor the page itself says its address")
    capture = Capture(
        final_url=url, http_status=200, content_type=media_type_of(content_type), http_charset=charset_of(content_type),
        etag=None, last_modified=None, record_id=None, digest=None, wire_bytes=len(packed), body=body,
    )  # fmt: skip
    return Found(
        position=position, url=url, published_raw=None, modified_raw=None, title=None, language=None,
        captured_at=_moment(said_at) or _aware(saved.at), capture=capture, pointer=None,
    )  # fmt: skip


def _inside(folder: str, name: str | None) -> str | None:
    """A manifest names files of its own folder, and no others."""
    path = PurePosixPath((name or "").replace("\\", "/"))
    if not name or path.is_absolute() or ".." in path.parts or name.startswith((*WEB, BUCKET, "file:")):
        return None
    return f"{folder}/{path}"


def _unpacked(packed: bytes, limit_bytes: int) -> bytes:
    if not packed.startswith(GZIP):
        return packed
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    body = unpacker.decompress(packed, limit_bytes + 1)
    if not unpacker.eof and len(body) <= limit_bytes:
        raise EOFError("its gzip ends early")
    return body


def _moment(said: str | None) -> datetime | None:
    if said is None:
        return None
    try:
        return _aware(parser.parse(said))
    except (ValueError, OverflowError):
        return None


def _aware(at: datetime | None) -> datetime | None:
    """What is said without a zone is taken for UTC."""
    if at is None:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
