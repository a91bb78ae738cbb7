"""One WARC file: its records from a position on, and where the next one begins behind a broken one.

What a record holds is read elsewhere. Positions are bytes of the file, or, where one compression frame holds many
records, of the file unpacked.
"""

import io
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, Literal

from fastwarc.stream_io import GzipReader, ZstdReader
from fastwarc.warc import ArchiveIterator, WarcRecord

from ingest.inputs.place import Place

Framing = Literal["plain", "gzip", "zstd", "packed"]  # packed: many records in one frame, or a dictionary before them

HEADER_LIMIT_BYTES = 65_536
SCAN_BYTES = 1_048_576
HEAD_PIECE_BYTES = 16
FIRST = b"WARC/"
GZIP, ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
DICTIONARY = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")  # a skippable frame (RFC 8878 section 3.1.2), as WARC.zst begins
LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
START = re.compile(rb"WARC/[01]\.\d{1,2}\r?\n(?=(?:WARC|Content)-)")
START_MOST_BYTES = 32
END_OF_HEAD = b"\r\n\r\n"
BLANK = b"\r\n \t\x00"


READERS: dict[Framing, type[GzipReader] | type[ZstdReader]] = {"gzip": GzipReader, "zstd": ZstdReader}
MAGICS: dict[Framing, bytes] = {"gzip": GZIP, "zstd": ZSTD}
# So much of what may be a frame shows whether it is: zstd unpacks block by block, and a block has up to 128 KiB.
PROOF_BYTES: dict[Framing, int] = {"gzip": 4_096, "zstd": 262_144}


class WarcFile:
    """Open until it is closed; everything it raises is OSError (broken) or Interrupted (it does not go on)."""

    def __init__(self, place: Place, address: str) -> None:
        self._file = place.open(address)
        head = self._file.read(SCAN_BYTES)
        self.is_empty = not head
        self.framing = _framing_of(head)
        self._packing = READERS.get(self.framing)
        if self._packing and (DICTIONARY.match(head) or self._holds_many()):
            self.framing = "packed"

    def close(self) -> None:
        self._file.close()

    def records(self, position: int) -> Iterator[WarcRecord]:
        """All records from one that begins at `position`; `stream_pos` is a position. OSError where one is broken.

        It ends silently where the file is cut short, so a payload must be measured.
        """
        is_framed = self.framing in ("gzip", "zstd")
        return ArchiveIterator(
            self._from(position), parse_http=False, max_header_len=HEADER_LIMIT_BYTES, stream_detect=is_framed,
            fsspec_args=False,
        )  # fmt: skip

    def next_start(self, after: int) -> int | None:
        """Where the next record begins that can be told from the bytes alone, at `after` or behind it."""
        with suppress(OSError):
            magic = MAGICS.get(self.framing)
            return self._next_line(after) if magic is None else self._next_frame(after, magic)
        return None

    def tail(self, start: int) -> int | None:
        """Where something begins behind the last whole record, which began at `start`; None where nothing does."""
        end = self.sound_end(start)
        if end is None and self.framing in ("gzip", "zstd"):
            return self.next_start(start + 1)
        end = self._end(start) if end is None else end
        return end if end is not None and self.has_more(end) else None

    def has_more(self, position: int) -> bool:
        """Whether anything but padding stands there; also where it cannot be read."""
        try:
            return bool(self._from(position).read(HEADER_LIMIT_BYTES).strip(BLANK))
        except OSError:
            return True

    def end(self) -> int:
        """The position behind everything."""
        if self.framing != "packed":
            return self._file.seek(0, io.SEEK_END)
        unpacked, at = self._from(0), 0
        with suppress(OSError):
            while piece := unpacked.read(SCAN_BYTES):
                at += len(piece)
        return at

    def sound_end(self, start: int) -> int | None:
        """Behind the record that begins there, if it is as long as it says: it ends with its frame, or with empty lines."""
        if self.framing in ("gzip", "zstd"):
            return self._frame_end(start)
        end = self._end(start)
        with suppress(OSError):
            if end and self._from(end - len(END_OF_HEAD)).read(len(END_OF_HEAD)) == END_OF_HEAD:
                return end
        return None

    def _from(self, position: int) -> BinaryIO:
        self._file.seek(position if self.framing != "packed" else 0)
        if self.framing != "packed":
            return self._file
        unpacked = io.BufferedReader(_Unpacked(self._reader()))
        _skip(unpacked, position)
        return unpacked

    def _reader(self) -> GzipReader | ZstdReader:
        assert self._packing is not None, "only what is packed is unpacked"  # noqa: S101
        return self._packing(self._file, fsspec_args=False)

    def _holds_many(self) -> bool:
        """Whether the first frame goes on behind its first record: such a file can only be read from its beginning."""
        reader = self._behind_record(0)
        with suppress(OSError):
            return reader is not None and bool(reader.read(1)) and reader.frame_start_position() == 0
        return False

    def _frame_end(self, start: int) -> int | None:
        reader = self._behind_record(start)
        if reader is None or reader.frame_start_position() != start:
            return None
        try:
            following = reader.read(1)
        except OSError:
            following = b""
        end = reader.frame_start_position()
        if following and end == start:
            return None
        return end if end != start else self.end()

    def _behind_record(self, start: int) -> GzipReader | ZstdReader | None:
        """A reader of frames from `start` on, which has read the record there to its last byte; None where it cannot."""
        with suppress(OSError):
            self._file.seek(start)
            left = _end_of(_head(self._reader()))
            self._file.seek(start)
            reader = self._reader()
            while left and (piece := reader.read(min(left, SCAN_BYTES))):
                left -= len(piece)
            return reader if left == 0 else None
        return None

    def _next_frame(self, after: int, magic: bytes) -> int | None:
        self._file.seek(after)
        window, at, proof_bytes = b"", after, PROOF_BYTES[self.framing]
        while True:
            piece = self._file.read(SCAN_BYTES)
            window += piece
            found = window.find(magic)
            while found >= 0 and (found + proof_bytes <= len(window) or not piece):
                if _begins_record(window[found : found + proof_bytes], self.framing):
                    return at + found
                found = window.find(magic, found + 1)
            if not piece:
                return None
            keep = found if found >= 0 else max(len(window) - len(magic) + 1, 0)
            window, at = window[keep:], at + keep

    def _next_line(self, after: int) -> int | None:
        stream = self._from(after)
        window, at = b"", after
        while piece := stream.read(SCAN_BYTES):
            window += piece
            if found := START.search(window):
                return at + found.start()
            keep = max(len(window) - START_MOST_BYTES, 0)
            window, at = window[keep:], at + keep
        return None

    def _end(self, start: int) -> int | None:
        """Behind the record that begins at `start`, by its own length."""
        with suppress(OSError):
            end = _end_of(_head(self._from(start)))
            return start + end if end is not None else None
        return None


