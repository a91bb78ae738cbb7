"""A warehouse for tests without files around it: batches are loaded one by one, built and checked, as the jobs do it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingest.records import Batch
from ingest.warehouse import build, check, load, sql
from ingest.warehouse.writer import migrate, prepare

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@contextmanager
def warehouse(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Migrated and empty where there was no file. One thread: at this size more cost more than they bring."""
    with duckdb.connect(str(file)) as connection:
        prepare(connection)
        connection.execute("SET threads = 1")
        migrate(connection, now=NOW)
        yield connection


def loads(connection: duckdb.DuckDBPyConnection, *batches: Batch) -> None:
    for batch in batches:
        load_seq = load.last_seq(connection) + 1
        load.load(connection, batch, load_seq=load_seq, version="test", now=NOW)


def builds(connection: duckdb.DuckDBPyConnection, *, everything: bool = False) -> None:
    build.build(connection, story_batch=1_000, everything=everything)


def blamed(connection: duckdb.DuckDBPyConnection) -> dict[str | None, set[str]]:
    """What the checks find in the whole history: batch to blame -> checks that blame it."""
    found: dict[str | None, set[str]] = {}
    for finding in check.run(connection, since_seq=-1):
        found.setdefault(finding.batch_id, set()).add(finding.check)
    return found


def doubled(connection: duckdb.DuckDBPyConnection, model: sql.Model) -> list[tuple[object, ...]]:
    """Keys that are there twice, though the model's header says that one is one row."""
    grain = ", ".join(model.grain)
    return connection.execute(
        f"SELECT {grain}, count(*) FROM {model.name} GROUP BY {grain} HAVING count(*) > 1"
    ).fetchall()
