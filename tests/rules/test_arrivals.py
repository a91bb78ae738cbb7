"""How fast a feed fills, and whether it may have rolled over between two polls."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.rules.arrivals import Sighting, first_rate, may_have_overflowed, rate_after
from made import NOON


def listing(marks: str, *, dates: str | None = None) -> list[Sighting]:
    """`k` known, `n` new, in the feed's order; `dates` hours ago, a digit each."""
    ages = [int(age) for age in dates] if dates else [None] * len(marks)
    return [
        Sighting(mark == "k", None if age is None else NOON - timedelta(hours=age))
        for mark, age in zip(marks, ages, strict=True)
    ]


@pytest.mark.parametrize(
    ("marks", "dates", "window_count", "expected", "why"),
    [
        ("nnnnn", None, 5, True, "two polls share no entry"),
        ("nnnnn", None, None, False, "it was never read before"),
        ("knnnn", None, 5, True, "a pinned entry is no overlap"),
        ("knnnk", None, 5, False, "a pinned one, and an overlap"),
        ("kkkkk", None, 5, False, "nothing is new"),
        ("nn", None, 20, False, "it begins anew at midnight: it was not full"),
        ("nnnnn", None, 4, True, "it grew"),
        ("kknnn", "98321", 5, False, "the oldest first"),
        ("nnnnk", "12347", 5, False, "by its dates the known one is a neighbour"),
        ("nnnnk", "12349", 5, True, "it is dated long before all others: pinned"),
        ("kkkkn", None, 5, False, "one new entry below what is known: put in late"),
        ("nnkkk", None, 5, False, "much of it is known"),
        ("", None, 5, False, "it is empty"),
    ],
)
def test_a_feed_rolled_over_if_nothing_known_is_below_its_first_new_entry(
    marks, dates, window_count, expected, why
) -> None:
    assert may_have_overflowed(listing(marks, dates=dates), window_count=window_count) is expected, why


def test_the_first_listing_tells_its_rate_by_its_dates() -> None:
    assert first_rate(listing("nnnn", dates="1269"), now=NOON) == pytest.approx(24)
    assert first_rate([*listing("nnn", dates="124"), Sighting(False, NOON - timedelta(days=4_000))], now=NOON) == 24
    assert first_rate(listing("nnnn"), now=NOON) is None
    assert first_rate(listing("nn", dates="12"), now=NOON) is None


def test_a_rate_follows_what_comes_and_forgets_in_days() -> None:
    rate = 10.0
    for _ in range(14 * 24):
        rate = rate_after(rate, new_count=2, since_s=3_600, has_overflowed=False)
    assert rate == pytest.approx(48, rel=0.02)
    for _ in range(14 * 24):
        rate = rate_after(rate, new_count=0, since_s=3_600, has_overflowed=False)
    assert rate < 1


def test_a_feed_that_rolled_over_is_at_once_as_fast_as_what_came() -> None:
    assert rate_after(1.0, new_count=20, since_s=3_600, has_overflowed=True) == pytest.approx(480)


def test_a_feed_without_dates_in_which_nothing_comes_is_no_faster_than_one_in_that_time() -> None:
    assert rate_after(None, new_count=0, since_s=43_200, has_overflowed=False) == pytest.approx(2)


@given(st.none() | st.floats(0, 1e5), st.integers(0, 1_000), st.floats(0, 1e7), st.booleans())
def test_no_history_makes_a_rate_negative_or_endless(before, new_count, since_s, has_overflowed) -> None:
    rate = rate_after(before, new_count=new_count, since_s=since_s, has_overflowed=has_overflowed)
    assert rate is None or 0 <= rate <= max(before or 0, 1_000 * 86_400 / 60)
