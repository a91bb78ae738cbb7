"""Lists of rows in any of four shapes (plain addresses, CSV, JSON lines, Parquet), row by row; a bad row costs no other.

What a row's columns mean is read elsewhere. Positions are rows of Parquet, and lines of everything else.
"""

import csv
import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO, Literal, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.history import FaultReason
from ingest.inputs.lines import Line, lines
from ingest.inputs.row import Column, named_columns

UNCLOSED = "unexpected end of data"  # as the csv module says it

Shape = Literal["txt", "csv", "jsonl", "parquet"]

PARQUET = b"PAR1"
DELIMITERS = ("\t", ";", "|", ",")
ROWS_AT_ONCE = 1_000
FIELD_LIMIT_CHARS = 1_000_000
WEB_START = ("http://", "https://", "//", "www.")
# Where an address ends that something follows on its line: commas stand in addresses too.
ADDRESS_ENDS = re.compile(r"[\t ]|[,;|](?=\s|[\"']|https?://|\d{4}-\d\d|[^,;|]*\s)")
DETAIL_LIMIT_CHARS = 200


class Unreadable(Exception):
    """A file of which no row can be had."""


class BadRow(NamedTuple):
    """Why a row is none."""

    reason: FaultReason
    detail: str


class Numbered(NamedTuple):
    """A row and the position behind it; its columns by what they mean."""

    position: int
    row: Mapping[str, object] | BadRow
    columns: Mapping[Column, str]


Cells = tuple[int, list[str] | BadRow]
URL_ALONE: dict[Column, str] = {"url": "url"}


def rows(file: BinaryIO, *, position: int) -> Iterator[Numbered]:
    """The rows behind `position`. CutShort or Unreadable where the file breaks off or is none of the four shapes."""
    head = file.read(len(PARQUET))
    file.seek(0)
    if head == PARQUET:
        yield from _parquet(file, position)
        return
    found = lines(file)
    first = next((line for line in found if line.text is None or line.text.strip()), None)
    if first is None:
        raise Unreadable("it is empty")
    text = (first.text or "").strip()
    if "\x00" in text:
        raise Unreadable("no list: its first line holds bytes that are no text")
    if "\r" in text:
        raise Unreadable("its lines end with a carriage return alone: save it with other line ends")
    everything = chain([first], found)
    yield from _reader(text)(everything, position)


def _reader(first: str) -> Callable[[Iterator[Line], int], Iterator[Numbered]]:
    """By the first line that is not empty."""
    if first.startswith(("{", "[")):
        return _json_lines
    if _columns_of(first):
        return _csv
    if first.startswith('"') and _delimiter(first) is None:
        return _json_lines
    return _nameless if _delimiter(first) and not first.startswith(WEB_START) else _addresses


def _addresses(found: Iterator[Line], position: int) -> Iterator[Numbered]:
    for line in found:
        text = (line.text or "").strip()
        if line.number <= position or text.startswith("#") or (not text and line.text is not None):
            continue
        row: Mapping[str, object] | BadRow = {"url": ADDRESS_ENDS.split(text, 1)[0]} if text else _too_long(line)
        yield Numbered(line.number, row, URL_ALONE)


def _json_lines(found: Iterator[Line], position: int) -> Iterator[Numbered]:
    """One value a line: an object, or an address alone. An array's brackets and commas, a line each, are passed over."""
    for line in found:
        text = (line.text or "").strip().rstrip(",")
        if line.number <= position or (text in ("", "[", "]") and line.text is not None):
            continue
        if line.text is None:
            yield Numbered(line.number, _too_long(line), {})
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            yield Numbered(line.number, BadRow("corrupt", f"line {line.number}: {error}"[:DETAIL_LIMIT_CHARS]), {})
            continue
        if isinstance(value, str):
            yield Numbered(line.number, {"url": value}, URL_ALONE)
        elif isinstance(value, dict):
            yield Numbered(line.number, value, named_columns(value))
        else:
            yield Numbered(line.number, BadRow("corrupt", f"line {line.number}: neither object nor address"), {})


def _csv(found: Iterator[Line], position: int) -> Iterator[Numbered]:
    first = next(found)
    delimiter = _delimiter(first.text or "") or ","
    header = [name.strip() for name in next(csv.reader([first.text or ""], delimiter=delimiter))]
    columns = named_columns(header)
    place = header.index(columns["url"]) if "url" in columns else None

    def is_row(cells: list[str]) -> bool:
        return place is not None and place < len(cells) <= len(header) and cells[place].strip().startswith(WEB_START)

    for number, cells in _cells(found, delimiter, is_row):
        if number <= position or cells == []:
            continue
        row = cells if isinstance(cells, BadRow) else dict(zip(header, cells, strict=False))
        yield Numbered(number, row, columns)


