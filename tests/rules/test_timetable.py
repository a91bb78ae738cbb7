"""When a feed is polled again, and who crawls what."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.rules.timetable import DAY_S, failing_pause_s, fault, is_due, is_retired, pause_s, together
from made import NOON, a_feed, a_source, a_state

SOURCE = a_source()


@pytest.mark.parametrize(
    ("arrivals_per_day", "window_count", "told_s", "elapsed_ms", "expected_s"),
    [
        (None, None, None, 100, 600),  # nothing is known yet
        (1_000, 50, None, 100, 600),  # an agency: the floor
        (48, 50, None, 100, 900),  # every half hour an entry: every second poll brings one
        (2, 20, None, 100, 21_600),
        (0.1, 20, None, 100, 86_400),  # a quiet feed: the ceiling
        (0.0, 20, None, 100, 600),  # nothing ever came: nothing is known
        (24, 1, None, 100, 900),  # a window of one entry rolls over in an hour: a quarter of that
        (48, 50, 1_800, 100, 1_800),  # the cache says fresh for half an hour
        (48, 50, 31_536_000, 100, 3_600),  # fresh for a year: an hour of it counts
        (480, 10, 3_600, 100, 600),  # and never so much that the feed rolls over
        (48, 50, None, 30_000, 3_000),  # it takes half a minute to answer: it is asked seldom
    ],
)
def test_a_feed_is_polled_as_fast_as_it_fills(arrivals_per_day, window_count, told_s, elapsed_ms, expected_s) -> None:
    seconds = pause_s(
        SOURCE,
        "feed",
        arrivals_per_day=arrivals_per_day,
        window_count=window_count,
        told_s=told_s,
        elapsed_ms=elapsed_ms,
    )
    assert seconds == pytest.approx(expected_s)


@given(
    st.none() | st.floats(0, 1e6),
    st.none() | st.integers(0, 50_000),
    st.none() | st.integers(0, 10**9),
    st.integers(0, 30_000),
)
def test_the_catalogues_floor_and_ceiling_always_hold(arrivals_per_day, window_count, told_s, elapsed_ms) -> None:
    for kind in ("feed", "sitemap", "section"):
        seconds = pause_s(
            SOURCE,
            kind,
            arrivals_per_day=arrivals_per_day,
            window_count=window_count,
            told_s=told_s,
            elapsed_ms=elapsed_ms,
        )
        assert SOURCE.poll_every_s <= seconds <= SOURCE.poll_ceiling_s


@pytest.mark.parametrize(
    ("outcome", "status", "silent_days", "expected"),
    [
        ("timeout", None, 0, "temporary"),
        ("rate_limited", 429, 0, "temporary"),
        ("http_error", 503, 0, "soft"),
        ("tls_error", None, 0, "soft"),
        ("http_error", 404, 0, "hard"),
        ("http_error", 403, 0, "hard"),
        ("not_a_feed", 200, 0, "hard"),
        ("dns_error", None, 0, "temporary"),
        ("dns_error", None, 8, "soft"),  # an outage of our own does not last a week
        ("dns_error", None, 31, "hard"),
        ("http_error", 503, 31, "hard"),
    ],
)
def test_a_fault_weighs_by_its_class_and_by_how_long_it_lasts(outcome, status, silent_days, expected) -> None:
    assert fault(outcome, status, silent_s=silent_days * DAY_S) == expected


@pytest.mark.parametrize(
    ("outcome", "status", "failure_count", "expected_s"),
    [
        ("timeout", None, 1, 600),  # one failure is no reason to miss anything
        ("timeout", None, 2, 900),
        ("timeout", None, 50, 10_800),
        ("http_error", 503, 3, 2_400),
        ("http_error", 503, 50, 86_400),
        ("http_error", 404, 3, 9_600),
        ("http_error", 404, 10_000, 30 * 86_400),  # never dead, only slower
    ],
)
def test_a_failing_feed_gets_slower_and_is_never_dead(outcome, status, failure_count, expected_s) -> None:
    assert failing_pause_s(600, outcome, status, failure_count=failure_count, silent_s=0) == expected_s


@pytest.mark.parametrize(
    ("is_below_index", "outcome", "status", "failure_count", "silent_days", "expected"),
    [
        (False, "gone", 410, 1, 0, True),
        (False, "http_error", 404, 50, 99, False),  # what the catalogue names is slowed down only
        (True, "http_error", 404, 2, 8, False),
        (True, "http_error", 404, 3, 1, False),  # a broken deployment is mended in a day
        (True, "http_error", 404, 3, 8, True),
        (True, "http_error", 500, 9, 8, False),
    ],
)
def test_what_is_gone_for_good_is_retired(
    is_below_index, outcome, status, failure_count, silent_days, expected
) -> None:
    given = {"is_below_index": is_below_index, "failure_count": failure_count, "silent_s": silent_days * DAY_S}
    assert is_retired(outcome, status, **given) is expected


def test_a_clock_that_strikes_every_interval_misses_no_feed_by_seconds() -> None:
    due_at = NOON + timedelta(seconds=7 + 600)
    assert is_due(SOURCE, a_state(a_feed(), next_poll_at=due_at), now=NOON + timedelta(seconds=600))
    assert not is_due(SOURCE, a_state(a_feed(), next_poll_at=due_at), now=NOON + timedelta(seconds=300))


def test_a_demo_may_poll_as_often_as_it_likes() -> None:
    eager = replace(SOURCE, poll_every_s=1, poll_ceiling_s=1)
    assert pause_s(eager, "sitemap", arrivals_per_day=0.1, window_count=9, told_s=999, elapsed_ms=50) == 1


@given(
    st.dictionaries(
        st.text("abcdef", min_size=1, max_size=3), st.sets(st.sampled_from("xyzuvw"), min_size=1, max_size=3)
    ),
    st.integers(1, 5),
)
def test_every_source_is_in_one_batch_and_no_host_in_two(hosts_of: dict[str, set[str]], most: int) -> None:
    batches = together(hosts_of, most=most)
    assert sorted(source for batch in batches for source in batch) == sorted(hosts_of)
    assert len(batches) <= most
    where = [{host for source in batch for host in hosts_of[source]} for batch in batches]
    assert sum(map(len, where)) == len(set().union(*where))
