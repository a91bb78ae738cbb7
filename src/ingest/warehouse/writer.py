"""The one writer: its lock, its connection, its migrations. What is loaded and built is elsewhere."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from ingest.errors import MigrationError, WarehouseTooNew, WriterBusy
from ingest.warehouse import sql

# 1.5.5 and 2.0.0 both read and write this format; 2.0's own is refused by 1.5.5 (measured)
STORAGE = "v1.5.0"
MIGRATIONS = "CREATE SCHEMA IF NOT EXISTS raw; CREATE TABLE IF NOT EXISTS raw.migration" + (
    " (number INTEGER NOT NULL, name VARCHAR NOT NULL, checksum VARCHAR NOT NULL, applied_at TIMESTAMPTZ NOT NULL)"
)


@contextmanager
def lock(file: Path) -> Iterator[None]:
    """Hold the writer's lock beside `file`, or raise WriterBusy with the pid of who holds it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with (file.parent / "writer.lock").open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.seek(0)
            raise WriterBusy(
                f"{file} is being written by process {stream.read().strip() or 'unknown'}",
                "wait for it to end and call again; readers use the published copy and need not wait",
            ) from None
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield


@contextmanager
def connect(file: Path, *, now: datetime) -> Iterator[duckdb.DuckDBPyConnection]:
    """The migrated warehouse, read-write; hold the lock while you hold this."""
    try:
        connection = duckdb.connect(str(file), config={"storage_compatibility_version": STORAGE})
    except duckdb.IOException as error:
        if "lock" not in str(error).lower():
            raise
        raise WriterBusy(f"{file} is held by another program: {error}", "close it; analysts open news.duckdb") from None
    try:
        prepare(connection)
        migrate(connection, now=now)
        yield connection
    finally:
        connection.close()


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """The progress bar prints even into pipes, and times are UTC everywhere."""
    connection.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")


def migrate(connection: duckdb.DuckDBPyConnection, *, now: datetime) -> None:
    """Apply the migrations that are not in yet, each in a transaction; an edited or unknown one is refused."""
    connection.execute(MIGRATIONS)
    applied = dict(connection.execute("SELECT number, checksum FROM raw.migration").fetchall())
    known = {int(path.stem.split("_")[0]): path for path in sql.files("migrations")}
    if newer := applied.keys() - known.keys():
        raise WarehouseTooNew(
            f"the warehouse has migration {max(newer)}, which this version does not know", "upgrade it"
        )
    for number, path in sorted(known.items()):
        text = path.read_text("utf-8")
        checksum = hashlib.sha256(text.encode()).hexdigest()[:16]
        if number not in applied:
            _apply(connection, path, number, checksum, text, now)
        elif applied[number] != checksum:
            raise MigrationError(f"{path} was edited after it ran here", "restore it and write a new migration instead")


def _apply(
    connection: duckdb.DuckDBPyConnection, path: Path, number: int, checksum: str, text: str, now: datetime
) -> None:
    connection.execute("BEGIN")
    try:
        connection.execute(text)
        connection.execute("INSERT INTO raw.migration VALUES (?, ?, ?, ?)", [number, path.stem, checksum, now])
        connection.execute("COMMIT")
    except duckdb.Error as error:
        connection.execute("ROLLBACK")
        raise MigrationError(f"{path} failed: {error}", "the warehouse is as it was before") from error
