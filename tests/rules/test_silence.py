"""A source that falls silent is noticed; one that sleeps, rests or has a holiday is not."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from ingest.rules.silence import MOST_WAITS, Habit, habit, silence
from rules.made_arrivals import MONDAY, History, history

WEEK = timedelta(weeks=1)
MIX = [
    ("paper", 1),
    ("paper", 2),
    ("paper", 3),
    ("agency", 1),
    ("agency", 2),
    ("small", 1),
    ("small", 2),
    ("small", 3),
    ("tiny", 1),
]
WEEKS = 60


def learnt(made: History, now: datetime) -> Habit:
    known = habit(
        made.arrivals[: bisect_right(made.arrivals, now)],
        watched_from=MONDAY,
        now=now,
        is_holiday=made.holidays.__contains__,
    )
    assert known
    return known


@pytest.fixture(scope="module")
def watched() -> list[tuple[History, datetime, Habit]]:
    """Sources of all kinds, week by week, each with what was known of it when the week began."""
    histories = [history(kind, weeks=WEEKS, seed=seed) for kind, seed in MIX]
    weeks = [MONDAY + number * WEEK for number in range(3, WEEKS - 1)]
    return [(made, now, learnt(made, now)) for made in histories for now in weeks]


def waits(made: History, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The waits that end in the week after `now`."""
    first, last = bisect_right(made.arrivals, now), bisect_right(made.arrivals, now + WEEK)
    yield from pairwise(made.arrivals[first - 1 : last])


def test_at_most_two_false_alarms_are_raised_in_a_thousand_weeks_of_sources(
    watched: list[tuple[History, datetime, Habit]],
) -> None:
    alarms = [
        (made.kind, since) for made, now, known in watched for since, until in waits(made, now)
        if silence(known, arrived_at=since, now=until)
    ]  # fmt: skip
    assert len(watched) >= 500
    assert len(alarms) <= 0.002 * len(watched), alarms


def test_a_silence_is_found_within_three_of_the_source_s_longest_ordinary_waits(
    watched: list[tuple[History, datetime, Habit]],
) -> None:
    for _, now, known in watched:
        ordinary_until = known.reached_at(now, known.ordinary_count)
        found_at = known.reached_at(now, known.alarm_count)
        assert known.alarm_count <= MOST_WAITS * known.ordinary_count
        if ordinary_until and found_at:
            assert silence(known, arrived_at=now, now=found_at + timedelta(minutes=1))
            assert not silence(known, arrived_at=now, now=ordinary_until)


@pytest.mark.parametrize(("kind", "most_h"), [("agency", 24), ("paper", 36), ("small", 120), ("tiny", 500)])
def test_how_long_that_is(kind: str, most_h: float, watched: list[tuple[History, datetime, Habit]]) -> None:
    found = [
        known.reached_at(now, known.alarm_count) or now + timedelta(weeks=4)
        for made, now, known in watched
        if made.kind == kind
    ]
    began = [now for made, now, _ in watched if made.kind == kind]
    hours = sorted((at - now) / timedelta(hours=1) for at, now in zip(found, began, strict=True))
    assert hours[len(hours) // 2] < most_h / 2
    assert hours[int(0.9 * len(hours))] < most_h


def test_it_clears_itself_with_the_next_arrival() -> None:
    made = history("paper", weeks=10, seed=7)
    now = MONDAY + 9 * WEEK
    known = learnt(made, now)
    assert silence(known, arrived_at=now - 3 * timedelta(days=1), now=now)
    assert not silence(known, arrived_at=now, now=now)


def test_an_outage_in_the_past_hides_no_later_one() -> None:
    made = history("paper", weeks=10, seed=7)
    now = MONDAY + 9 * WEEK
    gone = [at for at in made.arrivals if not now - 3 * WEEK < at < now - 3 * WEEK + timedelta(days=3)]
    after = learnt(History(kind="paper", arrivals=gone, holidays=made.holidays), now)
    assert after.alarm_count < 1.5 * learnt(made, now).alarm_count


@pytest.mark.parametrize(("count", "span"), [(9, timedelta(weeks=3)), (200, timedelta(days=6))], ids=["few", "young"])
def test_of_a_source_that_is_hardly_known_nothing_is_expected(count: int, span: timedelta) -> None:
    arrivals = [MONDAY + span * place / count for place in range(count)]
    assert habit(arrivals, watched_from=MONDAY, now=MONDAY + span, is_holiday=lambda _: False) is None
    assert silence(None, arrived_at=MONDAY, now=MONDAY + 9 * WEEK) is None
