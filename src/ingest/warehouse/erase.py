"""Erasure in the warehouse: where the rows and pages of what is doomed are, and taking them out of raw.

What is doomed is a temp table that doom.py fills. The files that batches and archived pages lie in are others' matter, and so is
the build that takes what is erased out of core and mart.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from ingest.records import Batch
from ingest.warehouse.homes import is_built, register
from ingest.warehouse.load import insert

Connection = duckdb.DuckDBPyConnection
KEYED = ("entry", "fetch", "extraction", "rejection", "confirmation", "listed")  # the raw tables of an item's rows
MOVED = (("fetch_id", pa.string()), ("path", pa.string()), ("start", pa.int64()))
COPIES_SHOWN = 100
GONE = """(
  entry_id IN (SELECT entry_id FROM doomed WHERE is_everywhere)
  OR (source_id, entry_id) IN (SELECT (source_id, entry_id) FROM doomed WHERE NOT is_everywhere)
)"""
COPIES = f"""
WITH doomed_article AS (
  SELECT article_id, article_key, story_key FROM core.story_article WHERE article_id IN (SELECT article_id FROM doomed)
),
akin AS (
  SELECT other_article_key AS article_key, likeness_kind FROM core.likeness SEMI JOIN doomed_article USING (article_key)
  UNION ALL
  SELECT article_key, likeness_kind FROM core.likeness
  WHERE other_article_key IN (SELECT article_key FROM doomed_article)
  UNION ALL
  SELECT article_key, 'story' FROM core.story_article SEMI JOIN doomed_article USING (story_key)
)
SELECT other.article_id::VARCHAR, article.source_id, min(likeness_kind ORDER BY likeness_kind = 'story', likeness_kind)
FROM akin
JOIN core.story_article AS other USING (article_key)
JOIN core.article AS article ON article.article_id = other.article_id
WHERE other.article_id NOT IN (SELECT article_id FROM doomed_article)
GROUP BY ALL
ORDER BY ALL
LIMIT {COPIES_SHOWN}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the warehouse holds of an order: rows by raw table, articles, entries, and articles that say the same and stay."""

    rows: dict[str, int]
    articles: list[tuple[str, str, int]]  # article_id, source_id, entries
    entry_count: int
    copies: list[tuple[str, str, str]]  # article_id, source_id, how like


def found(connection: Connection) -> Found:
    """What `doomed` has in the warehouse."""
    rows = {table: _count(connection, f"FROM raw.{table} WHERE {GONE}") for table in KEYED}
    articles = connection.execute(
        "SELECT article_id::VARCHAR, min(source_id), count(*) FROM doomed WHERE article_id IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return Found(
        rows={table: count for table, count in rows.items() if count},
        articles=articles,
        entry_count=_count(connection, "FROM doomed"),
        copies=connection.execute(COPIES).fetchall() if is_built(connection) else [],
    )


def pairs(connection: Connection) -> tuple[set[str], set[tuple[str, str]]]:
    """Entries that are doomed whichever source lists them, and pairs of source and entry."""
    rows = connection.execute("SELECT source_id, entry_id::VARCHAR, is_everywhere FROM doomed").fetchall()
    everywhere = {entry_id for _, entry_id, is_everywhere in rows if is_everywhere}
    return everywhere, {(source_id, entry_id) for source_id, entry_id, is_everywhere in rows if not is_everywhere}


def pages(connection: Connection) -> tuple[set[str], set[str]]:
    """Files of the archive that hold doomed pages, and all pages' fetch_ids."""
    rows = connection.execute(f"SELECT archive_path, fetch_id::VARCHAR FROM raw.fetch WHERE {GONE}").fetchall()
    return {path for path, _ in rows if path}, {fetch_id for _, fetch_id in rows}


def archive_paths(connection: Connection) -> set[str]:
    """All files of the archive that raw names."""
    rows = connection.execute("SELECT DISTINCT archive_path FROM raw.fetch WHERE archive_path IS NOT NULL").fetchall()
    return {path for (path,) in rows}


def addresses(connection: Connection) -> tuple[set[str], datetime | None]:
    """Where the doomed pages were met, and since when."""
    rows = connection.execute(
        f"SELECT url FROM raw.entry WHERE {GONE} UNION SELECT url FROM raw.fetch WHERE {GONE}"
        f" UNION SELECT final_url FROM raw.fetch WHERE {GONE} AND final_url IS NOT NULL"
        f" UNION SELECT canonical_url FROM raw.extraction WHERE {GONE}"
    ).fetchall()
    ((since,),) = connection.execute("SELECT min(listed_at) FROM doomed").fetchall()
    return {url for (url,) in rows}, since


def batches(connection: Connection, moved: Collection[str]) -> list[str]:
    """Loaded batches with rows of what is doomed, or with pages in the files of the archive that moved."""
    connection.register("moved_file", pa.table({"archive_path": pa.array(sorted(moved), pa.string())}))
    held = " UNION ".join(f"SELECT batch_id FROM raw.{table} WHERE {GONE}" for table in KEYED)
    rows = connection.execute(
        f"{held} UNION SELECT batch_id FROM raw.superseded WHERE {_gone_pages()}"
        " UNION SELECT batch_id FROM raw.fetch SEMI JOIN moved_file USING (archive_path) ORDER BY batch_id"
    ).fetchall()
    return [batch_id for (batch_id,) in rows]


def is_known_page(connection: Connection, fetch_id: str) -> bool:
    """Whether a fetch of this id is in raw."""
    return bool(
        connection.execute("SELECT 1 FROM raw.fetch WHERE fetch_id = TRY_CAST(? AS UUID)", [fetch_id]).fetchall()
    )


