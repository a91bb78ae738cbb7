"""Sealed batches: a folder of Parquet files and a manifest that is written last. The warehouse is not known here.

    stage/2026-11-22/20261122T101500123456Z-listing-3f9a1c20/poll.parquet, entry.parquet, manifest.json

A batch exists once its manifest does: files and folders are synced before it, and it arrives by an atomic rename.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import cast, get_args

import pyarrow.parquet as parquet

from ingest.durable import sync
from ingest.errors import BatchCorrupt, BatchTooNew
from ingest.records import Batch, BatchKind
from ingest.rows import Row
from ingest.stage.schema import SCHEMA_VERSION, TABLES, arrow_table

MANIFEST = "manifest.json"


def batch_id(batch_kind: str, *, now: datetime, token: str) -> str:
    """Sorts by time; `token` keeps batches of one moment apart."""
    return f"{now:%Y%m%dT%H%M%S%f}Z-{batch_kind}-{token}"


def folder_of(stage: Path, batch: str) -> Path:
    return stage / f"{batch[:4]}-{batch[4:6]}-{batch[6:8]}" / batch


def seal(
    stage: Path,
    *,
    batch_kind: BatchKind,
    rows: Mapping[str, Sequence[Row]],
    now: datetime,
    token: str,
) -> Batch:
    """Write rows by table name; after the return, a crash of any kind finds the batch whole."""
    folder = folder_of(stage, batch_id(batch_kind, now=now, token=token))
    folder.mkdir(parents=True)
    files = {}
    for name, record in TABLES.items():
        if given := rows.get(name):
            path = folder / f"{name}.parquet"
            parquet.write_table(arrow_table(record, given), path, compression="zstd")
            sync(path)
            files[name] = {"row_count": len(given), "file_bytes": path.stat().st_size, "file_hash": digest(path)}
    manifest = {
        "batch_id": folder.name,
        "batch_kind": batch_kind,
        "sealed_at": now.isoformat(),
        "schema_version": SCHEMA_VERSION,
        "tables": files,
    }
    unsealed = folder / f"{MANIFEST}.part"
    unsealed.write_text(json.dumps(manifest, indent=1), "utf-8")
    sync(unsealed)
    sync(folder.parent.parent)
    sync(folder.parent)
    unsealed.replace(folder / MANIFEST)
    sync(folder)
    return _batch(folder, manifest)


def sealed(stage: Path) -> Iterator[str]:
    """Ids of all sealed batches, oldest first; folders without a manifest are a killed task's leavings."""
    for manifest in sorted(stage.glob(f"[0-9]*/*/{MANIFEST}"), key=lambda path: path.parent.name):
        yield manifest.parent.name


def open_batch(stage: Path, batch: str, *, tables: Collection[str] = TABLES) -> Batch:
    """The batch, the files of `tables` held against their checksums.

    BatchCorrupt names the file and what is wrong with it; BatchTooNew: a newer version sealed it, and can load it.
    An error of the file system that may pass (permission, too many open files) flies as it is.
    """
    folder = folder_of(stage, batch)
    while True:
        text = ""
        try:
            text = (folder / MANIFEST).read_text("utf-8")
            return _opened(folder, text, tables)
        except FileNotFoundError as error:
            raise BatchCorrupt(f"{folder / MANIFEST} cannot be read: {error}") from error
        except BatchCorrupt:
            if text == (folder / MANIFEST).read_text("utf-8"):
                raise  # or else rows were taken out of it at this moment (redact.py): look again


def _opened(folder: Path, text: str, tables: Collection[str]) -> Batch:
    try:
        manifest = json.loads(text)
        opened = _batch(folder, manifest)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BatchCorrupt(f"{folder / MANIFEST} cannot be read: {error}") from error
    if opened.schema_version > SCHEMA_VERSION:
        raise BatchTooNew(
            f"{folder}: schema version {opened.schema_version} is newer than our {SCHEMA_VERSION}",
            "upgrade this program; the batch waits",
        )
    for name, told in manifest["tables"].items():
        if name not in tables and name in TABLES:
            continue
        path = folder / f"{name}.parquet"
        if name not in TABLES:
            raise BatchCorrupt(f"{path}: {name!r} is no table of schema version {opened.schema_version}")
        if not path.exists():
            raise BatchCorrupt(f"{path} is missing")
        vouched = [told, told["was"]] if "was" in told else [told]  # while rows are taken out of it, both may be met
        found = {"file_bytes": path.stat().st_size, "file_hash": digest(path)}
        if all(found != {key: one[key] for key in found} for one in vouched):
            raise BatchCorrupt(
                f"{path} is not what was sealed: {found['file_bytes']} bytes now, {told['file_bytes']} then"
            )
    return opened


def _batch(folder: Path, manifest: Mapping[str, object]) -> Batch:
    tables = manifest["tables"]
    kind = manifest["batch_kind"]
    version = manifest["schema_version"]
    if not isinstance(tables, dict) or kind not in get_args(BatchKind) or not isinstance(version, int):
        raise ValueError("not a manifest of a batch")
    return Batch(
        batch_id=folder.name,
        batch_kind=cast(BatchKind, kind),
        sealed_at=datetime.fromisoformat(str(manifest["sealed_at"])),
        schema_version=version,
        folder=folder,
        tables={name: int(told["row_count"]) for name, told in tables.items()},
    )


def digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
