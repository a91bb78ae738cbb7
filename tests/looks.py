"""Looks at a warehouse that tests compare: all core and mart tables, as sorted rows."""

from pathlib import Path

import duckdb

from ingest.settings import Settings
from ingest.warehouse.read import reader

# when a batch was loaded and published is the one thing that a replay may change, and no other model reads it
TABLES = (
    "SELECT table_schema || '.' || table_name FROM information_schema.tables"
    " WHERE table_schema IN ('core', 'mart') AND table_name <> 'snapshot'"
    " AND table_name NOT IN ('posting', 'posted', 'posting_run', 'common_term')"
)
# what search knows is numbered in the order of arrival; what it says is not
POSTINGS = """
SELECT posted.article_id, posted.source_id, language, published_at, posted.term_count, said_key, term_key, posting.term_count
FROM core.posted AS posted
LEFT JOIN core.posting AS posting USING (article_number)
"""


def tables(file: Path) -> dict[str, list[str]]:
    """Every row of every core and mart table or view, as text, in an order of its own."""
    with duckdb.connect(str(file), read_only=True) as connection:
        names = [name for (name,) in connection.execute(TABLES).fetchall()]
        looks = {"search": POSTINGS} | {name: f"SELECT * FROM {name}" for name in sorted(names)}
        return {name: sorted(map(repr, connection.execute(look).fetchall())) for name, look in looks.items()}


def ask(settings: Settings, sql: str) -> list[tuple]:
    """Rows of a query on the published copy."""
    with reader(settings.published_file) as connection:
        return connection.execute(sql).fetchall()
