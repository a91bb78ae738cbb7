"""The raw archive: answers as they came, in WARC 1.1 files with one gzip member a record, so that an offset is enough.

Which answers are kept, and where files lie, is decided elsewhere.
"""

import fcntl
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha1
from http.client import responses
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Self

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from isal import isal_zlib

from ingest import __version__
from ingest.errors import InputError
from ingest.fetch.response import Response, charset_of

# 306 real pages, a page: 0.60 CPU ms and 39.5 kB; its level 2 takes 0.28 for 4 % more, zlib's level 3 takes 1.37 for as much
# room, and its level 6 takes 3.4 for 10 % less. zstd would be smaller, and few programs read it in a WARC; gzip all of them do.
GZIP_LEVEL = 3
GZIP_WINDOW = 31  # of zlib's wbits: 32 kB, with a gzip header
# Headers that speak of the body on the wire: it is kept decoded, so they are renamed, as Common Crawl does.
WIRE_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
PREFIX = "X-Crawl-"
HEADER_LIMIT_BYTES = 8_000_000  # what http.client lets through is below (100 lines of 64 KiB)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedResponse:
    """An answer as it came, read back."""

    record_id: str
    url: str  # the address that answered, after redirects
    http_status: int
    headers: tuple[tuple[str, str], ...]  # those of the body on the wire too, under their own names
    body: bytes = field(repr=False)  # decoded
    fetched_at: datetime

    @property
    def http_charset(self) -> str | None:
        return charset_of(next((value for name, value in self.headers if name.lower() == "content-type"), ""))


class ArchiveWriter:
    """A new WARC file, for one thread; what was added is on disk when it is closed, and until then the file is locked."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("xb")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        record = _record(WarcRecordType.warcinfo, None, datetime.now(UTC), "application/warc-fields")
        record.headers["WARC-Filename"] = path.name
        record.set_bytes_content(f"software: ingest/{__version__}\r\nformat: WARC File Format 1.1\r\n".encode())
        self._write(record, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, response: Response, *, record_id: str) -> int:
        """Append an answer; `record_id` is a UUID's text. Returns where its record starts, in bytes of the file."""
        record = _record(WarcRecordType.response, record_id, response.fetched_at, "application/http; msgtype=response")
        record.headers["WARC-Target-URI"] = response.final_url
        record.set_bytes_content(_head(response) + response.body)
        return self._write(record, sha1(response.body, usedforsecurity=False).digest())

    def close(self) -> None:
        if not self._file.closed:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def _write(self, record: WarcRecord, payload_digest: bytes | None) -> int:
        offset = self._file.tell()
        plain = BytesIO()
        record.write(plain, checksum_data=True, payload_digest=payload_digest)
        self._file.write(isal_zlib.compress(plain.getbuffer(), GZIP_LEVEL, GZIP_WINDOW))
        return offset


def read_response(path: Path, offset: int) -> ArchivedResponse:
    """The answer whose record starts at `offset`; InputError if there is none."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            record = next(iter(ArchiveIterator(file, WarcRecordType.response, max_header_len=HEADER_LIMIT_BYTES)))
            body = record.reader.read()
            status = record.http_headers.status_code
            if record.record_id is None or status is None or record.stream_pos != offset:
                raise OSError("no response record starts here")
    except (OSError, StopIteration) as error:
        raise InputError(
            f"{path} at byte {offset}: {error}", "the raw archive is damaged, or the offset is not its own"
        ) from None
    headers = [
        (name.removeprefix(PREFIX), value) for name, value in record.http_headers.items() if name != "Content-Length"
    ]
    return ArchivedResponse(
        record_id=record.record_id.removeprefix("<urn:uuid:").removesuffix(">"),
        url=record.headers["WARC-Target-URI"],
        http_status=status,
        headers=tuple(headers),
        body=body,
        fetched_at=record.record_date.astimezone(UTC),
    )


def _record(kind: WarcRecordType, record_id: str | None, at: datetime, content_type: str) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(record_type=kind, record_urn=f"uuid:{record_id}".encode() if record_id else None)
    record.headers["WARC-Date"] = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    record.headers["Content-Type"] = content_type
    return record


def _head(response: Response) -> bytes:
    status = response.http_status or 0
    lines = [f"HTTP/1.1 {status:03} {responses.get(status, '')}"]
    lines += [f"{PREFIX if name.lower() in WIRE_HEADERS else ''}{name}: {value}" for name, value in response.headers]
    return "\r\n".join([*lines, f"Content-Length: {len(response.body)}", "", ""]).encode("latin-1", "replace")
