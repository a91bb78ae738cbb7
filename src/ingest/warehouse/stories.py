"""Stories: the articles that a build touched are signed, compared with their like, and joined to what they copy.

What a signature is, when two texts are alike and what links make of articles are rules. Here are the tables they are kept
in (`kind: kept` in /warehouse/models/core) and the SQL of /warehouse/stories that finds what is worth comparing. All of it
is a function of the articles as they are, so that a rebuild gives what many small builds gave.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from ingest.rules.likeness import Likeness, Text, compare
from ingest.rules.signature import keys, line_key, lines, text_key
from ingest.rules.story import Link, stories
from ingest.rules.title import fold
from ingest.warehouse import sql

Connection = duckdb.DuckDBPyConnection
ARTICLE = "article_key, article_id::VARCHAR, source_id, title, published_at, content_hash"
MOMENT = pa.timestamp("us", "UTC")
# The rows that are written from here: as the kept models have them, without what SQL adds; and those of temp tables
ROWS = {
    "core.line": pa.schema(
        [("article_key", pa.int64()), ("source_id", pa.string()), ("line_keys", pa.list_(pa.int64())), ("published_at", MOMENT)]
    ),
    "core.repeated_line": pa.schema([("source_id", pa.string()), ("line_key", pa.int64()), ("line", pa.string())]),
    "core.signature": pa.schema(
        [("article_key", pa.int64()), ("article_id", pa.string()), ("source_id", pa.string()), ("title", pa.string()),
         ("published_at", MOMENT), ("content_hash", pa.string()), ("text_key", pa.int64()), ("words", pa.string())]
    ),
    "core.signature_key": pa.schema(
        [("article_key", pa.int64()), ("keys", pa.list_(pa.uint32())), ("published_at", MOMENT)]
    ),
    "core.likeness": pa.schema(
        [("article_key", pa.int64()), ("other_article_key", pa.int64()), ("likeness_kind", pa.string()),
         ("matched_count", pa.int64()), ("share", pa.float64()), ("other_share", pa.float64()), ("jaccard", pa.float64()),
         ("conflict_count", pa.int64())]
    ),
    "core.story_article": pa.schema([("article_key", pa.int64()), ("story_key", pa.int64())]),
    "core.story_doubt": pa.schema(
        [("article_key", pa.int64()), ("other_article_key", pa.int64()), ("article_count", pa.int64()),
         ("other_article_count", pa.int64())]
    ),
    "signed": pa.schema([("article_key", pa.int64()), ("published_at", MOMENT), ("text_key", pa.int64())]),
    "named": pa.schema([("article_key", pa.int64()), ("article_id", pa.string())]),
    "frontier": pa.schema([("article_key", pa.int64())]),
}  # fmt: skip

JOINED = """
SELECT own.article_id, first.article_id AS story_id, given.article_key, given.story_key
FROM given_rows AS given
JOIN neighbour AS own ON own.article_key = given.article_key
JOIN neighbour AS first ON first.article_key = given.story_key
"""
# Where the next article was published weeks after the one before: what is searched for both would be all the time in between
APART = """
SELECT place
FROM (SELECT place, published_at - lag(published_at) OVER (ORDER BY place) AS gap FROM unsigned)
WHERE gap > INTERVAL 14 DAYS
ORDER BY place
"""
LINES = "SELECT article_key, source_id, unnest(line_keys) AS line_key, published_at FROM given_rows"
KEYS = "SELECT article_key, unnest(keys) AS key, published_at FROM given_rows"
REPEATED = "SELECT source_id, line_key FROM core.repeated_line SEMI JOIN seen_line USING (source_id, line_key)"


class Signed(NamedTuple):
    """An article with the lines by which it is compared; before it is signed, with those that its source repeats."""

    article_key: int
    article_id: str
    source_id: str
    title: str | None
    published_at: datetime
    content_hash: str
    lines: list[str]
    line_keys: list[int]


def update(connection: Connection, *, batch: int) -> int:
    """Bring the stories up to `core.article`, for the articles in `touched_article`; returns how many were signed.

    `batch`: articles that are held in memory at once, beside a few times as many of their like. In the caller's transaction.
    """
    _run(connection, "changed")
    affected = _forget(connection, "gone")
    count, again = _sign_all(connection, batch)
    affected |= again
    _run(connection, "lost")
    if _has_rows(connection, "lost_line"):
        _run(connection, "unlearn")
        affected |= _sign_all(connection, batch)[1]
    if affected:
        _join(connection, affected)
    return count


def _sign_all(connection: Connection, batch: int) -> tuple[int, set[int]]:
    """Sign what is `unsigned`; returns how many that were, and the keys of all whose links may be others now."""
    ((count,),) = connection.execute("SELECT count(*) FROM unsigned").fetchall()
    affected: set[int] = set()
    for start, end in pairwise([0, *(place for (place,) in _all(connection, APART)), count]):
        for first in range(start, end, batch):
            affected |= _sign(connection, first, min(first + batch, end))
    return int(count), affected


def _sign(connection: Connection, start: int, end: int) -> set[int]:
    """Sign a part of `unsigned` and note its likenesses; returns the keys of all whose links may be others now."""
    _run(connection, "signing", start=start, end=end)
    affected = _forget(connection, "outdated")
    group = [_signed(row, lines(text)) for *row, text in _all(connection, f"SELECT {ARTICLE}, text FROM signing")]
    found = ((one.article_key, one.source_id, list(dict.fromkeys(one.line_keys)), one.published_at) for one in group)
    _insert(connection, "core.line", found, select=LINES)
    _run(connection, "repeated")
    learnt = set(_all(connection, "SELECT source_id, line_key FROM learnt"))
    said = {
        (one.source_id, key): line
        for one in group
        for key, line in zip(one.line_keys, one.lines, strict=True)
        if (one.source_id, key) in learnt
    }
    _insert(connection, "core.repeated_line", ((source_id, key, line) for (source_id, key), line in said.items()))
    again = _all(connection, f"SELECT {ARTICLE}, words FROM resigned")
    group += [_signed(row, words.split("\n") if words else []) for *row, words in again]
    affected |= _forget(connection, "resigned")
    repeated = set(_all(connection, REPEATED))
    return affected | _compare(connection, [_without(one, repeated) for one in group])


def _signed(row: Sequence[Any], found: list[str]) -> Signed:
    return Signed._make((*row, found, [line_key(line) for line in found]))


def _without(one: Signed, repeated: Collection[tuple[str, int]]) -> Signed:
    """An article without the lines that its source repeats."""
    kept = [place for place, key in enumerate(one.line_keys) if (one.source_id, key) not in repeated]
    return one._replace(lines=[one.lines[place] for place in kept], line_keys=[one.line_keys[place] for place in kept])


def _compare(connection: Connection, group: Sequence[Signed]) -> set[int]:
    """Write the signatures of a group, and its likeness to all that may be like it; returns their keys and the others'."""
    texts = {one.article_key: _text(one.source_id, one.title, one.lines) for one in group}
    rows = [
        (one.article_key, one.article_id, one.source_id, one.title, one.published_at, one.content_hash,
         text_key(one.lines), "\n".join(one.lines))
        for one in group
    ]  # fmt: skip
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE signed (article_key BIGINT, published_at TIMESTAMPTZ, text_key BIGINT)"
    )
    _insert(connection, "signed", ((row[0], row[4], row[6]) for row in rows))
    _insert(connection, "named", (row[:2] for row in rows))
    _insert(connection, "core.signature", rows)
    small = ((one.article_key, list(keys(texts[one.article_key].order)), one.published_at) for one in group)
    _insert(connection, "core.signature_key", small, select=KEYS)
    _run(connection, "candidates")
    others = _all(connection, "SELECT article_key, source_id, title, words FROM other_signature")
    texts |= {
        article_key: _text(source_id, title, words.split("\n")) for article_key, source_id, title, words in others
    }
    pairs = _all(connection, "SELECT article_key, other_article_key FROM candidate ORDER BY ALL")
    found = ((one, other, compare(texts[one], texts[other])) for one, other in pairs)
    _insert(connection, "core.likeness", (
        (one, other, like.kind, like.matched_count, *_shares(like, texts[one], texts[other]), like.jaccard, like.conflict_count)
        for one, other, like in found if like
    ))  # fmt: skip
    return set(texts)


