"""Erase: an item, or all of a source or an author, out of everything that we hold, with a tombstone that keeps it out.

The order is sealed first; what it names leaves batches, archive and raw next (jobs/obedience.py), then core and mart by a build,
then the files that are published, kept or exported. Whatever is killed in between is done by the next call, or by upkeep.
"""

import json
import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import duckdb

from ingest import catalogue
from ingest.durable import sync
from ingest.errors import BatchCorrupt, BatchTooNew, InputError
from ingest.jobs import export, load, obedience, publish, redaction
from ingest.jobs.redaction import Carried
from ingest.log import Progress, event, unwatched
from ingest.records import OrderKind
from ingest.rules.erasure import author_hash
from ingest.rules.url import as_found, identity
from ingest.settings import Settings
from ingest.stage import base, journal
from ingest.stage import batch as stage
from ingest.stage.batch import MANIFEST, folder_of
from ingest.warehouse import build, check, compact, doom, erase, snapshot, writer
from ingest.warehouse.read import connected
from ingest.warehouse.tombstone import Order, tombstones

logger = logging.getLogger(__name__)
FINISHED = "finished.json"  # in an erasure's folder: the report of what was done
UNSEALED_FOR = timedelta(hours=1)  # a folder without manifest that is older belongs to no task any more
STEPS = 4
ALWAYS_REMAINS = (
    "logs that were written before (Airflow's, or what a terminal showed) may name addresses: they are not under INGEST_HOME",
    "backups, and what others took out of published files or exports, are theirs to erase",
    "pages that `ingest report` wrote before: write them anew",
    "the tombstones: ids and hashes that only who knows the address or the name can tell",
)


@dataclass(slots=True, kw_only=True)
class EraseReport:
    """What was found and what was done. Ids and counts alone: it is kept, and holds no word of what was erased."""

    order_id: str
    order_kind: OrderKind
    is_dry_run: bool
    entries: int = 0
    articles: list[tuple[str, str, int]] = field(default_factory=list)  # article_id, source_id, entries
    rows: dict[str, int] = field(default_factory=dict)  # in the warehouse, by raw table
    copies: list[tuple[str, str, str]] = field(default_factory=list)  # article_id, source_id, how like: they stay
    batches: list[str] = field(default_factory=list)  # written anew
    archive_files: list[str] = field(default_factory=list)  # written anew
    pages: int = 0  # taken out of them
    snapshots: list[str] = field(default_factory=list)  # removed
    exports: dict[str, int] = field(default_factory=dict)  # folder -> rows taken out
    remains: list[str] = field(default_factory=list)  # what, and why
    broken: list[str] = field(default_factory=list)  # erasures whose tombstones cannot be read
    is_awaited: bool = False  # a crawl writes what may hold more: upkeep goes over all of it again

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def order(
    *,
    url: str | None = None,
    article_id: str | None = None,
    source_id: str | None = None,
    author: str | None = None,
    reason: str | None = None,
    with_copies: bool = False,
) -> Order:
    """What a person asks for; `author` may be narrowed to a source. InputError for what names nothing."""
    order_id = str(uuid4())
    if url is not None:
        found = as_found(url)
        if found is None:
            raise InputError(f"{url!r} is no web address", "give it as it was listed, e.g. https://example.org/a")
        return Order(order_id=order_id, kind="url", reason=reason, entry_id=identity(found), with_copies=with_copies)
    if article_id is not None:
        try:
            key = str(UUID(article_id))
        except ValueError:
            raise InputError(f"{article_id!r} is no article_id", "mart.article has them") from None
        return Order(order_id=order_id, kind="article", reason=reason, entry_id=key, with_copies=with_copies)
    if author is not None:
        if not author.strip():
            raise InputError("the author's name is empty", "give it as it stands in mart.article")
        return Order(
            order_id=order_id, kind="author", reason=reason, source_id=source_id, author_hash=author_hash(author),
            with_copies=with_copies,
        )  # fmt: skip
    if source_id is None:
        raise InputError("nothing to erase", "give an address, an article, a source or an author")
    return Order(order_id=order_id, kind="source", reason=reason, source_id=source_id, with_copies=with_copies)


