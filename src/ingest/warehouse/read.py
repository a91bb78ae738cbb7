"""Read-only looks at the published copy: a query, a table's columns. Nothing here can lock or change anything."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from ingest.errors import QueryError, WarehouseMissing, WarehouseTooNew
from ingest.warehouse import writer
from ingest.warehouse.steady import steady

Rows = tuple[list[str], list[tuple[Any, ...]]]
# What a question names, and how to tell whether the warehouse knows it
NAMED = {
    "no article, entry or story has the id": (
        re.compile(r"'([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})'", re.IGNORECASE),
        """SELECT lower($named) FROM core.article WHERE article_id = lower($named)::UUID
        UNION SELECT lower($named) FROM core.entry WHERE entry_id = lower($named)::UUID
        UNION SELECT lower($named) FROM core.story_article WHERE story_id = lower($named)::UUID""",
    ),
    "no source has the id": (
        re.compile(r"\bsource_id\s*(?::=|=>|=|\bLIKE\b)\s*'([^']*)'", re.IGNORECASE),
        "SELECT source_id FROM core.source WHERE source_id LIKE $named",
    ),
}


@contextmanager
def reader(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published warehouse, read-only; WarehouseMissing says how to get one, WarehouseTooNew to upgrade."""
    if not file.exists():
        raise WarehouseMissing(
            f"no published warehouse at {file}", "run `ingest run` (or `make demo`), or set INGEST_HOME to where it is"
        )
    try:
        connection = connected(file)
    except duckdb.Error as error:
        writer.refuse_newer(file, error)
        raise WarehouseMissing(f"{file} cannot be opened: {error}", "`ingest publish` makes it anew") from None
    with connection:
        writer.prepare(connection)
        _refuse_newer(connection, file)
        yield connection


def connected(file: Path, **config: str | bool | int | float | list[str]) -> duckdb.DuckDBPyConnection:
    """A read-only connection to a published file, whatever is published meanwhile."""
    return steady(
        file, lambda: duckdb.connect(str(file), read_only=True, config=config), closed=duckdb.DuckDBPyConnection.close
    )


def query(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] = ()) -> Rows:
    """Column names and rows of one SELECT; QueryError carries DuckDB's own words."""
    try:
        if not connection.extract_statements(sql):
            raise QueryError("there is no query in this", "`ingest query` without SQL lists tables and columns")
        cursor = connection.execute(sql, list(values))
        return [name for name, *_ in cursor.description or []], cursor.fetchall()
    except duckdb.Error as error:
        raise QueryError(
            f"the query does not run: {error}", "`ingest query` without SQL lists tables and columns"
        ) from None


def absent(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    """What a question names in its text and the warehouse does not know: why there may be no answer."""
    return [
        f"{saying} {named}"
        for saying, (pattern, known) in NAMED.items()
        for named in dict.fromkeys(pattern.findall(sql))
        if not connection.execute(known, {"named": named}).fetchall()
    ]


def _refuse_newer(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """An older program would misread what a newer one renamed: it is told, before it asks anything."""
    try:
        ((newest,),) = connection.execute("SELECT max(number) FROM raw.migration").fetchall()
    except duckdb.CatalogException:
        raise WarehouseMissing(f"{file} is a DuckDB file, but no warehouse of ingest", "set INGEST_HOME") from None
    if newest > (known := writer.last_migration()):
        raise WarehouseTooNew(
            f"{file} has migration {newest}, and this version of ingest knows them up to {known}",
            "a newer version wrote it: upgrade ingest; any DuckDB tool opens the file meanwhile",
        )