def _join(connection: Connection, affected: set[int]) -> None:
    """Make stories anew of what is affected and of all that is joined to it."""
    for table in ("frontier", "reached"):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} (article_key BIGINT)")
    connection.execute("CREATE OR REPLACE TEMP TABLE unjoined (article_key BIGINT, article_id UUID)")
    _insert(connection, "frontier", ((key,) for key in sorted(affected)))
    while _has_rows(connection, "frontier"):
        _run(connection, "members")
    _run(connection, "neighbours")
    key_of = {place: key for key, place in _all(connection, "SELECT article_key, place FROM neighbour")}
    links = _all(connection, "SELECT place, other_place, jaccard FROM neighbour_link")
    made = stories(key_of, [Link(one=one, other=other, strength=jaccard) for one, other, jaccard in links])
    _run(connection, "unjoin")
    members = ((key_of[place], key_of[first]) for place, first in made.story_of.items())
    _insert(connection, "core.story_article", members, select=JOINED)
    doubts = ((key_of[doubt.one], key_of[doubt.other], *doubt.sizes) for doubt in made.doubts)
    _insert(connection, "core.story_doubt", doubts)


def _shares(like: Likeness, one: Text, other: Text) -> tuple[float, float]:
    """How much of the one stands in the other, and of the other in the one."""
    is_shorter = len(one.words) <= len(other.words)
    return (like.containment, like.coverage) if is_shorter else (like.coverage, like.containment)


