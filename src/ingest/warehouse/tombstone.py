"""Tombstones: what an order to erase asked for, and the rows that say what went by it. Finding what it names is doom.py's."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import duckdb

from ingest.records import OrderKind, Tombstone
from ingest.warehouse.homes import NAMED_BY_DOOMED, is_built

Connection = duckdb.DuckDBPyConnection
ALIASES = f"""
SELECT address_id
FROM {NAMED_BY_DOOMED} AS named
WHERE address_id NOT IN (SELECT entry_id FROM known) AND address_id NOT IN (SELECT entry_id FROM doomed)
ORDER BY address_id
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
