"""Looks at a warehouse that tests compare: all core and mart tables, as sorted rows."""

from pathlib import Path

import duckdb

from ingest.settings import Settings
from ingest.warehouse.read import reader

# when a batch was loaded is the one thing that a replay may change, and no model reads it
TABLES = (
    "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_schema IN ('core', 'mart')"
)


def tables(file: Path) -> dict[str, list[str]]:
    """Every row of every core and mart table or view, as text, in an order of its own."""
    with duckdb.connect(str(file), read_only=True) as connection:
        names = [name for (name,) in connection.execute(TABLES).fetchall()]
        return {
            name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}").fetchall())) for name in sorted(names)
        }


def ask(settings: Settings, sql: str) -> list[tuple]:
    """Rows of a query on the published copy."""
    with reader(settings.published_file) as connection:
        return connection.execute(sql).fetchall()
