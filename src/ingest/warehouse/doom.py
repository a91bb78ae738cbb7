"""What is doomed: the entries that an order to erase names, in a temp table. Nothing is taken out here.

An erased entry is a pair of source and entry; the article that it was of goes with all its entries.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from ingest.records import Batch, OrderKind
from ingest.rules.erasure import author_hashes
from ingest.warehouse.homes import CLAIMED, NAMED_BY_DOOMED, find, land, register
from ingest.warehouse.tombstone import Order

Connection = duckdb.DuckDBPyConnection
CREDITED = ("entry", "extraction", "rejection")
EXPIRED_AT_ONCE = 10_000  # articles of a source; the rest goes the day after
LIKE_COPIES = ("exact", "near")
# entries whose pages named the address, or were redirected to it
ADDRESSED = f"""
SELECT entry_id FROM {CLAIMED} AS claimed WHERE article_id = $entry_id::UUID
UNION
SELECT entry_id::UUID FROM landing WHERE address_id = $entry_id
"""
# what was listed by such an address and never read
LISTED_SO = f"""
INSERT INTO doomed
SELECT source_id, entry_id, NULL, listed_at, true
FROM known
WHERE entry_id IN {NAMED_BY_DOOMED}
  AND source_id IN (SELECT source_id FROM doomed) AND entry_id NOT IN (SELECT entry_id FROM doomed)
"""
# What an order names: entries, and articles with all their entries. Each a SELECT of entry_id, or of article_id.
NAMED_ENTRIES: dict[OrderKind, str] = {
    "url": f"{ADDRESSED} UNION SELECT $entry_id::UUID",
    "article": "SELECT $entry_id::UUID",
    "source": "SELECT entry_id FROM known WHERE source_id = $source_id AND entry_id NOT IN (SELECT entry_id FROM home)",
    "author": "SELECT entry_id FROM credited",
    "expired": "SELECT entry_id FROM known WHERE source_id = $source_id AND entry_id NOT IN (SELECT entry_id FROM home)"
    " AND entry_id NOT IN (SELECT entry_id FROM known WHERE last_at >= $before OR source_id <> $source_id)",
}
# an article's source is that of its first page, as in core.origin
OF_SOURCE = """
SELECT page.article_id
FROM core.verdict AS page
WHERE page.article_id IS NOT NULL
GROUP BY page.article_id
HAVING first(page.source_id ORDER BY page.captured_seq, page.fetched_at, page.fetch_id) = $source_id
"""
NAMED_ARTICLES: dict[OrderKind, str] = {
    "url": f"SELECT article_id FROM home WHERE entry_id = $entry_id::UUID OR entry_id IN ({ADDRESSED})"
    " UNION SELECT $entry_id::UUID",
    "article": "SELECT $entry_id::UUID",
    "source": OF_SOURCE,
    "author": "SELECT article_id FROM home WHERE entry_id IN (SELECT entry_id FROM credited)",
    "expired": f"{OF_SOURCE} AND max(page.fetched_at) < $before ORDER BY max(page.fetched_at) LIMIT {EXPIRED_AT_ONCE}",
}
COPIES_OF = f"""
SELECT DISTINCT other.article_id
FROM core.likeness AS likeness
JOIN core.story_article AS one ON one.article_key IN (likeness.article_key, likeness.other_article_key)
JOIN core.story_article AS other
  ON other.article_key = CASE WHEN likeness.article_key = one.article_key THEN likeness.other_article_key
    ELSE likeness.article_key END
WHERE likeness.likeness_kind IN {LIKE_COPIES} AND one.article_id IN (SELECT article_id FROM named)
"""
# Of a source's order, entries of another source's article go from this source alone
CHOSEN = """
CREATE OR REPLACE TEMP TABLE doomed AS
SELECT known.source_id, known.entry_id, home.article_id, known.listed_at, true AS is_everywhere
FROM known
LEFT JOIN home USING (entry_id)
WHERE home.article_id IN (SELECT article_id FROM named) OR known.entry_id IN (SELECT entry_id FROM named_entry)
UNION ALL
SELECT known.source_id, known.entry_id, NULL, known.listed_at, false
FROM known
JOIN home USING (entry_id)
WHERE $kind = 'source' AND known.source_id = $source_id AND home.article_id NOT IN (SELECT article_id FROM named)
"""
# an article goes with all its entries
WITH_HOME = """
INSERT INTO doomed
SELECT known.source_id, known.entry_id, home.article_id, known.listed_at, true
FROM known
JOIN home USING (entry_id)
WHERE home.article_id IN (SELECT article_id FROM doomed WHERE is_everywhere AND article_id IS NOT NULL)
  AND (known.source_id, known.entry_id) NOT IN (SELECT (source_id, entry_id) FROM doomed)
