"""What is known of a feed after a poll: how fast it fills, whether it fails, moved or is gone, and when it is due again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.records import Outcome, Source
from ingest.rules import schedule, timetable
from ingest.rules.arrivals import DAY_S, Sighting, first_rate, may_have_overflowed, rate_after
from ingest.rules.due import DueFeed
from ingest.rules.ladder import ANSWERED

# A sitemap below an index in which nothing came for so long is verified so seldom: its index tells of changes sooner.
STALE: tuple[tuple[float, float], ...] = ((30 * DAY_S, 30 * DAY_S), (3 * DAY_S, 7 * DAY_S))
ROLLING = ("feed", "section")  # these show a window of the newest; a sitemap holds its days


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Fields of the poll's row, each named and meant as there."""

    gap_from_at: datetime | None
    answered_at: datetime | None
    read_at: datetime | None
    full_at: datetime | None
    window_count: int | None
    arrivals_per_day: float | None
    failure_count: int
    is_retired: bool
    next_poll_at: datetime
    next_url: str


def course_after(
    due: DueFeed,
    outcome: Outcome,
    *,
    http_status: int | None,
    listing: Sequence[Sighting],
    below: Sequence[Sighting],
    is_whole: bool,
    told_s: int | None,
    elapsed_ms: int,
    moved_to: str | None,
    now: datetime,
    not_before_at: datetime | None,
) -> Course:
    """`listing`: the entries that it lists, empty unless `ok`; `below`: the sitemaps that an index lists, new where they
    changed; `is_whole`: false where some of those are left to read.

    `moved_to`: where permanent redirects alone led; believed where a listing was read there.
    """
    before = due.before
    has_answered, answered_at = outcome in ANSWERED, before.answered_at if before else None
    read_at = now if outcome == "ok" and is_whole else before.read_at if before else None
    window_count = before.window_count if before else None
    has_overflowed = (
        has_answered
        and answered_at is not None
        and due.feed.feed_kind in ROLLING
        and may_have_overflowed(listing, window_count=window_count)
    )
    rate = before.arrivals_per_day if before else None
    if has_answered:
        rate = _rate(rate, below or listing, answered_at, has_overflowed=has_overflowed, now=now)
    window_count = len(listing) if outcome == "ok" else window_count
    pause_s = timetable.pause_s(
        due.source,
        due.feed.feed_kind,
        arrivals_per_day=rate,
        window_count=window_count,
        told_s=told_s,
        elapsed_ms=elapsed_ms,
    )
    failure_count, is_retired = 0, False
    if has_answered:
        pause_s = _answered_pause_s(due, pause_s, window_count, read_at, is_whole=is_whole, now=now)
    else:
        failure_count = (before.failure_count if before else 0) + 1
        silent_s = (now - answered_at).total_seconds() if answered_at else 0.0
        is_retired, pause_s = _failed(
            due, outcome, http_status, pause_s, failure_count=failure_count, silent_s=silent_s
        )
    return Course(
        gap_from_at=answered_at if has_overflowed else None,
        answered_at=now if has_answered else answered_at,
        read_at=read_at,
        full_at=now if has_answered and not due.is_conditional else before.full_at if before else None,
        window_count=window_count,
        arrivals_per_day=rate,
        failure_count=failure_count,
        is_retired=is_retired,
        next_poll_at=_next_poll_at(due.source, now + timedelta(seconds=pause_s), max(now, not_before_at or now)),
        next_url=moved_to if moved_to and has_answered else due.url,
    )


def _next_poll_at(source: Source, wanted_at: datetime, allowed_at: datetime) -> datetime:
    """A schedule's next time that the host allows, or else when the feed is wanted."""
    if source.schedule is not None:
        return schedule.next_at(source.schedule, source.timezone, now=allowed_at)
    return max(wanted_at, allowed_at)


def _rate(
    before: float | None, seen: Sequence[Sighting], answered_at: datetime | None, *, has_overflowed: bool, now: datetime
) -> float | None:
    """Arrivals a day after an answer; `answered_at`: the one before, None if this is the first."""
    if answered_at is None:
        return first_rate(seen, now=now)
    new_count = sum(not one.is_known for one in seen)
    since_s = (now - answered_at).total_seconds()
    return rate_after(before, new_count=new_count, since_s=since_s, has_overflowed=has_overflowed)


def _answered_pause_s(
    due: DueFeed,
    pause_s: float,
    window_count: int | None,
    read_at: datetime | None,
    *,
    is_whole: bool,
    now: datetime,
) -> float:
    """Sooner where an index has sitemaps left to read, and later for a sitemap below it in which nothing comes any more."""
    if not is_whole:
        return float(due.source.poll_every_s)
    if due.parent_feed_id is None:
        return pause_s
    still_s = (now - read_at).total_seconds() if read_at and window_count else STALE[-1][0]
    return max(pause_s, next((seldom_s for after_s, seldom_s in STALE if still_s >= after_s), 0.0))


def _failed(
    due: DueFeed, outcome: Outcome, http_status: int | None, pause_s: float, *, failure_count: int, silent_s: float
) -> tuple[bool, float]:
    """Whether it is taken for gone, and the pause."""
    is_below_index = due.parent_feed_id is not None
    is_gone = timetable.is_retired(
        outcome, http_status, is_below_index=is_below_index, failure_count=failure_count, silent_s=silent_s
    )
    if is_gone and due.url != due.feed.url:
        return False, pause_s  # gone from where it had moved to: the catalogue's address is asked next
    if is_gone:
        return True, timetable.SLOWING["hard"].ceiling_s
    return False, timetable.failing_pause_s(
        pause_s, outcome, http_status, failure_count=failure_count, silent_s=silent_s
    )
