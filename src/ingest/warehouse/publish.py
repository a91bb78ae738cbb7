"""Publishing: the analysts' copy and the crawl-state file, each replaced atomically. Checks come before and are elsewhere."""

import os
import shutil
import time
from datetime import datetime
from pathlib import Path

import duckdb

from ingest.warehouse import sql
from ingest.warehouse.writer import STORAGE

SHARE_OF_TIME = 0.05  # publishing takes at most this share of the time while loads come fast


def publish(
    connection: duckdb.DuckDBPyConnection, writer_file: Path, *, copy: Path, state: Path, now: datetime, began_s: float
) -> int:
    """Checkpoint, copy, sync, replace; returns the copy's bytes. Readers of the old copy keep their snapshot.

    No commit may happen meanwhile: the caller holds the writer's lock. `began_s`: time.perf_counter() when its checks
    began, so that they count as part of what publishing takes.
    """
    connection.execute("CHECKPOINT")
    copy_bytes = _replace_by_copy(writer_file, copy)
    _publish_state(connection, state)
    elapsed_ms = round(1000 * (time.perf_counter() - began_s))
    connection.execute(
        "INSERT INTO raw.publish SELECT ?, coalesce(max(load_seq), 0), ?, ? FROM raw.batch",
        [now, elapsed_ms, copy_bytes],
    )
    return copy_bytes


def published_through(connection: duckdb.DuckDBPyConnection) -> int:
    """load_seq of the last batch that passed its checks and went out; -1 before the first."""
    ((seq,),) = connection.execute("SELECT coalesce(max(published_through_seq), -1) FROM raw.publish").fetchall()
    return int(seq)


def is_too_soon(connection: duckdb.DuckDBPyConnection, *, now: datetime) -> bool:
    """Whether publishing now would take more than SHARE_OF_TIME since the last one."""
    last = connection.execute(
        "SELECT published_at, elapsed_ms FROM raw.publish ORDER BY published_at DESC LIMIT 1"
    ).fetchall()
    return any((now - at).total_seconds() < elapsed_ms / 1000 / SHARE_OF_TIME for at, elapsed_ms in last)


def _publish_state(connection: duckdb.DuckDBPyConnection, state: Path) -> None:
    unfinished = state.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    quoted = str(unfinished).replace("'", "''")
    connection.execute("SET VARIABLE is_whole = true")
    connection.execute(f"ATTACH '{quoted}' AS crawl_state (STORAGE_VERSION '{STORAGE}')")
    try:
        for path in sql.files("state"):
            connection.execute(f"CREATE TABLE crawl_state.{path.stem} AS {path.read_text('utf-8')}")
        connection.execute("CHECKPOINT crawl_state")
    finally:
        connection.execute("DETACH crawl_state")
    _sync_and_replace(unfinished, state)


def _replace_by_copy(source: Path, target: Path) -> int:
    unfinished = target.with_suffix(".part")
    shutil.copyfile(source, unfinished)
    _sync_and_replace(unfinished, target)
    return target.stat().st_size


def _sync_and_replace(unfinished: Path, target: Path) -> None:
    with unfinished.open("rb") as stream:
        os.fsync(stream.fileno())
    unfinished.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
