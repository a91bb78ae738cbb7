"""Captures that lie with an archive: asked for one by one, newest first, until the archive wants to be left alone."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ingest.extract.pool import by_settings
from ingest.history import Capture, Ended, Fault, FaultReason, PartOutcome, Pointer
from ingest.inputs.place import WEB, Place
from ingest.inputs.pointer import read_pointer
from ingest.jobs.backfill.captures import capture_fetch, capture_response
from ingest.jobs.backfill.summary import BackfillSummary
from ingest.jobs.manners import Manners
from ingest.jobs.visit import Desk
from ingest.log import Progress
from ingest.records import Fetch, Outcome, Page, Source
from ingest.rules.ladder import next_retry_at
from ingest.rules.url import host
from ingest.settings import Settings
from ingest.warehouse.requests import Owed

PAUSE = timedelta(hours=1)  # where an archive does not say how long it wants to be left alone
FAULTS: dict[FaultReason, Outcome] = {
    "truncated": "cut_short",
    "corrupt": "bad_encoding",
    "wrong_digest": "bad_encoding",
    "too_large": "too_large",
    "unsupported": "not_html",
    "no_address": "bad_url",
}
ENDS: dict[PartOutcome, Outcome] = {
    "ok": "ok",
    "missing": "gone",
    "paused": "rate_limited",
    "cut_short": "cut_short",
    "unreadable": "bad_encoding",
}
NOTHING = Capture(
    final_url="", http_status=0, content_type=None, http_charset=None, etag=None, last_modified=None, record_id=None,
    digest=None, wire_bytes=0, body=b"",
)  # fmt: skip


def ask_archives(
    owed: Sequence[Owed],
    sources: Mapping[str, Source],
    *,
    place: Place,
    manners: Manners,
    settings: Settings,
    summary: BackfillSummary,
    progress: Progress,
) -> None:
    """Bring in the captures that these pointers lead to; those of an archive that asks for time are left."""
    if not owed:
        return
    summary.targets += len(owed)
    desk = Desk(settings, summary, sources, now=None)
    try:
        with closing(_pages(owed, desk, place, manners, summary, progress)) as pages, by_settings(settings) as pool:
            for page, verdict in pool.judge(pages):
                desk.judged(page, verdict)
    finally:
        desk.seal()


def _pages(
    owed: Sequence[Owed],
    desk: Desk,
    place: Place,
    manners: Manners,
    summary: BackfillSummary,
    progress: Progress,
) -> Generator[Page, None, None]:
    resting: set[str] = set()
    for done, one in enumerate(owed, start=1):
        pointer = one.pointer
        if pointer is None:
            continue
        archive = _archive(pointer)
        if archive in resting or (archive and manners.is_put_off(pointer.address, 0.0)):
            summary.put_off += 1
            continue
        told = read_pointer(pointer, place)
        if isinstance(told, Capture):
            captured = told if told.final_url else replace(told, final_url=one.url)
            fetch = _fetch(one, pointer, captured)
            response = capture_response(captured, url=one.url, captured_at=fetch.fetched_at)
            yield desk.keep(fetch, response, dated_at=None)
        else:
            summary.failed += 1
            failed = _failed(one, pointer, told, archive)
            desk.file(failed)
            if failed.outcome == "rate_limited" and archive:
                resting.add(archive)
        progress("captures asked for", done, len(owed))


def _fetch(one: Owed, pointer: Pointer, capture: Capture) -> Fetch:
    return capture_fetch(
        capture,
        captured_at=one.captured_at or datetime.now(UTC),
        entry_id=one.entry_id,
        source_id=one.source_id,
        feed_id=one.feed_id,
        url=one.url,
        attempt=one.attempt,
        part_id=one.part_id,
        capture_address=pointer.address,
    )


def _failed(one: Owed, pointer: Pointer, told: Fault | Ended, archive: str | None) -> Fetch:
    now = datetime.now(UTC)
    outcome = FAULTS[told.reason] if isinstance(told, Fault) else ENDS[told.outcome]
    not_before_at = told.not_before_at if isinstance(told, Ended) else None
    if outcome == "rate_limited":
        not_before_at = not_before_at or now + PAUSE
    fetch = _fetch(one, pointer, replace(NOTHING, final_url=one.url))
    return replace(
        fetch,
        host=archive or fetch.host,
        outcome=outcome,
        detail=f"{told.reason}: {told.detail}" if isinstance(told, Fault) else told.detail,
        http_status=None,
        not_before_at=not_before_at if archive else None,
        next_attempt_at=next_retry_at(outcome, None, one.attempt, now=now, not_before_at=not_before_at),
    )


def _archive(pointer: Pointer) -> str | None:
    """The host that is asked; None for a file."""
    return host(pointer.address) if pointer.address.startswith(WEB) else None
