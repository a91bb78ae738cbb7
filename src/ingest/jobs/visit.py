"""Visit targets: robots, fetch, archive, judge, seal in batches. Which targets, and what becomes of batches, is elsewhere."""

import secrets
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from ingest.extract.pool import ExtractorPool
from ingest.fetch.archive import ArchiveWriter
from ingest.fetch.client import Client
from ingest.fetch.pace import in_turn
from ingest.fetch.response import Response
from ingest.fetch.robots import Robots, RobotsVerdict
from ingest.log import Progress
from ingest.records import Extraction, Fetch, Outcome, Page, Rejection, Row, Source, Target, Verdict
from ingest.rules.ladder import next_look_at, next_retry_at
from ingest.rules.url import host
from ingest.settings import Settings
from ingest.stage import batch as stage

PRODUCT = "ingest"
LONGEST_DELAY_S = 60.0  # a host whose crawl delay is longer gets one visit a run, and its pages wait for later runs
SEAL_EVERY_S = 120.0  # what a killed task may fetch again, where pages come slowly
Visited = tuple[RobotsVerdict | None, Response | None]  # no response: robots forbade it; neither: put off


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
    client: Client,
    settings: Settings,
    summary: Counts,
    now: datetime | None,
    until_s: float,
    progress: Progress,
) -> None:
    """Fetch and judge all targets, hosts side by side; what is ready is sealed by the number and by the clock.

    `until_s`: time.monotonic() after which no more visits begin; what is left is put off to a later run.
    """
    if not targets:
        return
    desk = _Desk(settings, summary, now=now)
    visits = _visits(targets, sources, client=client, settings=settings, until_s=until_s)

    def arriving() -> Iterator[Page]:
        for done, (target, (robots, response)) in enumerate(visits, start=1):
            if page := desk.take(target, robots, response, language=sources[target.source_id].language):
                yield page
            progress("pages visited", done, len(targets))

    pool = ExtractorPool(
        workers=settings.extract_workers,
        timeout_s=settings.extract_timeout_s,
        memory_bytes=settings.extract_memory_bytes,
    )
    try:
        with closing(visits), pool:
            for page, verdict in pool.judge(arriving()):
                desk.judged(page, verdict)
    finally:
        desk.seal()


def _visits(
    targets: Sequence[Target], sources: Mapping[str, Source], *, client: Client, settings: Settings, until_s: float
) -> Generator[tuple[Target, Visited], None, None]:
    robots = Robots(client, cache=settings.home / "robots", product=PRODUCT)
    delays_s: dict[str, float] = {}
    waiting: set[str] = set()

    def visit(target: Target) -> Visited:
        place = host(target.url)
        if place in waiting or time.monotonic() > until_s:
            return None, None
        verdict = robots.verdict(target.url)
        delays_s[place] = verdict.crawl_delay_s or 0.0
        if delays_s[place] > LONGEST_DELAY_S:
            waiting.add(place)
        if verdict.state != "allowed":
            return verdict, None
        response = client.get(
            target.url,
            limit_bytes=settings.page_limit_bytes,
            etag=target.etag,
            last_modified=target.last_modified,
            accept="page",
            may_follow=lambda url: robots.verdict(url).state == "allowed",
        )
        if response.not_before_at:
            waiting.add(place)
        return verdict, response

    def rest_s(target: Target) -> float:
        place = host(target.url)
        if place in waiting or time.monotonic() > until_s:
            return 0.0  # nothing more will be asked of it
        return max(sources[target.source_id].host_delay_s, delays_s.get(place, 0.0))

    return in_turn(
        targets,
        visit,
        host_of=lambda target: host(target.url),
        delay_s_of=rest_s,
        threads=settings.fetch_threads,
    )


