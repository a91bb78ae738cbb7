"""Loading: one batch, one transaction, one journal row. Where batches come from and what is built of them is elsewhere."""

from collections.abc import Sequence
from datetime import datetime

import duckdb

from ingest.errors import BatchCorrupt
from ingest.records import Batch

UNFIT = (duckdb.ConversionException, duckdb.ConstraintException, duckdb.InvalidInputException)
RAW_TABLES = (
    "source", "poll", "entry", "fetch", "extraction", "rejection", "confirmation", "tombstone", "superseded",
    "request", "part", "listed", "alarm", "expected",
)  # fmt: skip
# What is left of a verdict is what names an article's home, its texts and the places of its pages (warehouse/touched.sql).
SUPERSEDED = """
CREATE OR REPLACE TEMP TABLE dropped AS
WITH given AS (
  SELECT fetch_id, entry_id, fetched_at, article_id, content_hash, batch_id, load_seq FROM raw.extraction
  UNION ALL
  SELECT fetch_id, entry_id, fetched_at, NULL, NULL, batch_id, load_seq FROM raw.rejection
)
SELECT *
FROM given
WHERE fetch_id IN (
  SELECT fetch_id FROM given WHERE load_seq IN (SELECT load_seq FROM raw.batch WHERE batch_kind = 'reprocess')
)
QUALIFY load_seq < max(load_seq) FILTER (load_seq <= $through) OVER (PARTITION BY fetch_id)
"""


def held(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Ids of the batches that are loaded or quarantined: nothing is owed for them."""
    return loaded(connection) | quarantined(connection)


def loaded(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Ids of the batches that are in raw."""
    return {batch_id for (batch_id,) in connection.execute("SELECT batch_id FROM raw.batch").fetchall()}


def quarantined(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Ids of the batches that were taken out."""
    return {batch_id for (batch_id,) in connection.execute("SELECT batch_id FROM raw.quarantine").fetchall()}


def load(connection: duckdb.DuckDBPyConnection, batch: Batch, *, load_seq: int, version: str, now: datetime) -> int:
    """Insert a verified batch and its journal row in one transaction; returns the rows it brought.

    BatchCorrupt: its values do not fit the tables (a fault of the batch; anything else flies as it is).
    """
    connection.execute("BEGIN")
    try:
        row_count = insert(connection, batch, load_seq=load_seq, version=version, now=now)
        connection.execute("COMMIT")
    except BaseException as error:
        connection.execute("ROLLBACK")
        if isinstance(error, UNFIT):
            raise BatchCorrupt(f"{batch.folder} does not fit the warehouse: {error}") from error
        raise
    return row_count


def insert(connection: duckdb.DuckDBPyConnection, batch: Batch, *, load_seq: int, version: str, now: datetime) -> int:
    """The same in the caller's transaction."""
    row_count = sum(batch.tables.values())
    # a batch that takes an earlier place than what is built and published is built and checked all the same
    connection.execute("DELETE FROM raw.build WHERE built_through_seq >= ?", [load_seq])
    connection.execute(
        "UPDATE raw.publish SET checked_through_seq = $seq - 1 WHERE checked_through_seq >= $seq", {"seq": load_seq}
    )
    for table in batch.tables:
        connection.execute(
            f"INSERT INTO raw.{table} BY NAME"
            " SELECT *, $batch_id AS batch_id, $load_seq AS load_seq FROM read_parquet($file)",
            {"batch_id": batch.batch_id, "load_seq": load_seq, "file": str(batch.folder / f"{table}.parquet")},
        )
    connection.execute(
        "INSERT INTO raw.batch VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [load_seq, batch.batch_id, batch.batch_kind, batch.sealed_at, now, row_count, batch.schema_version, version],
    )
    return row_count


def drop_superseded(connection: duckdb.DuckDBPyConnection, *, through_seq: int) -> int:
    """Drop verdicts that a batch up to `through_seq` superseded; returns how many. What they named is kept.

    `through_seq` is what was checked and published: before that, a batch may be taken out, and its forerunners count again.
    """
    connection.execute("BEGIN")
    try:
        connection.execute(SUPERSEDED, {"through": through_seq})
        ((count,),) = connection.execute("INSERT INTO raw.superseded BY NAME SELECT * FROM dropped").fetchall()
        for table in ("extraction", "rejection"):
            connection.execute(
                f"DELETE FROM raw.{table} WHERE (fetch_id, load_seq) IN (SELECT (fetch_id, load_seq) FROM dropped)"
            )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return int(count)


def quarantine(connection: duckdb.DuckDBPyConnection, batch_id: str, *, finding: str, now: datetime) -> None:
    """Take a batch out of the raw layer, if it is in, and keep the finding; in the caller's transaction if there is one."""
    for table in RAW_TABLES:
        connection.execute(f"DELETE FROM raw.{table} WHERE batch_id = ?", [batch_id])
    connection.execute("DELETE FROM raw.batch WHERE batch_id = ?", [batch_id])
    connection.execute("INSERT INTO raw.quarantine VALUES (?, ?, ?)", [batch_id, finding, now])


def held_pages(connection: duckdb.DuckDBPyConnection, batch: Batch) -> int:
    """How many of a batch's pages are in raw already, by another batch."""
    if "fetch" not in batch.tables:
        return 0
    query = "SELECT count(*) FROM read_parquet($file) AS own SEMI JOIN raw.fetch AS held ON held.fetch_id = own.fetch_id::UUID"
    ((count,),) = connection.execute(query, {"file": str(batch.folder / "fetch.parquet")}).fetchall()
    return int(count)


def release(connection: duckdb.DuckDBPyConnection, batch_ids: Sequence[str]) -> None:
    """Forget that these batches were quarantined."""
    connection.execute("DELETE FROM raw.quarantine WHERE list_contains(?, batch_id)", [list(batch_ids)])


def last_seq(connection: duckdb.DuckDBPyConnection) -> int:
    ((load_seq,),) = connection.execute("SELECT coalesce(max(load_seq), 0) FROM raw.batch").fetchall()
    return int(load_seq)


def load_seq_of(connection: duckdb.DuckDBPyConnection, batch_id: str) -> int:
    ((load_seq,),) = connection.execute(
        "SELECT coalesce(max(load_seq), 0) FROM raw.batch WHERE batch_id = ?", [batch_id]
    ).fetchall()
    return int(load_seq)
