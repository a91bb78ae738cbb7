"""A sample of a backfill: a few pages or captures, brought in through the same steps into a folder that goes away."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from pathlib import Path
from statistics import mean, median
from typing import Any

import pyarrow.parquet as parquet

from ingest.inputs.place import Place
from ingest.jobs.backfill.captures import bring_in
from ingest.jobs.backfill.pointers import ask_archives
from ingest.jobs.backfill.register import Reading, Register
from ingest.jobs.backfill.running import target
from ingest.jobs.backfill.summary import BackfillSummary
from ingest.jobs.manners import Manners
from ingest.jobs.visit import visit_targets
from ingest.log import Progress
from ingest.records import Source
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.warehouse.requests import Owed

SAMPLE = 20
TABLES = ("fetch", "extraction", "rejection", "listed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Pages brought in for real, and what became of them."""

    page_count: int
    article_count: int
    rejected_reasons: dict[str, int]
    failed_reasons: dict[str, int]
    mean_word_count: int
    dates_agree_count: int  # articles whose own date is within a day and a half of the day that they count for
    mean_wire_bytes: int
    mean_archive_bytes: int
    mean_staged_bytes: int
    median_fetch_ms: int
    mean_extract_ms: int


def sample_of(
    aside: Settings,
    owed: Sequence[Owed],
    files: Sequence[Reading],
    sources: Mapping[str, Source],
    register: Register,
    *,
    place: Place,
    manners: Manners,
    progress: Progress,
) -> Sample | None:
    """Twenty of all that would be asked for, spread over it; of files with pages, the first that they hold.

    `aside`: settings whose home is another folder. None where there is nothing to ask for.
    """
    summary = BackfillSummary()
    chosen = owed[:: max(1, len(owed) // SAMPLE)][:SAMPLE]
    visit_targets(
        [target(one) for one in chosen if one.pointer is None],
        sources,
        manners=manners,
        settings=aside,
        summary=summary,
        now=None,
        progress=progress,
    )
    ask_archives(
        [one for one in chosen if one.pointer],
        sources,
        place=place,
        manners=manners,
        settings=aside,
        summary=summary,
        progress=progress,
    )
    if files and len(chosen) < SAMPLE:
        bring_in(
            [register.reading(one.part, one.request) for one in files],
            register,
            sources,
            place=place,
            settings=aside,
            summary=summary,
            is_over=lambda: summary.targets >= SAMPLE,
            progress=progress,
        )
    return _sample(aside, {one.entry_id: one.counted_on for one in chosen})


def _sample(aside: Settings, days: Mapping[str, date]) -> Sample | None:
    rows = {table: _staged(aside, table) for table in TABLES}
    days = dict(days) | {row["entry_id"]: row["counted_on"] for row in rows["listed"]}
    tried = len(rows["fetch"])
    if not tried:
        return None
    pages = [row for row in rows["fetch"] if row["outcome"] == "ok"]
    verdicts = rows["extraction"] + rows["rejection"]
    return Sample(
        page_count=tried,
        article_count=len(rows["extraction"]),
        rejected_reasons=dict(Counter(row["reason"] for row in rows["rejection"])),
        failed_reasons=dict(Counter(row["outcome"] for row in rows["fetch"] if row["outcome"] != "ok")),
        mean_word_count=round(mean([row["word_count"] for row in rows["extraction"]] or [0])),
        dates_agree_count=sum(_agrees(row["published_at"], days.get(row["entry_id"])) for row in rows["extraction"]),
        mean_wire_bytes=round(mean([row["wire_bytes"] for row in rows["fetch"]])),
        mean_archive_bytes=_size(aside.raw) // tried,
        mean_staged_bytes=_size(aside.stage) // tried,
        median_fetch_ms=round(median([row["elapsed_ms"] for row in pages] or [0])),
        mean_extract_ms=round(mean([row["extract_ms"] for row in verdicts] or [0])),
    )


def _staged(aside: Settings, table: str) -> list[dict[str, Any]]:
    batches = [stage.open_batch(aside.stage, name) for name in stage.sealed(aside.stage)]
    files = [one.folder / f"{table}.parquet" for one in batches if one.tables.get(table)]
    return [row for file in files for row in parquet.read_table(file).to_pylist()]


def _agrees(published_at: datetime | None, day: date | None) -> bool:
    if published_at is None or day is None:
        return False
    noon = datetime.combine(day, time_of_day(12), UTC)
    return abs((published_at - noon).total_seconds()) <= 36 * 3600


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
