"""Reprocess: read archived pages again with today's extractor and rules, offline, and seal what they say in batches.

What a later verdict means for articles is decided in warehouse/models/; loading is another job.
"""

import logging
import secrets
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Final, TypeGuard

import duckdb

from ingest import catalogue
from ingest.errors import BatchCorrupt, BatchTooNew, InputError
from ingest.extract.page import EXTRACTOR, EXTRACTOR_VERSION
from ingest.extract.pool import by_settings
from ingest.fetch.archive import read_response
from ingest.log import Progress, event, unwatched
from ingest.records import Batch, Confirmation, Extraction, Page, Rejection, RejectionReason, Source, Verdict
from ingest.rows import Row
from ingest.rules.page_rule import rule_at, rule_hash
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.warehouse import stale
from ingest.warehouse.read import reader
from ingest.warehouse.stale import Capture, RuleSpan

logger = logging.getLogger(__name__)
KIND: Final = "reprocess"
# What a worker could not do this time says nothing of a page that was read before.
UNREAD: frozenset[RejectionReason] = frozenset(("extract_timeout", "extract_memory", "extract_crash"))
FIRST_DAY, LAST_DAY = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class ReprocessSummary:
    """What became of the chosen pages, in counts; `read` is the sum of the five below it."""

    chosen: int = 0
    read: int = 0
    confirmed: int = 0  # today's extractor says word for word the same
    changed: int = 0
    became_articles: int = 0
    became_rejected: int = 0
    unread: int = 0  # a worker failed on them, and they stay as they were
    archive_gone: int = 0
    left: int = 0  # other pages of articles of which a page is gone, damaged or unread: they stay as they were
    damaged: int = 0
    batches: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, int | list[str]]:
        return asdict(self)


def run(
    settings: Settings,
    *,
    since: date | None = None,
    until: date | None = None,
    source_ids: Collection[str] = (),
    everything: bool = False,
    is_dry_run: bool = False,
    progress: Progress = unwatched,
) -> ReprocessSummary:
    """Read again the pages fetched on days of [since, until), UTC, that today's extractor and rules have not read,
    or that a worker failed on once.

    What is sealed stays if the job is killed, and the next run goes on. `everything`: what was read by today's, too.
    WarehouseMissing before the first publish; InputError for a source that was never crawled.
    """
    sources = {source.source_id: source for source in catalogue.read(settings.catalogue)}
    summary = ReprocessSummary()
    with reader(settings.published_file) as connection:
        languages = stale.languages(connection)
        _must_be_known(source_ids, sources.keys() | languages.keys())
        stale.choose(
            connection,
            extractor=EXTRACTOR,
            extractor_version=EXTRACTOR_VERSION,
            spans=[span for source in sources.values() for span in _spans(source)],
            pending=_pending(settings, connection),
            since=_midnight(since),
            until=_midnight(until),
            source_ids=source_ids,
            unread=UNREAD,
            everything=everything,
        )
        gone = [path for path in stale.archive_paths(connection) if not (settings.raw / path).exists()]
        summary.archive_gone, summary.left = stale.leave_out(connection, gone)
        summary.chosen = stale.count(connection)
        if not is_dry_run and summary.chosen:
            languages |= {source.source_id: source.language for source in sources.values()}
            _read_all(settings, connection, sources, languages, summary, progress)
    told = {name: count for name, count in summary.as_dict().items() if isinstance(count, int)}
    event(logger, "reprocess_finished", dry_run=is_dry_run, **told)
    return summary


def _read_all(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    sources: Mapping[str, Source],
    languages: Mapping[str, str],
    summary: ReprocessSummary,
    progress: Progress,
) -> None:
    desk = _Desk(settings, summary)
    waiting: deque[Capture] = deque()

    def pages() -> Iterator[Page]:
        for done, capture in enumerate(stale.captures(connection), start=1):
            source = sources.get(capture.source_id)
            if page := _page(settings, capture, source, languages.get(capture.source_id), summary):
                waiting.append(capture)
                yield page
            else:
                desk.misses(capture)
            progress("pages read again", done, summary.chosen)

    pool = by_settings(settings)
    try:
        with pool:
            for _, verdict in pool.judge(pages()):
                desk.take(waiting.popleft(), verdict)
        desk.end_article()
    finally:
        desk.seal()  # of an article that a fault cut short, nothing


