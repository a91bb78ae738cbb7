"""Obedience: what tombstones name is taken out of batches, the raw archive and the raw layer, whenever and however it came.

An erasure is a batch of tombstones: it is sealed before anything is removed, and enters raw in the transaction in which the rows
of what it names leave it. A kill at any moment leaves a batch that is carried out again. What core, mart and published files
hold is the matter of builds and of the erase job.
"""

import json
import logging
import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import duckdb

from ingest import __version__
from ingest.durable import sync
from ingest.errors import BatchCorrupt, BatchTooNew
from ingest.fetch import redact as archive
from ingest.fetch.redact import Member
from ingest.jobs import base, shelf
from ingest.log import event
from ingest.records import Batch, Tombstone
from ingest.rules.url import identity
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.stage import journal, redact
from ingest.stage.batch import folder_of
from ingest.warehouse import doom, erase, forbid, load
from ingest.warehouse.forbid import Forbidden

logger = logging.getLogger(__name__)
Connection = duckdb.DuckDBPyConnection
Lines = dict[str, journal.Line]
KIND: Final = "erasure"
REWRITTEN = "rewritten.json"  # in an erasure's folder: files of the archive that others took the place of
CRAWLS_FOR = timedelta(days=1)  # a crawl that began before an erasure, and writes what it names, has ended by then
WORDLESS = "what it said of an erased item is erased, too"


@dataclass(slots=True, kw_only=True)
class Carried:
    """What it took: rows by table, batches and files of the archive written anew, and what could not be reached and why."""

    rows: dict[str, int] = field(default_factory=dict)
    batches: list[str] = field(default_factory=list)
    archive_files: list[str] = field(default_factory=list)
    pages: int = 0
    remains: list[str] = field(default_factory=list)
    is_awaited: bool = False  # a file of the archive that may hold more is being written


class _Moves(NamedTuple):
    """Pages' new places by fetch_id, and the files that they left."""

    places: dict[str, redact.Place]
    left: list[str]


def place(settings: Settings, connection: Connection, batch: Batch, lines: Lines, *, now: datetime) -> journal.Line:
    """The batch's line in the journal file, synced before anything is committed; a new one where it has none."""
    if batch.batch_id not in lines:
        # the warehouse is asked too: a journal file that was lost or restored must not begin anew
        load_seq = max(journal.next_seq(lines.values()), load.last_seq(connection) + 1)
        line = journal.line(
            batch.batch_id, load_seq=load_seq, schema_version=batch.schema_version, version=__version__, now=now
        )
        journal.append(settings.stage, line)
        lines[batch.batch_id] = line
    return lines[batch.batch_id]


def lines(settings: Settings) -> Lines:
    return journal.read(settings.stage)


def seal(settings: Settings, tombstones: Sequence[Tombstone]) -> Batch:
    return stage.seal(
        settings.stage,
        batch_kind=KIND,
        rows={"tombstone": tombstones},
        now=datetime.now(UTC),
        token=secrets.token_hex(4),
    )


def carry_out(
    settings: Settings, connection: Connection, batch: Batch, lines: Lines, *, is_thorough: bool = False
) -> Carried:
    """Take what an erasure batch names out of all batches and archive files, and out of raw. May be done again.

    `is_thorough`: pages that a killed crawl left in the archive, and of which no batch tells, are looked for, too.
    """
    carried = Carried()
    now = datetime.now(UTC)
    base.load_missing(settings, connection, lines)
    doom.doom(connection, batch)
    everywhere, pairs = erase.pairs(connection)

    def is_gone(source_id: str, entry_id: str) -> bool:
        return entry_id in everywhere or (source_id, entry_id) in pairs

    paths, fetch_ids = erase.pages(connection)
    unheld = list(_unheld(settings, connection, carried))
    for name in unheld:
        try:
            found = redact.pages(settings.stage, name, is_gone)
        except BatchCorrupt as error:
            carried.remains.append(f"batch {name} cannot be read, so that pages that it names may stay: {error}")
            continue
        paths |= found.paths
        fetch_ids |= found.fetch_ids
    is_page = _is_page(connection, fetch_ids, is_thorough=is_thorough)
    if is_thorough:
        paths |= _suspects(settings, connection, is_page, carried, is_early=now - batch.sealed_at < CRAWLS_FOR)
    token = batch.batch_id.rpartition("-")[2]
    moves = _rewrite_archive(settings, paths, is_page, token, carried)
    _note_rewritten(batch.folder, moves.left)
    for name in [*_in_stage(settings, connection, moves.left), *unheld]:
        _redact(settings, name, is_gone, moves, {batch.batch_id}, carried, now=now)
    # by the manifests, since a call that was killed may have rewritten them
    findings = {name: WORDLESS for name in unheld if batch.batch_id in redact.orders_of(settings.stage, name)}
    line = place(settings, connection, batch, lines, now=now)
    if findings:
        journal.reword(settings.stage, findings)
    if batch.batch_id in load.loaded(connection):
        erase.move_pages(connection, moves.places)
    else:
        erase.take_out(
            connection,
            batch,
            load_seq=line.load_seq,
            version=__version__,
            moved=moves.places,
            findings=findings,
            now=now,
        )
    base.renew(settings, connection)
    remove_rewritten(settings, batch.folder)
    counts = {"batches": len(carried.batches), "archive_files": len(carried.archive_files), "pages": carried.pages}
    event(logger, "erasure_carried_out", batch_id=batch.batch_id, load_seq=line.load_seq, **counts)
    return carried


