"""Crawl: from the catalogue to sealed batches. The warehouse is never opened here; loading is another job."""

import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from ingest import access, catalogue
from ingest.access import Access
from ingest.crawl_state import Target, Visit
from ingest.errors import BatchCorrupt, BatchTooNew, CatalogueError, IngestError
from ingest.jobs import account, disk
from ingest.jobs.manners import open_manners
from ingest.jobs.poll import Polled, poll_feeds
from ingest.jobs.refill import refills
from ingest.jobs.visit import visit_targets
from ingest.log import Progress, event, unwatched
from ingest.records import Batch, Entry, Source
from ingest.rules.due import LOOK_BACK, Gap, due_feeds
from ingest.rules.ladder import ANSWERED
from ingest.rules.select import choose, in_fairness, within
from ingest.rules.timetable import together
from ingest.rules.url import host
from ingest.rules.verdict import judge_run
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.warehouse.state import STATE_TABLES, CrawlState, open_state

logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class CrawlSummary:
    """What a crawl did, in counts; the rows themselves are in its batches. `is_paused`: the disk is too full to begin."""

    polls: int = 0
    failed_polls: int = 0
    unchanged_polls: int = 0
    entries: int = 0
    targets: int = 0
    fetched: int = 0
    unchanged: int = 0
    failed: int = 0
    put_off: int = 0
    extracted: int = 0
    rejected: int = 0
    batches: list[str] = field(default_factory=list)
    is_paused: bool = False

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDue:
    """What a source wants of a crawl: feeds to poll and entries that it is owed."""

    source: Source
    feed_count: int
    owed_count: int


def due(settings: Settings, *, source_ids: Sequence[str] | None = None, now: datetime | None = None) -> list[SourceDue]:
    """Sources that have a feed to poll or an entry to fetch by `now`, in the catalogue's order; an event each.

    `source_ids`: these, due or not; what is paused is left out all the same.
    """
    at = now or datetime.now(UTC)
    with _state(settings, now=at) as state:
        active = _active(settings, state)
        sources = _chosen(settings, source_ids, active)
        owed = Counter(visit.source_id for visit in state.due(now=at, source_ids=active, active_ids=active))
        found = due_feeds(sources, state.feeds(), gaps=state.open_gaps(now=at), now=at, poll_all=bool(source_ids))
        feeds = Counter(one.source.source_id for one in found)
    told = []
    for source in sources:
        feed_count, owed_count = feeds[source.source_id], owed[source.source_id]
        if source_ids or feed_count or owed_count:
            event(logger, "source_due", source_id=source.source_id, feeds=feed_count, owed=owed_count)
            told.append(SourceDue(source=source, feed_count=feed_count, owed_count=owed_count))
    return told


