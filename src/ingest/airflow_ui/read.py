"""What the page says of all sources, read from the published warehouse once a publish. How it is shown is elsewhere."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from ingest.errors import WarehouseMissing
from ingest.warehouse.read import connected

SHOWN_DAYS = 14
MEMORY = "256MB"
MOST_ALARMS = 1_000  # open ones that are held at all
ONE_AT_A_TIME = Lock()

SNAPSHOT = "SELECT snapshot_id, published_at FROM mart.snapshot WHERE is_this_file"
SOURCES = """
SELECT health.*, source.country, source.source_language, source.home_url
FROM mart.source_health AS health
LEFT JOIN core.source AS source USING (source_id)
ORDER BY source_id
"""
# Listed, not fetched: what a source brought, whatever came of it. Before it was first polled there is no day.
VOLUME = """
WITH watched AS (
  SELECT source_id, min(polled_at)::DATE AS watched_on FROM mart.feed_poll GROUP BY source_id
),
listed AS (
  SELECT source_id, listed_on, count(*) AS listed_count, count(*) FILTER (state = 'stored') AS stored_count
  FROM mart.ledger
  WHERE listed_by IS DISTINCT FROM 'archive' AND listed_on > $today::DATE - $shown_days
  GROUP BY source_id, listed_on
),
calendar AS (
  SELECT $today::DATE - back::INTEGER AS listed_on FROM range($shown_days) AS past(back)
)
SELECT
  watched.source_id,
  calendar.listed_on,
  coalesce(listed_count, 0) AS listed_count,
  coalesce(stored_count, 0) AS stored_count,
  expected.expected_count
FROM watched
JOIN calendar ON calendar.listed_on >= watched.watched_on
LEFT JOIN listed ON listed.source_id = watched.source_id AND listed.listed_on = calendar.listed_on
LEFT JOIN mart.source_expected AS expected
  ON expected.source_id = watched.source_id AND expected.listed_on = calendar.listed_on
ORDER BY watched.source_id, calendar.listed_on
"""
REASONS = """
SELECT source_id, reason, count(*) AS rejected_count
FROM mart.ledger
WHERE state = 'rejected' AND reason <> 'erased' AND listed_by IS DISTINCT FROM 'archive' AND listed_on > $today::DATE - 7
GROUP BY source_id, reason
ORDER BY rejected_count DESC, reason
"""
ALARMS = """
SELECT alarm_id, source_id, source_name, alarm_kind, cause, since_at, opened_at, quarantined_count, actor, reason
FROM mart.alarm
WHERE is_open AND alarm_kind NOT IN ('paused', 'catalogue_pause', 'quarantined')
ORDER BY source_id IS NULL DESC, since_at DESC, alarm_id
LIMIT $most
"""
DECISIONS = """
SELECT source_id, alarm_kind
FROM mart.alarm
WHERE is_open AND alarm_kind IN ('paused', 'catalogue_pause', 'quarantined') AND source_id IS NOT NULL
"""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a source listed on a day (UTC), what of it was stored, and what its habit let expect; today's up to the last poll."""

    listed_on: date
    listed_count: int
    stored_count: int
    expected_count: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All that the overview shows: rows of mart.source_health, and the open alarms.

    Each source has besides: `days`, `reasons` of rejection with their counts, and the `decisions` about it that hold.
    """

    snapshot_id: str
    published_at: datetime
    as_of_at: datetime  # the last poll that is in it
    sources: tuple[Row, ...]
    alarms: tuple[Row, ...]


def overview(file: Path) -> Overview:
    """Read once a publish: as long as `file` is the same file, the same answer. One reading at a time, in MEMORY.

    Raises WarehouseMissing before the first publish.
    """
    with ONE_AT_A_TIME:
        return _overview(file, identity(file))


@contextmanager
def opened(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, read-only, on one core and in bounded memory; times in UTC."""
    with connected(file, memory_limit=MEMORY, threads=1) as connection:
        connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        yield connection


def rows(connection: duckdb.DuckDBPyConnection, sql: str, **values: object) -> tuple[Row, ...]:
    """The rows of a query, each by its columns' names."""
    cursor = connection.execute(sql, values)
    names = [name for name, *_ in cursor.description or []]
    return tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())


def identity(file: Path) -> tuple[int, int]:
    """Another one for each file that is published under the same name."""
    try:
        told = file.stat()
    except FileNotFoundError:
        raise WarehouseMissing(f"there is no {file} yet", "switch on news_crawl and news_load") from None
    return told.st_ino, told.st_mtime_ns


@lru_cache(maxsize=1)
def _overview(file: Path, _identity: tuple[int, int]) -> Overview:
    with opened(file) as connection:
        ((snapshot_id, published_at),) = connection.execute(SNAPSHOT).fetchall()
        sources = rows(connection, SOURCES)
        as_of_at = max((source["as_of_at"] for source in sources), default=published_at)
        days = _days(connection, as_of_at.date())
        reasons = _by_source(connection, REASONS, today=as_of_at.date())
        decisions = _by_source(connection, DECISIONS)
        alarms = rows(connection, ALARMS, most=MOST_ALARMS)
    told = (
        source
        | {
            "days": tuple(days[source["source_id"]]),
            "reasons": tuple(reasons[source["source_id"]]),
            "decisions": frozenset(kind for (kind,) in decisions[source["source_id"]]),
        }
        for source in sources
    )
    return Overview(
        snapshot_id=snapshot_id, published_at=published_at, as_of_at=as_of_at, sources=tuple(told), alarms=alarms
    )


def _days(connection: duckdb.DuckDBPyConnection, today: date) -> dict[str, list[Day]]:
    days: dict[str, list[Day]] = defaultdict(list)
    given = {"today": today, "shown_days": SHOWN_DAYS}
    for source_id, listed_on, listed_count, stored_count, expected_count in connection.execute(
        VOLUME, given
    ).fetchall():
        day = Day(
            listed_on=listed_on, listed_count=listed_count, stored_count=stored_count, expected_count=expected_count
        )
        days[source_id].append(day)
    return days


def _by_source(connection: duckdb.DuckDBPyConnection, sql: str, **values: object) -> dict[str, list[tuple[Any, ...]]]:
    """What is told of each source: all columns but the first."""
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for source_id, *told in connection.execute(sql, values).fetchall():
        found[source_id].append(tuple(told))
    return found
