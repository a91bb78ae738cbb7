"""Status: what is published, what waits to be loaded, and each source's account. Nothing is changed."""

from dataclasses import dataclass
from datetime import datetime

from ingest.jobs import disk
from ingest.jobs.disk import Disk
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.warehouse.read import query, reader
from ingest.warehouse.state import journaled

BY_SOURCE = """
WITH polled AS (
  SELECT source_id, max(polled_at) AS polled_at, last(outcome ORDER BY polled_at) AS outcome
  FROM mart.feed_poll
  GROUP BY source_id
),
account AS (
  SELECT source_id, sum(listed_count) AS listed_count, sum(stored_count) AS stored_count,
    sum(duplicate_count) AS duplicate_count, sum(rejected_count) AS rejected_count,
    sum(failed_count) AS failed_count, sum(waiting_count) AS waiting_count
  FROM mart.source_day
  GROUP BY source_id
)
SELECT source_id, coalesce(listed_count, 0)::BIGINT, coalesce(stored_count, 0)::BIGINT,
  coalesce(duplicate_count, 0)::BIGINT, coalesce(rejected_count, 0)::BIGINT, coalesce(failed_count, 0)::BIGINT,
  coalesce(waiting_count, 0)::BIGINT, polled_at, outcome
FROM account
FULL JOIN polled USING (source_id)
ORDER BY source_id
"""
SNAPSHOT = "SELECT snapshot_id, published_at FROM mart.snapshot WHERE is_this_file"
BY_REASON = "SELECT state, reason, count(*) FROM mart.ledger GROUP BY ALL ORDER BY ALL"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAccount:
    """What became of a source's items, and its last poll."""

    source_id: str
    listed_count: int
    stored_count: int
    duplicate_count: int
    rejected_count: int
    failed_count: int
    waiting_count: int
    polled_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The published copy's name, age and accounts, the batches that are not in it yet, and the disk."""

    snapshot_id: str
    published_at: datetime
    pending_batches: list[str]
    sources: list[SourceAccount]
    reasons: list[tuple[str, str, int]]
    disk: Disk


def run(settings: Settings) -> Status:
    """Read-only, whatever the writer does. Raises WarehouseMissing before the first publish."""
    with reader(settings.published_file) as connection:
        ((snapshot_id, published_at),) = query(connection, SNAPSHOT)[1]
        accounts = query(connection, BY_SOURCE)[1]
        reasons = query(connection, BY_REASON)[1]
    held = journaled(settings.state_file)
    return Status(
        snapshot_id=snapshot_id,
        published_at=published_at,
        pending_batches=[name for name in stage.sealed(settings.stage) if name not in held],
        sources=[SourceAccount(**dict(zip(SourceAccount.__slots__, row, strict=True))) for row in accounts],
        reasons=[(state, reason, count) for state, reason, count in reasons],
        disk=disk.measure(settings),
    )