def _nameless(found: Iterator[Line], position: int) -> Iterator[Numbered]:
    """CSV without a head: the first cell that looks like an address is it."""
    first = next(found)
    delimiter = _delimiter(first.text or "") or ","
    width = len(next(csv.reader([first.text or ""], delimiter=delimiter)))

    def is_row(cells: list[str]) -> bool:
        return len(cells) <= width and any(cell.strip().startswith(WEB_START) for cell in cells)

    for number, cells in _cells(chain([first], found), delimiter, is_row):
        if number <= position or cells == []:
            continue
        if isinstance(cells, BadRow):
            yield Numbered(number, cells, {})
        else:
            url = next((cell for cell in cells if cell.strip().startswith(WEB_START)), "")
            yield Numbered(number, {"url": url}, URL_ALONE)


def _cells(found: Iterator[Line], delimiter: str, is_row: Callable[[list[str]], bool]) -> Iterator[Cells]:
    """Records of CSV with the number of their last line; a quoted cell may hold line breaks.

    A quote that nobody closes would take the rows behind it into its cell: where one of them shows (`is_row`), or the end
    comes first, its line is bad, and the others are read.
    """
    csv.field_size_limit(FIELD_LIMIT_CHARS)
    ahead: deque[Line] = deque()
    while True:
        taken: list[Line] = []
        reader = csv.reader(_texts(found, ahead, taken), delimiter=delimiter)
        while True:
            taken.clear()
            try:
                cells = next(reader, None)
            except csv.Error as error:
                fault = str(error)
            else:
                if cells is None:
                    return
                too_long = next((line for line in taken if line.text is None), None)
                if too_long is not None:
                    yield taken[-1].number, _too_long(too_long)
                    continue
                if len(taken) == 1 or not _has_swallowed(taken, delimiter, is_row):
                    yield taken[-1].number, cells
                    continue
                fault = "a quote that is not closed"
            yield taken[0].number, BadRow("corrupt", f"line {taken[0].number}: {fault}"[:DETAIL_LIMIT_CHARS])
            ahead.extendleft(reversed(taken[1:]))
            break


def _texts(found: Iterator[Line], ahead: deque[Line], taken: list[Line]) -> Iterator[str]:
    while line := ahead.popleft() if ahead else next(found, None):
        taken.append(line)
        yield "\n" if line.text is None else line.text.replace("\x00", "")


def _has_swallowed(taken: list[Line], delimiter: str, is_row: Callable[[list[str]], bool]) -> bool:
    texts = [line.text or "" for line in taken]
    try:
        list(csv.reader(texts, delimiter=delimiter, strict=True))
    except csv.Error as error:
        if str(error) == UNCLOSED:
            return True
    lines_alone = (next(csv.reader([text.rstrip("\r\n")], delimiter=delimiter), []) for text in texts[1:])
    return any(len(cells) > 1 and is_row(cells) for cells in lines_alone)


def _parquet(file: BinaryIO, position: int) -> Iterator[Numbered]:
    try:
        opened = pq.ParquetFile(file)
        columns = named_columns(opened.schema_arrow.names)
        groups, at = _groups_behind(opened.metadata, position)
        batches = opened.iter_batches(ROWS_AT_ONCE, row_groups=groups, columns=list(columns.values()))
        for batch in batches:
            for row in batch.to_pylist():
                at += 1
                if at > position:
                    yield Numbered(at, row, columns)
    except (pa.ArrowException, OSError) as error:
        raise Unreadable(f"Parquet that cannot be read: {error}"[:DETAIL_LIMIT_CHARS]) from error


def _groups_behind(metadata: Any, position: int) -> tuple[list[int], int]:
    """The row groups that hold rows behind a position, and how many rows stand before the first of them."""
    at = 0
    for group in range(metadata.num_row_groups):
        count = metadata.row_group(group).num_rows
        if at + count > position:
            return list(range(group, metadata.num_row_groups)), at
        at += count
    return [], at


def _columns_of(line: str) -> dict[Column, str]:
    delimiter = _delimiter(line)
    names = next(csv.reader([line], delimiter=delimiter)) if delimiter else [line]
    columns = named_columns(names)
    return columns if "url" in columns or "file" in columns else {}


def _delimiter(line: str) -> str | None:
    """What stands between cells: the first that is there, for commas stand in addresses and titles too."""
    return next((mark for mark in DELIMITERS if mark in line), None)


def _too_long(line: Line) -> BadRow:
    return BadRow("too_large", f"line {line.number} is too long")