def move_pages(connection: Connection, moved: Mapping[str, tuple[str, int]]) -> None:
    """Pages' new places by fetch_id, in the caller's transaction if there is one."""
    if moved:
        places = [(fetch_id, *place) for fetch_id, place in moved.items()]
        register(connection, "moved_page", MOVED, places)
        connection.execute(
            "UPDATE raw.fetch SET archive_path = path, archive_offset = moved_page.start FROM moved_page"
            " WHERE raw.fetch.fetch_id = moved_page.fetch_id::UUID"
        )


def take_out(
    connection: Connection,
    batch: Batch,
    *,
    load_seq: int,
    version: str,
    moved: Mapping[str, tuple[str, int]],
    findings: Mapping[str, str],
    now: datetime,
) -> None:
    """In one transaction: rows of what is doomed out of raw, batches' counts kept true, pages' new places in, the batch in."""
    connection.execute("BEGIN")
    try:
        if _is_left(connection):
            connection.execute("DELETE FROM raw.build")
        lost = _delete(connection)
        for load_seq_lost, count in lost.items():
            connection.execute(
                "UPDATE raw.batch SET row_count = row_count - ? WHERE load_seq = ?", [count, load_seq_lost]
            )
        move_pages(connection, moved)
        for batch_id, finding in findings.items():
            connection.execute("UPDATE raw.quarantine SET finding = ? WHERE batch_id = ?", [finding, batch_id])
        insert(connection, batch, load_seq=load_seq, version=version, now=now)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _is_left(connection: Connection) -> bool:
    """Whether an article loses pages that the tombstones do not name it by, or keeps others.

    A build of what is touched would not find it then, since what told of it is gone: all is built anew, which is rare.
    """
    if not is_built(connection):
        return False
    return bool(
        connection.execute(
            f"WITH lost AS (SELECT DISTINCT article_id FROM core.verdict WHERE article_id IS NOT NULL AND {GONE}),"
            " named AS (SELECT DISTINCT article_id FROM doomed WHERE article_id IS NOT NULL AND is_everywhere)"
            " SELECT 1 FROM (FROM lost EXCEPT FROM named)"
            f" UNION ALL SELECT 1 FROM core.verdict WHERE article_id IN (FROM lost UNION FROM named) AND NOT {GONE} LIMIT 1"
        ).fetchall()
    )


def _delete(connection: Connection) -> dict[int, int]:
    """Rows taken out by load_seq."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE lost_entry AS"
        f" SELECT poll_id, count(*) AS lost FROM raw.entry WHERE {GONE} GROUP BY poll_id"
    )
    connection.execute(
        "UPDATE raw.poll SET recorded_count = recorded_count - lost, erased_count = coalesce(erased_count, 0) + lost"
        " FROM lost_entry WHERE raw.poll.poll_id = lost_entry.poll_id"
    )
    by_table = {"superseded": _gone_pages()} | dict.fromkeys(
        ("extraction", "rejection", "confirmation", "entry", "fetch", "listed"), GONE
    )
    lost: dict[int, int] = {}
    for table, condition in by_table.items():
        counts = connection.execute(
            f"SELECT load_seq, count(*) FROM raw.{table} WHERE {condition} GROUP BY 1"
        ).fetchall()
        for load_seq, count in counts:
            lost[load_seq] = lost.get(load_seq, 0) + count
        if counts:
            connection.execute(f"DELETE FROM raw.{table} WHERE {condition}")
    return lost


def _gone_pages() -> str:
    """raw.superseded does not say whose page it was."""
    return f"fetch_id IN (SELECT fetch_id FROM raw.fetch WHERE {GONE})"


def drop_postings(connection: Connection) -> None:
    """Search passes over the postings of articles that are gone; after an erasure they are not even kept."""
    connection.execute("DELETE FROM core.posting WHERE article_number NOT IN (SELECT article_number FROM core.posted)")


def ids(files: Sequence[Path]) -> list[str]:
    """Of entries and articles that tombstones name, in these files of erasure batches."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            "WITH told AS (SELECT entry_id, article_id FROM read_parquet($files))"
            " SELECT entry_id FROM told WHERE entry_id IS NOT NULL UNION SELECT article_id FROM told WHERE article_id IS NOT NULL"
            " ORDER BY 1",
            {"files": [str(file) for file in files]},
        ).fetchall()
    return [key for (key,) in rows]


def is_expiry(file: Path) -> bool:
    """Whether an erasure batch, by its tombstones, is of what merely was kept long enough."""
    with duckdb.connect() as connection:
        rows = connection.execute("SELECT DISTINCT order_kind FROM read_parquet($file)", {"file": str(file)}).fetchall()
    return rows == [("expired",)]


def holds(connection: Connection, ids: Sequence[str], erasures: Sequence[str]) -> bool:
    """Whether a published file has a row of these entries or articles, or knows of their erasure, and has them in free blocks."""
    connection.register("asked_id", pa.table({"id": pa.array(ids, pa.string())}))
    asked = "(SELECT id::UUID FROM asked_id)"
    return bool(
        connection.execute(
            f"SELECT 1 FROM raw.entry WHERE entry_id IN {asked} UNION ALL SELECT 1 FROM raw.fetch WHERE entry_id IN {asked}"
            f" UNION ALL SELECT 1 FROM raw.extraction WHERE entry_id IN {asked} OR article_id IN {asked}"
            " UNION ALL SELECT 1 FROM raw.batch WHERE batch_id IN $erasures LIMIT 1",
            {"erasures": list(erasures)},
        ).fetchall()
    )


def _count(connection: Connection, rows: str) -> int:
    ((count,),) = connection.execute(f"SELECT count(*) {rows}").fetchall()
    return int(count)
