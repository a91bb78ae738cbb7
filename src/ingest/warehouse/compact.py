"""Compaction: the writer's file rewritten without its free blocks, proven and put in its place. When is the upkeep's matter."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from ingest.durable import put_in_place
from ingest.errors import CompactionFailed
from ingest.warehouse import writer
from ingest.warehouse.clone import must_fit

KEPT = "the writer's file stays as it was; call again"
Connection = duckdb.DuckDBPyConnection
# what a rewritten file must have in common with the one that it takes the place of, beside its rows
SHAPE = """
SELECT 'column' AS part, schema_name || '.' || table_name || '.' || column_name AS name,
  concat_ws(' ', data_type, is_nullable, comment) AS told
FROM duckdb_columns() WHERE database_name = $file
UNION ALL
SELECT 'table', schema_name || '.' || table_name, comment FROM duckdb_tables() WHERE database_name = $file
UNION ALL
SELECT 'view', schema_name || '.' || view_name, concat_ws(' ', sql, comment)
FROM duckdb_views() WHERE database_name = $file AND NOT internal
UNION ALL
SELECT 'macro', schema_name || '.' || function_name, macro_definition
FROM duckdb_functions() WHERE database_name = $file AND NOT internal
ORDER BY ALL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compaction:
    """A file before and after, and what the rewriting took."""

    before_bytes: int
    after_bytes: int
    elapsed_ms: int


def free_share(connection: Connection) -> float:
    """Share of the file's blocks that hold nothing, after a checkpoint."""
    connection.execute("CHECKPOINT")
    ((free, total),) = connection.execute(
        "SELECT free_blocks, total_blocks FROM pragma_database_size() WHERE database_name = current_database()"
    ).fetchall()
    return int(free) / max(int(total), 1)


def compacted_at(connection: Connection) -> datetime | None:
    """When the file was rewritten last, or else made."""
    ((at,),) = connection.execute(
        "SELECT coalesce((SELECT max(compacted_at) FROM raw.compaction), min(applied_at)) FROM raw.migration"
    ).fetchall()
    return at if isinstance(at, datetime) else None


def compact(file: Path, *, now: datetime, is_proven: Callable[[Connection], bool]) -> Compaction:
    """Rewrite `file`; nobody may have it open, and the caller holds the writer's lock.

    A kill at any moment leaves the whole old file or the whole new one. Raises CompactionFailed with the old one in place
    where anything but the size differs, or `is_proven` is not content with the new one.
    """
    began_s = time.perf_counter()
    unfinished = file.with_suffix(".part")
    _remove(unfinished)
    before_bytes = file.stat().st_size
    must_fit(file.parent, before_bytes, f"rewriting {file}")
    try:
        with writer.connect(file, now=now) as connection:
            _rewrite(connection, unfinished)
        with duckdb.connect(str(unfinished), config={"storage_compatibility_version": writer.STORAGE}) as rewritten:
            writer.prepare(rewritten)
            if not is_proven(rewritten):
                raise CompactionFailed(f"checks of {unfinished} say something else", KEPT)
            elapsed_ms = round(1000 * (time.perf_counter() - began_s))
            after_bytes = unfinished.stat().st_size
            rewritten.execute(
                "INSERT INTO raw.compaction VALUES (?, ?, ?, ?)", [now, elapsed_ms, before_bytes, after_bytes]
            )
            rewritten.execute("CHECKPOINT")
        _no_log(file)
        _no_log(unfinished)
        put_in_place(unfinished, file)
    except BaseException:
        _remove(unfinished)
        raise
    return Compaction(before_bytes=before_bytes, after_bytes=file.stat().st_size, elapsed_ms=elapsed_ms)


def _rewrite(connection: Connection, unfinished: Path) -> None:
    """Rows keep their order whatever the threads (preserve_insertion_order): zone maps tell old batches from new ones by it."""
    ((name,),) = connection.execute("SELECT current_database()").fetchall()
    quoted = str(unfinished).replace("'", "''")
    connection.execute("CHECKPOINT; SET preserve_insertion_order = true")
    connection.execute(f"ATTACH '{quoted}' AS rewritten (STORAGE_VERSION '{writer.STORAGE}')")
    connection.execute(f"COPY FROM DATABASE {name} TO rewritten")
    connection.execute("CHECKPOINT rewritten")
    _compare(connection, str(name), "rewritten")
    connection.execute("DETACH rewritten")


def _compare(connection: Connection, old: str, new: str) -> None:
    shapes = [connection.execute(SHAPE, {"file": file}).fetchall() for file in (old, new)]
    if lost := set(shapes[0]) ^ set(shapes[1]):
        part, name, _ = min(lost)
        raise CompactionFailed(f"the rewritten file has another {part} {name}", KEPT)
    for (table,) in connection.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = $file", {"file": old}
    ).fetchall():
        counts = [connection.execute(f"SELECT count(*) FROM {file}.{table}").fetchall() for file in (old, new)]
        if counts[0] != counts[1]:
            raise CompactionFailed(f"{table} has {counts[1]} rows after {counts[0]}", KEPT)


def _no_log(file: Path) -> None:
    """A log that is left beside a file would be read into whatever file has its name next."""
    if file.with_name(f"{file.name}.wal").exists():
        raise CompactionFailed(f"{file} was not closed cleanly", "call again")


def _remove(unfinished: Path) -> None:
    for path in (unfinished, unfinished.with_name(f"{unfinished.name}.wal")):
        path.unlink(missing_ok=True)