def plan(settings: Settings, *, source_ids: Sequence[str] | None, now: datetime | None = None) -> list[list[str]]:
    """Batches of the sources that are due, hosts kept together; none on a full disk.

    Raises SettingsError without a contact: one red plan says so, not a red crawl a batch.
    """
    settings.must_have_contact()
    if disk.pressure(settings) == "pause_crawl":
        return []
    sources = [one.source for one in due(settings, source_ids=source_ids, now=now)]
    hosts = {one.source_id: {host(feed.url) for feed in one.feeds} | {host(one.home_url)} for one in sources}
    most = min(settings.crawl_batches, -(-len(sources) // settings.crawl_batch_sources))
    return together(hosts, most=most)


def run(
    settings: Settings,
    *,
    source_ids: Sequence[str] | None = None,
    poll_all: bool = False,
    pages_most: int | None = None,
    look_back_to: datetime | None = None,
    access_document: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    progress: Progress = unwatched,
) -> CrawlSummary:
    """Poll what is due, seal what was listed, then fetch, judge and seal what is new, in batches.

    A kill at any moment loses no listed entry: the listing is sealed before the first page is fetched.
    `poll_all`: feeds that are not due are polled too, since a person asked; a host's own wait still holds.
    `pages_most`: of each source; what is left waits for the next run. `look_back_to`: its sitemaps are read from then on.
    `access_document`: terms of access by source, instead of the file that the settings name (`ingest.access`).
    """
    if disk.pressure(settings) == "pause_crawl":
        return CrawlSummary(is_paused=True)
    at = now or datetime.now(UTC)
    began_s = time.monotonic()
    summary = CrawlSummary()
    with ExitStack() as stack:
        state = stack.enter_context(_state(settings, now=at))
        active = _active(settings, state)
        sources = {source.source_id: source for source in _chosen(settings, source_ids, active)}
        manners = stack.enter_context(
            open_manners(
                settings,
                access=_terms(settings, access_document),
                waits=state.waiting_hosts(now=at),
                until_s=began_s + settings.crawl_time_s,
                threads=settings.fetch_threads,
            )
        )
        states, gaps = state.feeds(), state.open_gaps(now=at)
        if look_back_to is not None:  # as if nothing had been read since
            gaps = {**gaps, **dict.fromkeys(sources, Gap(look_back_to + LOOK_BACK, at))}
        feeds = due_feeds(sources.values(), states, gaps=gaps, now=at, poll_all=poll_all)
        feeds += refills(sources, states, gaps, manners=manners, settings=settings, now=at)
        polled = poll_feeds(feeds, states, state=state, manners=manners, settings=settings, progress=progress)
        _seal_listing(settings, sources, polled, summary, now=at)
        owed = state.due(now=at, source_ids=sources, active_ids=active)
        news = [entry for poll in polled for entry in poll.entries]
        owners = state.owners([entry.entry_id for entry in news], active_ids=active)
        own = [entry for entry in news if owners.get(entry.entry_id, entry.source_id) in sources]
        targets = within(_select(own, owed, state, is_waiting=manners.is_waiting, now=at), pages_most)
        summary.targets = len(targets)
        visit_targets(
            targets,
            sources,
            manners=manners,
            settings=settings,
            summary=summary,
            now=now,
            progress=progress,
        )
    account.tell(settings, summary.batches)
    told = {name: count for name, count in summary.as_dict().items() if isinstance(count, int)}
    event(logger, "crawl_finished", logging.INFO, **told)
    return summary


def judge(settings: Settings, summaries: Sequence[dict[str, object]], *, batch_count: int) -> str:
    """One line on a whole run; IngestError if too large a share of its polls failed, or a task gave no account."""
    green, told = judge_run(summaries, batch_count=batch_count, failed_share_red=settings.failed_share_red)
    if not green:
        raise IngestError(told, "see mart.feed_poll for each feed's outcome, and the logs of the crawl tasks")
    return told


def _select(
    news: Sequence[Entry], owed: Sequence[Visit], state: CrawlState, *, is_waiting: Callable[[str], bool], now: datetime
) -> list[Target]:
    visits = state.visits([entry.entry_id for entry in news])
    chosen = choose(news, due=owed, visits=visits, now=now)
    return in_fairness([target for target in chosen if not is_waiting(target.url)], host_of=host)


def _seal_listing(
    settings: Settings, sources: dict[str, Source], polled: Sequence[Polled], summary: CrawlSummary, *, now: datetime
) -> None:
    summary.polls = len(polled)
    summary.failed_polls = sum(poll.poll.outcome not in ANSWERED for poll in polled)
    summary.unchanged_polls = sum(poll.poll.outcome == "not_modified" for poll in polled)
    summary.entries = sum(len(poll.entries) for poll in polled)
    if not polled:
        return
    seen = {poll.poll.source_id for poll in polled}
    listing = stage.seal(
        settings.stage,
        batch_kind="listing",
        rows={
            "source": [catalogue.seen(sources[source_id], now=now) for source_id in sorted(seen)],
            "poll": [poll.poll for poll in polled],
            "entry": [entry for poll in polled for entry in poll.entries],
        },
        now=datetime.now(UTC),
        token=secrets.token_hex(4),
    )
    summary.batches.append(listing.batch_id)
    event(logger, "listing_sealed", batch_id=listing.batch_id, polls=summary.polls, entries=summary.entries)


def _active(settings: Settings, state: CrawlState) -> list[str]:
    """Sources that are paused neither in the catalogue nor by an operator."""
    paused = state.paused()
    sources = catalogue.read(settings.catalogue)
    return [one.source_id for one in sources if not one.is_paused and one.source_id not in paused]


def _chosen(settings: Settings, source_ids: Sequence[str] | None, active: Collection[str]) -> list[Source]:
    sources = {source.source_id: source for source in catalogue.read(settings.catalogue)}
    if unknown := set(source_ids or ()) - sources.keys():
        raise CatalogueError(
            f"{settings.catalogue}: no source {', '.join(sorted(unknown))}", "`ingest sources` lists those there are"
        )
    for source_id in sorted(set(source_ids or ()) - set(active)):
        event(logger, "source_paused", logging.WARNING, source_id=source_id)
    return [sources[name] for name in active if not source_ids or name in source_ids]


def _terms(settings: Settings, document: Mapping[str, Any] | None) -> dict[str, Access]:
    """Terms of access by source: of a document handed in, or else of the file that the settings name."""
    if document is not None:
        return access.parse(document, "access", catalogue.read(settings.catalogue))
    return access.read(settings.access, catalogue.read(settings.catalogue)) if settings.access else {}


@contextmanager
def _state(settings: Settings, *, now: datetime) -> Iterator[CrawlState]:
    def pending(held: set[str]) -> list[Batch]:
        found = []
        for batch_id in stage.sealed(settings.stage):
            if batch_id not in held:
                try:
                    found.append(stage.open_batch(settings.stage, batch_id, tables=STATE_TABLES))
                except (
                    BatchCorrupt,
                    BatchTooNew,
                ) as error:  # the loader deals with it; what it held will be found again
                    event(logger, "batch_passed_over", logging.WARNING, batch_id=batch_id, finding=error)
        return found

    with open_state(settings.state_file, pending, now=now) as state:
        yield state