class _Unpacked(io.RawIOBase):
    """The bytes in a reader of fastwarc, counted."""

    def __init__(self, reader: GzipReader | ZstdReader) -> None:
        self._reader = reader
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed names it Buffer
        piece = self._reader.read(len(buffer))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def _framing_of(head: bytes) -> Framing:
    """By its first bytes, or, where these are broken, by the first record that can be told."""
    if DICTIONARY.match(head):
        return "zstd"
    for framing, magic in MAGICS.items():
        if head.startswith(magic):
            return framing
    if head.startswith(FIRST):
        return "plain"
    for framing, magic in MAGICS.items():
        found = head.find(magic)
        while found >= 0:
            if _begins_record(head[found : found + PROOF_BYTES[framing]], framing):
                return framing
            found = head.find(magic, found + 1)
    return "plain"


def _begins_record(frame: bytes, framing: Framing) -> bool:
    """Also where the file ends before that can be seen: it is a record that was cut short."""
    is_cut = len(frame) < PROOF_BYTES[framing]
    if framing == "zstd":
        try:
            text = ZstdReader(io.BytesIO(frame), fsspec_args=False).read(len(FIRST))
        except OSError:
            return False
    else:
        try:
            text = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(frame, len(FIRST))
        except zlib.error:
            return False
    return text == FIRST or (is_cut and FIRST.startswith(text))


def _head(stream: BinaryIO | GzipReader | ZstdReader) -> bytes:
    """A record's head, read in small pieces: what stands behind it may be broken."""
    head = b""
    while END_OF_HEAD not in head and len(head) < HEADER_LIMIT_BYTES and (piece := stream.read(HEAD_PIECE_BYTES)):
        head += piece
    return head


def _end_of(head: bytes) -> int | None:
    """How long a record is with its head and the empty lines behind it; None where that is not said."""
    end_of_head = head.find(END_OF_HEAD)
    if end_of_head < 0 or not head.startswith(FIRST):
        return None
    length = LENGTH.search(head[:end_of_head])
    return end_of_head + len(END_OF_HEAD) + int(length[1]) + len(END_OF_HEAD) if length else None


def _skip(stream: BinaryIO, count: int) -> None:
    while count > 0 and (piece := stream.read(min(count, SCAN_BYTES))):
        count -= len(piece)
