"""Tables of the published warehouse as Parquet, CSV or JSON lines, whole or only what changed. Who asks for it is elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from ingest import __version__
from ingest.errors import InputError
from ingest.share import columns, latest, manifest
from ingest.share.manifest import FORMAT_VERSION, File, Form, Kind, Manifest

Connection = duckdb.DuckDBPyConnection


class Keyed(NamedTuple):
    """A table that increments hold in part: rows are replaced by their key, and Parquet lies in months of a moment.

    `gone`: the keys that are in it no longer, with the `change_seq` since when.
    """

    key: str
    month_of: str
    gone: str


ERASED = "SELECT article_id, load_seq AS change_seq FROM raw.tombstone WHERE article_id IS NOT NULL"
HELD = "SELECT article_id, change_seq FROM mart.quarantined_article"
KEYED = {
    "mart.article": Keyed(key="article_id", month_of="published_at", gone=f"{ERASED} UNION ALL {HELD}"),
    "mart.revision": Keyed(key="article_id", month_of="first_seen_at", gone=ERASED),
}
# A row group of 20,480 articles is about 80 MB before compression, and each thread holds one
WRITTEN: dict[Form, str] = {
    "parquet": "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480",
    "csv": "FORMAT csv, HEADER true",
    "jsonl": "FORMAT json",
}
MEMORY_LIMIT = "2GB"  # what does not fit spills into the export's folder
# Some columns change with no batch: a story is joined through others' links, a catalogue gives a source another name.
# So what has changed is told by a hash of the row; the text is in it as its content_hash.
STATE = """
CREATE OR REPLACE TEMP TABLE current_row AS
SELECT {key}::VARCHAR AS key, bit_xor(hash(*COLUMNS(* EXCLUDE ({texts})))) AS row_hash FROM {table} GROUP BY ALL
"""
CHANGED = """
CREATE OR REPLACE TEMP TABLE changed AS
SELECT current_row.key::UUID AS key FROM current_row LEFT JOIN known_row USING (key)
WHERE known_row.row_hash IS DISTINCT FROM current_row.row_hash
"""
REMOVED = "SELECT key AS {key}, {number}::BIGINT AS export_number FROM known_row ANTI JOIN current_row USING (key)"
TOMBSTONES = """
SELECT DISTINCT {key}::VARCHAR AS {key}, {number}::BIGINT AS export_number FROM ({gone}) WHERE change_seq > {since}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for. `since_change_seq`: a slice of what changed after it; `is_incremental`: what changed since the
    folder's last export."""

    form: Form
    tables: tuple[str, ...]
    has_text: bool
    since_change_seq: int | None
    is_incremental: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Which state of the warehouse is read."""

    through_seq: int
    through_batch_id: str | None
    snapshot_id: str | None


def write(connection: Connection, folder: Path, wanted: Wanted, *, snapshot: Snapshot, now: datetime) -> Manifest:
    """Export into the folder, locked by the caller; the new manifest is the last thing written, the old files go then."""
    before = manifest.read(folder)
    manifest.sweep(folder, before)
    if before and wanted.is_incremental:
        _must_follow(connection, before, wanted, snapshot, folder)
    if before and wanted.since_change_seq is not None:
        raise InputError(f"{folder} holds an export already", "export a slice to a folder of its own")
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'; SET preserve_insertion_order = false")
    connection.execute("SET temp_directory = $folder", {"folder": str(folder / manifest.SPILL)})
    set_ = _Set(connection, folder, wanted, before, snapshot)
    files = [file for table in wanted.tables for file in set_.export(table)]
    written = Manifest(
        format_version=FORMAT_VERSION,
        form=wanted.form,
        has_text=wanted.has_text,
        tables=wanted.tables,
        export_number=set_.number,
        since_change_seq=-1 if wanted.since_change_seq is None else wanted.since_change_seq,
        through_seq=snapshot.through_seq,
        through_batch_id=snapshot.through_batch_id,
        snapshot_id=snapshot.snapshot_id,
        written_at=now.isoformat(),
        version=__version__,
        files=tuple(files),
    )
    manifest.seal(folder, written, latest_sql=latest.sql(written))
    return written


class _Set:
    """The files of one export, numbered as they are written."""

    def __init__(
        self, connection: Connection, folder: Path, wanted: Wanted, before: Manifest | None, snapshot: Snapshot
    ) -> None:
        self.number = before.export_number + 1 if before else 1
        self._before = before if wanted.is_incremental else None
        self._connection = connection
        self._folder = folder
        self._wanted = wanted
        self._snapshot = snapshot

    def export(self, table: str) -> list[File]:
        keyed = KEYED.get(table)
        if keyed is None or self._wanted.since_change_seq is not None:
            return [*self._slice(table, keyed), *(self._tombstones(table, keyed) if keyed else [])]
        texts = columns.TEXTS & {name for name, _ in self._columns(table)}
        self._connection.execute(STATE.format(key=keyed.key, table=table, texts=", ".join(sorted(texts))))
        self._know(table)
        self._connection.execute(CHANGED)
        kept = [*self._before.of(table, "rows"), *self._before.of(table, "removed")] if self._before else []
        rows = self._rows(table, f"{keyed.key} IN (SELECT key FROM changed)", month_of=keyed.month_of)
        removed = self._copy(REMOVED.format(key=keyed.key, number=self.number), table, "removed", "removed")
        state = self._copy("FROM current_row", table, "state", "state", form="parquet")
        return [*kept, *(file for file in rows if file.row_count or not kept), *_filled(removed), state]

    def _know(self, table: str) -> None:
        """What the last export held, by key."""
        paths = [str(self._folder / file.path) for file in self._before.of(table, "state")] if self._before else []
        known = "read_parquet($paths)" if paths else "current_row WHERE false"
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE known_row AS SELECT key, row_hash FROM {known}",
            {"paths": paths} if paths else None,
        )

    def _slice(self, table: str, keyed: Keyed | None) -> list[File]:
        since = self._wanted.since_change_seq
        where = "true"
        if since is not None and "change_seq" in {name for name, _ in self._columns(table)}:
            where = f"change_seq > {since}"
        elif since is not None and keyed:
            where = f"{keyed.key} IN (SELECT article_id FROM mart.article WHERE change_seq > {since})"
        return self._rows(table, where, month_of=keyed.month_of if keyed else None)

    def _tombstones(self, table: str, keyed: Keyed) -> list[File]:
        """Who keeps slices keeps no state here: what was erased or held back since is told by the warehouse itself."""
        since = self._wanted.since_change_seq
        query = TOMBSTONES.format(key=keyed.key, gone=keyed.gone, number=self.number, since=since)
        return _filled(self._copy(query, table, "removed", "removed"))

    def _rows(self, table: str, where: str, *, month_of: str | None) -> list[File]:
        """A file a month in Parquet, else one file; an empty one where there is nothing, so that every table has its columns."""
        written = columns.expressions(self._columns(table), self._wanted.form, has_text=self._wanted.has_text)
        query = f"SELECT {', '.join(written)}, {self.number}::BIGINT AS export_number FROM {table} WHERE {where}"
        name = table.partition(".")[2]
        if month_of is None or self._wanted.form != "parquet":
            return [self._copy(query, table, "rows", name)]
        months = self._connection.execute(
            f"SELECT date_trunc('month', {month_of} AT TIME ZONE 'UTC')::DATE AS month FROM {table} WHERE {where}"
            " GROUP BY month ORDER BY month"
        ).fetchall()
        return [
            self._copy(
                f"{query} AND {month_of} >= '{month} 00:00:00+00'::TIMESTAMPTZ"
                f" AND {month_of} < ('{month}'::TIMESTAMP + INTERVAL 1 MONTH) AT TIME ZONE 'UTC'",
                table, "rows", f"{name}/{month_of.removesuffix('_at')}_month={month:%Y-%m}",
            )
            for (month,) in months
        ] or [self._copy(query, table, "rows", name)]  # fmt: skip

    def _copy(self, query: str, table: str, kind: Kind, under: str, *, form: Form | None = None) -> File:
        form = form or self._wanted.form
        path = self._folder / under / f"{'part' if kind == 'rows' else f'{kind}-{table}'}-{self.number:05}.{form}"
        row_count = 0

        def copied(unfinished: Path) -> None:
            nonlocal row_count
            quoted = str(unfinished).replace("'", "''")
            ((row_count,),) = self._connection.execute(f"COPY ({query}) TO '{quoted}' ({WRITTEN[form]})").fetchall()

        manifest.whole(path, copied)
        return manifest.file_of(self._folder, path, table=table, kind=kind, row_count=row_count)

    def _columns(self, table: str) -> list[tuple[str, str]]:
        return [(name, kind) for name, kind, *_ in self._connection.execute(f"DESCRIBE {table}").fetchall()]


def _filled(file: File) -> list[File]:
    return [file] if file.row_count else []


def _must_follow(connection: Connection, before: Manifest, wanted: Wanted, snapshot: Snapshot, folder: Path) -> None:
    """Raise InputError where an increment would not go with what the folder holds."""
    whole = "export once without --incremental"
    if before.since_change_seq >= 0:
        raise InputError(f"{folder} holds a slice, to which nothing can be added", whole)
    if (before.form, before.tables, before.has_text) != (wanted.form, wanted.tables, wanted.has_text):
        raise InputError(
            f"{folder} holds {', '.join(before.tables)} as {before.form} {'with' if before.has_text else 'without'} texts",
            f"ask for the same, or {whole}",
        )
    held = connection.execute(
        "SELECT batch_id FROM raw.batch WHERE load_seq = $seq", {"seq": before.through_seq}
    ).fetchall()
    if before.through_seq > snapshot.through_seq or held != [(before.through_batch_id,)]:
        raise InputError(f"{folder} was not exported from an earlier state of this warehouse", whole)
