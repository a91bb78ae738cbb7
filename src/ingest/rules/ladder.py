"""When an entry is fetched again: retries after passing faults, second looks at young articles. Nothing is fetched here."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ingest.records import Outcome, Purpose

# seconds until attempt 2, 3, 4, 5 of an entry that cannot be fetched; after the last rung it has failed
RETRY_S = (600, 3_600, 21_600, 86_400)
# RFC 9309 section 2.3.1.4: while robots.txt cannot be reached nothing may be fetched, and after a month there may be no rules
ROBOTS_RETRIES = 30  # more, a day each
# a page that is listed and not there yet: some publishers list first and print a minute later
MISSING_STATUS = 404
MISSING_RETRIES = 2
ANSWERED: frozenset[Outcome] = frozenset(("ok", "not_modified"))
PASSING: frozenset[Outcome] = frozenset(
    ("timeout", "unreachable", "dns_error", "tls_error", "rate_limited", "cut_short", "robots_unreachable")
)
# RFC 9110 section 15.5 and 15.6: these may pass, other 4xx will not
PASSING_STATUS = frozenset((408, 421, 425, 429, 500, 502, 503, 504))


def is_passing(outcome: Outcome, http_status: int | None) -> bool:
    return outcome in PASSING or (outcome == "http_error" and http_status in PASSING_STATUS)


def next_retry_at(
    outcome: Outcome, http_status: int | None, attempt: int, *, now: datetime, not_before_at: datetime | None
) -> datetime | None:
    """The next rung after attempt number `attempt` (from 1), not before the host allows; None: failed for good."""
    if attempt >= allowed_attempts(outcome, http_status):
        return None
    if attempt == 1 and not_before_at:
        return not_before_at  # the host itself says when; if it says so again, the rungs count
    return max(now + timedelta(seconds=RETRY_S[min(attempt, len(RETRY_S)) - 1]), not_before_at or now)


def allowed_attempts(outcome: Outcome, http_status: int | None) -> int:
    """Attempts after which an entry that cannot be fetched has failed, as the last one ended; 1: no other would help.

    The warehouse proves by it that what it calls failed has failed (warehouse/macros/allowed_attempts.sql).
    """
    if outcome == "robots_unreachable":
        return 1 + len(RETRY_S) + ROBOTS_RETRIES
    if is_passing(outcome, http_status):
        return 1 + len(RETRY_S)
    return 1 + (MISSING_RETRIES if outcome == "http_error" and http_status == MISSING_STATUS else 0)


def next_look_at(
    look: int, *, look_after_s: Sequence[int], now: datetime, published_at: datetime | None
) -> datetime | None:
    """When an article is looked at again after look number `look` (0: the first capture); None: never, or it is old.

    `look_after_s`: ages of its first capture, in seconds, at which it is (the catalogue's, rising).
    """
    if look >= len(look_after_s) or (published_at and (now - published_at).total_seconds() > look_after_s[-1]):
        return None
    return now + timedelta(seconds=look_after_s[look] - (look_after_s[look - 1] if look else 0))


def next_purpose(purpose: Purpose | None, attempt: int | None, outcome: Outcome | None) -> tuple[Purpose, int]:
    """Why, and as which attempt, an entry is fetched now, by its last fetch (None: there was none)."""
    if purpose is None or attempt is None:
        return "new", 1
    if purpose == "second_look":
        return "second_look", attempt + 1
    if outcome in ANSWERED:
        return "second_look", 1
    return "retry", attempt + 1
