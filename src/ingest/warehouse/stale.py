"""Which archived pages a changed extractor or rule has not read yet, by the published warehouse; reading them is a job's.

All pages of an article are read again or none, so that its texts are compared under one version (core/revision.sql).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from ingest.records import Batch

VERDICT_TABLES = ("extraction", "rejection", "confirmation")
ROWS_AT_ONCE = 1_000
# Pages whose verdict is not by who would read them today, or says that a worker failed on them and was not confirmed;
# `is_pending`: it waits in a batch which is not published yet.
CAPTURES = """
CREATE OR REPLACE TEMP TABLE capture AS
SELECT
  verdict.fetch_id, coalesce(verdict.article_id, verdict.entry_id) AS article_key, verdict.source_id, verdict.fetched_at,
  page.archive_path, page.archive_offset,
  $everything OR (verdict.extractor, verdict.extractor_version) IS DISTINCT FROM ($extractor, $version)
    OR verdict.rule_hash IS DISTINCT FROM span.rule_hash
    OR (verdict.reason IN $unread AND verdict.read_seq = verdict.load_seq) AS is_wanted,
  pending.fetch_id IS NOT NULL AS is_pending
FROM core.verdict AS verdict
JOIN raw.fetch AS page USING (fetch_id)
LEFT JOIN span
  ON span.source_id = verdict.source_id AND verdict.fetched_at >= span.from_at AND verdict.fetched_at < span.to_at
LEFT JOIN pending
  ON pending.fetch_id = verdict.fetch_id AND pending.extractor = $extractor AND pending.extractor_version = $version
  AND pending.rule_hash IS NOT DISTINCT FROM span.rule_hash
"""
CHOSEN = """
CREATE OR REPLACE TEMP TABLE chosen AS
SELECT fetch_id, article_key, archive_path, archive_offset
FROM capture
WHERE is_wanted AND NOT is_pending AND article_key IN (
  SELECT article_key
  FROM capture
  WHERE is_wanted AND NOT is_pending
    AND fetched_at >= coalesce($since, '-infinity'::TIMESTAMPTZ) AND fetched_at < coalesce($until, 'infinity'::TIMESTAMPTZ)
    AND (NOT $is_narrowed OR source_id IN (SELECT source_id FROM asked))
)
"""
# an article's pages together, articles in the order in which the archive holds their first pages
IN_ORDER = """
SELECT
  chosen.fetch_id::VARCHAR, chosen.article_key::VARCHAR, page.entry_id::VARCHAR, page.source_id, page.url,
  coalesce(page.final_url, page.url), page.fetched_at, page.body_hash, page.archive_path, page.archive_offset,
  verdict.record_hash, verdict.is_article
FROM chosen
JOIN core.verdict AS verdict USING (fetch_id)
JOIN raw.fetch AS page USING (fetch_id)
ORDER BY min({'path': chosen.archive_path, 'offset': chosen.archive_offset}) OVER (PARTITION BY chosen.article_key),
  chosen.article_key, page.fetched_at, chosen.fetch_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSpan:
    """A catalogue's rule of a source, and the captures it holds for: [from_at, to_at)."""

    source_id: str
    from_at: datetime
    to_at: datetime
    rule_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A page to be read again, and what its present verdict says by its hash; pages of one article have one `article_key`."""

    fetch_id: str
    article_key: str
    entry_id: str
    source_id: str
    url: str
    final_url: str
    fetched_at: datetime
    body_hash: str | None
    archive_path: str
    archive_offset: int
    record_hash: str
    is_article: bool


def choose(
    connection: duckdb.DuckDBPyConnection,
    *,
    extractor: str,
    extractor_version: str,
    spans: Sequence[RuleSpan],
    pending: Sequence[Batch],
    since: datetime | None,
    until: datetime | None,
    source_ids: Collection[str],
    unread: Collection[str],
    everything: bool,
) -> None:
    """Choose the pages of `source_ids` (all where empty) that were fetched in [since, until), in the connection's own memory.

    `pending`: reprocess batches that the warehouse does not hold. `everything`: what today's reader has read, too.
    `unread`: reasons that tell of a worker and not of the page.
    """
    names = RuleSpan.__slots__
    columns = {name: [getattr(span, name) for span in spans] for name in names}
    moment = pa.timestamp("us", tz="UTC")
    given = pa.table(columns, pa.schema(list(zip(names, (pa.string(), moment, moment, pa.string()), strict=True))))
    connection.register("span", given)
    connection.register("asked", pa.table({"source_id": pa.array(sorted(source_ids), pa.string())}))
    _show_pending(connection, pending)
    reader = {"extractor": extractor, "version": extractor_version, "unread": sorted(unread), "everything": everything}
    connection.execute(CAPTURES, reader)
    connection.execute(CHOSEN, {"since": since, "until": until, "is_narrowed": bool(source_ids)})


def archive_paths(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Files of the archive that hold what is chosen."""
    found = connection.execute("SELECT DISTINCT archive_path FROM chosen WHERE archive_path IS NOT NULL").fetchall()
    return [path for (path,) in found]


def leave_out(connection: duckdb.DuckDBPyConnection, gone: Sequence[str]) -> tuple[int, int]:
    """Leave out articles with a page in a file that is gone; returns how many such pages, and others of these articles."""
    connection.register("gone", pa.table({"archive_path": pa.array(gone, pa.string())}))
    lost = "(archive_path IS NULL OR archive_path IN (SELECT archive_path FROM gone))"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE lost AS SELECT fetch_id, article_key FROM chosen WHERE {lost}")
    ((lost_count,),) = connection.execute("SELECT count(*) FROM lost").fetchall()
    ((left_count,),) = connection.execute(
        "DELETE FROM chosen WHERE article_key IN (SELECT article_key FROM lost)"
    ).fetchall()
    return int(lost_count), int(left_count) - int(lost_count)


def count(connection: duckdb.DuckDBPyConnection) -> int:
    ((chosen_count,),) = connection.execute("SELECT count(*) FROM chosen").fetchall()
    return int(chosen_count)


def captures(connection: duckdb.DuckDBPyConnection) -> Iterator[Capture]:
    """What is chosen, articles whole and otherwise in the archive's order, a thousand rows in memory at a time."""
    cursor = connection.execute(IN_ORDER)
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        yield from (Capture(**dict(zip(Capture.__slots__, row, strict=True))) for row in rows)


def languages(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The language of every source that was ever crawled, as the catalogue last said it."""
    return dict(connection.execute("SELECT source_id, source_language FROM core.source").fetchall())


def held(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Batches for which nothing is owed, by the copy that is read."""
    rows = connection.execute("SELECT batch_id FROM raw.batch UNION SELECT batch_id FROM raw.quarantine").fetchall()
    return {batch_id for (batch_id,) in rows}


def _show_pending(connection: duckdb.DuckDBPyConnection, pending: Sequence[Batch]) -> None:
    files = [
        str(batch.folder / f"{table}.parquet") for batch in pending for table in VERDICT_TABLES if table in batch.tables
    ]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE pending"
        " (fetch_id UUID, extractor VARCHAR, extractor_version VARCHAR, rule_hash VARCHAR)"
    )
    if files:
        connection.execute(
            "INSERT INTO pending SELECT DISTINCT fetch_id::UUID, extractor, extractor_version, rule_hash"
            " FROM read_parquet($files, union_by_name = true)",
            {"files": files},
        )
