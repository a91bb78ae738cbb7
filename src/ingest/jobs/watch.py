"""Watch: which sources have gone quiet, refuse us or read otherwise, or whether nothing arrives at all, by the published
warehouse. What is an alarm is decided in rules/alarm.py; who is told, in digest.py.

What opened or is over is staged as one batch, which the next load takes; what sealed batches say already is not said again.
Habits are learnt once a day (habits.py), and pages are read where batches brought new ones.
"""

import fcntl
import logging
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, get_args

import duckdb

from ingest import catalogue
from ingest.errors import BatchCorrupt, BatchTooNew, InputError
from ingest.jobs import habits
from ingest.jobs.habits import WHOLE, Known
from ingest.log import event
from ingest.records import Alarm, Batch, Expected, Source
from ingest.rules import alarm as rules
from ingest.rules.alarm import Action, Look, Whole
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.warehouse import load, watch
from ingest.warehouse.read import reader
from ingest.warehouse.watch import Clock

logger = logging.getLogger(__name__)
Connection = duckdb.DuckDBPyConnection
KIND: Final = "watch"
SEEN_EVERY = timedelta(days=7)


@dataclass(slots=True, kw_only=True)
class WatchSummary:
    """What was looked at and what came of it, in counts and short lines; `is_published`: there was something to look at."""

    is_published: bool = True
    as_of_at: str | None = None
    sources: int = 0
    habits_learnt: int = 0
    opened: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)
    open_alarms: int = 0
    batch_id: str | None = None

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActSummary:
    """What a person's decision changed; `batch_id` None: it was so already."""

    action: Action
    source_id: str
    changed: list[str]
    batch_id: str | None

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def run(settings: Settings, *, now: datetime | None = None) -> WatchSummary:
    """Judge every source by the published warehouse; a rerun says nothing new. Raises CatalogueError.

    Silence is told by the clock of the last poll that is loaded, so that a stopped crawler makes no source silent; that nothing
    is loaded any more, by `now`.
    """
    at = now or datetime.now(UTC)
    sources = {source.source_id: source for source in catalogue.read(settings.catalogue)}
    with _alone(settings):
        if not settings.published_file.exists():
            return WatchSummary(is_published=False)
        with reader(settings.published_file) as connection:
            if not watch.can_be_watched(connection):
                event(
                    logger,
                    "watch_put_off",
                    reason="the published warehouse is of an older version until the next publish",
                )
                return WatchSummary(is_published=False)
            watch.overlay(connection, _pending(settings, connection))
            summary = _judge(settings, connection, sources, now=at)
    event(
        logger, "watch_finished", as_of_at=summary.as_of_at, sources=summary.sources, habits_learnt=summary.habits_learnt,
        opened=len(summary.opened), cleared=len(summary.cleared), open_alarms=summary.open_alarms, batch_id=summary.batch_id,
    )  # fmt: skip
    return summary


def act(
    settings: Settings,
    *,
    action: Action,
    source_id: str,
    reason: str,
    actor: str,
    since_at: datetime | None = None,
    now: datetime | None = None,
) -> ActSummary:
    """Note what a person decided about a source, as rows that crawls, builds and the source's health obey.

    `since_at`: of a quarantine, of pages captured since then (None: from now on). Raises InputError with the remedy.
    """
    at = now or datetime.now(UTC)
    if action not in get_args(Action):
        raise InputError(f"no action {action!r}", f"there are {', '.join(get_args(Action))}")
    if not reason.strip() or not actor.strip():
        raise InputError(
            f"{action} {source_id}: who decided it and why are missing", "give a reason: others will read it"
        )
    in_catalogue = {source.source_id for source in catalogue.read(settings.catalogue)}
    with _alone(settings):
        if not _can_be_read(settings):
            raise InputError(
                f"{action} {source_id}: what was decided before cannot be read, after an upgrade, until the next publish",
                "do it again after the next green run of news_load",
            )
        alarms = _alarms_of(settings, source_id)
        if source_id not in in_catalogue and not alarms:
            raise InputError(f"no source {source_id} in the catalogue", "`ingest sources` lists them")
        is_in_catalogue_pause = _is_open(alarms, ("catalogue_pause",)) and not _is_open(alarms, ("paused",))
        if action == "resume" and is_in_catalogue_pause:
            raise InputError(f"{source_id} is paused in the catalogue", "take `paused = true` out of the source there")
        changes = rules.decided(
            action, source_id, alarms, reason=reason.strip(), actor=actor.strip(), since_at=since_at or at, now=at
        )
        batch = _seal(settings, {"alarm": changes}, now=at)
    event(logger, "source_decided", action=action, source_id=source_id, actor=actor, batch_id=batch and batch.batch_id)
    return ActSummary(
        action=action,
        source_id=source_id,
        changed=[one.cause for one in changes],
        batch_id=batch.batch_id if batch else None,
    )


