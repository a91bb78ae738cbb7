"""Visit targets: robots, fetch, archive, judge, seal in batches. Which targets, and what becomes of batches, is elsewhere."""

import secrets
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from ingest.crawl_state import Target
from ingest.extract.pool import by_settings
from ingest.fetch.archive import ArchiveWriter
from ingest.fetch.pace import Again, in_turn
from ingest.fetch.response import Response
from ingest.fetch.robots import RobotsVerdict
from ingest.jobs import shelf
from ingest.jobs.manners import LONGEST_DELAY_S, PUT_OFF, Manners, Visited, own_wait
from ingest.log import Progress
from ingest.records import Extraction, Fetch, Outcome, Page, Rejection, Source, Verdict
from ingest.rows import Row
from ingest.rules.ladder import MISSING_STATUS, next_look_at, next_retry_at
from ingest.rules.page_rule import rule_at
from ingest.rules.url import host
from ingest.settings import Settings
from ingest.stage import batch as stage

OPEN_ARCHIVES = 16  # a source may say any number of days that its pages are kept
NEW_FOR = timedelta(days=3)  # then an address that answers 404 is gone; a newer one may not be there yet
SEAL_EVERY_S = 120.0  # what a killed task may fetch again, where pages come slowly


class Counts(Protocol):
    """The part of a crawl's summary that visits count in."""

    fetched: int
    unchanged: int
    failed: int
    put_off: int
    extracted: int
    rejected: int
    batches: list[str]


def visit_targets(
    targets: Sequence[Target],
    sources: Mapping[str, Source],
    *,
    manners: Manners,
    settings: Settings,
    summary: Counts,
    now: datetime | None,
    progress: Progress,
) -> None:
    """Fetch and judge all targets, hosts side by side; what is ready is sealed by the number and by the clock."""
    if not targets:
        return
    desk = Desk(settings, summary, sources, now=now)
    visits = _visits(targets, sources, manners=manners, settings=settings)

    def arriving() -> Iterator[Page]:
        for done, (target, visited) in enumerate(visits, start=1):
            if page := desk.take(target, visited):
                yield page
            progress("pages visited", done, len(targets))

    pool = by_settings(settings)
    try:
        with closing(visits), pool:
            for page, verdict in pool.judge(arriving()):
                desk.judged(page, verdict)
    finally:
        desk.seal()


def _visits(
    targets: Sequence[Target], sources: Mapping[str, Source], *, manners: Manners, settings: Settings
) -> Generator[tuple[Target, Visited], None, None]:
    def visit(target: Target) -> Visited | Again:
        return manners.visit(
            sources[target.source_id],
            target.url,
            accept="page",
            etag=target.etag,
            last_modified=target.last_modified,
        )

    return in_turn(
        targets,
        visit,
        host_of=lambda target: host(target.url),
        delay_s_of=lambda target: manners.rest_s(sources[target.source_id], target.url),
        put_off=lambda target, wait_s: PUT_OFF if manners.is_put_off(target.url, wait_s) else None,
        leases=manners.leases,
        threads=settings.fetch_threads,
    )


