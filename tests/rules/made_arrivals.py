"""Made histories of sources: days and nights, weekends, holidays, bursts of news, growth, as polls find them."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import exp, sin

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
DAY = (
    0.05, 0.03, 0.02, 0.03, 0.1, 0.4, 0.9, 1.2, 1.4, 1.5, 1.5, 1.5, 1.4, 1.4, 1.5, 1.5, 1.4, 1.3, 1.1, 0.9, 0.7, 0.5, 0.3, 0.15,
)  # fmt: skip
FLAT = (1.0,) * 24
# kind of source: items a day (from, to), the hours at which they come
KINDS = {"paper": ((20, 150), DAY), "agency": ((100, 400), FLAT), "small": ((3, 15), DAY), "tiny": ((0.5, 2), DAY)}


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    kind: str
    arrivals: list[datetime]  # polls that found something new
    holidays: frozenset[date]


def history(kind: str, *, weeks: int, seed: int) -> History:
    draw = random.Random(f"{kind} {seed}")  # noqa: S311
    (least, most), shape = KINDS[kind]
    hourly, mean = draw.uniform(least, most) / 24, sum(shape) / 24
    weekend, quiet, drift = draw.uniform(0.2, 1), draw.uniform(0.1, 0.5), draw.uniform(0, 0.3)
    poll_s, turned = draw.choice((600, 1_800, 3_600)), draw.randrange(24)
    holidays = frozenset((MONDAY + timedelta(days=draw.randrange(weeks * 7))).date() for _ in range(weeks // 5))
    news = [1.0] * weeks * 168
    for _ in range(int(weeks * draw.choice((0, 0.5, 2)))):
        start, long, much = draw.randrange(len(news)), draw.randint(2, 10), draw.uniform(2, 8)
        for hour in range(start, min(start + long, len(news))):
            news[hour] = max(news[hour], 1 + much * (1 - (hour - start) / long))
    found = set()
    for hour, burst in enumerate(news):
        at = MONDAY + timedelta(hours=hour)
        rate = hourly * shape[(hour + turned) % 24] / mean * burst * (1 + drift * sin(hour / 840))
        rate *= (weekend if at.weekday() > 4 else 1) * (quiet if at.date() in holidays else 1)
        for _ in range(poisson(draw, rate)):
            found.add(int((hour + draw.random()) * 3_600 // poll_s + 1) * poll_s)
    return History(
        kind=kind, arrivals=[MONDAY + timedelta(seconds=second) for second in sorted(found)], holidays=holidays
    )


def poisson(draw: random.Random, mean: float) -> int:
    """Knuth's, which is fine for the small means of an hour."""
    count, left, least = 0, draw.random(), exp(-mean)
    while left > least:
        count, left = count + 1, left * draw.random()
    return count
