"""Backup and restore: all that cannot be made again, mirrored to a folder beside running crawls and loads, and brought back.

That is the batches with their journal, the raw archive, and the published warehouse, so that a restore need not make it anew.
Airflow's own database, the catalogue and files of access are not ours to keep.
"""

import json
import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest import __version__
from ingest.durable import put_in_place
from ingest.errors import InputError, WriterBusy
from ingest.jobs import load, publish
from ingest.log import Progress, event, unwatched
from ingest.settings import Settings
from ingest.stage.batch import MANIFEST
from ingest.warehouse import writer
from ingest.warehouse.faults import told_plainly

logger = logging.getLogger(__name__)
MARKER = "backup.json"
# In this order, which the live home keeps too: what a later one names is in an earlier one's file already. A published
# warehouse holds batches of the journal, and a batch pages of the archive, so that each is mirrored after who names it.
PUBLISHED = "warehouse/news.duckdb"
MIRRORED = ("stage", "raw")
EXPORTS = "exports.jsonl"  # folders that an erasure must reach (export.py)
LOCK_WAIT_S = 900.0  # a load of a day's batches takes minutes
LOOK_EVERY_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSummary:
    """What this call copied and removed, and what the backup holds now."""

    copied_files: int
    copied_bytes: int
    removed_files: int
    file_count: int
    file_bytes: int

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(slots=True)
class _Copied:
    files: int = 0
    file_bytes: int = 0


def run(settings: Settings, folder: Path, *, now: datetime | None = None, wait_s: float = LOCK_WAIT_S) -> BackupSummary:
    """Bring `folder` up to the home: first what is new, beside all work; then the rest and what is gone, under the writer's lock.

    The lock keeps loads, erasures and upkeep out for the seconds of the second pass; crawls go on. What the home no longer has
    leaves the backup too: so do erased items. Raises InputError for a folder that is no backup, DiskFull, and WriterBusy after
    `wait_s`.
    """
    at = now or datetime.now(UTC)
    _must_be_ours(settings, folder)
    copied = _Copied()
    with told_plainly(folder / MARKER):
        _mark(folder, at, finished_at=None)
        _mirror(settings.home / PUBLISHED, folder / PUBLISHED, copied)
        _bring(settings, folder, copied)
        with _lock(settings, wait_s):
            _bring(settings, folder, copied)
            removed_files = sum(_clear(settings.home / name, folder / name) for name in MIRRORED)
        os.sync()
        _mark(folder, at, finished_at=datetime.now(UTC))
    held = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    summary = BackupSummary(
        copied_files=copied.files,
        copied_bytes=copied.file_bytes,
        removed_files=removed_files,
        file_count=len(held),
        file_bytes=sum(held),
    )
    event(logger, "backup_finished", folder=folder, **asdict(summary))
    return summary


def restore(
    settings: Settings, folder: Path, *, is_replayed: bool = False, progress: Progress = unwatched
) -> dict[str, Any]:
    """Fill an empty home from a backup, load what its warehouse had not, check and publish; returns both steps' accounts.

    `is_replayed`: make the warehouse anew from the batches. Raises InputError where the home has anything, or there is no backup.
    """
    told = _marker(folder)
    if told is None:
        raise InputError(f"{folder} holds no backup: there is no {MARKER}", "name the folder of `ingest backup`")
    for name in (*MIRRORED, "warehouse"):
        if any((settings.home / name).glob("*")):
            raise InputError(
                f"{settings.home / name} is not empty, and a restore overwrites nothing",
                "move it away, or set INGEST_HOME to an empty folder",
            )
    if told["finished_at"] is None:
        event(logger, "backup_unfinished", logging.WARNING, folder=folder, begun_at=told["begun_at"])
    copied = _Copied()
    with told_plainly(settings.writer_file):
        for name in (*MIRRORED, EXPORTS):
            _mirror(folder / name, settings.home / name, copied)
        if not is_replayed and (folder / PUBLISHED).exists():
            _mirror(folder / PUBLISHED, settings.writer_file, copied)  # it is the writer's file as it was then
            _mirror(folder / PUBLISHED, settings.published_file, copied)
        event(logger, "backup_copied", folder=folder, files=copied.files, file_bytes=copied.file_bytes)
        return {"load": load.run(settings, progress=progress), "publish": publish.run(settings)}


