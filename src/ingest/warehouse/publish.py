"""Publishing: the analysts' copy and the crawl-state file, each replaced atomically. Checks come before and are elsewhere."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from ingest.durable import put_in_place
from ingest.errors import PublishFailed
from ingest.warehouse import snapshot
from ingest.warehouse.clone import clone
from ingest.warehouse.publish_state import is_current, publish_state
from ingest.warehouse.read import connected

Connection = duckdb.DuckDBPyConnection
SHARE_OF_TIME = 0.05  # publishing takes at most this share of the time while loads come fast
# asked of the writer's file and of its copy before that goes out
COUNTS = (
    "SELECT (SELECT count(*) FROM core.article), (SELECT count(*) FROM raw.batch), max(snapshot_id) FROM raw.publish"
)

# what a publish would change, asked of the writer's file and of the copy that is out: batches, findings, the version, the models
TOLD = """
SELECT
  (SELECT {'batches': count(*), 'through_seq': max(load_seq)} FROM raw.batch),
  (SELECT {'batches': count(*), 'latest_at': max(quarantined_at)} FROM raw.quarantine),
  (SELECT max(number) FROM raw.migration),
  (SELECT list({'model': model, 'checksum': checksum} ORDER BY model) FROM raw.model),
  (SELECT max(snapshot_id) FROM raw.publish)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where what is published goes: the analysts' copy, earlier ones of it, and the crawl state."""

    copy: Path
    snapshots: Path
    keep_snapshots: int
    state: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What went out, and what it took: its checks, the copy, its trial opening, the state."""

    snapshot_id: str
    file_bytes: int
    elapsed_ms: int


def publish(connection: Connection, writer_file: Path, *, places: Places, now: datetime, began_s: float) -> Published:
    """Checkpoint, copy, sync, try the copy, replace. Readers of the old copy keep their snapshot.

    No commit may happen meanwhile: the caller holds the writer's lock, and has called `settle`. `began_s`:
    time.perf_counter() when its checks began, so that they count as part of what publishing takes. Raises DiskFull and
    PublishFailed with the old copy in place.
    """
    snapshot_id = _name(connection, now)
    unfinished = places.copy.with_suffix(".part")
    try:
        connection.execute("CHECKPOINT")
        clone(writer_file, unfinished)
        _try(unfinished, connection)
        snapshot.retire(places.copy, places.snapshots, keep=places.keep_snapshots)
        put_in_place(unfinished, places.copy)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        settle(connection, places.copy)
        raise
    publish_state(connection, places.state)
    done = Published(
        snapshot_id=snapshot_id,
        file_bytes=places.copy.stat().st_size,
        elapsed_ms=round(1000 * (time.perf_counter() - began_s)),
    )
    connection.execute(
        "UPDATE raw.publish SET elapsed_ms = ?, file_bytes = ? WHERE snapshot_id = ?",
        [done.elapsed_ms, done.file_bytes, snapshot_id],
    )
    return done


def settle(connection: Connection, copy: Path) -> None:
    """Forget a publish that did not come to its end, unless its copy is out: to be called before checks and publishing."""
    unended = connection.execute("SELECT snapshot_id FROM raw.publish WHERE elapsed_ms IS NULL").fetchall()
    if unended:
        out = snapshot.name_of(copy) if copy.exists() else None
        connection.execute("DELETE FROM raw.publish WHERE elapsed_ms IS NULL AND snapshot_id IS DISTINCT FROM ?", [out])
        # its copy is out, and what came after failed: how long it took is not known
        connection.execute("UPDATE raw.publish SET elapsed_ms = 0 WHERE elapsed_ms IS NULL")


def published_through(connection: Connection) -> int:
    """load_seq through which all batches passed their checks and went out; -1 before the first."""
    ((seq,),) = connection.execute(
        "SELECT coalesce(max(checked_through_seq), -1) FROM raw.publish WHERE elapsed_ms IS NOT NULL"
    ).fetchall()
    return int(seq)


def is_out(connection: Connection, places: Places) -> bool:
    """Whether the copy and the crawl state that are out say all that the writer's file does: publishing would change nothing."""
    ((unended_count,),) = connection.execute("SELECT count(*) FROM raw.publish WHERE elapsed_ms IS NULL").fetchall()
    if unended_count or not places.copy.exists() or not is_current(places.state):
        return False
    try:
        with connected(places.copy) as out:
            return out.execute(TOLD).fetchall() == connection.execute(TOLD).fetchall()
    except duckdb.Error:  # broken, or of an older version
        return False


def is_too_soon(connection: Connection, *, now: datetime) -> bool:
    """Whether publishing now would take more than SHARE_OF_TIME since the last one."""
    last = connection.execute(
        "SELECT published_at, elapsed_ms FROM raw.publish WHERE elapsed_ms IS NOT NULL ORDER BY snapshot_id DESC LIMIT 1"
    ).fetchall()
    return any((now - at).total_seconds() < elapsed_ms / 1000 / SHARE_OF_TIME for at, elapsed_ms in last)


def _name(connection: Connection, now: datetime) -> str:
    """Write the row that the copy knows itself by: later than all before it, whatever the clock does."""
    ((last, load_seq),) = connection.execute(
        "SELECT (SELECT max(snapshot_id) FROM raw.publish), (SELECT coalesce(max(load_seq), 0) FROM raw.batch)"
    ).fetchall()
    at = max(now, snapshot.moment(last) + timedelta(milliseconds=1)) if last else now
    snapshot_id = snapshot.name(at, load_seq)
    connection.execute(
        "INSERT INTO raw.publish BY NAME SELECT $id AS snapshot_id, $at AS published_at,"
        " $seq AS published_through_seq, $seq AS checked_through_seq",
        {"id": snapshot_id, "at": at, "seq": load_seq},
    )
    return snapshot_id


def _try(copy: Path, connection: Connection) -> None:
    """Open the copy as a reader would, and ask it what the writer says: a broken copy never replaces a good one."""
    expected = connection.execute(COUNTS).fetchall()
    try:
        with duckdb.connect(str(copy), read_only=True) as tried:
            found = tried.execute(COUNTS).fetchall()
    except duckdb.Error as error:
        raise PublishFailed(f"{copy} cannot be opened: {error}", "the copy before it stays; check the disk") from error
    if found != expected:
        raise PublishFailed(f"{copy} says {found}, the writer {expected}", "the copy before it stays; check the disk")
