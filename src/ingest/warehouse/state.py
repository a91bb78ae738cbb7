"""What a crawl must know of the past: the published crawl-state file and every sealed batch that it does not hold yet.

The same SQL (warehouse/state/) makes the published file from the warehouse and reads the pending batches, so that a
crawl that runs before the loader knows what a crawl that runs after it would. Nothing is decided here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from ingest.crawl_state import FeedState, Visit
from ingest.records import Batch
from ingest.rules.due import Gap
from ingest.warehouse import sql
from ingest.warehouse.read import connected
from ingest.warehouse.steady import steady
from ingest.warehouse.writer import migrate, prepare

VISITED = "purpose, attempt, outcome, fetched_at, next_attempt_at, etag, last_modified, body_hash, known.modified_at"
STATE_TABLES = (
    "poll",
    "entry",
    "fetch",
    "tombstone",
    "alarm",
    "request",
    "part",
    "listed",
)  # the raw tables that state is made of
LOOK_BACK = (
    "INTERVAL 8 DAYS"  # of edits that a feed told of: beyond the last second look (rules/ladder.py) none is owed
)

GAP_LOOK_BACK = "INTERVAL 30 DAYS"  # a gap that no sitemap could fill by then is left to a backfill

GAP_PATIENCE = "INTERVAL 2 DAYS"  # with a sitemap that fails while another was read

# An article's id is that of its canonical address: an entry that is listed under it is the same article.
ERASED_ENTRY = """
SELECT entry_id FROM tombstone WHERE entry_id IS NOT NULL AND is_everywhere
UNION
SELECT article_id FROM tombstone WHERE article_id IS NOT NULL AND is_everywhere
"""
ERASED_SOURCE = (
    "SELECT source_id FROM tombstone WHERE entry_id IS NULL AND author_hash IS NULL AND source_id IS NOT NULL"
)

# The last that is known of each entry: of our own visits, or else of what archives hold, which we never asked the publisher for.
KNOWN = """
CREATE TEMP VIEW known AS
SELECT
  entry_id, source_id, feed_id, url, purpose, attempt, outcome, fetched_at, next_attempt_at, etag, last_modified, body_hash,
  modified_at
FROM visited
UNION ALL BY NAME
SELECT
  entry_id, source_id, feed_id, url, purpose, attempt, outcome, captured_at AS fetched_at, body_hash, captured_at AS modified_at
