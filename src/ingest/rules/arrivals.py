"""How fast a feed fills, by what its polls saw, and whether it may have rolled over unseen between two of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import exp
from typing import NamedTuple

DAY_S = 86_400.0
MEMORY_S = 3 * DAY_S  # a weekend changes the rate, a night does not
SHORTEST_S = 60.0  # two polls closer than this say nothing of a rate
# Of what it listed last time: feeds that begin anew at midnight list less, and lost nothing. And of the listing that must be
# new: where much of it is known, the two readings met.
FULL_SHARE = 0.8
NEAR = timedelta(hours=1)  # so far below the oldest new entry a known one is its neighbour, at least
FEWEST = 3  # entries that make a listing "full"


class Sighting(NamedTuple):
    """An entry of a listing: did this feed list it before, and the date it gives."""

    is_known: bool
    published_at: datetime | None


def first_rate(listing: Sequence[Sighting], *, now: datetime) -> float | None:
    """Entries a day, by the dates of the first listing that was ever read; None where they do not say.

    By the newer half alone: a story pinned since 2015 says nothing of today.
    """
    dates = sorted((one.published_at for one in listing if one.published_at and one.published_at <= now), reverse=True)
    if len(dates) < FEWEST:
        return None
    half = -(-len(dates) // 2)
    return half * DAY_S / max((now - dates[half - 1]).total_seconds(), SHORTEST_S)


def rate_after(before: float | None, *, new_count: int, since_s: float, has_overflowed: bool) -> float | None:
    """Entries a day after a poll that found `new_count` new ones in `since_s`: an average that forgets in three days.

    A feed that may have rolled over is at least as fast as what came: the average alone would learn it too late.
    """
    if since_s < SHORTEST_S and not has_overflowed:
        return before
    seen = new_count * DAY_S / max(since_s, SHORTEST_S)
    if before is None:
        return max(seen, DAY_S / max(since_s, SHORTEST_S))  # nothing came: it is no faster than one in that time
    weight = 1 - exp(-since_s / MEMORY_S)
    average = before + weight * (seen - before)
    return max(average, seen) if has_overflowed else average


def may_have_overflowed(listing: Sequence[Sighting], *, window_count: int | None) -> bool:
    """Whether entries may have come and gone since the last reading, which listed `window_count` (None: there was none).

    So it is where a full listing is new nearly throughout, and nothing known is next to what is new. Entries pinned to the
    top, or dated long before all others, are no overlap; where all have a date it decides, else the feed's order.
    """
    new = [one for one in listing if not one.is_known]
    if window_count is None or len(listing) < FULL_SHARE * window_count or len(new) < FULL_SHARE * len(listing):
        return False
    if len(new) < FEWEST:
        return False
    dates = [one.published_at for one in new if one.published_at]
    if all(one.published_at for one in listing):
        near = min(dates) - max(max(dates) - min(dates), NEAR)
        return not any(one.is_known and one.published_at and one.published_at >= near for one in listing)
    first_new = listing.index(new[0])
    return not any(one.is_known for one in listing[first_new:])
