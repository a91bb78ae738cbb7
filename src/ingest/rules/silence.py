"""Whether a source has gone quiet: how long it has listed nothing, held against its own habits. What is done is elsewhere.

Time is counted in what was to be expected: a night, a weekend and a holiday weigh little, a weekday's noon much. By that
clock the waits of a source are alike at any hour, and their tail says which wait is no accident (exceedances over a
threshold are exponential: Pickands 1975; quantiles tell their scale, so that an outage in the past does not).
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise
from math import log
from typing import NamedTuple

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK_HOURS = 168
SUNDAY = 24 * 6
LOOK_BACK = timedelta(weeks=8)
HALF_LIFE_WEEKS = 3.0  # a week ago weighs more than a month ago: sources grow and shrink
PRIOR_WEEKS = 2.0  # of the smooth week that an hour's own count is held against
FLOOR_SHARE = 0.02  # of the mean rate: no hour is without any expectation
HOLIDAY_SHARE = 0.25  # of a Sunday's rate
FEWEST_WEEKS = 3  # of an hour, where the fullest is left out: a burst of news is no habit
FEWEST = 10  # arrivals, and
SHORTEST = timedelta(weeks=1)  # of history, before anything is expected at all
TAIL = 0.2  # of the waits are its longest
SHARES = (0.5, 0.75, 0.9)  # of these, below which quantiles tell the scale: so many may have been outages
NARROWEST = 0.3  # scale of the tail of the most regular source
ORDINARY_WEEKS = 4.0  # the longest wait of so many ordinary weeks is its longest ordinary wait
ACCIDENT = 1e-5  # an alarm is for a wait that would come by chance so often a week,
MOST_WAITS = 3.0  # and never later than after three times its longest ordinary wait


class Hour(NamedTuple):
    """An hour of the history: its place in the week, from Monday 0:00 UTC."""

    place: int
    is_holiday: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A wait that is no accident: nothing since `since_at`, when `expected_count` arrivals were to be expected by now.

    An arrival is a poll that found something new, however much. `alarm_count`: from so many on, it counts as silence.
    """

    since_at: datetime
    expected_count: float
    alarm_count: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """The clock of a source, and the waits that it takes. `hours[n]`: arrivals expected from `began_at` to n hours later."""

    began_at: datetime
    hours: Sequence[float]
    ordinary_count: float  # its longest ordinary wait
    alarm_count: float

    def expected(self, since: datetime, until: datetime) -> float:
        """Arrivals that were to be expected from `since` to `until`."""
        return self._clock(until) - self._clock(since)

    def reached_at(self, since: datetime, count: float) -> datetime | None:
        """When `count` arrivals were to be expected since `since`; None: later than is known."""
        wanted = self._clock(since) + count
        place = bisect_right(self.hours, wanted)
        if place >= len(self.hours):
            return None
        before, after = self.hours[place - 1], self.hours[place]
        return self.began_at + (place - 1 + (wanted - before) / (after - before)) * HOUR

    def _clock(self, at: datetime) -> float:
        whole, part = divmod(max((at - self.began_at) / HOUR, 0.0), 1)
        place = int(whole)
        if place >= len(self.hours) - 1:
            return self.hours[-1]
        return self.hours[place] + part * (self.hours[place + 1] - self.hours[place])


def silence(habit: Habit | None, *, arrived_at: datetime, now: datetime) -> Silence | None:
    """The silence of a source whose last arrival was at `arrived_at`; None: it may still come, or too little is known."""
    if habit is None:
        return None
    expected_count = habit.expected(arrived_at, now)
    if expected_count <= habit.alarm_count:
        return None
    return Silence(since_at=arrived_at, expected_count=expected_count, alarm_count=habit.alarm_count)