"""
# who else listed or fetched what is doomed wherever it is listed
OTHERS = """
INSERT INTO doomed
SELECT source_id, entry_id, any_value(named.article_id), min(told.listed_at), true
FROM (
  SELECT source_id, entry_id, listed_at FROM raw.entry
  UNION ALL
  SELECT source_id, entry_id, fetched_at FROM raw.fetch
) AS told
JOIN (SELECT entry_id, any_value(article_id) AS article_id FROM doomed WHERE is_everywhere GROUP BY entry_id) AS named
  USING (entry_id)
WHERE (source_id, entry_id) NOT IN (SELECT (source_id, entry_id) FROM doomed)
GROUP BY source_id, entry_id
"""
FIRST_LISTED = """
UPDATE doomed SET listed_at = least(doomed.listed_at, told.listed_at)
FROM (
  SELECT source_id, entry_id, min(listed_at) AS listed_at FROM raw.entry SEMI JOIN doomed USING (source_id, entry_id) GROUP BY ALL
) AS told
WHERE told.source_id = doomed.source_id AND told.entry_id = doomed.entry_id
"""


def choose(connection: Connection, order: Order) -> None:
    """Fill `doomed`, a temp table, with what the order names; core and mart must be built."""
    find(connection)
    if order.kind == "url":
        land(connection, "true")
    _credit(connection, order)
    values = {"entry_id": order.entry_id, "source_id": order.source_id, "before": order.before}
    _make(connection, "named", "article_id", NAMED_ARTICLES[order.kind], values)
    if order.with_copies:
        connection.execute(f"INSERT INTO named {COPIES_OF}")
    _make(connection, "named_entry", "entry_id", NAMED_ENTRIES[order.kind], values)
    connection.execute(CHOSEN, {"kind": order.kind, "source_id": order.source_id})
    _add_listed_so(connection)


def doom(connection: Connection, batch: Batch) -> None:
    """Fill `doomed` with what the tombstones of an erasure batch name."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE doomed AS"
        " SELECT source_id, entry_id::UUID AS entry_id, article_id::UUID AS article_id, listed_at, is_everywhere"
        " FROM read_parquet($file) WHERE entry_id IS NOT NULL",
        {"file": str(batch.folder / "tombstone.parquet")},
    )


def also_doom(connection: Connection, given: Sequence[tuple[str, str, str | None, datetime | None, bool]]) -> None:
    """Fill `doomed` with (source_id, entry_id, article_id, listed_at, is_everywhere), all of these articles, and whoever else
    listed them."""
    register(
        connection,
        "given_entry",
        (("source_id", pa.string()), ("entry_id", pa.string()), ("article_id", pa.string()),
         ("listed_at", pa.timestamp("us", tz="UTC")), ("is_everywhere", pa.bool_())),
        given,
    )  # fmt: skip
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE doomed AS SELECT source_id, entry_id::UUID AS entry_id, article_id::UUID AS article_id,"
        " listed_at, is_everywhere FROM given_entry"
    )
    if given:
        find(connection)
        connection.execute(WITH_HOME)
        _add_listed_so(connection)
    connection.execute(OTHERS)
    connection.execute(FIRST_LISTED)


def _add_listed_so(connection: Connection) -> None:
    land(connection, "entry_id IN (SELECT entry_id FROM doomed WHERE is_everywhere)")
    connection.execute(LISTED_SO)


def _credit(connection: Connection, order: Order) -> None:
    """`credited`: entries that name the author, on a page or in a listing."""
    connection.execute("CREATE OR REPLACE TEMP TABLE credited (entry_id UUID)")
    if not order.author_hash:
        return
    names = connection.execute(
        " UNION ".join(f"SELECT unnest(authors) FROM raw.{table}" for table in CREDITED)
    ).fetchall()
    spelt = [name for (name,) in names if name and order.author_hash in author_hashes((name,))]
    rows = " UNION ".join(
        f"SELECT entry_id FROM raw.{table} WHERE list_has_any(authors, $spelt)"
        " AND ($source_id IS NULL OR source_id = $source_id)"
        for table in CREDITED
    )
    connection.execute(f"INSERT INTO credited {rows}", {"spelt": spelt, "source_id": order.source_id})


def _make(connection: Connection, table: str, column: str, query: str, values: Mapping[str, object]) -> None:
    used = {name: value for name, value in values.items() if f"${name}" in query}
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({column} UUID)")
    connection.execute(f"INSERT INTO {table} {query}", used)
