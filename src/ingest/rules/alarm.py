"""Which alarms open and which are over, by what was seen of a source, of its pages and of the whole. Who looks, and who is told,
is elsewhere.

A source has one line at a time of each of three sorts: nothing comes of it, it refuses us, its pages read otherwise. While
nothing comes at all, that is one alarm of the whole, and none of its sources.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5

from ingest.records import Alarm, AlarmKind
from ingest.rules.drift import Drift, Reading, Span, ended_at, first_drift
from ingest.rules.silence import Habit, Silence, silence

NAMESPACE = UUID("6c1b2a6e-7f0d-4a53-9d0e-0b7a4f5c9e11")
OF_THE_WHOLE: tuple[AlarmKind, ...] = ("nothing_at_all", "ledger")
PAUSES: tuple[AlarmKind, ...] = ("paused", "catalogue_pause")
PERSONAL: tuple[AlarmKind, ...] = (*PAUSES, "quarantined")  # what people decided
QUIET: tuple[AlarmKind, ...] = ("silent", "nothing_new", "failing")
FAILING_FOR = timedelta(days=1)  # until then a source without a habit may come back
FEWEST_LOOKS = 5
REFUSED_SHARE, ADMITTED_SHARE = 0.6, 0.3  # of its last looks: blocked from the first on, and until less than the second
FEWEST_SOURCES = 3  # of fewer the whole is no other thing than its sources
NORMAL_FOR, NORMAL_PAGES = (
    timedelta(days=14),
    100,
)  # so long, and on so many pages, nobody minds: it is how pages are now
NEVER_NORMAL = ("rejected: ", "one text")  # no text is lost by a new layout, but by these
NEW_NORMAL = "taken for the new normal"
Action = Literal["pause", "resume", "quarantine", "release"]
OPENS: dict[Action, AlarmKind] = {"pause": "paused", "quarantine": "quarantined"}
ENDS: dict[Action, tuple[AlarmKind, ...]] = {"resume": ("paused",), "release": ("quarantined", "drift")}
Catalogue = Literal["polled", "paused", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is known of a source at its last poll that is loaded; archives aside."""

    source_id: str
    catalogue: Catalogue
    last_polled_at: datetime
    arrived_at: datetime | None  # the last look that found something new
    feed_count: int
    unread_feed_count: int  # that cannot be read
    unread_since_at: datetime | None  # since when none of them can
    look_count: int  # at its last pages
    refused_share: float | None
    is_refused: bool  # by mart.source_health: its pages or all of its feeds
    refused_since_at: datetime | None
    cause: str | None  # in words, why it fails or is refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What is known of all sources that are polled."""

    as_of_at: datetime  # the last poll that is loaded
    arrived_at: datetime | None
    next_poll_at: datetime | None  # the first that is due
    source_count: int
    astray_count: int  # items of the ledger that are in no state


def alarm_id(source_id: str | None, kind: AlarmKind, sign: str | None, since_at: datetime) -> str:
    return str(uuid5(NAMESPACE, "\n".join([source_id or "", kind, sign or "", since_at.isoformat()])))


def opened(
    source_id: str | None,
    kind: AlarmKind,
    cause: str,
    *,
    since_at: datetime,
    now: datetime,
    drift: Drift | None = None,
    quiet: Silence | None = None,
    actor: str | None = None,
    reason: str | None = None,
) -> Alarm:
    sign = drift.sign if drift else None
    return Alarm(
        alarm_id=alarm_id(source_id, kind, sign, since_at),
        source_id=source_id,
        alarm_kind=kind,
        change="opened",
        sign=sign,
        sign_value=drift.value if drift else None,
        since_at=since_at,
        ended_at=None,
        expected_count=round(quiet.expected_count, 2) if quiet else None,
        alarm_count=round(quiet.alarm_count, 2) if quiet else None,
        cause=cause,
        actor=actor,
        reason=reason,
        noted_at=now,
    )


def cleared(
    alarm: Alarm, cause: str, *, ended_at: datetime, now: datetime, actor: str | None = None, reason: str | None = None
) -> Alarm:
    return replace(
        alarm,
        change="cleared",
        cause=cause,
        ended_at=max(ended_at, alarm.since_at),
        actor=actor,
        reason=reason,
        noted_at=now,
    )


def of_catalogue(source_id: str, catalogue: Catalogue, alarms: Sequence[Alarm], *, now: datetime) -> list[Alarm]:
    """A pause in the catalogue is a row, so that SQL knows of it; what is not polled is not watched."""
    pause = _open(alarms, ("catalogue_pause",))
    changes = []
    if catalogue == "paused" and not pause:
        changes.append(opened(source_id, "catalogue_pause", "paused in the catalogue", since_at=now, now=now))
    if catalogue != "paused" and pause:
        changes.append(cleared(pause, "no longer paused in the catalogue", ended_at=now, now=now))
    why = {"paused": "it is paused in the catalogue", "absent": "it is not in the catalogue any more"}.get(catalogue)
    if catalogue == "polled" and _open(alarms, ("paused",)):
        why = "it is paused"
    kinds = (*QUIET, "blocked", *(("drift",) if catalogue == "absent" else ()))
    return changes + [
        cleared(alarm, why, ended_at=now, now=now)
        for alarm in alarms
        if why and alarm.change == "opened" and alarm.alarm_kind in kinds
    ]


