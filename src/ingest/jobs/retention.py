"""Retention: articles whose time to be kept is over are erased, and erasures that something cut short are finished."""

import logging
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import duckdb

from ingest import catalogue
from ingest.errors import BatchCorrupt, BatchTooNew, CatalogueError
from ingest.fetch import redact as archive
from ingest.jobs import base, erase, obedience, redaction, shelf
from ingest.jobs.erase import EraseReport
from ingest.log import event
from ingest.records import Source
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.stage import journal, redact
from ingest.warehouse import build, doom, load, writer
from ingest.warehouse import erase as warehouse
from ingest.warehouse.tombstone import Order, tombstones

logger = logging.getLogger(__name__)
UNNAMED_FOR = timedelta(days=1)  # a crawl ends long before; what it left of the archive then is nobody's


@dataclass(slots=True, kw_only=True)
class RetentionSummary:
    """Articles that were erased, or would be, by source; erasures finished; archive files removed that no batch names."""

    expired: dict[str, int] = field(default_factory=dict)
    finished: int = 0
    unnamed_files: list[str] = field(default_factory=list)
    remains: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # erasures that cannot be read, so that nothing was erased by them

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def run(settings: Settings, *, is_dry_run: bool = False, now: datetime | None = None) -> RetentionSummary:
    """Erase what is over by `now`, ten thousand articles of a source at most, oldest first. Raises WriterBusy."""
    at = now or datetime.now(UTC)
    summary = RetentionSummary()
    if not settings.writer_file.exists():
        return summary
    summary.expired = _expire(settings, at, is_dry_run=is_dry_run)
    if not is_dry_run:
        begun = len(obedience.unfinished(settings))
        report = EraseReport(order_id=str(uuid4()), order_kind="expired", is_dry_run=False)
        erase.finish(settings, report)
        summary.finished = max(0, begun - len(obedience.unfinished(settings)) - len(summary.expired))
        summary.remains, summary.broken = report.remains, report.broken
        with writer.lock(settings.writer_file):
            redaction.sweep_archive(settings)
    summary.unnamed_files = _unnamed(settings, at)
    if not is_dry_run:
        for path in summary.unnamed_files:
            (settings.raw / path).unlink()
    told = {name: len(value) if isinstance(value, list | dict) else value for name, value in summary.as_dict().items()}
    event(logger, "retention_finished", logging.INFO, dry_run=is_dry_run, **told)
    return summary


def _expire(settings: Settings, at: datetime, *, is_dry_run: bool) -> dict[str, int]:
    """Seal an erasure for each source that has articles older than it keeps."""
    keeping = [source for source in _sources(settings) if source.keep_articles_days is not None]
    expired: dict[str, int] = {}
    if not keeping:
        return expired
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=at) as connection:
        build.build(connection, story_batch=settings.story_batch)
        for source in keeping:
            order = Order(
                order_id=str(uuid4()),
                kind="expired",
                reason=f"keep_articles_days = {source.keep_articles_days}",
                source_id=source.source_id,
                before=at - timedelta(days=source.keep_articles_days or 0),
            )
            doom.choose(connection, order)
            made = tombstones(connection, order, now=at)
            if made:
                expired[source.source_id] = len(made)
            if made and not is_dry_run:
                batch = obedience.seal(settings, made)
                obedience.carry_out(settings, connection, batch, obedience.lines(settings))
    return expired


def _sources(settings: Settings) -> tuple[Source, ...]:
    """Of a catalogue that cannot be read nothing is known, and nothing expires."""
    try:
        return catalogue.read(settings.catalogue)
    except CatalogueError as error:
        event(logger, "retention_without_catalogue", logging.WARNING, finding=error)
        return ()


def _unnamed(settings: Settings, at: datetime) -> list[str]:
    """Archive files that no batch names: a crawl was killed before it sealed what it had fetched.

    None of them unless everything was read that could name one.
    """
    try:
        with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=at) as connection:
            named = _named(settings, connection)
    except (BatchCorrupt, BatchTooNew, OSError) as error:
        event(logger, "archive_not_swept", logging.WARNING, finding=error)
        return []
    return sorted(
        name
        for path in settings.raw.glob(f"*/*/*{shelf.SUFFIX}")
        if (name := path.relative_to(settings.raw).as_posix()) not in named
        and at.timestamp() - path.stat().st_mtime > UNNAMED_FOR.total_seconds()
        and not archive.is_written(path)
    )


def _named(settings: Settings, connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Archive files that batches name, loaded or not. BatchCorrupt, BatchTooNew: not all of them could be read."""
    if base.lacks_batches(settings, connection):
        raise BatchCorrupt("the warehouse lacks batches of the base")
    loaded, staged = load.loaded(connection), set(stage.sealed(settings.stage))
    for name in journal.read(settings.stage):
        if name not in loaded and name not in staged:
            raise BatchCorrupt(f"{name} is in the journal, and in neither the warehouse nor stage/")
    named = warehouse.archive_paths(connection)
    for name in staged - loaded:
        stage.open_batch(settings.stage, name, tables=("fetch",))
        named |= redact.pages(settings.stage, name, lambda *_: True).paths
    return named
