"""A crawl's account: what it sealed, source by source, as events and as a table for a reader of the log. It decides nothing."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pyarrow import parquet

from ingest.log import event
from ingest.rules.ladder import ANSWERED
from ingest.settings import Settings
from ingest.stage import batch as stage

logger = logging.getLogger(__name__)
# raw table -> the columns that are counted
COUNTED = {
    "poll": ("source_id", "outcome"),
    "entry": ("source_id",),
    "fetch": ("source_id", "outcome"),
    "extraction": ("source_id",),
    "rejection": ("source_id", "reason"),
}
HEADS = ("source", "polled", "new", "fetched", "unchanged", "stored", "rejected", "failed", "what went wrong")
SOURCE_CHARS = 40


@dataclass(slots=True, kw_only=True)
class SourceAccount:
    """One source's part of a crawl. `wrong`: outcomes of polls and visits that failed, and reasons of rejections."""

    polled: int = 0
    new: int = 0  # entries that are new or say something new
    fetched: int = 0
    unchanged: int = 0
    stored: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    failed_polls: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    @property
    def wrong(self) -> str:
        told = [(f"poll {name}", count) for name, count in sorted(self.failed_polls.items())]
        told += sorted(self.rejected.items()) + sorted(self.failed.items())
        return ", ".join(f"{name} {count}" for name, count in told)


def tell(settings: Settings, batch_ids: Sequence[str]) -> dict[str, SourceAccount]:
    """Log an event a source and one a reason of rejection, then the table; returns the account, by source_id."""
    accounts = read(settings, batch_ids)
    reasons: Counter[str] = Counter()
    for source_id, one in accounts.items():
        reasons += one.rejected
        event(
            logger,
            "source_crawled",
            source_id=source_id,
            polled=one.polled,
            failed_polls=one.failed_polls.total(),
            new=one.new,
            fetched=one.fetched,
            unchanged=one.unchanged,
            stored=one.stored,
            rejected=one.rejected.total(),
            failed=one.failed.total(),
            batch_ids=",".join(batch_ids),
        )
    for reason, count in sorted(reasons.items()):
        event(logger, "pages_rejected", reason=reason, pages=count)
    for line in table(accounts):
        logger.info("%s", line)
    return accounts


def read(settings: Settings, batch_ids: Sequence[str]) -> dict[str, SourceAccount]:
    """What these sealed batches say of each source, sorted by source_id."""
    accounts: dict[str, SourceAccount] = {}
    for name, row, count in _rows(settings, batch_ids):
        _add(accounts.setdefault(row["source_id"], SourceAccount()), name, row, count)
    return dict(sorted(accounts.items()))


def table(accounts: Mapping[str, SourceAccount]) -> list[str]:
    """Lines with columns under their heads; none where nothing was done."""
    if not accounts:
        return []
    rows = [(source_id[:SOURCE_CHARS], *map(str, _figures(one)), one.wrong) for source_id, one in accounts.items()]
    widths = [max(len(row[at]) for row in [HEADS, *rows]) for at in range(len(HEADS))]
    return ["  ".join(_aligned(row, widths)).rstrip() for row in [HEADS, *rows]]


def _figures(one: SourceAccount) -> tuple[int, ...]:
    return (
        one.polled, one.new, one.fetched, one.unchanged, one.stored, one.rejected.total(), one.failed.total()
    )  # fmt: skip


def _aligned(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    last = len(row) - 1
    for at, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if at in (0, last) else cell.rjust(width)


def _rows(settings: Settings, batch_ids: Sequence[str]) -> Iterator[tuple[str, dict[str, str], int]]:
    for batch_id in batch_ids:
        folder = stage.folder_of(settings.stage, batch_id)
        for name, columns in COUNTED.items():
            file = folder / f"{name}.parquet"
            if file.exists():
                rows = (
                    parquet.read_table(file, columns=list(columns))
                    .group_by(list(columns))
                    .aggregate([([], "count_all")])
                )
                for row in rows.to_pylist():
                    yield name, row, row.pop("count_all")


def _add(one: SourceAccount, name: str, row: Mapping[str, str], count: int) -> None:
    match name, row.get("outcome"):
        case "poll", outcome:
            one.polled += count
            if outcome not in ANSWERED:
                one.failed_polls[str(outcome)] += count
        case "entry", _:
            one.new += count
        case "fetch", "ok":
            one.fetched += count
        case "fetch", "not_modified":
            one.unchanged += count
        case "fetch", outcome:
            one.failed[str(outcome)] += count
        case "extraction", _:
            one.stored += count
        case _:
            one.rejected[row["reason"]] += count