def of_source(
    look: Look,
    alarms: Sequence[Alarm],
    *,
    habit: Habit | None,
    items_per_arrival: float,
    quiet_until: datetime | None,
    is_whole_quiet: bool,
    now: datetime,
) -> list[Alarm]:
    """What changes for a source that is polled; `alarms`: the last rows of its own.

    `quiet_until`: the end of its last pause, or of the last time in which nothing came at all: silence counts from there.
    """
    return [
        *_of_silence(
            look, alarms, habit=habit, items_per_arrival=items_per_arrival, quiet_until=quiet_until,
            is_whole_quiet=is_whole_quiet, now=now,
        ),
        *_of_refusal(look, alarms, is_whole_quiet=is_whole_quiet, now=now),
    ]  # fmt: skip


def _of_silence(
    look: Look,
    alarms: Sequence[Alarm],
    *,
    habit: Habit | None,
    items_per_arrival: float,
    quiet_until: datetime | None,
    is_whole_quiet: bool,
    now: datetime,
) -> list[Alarm]:
    standing, arrived_at = _open(alarms, QUIET), look.arrived_at
    if standing:
        has_come = arrived_at is not None and arrived_at > standing.since_at
        if has_come and arrived_at:
            return [cleared(standing, f"something new came at {told(arrived_at)}", ended_at=arrived_at, now=now)]
        if standing.alarm_kind == "failing" and look.unread_feed_count < look.feed_count:
            return [cleared(standing, "its feeds can be read again", ended_at=look.last_polled_at, now=now)]
        return []
    if is_whole_quiet or (look.is_refused and look.unread_feed_count == look.feed_count):
        return []  # another line says so
    unread_since_at = look.unread_since_at
    if arrived_at and (
        found := silence(habit, arrived_at=max(arrived_at, quiet_until or arrived_at), now=look.last_polled_at)
    ):
        items = max(found.expected_count * items_per_arrival, 1)
        kind: AlarmKind = "silent" if look.unread_feed_count else "nothing_new"
        cause = (
            f"nothing new since {told(arrived_at)}, where about {items:,.0f} items were to be expected; {_feeds(look)}"
        )
        return [opened(look.source_id, kind, cause, since_at=arrived_at, now=now, quiet=found)]
    if unread_since_at and look.last_polled_at - unread_since_at >= FAILING_FOR and not look.is_refused:
        cause = f"{_feeds(look)} since {told(unread_since_at)}"
        return [opened(look.source_id, "failing", cause, since_at=unread_since_at, now=now)]
    return []


def _of_refusal(look: Look, alarms: Sequence[Alarm], *, is_whole_quiet: bool, now: datetime) -> list[Alarm]:
    standing = _open(alarms, ("blocked",))
    share = look.refused_share or 0
    # of few pages each must have been let in: a paper of one page a week is over it by the first
    is_admitted = share < ADMITTED_SHARE if look.look_count >= FEWEST_LOOKS else share == 0 and look.look_count > 0
    if standing and not look.is_refused and is_admitted:
        return [cleared(standing, "it lets us in again", ended_at=look.last_polled_at, now=now)]
    if not standing and look.is_refused and not is_whole_quiet:
        since_at = look.refused_since_at or look.last_polled_at
        return [opened(look.source_id, "blocked", look.cause or "it refuses us", since_at=since_at, now=now)]
    return []


def of_pages(
    source_id: str, pages: Sequence[Reading], *, fresh_count: int, drifts: Sequence[Alarm], now: datetime
) -> list[Alarm]:
    """What changes by the pages of a source, in order of time, of which the last `fresh_count` are new; `drifts`: all its own."""
    standing = _open(drifts, ("drift",))
    if standing:
        return _of_drift(standing, [page for page in pages if page.fetched_at >= standing.since_at], now=now)
    # what a person released, or time, is how pages are: what came before says nothing of them
    accepted = [one.since_at for one in drifts if one.ended_at == one.since_at and one.reason]
    counted = [page for page in pages if not accepted or page.fetched_at >= max(accepted)]
    spans = [Span(since_at=one.since_at, until_at=one.ended_at) for one in drifts if one.ended_at]
    found = first_drift(counted, fresh_count=min(fresh_count, len(counted)), spans=spans)
    if found is None:
        return []
    cause = (
        f"{found.count} of {found.page_count} pages since {told(found.since_at)} show: {found.sign}; "
        f"before, {found.share_before:.0%} did"
    )
    return [opened(source_id, "drift", cause, since_at=found.since_at, now=now, drift=found)]


