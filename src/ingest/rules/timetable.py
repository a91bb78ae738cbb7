"""When a feed is polled again, and which sources one crawl task takes. Nothing is polled here."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, TypeVar

from ingest.crawl_state import FeedState
from ingest.records import FeedKind, Outcome, Source
from ingest.rules import schedule
from ingest.rules.arrivals import DAY_S
from ingest.rules.ladder import is_passing

K = TypeVar("K", bound=Hashable)
Fault = Literal["temporary", "soft", "hard"]

EARLY_SHARE = 0.1  # of the interval: a clock that strikes every ten minutes must not miss a feed by seconds
NEW_A_POLL = 0.5  # entries that a poll should bring: every second poll brings news, and news is seldom late
WINDOW_SHARE = 0.25  # of the time in which a feed rolls over: three polls may fail before anything is lost
# While no rate is known.
UNKNOWN_S: dict[FeedKind, float] = {"feed": 0.0, "section": 0.0, "sitemap": 3_600.0, "archive": DAY_S}
TIME_SHARE = 0.01  # of all time that a feed's host may spend on answering us: what answers slowly is asked seldom
# Caches that say "fresh for a year", and systems that say "hourly" for everybody, count this much.
TOLD_CEILING_S = 3_600.0


class Slowing(NamedTuple):
    """How the pause grows with each failure in a row, and how far."""

    growth: float
    ceiling_s: float


SLOWING: dict[Fault, Slowing] = {
    "temporary": Slowing(1.5, 3 * 3_600.0),  # it may be our own outage: no feed may roll over unseen because of it
    "soft": Slowing(2.0, DAY_S),
    "hard": Slowing(4.0, 30 * DAY_S),  # a feed is never dead, only slower
}
HARD: frozenset[Outcome] = frozenset({
    "gone", "not_a_feed", "not_html", "blocked_address", "too_many_redirects", "bad_url", "robots_denied", "http_error",
})  # fmt: skip
SOFT: frozenset[Outcome] = frozenset(("tls_error", "bad_encoding", "too_large"))
# What does not pass was not temporary: after so long without an answer, it counts as the worse class.
SOFT_AFTER_S, HARD_AFTER_S = 7 * DAY_S, 30 * DAY_S
# A sitemap below an index is dead after so many failures in a row over so long, the last with 404: they are renamed without
# a word. What the catalogue names is slowed down only: a broken deployment is mended in a day.
DEAD_SITEMAP_FAILURES, DEAD_SITEMAP_S = 3, 7 * DAY_S


def is_due(source: Source, before: FeedState | None, *, now: datetime) -> bool:
    """Whether a feed's time has come: by its last poll, or by the schedule of its source, which holds alone."""
    if source.schedule is not None:
        return schedule.is_time(source.schedule, source.timezone, before.polled_at if before else None, now=now)
    return before is None or before.next_poll_at <= now + timedelta(seconds=EARLY_SHARE * source.poll_every_s)


def pause_s(
    source: Source,
    feed_kind: FeedKind,
    *,
    arrivals_per_day: float | None,
    window_count: int | None,
    told_s: int | None,
    elapsed_ms: int,
) -> float:
    """Seconds until the next poll of a feed that answers: by how fast it fills, between the catalogue's floor and ceiling.

    `told_s`: how long the answer is fresh by its headers, or else by the feed's own word; it never lets the feed roll over.
    """
    fills_s = DAY_S / arrivals_per_day if arrivals_per_day else None
    rolls_s = WINDOW_SHARE * window_count * fills_s if fills_s and window_count else float("inf")
    wanted_s = UNKNOWN_S[feed_kind] if fills_s is None else min(NEW_A_POLL * fills_s, rolls_s)
    kept_s = max(wanted_s, min(told_s or 0, TOLD_CEILING_S, rolls_s), elapsed_ms / 1_000 / TIME_SHARE)
    return min(max(kept_s, source.poll_every_s), source.poll_ceiling_s)


def failing_pause_s(
    pause_s: float, outcome: Outcome, http_status: int | None, *, failure_count: int, silent_s: float
) -> float:
    """Seconds until the next poll after failure number `failure_count` in a row (from 1), `silent_s` after the last answer."""
    growth, ceiling_s = SLOWING[fault(outcome, http_status, silent_s=silent_s)]
    doublings = min(failure_count - 1, 60)  # the ceiling is long reached, and a float holds no more
    return max(pause_s, min(pause_s * growth**doublings, ceiling_s))


def fault(outcome: Outcome, http_status: int | None, *, silent_s: float) -> Fault:
    """How badly a failed poll speaks of its feed."""
    if silent_s > HARD_AFTER_S or (outcome in HARD and not is_passing(outcome, http_status)):
        return "hard"
    if silent_s > SOFT_AFTER_S or outcome in SOFT or outcome == "http_error":
        return "soft"
    return "temporary"


def is_retired(
    outcome: Outcome, http_status: int | None, *, is_below_index: bool, failure_count: int, silent_s: float
) -> bool:
    """Whether a feed is taken for gone: 410 says so (RFC 9110 section 15.5.11); a week of 404 below an index does."""
    if outcome == "gone":
        return True
    is_silent = failure_count >= DEAD_SITEMAP_FAILURES and silent_s >= DEAD_SITEMAP_S
    return is_below_index and http_status == 404 and is_silent


def together(hosts_of: Mapping[str, Iterable[K]], *, most: int) -> list[list[str]]:
    """Source ids in at most `most` groups of like size, sources that share a host in one, in a stable order."""
    group_of_host: dict[K, int] = {}
    groups: dict[int, list[str]] = {}
    for number, (source_id, hosts) in enumerate(sorted(hosts_of.items())):
        known = list(hosts)
        merged = [source_id]
        for old in sorted({group_of_host[host] for host in known if host in group_of_host}):
            merged = groups.pop(old) + merged
            known += [host for host, group in group_of_host.items() if group == old]
        groups[number] = merged
        group_of_host |= dict.fromkeys(known, number)
    return _level(list(groups.values()), most)


def _level(groups: Sequence[list[str]], most: int) -> list[list[str]]:
    batches: list[list[str]] = [[] for _ in range(min(most, len(groups)))]
    for group in sorted(groups, key=len, reverse=True):
        min(batches, key=len).extend(group)
    return batches