def _bring(settings: Settings, folder: Path, copied: _Copied) -> None:
    for name in (*MIRRORED, EXPORTS):
        _mirror(settings.home / name, folder / name, copied)


def _mirror(source: Path, target: Path, copied: _Copied) -> None:
    """Copy the file, or all files below, that `target` has not as they are now. What vanishes meanwhile is passed over."""
    for file in _files(source):
        made = target / file.relative_to(source)
        with suppress(FileNotFoundError):
            if not _is_same(file, made):
                made.parent.mkdir(parents=True, exist_ok=True)
                copied.file_bytes += _copy(file, made)
                copied.files += 1


def _files(place: Path) -> Iterator[Path]:
    """A folder's manifest is its last file, so that a copy that ends half-way is not sealed."""
    if place.is_file():
        yield place
    for folder, folders, names in os.walk(place):
        folders.sort()
        for name in sorted(names, key=lambda name: (name == MANIFEST, name)):
            if not name.endswith(".part"):
                yield Path(folder, name)


def _is_same(file: Path, made: Path) -> bool:
    if not made.exists():
        return False
    given, found = file.stat(), made.stat()
    return (given.st_size, given.st_mtime_ns) == (found.st_size, found.st_mtime_ns)


def _copy(file: Path, made: Path) -> int:
    """A file that grows is copied as far as it is, and again by the next call: its time is read before its bytes."""
    part = made.with_name(f"{made.name}.part")
    with file.open("rb") as given, part.open("wb") as written:
        then = os.fstat(given.fileno())
        shutil.copyfileobj(given, written, 1 << 20)
        size_bytes = written.tell()
    os.utime(part, ns=(then.st_atime_ns, then.st_mtime_ns))
    part.replace(made)
    return size_bytes


def _clear(source: Path, target: Path) -> int:
    """Remove what the home has no longer, and what a killed backup left; returns how many files."""
    gone = 0
    for folder, _, names in os.walk(target, topdown=False):
        there = source / Path(folder).relative_to(target)
        for name in names:
            if not (there / name).exists():
                Path(folder, name).unlink()
                gone += 1
        if not there.exists():
            Path(folder).rmdir()
    return gone


@contextmanager
def _lock(settings: Settings, wait_s: float) -> Iterator[None]:
    ends_s = time.monotonic() + wait_s
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(writer.lock(settings.writer_file))
                break
            except WriterBusy:
                if time.monotonic() > ends_s:
                    raise
                time.sleep(LOOK_EVERY_S)
        yield


def _must_be_ours(settings: Settings, folder: Path) -> None:
    if not settings.stage.is_dir():
        raise InputError(
            f"{settings.home} has nothing to back up", "set INGEST_HOME to the folder of the system's files"
        )
    if settings.home.resolve() in (folder.resolve(), *folder.resolve().parents):
        raise InputError(
            f"{folder} lies in {settings.home}, and would be lost with it", "name a folder on another disk"
        )
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and _marker(folder) is None)):
        raise InputError(
            f"{folder} holds something else than a backup, and what a backup does not know it removes",
            "name a new or empty folder, or that of an earlier backup",
        )


def _marker(folder: Path) -> dict[str, Any] | None:
    with suppress(FileNotFoundError, ValueError):
        found: dict[str, Any] = json.loads((folder / MARKER).read_text("utf-8"))
        return found
    return None


def _mark(folder: Path, begun_at: datetime, *, finished_at: datetime | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "begun_at": begun_at.isoformat(),
        "finished_at": finished_at and finished_at.isoformat(),
        "ingest_version": __version__,
    }
    part = folder / f"{MARKER}.part"
    part.write_text(json.dumps(told, indent=1), "utf-8")
    put_in_place(part, folder / MARKER)
