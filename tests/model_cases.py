"""Cases beside the models (`warehouse/models/*/NAME.cases.toml`): rows given, rows expected; how they are run is here.

A case gives the tables that the model's SELECT reads, each row with the columns that matter; the others are null, or a zero of
their type where they may not be. It expects all rows, each with the columns that matter; one that is not named is null. Whole
numbers stand for UUIDs.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from ingest.warehouse import sql

ZERO = {
    "VARCHAR": "''", "BIGINT": "0", "DOUBLE": "0", "BOOLEAN": "false", "TIMESTAMP WITH TIME ZONE": "'epoch'::TIMESTAMPTZ",
    "UUID": f"'{UUID(int=0)}'::UUID", "DATE": "DATE '1970-01-01'",
}  # fmt: skip
ALL_TOUCHED = {"touched_entry": "entry_id", "touched_article": "article_id"}


def file_of(model: sql.Model) -> Path:
    return sql.root() / "models" / f"{model.name.replace('.', '/')}.cases.toml"


def cases() -> Iterator[tuple[sql.Model, Mapping[str, Any]]]:
    for model in sql.models():
        if file_of(model).exists():
            for case in tomllib.loads(file_of(model).read_text("utf-8"))["case"]:
                yield model, case


def result(connection: duckdb.DuckDBPyConnection, model: sql.Model, case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the model's SELECT makes of the rows given, of the columns that are expected; in the caller's transaction."""
    for table, rows in case["given"].items():
        for row in rows:
            _insert(connection, table, row)
    connection.execute("SET VARIABLE since_seq = -1")
    connection.execute((sql.root() / "touched.sql").read_text("utf-8"))
    _touch_all(connection, case["given"])
    found = connection.execute(model.sql)
    names = [column[0] for column in found.description]
    wanted = {name for row in case["expect"] for name in row}
    assert wanted <= set(names), f"{model.name} has no {wanted - set(names)}"
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return in_order([{name: _plain(row[name]) for name in wanted} for row in rows])


def expected(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = {name for row in case["expect"] for name in row}
    return in_order([{name: _plain(row.get(name)) for name in names} for row in case["expect"]])


def in_order(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted((dict(sorted(row.items())) for row in rows), key=repr)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, Any]) -> None:
    columns = _columns(connection, table)
    assert row.keys() <= columns.keys(), f"{table} has no {row.keys() - columns.keys()}"
    filled = {name: _zero(kind) for name, (kind, may_be_null) in columns.items() if name not in row and not may_be_null}
    given = {name: f"CAST(${name} AS {columns[name][0]})" for name in row}
    values = {**filled, **given}
    names = ", ".join(f'"{name}"' for name in values)
    connection.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values.values())}",
        {name: str(UUID(int=value)) if columns[name][0] == "UUID" else value for name, value in row.items()},
    )


@cache
def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, tuple[str, bool]]:
    rows = connection.execute(f"DESCRIBE {table}").fetchall()
    return {name: (kind, may_be_null == "YES") for name, kind, may_be_null, *_ in rows}


def _zero(kind: str) -> str:
    if kind.endswith("[]"):
        return "[]"
    return f"MAP {{}}::{kind}" if kind.startswith("MAP") else ZERO[kind]


def _touch_all(connection: duckdb.DuckDBPyConnection, given: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    for touched, key in ALL_TOUCHED.items():
        ids = {row[key] for rows in given.values() for row in rows if key in row}
        for one in ids:
            connection.execute(f"INSERT INTO {touched} SELECT ?::UUID EXCEPT FROM {touched}", [str(UUID(int=one))])


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return float(value.int)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in sorted(value.items()) if one is not None}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