def _text(source_id: str, title: str | None, found: Iterable[str]) -> Text:
    return Text(source_id, fold(title or ""), " ".join(found).split())


def _forget(connection: Connection, which: str) -> set[int]:
    """Take the articles of a temp table out of what is kept of them; returns their keys, and of those they were like."""
    if not _has_rows(connection, which):
        return set()
    affected = _all(
        connection,
        f"""SELECT article_key FROM {which}
        UNION SELECT other_article_key FROM core.likeness SEMI JOIN {which} USING (article_key)
        UNION SELECT article_key FROM core.likeness WHERE other_article_key IN (SELECT article_key FROM {which})""",
    )
    for table in ("line", "signature", "signature_key"):
        if not (which == "resigned" and table == "line"):
            connection.execute(
                f"""DELETE FROM core.{table} USING {which} AS former
                WHERE {table}.article_key = former.article_key AND {table}.published_at = former.published_at"""
            )
    for column in ("article_key", "other_article_key"):
        connection.execute(f"DELETE FROM core.likeness WHERE {column} IN (SELECT article_key FROM {which})")
    return {article_key for (article_key,) in affected}


def _run(connection: Connection, step: str, **values: Any) -> None:
    statements = connection.extract_statements((sql.root() / "stories" / f"{step}.sql").read_text("utf-8"))
    for statement in statements:
        named = {name: values[name] for name in statement.named_parameters}
        connection.execute(statement, named)


def _insert(
    connection: Connection, table: str, rows: Iterable[Sequence[Any]], *, select: str = "SELECT * FROM given_rows"
) -> None:
    schema = ROWS[table]
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    given = pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
    if given.num_rows:
        connection.register("given_rows", given)
        connection.execute(f"INSERT INTO {table} BY NAME {select}")
        connection.unregister("given_rows")


def _all(connection: Connection, query: str) -> list[Any]:
    return connection.execute(query).fetchall()


def _has_rows(connection: Connection, table: str) -> bool:
    return bool(_all(connection, f"FROM {table} LIMIT 1"))
