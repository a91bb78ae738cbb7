"""Whether the pages of a source read otherwise than they used to: a new layout, a wall, one text for all. Nothing is done here.

Each sign is a yes or no of one page. So many of the latest pages in a row show it that chance would not, given how often it was
shown before: the tail of a binomial distribution. The smallest tail over the last 5 to 20 pages tells since when.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from math import comb

FEWEST_BEFORE = 30  # pages that must have been read, before anything is held against them
RECENT = 20
SHORTEST_RUN = 5
CHANCE = 1e-6  # per sign and page; a page in 2,000 of a source may be odd for reasons of its own
ODDS_AT_LEAST = 0.02  # of a sign that was hardly ever seen before
LAST, LAST_SHARE = 5, 0.6  # of the very last pages so many show it, or it is over
TAIL = 0.1  # of the texts before were shorter than what is now called short


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was made of a page: `reason` of its rejection, or None; `missing` fields; `text_key`: equal for equal texts."""

    fetched_at: datetime
    reason: str | None
    word_count: int
    text_key: str | None
    missing: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """`sign` since `since_at`: `count` of the `page_count` pages since then show it, where `share_before` of them did."""

    sign: str
    since_at: datetime
    count: int
    page_count: int
    share_before: float


Sign = Callable[[Reading], bool]


def drift(before: Sequence[Reading], latest: Sequence[Reading]) -> Drift | None:
    """The sign that is least by chance; `latest`: the newest pages, in order of time, `before`: those before them.

    None: nothing has changed, or fewer than 30 pages were read before.
    """
    if len(before) < FEWEST_BEFORE:
        return None
    recent = latest[-RECENT:]
    found = [one for sign, shows in _signs(before, recent).items() if (one := _run(sign, shows, before, recent))]
    return min(found, key=lambda one: one[0])[1] if found else None


def shows(sign: str, before: Sequence[Reading], latest: Sequence[Reading]) -> list[bool]:
    """Which of the `latest` pages show a sign that `drift` told of."""
    has = _signs(before, latest).get(sign)
    return [bool(has and has(page)) for page in latest]


def _signs(before: Sequence[Reading], recent: Sequence[Reading]) -> dict[str, Sign]:
    fields = sorted({field for page in recent for field in page.missing})
    reasons = sorted({page.reason for page in recent if page.reason})
    lengths = sorted(page.word_count for page in before if page.reason is None)
    signs: dict[str, Sign] = {f"no {field}": _lacks(field) for field in fields}
    signs |= {f"rejected: {reason}": _is_rejected(reason) for reason in reasons}
    if lengths:
        short, long = lengths[int(TAIL * len(lengths))], lengths[int((1 - TAIL) * len(lengths))]
        signs["short text"] = lambda page: page.reason is None and page.word_count < short
        signs["long text"] = lambda page: page.reason is None and page.word_count > 2 * long
    texts = Counter(page.text_key for page in recent if page.text_key)
    if texts:
        ((text_key, _),) = texts.most_common(1)
        signs["one text"] = lambda page: page.text_key == text_key
    return signs


def _lacks(field: str) -> Sign:
    return lambda page: field in page.missing


def _is_rejected(reason: str) -> Sign:
    return lambda page: page.reason == reason


def _run(sign: str, has: Sign, before: Sequence[Reading], recent: Sequence[Reading]) -> tuple[float, Drift] | None:
    """The run of latest pages that is least by chance, with its chance."""
    shown = [has(page) for page in reversed(recent)]
    if sum(shown[:LAST]) < LAST_SHARE * LAST:
        return None
    share = (sum(map(has, before)) + 0.5) / (len(before) + 1)
    odds = max(share, ODDS_AT_LEAST)
    counts = list(accumulate(map(int, shown)))
    chance, long = min(
        ((_tail(count, long, odds), long) for long, count in enumerate(counts, start=1) if long >= SHORTEST_RUN),
        default=(1.0, 0),
    )
    if chance >= CHANCE:
        return None
    first = max(place for place in range(long) if shown[place])
    return chance, Drift(
        sign=sign, since_at=recent[-1 - first].fetched_at, count=counts[first], page_count=first + 1, share_before=share
    )


def _tail(count: int, many: int, odds: float) -> float:
    """The chance of `count` or more of `many` (at most RECENT) where each has `odds`."""
    return sum(comb(many, hits) * odds**hits * (1 - odds) ** (many - hits) for hits in range(count, many + 1))
