"""Taking rows out of an export that was written before they were erased. Who decides that is elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import duckdb

from ingest.share import latest, manifest
from ingest.share.columns import CSV
from ingest.share.export import WRITTEN
from ingest.share.manifest import File, Form

# columns by which a row is an article's or an item's, or has its words
HOLDERS = ("article_id", "first_article_id", "like_article_id", "entry_id")
LONG_LINES = "maximum_object_size = 100000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What became of an export: files written anew, and rows that are in none of them any more."""

    file_count: int
    row_count: int


def erase(folder: Path, ids: Collection[str]) -> Erased:
    """Write every file anew that has a row of these articles or entries, without those rows; the caller holds the lock.

    A killed call leaves the files of before or those of after, and is called again. What the next increment compares
    with keeps the ids, so that it tells its readers that they were removed.
    """
    before = manifest.read(folder)
    if before is None:
        return Erased(file_count=0, row_count=0)
    manifest.sweep(folder, before)
    number = before.export_number + 1
    files = tuple(_without(folder, file, set(ids), number) if file.kind == "rows" else file for file in before.files)
    changed = [(old, new) for old, new in zip(before.files, files, strict=True) if old != new]
    after = replace(before, export_number=number, files=files) if changed else before
    manifest.seal(folder, after, latest_sql=latest.sql(after))
    return Erased(file_count=len(changed), row_count=sum(old.row_count - new.row_count for old, new in changed))


def _without(folder: Path, file: File, ids: set[str], number: int) -> File:
    path = folder / file.path
    with duckdb.connect() as connection:
        connection.execute(
            "SET enable_progress_bar = false; SET preserve_insertion_order = false; SET TimeZone = 'UTC'"
        )
        connection.execute("CREATE TABLE erased AS SELECT unnest($ids::VARCHAR[]) AS id", {"ids": sorted(ids)})
        rest = _rest(connection, path)
        ((row_count,),) = connection.execute(f"SELECT count(*) FROM ({rest})").fetchall()
        if row_count == file.row_count:
            return file
        # the number of the export that wrote the rows stays at the end of the name: latest.sql tells by it
        target = path.with_name(f"part-{number:05}-without-{path.stem.rpartition('-')[2]}{path.suffix}")
        written = WRITTEN[_form(path)]
        manifest.whole(target, lambda part: connection.execute(f"COPY ({rest}) TO {_quoted(part)} ({written})"))
    return manifest.file_of(folder, target, table=file.table, kind=file.kind, row_count=row_count)


def _rest(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    """The query of the rows that stay, every value as it is written."""
    form, quoted = _form(path), _quoted(path)
    if form == "jsonl":
        keys = f"SELECT json_keys(json) FROM read_json_objects({quoted}, format = 'newline_delimited') LIMIT 1"
        names = [name for (found,) in connection.execute(keys).fetchall() for name in found]
        typed = ", ".join(f"'{name}': 'JSON'" for name in names)
        rows = (
            f"read_json({quoted}, format = 'newline_delimited', columns = {{{typed}}}, {LONG_LINES})"
            if names
            else "erased"
        )
        value = "({} ->> '$')"
    else:
        rows = f"read_csv({quoted}, {CSV})" if form == "csv" else f"read_parquet({quoted}, hive_partitioning = false)"
        names = [name for name, *_ in connection.execute(f"DESCRIBE FROM {rows}").fetchall()]
        value = "{}"
    held = [value.format(name) for name in HOLDERS if name in names]
    stays = [f"({one} IS NULL OR {one} NOT IN (SELECT id FROM erased))" for one in held]
    return f"SELECT * FROM {rows} WHERE {' AND '.join(stays) or 'true'}"


def _form(path: Path) -> Form:
    return cast(Form, path.suffix.removeprefix("."))


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