def _of_drift(standing: Alarm, since: Sequence[Reading], *, now: datetime) -> list[Alarm]:
    sign = str(standing.sign)
    if over_at := ended_at(sign, standing.sign_value, since):
        return [cleared(standing, f"pages read as before since {told(over_at)}: {sign}", ended_at=over_at, now=now)]
    is_old = len(since) >= NORMAL_PAGES and since[-1].fetched_at - standing.since_at >= NORMAL_FOR
    if is_old and not sign.startswith(NEVER_NORMAL):
        cause = f"{NEW_NORMAL}: {sign} on {len(since)} pages since {told(standing.since_at)}"
        return [cleared(standing, cause, ended_at=standing.since_at, now=now, reason=NEW_NORMAL)]
    return []


def of_whole(
    whole: Whole, alarms: Sequence[Alarm], *, habit: Habit | None, deadline: timedelta, now: datetime
) -> list[Alarm]:
    """Nothing is loaded any more though polls are due, by the clock on the wall; or all sources are silent, by the last poll."""
    return [*_of_nothing(whole, alarms, habit=habit, deadline=deadline, now=now), *_of_ledger(whole, alarms, now=now)]


def _of_nothing(
    whole: Whole, alarms: Sequence[Alarm], *, habit: Habit | None, deadline: timedelta, now: datetime
) -> list[Alarm]:
    standing = _open(alarms, ("nothing_at_all",))
    is_late = whole.next_poll_at is not None and now - max(whole.as_of_at, whole.next_poll_at) > deadline
    arrived_at = whole.arrived_at
    found = silence(habit, arrived_at=arrived_at, now=whole.as_of_at) if arrived_at else None
    is_quiet = found is not None and whole.source_count >= FEWEST_SOURCES
    if standing and not is_late and not is_quiet:
        at = max(at for at in (arrived_at, whole.as_of_at) if at)
        return [cleared(standing, f"news arrive again since {told(at)}", ended_at=at, now=now)]
    if standing:
        return []
    if is_late:
        cause = f"no poll was loaded since {told(whole.as_of_at)}, though some are due: crawling, loading or publishing stopped"
        return [opened(None, "nothing_at_all", cause, since_at=whole.as_of_at, now=now)]
    if is_quiet and arrived_at:
        cause = (
            f"none of {whole.source_count} sources lists anything new since {told(arrived_at)}, though they are polled"
        )
        return [opened(None, "nothing_at_all", cause, since_at=arrived_at, now=now, quiet=found)]
    return []


def _of_ledger(whole: Whole, alarms: Sequence[Alarm], *, now: datetime) -> list[Alarm]:
    standing = _open(alarms, ("ledger",))
    if standing and not whole.astray_count:
        return [cleared(standing, "the ledger adds up again", ended_at=whole.as_of_at, now=now)]
    if whole.astray_count and not standing:
        cause = f"the ledger does not add up: {whole.astray_count:,} items are in no state, or in none that it knows"
        return [opened(None, "ledger", cause, since_at=whole.as_of_at, now=now)]
    return []


def decided(
    action: Action,
    source_id: str,
    alarms: Sequence[Alarm],
    *,
    reason: str,
    actor: str,
    since_at: datetime,
    now: datetime,
) -> list[Alarm]:
    """The rows of a person's decision; none where it is so already. What is released is held against no article any more."""
    if kind := OPENS.get(action):
        if _open(alarms, (kind,)):
            return []
        cause = {
            "pause": f"paused by {actor}",
            "quarantine": f"quarantined by {actor}, pages captured since {told(since_at)}",
        }[action]
        at = since_at if action == "quarantine" else now
        return [opened(source_id, kind, cause, since_at=at, now=now, actor=actor, reason=reason)]
    own = [one for one in alarms if one.alarm_kind in ENDS[action]]
    if action == "resume":
        return [
            cleared(one, f"resumed by {actor}", ended_at=now, now=now, actor=actor, reason=reason)
            for one in own
            if one.change == "opened"
        ]
    return [
        cleared(one, f"released by {actor}", ended_at=one.since_at, now=now, actor=actor, reason=reason)
        for one in own
        if one.ended_at is None or one.ended_at > one.since_at
    ]


def told(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _feeds(look: Look) -> str:
    if look.unread_feed_count == look.feed_count:
        return look.cause or f"none of its {look.feed_count} feeds can be read"
    if look.unread_feed_count:
        return f"{look.unread_feed_count} of its {look.feed_count} feeds cannot be read"
    return "its feeds answer"


def _open(alarms: Sequence[Alarm], kinds: Sequence[AlarmKind]) -> Alarm | None:
    return next((one for one in alarms if one.change == "opened" and one.alarm_kind in kinds), None)
