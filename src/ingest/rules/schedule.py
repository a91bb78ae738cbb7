"""A source's own clock: the times of its cron expression, by the clock of its time zone. What is polled is not decided here."""

from datetime import UTC, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from croniter import croniter

# A time holds for so long: a crawl that comes later waits for the next, since "at night" must not become "at noon".
HOLDS_FOR = timedelta(hours=1)


def is_time(schedule: str, timezone: str, polled_at: datetime | None, *, now: datetime) -> bool:
    """Whether a time of the schedule has come, holds still, and was not used: `polled_at` is the last poll's."""
    at = last_at(schedule, timezone, now=now)
    return now - at < HOLDS_FOR and (polled_at is None or polled_at < at)


def last_at(schedule: str, timezone: str, *, now: datetime) -> datetime:
    """The newest time of the schedule that is not after `now`, UTC."""
    just_after = now.astimezone(ZoneInfo(timezone)) + timedelta(microseconds=1)
    return cast(datetime, croniter(schedule, just_after).get_prev(datetime)).astimezone(UTC)


def next_at(schedule: str, timezone: str, *, now: datetime) -> datetime:
    """The first time of the schedule after `now`, UTC."""
    return cast(datetime, croniter(schedule, now.astimezone(ZoneInfo(timezone))).get_next(datetime)).astimezone(UTC)
