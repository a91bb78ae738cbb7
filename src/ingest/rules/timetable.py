"""When a feed is polled again, and which sources one crawl task takes. Nothing is polled here."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from ingest.records import Outcome, Source
from ingest.rules.ladder import is_passing

K = TypeVar("K", bound=Hashable)
CEILING_S = 30 * 86_400  # a feed is never dead, only slower
PASSING_CEILING_S = 3 * 3_600  # what passes may be our own outage: no feed may roll over unseen because of it
SLOWER = 2.0  # how much longer the pause grows with each failure in a row
EARLY_SHARE = 0.1  # of the interval: a clock that strikes every ten minutes must not miss a feed by seconds


def is_due(source: Source, next_poll_at: datetime, *, now: datetime) -> bool:
    return next_poll_at <= now + timedelta(seconds=EARLY_SHARE * source.poll_every_s)


def next_poll_at(
    source: Source,
    outcome: Outcome,
    *,
    http_status: int | None,
    now: datetime,
    previous_pause_s: float | None,
    not_before_at: datetime | None,
) -> datetime:
    """The catalogue's interval after success; after a failure the last pause doubled; never before the host allows."""
    pause_s = float(source.poll_every_s)
    if outcome not in ("ok", "not_modified"):
        ceiling_s = PASSING_CEILING_S if is_passing(outcome, http_status) else CEILING_S
        pause_s = max(pause_s, min(SLOWER * (previous_pause_s or 0.0), ceiling_s))
    return max(now + timedelta(seconds=pause_s), not_before_at or now)


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