FROM captured ANTI JOIN visited USING (entry_id)
WHERE outcome = 'ok'
QUALIFY row_number() OVER (PARTITION BY entry_id ORDER BY captured_at DESC) = 1
"""
# Entries that archives alone list: backfills fetch them, and see to it again where that failed.
OF_ARCHIVES = """
SELECT entry_id FROM listed WHERE is_archive
EXCEPT
SELECT entry_id FROM listed WHERE is_archive IS NOT TRUE
"""

PendingOf = Callable[[set[str]], Sequence[Batch]]


def journaled(state_file: Path) -> set[str]:
    """Ids of the batches that the state file holds; none where nothing was published yet."""
    if not state_file.exists():
        return set()
    with connected(state_file) as connection:
        return {batch_id for (batch_id,) in connection.execute("SELECT batch_id FROM journal").fetchall()}


class CrawlState:
    """Answers to a crawl's questions, from one consistent look at the past."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def feeds(self) -> dict[str, FeedState]:
        names = FeedState.__slots__
        rows = self.connection.execute(f"SELECT {', '.join(names)} FROM feed").fetchall()
        return {row[0]: FeedState(**dict(zip(names, row, strict=True))) for row in rows}

    def open_gaps(self, *, now: datetime) -> dict[str, Gap]:
        """Sources that a feed of may have rolled over, where what might fill the gap was not read since: by source_id.

        A sitemap that was asked and could not be read keeps the gap open, for two days at most.
        """
        rows = self.connection.execute(
            f"""
            WITH judged AS (
              SELECT poll_id, gap.source_id, gap_from_at, gap_at,
                coalesce(bool_or(refill.read_at > gap_at), false) AS is_read,
                coalesce(bool_or(refill.asked_at > gap_at AND coalesce(refill.read_at <= gap_at, true)), false) AS is_owed
              FROM gap LEFT JOIN refill USING (source_id)
              WHERE gap_at > $now - {GAP_LOOK_BACK}
              GROUP BY ALL
            )
            SELECT source_id, min(gap_from_at), max(gap_at)
            FROM judged
            WHERE NOT is_read OR (is_owed AND gap_at > $now - {GAP_PATIENCE})
            GROUP BY source_id
            """,
            {"now": now},
        )
        return {source_id: Gap(from_at, gap_at) for source_id, from_at, gap_at in rows.fetchall()}

    def paused(self) -> set[str]:
        """Sources that a person has paused and not let go on since; the catalogue may pause others."""
        return {
            source_id
            for (source_id,) in self.connection.execute("SELECT source_id FROM paused WHERE is_paused").fetchall()
        }

    def waiting_hosts(self, *, now: datetime) -> dict[str, datetime]:
        """Hosts that asked us to wait, and until when."""
        rows = self.connection.execute(
            "SELECT host, max(not_before_at) FROM host WHERE not_before_at > ? GROUP BY host", [now]
        )
        return dict(rows.fetchall())

    def seen(self, said: Sequence[tuple[str, str, str]]) -> dict[int, bool]:
        """Of (feed_id, entry_id, entry_hash), the positions of those that the feed listed before: does it say the same?"""
        self._ask("asked", said, ("feed_id", "entry_id", "entry_hash"))
        rows = self.connection.execute(
            "SELECT position, listed.entry_hash = asked.entry_hash FROM asked JOIN listed"
            " ON listed.feed_id = asked.feed_id AND listed.entry_id = asked.entry_id::UUID"
        ).fetchall()
        return dict(rows)

    def erased(self, said: Sequence[tuple[str, str]]) -> set[int]:
        """Of (entry_id, source_id), the positions of those that are erased, by themselves or with their source."""
        self._ask("asked", said, ("entry_id", "source_id"))
        rows = self.connection.execute(
            f"SELECT position FROM asked WHERE entry_id::UUID IN ({ERASED_ENTRY}) OR source_id IN ({ERASED_SOURCE})"
        ).fetchall()
        return {position for (position,) in rows}

    def erased_authors(self) -> set[tuple[str, str | None]]:
        """Hashes of authors whose articles are erased, each with the source to which that is narrowed."""
        rows = self.connection.execute("SELECT author_hash, source_id FROM tombstone WHERE author_hash IS NOT NULL")
        return set(rows.fetchall())

    def visits(self, entry_ids: Sequence[str]) -> dict[str, Visit]:
        """The last fetch of those of the entries that were ever fetched, or that an archive holds."""
        self._ask("asked", [(entry_id,) for entry_id in entry_ids], ("entry_id",))
        rows = self.connection.execute(
            f"SELECT entry_id::VARCHAR, source_id, feed_id, url, {VISITED}, NULL FROM known"
            " WHERE entry_id IN (SELECT entry_id::UUID FROM asked)"
        ).fetchall()
        return {visit.entry_id: visit for visit in map(_visit, rows)}

    def owners(self, entry_ids: Sequence[str], *, active_ids: Iterable[str]) -> dict[str, str]:
        """Who owns those of the entries that an active source fetched or listed before: entry_id -> source_id."""
        self._ask("asked", [(entry_id,) for entry_id in entry_ids], ("entry_id",))
        self._ask("active", [(source_id,) for source_id in active_ids], ("source_id",))
        rows = self.connection.execute(
            """
            WITH claim AS (
              SELECT entry_id, source_id, NULL::TIMESTAMPTZ AS first_listed_at FROM known
              UNION ALL
              SELECT entry_id, source_id, first_listed_at FROM listed
            )
            SELECT entry_id::VARCHAR, first(source_id ORDER BY first_listed_at NULLS FIRST, source_id)
            FROM claim
            WHERE entry_id IN (SELECT entry_id::UUID FROM asked) AND source_id IN (SELECT source_id FROM active)
            GROUP BY entry_id
            """
        )
        return dict(rows.fetchall())

    def due(self, *, now: datetime, source_ids: Iterable[str], active_ids: Iterable[str]) -> list[Visit]:
        """Entries that the sources owe a fetch: listed and never fetched, due again by `now`, or told to be edited since.

        An entry belongs to the source that fetched it last, or else listed it first, among the active ones; so no two
        crawl tasks take it, and a paused source's entries go to who else lists them. Oldest first. What archives alone
        list is a backfill's, until it is an article that is looked at again.
        """
        self._ask("asked", [(source_id,) for source_id in source_ids], ("source_id",))
        self._ask("active", [(source_id,) for source_id in active_ids], ("source_id",))
        rows = self.connection.execute(
            f"""
            WITH candidate AS (
              SELECT entry_id FROM visited
              WHERE next_attempt_at <= $now AND (
                outcome IN ('ok', 'not_modified') OR purpose = 'second_look' OR entry_id NOT IN ({OF_ARCHIVES})
              )
              UNION
              SELECT entry_id FROM listed JOIN known USING (entry_id)
              WHERE is_archive IS NOT TRUE AND listed.listed_at > greatest(known.fetched_at, $now - {LOOK_BACK})
                AND (known.outcome IN ('ok', 'not_modified') OR known.purpose = 'second_look')
                AND listed.modified_at > coalesce(known.modified_at, '-infinity'::TIMESTAMPTZ)
              UNION
              SELECT entry_id FROM listed ANTI JOIN known USING (entry_id) WHERE is_archive IS NOT TRUE
              EXCEPT
              ({ERASED_ENTRY})
            ),
            told AS (
              SELECT entry_id, min(first_listed_at) AS listed_at, max(modified_at) AS told_modified_at,
                first({{'source_id': source_id, 'feed_id': feed_id, 'url': url}} ORDER BY first_listed_at, feed_id)
                  AS lister
              FROM listed
              WHERE entry_id IN (SELECT entry_id FROM candidate) AND source_id IN (SELECT source_id FROM active)
              GROUP BY entry_id
            ),
            owned AS (
              SELECT candidate.entry_id, told.listed_at, told.told_modified_at, told.lister, known.url,
                known.source_id IN (SELECT source_id FROM active) AS stays, known.source_id, known.feed_id, {VISITED}
              FROM candidate
              LEFT JOIN told USING (entry_id)
              LEFT JOIN known USING (entry_id)
            )
            SELECT entry_id::VARCHAR,
              CASE WHEN stays THEN source_id ELSE lister.source_id END AS owner,
              CASE WHEN stays THEN feed_id ELSE lister.feed_id END,
              coalesce(url, lister.url),
              purpose, attempt, outcome, fetched_at, next_attempt_at, etag, last_modified, body_hash, modified_at,
              told_modified_at
            FROM owned
            WHERE owner IN (SELECT source_id FROM asked) AND owner NOT IN ({ERASED_SOURCE})
            ORDER BY coalesce(fetched_at, listed_at), entry_id
            """,
            {"now": now},
        ).fetchall()
        return [_visit(row) for row in rows]

    def _ask(self, table: str, rows: Sequence[tuple[str, ...]], names: tuple[str, ...]) -> None:
        columns = {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(names)}
        given = pa.table({"position": pa.array(range(len(rows)), pa.int64()), **columns})
        self.connection.register(table, given)


