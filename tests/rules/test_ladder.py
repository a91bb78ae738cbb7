"""When an entry is fetched again, and when it has failed for good."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.rules.ladder import RETRY_S, next_look_at, next_purpose, next_retry_at

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOOK_S = (3_600, 21_600, 86_400, 604_800)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("outcome", "status", "attempt", "not_before_at", "expected"),
    [
        ("timeout", None, 1, None, after(600)),
        ("timeout", None, 4, None, after(86_400)),
        ("timeout", None, 5, None, None),
        ("http_error", 503, 2, None, after(3_600)),
        ("http_error", 404, 1, None, after(600)),  # some publishers list first and print a minute later
        ("http_error", 404, 3, None, None),
        ("http_error", 403, 1, None, None),
        ("gone", 410, 1, None, None),
        ("robots_denied", None, 1, None, None),
        ("not_html", 200, 1, None, None),
        ("rate_limited", 429, 1, after(5), after(5)),  # the host says when
        ("rate_limited", 503, 2, after(5), after(3_600)),  # it said so before: the rungs count, an outage may last
        ("rate_limited", 503, 2, after(7_200), after(7_200)),
        ("robots_unreachable", None, 1, None, after(600)),
    ],
)
def test_what_passes_is_tried_again_and_what_does_not_has_failed(
    outcome, status, attempt, not_before_at, expected
) -> None:
    assert next_retry_at(outcome, status, attempt, now=NOW, not_before_at=not_before_at) == expected


def test_an_outage_of_a_day_fails_nothing_even_where_the_host_says_come_back_at_once() -> None:
    at = NOW
    for attempt in range(1, len(RETRY_S) + 1):
        again = next_retry_at("rate_limited", 503, attempt, now=at, not_before_at=at + timedelta(seconds=2))
        assert again is not None
        at = again
    assert at - NOW > timedelta(days=1)


def test_a_young_article_is_looked_at_four_times() -> None:
    at, looks = NOW, []
    for look in range(len(LOOK_S)):
        again = next_look_at(look, look_after_s=LOOK_S, now=at, published_at=NOW)
        assert again is not None
        looks.append((again - NOW).total_seconds())
        at = again
    assert looks == list(LOOK_S)
    assert next_look_at(len(LOOK_S), look_after_s=LOOK_S, now=at, published_at=NOW) is None


def test_an_old_article_is_not_looked_at_again() -> None:
    assert next_look_at(0, look_after_s=LOOK_S, now=NOW, published_at=NOW - timedelta(days=8)) is None


def test_a_source_may_want_no_second_look() -> None:
    assert next_look_at(0, look_after_s=(), now=NOW, published_at=NOW) is None


@pytest.mark.parametrize(
    ("purpose", "attempt", "outcome", "expected"),
    [
        (None, None, None, ("new", 1)),
        ("new", 1, "timeout", ("retry", 2)),
        ("retry", 2, "timeout", ("retry", 3)),
        ("new", 1, "ok", ("second_look", 1)),
        ("retry", 3, "ok", ("second_look", 1)),
        ("second_look", 0, "ok", ("second_look", 1)),
        ("second_look", 1, "timeout", ("second_look", 2)),
    ],
)
def test_why_an_entry_is_fetched_follows_from_its_last_fetch(purpose, attempt, outcome, expected) -> None:
    assert next_purpose(purpose, attempt, outcome) == expected
