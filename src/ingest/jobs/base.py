"""The base: batches that are old, loaded, checked and published are replaced by one sealed folder of what raw holds of them.

A replay begins with it. What leaves raw leaves it too: whoever takes rows out or moves pages says so before, and renews it
after.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree

import duckdb

from ingest import __version__
from ingest.log import event
from ingest.settings import Settings
from ingest.stage import base as stage
from ingest.stage import journal
from ingest.stage.base import Base
from ingest.warehouse import base as warehouse
from ingest.warehouse import load, writer
from ingest.warehouse.clone import must_fit

logger = logging.getLogger(__name__)
Connection = duckdb.DuckDBPyConnection
# A base is written whole each time, so that it is worth it where a tenth is added: over the years each row is written
# about ten times (the sum of 0.9^n), whatever the pace.
WORTH = 0.1
READ_FOR = timedelta(hours=1)  # a crawl that looked at the state before the last publish may still open batches
NO_PLACE = (1 << 63) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseSummary:
    """Batches that went, or would go, and their bytes on disk; bytes of the base, unknown of one that is not sealed."""

    batches: int = 0
    batch_bytes: int = 0
    base_bytes: int | None = None


def run(settings: Settings, *, is_dry_run: bool = False, now: datetime | None = None) -> BaseSummary:
    """Seal a base through the last batch that is old enough by `now`, and remove the batches. Raises WriterBusy, DiskFull."""
    at = now or datetime.now(UTC)
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=at) as connection:
        found = stage.latest(settings.stage)
        if not is_dry_run:
            stage.sweep(settings.stage)
            renew(settings, connection)
            found = stage.latest(settings.stage)
        if settings.keep_batches_days is None:
            return BaseSummary()
        if found and _lost_batches(connection, found):
            event(logger, "base_put_off", logging.WARNING, base=found.folder, finding="raw lacks a batch of it")
            return BaseSummary()
        held_seq, held_bytes = (found.load_seq, found.file_bytes) if found else (0, 0)
        through_seq = _through(settings, connection, at)
        folders = _folders(settings, connection, through_seq)
        is_worth = through_seq > held_seq and _bytes(folders) >= WORTH * held_bytes
        if not is_worth:  # what a killed upkeep left goes all the same
            folders = _folders(settings, connection, held_seq)
        batch_bytes = _bytes(folders)
        if is_worth and not is_dry_run:
            found = _seal(settings, connection, through_seq, batch_bytes + held_bytes)
        for folder in () if is_dry_run else folders:
            stage.remove_batch(folder)
    base_bytes = None if found is None or (is_worth and is_dry_run) else found.file_bytes
    summary = BaseSummary(batches=len(folders), batch_bytes=batch_bytes, base_bytes=base_bytes)
    event(logger, "batches_replaced", logging.INFO, dry_run=is_dry_run, **asdict(summary))
    return summary


def load_missing(settings: Settings, connection: Connection, lines: Mapping[str, journal.Line]) -> int:
    """Load the base into a warehouse that lacks any of its batches; returns the rows it brought.

    Raises BatchCorrupt and BatchTooNew: what follows it must not be loaded without it.
    """
    found = stage.latest(settings.stage)
    if found is None or not _is_owed(connection, found):
        return 0
    found = stage.verified(found, schema_version=writer.last_migration())
    quarantined = {name: line.finding for name, line in lines.items() if line.verdict == "quarantined"}
    warehouse.load(connection, found.files, through_seq=found.load_seq, quarantined=quarantined, now=datetime.now(UTC))
    event(logger, "base_loaded", through_seq=found.load_seq, batches=found.batch_count)
    return sum(found.tables.values())


def lacks_batches(settings: Settings, connection: Connection) -> bool:
    """Whether raw has not all that the base holds, be it that it was lost, or that a batch of it was quarantined later."""
    found = stage.latest(settings.stage)
    return found is not None and _lost_batches(connection, found)


def holds(settings: Settings, connection: Connection, batch_id: str) -> bool:
    """Whether the base has a batch's rows, whose folder may be gone."""
    found = stage.latest(settings.stage)
    return found is not None and warehouse.has_batch(connection, found.files["batch"], batch_id)


def touched(settings: Settings, connection: Connection, names: Collection[str]) -> set[str]:
    """Of these batches, those that the base holds; if any, it is stale from now on, and whoever changes raw must renew it."""
    found = stage.latest(settings.stage)
    if found is None:
        return set()
    held = warehouse.among(connection, names, through_seq=found.load_seq)
    if held or _lost_batches(connection, found):
        stage.mark_stale(found)
    return held


def renew(settings: Settings, connection: Connection) -> None:
    """Seal a stale base anew, from what raw holds by now."""
    found = stage.latest(settings.stage)
    if found and found.is_stale and not _is_owed(connection, found):
        _seal(settings, connection, found.load_seq, found.file_bytes)


def _seal(settings: Settings, connection: Connection, through_seq: int, needed_bytes: int) -> Base:
    must_fit(settings.stage, needed_bytes, "a base")
    folder = stage.unsealed(settings.stage, through_seq)
    try:
        tables = warehouse.write(connection, folder, through_seq=through_seq)
    except BaseException:
        rmtree(folder)
        raise
    sealed = stage.seal(
        folder,
        tables=tables,
        batch_count=warehouse.batch_count(connection, through_seq=through_seq),
        schema_version=writer.last_migration(),
        now=datetime.now(UTC),
        version=__version__,
    )
    event(logger, "base_sealed", through_seq=through_seq, batches=sealed.batch_count, file_bytes=sealed.file_bytes)
    return sealed


def _through(settings: Settings, connection: Connection, now: datetime) -> int:
    """Batches in the journal that are not in raw keep their places: what comes after them waits with them."""
    held = load.held(connection)
    owed = [
        line.load_seq
        for name, line in journal.read(settings.stage).items()
        if name not in held and line.verdict == "loaded"
    ]
    return warehouse.through(
        connection,
        before=now - timedelta(days=settings.keep_batches_days or 0),
        published_by=now - READ_FOR,
        owed_seq=min(owed, default=NO_PLACE),
    )


def _folders(settings: Settings, connection: Connection, through_seq: int) -> list[Path]:
    return list(stage.replaced(settings.stage, warehouse.batch_ids(connection, through_seq=through_seq)))


def _bytes(folders: Sequence[Path]) -> int:
    return sum(path.stat().st_size for folder in folders for path in folder.iterdir())


def _is_owed(connection: Connection, base: Base) -> bool:
    """Whether the warehouse lacks a batch of the base that it did not quarantine: it was lost, or is an older one."""
    return _lost_batches(connection, base) and warehouse.lacks(connection, base.files["batch"])


def _lost_batches(connection: Connection, base: Base) -> bool:
    """Whether raw has fewer batches in these places; cheap."""
    return warehouse.batch_count(connection, through_seq=base.load_seq) < base.batch_count