class Desk:
    """Where fetches wait for their verdicts until both are sealed together, with what else belongs to them.

    `and_with` is asked at each sealing for rows by table that go into the same batch; who gives it says by `settle` when what is
    filed may be sealed, and what is not settled at the end is let go.
    """

    def __init__(
        self,
        settings: Settings,
        summary: Counts,
        sources: Mapping[str, Source],
        *,
        now: datetime | None,
        and_with: Callable[[], Mapping[str, Sequence[Row]]] | None = None,
    ) -> None:
        self._and_with = and_with
        self._settings = settings
        self._summary = summary
        self._sources = sources
        self._now = now
        self._sealed_s = time.monotonic()
        self._filed: dict[str, list[Row]] = {"fetch": [], "extraction": [], "rejection": []}
        self._rows: dict[str, list[Row]] = {name: [] for name in self._filed}
        self._unjudged: dict[str, tuple[Fetch, datetime | None]] = {}
        self._archives: dict[str, tuple[Path, ArchiveWriter]] = {}  # by how long their pages are kept

    def take(self, target: Target, visited: Visited) -> Page | None:
        """Note a visit; returns the page that is to be judged, if one arrived."""
        response = visited.response
        if response is None:
            self._summary.put_off += 1
            return None
        looks_s = self._sources[target.source_id].look_after_s
        fetch = _fetch(target, visited.robots, response, look_after_s=looks_s, now=self._now)
        if fetch.outcome != "ok":
            self._summary.unchanged += fetch.outcome == "not_modified"
            self._summary.failed += fetch.outcome != "not_modified"
            self.file(fetch)
            return None
        return self.keep(fetch, response, dated_at=target.dated_at)

    def keep(self, fetch: Fetch, response: Response, *, dated_at: datetime | None) -> Page:
        """Put a page that arrived into the archive; it is filed when it is judged. `dated_at`: its age, if it says none."""
        self._summary.fetched += 1
        path, offset = self._keep(response, fetch)
        self._unjudged[fetch.fetch_id] = replace(fetch, archive_path=path, archive_offset=offset), dated_at
        return Page(
            fetch_id=fetch.fetch_id,
            entry_id=fetch.entry_id,
            source_id=fetch.source_id,
            url=fetch.url,
            final_url=fetch.final_url or fetch.url,
            http_charset=response.http_charset,
            language=self._sources[fetch.source_id].language,
            rule=rule_at(self._sources[fetch.source_id].rules, fetch.fetched_at),
            fetched_at=fetch.fetched_at,
            body=response.body,
        )

    def judged(self, page: Page, verdict: Verdict) -> None:
        """File a verdict with its fetch; an article that is young is due for another look."""
        fetch, dated_at = self._unjudged.pop(page.fetch_id)
        look = fetch.attempt if fetch.purpose == "second_look" else 0
        match verdict:
            case Extraction(published_at=published_at):
                self._summary.extracted += 1
                self._filed["extraction"].append(verdict)
                if fetch.capture_address is None:
                    due_at = next_look_at(
                        look,
                        look_after_s=self._sources[fetch.source_id].look_after_s,
                        now=self._now or fetch.fetched_at,
                        published_at=published_at or dated_at,
                    )
                    fetch = replace(fetch, next_attempt_at=due_at)
            case Rejection():
                self._summary.rejected += 1
                self._filed["rejection"].append(verdict)
        self.file(fetch)

    def seal(self) -> None:
        """Seal what is filed; pages that still wait for a verdict keep their place in the archive just closed."""
        self._close_archives()
        self._sealed_s = time.monotonic()
        rows = self._rows | dict(self._and_with() if self._and_with else {})
        if not any(rows.values()):
            return
        sealed = stage.seal(
            self._settings.stage,
            batch_kind="pages",
            rows=rows,
            now=datetime.now(UTC),
            token=secrets.token_hex(4),
        )
        self._summary.batches.append(sealed.batch_id)
        self._rows = {name: [] for name in self._rows}

    def file(self, fetch: Fetch) -> None:
        """Note a fetch that needs no verdict any more."""
        self._filed["fetch"].append(fetch)
        if self._and_with is None:
            self.settle()

    def settle(self) -> None:
        """What is filed may be sealed from now on, and is when there is enough of it, or when it is time."""
        for name, rows in self._filed.items():
            self._rows[name] += rows
            rows.clear()
        is_late = time.monotonic() - self._sealed_s > SEAL_EVERY_S
        if is_late or len(self._rows["fetch"]) >= self._settings.batch_pages:
            self.seal()

    def _keep(self, response: Response, fetch: Fetch) -> tuple[str, int]:
        span = shelf.span_of(self._sources[fetch.source_id].keep_pages_days)
        if span not in self._archives:
            if len(self._archives) >= OPEN_ARCHIVES:
                self._close_archives()
            path = shelf.new_file(span, at=datetime.now(UTC), token=secrets.token_hex(4))
            self._archives[span] = path, ArchiveWriter(self._settings.raw / path)
        path, archive = self._archives[span]
        return path.as_posix(), archive.add(response, record_id=fetch.fetch_id)

    def _close_archives(self) -> None:
        for _, archive in self._archives.values():
            archive.close()
        self._archives = {}


