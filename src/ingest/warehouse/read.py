"""Read-only looks at the published copy: a query, a table's columns. Nothing here can lock or change anything."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from ingest.errors import QueryError, WarehouseMissing
from ingest.warehouse.steady import steady
from ingest.warehouse.writer import prepare

Rows = tuple[list[str], list[tuple[Any, ...]]]


@contextmanager
def reader(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published warehouse, read-only; WarehouseMissing says how to get one."""
    if not file.exists():
        raise WarehouseMissing(
            f"no published warehouse at {file}", "run `ingest run` (or `make demo`), or set INGEST_HOME to where it is"
        )
    with connected(file) as connection:
        prepare(connection)
        yield connection


def connected(file: Path, **config: str | bool | int | float | list[str]) -> duckdb.DuckDBPyConnection:
    """A read-only connection to a published file, whatever is published meanwhile."""
    return steady(
        file, lambda: duckdb.connect(str(file), read_only=True, config=config), closed=duckdb.DuckDBPyConnection.close
    )


def query(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] = ()) -> Rows:
    """Column names and rows of one SELECT; QueryError carries DuckDB's own words."""
    try:
        cursor = connection.execute(sql, list(values))
        return [name for name, *_ in cursor.description or []], cursor.fetchall()
    except duckdb.Error as error:
        raise QueryError(
            f"the query does not run: {error}", "`ingest query` without SQL lists tables and columns"
        ) from None
