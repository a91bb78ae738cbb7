"""One line on a whole backfill run, and whether it may be called done; single pages and parts are rows, and no reason."""

from collections.abc import Mapping, Sequence
from typing import cast

from ingest.errors import IngestError
from ingest.settings import Settings

ENOUGH = 20  # pages: of fewer, no share says anything


def judge(settings: Settings, summaries: Sequence[Mapping[str, object]], *, batch_count: int) -> str:
    """What the tasks of one run brought; IngestError where one gave no account, or too large a share of pages failed."""
    total = {name: sum(_count(summary, name) for summary in summaries) for name in COUNTED}
    told = (
        f"{total['parts_done']} of {total['parts']} parts read, {total['listed']} items listed ({total['held']} held before),"
        f" {total['extracted']} articles read, {total['rejected']} rejected, {total['failed']} failed,"
        f" {total['put_off'] + total['left']} left for a later run"
    )
    if any(summary.get("is_paused") for summary in summaries):
        return f"paused, since the disk is nearly full; {told}"
    silent = batch_count - len(summaries)
    tried = total["fetched"] + total["failed"]
    if silent > 0:
        raise IngestError(f"{silent} of {batch_count} tasks gave no account; {told}", "see their logs; a rerun goes on")
    if tried >= ENOUGH and total["failed"] > settings.failed_share_red * tried:
        raise IngestError(
            f"{total['failed']} of {tried} pages failed; {told}",
            "see mart.backfill_hole for each one's reason; another input may have what is gone",
        )
    return told


COUNTED = ("parts", "parts_done", "listed", "held", "extracted", "rejected", "fetched", "failed", "put_off", "left")


def _count(summary: Mapping[str, object], name: str) -> int:
    return cast(int, summary.get(name, 0))
