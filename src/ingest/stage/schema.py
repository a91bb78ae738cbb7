"""Records as Arrow tables: the columns are read off the dataclasses, so that a name is written once. No files here."""

import types
import typing
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from ingest.history import Listed, PartRead, Request
from ingest.records import (
    Alarm,
    Confirmation,
    Entry,
    Expected,
    Extraction,
    Fetch,
    Poll,
    Rejection,
    SourceSeen,
    Tombstone,
)
from ingest.rows import Row

SCHEMA_VERSION = 3  # of the batch files: a new column or meaning is a new version, and old ones stay readable
TABLES: dict[str, type[Row]] = {
    "source": SourceSeen,
    "poll": Poll,
    "entry": Entry,
    "fetch": Fetch,
    "extraction": Extraction,
    "rejection": Rejection,
    "confirmation": Confirmation,
    "tombstone": Tombstone,
    "request": Request,
    "part": PartRead,
    "listed": Listed,
    "alarm": Alarm,
    "expected": Expected,
}
ARROW_TYPES: dict[Any, Any] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
    tuple[str, ...]: pa.list_(pa.string()),
    tuple[float, ...]: pa.list_(pa.float64()),
    dict[str, str]: pa.map_(pa.string(), pa.string()),
    dict[str, datetime]: pa.map_(pa.string(), pa.timestamp("us", tz="UTC")),
}


def arrow_schema(record: type[Row]) -> Any:
    """The Arrow schema of a record: one field a dataclass field, nullable where the type allows None."""
    hints = typing.get_type_hints(record)
    return pa.schema([_arrow_field(field.name, hints[field.name]) for field in fields(record)])


def arrow_table(record: type[Row], rows: Sequence[Row]) -> Any:
    """Rows of one record type as an Arrow table; a null where the record forbids it is refused."""
    schema = arrow_schema(record)
    columns = {name: [getattr(row, name) for row in rows] for name in schema.names}
    try:
        table = pa.Table.from_pydict(columns, schema=schema)
    except UnicodeEncodeError:  # half an emoji in one row must not cost the others: it becomes a question mark
        whole = {name: [_whole(value) for value in values] for name, values in columns.items()}
        table = pa.Table.from_pydict(whole, schema=schema)
    for column in schema:
        if not column.nullable and table.column(column.name).null_count:
            raise TypeError(f"{record.__name__}.{column.name} holds a null, which the record forbids")
    return table


def _whole(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_whole(name): _whole(part) for name, part in value.items()}
    return tuple(_whole(part) for part in value) if isinstance(value, tuple) else value


def _arrow_field(name: str, hint: Any) -> Any:
    is_union = isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union
    choices = typing.get_args(hint) if is_union else (hint,)
    (kind,) = [choice for choice in choices if choice is not type(None)]
    if typing.get_origin(kind) is typing.Literal:
        kind = str
    return pa.field(name, ARROW_TYPES[kind], nullable=type(None) in choices)
