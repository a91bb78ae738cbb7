"""When a feed is polled again, and who crawls what."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import Source
from ingest.rules.timetable import is_due, next_poll_at, together

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOURCE = Source(
    source_id="daily", name="Daily", home_url="https://daily.example/", country="IE", language="en", feeds=(),
    is_checked=True, is_paused=False, poll_every_s=600, host_delay_s=1.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "status", "previous_pause_s", "wait_s", "expected_s"),
    [
        ("ok", 200, None, None, 600),
        ("not_modified", 304, None, None, 600),
        ("timeout", None, None, None, 600),  # one failure is no reason to miss anything
        ("timeout", None, 600, None, 1_200),
        ("timeout", None, 10_000, None, 10_800),  # what passes may be our own outage
        ("http_error", 404, 10_000, None, 20_000),
        ("gone", 410, 86_400 * 20, None, 86_400 * 30),  # never dead, only slower
        ("rate_limited", 429, None, 3_600, 3_600),
    ],
)
def test_a_failing_feed_gets_slower_and_never_dead(outcome, status, previous_pause_s, wait_s, expected_s) -> None:
    at = next_poll_at(
        SOURCE, outcome, http_status=status, now=NOW, previous_pause_s=previous_pause_s,
        not_before_at=NOW + timedelta(seconds=wait_s) if wait_s else None,
    )  # fmt: skip
    assert (at - NOW).total_seconds() == expected_s


def test_a_clock_that_strikes_every_interval_misses_no_feed_by_seconds() -> None:
    polled_at = NOW + timedelta(seconds=7)
    due_at = next_poll_at(SOURCE, "ok", http_status=200, now=polled_at, previous_pause_s=None, not_before_at=None)
    assert is_due(SOURCE, due_at, now=NOW + timedelta(seconds=600))
    assert not is_due(SOURCE, due_at, now=NOW + timedelta(seconds=300))


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
