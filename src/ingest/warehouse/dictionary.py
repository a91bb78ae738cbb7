"""The data dictionary of warehouse/README.md, written from the comments that the warehouse itself carries."""

from itertools import groupby
from pathlib import Path

import duckdb

BEGIN, END = "<!-- dictionary: written by `make docs` -->", "<!-- end of dictionary -->"
COLUMNS = """
SELECT columns.schema_name || '.' || columns.table_name, tables.comment, column_name, data_type, columns.comment
FROM duckdb_columns() AS columns
JOIN (
  SELECT schema_name, table_name, comment FROM duckdb_tables()
  UNION ALL
  SELECT schema_name, view_name, comment FROM duckdb_views()
) AS tables USING (schema_name, table_name)
WHERE schema_name IN ('mart', 'core')
ORDER BY schema_name = 'core', table_name, column_index
"""


def dictionary(connection: duckdb.DuckDBPyConnection) -> str:
    """Markdown: one table a mart and core table, what a row is on top."""
    rows = connection.execute(COLUMNS).fetchall()
    parts = []
    for (table, says), columns in groupby(rows, key=lambda row: row[:2]):
        lines = [f"| `{name}` | {kind} | {comment} |" for _, _, name, kind, comment in columns]
        parts.append("\n".join([f"### {table}", "", says, "", "| column | type | meaning |", "|---|---|---|", *lines]))
    return "\n\n".join(parts)


def written(readme: str, text: str) -> str:
    """The README with the dictionary between its two marks replaced."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


if __name__ == "__main__":
    from datetime import UTC, datetime

    from ingest.warehouse.build import build
    from ingest.warehouse.sql import root
    from ingest.warehouse.writer import migrate, prepare

    with duckdb.connect() as memory:
        prepare(memory)
        migrate(memory, now=datetime.now(UTC))
        build(memory, story_batch=1)
        readme_file: Path = root() / "README.md"
        readme_file.write_text(written(readme_file.read_text("utf-8"), dictionary(memory)), "utf-8")