def obey(settings: Settings, connection: Connection, batch: Batch, lines: Lines) -> Batch:
    """A batch that is about to be loaded, without what tombstones forbid; its pages' places are those of today.

    An entry that is forbidden for what its page says (its article, its author) gets a tombstone of its own, and leaves all
    that was loaded before.
    """
    if not forbid.has_tombstones(connection):
        return batch
    given = forbid.forbidden(connection, batch)
    while fresh := [one for one in given if one.is_new]:
        for order, entries in forbid.orders(connection, fresh):
            doom.also_doom(connection, [_named(one) for one in entries])
            carry_out(
                settings, connection, seal(settings, doom.tombstones(connection, order, now=datetime.now(UTC))), lines
            )
        batch = stage.open_batch(settings.stage, batch.batch_id)  # the batch itself lost rows by that
        given = forbid.forbidden(connection, batch)  # what else it brings of the same articles
    moves = _late_moves(settings, batch)
    if not given and not moves.places:
        return batch
    gone = {(one.source_id, one.entry_id) for one in given}
    found = redact.pages(settings.stage, batch.batch_id, lambda *pair: pair in gone)
    carried = Carried()
    token = secrets.token_hex(4)
    late = {moves.places[fetch_id][0] for fetch_id in found.fetch_ids & moves.places.keys()}
    shifted = _rewrite_archive(
        settings, found.paths | late, lambda member: member.record_id in found.fetch_ids, token, carried
    )
    now = datetime.now(UTC)
    # other batches first: as long as this one is not rewritten, a kill is made good by doing all of it again
    doom.also_doom(connection, [])
    for name in _in_stage(settings, connection, shifted.left):
        _redact(settings, name, lambda *_: False, shifted, (), carried, now=now)
    erase.move_pages(connection, shifted.places)
    base.renew(settings, connection)
    _unlink(settings.raw, shifted.left)
    both = _Moves(moves.places | shifted.places, [])
    _redact(settings, batch.batch_id, lambda *pair: pair in gone, both, (), carried, now=now)
    event(logger, "tombstones_obeyed", batch_id=batch.batch_id, entries=len(given), pages=carried.pages)
    return stage.open_batch(settings.stage, batch.batch_id)


def unfinished(settings: Settings) -> list[str]:
    """Erasures that published files may not have followed yet, oldest first."""
    return [
        name
        for name in stage.sealed(settings.stage)
        if f"-{KIND}-" in name and not (folder_of(settings.stage, name) / "finished.json").exists()
    ]


def sweep_archive(settings: Settings) -> None:
    """Files that were not written to their end. Only who holds the writer's lock writes these, and that is the caller."""
    for part in settings.raw.glob(f"*/*/*{shelf.SUFFIX}.part"):
        part.unlink(missing_ok=True)


def remove_rewritten(settings: Settings, folder: Path) -> None:
    """The last step in the archive: by now everything names the new files."""
    noted = folder / REWRITTEN
    if noted.exists():
        _unlink(settings.raw, json.loads(noted.read_text("utf-8")))


def _named(one: Forbidden) -> tuple[str, str, str | None, datetime | None, bool]:
    return one.source_id, one.entry_id, one.article_id, one.listed_at, one.is_everywhere


def _in_stage(settings: Settings, connection: Connection, left: Sequence[str]) -> list[str]:
    """Loaded batches that are to be written anew; of those in whose place a base stands, the base is."""
    names = erase.batches(connection, left)
    held = base.touched(settings, connection, names)
    return [name for name in names if name not in held or folder_of(settings.stage, name).exists()]


def _redact(
    settings: Settings,
    name: str,
    is_gone: redact.Gone,
    moves: _Moves,
    orders: Collection[str],
    carried: Carried,
    *,
    now: datetime,
) -> None:
    try:
        taken = redact.redact(settings.stage, name, is_gone=is_gone, moved=moves.places, orders=orders, now=now)
    except (BatchCorrupt, FileNotFoundError) as error:
        carried.remains.append(f"batch {name} cannot be read, so that it may hold what is erased: {error}")
        return
    if taken is None:
        return
    carried.batches.append(name)
    for table, count in taken.items():
        carried.rows[table] = carried.rows.get(table, 0) + count


