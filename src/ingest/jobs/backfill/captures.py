"""Captures that are at hand: read from files, kept in the raw archive, judged, and sealed with the place where reading goes on.

Where a part says where captures are to be had, or names pages alone, those are left to be asked for.
"""

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from ingest.extract.pool import by_settings
from ingest.fetch.response import Response
from ingest.history import Capture, Ended, Fault, Found, InputKind, Part, Passed, Told
from ingest.inputs import INPUTS
from ingest.inputs.place import Place
from ingest.jobs.backfill.register import Reading, Register, Rows
from ingest.jobs.backfill.summary import BackfillSummary
from ingest.jobs.visit import Desk
from ingest.log import Progress
from ingest.records import Entry, Fetch, Page, Source, Verdict
from ingest.rules.url import host
from ingest.settings import Settings
from ingest.warehouse.requests import Owed

FINDS_AT_ONCE = 256  # asked about together: each question looks at all that is known, however much it asks
HELD_BYTES = 33_554_432
ROWS_AT_ONCE = 5_000  # of what is listed and needs no verdict
SEAL_EVERY_S = 60.0
WITH_PAGES: frozenset[InputKind] = frozenset(("warc", "folder"))  # their captures are at hand


@dataclass(slots=True, kw_only=True)
class _Step:
    """What was read in one stretch: its rows may be sealed when its pages, and all before them, are judged."""

    reading: Reading
    position: int
    rows: Rows
    found_count: int = 0
    outside_count: int = 0
    erased_count: int = 0
    unusable_count: int = 0
    fault_count: int = 0
    ended: Ended | None = None
    unjudged: set[str] = field(default_factory=set)  # fetch_ids


def bring_in(
    readings: Sequence[Reading],
    register: Register,
    sources: Mapping[str, Source],
    *,
    place: Place,
    settings: Settings,
    summary: BackfillSummary,
    is_over: Callable[[], bool],
    progress: Progress,
) -> list[Owed]:
    """Read parts from where they stand, judge the captures that they hold; returns what is to be asked for elsewhere."""
    course = _Course(readings, register, place, summary, is_over, progress)
    desk = Desk(settings, summary, sources, now=None, and_with=course.settled_rows)
    has_pages = any(reading.request.input_kind in WITH_PAGES for reading in readings)
    try:
        with closing(course.pages(desk)) as pages, by_settings(settings) if has_pages else nullcontext() as pool:
            for page, verdict in pool.judge(pages) if pool else _without_pages(pages):
                is_end_of_step = course.settle(page.fetch_id)
                desk.judged(page, verdict)
                if is_end_of_step:
                    desk.settle()
    finally:
        desk.seal()
    return course.owed


def _without_pages(pages: Iterator[Page]) -> Iterator[tuple[Page, Verdict]]:
    """Of inputs that hold no captures: read for what they list, without a worker."""
    for page in pages:
        raise AssertionError(f"{page.url} came with a page, out of an input that has none")
    yield from ()


class _Course:
    """The order of what was read, so that no row is sealed before what it stands behind."""

    def __init__(
        self,
        readings: Sequence[Reading],
        register: Register,
        place: Place,
        summary: BackfillSummary,
        is_over: Callable[[], bool],
        progress: Progress,
    ) -> None:
        self.owed: list[Owed] = []
        self._readings = readings
        self._register = register
        self._place = place
        self._summary = summary
        self._is_over = is_over
        self._progress = progress
        self._steps: deque[_Step] = deque()
        self._settled: Rows = {}
        self._touched: dict[str, Reading] = {}
        self._sealed_s = time.monotonic()

    def pages(self, desk: Desk) -> Generator[Page, None, None]:
        """All captures that nobody has, part by part; sealing goes on where a stretch has none."""
        for done, reading in enumerate(self._readings):
            if self._is_over():
                self._summary.left += len(self._readings) - done
                return
            yield from self._pages_of(reading, desk)
            self._progress("parts read", done + 1, len(self._readings))

    def settle(self, fetch_id: str) -> bool:
        """A page is judged; whether all of its step are. Verdicts come in the order in which pages were given."""
        unjudged = self._steps[0].unjudged
        unjudged.discard(fetch_id)
        self._advance()
        return not unjudged

    def settled_rows(self) -> Rows:
        """Rows that may be sealed by now, with the places up to which their parts were read."""
        rows, self._settled = self._settled, {}
        rows["part"] = [reading.row() for reading in self._touched.values()]
        self._touched.clear()
        self._sealed_s = time.monotonic()
        return rows

    def _pages_of(self, reading: Reading, desk: Desk) -> Iterator[Page]:
        part = Part(address=reading.part.part_address, part_on=reading.part.part_on, size_bytes=None)
        told = INPUTS[reading.request.input_kind].read(
            part, position=reading.position, place=self._place, is_wanted=reading.wanted.is_wanted
        )
        for stretch in _stretches(told):
            yield from self._taken(reading, stretch, desk)
            if self._is_due():
                desk.seal()
            if self._is_over():
                self._summary.left += 1
                return

    def _taken(self, reading: Reading, stretch: Sequence[Told], desk: Desk) -> Iterator[Page]:
        finds = [told for told in stretch if isinstance(told, Found)]
        taken = self._register.take(reading, finds)
        self._summary.listed += taken.listed_count
        self._summary.held += taken.held_count
        self._summary.outside += taken.outside_count
        self._summary.erased += taken.erased_count
        self.owed += taken.owed
        step = _Step(
            reading=reading,
            position=stretch[-1].position,
            rows=taken.rows,
            found_count=len(finds),
            outside_count=taken.outside_count,
            erased_count=taken.erased_count,
        )
        for told in stretch:
            match told:
                case Fault():
                    step.fault_count += 1
                    self._summary.faults += 1
                case Passed():
                    step.unusable_count += told.unusable_count
                    step.outside_count += told.outside_count
                    self._summary.outside += told.outside_count
                case Ended():
                    step.ended = told
                    self._summary.parts_done += told.outcome != "paused"
                    self._summary.left += told.outcome == "paused"
        brought = [
            (_fetch(capture, found, entry, reading), _response(capture, found))
            for found, entry, _ in taken.brought.values()
            if (capture := found.capture)
        ]
        step.unjudged = {fetch.fetch_id for fetch, _ in brought}
        self._steps.append(step)
        self._advance()
        self._summary.targets += len(brought)
        for fetch, response in brought:
            yield desk.keep(fetch, response, dated_at=None)

    def _advance(self) -> None:
        while self._steps and not self._steps[0].unjudged:
            step = self._steps.popleft()
            for table, rows in step.rows.items():
                self._settled.setdefault(table, []).extend(rows)
            reading = step.reading
            reading.position = step.position
            reading.found_count += step.found_count
            reading.outside_count += step.outside_count
            reading.erased_count += step.erased_count
            reading.unusable_count += step.unusable_count
            reading.fault_count += step.fault_count
            reading.ended = step.ended
            self._touched[reading.part.part_id] = reading

    def _is_due(self) -> bool:
        row_count = sum(map(len, self._settled.values()))
        is_late = bool(self._touched) and time.monotonic() - self._sealed_s > SEAL_EVERY_S
        return row_count > ROWS_AT_ONCE or is_late


