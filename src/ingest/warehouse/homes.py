"""Whose articles entries are, and who listed or fetched which, as temp tables. What is to be erased of them is doom.py's."""

from collections.abc import Collection, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from ingest.rules.url import as_found, identity, is_home

Connection = duckdb.DuckDBPyConnection
# An article's entries, as core has them: touched.sql decides which address is which article's
HOMES = """
INSERT INTO home
SELECT entry_id, any_value(article_id) AS article_id
FROM core.verdict
WHERE article_id IS NOT NULL
GROUP BY entry_id
"""
# what pages named as their article's address
CLAIMED = """(
  SELECT entry_id, article_id, load_seq, fetched_at, fetch_id FROM raw.extraction
  UNION ALL
  SELECT entry_id, article_id, load_seq, fetched_at, fetch_id FROM raw.superseded WHERE article_id IS NOT NULL
)"""
# of what is loaded and not built yet: what its first page named
UNBUILT = f"""
INSERT INTO home
SELECT entry_id, first(article_id ORDER BY load_seq, fetched_at, fetch_id)
FROM {CLAIMED} AS claimed
ANTI JOIN home USING (entry_id)
GROUP BY entry_id
"""
LISTED = """
CREATE OR REPLACE TEMP TABLE known AS
SELECT source_id, entry_id, min(listed_at) AS listed_at, max(listed_at) AS last_at, bool_or(is_fetched) AS is_fetched
FROM (
  SELECT source_id, entry_id, listed_at, false AS is_fetched FROM raw.entry
  UNION ALL
  SELECT source_id, entry_id, fetched_at, true FROM raw.fetch
)
GROUP BY source_id, entry_id
"""
# addresses that pages of what is doomed named or were redirected to, and that have no article of their own
NAMED_BY_DOOMED = f"""(
  SELECT address_id
  FROM (
    SELECT article_id AS address_id FROM {CLAIMED} AS claimed
    WHERE entry_id IN (SELECT entry_id FROM doomed WHERE is_everywhere)
    UNION
    SELECT address_id::UUID FROM landing
  ) AS named
  WHERE address_id NOT IN (SELECT entry_id FROM home) AND address_id NOT IN (SELECT article_id FROM home)
)"""


def find(connection: Connection) -> None:
    """`home` and `known`: entries' articles, and who listed or fetched which entry."""
    connection.execute("CREATE OR REPLACE TEMP TABLE home (entry_id UUID, article_id UUID)")
    if connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'core' AND table_name = 'verdict'"
    ).fetchall():
        connection.execute(HOMES)
    connection.execute(UNBUILT)
    connection.execute(LISTED)


def land(connection: Connection, condition: str) -> None:
    """`landing`: entries, and ids of the addresses that their pages were redirected to."""
    rows = connection.execute(
        "SELECT DISTINCT entry_id::VARCHAR, final_url FROM raw.fetch"
        f" WHERE outcome = 'ok' AND final_url <> url AND {condition}"
    ).fetchall()
    landed = [(entry_id, identity(url)) for entry_id, url in rows if as_found(url) and not is_home(url)]
    register(connection, "landing", (("entry_id", pa.string()), ("address_id", pa.string())), landed)


def homes(connection: Connection, entry_ids: Collection[str]) -> dict[str, str]:
    """The articles of those of these entries that are known to have one, as core has it."""
    find(connection)
    register(connection, "asked_entry", (("entry_id", pa.string()),), [(entry_id,) for entry_id in entry_ids])
    return dict(
        connection.execute(
            "SELECT entry_id::VARCHAR, article_id::VARCHAR FROM home"
            " WHERE entry_id IN (SELECT entry_id::UUID FROM asked_entry)"
        ).fetchall()
    )


def is_built(connection: Connection) -> bool:
    return bool(connection.execute("FROM raw.build LIMIT 1").fetchall())


def register(
    connection: Connection, name: str, columns: Sequence[tuple[str, Any]], rows: Sequence[tuple[Any, ...]]
) -> None:
    schema = pa.schema(list(columns))
    arrays = [pa.array([row[at] for row in rows], field.type) for at, field in enumerate(schema)]
    connection.register(name, pa.Table.from_arrays(arrays, schema=schema))
