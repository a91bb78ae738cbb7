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
BEFORE = 300  # pages that tell how pages were, at most
STEP = 5
OVER = 10
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
    """`sign` since `since_at`: `count` of the `page_count` pages since then show it, where `share_before` of them did.

    `value`: what it is held against, where that is of the source: a number of words, or the key of a text.
    """

    sign: str
    value: str | None
    since_at: datetime
    count: int
    page_count: int
    share_before: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Pages of [since_at, until_at) that read otherwise, and do not tell how pages are."""

    since_at: datetime
    until_at: datetime


Sign = Callable[[Reading], bool]
Named = tuple[str, str | None]  # a sign and its value


def drift(before: Sequence[Reading], latest: Sequence[Reading]) -> Drift | None:
    """The sign that is least by chance; `latest`: the newest pages, in order of time, `before`: those before them.

    None: nothing has changed, or fewer than 30 pages were read before.
    """
    if len(before) < FEWEST_BEFORE:
        return None
    recent = latest[-RECENT:]
    found = [one for named in _signs(before, recent) if (one := _run(named, before, recent))]
    return min(found, key=lambda one: one[0])[1] if found else None


def first_drift(pages: Sequence[Reading], *, fresh_count: int, spans: Sequence[Span]) -> Drift | None:
    """The first drift in `pages` (in order of time) that their last `fresh_count` give rise to; pages of `spans` are left out.

    Looked for at every fifth page: by the end of a long backlog, what is new would be what is usual.
    """
    told = [page for page in pages if not any(span.since_at <= page.fetched_at < span.until_at for span in spans)]
    ends = range(len(told), max(len(told) - fresh_count, 0), -STEP)
    found = (drift(told[max(0, end - RECENT - BEFORE) : max(0, end - RECENT)], told[:end]) for end in reversed(ends))
    return next((one for one in found if one), None)


def ended_at(sign: str, value: str | None, pages: Sequence[Reading]) -> datetime | None:
    """Since when `pages`, those since a drift began, read as before again; None: it goes on.

    A page without the sign counts against the drift twice what one with it counts for it (log odds of a share of 1/3 and 9/10);
    five in a row suffice. The pages that count most against it, together, are those behind its end.
    """
    has = predicate(sign, value)
    against = accumulate(-1 if has(page) else 2 for page in reversed(pages))
    most, _, count = max(((sum_, -count, count) for count, sum_ in enumerate(against, start=1)), default=(0, 0, 0))
    return pages[-count].fetched_at if most >= OVER else None


def predicate(sign: str, value: str | None) -> Sign:
    """Whether a page shows the sign; warehouse/models/core/suspect.sql says the same of articles."""
    kind, _, what = sign.partition(": ") if sign.startswith("rejected: ") else sign.partition(" ")
    if kind == "rejected":
        return lambda page: page.reason == what
    if kind == "no":
        return lambda page: what in page.missing
    if kind == "one":
        return lambda page: page.text_key == value
    most = int(value or 0)
    if kind == "short":
        return lambda page: page.reason is None and page.word_count < most
    return lambda page: page.reason is None and page.word_count > most


def _signs(before: Sequence[Reading], recent: Sequence[Reading]) -> list[Named]:
    lengths = sorted(page.word_count for page in before if page.reason is None)
    signs: list[Named] = [
        (f"no {field}", None) for field in sorted({field for page in recent for field in page.missing})
    ]
    signs += [(f"rejected: {reason}", None) for reason in sorted({page.reason for page in recent if page.reason})]
    if lengths:
        short, long = lengths[int(TAIL * len(lengths))], lengths[int((1 - TAIL) * len(lengths))]
        signs += [("short text", str(short)), ("long text", str(2 * long))]
    texts = Counter(page.text_key for page in recent if page.text_key)
    if texts:
        ((text_key, _),) = texts.most_common(1)
        signs.append(("one text", text_key))
    return signs


def _run(named: Named, before: Sequence[Reading], recent: Sequence[Reading]) -> tuple[float, Drift] | None:
    """The run of latest pages that is least by chance, with its chance."""
    sign, value = named
    has = predicate(sign, value)
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
        sign=sign,
        value=value,
        since_at=recent[-1 - first].fetched_at,
        count=counts[first],
        page_count=first + 1,
        share_before=share,
    )


def _tail(count: int, many: int, odds: float) -> float:
    """The chance of `count` or more of `many` (at most RECENT) where each has `odds`."""
    return sum(comb(many, hits) * odds**hits * (1 - odds) ** (many - hits) for hits in range(count, many + 1))