def alarm_events(settings: Settings, *, since: datetime) -> tuple[list[Alarm], list[Alarm]]:
    """For the digest: what was noted of alarms since, in order, and the last row of each; sealed batches count."""
    if not settings.published_file.exists():
        with duckdb.connect() as connection:
            _without_warehouse(settings, connection)
            return watch.events(connection, since=since), watch.alarms(connection)
    with reader(settings.published_file) as connection:
        if not watch.can_be_watched(connection):
            return [], []
        watch.overlay(connection, _pending(settings, connection))
        return watch.events(connection, since=since), watch.alarms(connection)


def _judge(settings: Settings, connection: Connection, sources: Mapping[str, Source], *, now: datetime) -> WatchSummary:
    clock = watch.clock(connection)
    if clock.as_of_at is None:
        return WatchSummary(is_published=False)
    known, alarms = habits.read(settings), watch.alarms(connection)
    polled = {source_id for source_id, source in sources.items() if not source.is_paused}
    expected: list[Expected] = []
    learnt = 0
    if known.day != (day := f"{clock.as_of_at:%Y-%m-%d}") or known.habits.keys() - {WHOLE} - polled:
        known.habits = habits.learn(connection, sources, polled, as_of_at=clock.as_of_at)
        known.day, learnt = day, len(known.habits)
        expected = list(habits.expected(connection, known, clock.as_of_at))
    changes = _changes(settings, connection, sources, known, clock, alarms, now=now)
    # polled or not, they are shown; what leaves the catalogue unpolled is forgotten (mart.source_health)
    news = sorted(sources.keys() - watch.seen_sources(connection, since=now - SEEN_EVERY))
    seen = [catalogue.seen(sources[source_id], now=now) for source_id in news]
    batch = _seal(settings, {"alarm": changes, "expected": expected, "source": seen}, now=now)
    known.through = (clock.through_seq, clock.batch_id)
    habits.keep(settings, known)
    standing = {one.alarm_id: one for one in [*alarms, *changes] if one.alarm_kind not in rules.PERSONAL}
    return WatchSummary(
        as_of_at=clock.as_of_at.isoformat(),
        sources=len(sources),
        habits_learnt=learnt,
        opened=[_line(one) for one in changes if one.change == "opened"],
        cleared=[_line(one) for one in changes if one.change == "cleared"],
        open_alarms=sum(one.change == "opened" for one in standing.values()),
        batch_id=batch.batch_id if batch else None,
    )


def _changes(
    settings: Settings,
    connection: Connection,
    sources: Mapping[str, Source],
    known: Known,
    clock: Clock,
    alarms: Sequence[Alarm],
    *,
    now: datetime,
) -> list[Alarm]:
    """All that opens or is over: by the catalogue, of the whole, of each source, by its pages."""
    by_source: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        by_source.setdefault(alarm.source_id or WHOLE, []).append(alarm)
    changes: list[Alarm] = []
    for source_id in sorted(sources.keys() | by_source.keys() - {WHOLE}):
        source = sources.get(source_id)
        place: rules.Catalogue = "absent" if source is None else "paused" if source.is_paused else "polled"
        given = rules.of_catalogue(source_id, place, by_source.get(source_id, []), now=now)
        changes += given
        by_source[source_id] = _after(by_source.get(source_id, []), given)
    paused = {source_id for source_id, own in by_source.items() if _is_open(own, rules.PAUSES)}
    watched = {source_id for source_id in sources if source_id not in paused}
    as_of_at = clock.as_of_at or now
    is_new = known.through != (clock.through_seq, clock.batch_id)
    is_late = now - as_of_at > timedelta(seconds=settings.nothing_after_s)
    looks = (
        watch.looks(connection) if is_new or is_late or _is_open(by_source.get(WHOLE, []), rules.OF_THE_WHOLE) else []
    )
    if looks:
        of_whole = _of_whole(settings, connection, looks, watched, known, clock, by_source.get(WHOLE, []), now=now)
        changes += of_whole
        by_source[WHOLE] = _after(by_source.get(WHOLE, []), of_whole)
    if is_new:
        changes += _of_sources(looks, watched, known, by_source, now=now)
        changes += _of_pages(connection, watched, known, clock, by_source, now=now)
    return changes


def _of_whole(
    settings: Settings,
    connection: Connection,
    looks: Sequence[Mapping[str, Any]],
    watched: Collection[str],
    known: Known,
    clock: Clock,
    alarms: Sequence[Alarm],
    *,
    now: datetime,
) -> list[Alarm]:
    own = [look for look in looks if look["source_id"] in watched]
    whole = Whole(
        as_of_at=clock.as_of_at or now,
        arrived_at=max((look["arrived_at"] for look in own if look["arrived_at"]), default=None),
        next_poll_at=min((look["next_poll_at"] for look in own if look["next_poll_at"]), default=None),
        source_count=len(own),
        astray_count=watch.astray_count(connection),
    )
    habit_of_all, _ = known.habits.get(WHOLE, (None, 0.0))
    return rules.of_whole(
        whole, alarms, habit=habit_of_all, deadline=timedelta(seconds=settings.nothing_after_s), now=now
    )


