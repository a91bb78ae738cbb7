"""The certificate of a backfill: day by day what was listed, held and lacking, as the published warehouse tells it; and holes."""

import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import duckdb

from ingest.errors import InputError
from ingest.settings import Settings
from ingest.warehouse.read import reader

HOLES_SHOWN = 200
HOLES_NAMED = 500  # one by one; of more, all of their days is asked for
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestState:
    """A row of mart.backfill."""

    request_id: str
    source_id: str | None
    input_kind: str
    input_address: str | None
    from_on: date
    to_on: date
    url_pattern: str | None
    asked_at: datetime
    read_at: datetime | None
    part_count: int
    unread_part_count: int
    not_before_at: datetime | None
    found_count: int
    outside_count: int
    erased_count: int
    unusable_count: int
    fault_count: int
    listed_count: int
    held_count: int
    added_count: int
    duplicate_count: int
    rejected_count: int
    failed_count: int
    waiting_count: int
    missing_count: int
    is_signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A row of mart.backfill_day."""

    request_id: str
    source_id: str
    counted_on: date
    listed_count: int
    held_count: int
    added_count: int
    duplicate_count: int
    rejected_count: int
    failed_count: int
    waiting_count: int
    missing_count: int
    rejected_reasons: dict[str, int]
    failed_reasons: dict[str, int]
    unread_part_count: int
    is_signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A row of mart.backfill_hole."""

    request_id: str
    source_id: str
    counted_on: date
    url: str
    state: str
    reason: str | None
    http_status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A row of mart.backfill_part: one that was not read to its end without a fault, or was and is lost."""

    request_id: str
    part_address: str
    part_on: date | None
    outcome: str
    detail: str | None
    is_done: bool
    is_lost: bool
    fault_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What is proven of some requests; `holes` are the first of `hole_count`, newest days first."""

    requests: list[RequestState]
    days: list[Day]
    holes: list[Hole]
    hole_count: int
    unread: list[Unread]
    published_at: datetime | None

    @property
    def is_signed(self) -> bool:
        return bool(self.requests) and all(one.is_signed for one in self.requests)

    def as_dict(self) -> dict[str, object]:
        return asdict(self) | {"is_signed": self.is_signed}


def certificate(
    settings: Settings, *, request_ids: Collection[str] | None = None, holes_shown: int = HOLES_SHOWN
) -> Certificate:
    """Of these requests, or of all; what is sealed and not published yet is not in it. WarehouseMissing before any publish."""
    with reader(settings.published_file) as connection:
        known = {one.request_id for one in _rows(connection, RequestState, "mart.backfill", None, "asked_at DESC")}
        if unknown := set(request_ids or ()) - known:
            raise InputError(
                f"no backfill request {', '.join(sorted(unknown))} is published",
                "`ingest backfill --list` shows those there are; `ingest publish` brings in what was asked for since",
            )
        ((hole_count,),) = connection.execute(
            f"SELECT count(*) FROM mart.backfill_hole {_where(request_ids)}", _given(request_ids)
        ).fetchall()
        ((published_at,),) = connection.execute("SELECT max(published_at) FROM raw.publish").fetchall()
        return Certificate(
            requests=_rows(connection, RequestState, "mart.backfill", request_ids, "asked_at DESC, request_id"),
            days=_rows(connection, Day, "mart.backfill_day", request_ids, "request_id, source_id, counted_on"),
            holes=_rows(
                connection, Hole, "mart.backfill_hole", request_ids, f"counted_on DESC, url LIMIT {int(holes_shown)}"
            ),
            hole_count=int(hole_count),
            unread=_rows(
                connection, Unread, "(FROM mart.backfill_part WHERE is_unread)", request_ids, "request_id, part_address"
            ),
            published_at=published_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refill:
    """What another input must bring to fill the holes of a request: its source and days, and a pattern of their addresses."""

    source_ids: list[str]
    from_on: date
    to_on: date
    url_pattern: str | None  # None: too many to name


def refill(settings: Settings, *, request_id: str) -> Refill | None:
    """None where a request has no holes."""
    proven = certificate(settings, request_ids=[request_id], holes_shown=HOLES_NAMED)
    if not proven.hole_count:
        return None
    with reader(settings.published_file) as connection:
        ((first, last),) = connection.execute(
            f"SELECT min(counted_on), max(counted_on) FROM mart.backfill_hole {_where([request_id])}",
            _given([request_id]),
        ).fetchall()
    (asked,) = proven.requests
    return Refill(
        source_ids=[asked.source_id] if asked.source_id else [],
        from_on=first,
        to_on=last,
        url_pattern=pattern_of(proven.holes) if proven.hole_count <= HOLES_NAMED else asked.url_pattern,
    )


def pattern_of(holes: Collection[Hole]) -> str:
    """A pattern that finds the addresses of these holes, whatever their scheme, `www.` and query are."""
    tails = sorted({re.sub(r"^https?://(www\.)?|[?#].*$", "", one.url) for one in holes})
    return f"^https?://(www[.])?({'|'.join(map(re.escape, tails))})([?#]|$)"


def _rows(
    connection: duckdb.DuckDBPyConnection, record: type[T], table: str, request_ids: Collection[str] | None, order: str
) -> list[T]:
    names: tuple[str, ...] = record.__slots__  # type: ignore[attr-defined]
    columns = ", ".join(f"{name}::VARCHAR" if name == "request_id" else name for name in names)
    rows: list[tuple[Any, ...]] = connection.execute(
        f"SELECT {columns} FROM {table} AS told {_where(request_ids)} ORDER BY {order}", _given(request_ids)
    ).fetchall()
    return [record(**dict(zip(names, row, strict=True))) for row in rows]


def _where(request_ids: Collection[str] | None) -> str:
    return "" if request_ids is None else "WHERE list_contains($ids, request_id::VARCHAR)"


def _given(request_ids: Collection[str] | None) -> dict[str, list[str]]:
    return {} if request_ids is None else {"ids": sorted(request_ids)}
