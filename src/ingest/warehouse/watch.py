"""What the watch reads of the published warehouse, and of watch batches that it does not hold yet. Nothing is judged here."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb

from ingest.records import Alarm, Batch
from ingest.rules.drift import Reading
from ingest.warehouse.writer import last_migration

Connection = duckdb.DuckDBPyConnection
MEMORY_LIMIT = "512MB"
LOOK_BACK = timedelta(weeks=8)
PAGES_MOST = 420  # of a source: those that tell how pages were, and a day's or more of new ones
MOMENT = timedelta(minutes=10)  # looks of several feeds in one crawl are one arrival
TABLES = ("alarm", "expected")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLOCK = """
SELECT
  (SELECT max(polled_at) FROM raw.poll),
  (SELECT coalesce(max(load_seq), 0) FROM raw.batch),
  (SELECT arg_max(batch_id, load_seq) FROM raw.batch)
"""
LAST_ALARMS = """
SELECT {columns} FROM told_alarm
QUALIFY row_number() OVER (PARTITION BY alarm_id ORDER BY noted_at DESC, place DESC, change) = 1
"""
EVENTS = """
SELECT {columns} FROM told_alarm
WHERE noted_at >= $since
QUALIFY row_number() OVER (PARTITION BY alarm_id, change, noted_at ORDER BY place) = 1
ORDER BY noted_at, place
"""
# one arrival: the last moment of ten minutes in which a source listed something new
ARRIVALS = """
WITH arrival AS (
  SELECT source_id, epoch_us(max(listed_at)) AS arrived_us, count(*) AS item_count
  FROM mart.ledger
  WHERE listed_at > $since AND listed_by IS DISTINCT FROM 'archive' AND source_id IN (SELECT unnest($source_ids::VARCHAR[]))
  GROUP BY source_id, time_bucket($moment::INTERVAL, listed_at)
)
SELECT source_id, list(arrived_us ORDER BY arrived_us), sum(item_count)::BIGINT FROM arrival GROUP BY source_id
UNION ALL
SELECT '', list(arrived_us ORDER BY arrived_us), sum(item_count)::BIGINT
FROM (
  SELECT max(arrived_us) AS arrived_us, sum(item_count) AS item_count
  FROM arrival GROUP BY time_bucket($moment::INTERVAL, make_timestamp(arrived_us))
)
"""
FIRST_POLLED = "SELECT source_id, min(polled_at) FROM raw.poll GROUP BY source_id"
LOOKS = """
WITH arrived AS (
  SELECT source_id, max(listed_at) AS arrived_at
  FROM mart.ledger
  WHERE listed_by IS DISTINCT FROM 'archive'
  GROUP BY source_id
)
SELECT
  source_id, last_polled_at, arrived_at, next_poll_at, feed_count, failing_feed_count + retired_feed_count AS unread_feed_count,
  CASE WHEN state = 'failing' THEN state_since_at END AS unread_since_at, look_count, refused_share,
  state = 'blocked' AS is_refused, CASE WHEN state = 'blocked' THEN state_since_at END AS refused_since_at, cause
FROM mart.source_health
LEFT JOIN arrived USING (source_id)
WHERE last_polled_at IS NOT NULL
ORDER BY source_id
"""
ASTRAY = """
SELECT count(*) FROM mart.ledger
WHERE state IS NULL OR reason IS NULL OR state NOT IN ('stored', 'duplicate', 'rejected', 'failed', 'waiting')
"""
# what archives alone list is the past: its layout is none of today's, whenever it was fetched
OF_THE_PRESENT = (
    "(source_id, entry_id) NOT IN (SELECT (source_id, entry_id) FROM core.entry WHERE listed_by = 'archive')"
)
FRESH = f"""
SELECT source_id, count(DISTINCT entry_id)
FROM core.verdict
WHERE (captured_seq > $through_seq OR read_seq > $through_seq) AND fetched_at > $since AND {OF_THE_PRESENT}
GROUP BY source_id
"""
# the first page of each entry: looks at one page again and again are no pages of their own
READINGS = f"""
WITH page AS (
  SELECT source_id, entry_id, fetch_id, fetched_at, load_seq, reason, content_hash
  FROM core.verdict
  WHERE source_id IN (SELECT unnest($source_ids::VARCHAR[])) AND fetched_at > $since AND {OF_THE_PRESENT}
  QUALIFY row_number() OVER (PARTITION BY source_id, entry_id ORDER BY fetched_at, fetch_id) = 1
),
latest AS (
  SELECT *
  FROM page
  QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY fetched_at DESC, fetch_id) <= $most
),
said AS (
  SELECT load_seq, fetch_id, word_count, title, authors, published_at, description, image_url FROM raw.extraction
  WHERE fetch_id IN (SELECT fetch_id FROM latest)
  UNION ALL BY NAME
  SELECT load_seq, fetch_id, 0 AS word_count, title, authors, published_at, description, image_url FROM raw.rejection
  WHERE fetch_id IN (SELECT fetch_id FROM latest)
)
SELECT
  source_id, fetched_at, reason, word_count, content_hash,
  list_filter([
    CASE WHEN title IS NULL THEN 'title' END,
    CASE WHEN len(authors) = 0 THEN 'authors' END,
    CASE WHEN published_at IS NULL THEN 'published_at' END,
    CASE WHEN description IS NULL THEN 'description' END,
    CASE WHEN image_url IS NULL THEN 'image_url' END
  ], lambda field: field IS NOT NULL) AS missing