def habit(
    arrivals: Sequence[datetime],
    *,
    watched_from: datetime,
    now: datetime,
    is_holiday: Callable[[date], bool],
    ahead: timedelta = timedelta(weeks=2),
) -> Habit | None:
    """The habit of a source by its `arrivals` (rising, UTC) since `watched_from`, with the clock set up to `now + ahead`.

    None: less than a week, or fewer than ten arrivals.
    """
    began_at = max(watched_from, now - LOOK_BACK).replace(minute=0, second=0, microsecond=0)
    recent = [at for at in arrivals if began_at <= at <= now]
    if len(recent) < FEWEST or now - began_at < SHORTEST:
        return None
    days = int((now + ahead - began_at) / DAY) + 2
    holidays = [is_holiday((began_at + day * DAY).date()) for day in range(days)]
    clock = [Hour(_place(began_at, hour), holidays[(began_at.hour + hour) // 24]) for hour in range(24 * (days - 1))]
    week = _week(recent, clock, began_at=began_at, now=now)
    hours = [0.0, *accumulate(_rate(week, hour) for hour in clock)]
    made = Habit(began_at=began_at, hours=hours, ordinary_count=0.0, alarm_count=0.0)
    ordinary, alarm = _tail(
        [made.expected(*wait) for wait in pairwise(recent)], weeks=(now - began_at) / timedelta(weeks=1)
    )
    return Habit(began_at=began_at, hours=hours, ordinary_count=ordinary, alarm_count=alarm)


def _week(arrivals: Sequence[datetime], clock: Sequence[Hour], *, began_at: datetime, now: datetime) -> list[float]:
    """Arrivals an hour, for each hour of a week from Monday 0:00 UTC; holidays are left out."""
    found = Counter(int((at - began_at) / HOUR) for at in arrivals)
    span = int((now - began_at) / HOUR) + 1
    seen: list[list[tuple[int, float]]] = [[] for _ in range(WEEK_HOURS)]
    for hour in range(span):
        if not clock[hour].is_holiday:
            seen[clock[hour].place].append((found[hour], 0.5 ** ((span - hour) / (HALF_LIFE_WEEKS * WEEK_HOURS))))
    for weeks in seen:
        if len(weeks) >= FEWEST_WEEKS:
            weeks.remove(max(weeks))
    counts = [sum(count * weight for count, weight in weeks) for weeks in seen]
    exposures = [sum(weight for _, weight in weeks) for weeks in seen]
    smooth = _smooth(counts, exposures)
    floor = FLOOR_SHARE * sum(counts) / max(sum(exposures), 1.0)
    return [
        max((count + PRIOR_WEEKS * expected) / (exposure + PRIOR_WEEKS), floor)
        for count, exposure, expected in zip(counts, exposures, smooth, strict=True)
    ]


def _smooth(counts: Sequence[float], exposures: Sequence[float]) -> list[float]:
    """What a week would be if weekdays differed in how much comes, and working days and weekends in when."""
    mean = sum(counts) / max(sum(exposures), 1.0)
    days = [_ratio(_day(counts, day), _day(exposures, day), mean) for day in range(7)]
    shapes = []
    for kind in (range(5), range(5, 7)):
        expected = [sum(days[day] * exposures[24 * day + hour] for day in kind) for hour in range(24)]
        came = [sum(counts[24 * day + hour] for day in kind) for hour in range(24)]
        shapes.append([(one + 1.0) / (other + 1.0) for one, other in zip(came, expected, strict=True)])
    return [days[place // 24] * shapes[place // 24 > 4][place % 24] for place in range(WEEK_HOURS)]


def _ratio(count: float, exposure: float, mean: float) -> float:
    return (count + mean * 24) / (exposure + 24)


def _day(values: Sequence[float], day: int) -> float:
    return sum(values[24 * day : 24 * day + 24])


def _rate(week: Sequence[float], hour: Hour) -> float:
    rate = week[hour.place]
    return HOLIDAY_SHARE * min(rate, week[SUNDAY + hour.place % 24]) if hour.is_holiday else rate


def _place(began_at: datetime, hour: int) -> int:
    return (24 * began_at.weekday() + began_at.hour + hour) % WEEK_HOURS


def _tail(waits: Sequence[float], *, weeks: float) -> tuple[float, float]:
    """The longest ordinary wait, and the one from which on it is no accident."""
    longest = sorted(waits)[-max(min(int(TAIL * len(waits)), int(7 * weeks)), 3) :]
    start, above = longest[0], [wait - longest[0] for wait in longest[1:]]
    scale = max(NARROWEST, *(above[int(share * (len(above) - 1))] / log(1 / (1 - share)) for share in SHARES))
    often = len(above) / weeks
    ordinary = start + scale * log(max(often * ORDINARY_WEEKS, 2.0))
    return ordinary, min(start + scale * log(max(often / ACCIDENT, 2.0)), MOST_WAITS * ordinary)
