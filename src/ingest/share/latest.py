"""`latest.sql` of an export: DuckDB views of its tables as they are, over the files that the manifest names."""

from collections.abc import Iterator

from ingest.share.columns import CSV
from ingest.share.manifest import Kind, Manifest

HEAD = """\
-- The tables of this export as they are now, over the files that manifest.json names: of each article the rows of the
-- last export that wrote it, without what was removed since. In this folder: duckdb -init latest.sql; from elsewhere
-- SET VARIABLE folder = '/path/to/export/' first. Views are of this session; run it again after each export.
"""
FILES = """
SET VARIABLE {variable} = (
  SELECT list(coalesce(getvariable('folder'), '') || file.path)
  FROM (SELECT unnest(files) AS file FROM read_json(coalesce(getvariable('folder'), '') || 'manifest.json'))
  WHERE file."table" = '{table}' AND file.kind = '{kind}'
);
"""
READ = {
    "parquet": "read_parquet(getvariable('{variable}'), hive_partitioning = false)",
    "csv": f"read_csv(getvariable('{{variable}}'), {CSV})",
    "jsonl": "read_json(getvariable('{variable}'), format = 'newline_delimited', hive_partitioning = false, "
    "maximum_object_size = 100000000)",
}
LAST = "export_number::BIGINT = max(export_number::BIGINT) OVER (PARTITION BY article_id)"


def sql(manifest: Manifest) -> str:
    return HEAD + "".join(part for table in manifest.tables for part in _view(manifest, table))


def _view(manifest: Manifest, table: str) -> Iterator[str]:
    name = table.partition(".")[2]
    is_grown = len({file.path.rpartition("-")[2] for file in manifest.of(table, "rows")}) > 1
    has_removed = bool(manifest.of(table, "removed"))
    yield _files(table, "rows", name)
    where, qualify = "", f"\nQUALIFY {LAST}" if is_grown else ""
    if has_removed:
        yield _files(table, "removed", f"{name}_removed")
        where = (
            f"\nWHERE NOT EXISTS (\n  SELECT 1 FROM {_read(manifest, f'{name}_removed')} AS removed\n"
            "  WHERE removed.article_id = written.article_id"
            " AND removed.export_number::BIGINT >= written.export_number::BIGINT\n)"
        )
    yield (
        f"CREATE OR REPLACE TEMP VIEW {name} AS\nSELECT * FROM {_read(manifest, name)} AS written{where}{qualify};\n"
    )


def _files(table: str, kind: Kind, variable: str) -> str:
    return FILES.format(variable=f"{variable}_files", table=table, kind=kind)


def _read(manifest: Manifest, variable: str) -> str:
    return READ[manifest.form].format(variable=f"{variable}_files")
