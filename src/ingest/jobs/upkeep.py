"""Upkeep, daily: what is over is removed, the whole history is checked, and the writer's file is rewritten when it has holes.

Archived pages whose time is over go, and what is known of hosts that nobody visits any more. The warehouse's rows are not
touched: they depend on batches alone, and a copy that was opened yesterday could not be told. `archive_path` names how long
a file is kept and since when, so a reader knows which are gone. Old batches give way to a base of their rows (base.py), unless
the checks find anything: then a person will want them.
"""

import logging
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from ingest.fetch import robots_answer
from ingest.fetch.lease import LONGEST_REST_S, Leases
from ingest.fetch.robots_answer import OLD_RULES_FOR
from ingest.jobs import base, build, publish, retention, shelf
from ingest.log import event
from ingest.settings import Settings
from ingest.warehouse import check, compact, writer
from ingest.warehouse.check import Finding

logger = logging.getLogger(__name__)
# A lease that is as old rests no more; a file a host is small, and a month of them is kept for whoever looks.
OLD_LEASE = max(timedelta(days=30), timedelta(seconds=LONGEST_REST_S))
OLD_ANSWER = OLD_RULES_FOR + timedelta(days=1)
# Rewriting costs 45 CPU-seconds a GB (measured): at once where a quarter of the file is holes, else twice a week at most.
HOLES = 0.25
HOLES_IN_TIME, TIME = 0.05, timedelta(days=3)
FINDINGS_TOLD = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepSummary:
    """What was removed, or would be: days of the raw archive as `030-days/2026-11-22`, and files by number.

    `findings`: what the checks say of the whole history. Bytes of the writer's file before and after, where it was rewritten.
    """

    days: tuple[str, ...]
    archive_bytes: int
    leases: int
    robots: int
    findings: tuple[str, ...] = ()
    expired: int = 0  # articles whose source keeps them no longer
    erasures: int = 0  # that were begun before, and finished
    unnamed_files: int = 0  # of the raw archive, left by crawls that were killed
    batches: int = 0  # that a base took the place of
    batch_bytes: int = 0
    base_bytes: int | None = None
    before_bytes: int | None = None
    after_bytes: int | None = None

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def run(settings: Settings, *, is_dry_run: bool = False, now: datetime | None = None) -> UpkeepSummary:
    """Remove what is over by `now`, then look after the warehouse. May run beside crawls and reprocessing.

    A page that is gone is counted there. A dry run says what would be removed, and leaves the warehouse alone. Raises
    WriterBusy after what is over was removed, where a load is at work.
    """
    at = now or datetime.now(UTC)
    over = sorted(_days_over(settings.raw, at))
    archive_bytes = sum(path.lstat().st_size for day in over for path in day.rglob("*") if not path.is_dir())
    hosts, robots = settings.home / "hosts", settings.home / "robots"
    findings: list[Finding] = []
    rewritten: compact.Compaction | None = None
    based = base.BaseSummary()
    if is_dry_run:
        retained = retention.run(settings, is_dry_run=True, now=at)
        if settings.writer_file.exists():
            based = base.run(settings, is_dry_run=True, now=at)
        leases, answers = _older(hosts, at - OLD_LEASE), _older(robots, at - OLD_ANSWER)
    else:
        for day in over:
            shutil.rmtree(day)
        leases = Leases(hosts).sweep(before=at - OLD_LEASE)
        answers = robots_answer.sweep(robots, before=at - OLD_ANSWER) if robots.is_dir() else 0
        retained = retention.run(settings, now=at)
        if settings.writer_file.exists():
            findings, rewritten = _look_after_warehouse(settings, at)
            if not findings:
                based = base.run(settings, now=at)
    summary = UpkeepSummary(
        days=tuple(day.relative_to(settings.raw).as_posix() for day in over),
        archive_bytes=archive_bytes,
        leases=leases,
        robots=answers,
        findings=(
            *(f"erasure_is_carried_out: {one}" for one in retained.broken),
            *(f"{finding.check}: {finding.finding}" for finding in findings),
        ),
        expired=sum(retained.expired.values()),
        erasures=retained.finished,
        unnamed_files=len(retained.unnamed_files),
        **asdict(based),
        before_bytes=rewritten.before_bytes if rewritten else None,
        after_bytes=rewritten.after_bytes if rewritten else None,
    )
    told = {name: len(value) if isinstance(value, tuple) else value for name, value in summary.as_dict().items()}
    event(logger, "upkeep_finished", logging.INFO, dry_run=is_dry_run, **told)
    return summary


def _look_after_warehouse(settings: Settings, at: datetime) -> tuple[list[Finding], compact.Compaction | None]:
    """Check the whole history, since each publish checks what is new; rewrite the file where it has holes, and publish it."""
    build.run(settings)  # findings are about what is built of what is loaded
    with writer.lock(settings.writer_file):
        with writer.connect(settings.writer_file, now=at) as connection:
            findings = _check(connection)
            is_due = _is_due(connection, at)
        for finding in findings[:FINDINGS_TOLD]:
            event(logger, "history_check_failed", logging.ERROR, **asdict(finding), finding_count=len(findings))
        if not is_due:
            return findings, None
        rewritten = compact.compact(
            settings.writer_file, now=at, is_proven=lambda connection: _check(connection) == findings
        )
        event(logger, "warehouse_compacted", **asdict(rewritten))
    if not findings:
        publish.run(settings)
    return findings, rewritten


def _check(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    return sorted(check.run(connection, since_seq=-1), key=str)


def _is_due(connection: duckdb.DuckDBPyConnection, at: datetime) -> bool:
    holes, since = compact.free_share(connection), compact.compacted_at(connection)
    return holes >= HOLES or (holes >= HOLES_IN_TIME and since is not None and at - since >= TIME)


def _days_over(raw: Path, now: datetime) -> Iterator[Path]:
    for day in raw.glob("*/*"):
        if day.is_dir() and not day.is_symlink() and shelf.is_over(day.parent.name, day.name, now=now):
            yield day


def _older(folder: Path, before: datetime) -> int:
    if not folder.is_dir():
        return 0
    return sum(path.stat().st_mtime < before.timestamp() for path in folder.iterdir())
