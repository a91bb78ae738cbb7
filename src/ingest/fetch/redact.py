"""Taking records out of WARC files: which records a file holds, and a file without some of them. Which go is told.

A record is a gzip member of its own, so that those that stay are copied byte for byte, and only their offsets are others.
"""

import fcntl
import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.durable import sync

CHUNK_BYTES = 1 << 18
HEAD_BYTES = 16_384  # of a record, where its own headers are
GZIP = 16 + zlib.MAX_WBITS
NAMED = re.compile(rb"^WARC-(Target-URI|Record-ID): *(.*?)\r?$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """Where the pages that stay are by record_id, and how many records went."""

    offsets: dict[str, int]
    taken_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A record of a WARC file; what a kill left of one has no `record_id`, and nothing can be said of it."""

    offset: int
    size_bytes: int
    record_id: str | None
    url: str | None  # None: not of a page
    is_whole: bool


Gone = Callable[[Member], bool]


def members(path: Path) -> Iterator[Member]:
    """All records of a file in their order, what is torn at its end included."""
    with path.open("rb") as file:
        offset, size_bytes = 0, path.stat().st_size
        while offset < size_bytes:
            member = _member(file, offset, size_bytes)
            yield member
            offset += member.size_bytes


def is_written(path: Path) -> bool:
    """Whether a writer has the file open."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def rewrite(path: Path, target: Path, *, is_gone: Gone) -> Rewritten:
    """Write the file's records to `target` without those that are gone, and without what is torn.

    Without a page that stays there is no target. `path` stays as it is.
    """
    unfinished = target.with_name(f"{target.name}.part")
    offsets: dict[str, int] = {}
    taken_count = 0
    with path.open("rb") as source, unfinished.open("wb") as out:
        for member in members(path):
            if not member.is_whole or is_gone(member):
                taken_count += 1
                continue
            if member.url and member.record_id:
                offsets[member.record_id] = out.tell()
            _copy(source, out, member)
        out.flush()
        os.fsync(out.fileno())
    if offsets:
        unfinished.replace(target)
    else:
        unfinished.unlink()
    sync(target.parent)
    return Rewritten(offsets=offsets, taken_count=taken_count)


def _copy(source: BinaryIO, out: BinaryIO, member: Member) -> None:
    source.seek(member.offset)
    left = member.size_bytes
    while left and (chunk := source.read(min(left, CHUNK_BYTES))):
        out.write(chunk)
        left -= len(chunk)


def _member(file: BinaryIO, offset: int, end: int) -> Member:
    file.seek(offset)
    decoder = zlib.decompressobj(GZIP)
    head = b""
    try:
        while not decoder.eof and (chunk := file.read(CHUNK_BYTES)):
            decoded = decoder.decompress(chunk, CHUNK_BYTES)
            head += decoded[: max(0, HEAD_BYTES - len(head))]
            while decoder.unconsumed_tail and not decoder.eof:
                decoder.decompress(decoder.unconsumed_tail, CHUNK_BYTES)
    except zlib.error:
        pass  # as torn as one that ends too early
    if not decoder.eof:
        return Member(offset=offset, size_bytes=end - offset, record_id=None, url=None, is_whole=False)
    said = {
        name.lower(): value.decode("utf-8", "replace") for name, value in NAMED.findall(head.partition(b"\r\n\r\n")[0])
    }
    return Member(
        offset=offset,
        size_bytes=file.tell() - len(decoder.unused_data) - offset,
        record_id=said[b"record-id"].removeprefix("<urn:uuid:").removesuffix(">") if b"record-id" in said else None,
        url=said.get(b"target-uri"),
        is_whole=True,
    )