def _of_sources(
    looks: Sequence[Mapping[str, Any]],
    watched: Collection[str],
    known: Known,
    by_source: Mapping[str, Sequence[Alarm]],
    *,
    now: datetime,
) -> Iterator[Alarm]:
    whole = by_source.get(WHOLE, [])
    for given in looks:
        if given["source_id"] not in watched:
            continue
        own = by_source.get(given["source_id"], [])
        habit_of_one, items = known.habits.get(given["source_id"], (None, 1.0))
        ends = [one.ended_at for one in own if one.ended_at and one.alarm_kind in rules.PAUSES]
        ends += [one.ended_at for one in whole if one.ended_at and one.alarm_kind == "nothing_at_all"]
        told_of = {name: value for name, value in given.items() if name != "next_poll_at"}
        yield from rules.of_source(
            Look(catalogue="polled", **told_of),
            own,
            habit=habit_of_one,
            items_per_arrival=items,
            quiet_until=max(ends, default=None),
            is_whole_quiet=_is_open(whole, ("nothing_at_all",)),
            now=now,
        )


def _of_pages(
    connection: Connection,
    watched: Collection[str],
    known: Known,
    clock: Clock,
    by_source: Mapping[str, Sequence[Alarm]],
    *,
    now: datetime,
) -> Iterator[Alarm]:
    """Only of sources of which batches brought pages since the last run; all of them where the warehouse was made anew."""
    as_of_at = clock.as_of_at or now
    through_seq = known.through[0] if known.through[0] <= clock.through_seq else 0
    fresh = watch.fresh_pages(connection, through_seq=through_seq, as_of_at=as_of_at)
    fresh = {source_id: count for source_id, count in fresh.items() if source_id in watched}
    for source_id, pages in watch.readings(connection, fresh, as_of_at=as_of_at).items() if fresh else ():
        drifts = [one for one in by_source.get(source_id, []) if one.alarm_kind == "drift"]
        yield from rules.of_pages(source_id, pages, fresh_count=fresh[source_id], drifts=drifts, now=now)


def _can_be_read(settings: Settings) -> bool:
    """Whether it is known what was decided: else a resume would find nothing to end, and say that all is well."""
    if not settings.published_file.exists():
        return True
    with reader(settings.published_file) as connection:
        return watch.can_be_watched(connection)


def _alarms_of(settings: Settings, source_id: str) -> list[Alarm]:
    _, alarms = alarm_events(settings, since=datetime.max.replace(tzinfo=UTC))
    return [one for one in alarms if one.source_id == source_id]


def _without_warehouse(settings: Settings, connection: Connection) -> None:
    """Let an empty file stand for what is not published yet: decisions may come before the first publish."""
    from ingest.warehouse.writer import migrate, prepare

    prepare(connection)
    migrate(connection, now=datetime.now(UTC))
    watch.overlay(connection, _pending(settings, connection))


def _pending(settings: Settings, connection: Connection) -> list[Batch]:
    """Sealed watch batches that the published copy does not hold: what they say is not said again."""
    held, found = load.held(connection), []
    for batch_id in stage.sealed(settings.stage):
        if f"-{KIND}-" in batch_id and batch_id not in held:
            try:
                found.append(stage.open_batch(settings.stage, batch_id))
            except (BatchCorrupt, BatchTooNew) as error:  # the loader deals with it; what it said is said again
                event(logger, "batch_passed_over", logging.WARNING, batch_id=batch_id, finding=error)
    return found


def _seal(settings: Settings, rows: Mapping[str, Sequence[Any]], *, now: datetime) -> Batch | None:
    if not any(rows.values()):
        return None
    for one in rows.get("alarm", ()):
        level = logging.WARNING if one.change == "opened" else logging.INFO
        event(
            logger, f"alarm_{one.change}", level, source_id=one.source_id or "-", alarm_kind=one.alarm_kind,
            since_at=one.since_at.isoformat(), cause=one.cause,
        )  # fmt: skip
    return stage.seal(settings.stage, batch_kind=KIND, rows=rows, now=now, token=secrets.token_hex(4))


def _after(alarms: Sequence[Alarm], changes: Sequence[Alarm]) -> list[Alarm]:
    return list({one.alarm_id: one for one in [*alarms, *changes]}.values())


def _is_open(alarms: Sequence[Alarm], kinds: Collection[str]) -> bool:
    return any(one.change == "opened" and one.alarm_kind in kinds for one in alarms)


def _line(alarm: Alarm) -> str:
    return f"{alarm.source_id or 'all sources'} {alarm.alarm_kind}: {alarm.cause}"


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One at a time: two at once would both say what is new."""
    folder = settings.home / habits.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
