"""Edits: what changed from each revision of an article to its next, kept in `core.edit` for the articles that a build touched.

What an edit is, and which are trivial, is a rule; which texts are revisions is core/revision.sql. All of it is a function of
the revisions as they are, so that a rebuild gives what many small builds gave.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from ingest.rules.edit import edit

Connection = duckdb.DuckDBPyConnection
WORDS_AT_ONCE = 1_000_000  # of texts in memory, both sides together: 6 to 10 MB, or the one pair that is longer
# Each revision with the one before it. `is_silent`: its date of change is no later; null where that cannot be told, as the page
# gives none, or as no version and rule has read both (then they may differ by what reads them).
PAIRS = """
CREATE OR REPLACE TEMP TABLE revised AS
WITH capture AS (
  SELECT
    article_id, revision_number, revision.load_seq, revision.fetch_id, title, is_retitled, is_reworded, modified_at, word_count,
    verdict.readers,
    lag({'load_seq': revision.load_seq, 'fetch_id': revision.fetch_id, 'title': title, 'modified_at': modified_at,
      'word_count': word_count, 'readers': verdict.readers}) OVER (PARTITION BY article_id ORDER BY revision_number) AS older
  FROM core.revision AS revision
  JOIN (SELECT fetch_id, readers FROM core.verdict) AS verdict ON verdict.fetch_id = revision.fetch_id
  WHERE article_id IN (SELECT article_id FROM touched_article)
)
SELECT
  article_id, revision_number, load_seq, fetch_id, title, is_retitled, is_reworded, older,
  CASE
    WHEN NOT list_has_any(readers, older.readers) THEN NULL
    WHEN older.modified_at IS NULL AND modified_at IS NOT NULL THEN false
    ELSE modified_at <= older.modified_at
  END AS is_silent,
  sum(word_count + older.word_count) OVER (ORDER BY load_seq, article_id, revision_number) // $words AS part
FROM capture
WHERE older IS NOT NULL
"""
# Texts are read by load_seq, so that DuckDB passes over older row groups. What core.revision holds for one headline, or for one
# text, is one here, however two versions wrote it.
TEXTS = """
SELECT
  revised.article_id::VARCHAR, revision_number, revised.older.title,
  CASE WHEN is_retitled THEN revised.title ELSE revised.older.title END,
  before.text, CASE WHEN is_reworded THEN after.text ELSE before.text END, is_silent
FROM revised
JOIN raw.extraction AS before ON before.load_seq = revised.older.load_seq AND before.fetch_id = revised.older.fetch_id
JOIN raw.extraction AS after ON after.load_seq = revised.load_seq AND after.fetch_id = revised.fetch_id
WHERE part = $part
ORDER BY revised.article_id, revision_number
"""
# Of a build of everything all articles are touched, and who is not is gone
REPLACED = """
DELETE FROM core.edit
WHERE getvariable('since_seq') < 0 OR article_id IN (SELECT article_id FROM touched_article)
"""
PARAGRAPHS = pa.list_(pa.string())
ROW = pa.schema(
    [("article_id", pa.string()), ("revision_number", pa.int64()), ("title_before", pa.string()),
     ("paragraphs_added", PARAGRAPHS), ("paragraphs_removed", PARAGRAPHS),
     ("paragraphs_changed", pa.list_(pa.struct([("before", pa.string()), ("after", pa.string())]))),
     ("is_trivial", pa.bool_()), ("is_stealth", pa.bool_())]
)  # fmt: skip


def update(connection: Connection) -> int:
    """Bring the edits up to `core.revision`, for the articles in `touched_article`; returns how many were written.

    In the caller's transaction.
    """
    connection.execute(REPLACED)
    connection.execute(PAIRS, {"words": WORDS_AT_ONCE})
    parts = connection.execute("SELECT DISTINCT part FROM revised ORDER BY part").fetchall()
    return sum(_insert(connection, connection.execute(TEXTS, {"part": part}).fetchall()) for (part,) in parts)


def _insert(connection: Connection, pairs: Iterable[Sequence[Any]]) -> int:
    made = pa.Table.from_pylist([_row(*pair) for pair in pairs], schema=ROW)
    connection.register("made_edit", made)
    connection.execute("INSERT INTO core.edit BY NAME SELECT * FROM made_edit")
    connection.unregister("made_edit")
    return int(made.num_rows)


def _row(
    article_id: str,
    revision_number: int,
    title_before: str | None,
    title: str | None,
    before: str,
    after: str,
    is_silent: bool | None,
) -> dict[str, Any]:
    made = edit(before, after, title_before=title_before, title_after=title)
    return {
        "article_id": article_id,
        "revision_number": revision_number,
        "title_before": title_before,
        "paragraphs_added": made.added,
        "paragraphs_removed": made.removed,
        "paragraphs_changed": [{"before": one, "after": other} for one, other in made.changed],
        "is_trivial": made.is_trivial,
        "is_stealth": False if made.is_trivial else is_silent,
    }
