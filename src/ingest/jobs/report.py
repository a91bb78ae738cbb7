"""Report: the published warehouse as one HTML page. What it shows and how is the room `share`'s."""

import logging
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from ingest.errors import InputError
from ingest.log import event
from ingest.settings import Settings
from ingest.share import figures, manifest
from ingest.share.page import page
from ingest.warehouse.faults import told_plainly
from ingest.warehouse.read import reader

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSummary:
    """What the page tells in its first line, and where it is."""

    file: str
    file_bytes: int
    snapshot_id: str
    since: date
    until: date
    article_count: int
    listed_count: int

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def run(settings: Settings, out: Path, *, since: date | None = None, until: date | None = None) -> ReportSummary:
    """Days [since, until), UTC; by default the last 28 with news. The file is replaced as a whole."""
    with reader(settings.published_file) as connection:
        told = figures.gather(connection, since=since, until=until)
    if told.since >= told.until:
        raise InputError(f"no day lies from {told.since} to before {told.until}", "choose an earlier --since")
    text = page(told)
    with told_plainly(out):
        manifest.whole(out, lambda unfinished: unfinished.write_text(text, "utf-8"))
    summary = ReportSummary(
        file=str(out),
        file_bytes=out.stat().st_size,
        snapshot_id=told.snapshot_id,
        since=told.since,
        until=told.until,
        article_count=told.article_count,
        listed_count=told.listed_count,
    )
    event(logger, "report_written", file=out, file_bytes=summary.file_bytes, snapshot_id=summary.snapshot_id)
    return summary
