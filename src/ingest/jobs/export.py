"""Export: tables of the published warehouse into a folder of files. What is in them, and how, is the room `share`'s."""

import json
import logging
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.errors import InputError
from ingest.log import event
from ingest.settings import Settings
from ingest.share import erase, manifest
from ingest.share.export import Snapshot, Wanted, write
from ingest.share.manifest import Form
from ingest.warehouse.faults import told_plainly
from ingest.warehouse.read import query, reader

logger = logging.getLogger(__name__)
DEFAULT_TABLES = ("mart.article",)
TABLES = """
SELECT 'mart.' || name FROM (
  SELECT view_name AS name FROM duckdb_views() WHERE schema_name = 'mart'
  UNION ALL
  SELECT table_name FROM duckdb_tables() WHERE schema_name = 'mart'
)
"""
STATE = """
SELECT max(load_seq), arg_max(batch_id, load_seq), (SELECT max(snapshot_id) FROM mart.snapshot) FROM raw.batch
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSummary:
    """What was written by this run; `files` counts those of the whole set, `written` those that are new."""

    folder: str
    form: Form
    tables: tuple[str, ...]
    export_number: int
    through_seq: int
    written_files: int
    written_rows: int
    removed_rows: int
    written_bytes: int
    files: int

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def run(
    settings: Settings,
    folder: Path,
    *,
    form: Form | None = None,
    tables: Collection[str] = (),
    has_text: bool | None = None,
    since_change_seq: int | None = None,
    is_incremental: bool = False,
) -> ExportSummary:
    """Write, and note the folder, so that what is erased later is erased there too. Raises InputError with the remedy.

    What is not asked for is as in the folder, for an increment; else Parquet of mart.article, with texts.
    """
    with told_plainly(folder / manifest.NAME), manifest.lock(folder), reader(settings.published_file) as connection:
        before = manifest.read(folder)
        like = before if is_incremental else None
        wanted = Wanted(
            form=form or (like.form if like else "parquet"),
            tables=tuple(dict.fromkeys(tables)) or (like.tables if like else DEFAULT_TABLES),
            has_text=has_text if has_text is not None else like.has_text if like else True,
            since_change_seq=since_change_seq,
            is_incremental=is_incremental,
        )
        known = {name for (name,) in query(connection, TABLES)[1]}
        if unknown := sorted(set(wanted.tables) - known):
            raise InputError(f"no table {', '.join(unknown)} to export", f"there are {', '.join(sorted(known))}")
        ((load_seq, batch_id, snapshot_id),) = query(connection, STATE)[1]
        snapshot = Snapshot(
            through_seq=0 if load_seq is None else load_seq, through_batch_id=batch_id, snapshot_id=snapshot_id
        )
        _note(settings, folder)
        after = write(connection, folder, wanted, snapshot=snapshot, now=datetime.now(UTC))
    held = set(before.files) if before else set()
    new = [file for file in after.files if file not in held]
    summary = ExportSummary(
        folder=str(folder),
        form=after.form,
        tables=after.tables,
        export_number=after.export_number,
        through_seq=after.through_seq,
        written_files=sum(file.kind == "rows" for file in new),
        written_rows=sum(file.row_count for file in new if file.kind == "rows"),
        removed_rows=sum(file.row_count for file in new if file.kind == "removed"),
        written_bytes=sum(file.file_bytes for file in new),
        files=len(after.files),
    )
    event(
        logger, "export_written", folder=folder, through_seq=summary.through_seq, rows=summary.written_rows,
        removed=summary.removed_rows, written_bytes=summary.written_bytes,
    )  # fmt: skip
    return summary


def folders(settings: Settings) -> list[Path]:
    """Every folder that was ever exported to and still is there."""
    path = _register(settings)
    told = path.read_text("utf-8").splitlines() if path.exists() else []
    known = {Path(json.loads(line)["folder"]) for line in told if line}
    return sorted(folder for folder in known if (folder / manifest.NAME).exists())


def erase_from(folder: Path, ids: Collection[str]) -> erase.Erased:
    """Take the rows of these articles and entries out of an export's files; its next increment says they were removed."""
    with told_plainly(folder / manifest.NAME), manifest.lock(folder):
        return erase.erase(folder, ids)


def _note(settings: Settings, folder: Path) -> None:
    """Before the first file is written: a folder too many in the list does no harm."""
    line = json.dumps({"folder": str(folder.resolve())}, ensure_ascii=False)
    path = _register(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or line not in path.read_text("utf-8").splitlines():
        with path.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")


def _register(settings: Settings) -> Path:
    return settings.home / "exports.jsonl"
