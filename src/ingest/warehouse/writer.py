"""The one writer: its lock, its connection, its migrations. What is loaded and built is elsewhere."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from ingest.durable import put_in_place
from ingest.errors import MigrationError, WarehouseBroken, WarehouseTooNew, WriterBusy
from ingest.warehouse import sql
from ingest.warehouse.clone import clone
from ingest.warehouse.faults import told_plainly

# 1.5.5 and 2.0.0 both read and write this format; 2.0's own is refused by 1.5.5 (measured)
STORAGE = "v1.5.0"
DAMAGED = ("Corrupt database file", "not a valid DuckDB database file", "checksum")
MIGRATIONS = "CREATE SCHEMA IF NOT EXISTS raw; CREATE TABLE IF NOT EXISTS raw.migration" + (
    " (number INTEGER NOT NULL, name VARCHAR NOT NULL, checksum VARCHAR NOT NULL, applied_at TIMESTAMPTZ NOT NULL)"
)


@contextmanager
def lock(file: Path) -> Iterator[None]:
    """Hold the writer's lock beside `file`, or raise WriterBusy with the pid of who holds it.

    Whatever a full or closed disk does while it is held is raised as DiskFull or NotWritable.
    """
    with told_plainly(file), _lock_file(file).open("a+") as stream:
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


def _lock_file(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    return file.parent / "writer.lock"


@contextmanager
def connect(file: Path, *, now: datetime) -> Iterator[duckdb.DuckDBPyConnection]:
    """The migrated warehouse, read-write; hold the lock while you hold this."""
    try:
        connection = duckdb.connect(str(file), config={"storage_compatibility_version": STORAGE})
    except duckdb.Error as error:
        refuse_newer(file, error)
        if "Could not set lock" in str(error):
            raise WriterBusy(
                f"{file} is held by another program: {error}", "close it; analysts open news.duckdb"
            ) from None
        if any(words in str(error) for words in DAMAGED):
            raise WarehouseBroken(
                f"{file} is damaged: {error}",
                "delete it and run `ingest load`: it is made anew from the batches, and what is published stays meanwhile",
            ) from error
        raise
    try:
        prepare(connection)
        if upgrades := pending(connection):
            _keep_before(connection, file, upgrades[0])
        try:
            migrate(connection, now=now)
        except MigrationError as error:
            raise _with_way_back(error, file) from error
        yield connection
    finally:
        connection.close()


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """The progress bar prints even into pipes, and times are UTC everywhere."""
    connection.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")


def migrate(connection: duckdb.DuckDBPyConnection, *, now: datetime) -> None:
    """Apply the migrations that are not in yet, each in a transaction; an edited or unknown one is refused."""
    for path in pending(connection):
        _apply(connection, path, now)


def pending(connection: duckdb.DuckDBPyConnection) -> list[Path]:
    """Migrations that are not in yet, in order. Raises WarehouseTooNew, MigrationError."""
    connection.execute(MIGRATIONS)
    applied = dict(connection.execute("SELECT number, checksum FROM raw.migration").fetchall())
    known = {_number(path): path for path in sql.files("migrations")}
    if newer := applied.keys() - known.keys():
        raise WarehouseTooNew(
            f"the warehouse has migration {max(newer)}, and this version of ingest knows them up to {max(known)}",
            "a newer version wrote it: upgrade ingest; nothing was changed",
        )
    for number in sorted(applied.keys() & known.keys()):
        if applied[number] != _checksum(known[number]):
            raise MigrationError(
                f"{known[number]} was edited after it ran here", "restore it and write a new migration instead"
            )
    return [known[number] for number in sorted(known.keys() - applied.keys())]


def last_migration() -> int:
    """The newest migration that this version knows."""
    return max(map(_number, sql.files("migrations")))


def kept_before(file: Path) -> list[Path]:
    """Copies of the writer's file from before upgrades that no publish has proven yet."""
    return sorted(file.parent.glob(f"{file.stem}.before-*{file.suffix}"))


def refuse_newer(file: Path, error: duckdb.Error) -> None:
    """Raise WarehouseTooNew where DuckDB refuses a file because a later DuckDB made it."""
    if "version number" in str(error):
        raise WarehouseTooNew(
            f"{file} was made by a later DuckDB than this one ({duckdb.__version__}): {error}", "upgrade duckdb"
        ) from None


def _keep_before(connection: duckdb.DuckDBPyConnection, file: Path, upgrade: Path) -> None:
    """A copy of a warehouse that is about to be upgraded; the next publish proves the upgrade and removes it."""
    if connection.execute("SELECT 1 FROM raw.migration LIMIT 1").fetchall():
        before = _before(file, upgrade)
        connection.execute("CHECKPOINT")
        clone(file, before.with_suffix(".part"))
        put_in_place(before.with_suffix(".part"), before)


def _with_way_back(error: MigrationError, file: Path) -> MigrationError:
    if before := kept_before(file):
        return MigrationError(
            error.message, f"to go back to the earlier version, put {before[0]} in the place of {file}"
        )
    return error


def _before(file: Path, upgrade: Path) -> Path:
    return file.with_name(f"{file.stem}.before-{upgrade.stem}{file.suffix}")


def _number(path: Path) -> int:
    return int(path.stem.split("_")[0])


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _apply(connection: duckdb.DuckDBPyConnection, path: Path, now: datetime) -> None:
    connection.execute("BEGIN")
    try:
        connection.execute(path.read_text("utf-8"))
        connection.execute(
            "INSERT INTO raw.migration VALUES (?, ?, ?, ?)", [_number(path), path.stem, _checksum(path), now]
        )
        connection.execute("COMMIT")
    except duckdb.Error as error:
        connection.execute("ROLLBACK")
        raise MigrationError(
            f"{path} failed, and the warehouse is as it was before it: {error}", "report it; nothing is lost"
        ) from error
