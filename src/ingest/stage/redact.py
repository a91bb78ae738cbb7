"""Redaction: rows taken out of a sealed batch, which stays sealed, under new digests and a record of it. What goes is told.

Each file is written beside and takes its name at once; the manifest comes first and vouches for both, so that a reader and a
kill find the batch whole at every moment. Files that lose all rows stay, empty.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from ingest.durable import sync
from ingest.errors import BatchCorrupt
from ingest.records import Batch
from ingest.stage.batch import MANIFEST, digest, folder_of
from ingest.stage.schema import SCHEMA_VERSION, TABLES, arrow_schema

Place = tuple[str, int]  # of a page in the archive: its file and its offset
Gone = Callable[[str, str], bool]  # (source_id, entry_id): is it erased?


class Pages(NamedTuple):
    """Files of the archive, and fetch_ids of the pages that are meant."""

    paths: set[str]
    fetch_ids: set[str]


def redact(
    stage: Path,
    batch: str,
    *,
    is_gone: Gone,
    moved: Mapping[str, Place],
    orders: Collection[str],
    now: datetime,
) -> dict[str, int] | None:
    """Take out the rows of what is gone, and give pages their new places; returns rows taken out by table.

    None where nothing changed.

    `moved`: fetch_id -> place. `orders`: ids for the record.
    Polls keep their account: what they recorded and is gone counts as erased. BatchCorrupt: a file cannot be read.
    """
    folder = folder_of(stage, batch)
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    _finish_begun(folder, manifest)
    taken: dict[str, int] = {}
    changed: dict[str, Any] = {}
    by_poll: dict[str, int] = {}
    for name in sorted(manifest["tables"], key="poll".__eq__):  # polls last: their entries tell what they lost
        table = _read(folder / f"{name}.parquet")
        if "entry_id" in table.column_names and name != "tombstone":
            keep = [not is_gone(*pair) for pair in _pairs(table)]
            kept = table.filter(pa.array(keep, pa.bool_()))
            if name == "entry":
                by_poll = _counted(table.filter(pa.array([not one for one in keep], pa.bool_())))
        else:
            kept = _recounted(table, by_poll) if name == "poll" and by_poll else table
        if name == "fetch":
            kept = _replaced(kept, moved)
        if not kept.equals(table):
            changed[name] = kept
            if lost := table.num_rows - kept.num_rows:
                taken[name] = lost
    if changed:
        _rewrite(folder, manifest, changed, taken, orders, now)
    return taken if changed else None


def orders_of(stage: Path, batch: str) -> set[str]:
    """By which orders rows were taken out of a batch before."""
    manifest = json.loads((folder_of(stage, batch) / MANIFEST).read_text("utf-8"))
    return {order for redaction in manifest.get("redactions", ()) for order in redaction["orders"]}


def pages(stage: Path, batch: str, is_gone: Gone) -> Pages:
    """The pages of what is gone, of those that a batch tells of. BatchCorrupt: it cannot be read."""
    folder = folder_of(stage, batch)
    try:
        if "fetch" not in json.loads((folder / MANIFEST).read_text("utf-8"))["tables"]:
            return Pages(set(), set())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BatchCorrupt(f"{folder / MANIFEST} cannot be read: {type(error).__name__}") from error
    table = _read(folder / "fetch.parquet")
    rows = [row for row in table.to_pylist() if is_gone(row["source_id"], row["entry_id"])]
    return Pages({row["archive_path"] for row in rows if row["archive_path"]}, {row["fetch_id"] for row in rows})


def archive_paths(batch: Batch) -> set[str]:
    """Files of the archive that a batch names."""
    column = parquet.read_table(batch.folder / "fetch.parquet", columns=["archive_path"]).column(0)
    return {path for path in column.unique().to_pylist() if path}


def _finish_begun(folder: Path, manifest: dict[str, Any]) -> None:
    """What a kill cut short after the manifest vouched for it: each part was whole and on disk by then."""
    begun = [name for name, told in manifest["tables"].items() if "was" in told]
    for name in begun:
        part = folder / f"{name}.parquet.part"
        if part.exists() and digest(part) == manifest["tables"][name]["file_hash"]:
            part.replace(folder / f"{name}.parquet")
    if begun:
        sync(folder)
        for name in begun:
            if digest(folder / f"{name}.parquet") == manifest["tables"][name]["file_hash"]:
                del manifest["tables"][name]["was"]
        _write_manifest(folder, manifest)


def _rewrite(
    folder: Path,
    manifest: dict[str, Any],
    changed: Mapping[str, Any],
    taken: Mapping[str, int],
    orders: Collection[str],
    now: datetime,
) -> None:
    tables = manifest["tables"]
    for name, table in changed.items():
        part = folder / f"{name}.parquet.part"
        parquet.write_table(table, part, compression="zstd")
        sync(part)
        # of a begun rewriting whose part is lost, the file that stands is the one of before
        was = tables[name].get("was") or {key: tables[name][key] for key in ("file_bytes", "file_hash")}
        tables[name] = {
            "row_count": table.num_rows,
            "file_bytes": part.stat().st_size,
            "file_hash": digest(part),
            "was": was,
        }
    if "poll" in changed:
        manifest["schema_version"] = max(manifest["schema_version"], SCHEMA_VERSION)
    manifest.setdefault("redactions", []).append(
        {"redacted_at": now.isoformat(), "orders": sorted(orders), "rows": dict(sorted(taken.items()))}
    )
    _write_manifest(folder, manifest)
    for name in changed:
        (folder / f"{name}.parquet.part").replace(folder / f"{name}.parquet")
    sync(folder)
    for name in changed:
        del tables[name]["was"]
    _write_manifest(folder, manifest)


def _write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    part = folder / f"{MANIFEST}.part"
    part.write_text(json.dumps(manifest, indent=1), "utf-8")
    sync(part)
    part.replace(folder / MANIFEST)
    sync(folder)


def _read(path: Path) -> Any:
    try:
        return parquet.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise BatchCorrupt(f"{path} cannot be read: {type(error).__name__}") from error


def _pairs(table: Any) -> Iterator[tuple[str, str]]:
    return zip(table.column("source_id").to_pylist(), table.column("entry_id").to_pylist(), strict=True)


def _counted(entries: Any) -> dict[str, int]:
    counts = entries.column("poll_id").value_counts()
    return {one["values"]: one["counts"] for one in counts.to_pylist()}


def _recounted(polls: Any, by_poll: Mapping[str, int]) -> Any:
    """What was recorded and is gone counts as erased; polls of the first version have no such column."""
    lost = pa.array([by_poll.get(poll_id, 0) for poll_id in polls.column("poll_id").to_pylist()], pa.int64())
    names = polls.column_names
    erased = polls.column("erased_count") if "erased_count" in names else pa.array([0] * polls.num_rows, pa.int64())
    recorded = pc.subtract(polls.column("recorded_count"), lost)
    columns = {name: polls.column(name) for name in names}
    columns |= {"recorded_count": recorded, "erased_count": pc.add(erased, lost)}
    schema = arrow_schema(TABLES["poll"])
    return pa.table({field.name: columns[field.name] for field in schema if field.name in columns}, schema)


def _replaced(fetches: Any, moved: Mapping[str, Place]) -> Any:
    fetch_ids = fetches.column("fetch_id").to_pylist()
    if not any(fetch_id in moved for fetch_id in fetch_ids):
        return fetches
    paths, offsets = (fetches.column(name).to_pylist() for name in ("archive_path", "archive_offset"))
    places = [moved.get(fetch_id, place) for fetch_id, *place in zip(fetch_ids, paths, offsets, strict=True)]
    for name, column in zip(("archive_path", "archive_offset"), zip(*places, strict=True), strict=True):
        at = fetches.schema.get_field_index(name)
        fetches = fetches.set_column(at, fetches.schema.field(at), pa.array(column, fetches.schema.field(at).type))
    return fetches
