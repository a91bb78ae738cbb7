"""A backfill's run: parts are read, what they list is sealed, then pages are brought in and judged, batch by batch."""

import logging
import secrets
import time
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from datetime import time as time_of_day
from typing import Any

from ingest import access, catalogue
from ingest.crawl_state import Target
from ingest.history import Request
from ingest.inputs.place import Place
from ingest.jobs import disk
from ingest.jobs.backfill.captures import bring_in
from ingest.jobs.backfill.listings import Chains, Listing, read_listings
from ingest.jobs.backfill.past import PartLocks, open_past
from ingest.jobs.backfill.planning import begun, new_part, plan
from ingest.jobs.backfill.pointers import ask_archives
from ingest.jobs.backfill.register import Reading, Register
from ingest.jobs.backfill.summary import BackfillSummary
from ingest.jobs.far_files import open_place
from ingest.jobs.manners import Manners, open_manners
from ingest.jobs.visit import visit_targets
from ingest.log import Progress, event, unwatched
from ingest.records import Source
from ingest.rows import Row
from ingest.rules.select import in_fairness
from ingest.rules.url import host
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.warehouse.requests import Owed, PartState, Requests

logger = logging.getLogger(__name__)
RUN_S = 18_000.0  # after which a run begins no visit and no part: what is left is for the next
MET_MOST = 300_000  # entries that a sitting remembers, about 100 MB: then the past is looked at again
PARTS_A_WAVE = 4  # of publishers: newest first, and what they list is fetched before older ones are read; 50 MB each
OWED_A_SITTING = 20_000
LISTED_AT_ONCE = 5_000
Rows = dict[str, list[Row]]


def run(
    settings: Settings,
    *,
    work: Sequence[str],
    access_document: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    progress: Progress = unwatched,
) -> BackfillSummary:
    """Read these parts from where they stand, and bring in what they list and nobody has.

    What was listed is sealed before its pages are fetched; a capture that is at hand is sealed with its verdict and with the
    place where the reading goes on, so that a kill costs a batch. What hosts, time or other runs put off is left.
    """
    total = BackfillSummary(parts=len(work))
    until_s = time.monotonic() + RUN_S
    with closing(PartLocks(settings)) as locks:
        busy_count = sum(not locks.take(part_id) for part_id in work)
        while True:
            if disk.pressure(settings) != "none":
                total.is_paused, total.left = True, len(work)
                break
            one = _sit(settings, locks, access_document, until_s=until_s, now=now, progress=progress)
            total.add(one)
            is_going_on = one.has_moved and (one.left or one.put_off)
            if not is_going_on or time.monotonic() > until_s:
                break
        total.left += busy_count
    told = {name: count for name, count in total.as_dict().items() if isinstance(count, int)}
    event(logger, "backfill_finished", logging.INFO, **told)
    return total


def _sit(
    settings: Settings,
    locks: PartLocks,
    access_document: Mapping[str, Any] | None,
    *,
    until_s: float,
    now: datetime | None,
    progress: Progress,
) -> BackfillSummary:
    """Work on our parts from one look at the past, as long as what is met can be remembered."""
    at = now or datetime.now(UTC)
    summary = BackfillSummary()
    sources = {source.source_id: source for source in catalogue.read(settings.catalogue)}
    with ExitStack() as stack:
        state, requests = stack.enter_context(open_past(settings, now=at))
        manners = stack.enter_context(
            open_manners(
                settings,
                access=terms(settings, access_document),
                waits=state.waiting_hosts(now=at),
                until_s=until_s,
                threads=settings.fetch_threads,
            )
        )
        paused_ids = state.paused() | {source_id for source_id, source in sources.items() if source.is_paused}
        sitting = _Sitting(
            settings,
            locks,
            Register(state, requests, sources, now=at),
            requests,
            {one.request_id: one for one in requests.all()},
            sources,
            paused_ids,
            manners,
            stack.enter_context(open_place(settings, until_s=until_s)),
            summary,
            until_s=until_s,
            now=now,
            progress=progress,
        )
        sitting.work([part for part in requests.parts() if part.part_id in locks.part_ids])
    return summary


