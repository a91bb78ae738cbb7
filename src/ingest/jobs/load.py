"""Load: every sealed batch that the journal does not hold goes into the raw layer, once. Building is the next job."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import duckdb

from ingest import __version__
from ingest.errors import BatchCorrupt, BatchTooNew, InputError
from ingest.jobs import base, obedience
from ingest.log import Progress, event, unwatched
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.stage import journal
from ingest.warehouse import load as warehouse
from ingest.warehouse import publish, writer

logger = logging.getLogger(__name__)
Summary = dict[str, int | list[str]]


def run(settings: Settings, *, again: Sequence[str] = (), progress: Progress = unwatched) -> Summary:
    """Load what is owed, in the journal's order first and then by age.

    A corrupt batch is quarantined, one of a newer version waits, the rest goes on. `again`: batches to be released from
    quarantine and tried once more; one that is in none by now is left alone. Raises WriterBusy while another writer works,
    InputError for a batch that nobody knows.
    """
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=datetime.now(UTC)) as connection:
        _release(settings, connection, again)
        return load_owed(settings, connection, progress=progress)


def load_owed(settings: Settings, connection: duckdb.DuckDBPyConnection, *, progress: Progress = unwatched) -> Summary:
    """The same for whoever holds the writer's lock.

    What a tombstone forbids is taken out of a batch before it is loaded; erasures come first, so that none is late.
    """
    loaded: list[str] = []
    quarantined: list[str] = []
    lines = journal.read(settings.stage)
    row_count = base.load_missing(settings, connection, lines)
    # a file of before a release, or a base of then, still has it in quarantine
    warehouse.release(connection, [name for name, line in lines.items() if line.verdict != "quarantined"])
    held = warehouse.held(connection)
    owed = [name for name in lines if name not in held]
    news = [name for name in stage.sealed(settings.stage) if name not in held and name not in lines]
    owed += sorted(news, key=lambda name: f"-{obedience.KIND}-" not in name)
    for done, batch_id in enumerate(owed, start=1):
        try:
            row_count += _load(settings, connection, batch_id, lines)
            loaded.append(batch_id)
        except BatchTooNew as error:
            event(logger, "batch_put_off", logging.WARNING, batch_id=batch_id, finding=error)
        except BatchCorrupt as error:
            _quarantine(settings, connection, batch_id, lines, str(error))
            quarantined.append(batch_id)
        progress("batches loaded", done, len(owed))
    if not settings.keep_superseded:
        _drop_superseded(connection)
    return {"loaded": loaded, "quarantined": quarantined, "row_count": row_count}


def _release(settings: Settings, connection: duckdb.DuckDBPyConnection, batch_ids: Sequence[str]) -> None:
    """Note it in the journal alone: whoever loads next, after a kill too, takes them out of the warehouse's quarantine."""
    lines, held = journal.read(settings.stage), warehouse.quarantined(connection)
    now = datetime.now(UTC)
    if unknown := set(batch_ids) - lines.keys() - held:
        raise InputError(
            f"no batch {', '.join(sorted(unknown))} was ever loaded or quarantined",
            '`ingest query "FROM raw.quarantine"` lists those that can be released',
        )
    freed = [name for name in batch_ids if name in held or lines[name].verdict == "quarantined"]
    for batch_id in freed:
        if base.holds(settings, connection, batch_id):
            raise InputError(
                f"batch {batch_id} is one of those that a base has replaced, and cannot be loaded by itself",
                "what it listed is owed again: the next crawls fetch it",
            )
    for batch_id in freed:
        # a journal that was lost does not have it, and a kill may have left it in raw
        line = lines.get(batch_id) or journal.line(batch_id, load_seq=0, schema_version=0, version=__version__, now=now)
        place = warehouse.load_seq_of(connection, batch_id)
        line = replace(
            line, load_seq=place or line.load_seq, verdict="loaded" if place else "released", finding="",
            ingest_version=__version__, written_at=now.isoformat(),
        )  # fmt: skip
        journal.append(settings.stage, line)
        event(logger, "batch_released", batch_id=batch_id)


def _load(
    settings: Settings, connection: duckdb.DuckDBPyConnection, batch_id: str, lines: dict[str, journal.Line]
) -> int:
    """One batch. Its journal line is synced before the commit: if a crash comes in between, it keeps its place."""
    line = lines.get(batch_id)
    if line and line.verdict == "quarantined":
        raise BatchCorrupt(line.finding)
    batch = stage.open_batch(settings.stage, batch_id)
    if batch.batch_kind == obedience.KIND:
        obedience.carry_out(settings, connection, batch, lines)
        return sum(batch.tables.values())
    batch = obedience.obey(settings, connection, batch, lines)
    if line and line.verdict == "released" and (page_count := warehouse.held_pages(connection, batch)):
        raise BatchCorrupt(
            f"{page_count} of its pages were brought in by another batch since: it would tell them twice"
        )
    now = datetime.now(UTC)
    line = obedience.place(settings, connection, batch, lines, now=now)
    row_count = warehouse.load(connection, batch, load_seq=line.load_seq, version=__version__, now=now)
    event(logger, "batch_loaded", batch_id=batch_id, load_seq=line.load_seq, rows=row_count)
    return row_count


def _drop_superseded(connection: duckdb.DuckDBPyConnection) -> None:
    """Verdicts that what is published replaced: a batch that is not checked yet may still be taken out."""
    dropped = warehouse.drop_superseded(connection, through_seq=publish.published_through(connection))
    if dropped:
        event(logger, "superseded_dropped", verdicts=dropped)


def _quarantine(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    batch_id: str,
    lines: dict[str, journal.Line],
    finding: str,
) -> None:
    """Note the finding in the journal (unless a replay read it there) and in the warehouse."""
    line = lines.get(batch_id)
    now = datetime.now(UTC)
    if line is None or line.verdict != "quarantined":
        place = line.load_seq if line else 0
        line = journal.line(batch_id, load_seq=place, schema_version=0, version=__version__, now=now, finding=finding)
        journal.append(settings.stage, line)
    connection.execute("BEGIN")
    warehouse.quarantine(connection, batch_id, finding=finding, now=now)
    connection.execute("COMMIT")
    event(logger, "batch_quarantined", logging.ERROR, batch_id=batch_id, finding=finding)