class _Desk:
    """Where fetches wait for their verdicts until both are sealed together."""

    def __init__(self, settings: Settings, summary: Counts, *, now: datetime | None) -> None:
        self._settings = settings
        self._summary = summary
        self._now = now
        self._sealed_s = time.monotonic()
        self._rows: dict[str, list[Row]] = {"fetch": [], "extraction": [], "rejection": []}
        self._unjudged: dict[str, Fetch] = {}
        self._archive: ArchiveWriter | None = None
        self._archive_path = Path()

    def take(
        self, target: Target, robots: RobotsVerdict | None, response: Response | None, *, language: str
    ) -> Page | None:
        """Note a visit; returns the page that is to be judged, if one arrived."""
        if robots is None:
            self._summary.put_off += 1
            return None
        fetch = _fetch(target, robots, response, now=self._now)
        if response is None or fetch.outcome != "ok":
            self._summary.unchanged += fetch.outcome == "not_modified"
            self._summary.failed += fetch.outcome != "not_modified"
            self._file(fetch)
            return None
        self._summary.fetched += 1
        path, offset = self._keep(response, fetch.fetch_id)
        self._unjudged[fetch.fetch_id] = replace(fetch, archive_path=path, archive_offset=offset)
        return Page(
            fetch_id=fetch.fetch_id,
            entry_id=fetch.entry_id,
            source_id=fetch.source_id,
            url=fetch.url,
            final_url=fetch.final_url or fetch.url,
            http_charset=response.http_charset,
            language=language,
            fetched_at=fetch.fetched_at,
            body=response.body,
        )

    def judged(self, page: Page, verdict: Verdict) -> None:
        """File a verdict with its fetch; an article that is young is due for another look."""
        fetch = self._unjudged.pop(page.fetch_id)
        look = fetch.attempt if fetch.purpose == "second_look" else 0
        match verdict:
            case Extraction(published_at=published_at):
                self._summary.extracted += 1
                self._rows["extraction"].append(verdict)
                due_at = next_look_at(look, now=self._now or fetch.fetched_at, published_at=published_at)
                fetch = replace(fetch, next_attempt_at=due_at)
            case Rejection():
                self._summary.rejected += 1
                self._rows["rejection"].append(verdict)
        self._file(fetch)

    def seal(self) -> None:
        """Seal what is filed; pages that still wait for a verdict keep their place in the archive just closed."""
        if self._archive:
            self._archive.close()
            self._archive = None
        self._sealed_s = time.monotonic()
        if not self._rows["fetch"]:
            return
        sealed = stage.seal(
            self._settings.stage,
            batch_kind="pages",
            rows=self._rows,
            now=datetime.now(UTC),
            token=secrets.token_hex(4),
        )
        self._summary.batches.append(sealed.batch_id)
        self._rows = {name: [] for name in self._rows}

    def _file(self, fetch: Fetch) -> None:
        self._rows["fetch"].append(fetch)
        is_late = time.monotonic() - self._sealed_s > SEAL_EVERY_S
        if is_late or len(self._rows["fetch"]) >= self._settings.batch_pages:
            self.seal()

    def _keep(self, response: Response, fetch_id: str) -> tuple[str, int]:
        if self._archive is None:
            at = datetime.now(UTC)
            self._archive_path = Path(f"{at:%Y-%m-%d}") / f"{at:%Y%m%dT%H%M%S}Z-{secrets.token_hex(4)}.warc.gz"
            self._archive = ArchiveWriter(self._settings.raw / self._archive_path)
        return self._archive_path.as_posix(), self._archive.add(response, record_id=fetch_id)


def _fetch(target: Target, robots: RobotsVerdict, response: Response | None, *, now: datetime | None) -> Fetch:
    """The row of a visit; validators of the page that we hold are handed on where none came."""
    outcome = _outcome(target, robots, response)
    brought = response if response and outcome == "ok" else None
    fetched_at = response.fetched_at if response else datetime.now(UTC)
    status = response.http_status if response else None
    return Fetch(
        fetch_id=str(uuid4()),
        entry_id=target.entry_id,
        source_id=target.source_id,
        feed_id=target.feed_id,
        purpose=target.purpose,
        attempt=target.attempt,
        host=host(target.url),
        url=target.url,
        final_url=response.final_url if response else None,
        modified_at=target.modified_at,
        fetched_at=fetched_at,
        outcome=outcome,
        detail=response.detail if response else None,
        http_status=status,
        content_type=response.content_type if response else None,
        etag=brought.etag if brought else target.etag,
        last_modified=brought.last_modified if brought else target.last_modified,
        body_hash=brought.body_hash if brought else target.body_hash,
        wire_bytes=response.wire_bytes if response else 0,
        body_bytes=len(response.body) if response else 0,
        elapsed_ms=response.elapsed_ms if response else 0,
        robots=robots.state,
        archive_path=None,
        archive_offset=None,
        not_before_at=_not_before_at(robots, response, fetched_at),
        next_attempt_at=_next_attempt_at(target, outcome, status, response, now=now or fetched_at),
    )


def _not_before_at(robots: RobotsVerdict, response: Response | None, fetched_at: datetime) -> datetime | None:
    """What the host asked for: by Retry-After, or by a crawl delay that no single run can keep."""
    if response and response.not_before_at:
        return response.not_before_at
    if robots.crawl_delay_s and robots.crawl_delay_s > LONGEST_DELAY_S:
        return fetched_at + timedelta(seconds=min(robots.crawl_delay_s, 86_400.0))
    return None


def _outcome(target: Target, robots: RobotsVerdict, response: Response | None) -> Outcome:
    if response is None:
        return "robots_denied" if robots.state == "denied" else "robots_unreachable"
    if response.outcome == "ok" and target.body_hash and response.body_hash == target.body_hash:
        return "not_modified"  # some servers never say 304
    return response.outcome


def _next_attempt_at(
    target: Target, outcome: Outcome, http_status: int | None, response: Response | None, *, now: datetime
) -> datetime | None:
    """For a page that is still to be judged the verdict decides; a look that failed gives way to the next look."""
    if outcome == "ok":
        return None
    not_before_at = response.not_before_at if response else None
    if target.purpose != "second_look":
        return next_retry_at(outcome, http_status, target.attempt, now=now, not_before_at=not_before_at)
    if outcome in ("gone", "robots_denied"):
        return None
    if target.planned_at and target.planned_at > now:
        return target.planned_at
    if target.attempt == 0:  # outside the ladder of an article too old for one: one more try where that may help
        return next_retry_at(outcome, http_status, 1, now=now, not_before_at=not_before_at)
    return next_look_at(target.attempt, now=now, published_at=None)