def _unheld(settings: Settings, connection: Connection, carried: Carried) -> Iterator[str]:
    """Batches that are sealed and not in raw: quarantined, of a newer version, or not loaded yet."""
    loaded = load.loaded(connection)
    for name in stage.sealed(settings.stage):
        if name in loaded or f"-{KIND}-" in name:
            continue
        try:
            stage.open_batch(settings.stage, name)
        except BatchTooNew as error:
            carried.remains.append(str(error))
            continue
        except BatchCorrupt:
            pass  # what can be read of it is rewritten
        yield name


def _is_page(connection: Connection, fetch_ids: set[str], *, is_thorough: bool) -> "archive.Gone":
    """Whether a record is a page that goes: of a doomed fetch, or of a doomed address and of no fetch that is known."""
    urls, _ = erase.addresses(connection)
    entry_ids = {_identity(url) for url in urls} | erase.pairs(connection)[0] if is_thorough else set()
    stays: dict[str, bool] = {}

    def is_gone(member: Member) -> bool:
        record_id = member.record_id
        if record_id in fetch_ids:
            return True
        if record_id is None or not member.url or _identity(member.url) not in entry_ids:
            return False
        if record_id not in stays:
            stays[record_id] = erase.is_known_page(connection, record_id)
        return not stays[record_id]

    return is_gone


def _suspects(
    settings: Settings, connection: Connection, is_page: "archive.Gone", carried: Carried, *, is_early: bool
) -> set[str]:
    """Files of the archive, from the day on which the first of what is doomed was listed, with a page of it or a torn one.

    `is_early`: crawls that do not know of the erasure may be at work.
    """
    _, since = erase.addresses(connection)
    day = f"{since:%Y-%m-%d}" if since else ""
    found = set()
    for path in settings.raw.glob(f"*/*/*{shelf.SUFFIX}"):
        if not day or path.parent.name < day:
            continue
        name = path.relative_to(settings.raw).as_posix()
        with suppress(FileNotFoundError):  # upkeep may be at work
            if archive.is_written(path):
                if is_early:
                    _await(carried, name)
            elif any(not member.is_whole or is_page(member) for member in archive.members(path)):
                found.add(name)
    return found


def _rewrite_archive(
    settings: Settings, paths: Collection[str], is_page: "archive.Gone", token: str, carried: Carried
) -> _Moves:
    """New files without the pages that go; the old ones stay until everything names the new."""
    moves = _Moves({}, [])
    for path in sorted(paths):
        file = settings.raw / path
        if not file.exists():
            continue
        if archive.is_written(file):
            _await(carried, path)
            continue
        target = shelf.successor(path, token)
        written = archive.rewrite(file, settings.raw / target, is_gone=is_page)
        moves.places.update({record_id: (target, offset) for record_id, offset in written.offsets.items()})
        moves.left.append(path)
        carried.archive_files.append(path)
        carried.pages += written.taken_count
    return moves


def _await(carried: Carried, path: str) -> None:
    told = f"{path} is being written by a crawl: upkeep goes through it when it is closed"
    carried.is_awaited = True
    if told not in carried.remains:
        carried.remains.append(told)


def _late_moves(settings: Settings, batch: Batch) -> _Moves:
    """Where the pages of a batch are by now, whose archive file was written anew while its crawl was at work."""
    places: dict[str, redact.Place] = {}
    if batch.tables.get("fetch"):
        for path in redact.archive_paths(batch):
            if not (settings.raw / path).exists():
                for successor in shelf.successors(settings.raw, path):
                    for member in archive.members(settings.raw / successor):
                        if member.record_id and member.url:
                            places[member.record_id] = (successor, member.offset)
    return _Moves(places, [])


def _note_rewritten(folder: Path, left: Sequence[str]) -> None:
    noted = folder / REWRITTEN
    before = json.loads(noted.read_text("utf-8")) if noted.exists() else []
    part = folder / f"{REWRITTEN}.part"
    part.write_text(json.dumps(sorted({*before, *left})), "utf-8")
    sync(part)
    part.replace(noted)
    sync(folder)


def _unlink(raw: Path, paths: Sequence[str]) -> None:
    for path in paths:
        (raw / path).unlink(missing_ok=True)
    for folder in {(raw / path).parent for path in paths}:
        if folder.is_dir():
            sync(folder)


def _identity(url: str) -> str | None:
    try:
        return identity(url)
    except ValueError:
        return None
