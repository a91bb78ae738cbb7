"""When a feed is polled again, and which sources one crawl task takes. Nothing is polled here."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from ingest.records import Outcome, Source

K = TypeVar("K", bound=Hashable)
CEILING_S = 30 * 86_400  # a feed is never dead, only slower
SLOWER = 2.0  # how much longer the pause grows with each failure in a row


def next_poll_at(
    source: Source, outcome: Outcome, *, now: datetime, previous_pause_s: float | None, not_before_at: datetime | None
) -> datetime:
    """The catalogue's interval after success; after a failure the last pause doubled; never before the host allows."""
    pause_s = float(source.poll_every_s)
    if outcome not in ("ok", "not_modified"):
        pause_s = min(max(pause_s, SLOWER * (previous_pause_s or 0.0)), CEILING_S)
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