class _Desk:
    """Where verdicts are gathered article by article: a batch holds articles whole, or else their texts could not be compared."""

    def __init__(self, settings: Settings, summary: ReprocessSummary) -> None:
        self._settings = settings
        self._summary = summary
        self._missed: set[str] = set()  # articles of which a page is not to be had
        self._article: list[tuple[Capture, Verdict]] = []
        self._rows: list[tuple[str, Row]] = []

    def misses(self, capture: Capture) -> None:
        """Note a page that cannot be read; comes before the verdict on any page of a later article."""
        self._missed.add(capture.article_key)

    def take(self, capture: Capture, verdict: Verdict) -> None:
        if self._article and capture.article_key != self._article[0][0].article_key:
            self.end_article()
        self._article.append((capture, verdict))
        if _is_unread(verdict, capture):
            self.misses(capture)
            self._summary.read += 1
            self._summary.unread += 1
            event(logger, "page_unread", logging.WARNING, url=capture.url, reason=verdict.reason, detail=verdict.detail)

    def end_article(self) -> None:
        gathered, self._article = self._article, []
        if any(capture.article_key in self._missed for capture, _ in gathered):
            self._summary.left += sum(not _is_unread(verdict, capture) for capture, verdict in gathered)
            return
        if len(self._rows) + len(gathered) > self._settings.batch_pages:
            self.seal()
        self._rows += [self._row(capture, verdict) for capture, verdict in gathered]

    def _row(self, capture: Capture, verdict: Verdict) -> tuple[str, Row]:
        is_article = isinstance(verdict, Extraction)
        self._summary.read += 1
        if verdict.record_hash == capture.record_hash:
            self._summary.confirmed += 1
            return "confirmation", _confirmation(verdict)
        self._summary.changed += is_article == capture.is_article
        self._summary.became_articles += is_article and not capture.is_article
        self._summary.became_rejected += capture.is_article and not is_article
        return "extraction" if is_article else "rejection", verdict

    def seal(self) -> None:
        if not self._rows:
            return
        rows: dict[str, list[Row]] = {}
        for table, row in self._rows:
            rows.setdefault(table, []).append(row)
        sealed = stage.seal(
            self._settings.stage, batch_kind=KIND, rows=rows, now=datetime.now(UTC), token=secrets.token_hex(4)
        )
        self._summary.batches.append(sealed.batch_id)
        self._rows = []


def _page(
    settings: Settings, capture: Capture, source: Source | None, language: str | None, summary: ReprocessSummary
) -> Page | None:
    """The page as it came, as an extractor gets it on a crawl; None where the archive does not hold it."""
    path = settings.raw / capture.archive_path
    try:
        archived = read_response(path, capture.archive_offset)
        body_hash = sha256(archived.body).hexdigest()[:32]
        if archived.record_id != capture.fetch_id or body_hash != capture.body_hash:
            raise InputError(f"{path} at byte {capture.archive_offset} holds another page")
    except InputError as error:
        is_gone = not path.exists()  # upkeep may have been at work since the pages were chosen
        summary.archive_gone += is_gone
        summary.damaged += not is_gone
        event(logger, "page_not_archived", logging.WARNING, url=capture.url, finding=error.message)
        return None
    return Page(
        fetch_id=capture.fetch_id,
        entry_id=capture.entry_id,
        source_id=capture.source_id,
        url=capture.url,
        final_url=capture.final_url,
        http_charset=archived.http_charset,
        language=language,
        rule=rule_at(source.rules, capture.fetched_at) if source else None,
        fetched_at=capture.fetched_at,
        body=archived.body,
    )


def _is_unread(verdict: Verdict, capture: Capture) -> TypeGuard[Rejection]:
    """Whether a worker failed on what was an article."""
    return isinstance(verdict, Rejection) and capture.is_article and verdict.reason in UNREAD


def _confirmation(verdict: Verdict) -> Confirmation:
    return Confirmation(
        fetch_id=verdict.fetch_id,
        entry_id=verdict.entry_id,
        source_id=verdict.source_id,
        record_hash=verdict.record_hash,
        extractor=verdict.extractor,
        extractor_version=verdict.extractor_version,
        rule_hash=verdict.rule_hash,
        confirmed_at=datetime.now(UTC),
    )


def _pending(settings: Settings, connection: duckdb.DuckDBPyConnection) -> list[Batch]:
    """Sealed reprocess batches that the published copy does not hold: what they say is not said again."""
    held, found = stale.held(connection), []
    for batch_id in stage.sealed(settings.stage):
        if batch_id not in held and f"-{KIND}-" in batch_id:
            try:
                found.append(stage.open_batch(settings.stage, batch_id))
            except (BatchCorrupt, BatchTooNew) as error:  # the loader deals with it; its pages are read again
                event(logger, "batch_passed_over", logging.WARNING, batch_id=batch_id, finding=error)
    return found


def _spans(source: Source) -> list[RuleSpan]:
    return [
        RuleSpan(
            source_id=source.source_id,
            from_at=_midnight(rule.valid_from) or FIRST_DAY,
            to_at=_midnight(rule.valid_to) or LAST_DAY,
            rule_hash=rule_hash(rule),
        )
        for rule in source.rules
    ]


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


def _must_be_known(source_ids: Collection[str], known: Collection[str]) -> None:
    if unknown := set(source_ids) - set(known):
        raise InputError(
            f"no source {', '.join(sorted(unknown))} in the catalogue or the warehouse", "`ingest sources` lists them"
        )
