"""The base: one sealed folder of Parquet files that took the place of the batches before it. What is written there is elsewhere.

    stage/base/000000001234-002/extraction.parquet, ..., manifest.json    the second one through load_seq 1234

Sealed like a batch: files are synced, the manifest comes last. The latest that is sealed counts; one that it took the place of is
removed after. `stale` beside the manifest: rows left the warehouse or pages moved, and the base does not know it yet.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Any

from ingest.durable import sync
from ingest.errors import BatchCorrupt, BatchTooNew
from ingest.stage.batch import MANIFEST, digest

FOLDER, STALE = "base", "stale"
REMEDY = "restore it from a backup; where the warehouse is whole, remove the folder: `ingest upkeep` seals another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """All that raw held of `batch_count` batches up to `load_seq`; `tables`: rows by raw table."""

    folder: Path
    load_seq: int
    batch_count: int
    schema_version: int  # of the raw layer: its last migration
    file_bytes: int
    tables: Mapping[str, int]

    @property
    def files(self) -> dict[str, Path]:
        return {name: self.folder / f"{name}.parquet" for name in self.tables}

    @property
    def is_stale(self) -> bool:
        return (self.folder / STALE).exists()


def latest(stage: Path) -> Base | None:
    """The base that counts, as its manifest tells; BatchCorrupt where that cannot be read."""
    sealed = max(stage.glob(f"{FOLDER}/*/{MANIFEST}"), default=None)
    return _base(sealed.parent, _manifest(sealed)) if sealed else None


def verified(base: Base, *, schema_version: int) -> Base:
    """The same, its files held against their checksums. BatchTooNew: a newer version sealed it, and can load it."""
    if base.schema_version > schema_version:
        raise BatchTooNew(
            f"{base.folder}: its raw layer is of migration {base.schema_version}, newer than our {schema_version}",
            "upgrade this program; nothing was loaded",
        )
    for name, told in _manifest(base.folder / MANIFEST)["tables"].items():
        path = base.folder / f"{name}.parquet"
        if not path.exists() or digest(path) != told["file_hash"]:
            raise BatchCorrupt(f"{path} is {'not what was sealed' if path.exists() else 'missing'}", REMEDY)
    return base


def unsealed(stage: Path, load_seq: int) -> Path:
    """A new folder for a base through `load_seq`; what a kill left of others is removed first."""
    sweep(stage)
    found = latest(stage)
    generation = int(found.folder.name.partition("-")[2]) + 1 if found and found.load_seq == load_seq else 1
    folder = stage / FOLDER / f"{load_seq:012}-{generation:03}"
    folder.mkdir(parents=True)
    return folder


def seal(
    folder: Path, *, tables: Mapping[str, int], batch_count: int, schema_version: int, now: datetime, version: str
) -> Base:
    """Let the base count from now on, and remove the one before it. A crash of any kind finds one of them whole."""
    files = {name: folder / f"{name}.parquet" for name in tables}
    for path in files.values():
        sync(path)
    manifest = {
        "load_seq": int(folder.name.partition("-")[0]),
        "batch_count": batch_count,
        "schema_version": schema_version,
        "sealed_at": now.isoformat(),
        "ingest_version": version,
        "tables": {
            name: {"row_count": tables[name], "file_bytes": path.stat().st_size, "file_hash": digest(path)}
            for name, path in files.items()
        },
    }
    part = folder / f"{MANIFEST}.part"
    part.write_text(json.dumps(manifest, indent=1), "utf-8")
    sync(part)
    sync(folder.parent.parent)
    sync(folder.parent)
    part.replace(folder / MANIFEST)
    sync(folder)
    sweep(folder.parent.parent)
    return _base(folder, manifest)


def mark_stale(base: Base) -> None:
    (base.folder / STALE).touch()
    sync(base.folder)


def sweep(stage: Path) -> None:
    """Remove bases that another took the place of, and what killed attempts left."""
    found = latest(stage)
    for folder in stage.glob(f"{FOLDER}/*"):
        if found is None or folder != found.folder:
            _remove(folder)


def replaced(stage: Path, batch_ids: Collection[str]) -> Iterator[Path]:
    """Folders of these batches, whole or half removed."""
    return (folder for folder in stage.glob("[0-9]*/*") if folder.name in batch_ids)


def remove_batch(folder: Path) -> None:
    """The manifest goes first: what is left after a kill is no batch any more."""
    _remove(folder)
    if not any(folder.parent.iterdir()):
        folder.parent.rmdir()


def _remove(folder: Path) -> None:
    (folder / MANIFEST).unlink(missing_ok=True)
    rmtree(folder)


def _manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_text("utf-8"))
        return manifest if isinstance(manifest, dict) else {}
    except ValueError as error:
        raise BatchCorrupt(f"{path} cannot be read: {error}", REMEDY) from error


def _base(folder: Path, manifest: Mapping[str, Any]) -> Base:
    try:
        return Base(
            folder=folder,
            load_seq=manifest["load_seq"],
            batch_count=manifest["batch_count"],
            schema_version=manifest["schema_version"],
            file_bytes=sum(told["file_bytes"] for told in manifest["tables"].values()),
            tables={name: told["row_count"] for name, told in manifest["tables"].items()},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise BatchCorrupt(f"{folder / MANIFEST} is no manifest of a base: {error!r}", REMEDY) from error
