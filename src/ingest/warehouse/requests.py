"""What a backfill must know of the past: open requests, how far their parts were read, and what they listed and still lack.

Asked of the same look at the past as a crawl's questions (state.py). Nothing is decided here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from ingest.history import PartOutcome, Pointer, Request
from ingest.records import Purpose
from ingest.warehouse.state import ERASED_ENTRY, ERASED_SOURCE, CrawlState

NAMES = "request_id::VARCHAR, source_id, input_kind, input_address, from_on, to_on, hosts, url_pattern, asked_at"
# What a request listed and nobody has: a page that was never asked for or is to be asked for again, unless crawls see to it;
# a capture that was never got. What was at hand when it was listed came with its listing.
OWED = f"""
CREATE OR REPLACE TEMP VIEW owed AS
SELECT
  requested.request_id, requested.part_id, requested.entry_id, requested.source_id, requested.counted_on,
  nullif(requested.captured_at, '-infinity'::TIMESTAMPTZ) AS captured_at,
  capture_address, capture_offset, capture_length, capture_digest, told.feed_id, told.url,
  CASE WHEN capture_address IS NULL THEN known.attempt ELSE captured.attempt END AS attempt
FROM requested
JOIN (
  SELECT entry_id, source_id, first(feed_id ORDER BY first_listed_at) AS feed_id, first(url ORDER BY first_listed_at) AS url,
    bool_and(is_archive) AS is_of_archives
  FROM listed
  WHERE is_archive OR entry_id IN (SELECT entry_id FROM requested)
  GROUP BY entry_id, source_id
) AS told USING (entry_id, source_id)
LEFT JOIN known ON known.entry_id = requested.entry_id
LEFT JOIN captured ON captured.entry_id = requested.entry_id AND captured.captured_at = requested.captured_at
WHERE CASE
    WHEN capture_address IS NOT NULL THEN captured.entry_id IS NULL OR captured.next_attempt_at <= getvariable('now')
    WHEN isinf(requested.captured_at) THEN is_of_archives AND (
      known.entry_id IS NULL OR known.next_attempt_at <= getvariable('now')
      AND known.outcome NOT IN ('ok', 'not_modified') AND known.purpose <> 'second_look'
    )
  END
  AND requested.entry_id NOT IN ({ERASED_ENTRY}) AND requested.source_id NOT IN ({ERASED_SOURCE})
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartState:
    """The newest word on a part."""

    part_id: str
    request_id: str
    part_address: str
    part_on: date | None
    position: int
    is_done: bool
    outcome: PartOutcome
    not_before_at: datetime | None
    read_at: datetime | None
    is_lost: bool  # a batch of the time in which it was read was taken out since


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What a request listed and lacks: the page at `url`, or the capture that `pointer` leads to."""

    part_id: str
    entry_id: str
    source_id: str
    feed_id: str
    url: str
    counted_on: date
    captured_at: datetime | None
    pointer: Pointer | None
    purpose: Purpose
    attempt: int


class Requests:
    """Answers to a backfill's questions."""

    def __init__(self, state: CrawlState, *, now: datetime) -> None:
        self._connection = state.connection
        self._connection.execute("SET VARIABLE now = $now", {"now": now})
        self._connection.execute(OWED)

    def all(self) -> list[Request]:
        """Newest first."""
        rows = self._connection.execute(f"SELECT {NAMES} FROM request ORDER BY asked_at DESC, request_id").fetchall()
        names = Request.__slots__
        return [Request(**dict(zip(names, row, strict=True)) | {"hosts": tuple(row[6])}) for row in rows]

    def parts(self) -> list[PartState]:
        """Of all requests; of each the newest day first, and what is of no single day before."""
        rows = self._connection.execute(
            "SELECT part_id::VARCHAR, request_id::VARCHAR, part_address, part_on, position, is_done, outcome, not_before_at,"
            " read_at, is_lost FROM part ORDER BY request_id, part_on DESC NULLS FIRST, read_at, part_id"
        ).fetchall()
        return [PartState(**dict(zip(PartState.__slots__, row, strict=True))) for row in rows]

    def owed_days(self) -> dict[str, set[date]]:
        """Days of what is owed, by part."""
        rows = self._connection.execute("SELECT part_id::VARCHAR, list(DISTINCT counted_on) FROM owed GROUP BY part_id")
        return {part_id: set(days) for part_id, days in rows.fetchall()}

    def owed(self, part_ids: Collection[str], *, limit: int) -> list[Owed]:
        """What these parts listed and lack, the newest days first."""
        self._ask([(part_id,) for part_id in part_ids], ("part_id",))
        rows = self._connection.execute(
            """
            SELECT part_id::VARCHAR, entry_id::VARCHAR, source_id, feed_id, url, counted_on, captured_at, capture_address,
              capture_offset, capture_length, capture_digest, attempt
            FROM owed
            WHERE part_id IN (SELECT part_id::UUID FROM asked)
            QUALIFY row_number() OVER (PARTITION BY entry_id, captured_at ORDER BY counted_on DESC, part_id) = 1
            ORDER BY counted_on DESC, captured_at DESC, entry_id
            LIMIT $limit
            """,
            {"limit": limit},
        ).fetchall()
        return [_owed(row) for row in rows]

    def held(self, entry_ids: Sequence[str]) -> set[str]:
        """Those of the entries that a page is held of, whoever brought it."""
        self._ask([(entry_id,) for entry_id in entry_ids], ("entry_id",))
        rows = self._connection.execute(
            "SELECT DISTINCT entry_id::VARCHAR FROM known SEMI JOIN asked ON asked.entry_id::UUID = known.entry_id"
            " WHERE outcome IN ('ok', 'not_modified') OR body_hash IS NOT NULL"
            " UNION SELECT DISTINCT entry_id::VARCHAR FROM captured SEMI JOIN asked ON asked.entry_id::UUID = captured.entry_id"
            " WHERE outcome = 'ok'"
        ).fetchall()
        return {entry_id for (entry_id,) in rows}

    def unasked(self, entry_ids: Sequence[str]) -> set[str]:
        """Those of the entries whose page nobody has asked for, and no crawl is going to: archives alone list them."""
        self._ask([(entry_id,) for entry_id in entry_ids], ("entry_id",))
        rows = self._connection.execute(
            "SELECT DISTINCT asked.entry_id FROM asked ANTI JOIN known ON asked.entry_id::UUID = known.entry_id"
            " ANTI JOIN (SELECT entry_id FROM listed WHERE is_archive IS NOT TRUE) AS told"
            " ON asked.entry_id::UUID = told.entry_id"
        ).fetchall()
        return {entry_id for (entry_id,) in rows}

    def captured(self, entry_ids: Sequence[str]) -> set[tuple[str, datetime]]:
        """Captures that are held of these entries: when each was made."""
        self._ask([(entry_id,) for entry_id in entry_ids], ("entry_id",))
        rows = self._connection.execute(
            "SELECT entry_id::VARCHAR, captured_at FROM captured"
            " WHERE outcome = 'ok' AND entry_id IN (SELECT entry_id::UUID FROM asked)"
        ).fetchall()
        return set(rows)

    def requested(self, request_id: str, entry_ids: Sequence[str]) -> set[tuple[str, datetime | None]]:
        """Those of the entries that the request has listed before, each with its capture."""
        self._ask([(entry_id,) for entry_id in entry_ids], ("entry_id",))
        rows = self._connection.execute(
            "SELECT entry_id::VARCHAR, nullif(captured_at, '-infinity'::TIMESTAMPTZ) FROM requested"
            " WHERE request_id = $request_id::UUID AND entry_id IN (SELECT entry_id::UUID FROM asked)",
            {"request_id": request_id},
        ).fetchall()
        return set(rows)

    def _ask(self, rows: Sequence[tuple[str, ...]], names: tuple[str, ...]) -> None:
        columns = {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(names)}
        self._connection.register("asked", pa.table(columns))


def _owed(row: tuple[object, ...]) -> Owed:
    part_id, entry_id, source_id, feed_id, url, counted_on, captured_at, address, offset, length, digest, attempt = row
    pointer = Pointer(address=address, offset=offset, length=length, digest=digest) if address else None  # type: ignore[arg-type]
    return Owed(
        part_id=part_id, entry_id=entry_id, source_id=source_id, feed_id=feed_id, url=url, counted_on=counted_on,  # type: ignore[arg-type]
        captured_at=captured_at, pointer=pointer, purpose="retry" if attempt else "new", attempt=(attempt or 0) + 1,  # type: ignore[arg-type, operator]
    )  # fmt: skip
