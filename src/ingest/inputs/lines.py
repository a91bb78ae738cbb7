"""Lines of a text file, packed or not, in whatever charset: bounded in length, counted, read in a row.

What a line says is read elsewhere.
"""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast

LINE_LIMIT_BYTES = 4_194_304  # a line of JSON may hold an article's text
GZIP = b"\x1f\x8b"
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
LOOK_BYTES = 4_096


_Peeking = io.BufferedReader | gzip.GzipFile


class CutShort(Exception):
    """The packing ends too early or is broken; what came before it was read."""


class Line(NamedTuple):
    """`number` counts from 1; `text` None: longer than the limit."""

    number: int
    text: str | None


def lines(file: BinaryIO) -> Iterator[Line]:
    """All lines; CutShort where a gzip breaks off."""
    stream = _unpacked(file)
    try:
        head = stream.peek(LOOK_BYTES)
        mark, charset = next(((mark, name) for mark, name in MARKS if head.startswith(mark)), (b"", ""))
        if charset.startswith("utf-16"):
            yield from _wide(stream, charset)
            return
        stream.read(len(mark))
        number = 0
        while line := stream.readline(LINE_LIMIT_BYTES):
            number += 1
            is_whole = line.endswith(b"\n") or len(line) < LINE_LIMIT_BYTES
            while not is_whole and (rest := stream.readline(LINE_LIMIT_BYTES)):
                is_whole, line = rest.endswith(b"\n"), b""
            yield Line(number, _decoded(line) if line else None)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise CutShort(str(error)) from error


def _wide(stream: _Peeking, charset: str) -> Iterator[Line]:
    text = io.TextIOWrapper(cast(io.BufferedReader, stream), encoding=charset, errors="replace", newline="\n")
    try:
        for number, line in enumerate(iter(lambda: text.readline(LINE_LIMIT_BYTES), ""), start=1):
            yield Line(number, line.lstrip("\ufeff"))
    finally:
        text.detach()  # the file is its opener's to close


def _unpacked(file: BinaryIO) -> _Peeking:
    is_packed = file.read(2) == GZIP
    file.seek(0)
    return gzip.GzipFile(fileobj=file) if is_packed else cast(io.BufferedReader, file)


def _decoded(line: bytes) -> str:
    """Lists are put together from many places: each line may be in its own charset."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")