def _fetch(
    target: Target,
    robots: RobotsVerdict | None,
    response: Response,
    *,
    look_after_s: Sequence[int],
    now: datetime | None,
) -> Fetch:
    """The row of a visit; validators of the page that we hold are handed on where none came."""
    outcome = _outcome(target, response)
    brought = response if outcome == "ok" else None
    optouts = {*(robots.optouts if robots else ()), *response.optouts}
    return Fetch(
        fetch_id=str(uuid4()),
        entry_id=target.entry_id,
        source_id=target.source_id,
        feed_id=target.feed_id,
        purpose=target.purpose,
        attempt=target.attempt,
        host=host(target.url),
        url=target.url,
        final_url=response.final_url,
        modified_at=target.modified_at,
        fetched_at=response.fetched_at,
        outcome=outcome,
        detail=response.detail,
        http_status=response.http_status,
        content_type=response.content_type,
        etag=brought.etag if brought else target.etag,
        last_modified=brought.last_modified if brought else target.last_modified,
        body_hash=brought.body_hash if brought else target.body_hash,
        wire_bytes=response.wire_bytes,
        body_bytes=len(response.body),
        elapsed_ms=response.elapsed_ms,
        robots=robots.state if robots else None,
        optouts=tuple(sorted(optouts)),
        is_tls_verified=response.is_tls_verified,
        moved_to=response.moved_to,
        archive_path=None,
        archive_offset=None,
        not_before_at=_not_before_at(robots, response),
        next_attempt_at=_next_attempt_at(
            target, outcome, response, robots, look_after_s=look_after_s, now=now or response.fetched_at
        ),
        ingested_at=None,
        capture_address=None,
        capture_record_id=None,
        capture_digest=None,
    )


def _not_before_at(robots: RobotsVerdict | None, response: Response) -> datetime | None:
    """What the target's own host asked for, by Retry-After or by a crawl delay that no single run can keep."""
    if wait := own_wait(response):
        return wait
    if robots and robots.crawl_delay_s and robots.crawl_delay_s > LONGEST_DELAY_S:
        return response.fetched_at + timedelta(seconds=robots.crawl_delay_s)
    return robots.not_before_at if robots else None


def _outcome(target: Target, response: Response) -> Outcome:
    if response.outcome == "ok" and target.body_hash and response.body_hash == target.body_hash:
        return "not_modified"  # some servers never say 304
    is_old = target.dated_at is not None and response.fetched_at - target.dated_at > NEW_FOR
    if is_old and response.outcome == "http_error" and response.http_status == MISSING_STATUS:
        return "gone"
    return response.outcome


def _next_attempt_at(
    target: Target,
    outcome: Outcome,
    response: Response,
    robots: RobotsVerdict | None,
    *,
    look_after_s: Sequence[int],
    now: datetime,
) -> datetime | None:
    """For a page that is still to be judged the verdict decides; a look that failed gives way to the next look."""
    if outcome == "ok":
        return None
    status, not_before_at = response.http_status, response.not_before_at
    if robots and robots.state == "unreachable":
        not_before_at = robots.good_until  # sooner nobody asks for them again, and a try would be none
    if target.purpose != "second_look":
        return next_retry_at(outcome, status, target.attempt, now=now, not_before_at=not_before_at)
    if outcome in ("gone", "robots_denied"):
        return None
    if target.planned_at and target.planned_at > now:
        return target.planned_at
    if target.attempt == 0:  # outside the ladder of an article too old for one: one more try where that may help
        return next_retry_at(outcome, status, 1, now=now, not_before_at=not_before_at)
    return next_look_at(target.attempt, look_after_s=look_after_s, now=now, published_at=None)
