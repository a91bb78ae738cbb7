"""What is doomed: the entries that an order to erase names, in a temp table, and their tombstones. Nothing is taken out here.

An erased entry is a pair of source and entry; the article that it was of goes with all its entries.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import duckdb
import pyarrow as pa

from ingest.records import Batch, OrderKind, Tombstone
from ingest.rules.erasure import author_hashes
from ingest.rules.url import as_found, identity, is_home

Connection = duckdb.DuckDBPyConnection
CREDITED = ("entry", "extraction", "rejection")
EXPIRED_AT_ONCE = 10_000  # articles of a source; the rest goes the day after
LIKE_COPIES = ("exact", "near")
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
# entries whose pages named the address, or were redirected to it
ADDRESSED = f"""
SELECT entry_id FROM {CLAIMED} AS claimed WHERE article_id = $entry_id::UUID
UNION
SELECT entry_id::UUID FROM landing WHERE address_id = $entry_id
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
# what was listed by such an address and never read
LISTED_SO = f"""
INSERT INTO doomed
SELECT source_id, entry_id, NULL, listed_at, true
FROM known
WHERE entry_id IN {NAMED_BY_DOOMED}
  AND source_id IN (SELECT source_id FROM doomed) AND entry_id NOT IN (SELECT entry_id FROM doomed)
"""
ALIASES = f"""
SELECT address_id
FROM {NAMED_BY_DOOMED} AS named
WHERE address_id NOT IN (SELECT entry_id FROM known) AND address_id NOT IN (SELECT entry_id FROM doomed)
ORDER BY address_id
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
# the texts that an erased article carried for others: they get another carrier
CARRIED = """
SELECT first.article_id, [first.content_hash] AS carried_hashes
FROM core.origin AS first
WHERE first.article_id IN (SELECT article_id FROM doomed)
  AND first.article_id = (
    SELECT min({'captured_seq': captured_seq, 'fetched_at': fetched_at, 'article_id': article_id}).article_id
    FROM core.origin AS each WHERE each.content_hash = first.content_hash
  )
  AND first.content_hash IN (
    SELECT content_hash FROM core.origin WHERE article_id NOT IN (SELECT article_id FROM doomed WHERE article_id IS NOT NULL)
  )
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be erased. `entry_id`: of an address, or of the article that has this id. `before`: pages last seen earlier."""

    order_id: str
    kind: OrderKind
    reason: str | None
    entry_id: str | None = None
    source_id: str | None = None
    author_hash: str | None = None
    before: datetime | None = None
    with_copies: bool = False

    @property
    def stands(self) -> bool:
        """Whether it holds for what is yet to come, too."""
        return self.kind == "source" or self.author_hash is not None


def choose(connection: Connection, order: Order) -> None:
    """Fill `doomed`, a temp table, with what the order names; core and mart must be built."""
    _find_homes(connection)
    if order.kind == "url":
        _land(connection, "true")
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


def tombstones(connection: Connection, order: Order, *, now: datetime) -> list[Tombstone]:
    """Of all that is doomed, and of the order itself where it stands, or names what was never seen."""
    carried = dict(connection.execute(CARRIED).fetchall()) if is_built(connection) else {}
    rows = connection.execute(
        "SELECT source_id, entry_id::VARCHAR, article_id, is_everywhere, listed_at FROM doomed ORDER BY ALL"
    ).fetchall()
    made = [
        _tombstone(
            order, now, source_id=source_id, entry_id=entry_id, article_id=article_id and str(article_id),
            is_everywhere=is_everywhere, listed_at=listed_at, carried_hashes=tuple(carried.get(article_id, ())),
        )
        for source_id, entry_id, article_id, is_everywhere, listed_at in rows
    ]  # fmt: skip
    for (address_id,) in connection.execute(ALIASES).fetchall():
        made.append(_tombstone(order, now, entry_id=str(address_id), article_id=str(address_id)))
    if order.stands:
        made.append(_tombstone(order, now, source_id=order.source_id, author_hash=order.author_hash))
    elif order.entry_id and all(order.entry_id not in (one.entry_id, one.article_id) for one in made):
        made.append(_tombstone(order, now, entry_id=order.entry_id, article_id=order.entry_id))
    return made


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
        _find_homes(connection)
        connection.execute(WITH_HOME)
        _add_listed_so(connection)
    connection.execute(OTHERS)
    connection.execute(FIRST_LISTED)


def register(
    connection: Connection, name: str, columns: Sequence[tuple[str, Any]], rows: Sequence[tuple[Any, ...]]
) -> None:
    schema = pa.schema(list(columns))
    arrays = [pa.array([row[at] for row in rows], field.type) for at, field in enumerate(schema)]
    connection.register(name, pa.Table.from_arrays(arrays, schema=schema))


def homes(connection: Connection, entry_ids: Collection[str]) -> dict[str, str]:
    """The articles of those of these entries that are known to have one, as core has it."""
    _find_homes(connection)
    register(connection, "asked_entry", (("entry_id", pa.string()),), [(entry_id,) for entry_id in entry_ids])
    return dict(
        connection.execute(
            "SELECT entry_id::VARCHAR, article_id::VARCHAR FROM home"
            " WHERE entry_id IN (SELECT entry_id::UUID FROM asked_entry)"
        ).fetchall()
    )


def is_built(connection: Connection) -> bool:
    return bool(connection.execute("FROM raw.build LIMIT 1").fetchall())


def _find_homes(connection: Connection) -> None:
    """`home` and `known`: entries' articles, and who listed or fetched which entry."""
    connection.execute("CREATE OR REPLACE TEMP TABLE home (entry_id UUID, article_id UUID)")
    if connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'core' AND table_name = 'verdict'"
    ).fetchall():
        connection.execute(HOMES)
    connection.execute(UNBUILT)
    connection.execute(LISTED)


def _add_listed_so(connection: Connection) -> None:
    _land(connection, "entry_id IN (SELECT entry_id FROM doomed WHERE is_everywhere)")
    connection.execute(LISTED_SO)


def _land(connection: Connection, condition: str) -> None:
    """`landing`: entries, and ids of the addresses that their pages were redirected to."""
    rows = connection.execute(
        "SELECT DISTINCT entry_id::VARCHAR, final_url FROM raw.fetch"
        f" WHERE outcome = 'ok' AND final_url <> url AND {condition}"
    ).fetchall()
    landed = [(entry_id, identity(url)) for entry_id, url in rows if as_found(url) and not is_home(url)]
    register(connection, "landing", (("entry_id", pa.string()), ("address_id", pa.string())), landed)


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


def _tombstone(
    order: Order,
    now: datetime,
    *,
    source_id: str | None = None,
    entry_id: str | None = None,
    article_id: str | None = None,
    is_everywhere: bool = True,
    author_hash: str | None = None,
    listed_at: datetime | None = None,
    carried_hashes: tuple[str, ...] = (),
) -> Tombstone:
    return Tombstone(
        tombstone_id=str(uuid4()),
        order_id=order.order_id,
        order_kind=order.kind,
        order_reason=order.reason,
        source_id=source_id,
        entry_id=entry_id,
        article_id=article_id,
        is_everywhere=is_everywhere,
        author_hash=author_hash,
        carried_hashes=carried_hashes,
        listed_at=listed_at,
        erased_at=now,
    )


def _make(connection: Connection, table: str, column: str, query: str, values: Mapping[str, object]) -> None:
    used = {name: value for name, value in values.items() if f"${name}" in query}
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({column} UUID)")
    connection.execute(f"INSERT INTO {table} {query}", used)
