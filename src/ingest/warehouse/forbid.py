"""What tombstones forbid of a batch that is not loaded yet. Taking it out, of its files and of raw, is elsewhere."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from ingest.records import Batch
from ingest.rules.erasure import author_hashes, is_by
from ingest.warehouse.doom import CREDITED
from ingest.warehouse.erase import KEYED
from ingest.warehouse.homes import homes
from ingest.warehouse.tombstone import Order

Connection = duckdb.DuckDBPyConnection
# What a tombstone forbids of the rows of a batch that is not loaded; the order that does, where the entry is not erased yet
FORBIDDEN = """
SELECT
  told.source_id, told.entry_id, told.credits,
  told.entry_id IN (
    SELECT entry_id FROM raw.tombstone WHERE is_everywhere AND entry_id IS NOT NULL
    UNION SELECT article_id FROM raw.tombstone WHERE is_everywhere AND article_id IS NOT NULL
  ) OR (told.source_id, told.entry_id) IN (
    SELECT (source_id, entry_id) FROM raw.tombstone WHERE NOT is_everywhere AND entry_id IS NOT NULL
  ) AS is_erased,
  told.source_id IN (
    SELECT source_id FROM raw.tombstone WHERE entry_id IS NULL AND author_hash IS NULL AND source_id IS NOT NULL
  ) AS is_of_source,
  told.article_id IN (
    SELECT article_id FROM raw.tombstone WHERE is_everywhere AND article_id IS NOT NULL
  ) AS is_of_article
FROM told_rows AS told
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """A pair of source and entry that a batch brings and a tombstone forbids; `is_new`: it has no tombstone of its own yet."""

    source_id: str
    entry_id: str
    article_id: str | None
    listed_at: datetime | None
    is_everywhere: bool
    is_new: bool
    author_hashes: frozenset[str]


def has_tombstones(connection: Connection) -> bool:
    return bool(connection.execute("FROM raw.tombstone LIMIT 1").fetchall())


def forbidden(connection: Connection, batch: Batch) -> list[Forbidden]:
    """What tombstones forbid of a batch that is not loaded."""
    parts = [_part(batch, table) for table in KEYED if batch.tables.get(table)]
    if not parts or not has_tombstones(connection):
        return []
    connection.execute(f"CREATE OR REPLACE TEMP VIEW told_rows AS {' UNION ALL '.join(parts)}")
    authors = set(
        connection.execute("SELECT author_hash, source_id FROM raw.tombstone WHERE author_hash IS NOT NULL").fetchall()
    )
    by_author = "" if authors else " WHERE is_erased OR is_of_source OR is_of_article"
    given = connection.execute(f"FROM ({FORBIDDEN}){by_author}").fetchall()
    told: dict[tuple[str, str], list[Any]] = {}
    for source_id, entry_id, credits, is_erased, is_of_source, is_of_article in given:
        is_of_author = bool(authors) and is_by(credits, source_id, authors)
        if is_erased or is_of_source or is_of_article or is_of_author:
            hashes = author_hashes(credits) if is_of_author else set()
            told.setdefault((source_id, str(entry_id)), []).append(
                (hashes, bool(is_erased), bool(is_of_source), bool(is_of_article))
            )
    if not told:
        return []
    homes, erased = _homes(connection, batch, [entry_id for _, entry_id in told])
    listed = connection.execute("SELECT source_id, entry_id, min(listed_at) FROM told_rows GROUP BY ALL").fetchall()
    since = {(source_id, str(entry_id)): listed_at for source_id, entry_id, listed_at in listed}
    found = [_forbidden(pair, since[pair], rows, homes.get(pair[1]), erased) for pair, rows in sorted(told.items())]
    return [one for one in found if one]


def _homes(connection: Connection, batch: Batch, entry_ids: Collection[str]) -> tuple[dict[str, str], set[str]]:
    """Articles by entry, of those that were never seen as their first page in the batch says; which of them are erased."""
    claimed: dict[str, str] = {}
    if batch.tables.get("extraction"):
        claimed = dict(
            connection.execute(
                "SELECT entry_id, first(article_id ORDER BY fetched_at, fetch_id) FROM read_parquet($file) GROUP BY entry_id",
                {"file": str(batch.folder / "extraction.parquet")},
            ).fetchall()
        )
    found = {one: claimed[one] for one in entry_ids if one in claimed} | homes(connection, entry_ids)
    rows = connection.execute(
        "SELECT DISTINCT article_id::VARCHAR FROM raw.tombstone WHERE is_everywhere AND list_contains($ids, article_id::VARCHAR)",
        {"ids": sorted(set(found.values()))},
    ).fetchall()
    return found, {article_id for (article_id,) in rows}


def _forbidden(
    pair: tuple[str, str],
    listed_at: datetime | None,
    rows: Sequence[tuple[set[str], bool, bool, bool]],
    article_id: str | None,
    erased: Collection[str],
) -> Forbidden | None:
    """None for an entry that is another article's, whatever a page of it names by now."""
    hashes = frozenset(one for found, *_ in rows for one in found)
    is_everywhere = bool(hashes) or article_id in erased
    is_erased = any(one for _, one, *_ in rows)
    is_of_source = any(one for _, _, one, _ in rows)
    if not (is_everywhere or is_erased or is_of_source):
        return None
    return Forbidden(
        source_id=pair[0],
        entry_id=pair[1],
        article_id=article_id,
        listed_at=listed_at,
        author_hashes=hashes,
        is_everywhere=is_everywhere,
        is_new=is_everywhere and not is_erased,
    )


def _part(batch: Batch, table: str) -> str:
    """The rows of a table of the batch, as far as tombstones ask."""
    file = str(batch.folder / f"{table}.parquet").replace("'", "''")
    article_id = "TRY_CAST(article_id AS UUID)" if table == "extraction" else "NULL::UUID"
    listed_at = {"entry": "listed_at", "listed": "listed_at", "fetch": "coalesce(ingested_at, fetched_at)"}.get(
        table, "NULL::TIMESTAMPTZ"
    )
    credits = "authors" if table in CREDITED else "[]::VARCHAR[]"
    return (
        f"SELECT source_id, TRY_CAST(entry_id AS UUID) AS entry_id, {article_id} AS article_id, {listed_at} AS listed_at,"
        f" {credits} AS credits FROM read_parquet('{file}')"
    )


def orders(connection: Connection, given: Sequence[Forbidden]) -> list[tuple[Order, list[Forbidden]]]:
    """By which orders these new entries are forbidden: their article's, or their author's."""
    by_article = dict(
        connection.execute(
            "SELECT article_id::VARCHAR, first({'order_id': order_id::VARCHAR, 'kind': order_kind} ORDER BY load_seq)"
            " FROM raw.tombstone WHERE article_id IS NOT NULL AND is_everywhere GROUP BY 1"
        ).fetchall()
    )
    standing = connection.execute(
        "SELECT {'order_id': order_id::VARCHAR, 'kind': order_kind}, author_hash, source_id"
        " FROM raw.tombstone WHERE author_hash IS NOT NULL ORDER BY load_seq"
    ).fetchall()
    found: dict[str, tuple[Order, list[Forbidden]]] = {}
    for one in given:
        told = by_article.get(one.article_id or "") or next(
            order
            for order, author_hash, source_id in standing
            if author_hash in one.author_hashes and source_id in (None, one.source_id)
        )
        order = Order(order_id=told["order_id"], kind=told["kind"], reason=None)
        found.setdefault(order.order_id, (order, []))[1].append(one)
    return list(found.values())
