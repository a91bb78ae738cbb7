"""A capture that a listing points to: one record of a WARC file, or a page that an archive replays unaltered.

Which captures are wanted is decided elsewhere.
"""

import io
from collections.abc import Mapping

from fastwarc.warc import ArchiveIterator

from ingest.history import Capture, Ended, Fault, FaultReason, Found, Pointer
from ingest.inputs.coding import TooLarge, Undecodable, decoded
from ingest.inputs.digest import fits
from ingest.inputs.piece import Interrupted
from ingest.inputs.place import Place
from ingest.inputs.warc_file import HEADER_LIMIT_BYTES
from ingest.inputs.warc_record import Fails, Posts, charset_of, look_at, media_type_of

ORIGINAL = "x-archive-orig-"  # how the Wayback Machine passes on what the publisher's server said
DETAIL_LIMIT_CHARS = 200


def read_pointer(pointer: Pointer, place: Place) -> Capture | Fault | Ended:
    """The page; a Fault where it cannot be read, Ended where it is not there, or its archive wants to be left alone.

    Its digest is checked against the listing's. Positions mean nothing here.
    """
    try:
        if pointer.offset is None:
            return _replayed(pointer, place)
        return _recorded(pointer, pointer.offset, place)
    except Interrupted as stop:
        return Ended(position=0, outcome=stop.outcome, detail=stop.detail, not_before_at=stop.not_before_at)


def _recorded(pointer: Pointer, offset: int, place: Place) -> Capture | Fault:
    count = pointer.length if pointer.length is not None else place.page_limit_bytes
    if count > place.page_limit_bytes:
        return _fault("too_large", f"{count} bytes", pointer)
    body = place.span(pointer.address, at=offset, count=count)
    try:
        record = next(
            iter(ArchiveIterator(io.BytesIO(body), parse_http=False, max_header_len=HEADER_LIMIT_BYTES)), None
        )
        if record is None:
            return _fault("truncated", "no record begins there", pointer)
        seen = look_at(record, is_wanted=lambda _: True, posts=Posts(), limit_bytes=place.page_limit_bytes)
    except OSError as error:
        return _fault("corrupt", str(error), pointer)
    if not seen.is_whole:
        return _fault("truncated", "the record is longer than what is there", pointer)
    match seen.told:
        case Found(capture=Capture() as capture):
            if pointer.digest and capture.digest and _differ(capture.digest, pointer.digest):
                return _fault("wrong_digest", f"{pointer.digest} is listed, {capture.digest} there", pointer)
            return capture
        case Fails(reason=reason, detail=detail):
            return _fault(reason, detail, pointer)
        case _:
            return _fault("unsupported", "no page is recorded there", pointer)


def _replayed(pointer: Pointer, place: Place) -> Capture | Fault:
    body, headers = place.page(pointer.address)
    if len(body) > place.page_limit_bytes:
        return _fault("too_large", f"more than {place.page_limit_bytes} bytes", pointer)
    said = {name.lower(): value for name, value in reversed(headers)}
    bodies = [body]
    fault: tuple[FaultReason, str] | None = None
    try:
        bodies.append(decoded(body, said.get("content-encoding", ""), limit_bytes=place.page_limit_bytes))
    except TooLarge as error:
        fault = "too_large", str(error)
    except Undecodable as error:
        fault = "unsupported", str(error)
    is_true = fits(pointer.digest, bodies) if pointer.digest else None
    if is_true is False:
        return _fault("wrong_digest", f"{pointer.digest} is listed", pointer)
    if fault is not None:
        return _fault(*fault, pointer)
    content_type = _said(said, "content-type")
    return Capture(
        final_url=pointer.address.partition("id_/")[2],
        http_status=200,
        content_type=media_type_of(content_type),
        http_charset=charset_of(content_type),
        etag=said.get(f"{ORIGINAL}etag"),
        last_modified=said.get(f"{ORIGINAL}last-modified"),
        record_id=None,
        digest=pointer.digest if is_true else None,
        wire_bytes=len(body),
        body=bodies[-1],
    )


def _differ(one: str, other: str) -> bool:
    """Whether two claims, spelt alike, are of different bytes; those of different algorithms tell nothing."""
    (left, _, first), (right, _, second) = one.rpartition(":"), other.rpartition(":")
    is_comparable = (left or "sha1").lower() == (right or "sha1").lower() and len(first) == len(second)
    return is_comparable and first.upper() != second.upper()


def _said(said: Mapping[str, str], name: str) -> str | None:
    return said.get(f"{ORIGINAL}{name}") or said.get(name)


def _fault(reason: FaultReason, detail: str, pointer: Pointer) -> Fault:
    return Fault(position=pointer.offset or 0, reason=reason, detail=detail[:DETAIL_LIMIT_CHARS])
