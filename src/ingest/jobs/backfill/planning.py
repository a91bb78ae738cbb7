"""The plan of a backfill: which parts of open requests are to be read, or still owe what they listed. No publisher is visited."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from urllib.parse import urlsplit

from ingest import catalogue
from ingest.history import Ended, Part, PartOutcome, PartRead, Request
from ingest.inputs.bucket import BUCKET
from ingest.inputs.place import WEB, Place
from ingest.jobs import disk
from ingest.jobs.backfill.asking import part_id
from ingest.jobs.backfill.files import file_parts
from ingest.jobs.backfill.listings import roots
from ingest.jobs.backfill.past import open_past, sources_of
from ingest.jobs.backfill.register import Reading
from ingest.jobs.far_files import open_place
from ingest.records import Source
from ingest.rules.timetable import together
from ingest.rules.wanted import wanted_of
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.warehouse.requests import PartState

ENDED_BADLY: frozenset[PartOutcome] = frozenset(("missing", "unreadable", "cut_short"))


def plan(
    settings: Settings,
    *,
    on: date | None,
    request_ids: Collection[str] | None = None,
    is_again: bool | None = None,
    now: datetime | None = None,
) -> list[list[str]]:
    """Batches of part ids, newest first, parts that ask one host in one batch; [] on a full disk.

    `on`: of requests whose range holds that day, what is of it by a file's name or by what was listed; what is of no single
    day goes with the range's last. None: all that is open. A part of an input that is paused waits. `is_again`: parts that
    were gone, cut short or unreadable, and those read before their last day was over, are read once more, from their
    beginning; None: where requests are named, since somebody asked for just these again.
    """
    at = now or datetime.now(UTC)
    if disk.pressure(settings) != "none":
        return []
    sources = catalogue.read(settings.catalogue)
    with open_past(settings, now=at) as (state, requests), open_place(settings) as place:
        paused_ids = state.paused() | {source.source_id for source in sources if source.is_paused}
        chosen = {
            one.request_id: one
            for one in requests.all()
            if (request_ids is None or one.request_id in request_ids)
            and (on is None or one.from_on <= on <= one.to_on)
            and one.source_id not in paused_ids
        }
        known = [part for part in requests.parts() if part.request_id in chosen]
        looked_at = [one for one in chosen.values() if request_ids is not None or _may_have_more(one, known)]
        fresh = _fresh(looked_at, known, sources, place)
        owed_days = requests.owed_days()
    rows = [begun(part, chosen[part.request_id]).row() for part in fresh]
    stood_in = {part.part_id: part for part in _stood_in(fresh, known, chosen)}
    rows += [_found_after_all(part, chosen[part.request_id]) for part in stood_in.values()]
    is_for_all = is_again or (is_again is None and request_ids is not None)
    anew = {
        part.part_id: replace(part, position=0, is_done=False, outcome="ok", is_lost=False)
        for part in known
        if part.part_id not in stood_in
        and (part.is_lost or (is_for_all and part.is_done and _is_worth_another(part, chosen[part.request_id], now=at)))
        and _is_of(part, chosen[part.request_id], on)
    }
    rows += [begun(part, chosen[part.request_id]).row() for part in anew.values()]
    known = [anew.get(part.part_id, part) for part in known]
    if rows:
        _seal(settings, rows)
    resting = {part.request_id for part in known if part.not_before_at and part.not_before_at > at and not part.is_done}
    wanted = [
        part
        for part in [*fresh, *known]
        if part.request_id not in resting
        and _is_due(part, chosen[part.request_id], on=on, owed_on=owed_days.get(part.part_id, set()))
    ]
    order = {part.part_id: place for place, part in enumerate(wanted)}
    groups = together({part.part_id: _hosts(part, chosen) for part in wanted}, most=settings.crawl_batches)
    return [sorted(group, key=order.__getitem__) for group in groups]


def _fresh(
    chosen: Collection[Request], known: Sequence[PartState], sources: Sequence[Source], place: Place
) -> list[PartState]:
    """Parts that nobody knew of: where requests begin, and files that came since."""
    ids = {part.part_id for part in known}
    fresh = []
    for request in chosen:
        of = sources_of(request, sources)
        found: Sequence[Part] = file_parts(request, place)
        if request.input_kind in ("sitemap", "feed"):
            found = roots(request, of[0]) if of else ()
        for part in found:
            if (name := part_id(request.request_id, part.address)) not in ids:
                ids.add(name)
                fresh.append(new_part(request, part))
    return fresh


def _may_have_more(request: Request, known: Sequence[PartState]) -> bool:
    """Archives far away are not asked every night, for ever, what belongs to a request that is done; folders here may grow."""
    is_far = request.input_address is not None and request.input_address.startswith((*WEB, BUCKET))
    mine = [part for part in known if part.request_id == request.request_id]
    return not is_far or not mine or any(not part.is_done or part.outcome != "ok" for part in mine)


def new_part(request: Request, part: Part) -> PartState:
    """A part as it is before anybody has read of it."""
    return PartState(
        part_id=part_id(request.request_id, part.address),
        request_id=request.request_id,
        part_address=part.address,
        part_on=part.part_on,
        position=0,
        is_done=False,
        outcome="ok",
        not_before_at=None,
        read_at=None,
        is_lost=False,
    )


def begun(part: PartState, request: Request) -> Reading:
    """A reading of which nothing is told yet: its row says that the part is there."""
    return Reading(part=part, request=request, wanted=wanted_of(request, ()), position=part.position)


def _stood_in(fresh: Sequence[PartState], known: Sequence[PartState], chosen: Mapping[str, Request]) -> list[PartState]:
    """Addresses that could not be read before, and stood for their files, of inputs that have given files by now."""
    given = {part.request_id for part in fresh if part.part_address != chosen[part.request_id].input_address}
    return [
        part
        for part in known
        if part.request_id in given
        and part.part_address == chosen[part.request_id].input_address
        and (not part.is_done or part.outcome != "ok")
    ]


def _found_after_all(part: PartState, request: Request) -> PartRead:
    reading = begun(part, request)
    reading.ended = Ended(position=part.position, outcome="ok", detail=None, not_before_at=None)
    return reading.row()


def _seal(settings: Settings, rows: Sequence[PartRead]) -> None:
    stage.seal(
        settings.stage,
        batch_kind="request",
        rows={"part": rows},
        now=datetime.now(UTC),
        token=secrets.token_hex(4),
    )


def _is_due(part: PartState, request: Request, *, on: date | None, owed_on: set[date]) -> bool:
    if on is None:
        return not part.is_done or bool(owed_on)
    return (not part.is_done and _is_of(part, request, on)) or on in owed_on


def _is_worth_another(part: PartState, request: Request, *, now: datetime) -> bool:
    over_at = datetime.combine(part.part_on or request.to_on, time_of_day(), UTC) + timedelta(days=1)
    is_early = part.read_at is not None and part.read_at < over_at <= now
    return is_early or part.outcome in ENDED_BADLY


def _is_of(part: PartState, request: Request, on: date | None) -> bool:
    return on is None or part.part_on == on or (part.part_on is None and on == request.to_on)


def _hosts(part: PartState, chosen: Mapping[str, Request]) -> set[str]:
    """What two parts may have in common: files are read by as many as there are, hosts by one."""
    is_file = chosen[part.request_id].input_kind not in ("sitemap", "feed")
    return {part.part_id if is_file else urlsplit(part.part_address).netloc}