def until_done(
    settings: Settings,
    *,
    request_ids: Collection[str] | None = None,
    progress: Progress = unwatched,
) -> BackfillSummary:
    """Plan and run again and again, until nothing is left, or nothing more can be had now."""
    total = BackfillSummary()
    is_again: bool | None = None  # what ended badly is tried once more, and then is what it is
    while work := [
        part_id for batch in plan(settings, on=None, request_ids=request_ids, is_again=is_again) for part_id in batch
    ]:
        one = run(settings, work=work, progress=progress)
        total.add(one)
        is_again = False
        if one.is_paused or not one.has_moved:
            break
    else:
        total.left = total.put_off = 0
        total.is_paused = disk.pressure(settings) != "none"
    return total


class _Sitting:
    def __init__(
        self,
        settings: Settings,
        locks: PartLocks,
        register: Register,
        requests: Requests,
        asked: Mapping[str, Request],
        sources: Mapping[str, Source],
        paused_ids: Collection[str],
        manners: Manners,
        place: Place,
        summary: BackfillSummary,
        *,
        until_s: float,
        now: datetime | None,
        progress: Progress,
    ) -> None:
        """`paused_ids`: publishers that are not visited; what files hold of them is brought in all the same."""
        self._settings = settings
        self._locks = locks
        self._register = register
        self._requests = requests
        self._asked = asked
        self._sources = sources
        self._visited_ids = sources.keys() - set(paused_ids)
        self._manners = manners
        self._place = place
        self._summary = summary
        self._until_s = until_s
        self._now = now
        self._progress = progress
        self._chains: Chains = {}
        self._known_parts = {part.part_id for part in requests.parts()}

    def work(self, parts: Sequence[PartState]) -> None:
        """Owed pages of parts that were read before, then publishers' parts wave by wave, then files."""
        unread = [part for part in parts if not part.is_done]
        own = [part for part in unread if self._is_published(part)]
        open_to_us = [part for part in own if self._asked[part.request_id].source_id in self._visited_ids]
        self._summary.left += len(own) - len(open_to_us)
        owed = self._requests.owed([part.part_id for part in parts], limit=OWED_A_SITTING)
        self._summary.left += len(owed) == OWED_A_SITTING
        self._fetch(owed)
        self._read_publishers(open_to_us)
        if files := [part for part in unread if not self._is_published(part)]:
            self._read_files(files)

    def _read_publishers(self, parts: Sequence[PartState]) -> None:
        queue = deque(parts)
        done = 0
        while queue and not self._is_over():
            wave = [queue.popleft() for _ in range(min(PARTS_A_WAVE, len(queue)))]
            owed: list[Owed] = []
            below: list[PartState] = []
            for part, listing in read_listings(
                wave, self._asked, self._sources, self._chains, manners=self._manners, settings=self._settings
            ):
                if listing is None:
                    self._summary.left += 1
                    continue
                fresh = self._fresh(part, listing)
                told = self._list(part, listing, fresh)
                owed += told[: max(0, OWED_A_SITTING - len(owed))]  # the others are owed to the next sitting
                self._summary.left += len(owed) == OWED_A_SITTING
                below += [one for one in fresh if self._locks.take(one.part_id)]
                done += 1
                self._progress("parts read", done, done + len(queue) + len(below))
            queue.extendleft(reversed(below))
            self._fetch(owed)
        self._summary.left += len(queue)

    def _fresh(self, part: PartState, listing: Listing) -> list[PartState]:
        """Parts that this one lists, each once, though several list it: their rows come with its own."""
        found = [new_part(self._asked[part.request_id], one) for one in listing.below]
        fresh = [one for one in {one.part_id: one for one in found}.values() if one.part_id not in self._known_parts]
        self._known_parts |= {one.part_id for one in fresh}
        return fresh

    def _list(self, part: PartState, listing: Listing, fresh: Sequence[PartState]) -> list[Owed]:
        """Seal what a part lists; its own row comes last, so that a kill before it has it read again."""
        request = self._asked[part.request_id]
        reading = self._register.reading(part, request)
        owed: list[Owed] = []
        pieces = [slice(at, at + LISTED_AT_ONCE) for at in range(0, len(listing.found), LISTED_AT_ONCE)]
        for piece in pieces[:-1]:
            owed += self._take(reading, listing, piece, {})
        reading.outside_count += listing.outside_count
        reading.unusable_count += listing.unusable_count
        reading.ended = listing.ended
        below = [begun(one, request).row() for one in fresh]
        last = pieces[-1] if pieces else slice(0)
        owed += self._take(reading, listing, last, {"part": list(below)}, is_last=True)
        self._summary.parts_done += listing.ended.outcome != "paused"
        self._summary.left += listing.ended.outcome == "paused"
        return owed

    def _take(
        self, reading: Reading, listing: Listing, piece: slice, rows: Rows, *, is_last: bool = False
    ) -> list[Owed]:
        found = listing.found[piece]
        taken = self._register.take(reading, found, listing.entries[piece])
        count(self._summary, taken)
        reading.found_count += len(found)
        reading.outside_count += taken.outside_count
        reading.erased_count += taken.erased_count
        own: list[Row] = [reading.row()] if is_last else []
        self._seal(taken.rows | {"part": [*rows.get("part", ()), *own]})
        return taken.owed

    def _seal(self, rows: Rows) -> None:
        if any(rows.values()):
            sealed = stage.seal(
                self._settings.stage,
                batch_kind="listing",
                rows=rows,
                now=datetime.now(UTC),
                token=secrets.token_hex(4),
            )
            self._summary.batches.append(sealed.batch_id)

    def _fetch(self, owed: Sequence[Owed]) -> None:
        """Pages from their publishers; what is owed elsewhere is asked of its archive."""
        pages = [target(one) for one in owed if one.pointer is None and one.source_id in self._visited_ids]
        targets = in_fairness([one for one in pages if not self._manners.is_waiting(one.url)], host_of=host)
        self._summary.put_off += len(pages) - len(targets)
        self._summary.targets += len(targets)
        visit_targets(
            targets,
            self._sources,
            manners=self._manners,
            settings=self._settings,
            summary=self._summary,
            now=self._now,
            progress=self._progress,
        )
        ask_archives(
            [one for one in owed if one.pointer is not None and one.source_id in self._sources],
            self._sources,
            place=self._place,
            manners=self._manners,
            settings=self._settings,
            summary=self._summary,
            progress=self._progress,
        )

    def _read_files(self, parts: Sequence[PartState]) -> None:
        owed = bring_in(
            [self._register.reading(part, self._asked[part.request_id]) for part in parts],
            self._register,
            self._sources,
            place=self._place,
            settings=self._settings,
            summary=self._summary,
            is_over=self._is_over,
            progress=self._progress,
        )
        self._fetch(owed)

    def _is_published(self, part: PartState) -> bool:
        return self._asked[part.request_id].input_kind in ("sitemap", "feed")

    def _is_over(self) -> bool:
        is_full = disk.measure(self._settings).pressure != "none"
        return is_full or time.monotonic() > self._until_s or self._register.met_count > MET_MOST


def count(summary: BackfillSummary, taken: Any) -> None:
    summary.listed += taken.listed_count
    summary.held += taken.held_count
    summary.outside += taken.outside_count
    summary.erased += taken.erased_count


def target(one: Owed) -> Target:
    return Target(
        entry_id=one.entry_id,
        source_id=one.source_id,
        feed_id=one.feed_id,
        url=one.url,
        purpose=one.purpose,
        attempt=one.attempt,
        dated_at=datetime.combine(one.counted_on, time_of_day(), UTC),
    )


def terms(settings: Settings, document: Mapping[str, Any] | None) -> dict[str, access.Access]:
    """Terms of access by source: of a document handed in, or else of the file that the settings name."""
    if document is not None:
        return access.parse(document, "access", catalogue.read(settings.catalogue))
    return access.read(settings.access, catalogue.read(settings.catalogue)) if settings.access else {}