FROM latest
JOIN said USING (load_seq, fetch_id)
ORDER BY source_id, fetched_at, fetch_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Which state of the warehouse is looked at: its last poll and its last batch."""

    as_of_at: datetime | None
    through_seq: int
    batch_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """When a source ('': any of them) listed something new, and how many items that were."""

    source_id: str
    arrived_at: Sequence[datetime]
    item_count: int


def can_be_watched(connection: Connection) -> bool:
    """Whether the published file is of this version: after an upgrade, only the next publish makes it so."""
    ((newest,),) = connection.execute("SELECT max(number) FROM raw.migration").fetchall()
    return bool(newest == last_migration())


def overlay(connection: Connection, pending: Sequence[Batch]) -> None:
    """Let told_alarm and told_expected be what is published and what sealed batches add, in the order of `place`; and
    told_source when each source was last seen in the catalogue."""
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    for table in TABLES:
        queries = [f"SELECT *, load_seq AS place FROM raw.{table}"]
        for number, file in enumerate(_files(pending, table)):
            queries.append(f"SELECT *, {2**40 + number} AS place FROM {file}")
        connection.execute(f"CREATE OR REPLACE TEMP TABLE told_{table} AS {' UNION ALL BY NAME '.join(queries)}")
    queries = [f"SELECT source_id, seen_at FROM {place}" for place in ("raw.source", *_files(pending, "source"))]
    seen = f"SELECT source_id, max(seen_at) AS seen_at FROM ({' UNION ALL '.join(queries)}) GROUP BY source_id"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE told_source AS {seen}")


def clock(connection: Connection) -> Clock:
    ((as_of_at, through_seq, batch_id),) = connection.execute(CLOCK).fetchall()
    return Clock(as_of_at=as_of_at, through_seq=through_seq, batch_id=batch_id)


def alarms(connection: Connection) -> list[Alarm]:
    """The last row of each alarm."""
    return _alarms(connection, LAST_ALARMS.format(columns=_columns()), {})


def events(connection: Connection, *, since: datetime) -> list[Alarm]:
    """All rows of alarms noted since, in their order, once each."""
    return _alarms(connection, EVENTS.format(columns=_columns()), {"since": since})


def seen_sources(connection: Connection, *, since: datetime) -> set[str]:
    """Those that were noted to be in the catalogue since then."""
    rows = connection.execute("SELECT source_id FROM told_source WHERE seen_at > $since", {"since": since}).fetchall()
    return {source_id for (source_id,) in rows}


def expected_through(connection: Connection) -> dict[str, date]:
    """The last day for which is noted what a source was to bring."""
    return dict(
        connection.execute("SELECT source_id, max(expected_on) FROM told_expected GROUP BY source_id").fetchall()
    )


def first_polled(connection: Connection) -> dict[str, datetime]:
    return dict(connection.execute(FIRST_POLLED).fetchall())


def arrivals(connection: Connection, source_ids: Collection[str], *, as_of_at: datetime) -> Iterator[Arrivals]:
    """Of each of these sources over eight weeks, and ('') of all of them together."""
    given = {
        "since": as_of_at - LOOK_BACK,
        "source_ids": sorted(source_ids),
        "moment": f"{MOMENT.total_seconds():.0f} seconds",
    }
    found = connection.execute(ARRIVALS, given)
    while rows := found.fetchmany(20):
        for source_id, moments, item_count in rows:
            if moments:
                at = [EPOCH + timedelta(microseconds=moment) for moment in moments]
                yield Arrivals(source_id=source_id, arrived_at=at, item_count=item_count)


def looks(connection: Connection) -> list[dict[str, Any]]:
    """What mart.source_health says of each source that was ever polled, and when it last listed something new."""
    found = connection.execute(LOOKS)
    names = [name for name, *_ in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def astray_count(connection: Connection) -> int:
    ((count,),) = connection.execute(ASTRAY).fetchall()
    return int(count)


def fresh_pages(connection: Connection, *, through_seq: int, as_of_at: datetime) -> dict[str, int]:
    """Entries of each source with a verdict that batches after `through_seq` brought, of eight weeks."""
    given = {"through_seq": through_seq, "since": as_of_at - LOOK_BACK}
    return dict(connection.execute(FRESH, given).fetchall())


def readings(connection: Connection, source_ids: Collection[str], *, as_of_at: datetime) -> dict[str, list[Reading]]:
    """How the last first pages of these sources read, in order of time."""
    given = {"source_ids": sorted(source_ids), "since": as_of_at - LOOK_BACK, "most": PAGES_MOST}
    found: dict[str, list[Reading]] = {}
    for source_id, fetched_at, reason, word_count, text_key, missing in connection.execute(READINGS, given).fetchall():
        found.setdefault(source_id, []).append(
            Reading(
                fetched_at=fetched_at,
                reason=reason,
                word_count=word_count,
                text_key=text_key,
                missing=frozenset(missing),
            )
        )
    return found


def _files(batches: Sequence[Batch], table: str) -> list[str]:
    """What these batches bring of a table, for a query."""
    paths = [str(batch.folder / f"{table}.parquet") for batch in batches if table in batch.tables]
    return [f"read_parquet('{path.replace(chr(39), chr(39) * 2)}')" for path in paths]


def _columns() -> str:
    return ", ".join(f"{field.name}::VARCHAR" if field.name == "alarm_id" else field.name for field in fields(Alarm))


def _alarms(connection: Connection, query: str, given: dict[str, object]) -> list[Alarm]:
    names = [field.name for field in fields(Alarm)]
    rows = connection.execute(query, given or None).fetchall()
    return [Alarm(**dict(zip(names, row, strict=True))) for row in rows]