@contextmanager
def open_state(state_file: Path, pending_of: PendingOf, *, now: datetime) -> Iterator[CrawlState]:
    """The state as published, overlaid by the batches that it does not hold.

    `pending_of` is given the ids that the state file holds, and returns the other batches, verified: one look at one file,
    whatever is published meanwhile.
    """
    with duckdb.connect() as connection:
        prepare(connection)
        migrate(connection, now=now)
        published = state_file.exists()
        held: set[str] = set()
        if published:
            quoted = str(state_file).replace("'", "''")
            steady(
                state_file,
                lambda: connection.execute(f"ATTACH '{quoted}' AS published (READ_ONLY)"),
                closed=lambda _: connection.execute("DETACH published"),
            )
            held = {batch_id for (batch_id,) in connection.execute("SELECT batch_id FROM published.journal").fetchall()}
        _show_pending(connection, pending_of(held))
        standing = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'published'"
        ).fetchall()
        for path in sql.files("state"):  # one that an older version published lacks what is new
            _overlay(connection, path, published=(path.stem,) in standing)
        connection.execute(KNOWN)
        yield CrawlState(connection)


def _overlay(connection: duckdb.DuckDBPyConnection, path: Path, *, published: bool) -> None:
    """One view of a state file: what is published, and what pending batches say, merged by the file's own rule."""
    name, header = path.stem, sql.header(path)
    keys = [key.strip() for key in header["key"].split(",")]
    connection.execute(f"CREATE TEMP TABLE pending_{name} AS {path.read_text('utf-8')}")
    if not published:
        connection.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM pending_{name}")
        return
    by_key = f"USING ({', '.join(keys)})"
    rule = {
        column: how for how, column in (part.split() for part in header.get("merge", "").split(",") if part.strip())
    }
    newest = next((column for column, how in rule.items() if how == "newest"), keys[0])
    columns = [column for column, *_ in connection.execute(f"DESCRIBE pending_{name}").fetchall() if column not in keys]
    merged = ", ".join(
        f"{rule[column]}({column}) AS {column}"
        if rule.get(column) in ("min", "max")
        else f"last({column} ORDER BY told.{newest}) AS {column}"
        for column in columns
    )
    connection.execute(
        f"CREATE TEMP TABLE merged_{name} AS SELECT {', '.join([*keys, *([merged] if merged else [])])} FROM ("
        f" SELECT * FROM published.{name} SEMI JOIN pending_{name} {by_key} UNION ALL BY NAME SELECT * FROM pending_{name}"
        f") AS told GROUP BY {', '.join(keys)}"
    )
    connection.execute(
        f"CREATE TEMP VIEW {name} AS SELECT * FROM published.{name} ANTI JOIN merged_{name} {by_key}"
        f" UNION ALL BY NAME SELECT * FROM merged_{name}"
    )


def _show_pending(connection: duckdb.DuckDBPyConnection, pending: Sequence[Batch]) -> None:
    """Let raw.* be views over the pending batches' files, typed as in the warehouse."""
    for table in STATE_TABLES:
        files = [str(batch.folder / f"{table}.parquet") for batch in pending if table in batch.tables]
        if not files:
            continue
        told = connection.execute(f"DESCRIBE raw.{table}").fetchall()
        columns = ", ".join(
            f'TRY_CAST("{name}" AS {kind}) AS "{name}"'
            for name, kind, *_ in told
            if name not in ("batch_id", "load_seq")
        )
        connection.execute(f"ALTER TABLE raw.{table} RENAME TO no_{table}")  # gives the columns that older files lack
        listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
        connection.execute(
            f"CREATE VIEW raw.{table} AS SELECT {columns} FROM (SELECT * FROM raw.no_{table} UNION ALL BY NAME"
            f" SELECT * FROM read_parquet([{listed}], union_by_name = true))"
        )


def _visit(row: tuple[object, ...]) -> Visit:
    return Visit(**dict(zip(Visit.__slots__, row, strict=True)))  # type: ignore[arg-type]
