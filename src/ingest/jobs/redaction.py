"""Redaction: batches and archive files are written anew without what is doomed. When, and by whose order, is obedience.py's."""

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import duckdb

from ingest.durable import sync
from ingest.errors import BatchCorrupt, BatchTooNew
from ingest.fetch import redact as archive
from ingest.fetch.redact import Member
from ingest.jobs import base, shelf
from ingest.records import Batch
from ingest.rules.url import identity
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.stage import redact
from ingest.stage.batch import folder_of
from ingest.warehouse import erase, load

Connection = duckdb.DuckDBPyConnection
KIND: Final = "erasure"  # of a batch of tombstones
REWRITTEN = "rewritten.json"  # in an erasure's folder: files of the archive that others took the place of


@dataclass(slots=True, kw_only=True)
class Carried:
    """What it took: rows by table, batches and files of the archive written anew, and what could not be reached and why."""

    rows: dict[str, int] = field(default_factory=dict)
    batches: list[str] = field(default_factory=list)
    archive_files: list[str] = field(default_factory=list)
    pages: int = 0
    remains: list[str] = field(default_factory=list)
    is_awaited: bool = False  # a file of the archive that may hold more is being written


class Moves(NamedTuple):
    """Pages' new places by fetch_id, and the files that they left."""

    places: dict[str, redact.Place]
    left: list[str]


def in_stage(settings: Settings, connection: Connection, left: Sequence[str]) -> list[str]:
    """Loaded batches that are to be written anew; of those in whose place a base stands, the base is."""
    names = erase.batches(connection, left)
    held = base.touched(settings, connection, names)
    return [name for name in names if name not in held or folder_of(settings.stage, name).exists()]


def unheld(settings: Settings, connection: Connection, carried: Carried) -> Iterator[str]:
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


def redact_batch(
    settings: Settings,
    name: str,
    is_gone: redact.Gone,
    moves: Moves,
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


def is_page(connection: Connection, fetch_ids: set[str], *, is_thorough: bool) -> "archive.Gone":
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


def suspects(
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


def rewrite_archive(
    settings: Settings, paths: Collection[str], is_page: "archive.Gone", token: str, carried: Carried
) -> Moves:
    """New files without the pages that go; the old ones stay until everything names the new."""
    moves = Moves({}, [])
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


def late_moves(settings: Settings, batch: Batch) -> Moves:
    """Where the pages of a batch are by now, whose archive file was written anew while its crawl was at work."""
    places: dict[str, redact.Place] = {}
    if batch.tables.get("fetch"):
        for path in redact.archive_paths(batch):
            if not (settings.raw / path).exists():
                for successor in shelf.successors(settings.raw, path):
                    for member in archive.members(settings.raw / successor):
                        if member.record_id and member.url:
                            places[member.record_id] = (successor, member.offset)
    return Moves(places, [])


def sweep_archive(settings: Settings) -> None:
    """Files that were not written to their end. Only who holds the writer's lock writes these, and that is the caller."""
    for part in settings.raw.glob(f"*/*/*{shelf.SUFFIX}.part"):
        part.unlink(missing_ok=True)


def note_rewritten(folder: Path, left: Sequence[str]) -> None:
    noted = folder / REWRITTEN
    before = json.loads(noted.read_text("utf-8")) if noted.exists() else []
    part = folder / f"{REWRITTEN}.part"
    part.write_text(json.dumps(sorted({*before, *left})), "utf-8")
    sync(part)
    part.replace(noted)
    sync(folder)


def remove_rewritten(settings: Settings, folder: Path) -> None:
    """The last step in the archive: by now everything names the new files."""
    noted = folder / REWRITTEN
    if noted.exists():
        unlink(settings.raw, json.loads(noted.read_text("utf-8")))


def unlink(raw: Path, paths: Sequence[str]) -> None:
    for path in paths:
        (raw / path).unlink(missing_ok=True)
    for folder in {(raw / path).parent for path in paths}:
        if folder.is_dir():
            sync(folder)


def _await(carried: Carried, path: str) -> None:
    told = f"{path} is being written by a crawl: upkeep goes through it when it is closed"
    carried.is_awaited = True
    if told not in carried.remains:
        carried.remains.append(told)


def _identity(url: str) -> str | None:
    try:
        return identity(url)
    except ValueError:
        return None