def _stretches(told: Iterator[Told]) -> Iterator[list[Told]]:
    """What is told, some finds at a time, as long as their bodies are not too much to hold."""
    stretch: list[Told] = []
    held_bytes = 0
    for one in told:
        stretch.append(one)
        if isinstance(one, Found) and one.capture:
            held_bytes += len(one.capture.body)
        if len(stretch) >= FINDS_AT_ONCE or held_bytes > HELD_BYTES or isinstance(one, Ended | Passed):
            yield stretch
            stretch, held_bytes = [], 0
    if stretch:
        yield stretch


def _fetch(capture: Capture, found: Found, entry: Entry, reading: Reading) -> Fetch:
    captured_at = found.captured_at or datetime.now(UTC)
    return capture_fetch(
        capture,
        captured_at=captured_at,
        entry_id=entry.entry_id,
        source_id=entry.source_id,
        feed_id=entry.feed_id,
        url=entry.url,
        attempt=1,
        part_id=reading.part.part_id,
        capture_address=reading.part.part_address,
    )


def capture_fetch(
    capture: Capture,
    *,
    captured_at: datetime,
    entry_id: str,
    source_id: str,
    feed_id: str,
    url: str,
    attempt: int,
    part_id: str,
    capture_address: str,
) -> Fetch:
    """The row of a capture. Its id tells it, so that whoever reads the part again after a kill writes the same."""
    return Fetch(
        fetch_id=fetch_id(part_id, entry_id, captured_at, attempt),
        entry_id=entry_id,
        source_id=source_id,
        feed_id=feed_id,
        purpose="new" if attempt == 1 else "retry",
        attempt=attempt,
        host=host(url),
        url=url,
        final_url=capture.final_url,
        modified_at=captured_at,
        fetched_at=captured_at,
        outcome="ok",
        detail=None,
        http_status=capture.http_status,
        content_type=capture.content_type,
        etag=capture.etag,
        last_modified=capture.last_modified,
        body_hash=sha256(capture.body).hexdigest()[:32] if capture.body else None,
        wire_bytes=capture.wire_bytes,
        body_bytes=len(capture.body),
        elapsed_ms=0,
        robots=None,
        optouts=(),
        is_tls_verified=None,
        moved_to=None,
        archive_path=None,
        archive_offset=None,
        not_before_at=None,
        next_attempt_at=None,
        ingested_at=datetime.now(UTC),
        capture_address=capture_address,
        capture_record_id=capture.record_id,
        capture_digest=capture.digest,
    )


def fetch_id(part_id: str, entry_id: str, captured_at: datetime, attempt: int) -> str:
    said = f"capture\n{part_id}\n{entry_id}\n{captured_at.isoformat()}\n{attempt}"
    return str(UUID(bytes=sha256(said.encode()).digest()[:16]))


def capture_response(capture: Capture, *, url: str, captured_at: datetime) -> Response:
    """A capture as the raw archive keeps it, and the extractor reads it."""
    charset = f"; charset={capture.http_charset}" if capture.http_charset else ""
    said = {
        "Content-Type": f"{capture.content_type}{charset}" if capture.content_type else None,
        "ETag": capture.etag,
        "Last-Modified": capture.last_modified,
    }
    return Response(
        url=url,
        final_url=capture.final_url,
        hops=(),
        moved_to=None,
        outcome="ok",
        detail=None,
        http_status=capture.http_status,
        is_tls_verified=None,
        headers=tuple((name, value) for name, value in said.items() if value),
        body=capture.body,
        wire_bytes=capture.wire_bytes,
        elapsed_ms=0,
        fetched_at=captured_at,
    )


def _response(capture: Capture, found: Found) -> Response:
    return capture_response(capture, url=found.url, captured_at=found.captured_at or datetime.now(UTC))