def run(settings: Settings, asked: Order, *, is_dry_run: bool = False, progress: Progress = unwatched) -> EraseReport:
    """Erase what the order names. A dry run loads and builds what is owed, says what would go, and removes nothing.

    Raises InputError for an article or source that nobody knows, WriterBusy while a load is at work; CheckFailed and the
    errors of publishing leave an erasure that the next call goes on with.
    """
    report = EraseReport(order_id=asked.order_id, order_kind=asked.kind, is_dry_run=is_dry_run)
    progress("steps of erasing", 0, STEPS)
    with _writing(settings) as connection:
        load.load_owed(settings, connection)
        build.build(connection, story_batch=settings.story_batch)
        doom.choose(connection, asked)
        found = erase.found(connection)
        _must_be_known(settings, asked, found.entry_count)
        report.entries, report.articles, report.rows = found.entry_count, found.articles, found.rows
        report.copies = found.copies
        if asked.kind == "url" and not found.entry_count:
            report.remains.append("nothing here is known by this address; it is forbidden from now on")
        progress("steps of erasing", 1, STEPS)
        if is_dry_run:
            return report
        if made := tombstones(connection, asked, now=datetime.now(UTC)):
            obedience.seal(settings, made)
    finish(settings, report, progress=progress)
    told = {name: len(value) if isinstance(value, list | dict) else value for name, value in report.as_dict().items()}
    event(logger, "erase_finished", logging.INFO, **told)
    return report


def finish(settings: Settings, report: EraseReport, *, progress: Progress = unwatched) -> None:
    """Let every file follow that was written before the erasures that are not finished yet; then they are."""
    names = obedience.unfinished(settings)
    if not names:
        return
    with _writing(settings) as connection:
        lines = journal.read(settings.stage)
        names = [name for name in names if _carry_out(settings, connection, name, lines, report)]
        if not names:
            return
        load.load_owed(settings, connection)
        build.build(connection, story_batch=settings.story_batch)
        erase.drop_postings(connection)
        findings = sorted(check.run(connection, since_seq=-1), key=str)
    progress("steps of erasing", 2, STEPS)
    with writer.lock(settings.writer_file):
        compact.compact(
            settings.writer_file,
            now=datetime.now(UTC),
            is_proven=lambda rewritten: sorted(check.run(rewritten, since_seq=-1), key=str) == findings,
        )
    progress("steps of erasing", 3, STEPS)
    publish.run(settings)
    ids = _ids(settings, names)
    by_person = [name for name in names if not _is_expiry(settings, name)]
    if by_person:  # of what merely expired, earlier files go when their own time is over
        report.snapshots += _drop_snapshots(settings, by_person)
    for folder in export.folders(settings):
        report.exports[str(folder)] = export.erase_from(folder, ids).row_count
    with writer.lock(settings.writer_file):
        _sweep(settings, report)
    report.remains += [one for one in ALWAYS_REMAINS if one not in report.remains]
    for name in () if report.is_awaited else names:
        _note_finished(folder_of(settings.stage, name), report)
    progress("steps of erasing", STEPS, STEPS)


def _carry_out(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    name: str,
    lines: dict[str, journal.Line],
    report: EraseReport,
) -> bool:
    """Whether it was; tombstones that cannot be read must not keep others from being obeyed."""
    try:
        batch = stage.open_batch(settings.stage, name)
        is_thorough = not _is_expiry(settings, name)
        carried = obedience.carry_out(settings, connection, batch, lines, is_thorough=is_thorough)
    except (BatchCorrupt, BatchTooNew) as error:
        event(logger, "erasure_unreadable", logging.ERROR, batch_id=name, finding=error)
        report.broken.append(f"{name}: {error}")
        report.remains.append(f"all that the erasure {name} names: its tombstones cannot be read: {error}")
        return False
    _tell(report, carried)
    return True


