"""Raw up to a load_seq as Parquet files, and back: what takes the place of batches. Sealing and folders are elsewhere."""

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

import duckdb

from ingest.errors import BatchCorrupt
from ingest.warehouse.build import forget
from ingest.warehouse.load import UNFIT, quarantine

Connection = duckdb.DuckDBPyConnection
ROW_GROUP = 16_384  # rows in memory at once, a thread: texts of some kB make this the memory that it takes
TABLES = "SELECT table_name FROM duckdb_columns() WHERE schema_name = 'raw' AND column_name = 'batch_id' ORDER BY 1"
# rows may lie in the file in another order than in the table, so it is the sum that is held against each other
DIGEST = "SELECT count(*), sum(hash(given)) FROM ({rows}) AS given"
# Through the last batch before which (and with which) all are old enough, out, and none is owed its place.
THROUGH = """
SELECT coalesce(max(load_seq), 0)
FROM raw.batch
WHERE load_seq < (
    SELECT coalesce(min(load_seq), $owed_seq) FROM raw.batch WHERE sealed_at >= $before OR load_seq >= $owed_seq
  )
  AND load_seq <= (
    SELECT coalesce(max(checked_through_seq), -1)
    FROM raw.publish
    WHERE elapsed_ms IS NOT NULL AND published_at <= $published_by
  )
"""


def through(connection: Connection, *, before: datetime, published_by: datetime, owed_seq: int) -> int:
    """load_seq through which batches may go: sealed before `before`, published by `published_by`; 0 for none.

    `owed_seq`: the first place that is kept for a batch which is not loaded.
    """
    given = {"before": before, "published_by": published_by, "owed_seq": owed_seq}
    ((load_seq,),) = connection.execute(THROUGH, given).fetchall()
    return int(load_seq)


def batch_ids(connection: Connection, *, through_seq: int) -> set[str]:
    """Batches whose files a base through `through_seq` makes needless; erasures stay, with their reports."""
    rows = connection.execute(
        "SELECT batch_id FROM raw.batch WHERE load_seq <= ? AND batch_kind <> 'erasure'", [through_seq]
    ).fetchall()
    return {batch_id for (batch_id,) in rows}


def among(connection: Connection, names: Collection[str], *, through_seq: int) -> set[str]:
    """Of these loaded batches, those with a place up to `through_seq`."""
    rows = connection.execute(
        "SELECT batch_id FROM raw.batch WHERE load_seq <= $seq AND batch_id IN (SELECT unnest($names::VARCHAR[]))",
        {"seq": through_seq, "names": sorted(names)},
    ).fetchall()
    return {batch_id for (batch_id,) in rows}


def batch_count(connection: Connection, *, through_seq: int) -> int:
    ((count,),) = connection.execute("SELECT count(*) FROM raw.batch WHERE load_seq <= ?", [through_seq]).fetchall()
    return int(count)


def lacks(connection: Connection, batch_file: Path) -> bool:
    """Whether the warehouse neither holds nor has quarantined a batch of this base."""
    rows = connection.execute(
        "SELECT 1 FROM read_parquet($file) ANTI JOIN raw.batch USING (batch_id)"
        " ANTI JOIN raw.quarantine USING (batch_id) LIMIT 1",
        {"file": str(batch_file)},
    ).fetchall()
    return bool(rows)


def has_batch(connection: Connection, batch_file: Path, batch_id: str) -> bool:
    query = "SELECT 1 FROM read_parquet($file) WHERE batch_id = $batch_id"
    return bool(connection.execute(query, {"file": str(batch_file), "batch_id": batch_id}).fetchall())


def write(connection: Connection, folder: Path, *, through_seq: int) -> dict[str, int]:
    """One file a raw table, rows in the order in which they lie there; returns rows by table.

    Each is read back and held against raw: the batches will be gone. BatchCorrupt: a file is not what it was made of.
    """
    counts: dict[str, int] = {}
    for (table,) in connection.execute(TABLES).fetchall():
        path = folder / f"{table}.parquet"
        quoted = str(path).replace("'", "''")
        whole = f"FROM raw.{table}" + (f" WHERE load_seq <= {int(through_seq)}" if table != "quarantine" else "")
        connection.execute(
            f"COPY ({whole}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )
        (expected,) = connection.execute(DIGEST.format(rows=whole)).fetchall()
        (found,) = connection.execute(DIGEST.format(rows=f"FROM read_parquet('{quoted}')")).fetchall()
        if found != expected:
            raise BatchCorrupt(f"{path} holds {found[0]} rows that are not raw's {expected[0]}", "check the disk")
        counts[table] = int(expected[0])
    return counts


def load(
    connection: Connection,
    files: Mapping[str, Path],
    *,
    through_seq: int,
    quarantined: Mapping[str, str],
    now: datetime,
) -> None:
    """Make raw up to `through_seq` what these files hold, in one transaction; the next build starts from raw.

    `quarantined`: findings of batches that were taken out since. Columns that the files lack get their defaults, as with
    batches of an older version. BatchCorrupt: values do not fit the tables.
    """
    connection.execute("BEGIN")
    try:
        for table, file in files.items():
            where = (
                "load_seq <= $seq"
                if table != "quarantine"
                else "batch_id IN (SELECT batch_id FROM read_parquet($file))"
            )
            given = {"seq": through_seq} if table != "quarantine" else {"file": str(file)}
            connection.execute(f"DELETE FROM raw.{table} WHERE {where}", given)
            connection.execute(f"INSERT INTO raw.{table} BY NAME FROM read_parquet($file)", {"file": str(file)})
        held = among(connection, quarantined.keys(), through_seq=through_seq)
        for batch_id in sorted(held):
            quarantine(connection, batch_id, finding=quarantined[batch_id], now=now)
        connection.execute("UPDATE raw.publish SET checked_through_seq = -1")
        forget(connection)
        connection.execute("COMMIT")
    except BaseException as error:
        connection.execute("ROLLBACK")
        if isinstance(error, UNFIT):
            raise BatchCorrupt(f"the base in {files['batch'].parent} does not fit the warehouse: {error}") from error
        raise
