"""Upkeep: remove archived pages whose time is over, and what is known of hosts that nobody visits any more.

The warehouse is not touched: it depends on batches alone, and a copy that was opened yesterday could not be told. Its
`archive_path` names how long the file is kept and since when, so a reader knows which are gone.
"""

import logging
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.fetch import robots_answer
from ingest.fetch.lease import LONGEST_REST_S, Leases
from ingest.fetch.robots_answer import OLD_RULES_FOR
from ingest.jobs import shelf
from ingest.log import event
from ingest.settings import Settings

logger = logging.getLogger(__name__)
# A lease that is as old rests no more; a file a host is small, and a month of them is kept for whoever looks.
OLD_LEASE = max(timedelta(days=30), timedelta(seconds=LONGEST_REST_S))
OLD_ANSWER = OLD_RULES_FOR + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepSummary:
    """What was removed, or would be: days of the raw archive as `030-days/2026-11-22`, and files by number."""

    days: tuple[str, ...]
    archive_bytes: int
    leases: int
    robots: int

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def run(settings: Settings, *, is_dry_run: bool = False, now: datetime | None = None) -> UpkeepSummary:
    """Remove what is over by `now`. May run beside crawls and reprocessing; a page that is gone is counted there."""
    at = now or datetime.now(UTC)
    over = sorted(_days_over(settings.raw, at))
    archive_bytes = sum(path.lstat().st_size for day in over for path in day.rglob("*") if not path.is_dir())
    hosts, robots = settings.home / "hosts", settings.home / "robots"
    if is_dry_run:
        leases, answers = _older(hosts, at - OLD_LEASE), _older(robots, at - OLD_ANSWER)
    else:
        for day in over:
            shutil.rmtree(day)
        leases = Leases(hosts).sweep(before=at - OLD_LEASE)
        answers = robots_answer.sweep(robots, before=at - OLD_ANSWER) if robots.is_dir() else 0
    summary = UpkeepSummary(
        days=tuple(day.relative_to(settings.raw).as_posix() for day in over),
        archive_bytes=archive_bytes,
        leases=leases,
        robots=answers,
    )
    event(
        logger,
        "upkeep_finished",
        dry_run=is_dry_run,
        days=len(over),
        archive_bytes=archive_bytes,
        leases=leases,
        robots=answers,
    )
    return summary


def _days_over(raw: Path, now: datetime) -> Iterator[Path]:
    for day in raw.glob("*/*"):
        if day.is_dir() and not day.is_symlink() and shelf.is_over(day.parent.name, day.name, now=now):
            yield day


def _older(folder: Path, before: datetime) -> int:
    if not folder.is_dir():
        return 0
    return sum(path.stat().st_mtime < before.timestamp() for path in folder.iterdir())