@contextmanager
def _writing(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=datetime.now(UTC)) as connection:
        yield connection


def _must_be_known(settings: Settings, asked: Order, entry_count: int) -> None:
    """An address may be forbidden before it is ever seen, and so may an author; what has an id of ours must be there."""
    if entry_count or asked.kind in ("url", "author", "expired"):
        return
    if asked.kind == "article":
        raise InputError(
            f"no article {asked.entry_id} in the warehouse", "mart.article has the ids; --url takes any address"
        )
    if asked.source_id not in {source.source_id for source in catalogue.read(settings.catalogue)}:
        raise InputError(
            f"no source {asked.source_id} in the catalogue or the warehouse", "`ingest sources` lists them"
        )


def _tell(report: EraseReport, carried: Carried) -> None:
    report.batches += [name for name in carried.batches if name not in report.batches]
    report.archive_files += [path for path in carried.archive_files if path not in report.archive_files]
    report.pages += carried.pages
    report.remains += [one for one in carried.remains if one not in report.remains]
    report.is_awaited |= carried.is_awaited


def _ids(settings: Settings, names: Sequence[str]) -> list[str]:
    return erase.ids([folder_of(settings.stage, name) / "tombstone.parquet" for name in names])


def _is_expiry(settings: Settings, name: str) -> bool:
    return erase.is_expiry(folder_of(settings.stage, name) / "tombstone.parquet")


def _drop_snapshots(settings: Settings, names: Sequence[str]) -> list[str]:
    """Earlier published files that hold what is erased are removed: a file without it would not be what was published then."""
    ids, dropped = _ids(settings, names), []
    for one in snapshot.kept(settings.snapshots):
        if _holds(one.file, ids, names):
            one.file.unlink()
            dropped.append(one.snapshot_id)
    if dropped:
        sync(settings.snapshots)
    return dropped


def _holds(file: Path, ids: Sequence[str], names: Sequence[str]) -> bool:
    """Of one that is damaged nobody can say."""
    try:
        with connected(file) as connection:
            return erase.holds(connection, ids, names)
    except duckdb.Error:
        return True


def _sweep(settings: Settings, report: EraseReport) -> None:
    """What killed tasks left, and nobody reads."""
    for path in settings.writer_file.parent.glob("*.part*"):
        path.unlink()
    for path in writer.kept_before(settings.writer_file):
        path.unlink()
    shutil.rmtree(_put_aside(settings.writer_file), ignore_errors=True)
    if _put_aside(settings.published_file).exists():
        report.remains.append(
            f"{_put_aside(settings.published_file)}: what a reader's large question puts aside, until the reader ends"
        )
    redaction.sweep_archive(settings)
    base.sweep(settings.stage)
    now = datetime.now(UTC)
    for folder in settings.stage.glob("[0-9]*/*"):
        if folder.is_dir() and not (folder / MANIFEST).exists():
            if now - datetime.fromtimestamp(folder.stat().st_mtime, UTC) > UNSEALED_FOR:
                shutil.rmtree(folder)
            else:
                report.remains.append(
                    f"{folder.name} is not sealed: a task writes it now, or was killed within the hour"
                )
        else:
            for part in folder.glob("*.part"):
                part.unlink()


def _put_aside(file: Path) -> Path:
    """Where DuckDB puts aside what is too large for its memory."""
    return file.with_name(f"{file.name}.tmp")


def _note_finished(folder: Path, report: EraseReport) -> None:
    part = folder / f"{FINISHED}.part"
    part.write_text(json.dumps(report.as_dict(), indent=1), "utf-8")
    sync(part)
    part.replace(folder / FINISHED)
    sync(folder)
