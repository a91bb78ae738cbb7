"""What a sitemap's dates are worth, and which sitemaps of an index are read now.

Nothing is read or fetched here; the words of a sitemap become entries in `discover/sitemap.py`.
"""

import calendar
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from ingest.catalogue import feed_id
from ingest.crawl_state import FeedState
from ingest.rules.ladder import ANSWERED
from ingest.rules.moment import EARLIEST, MONTHS, Moment

NAMED_FOR_NEWS = re.compile(r"news|latest|recent|today|current|aktuell|actual", re.IGNORECASE)
DEPTH_LIMIT = 3  # sitemaps.org knows one level of indexes; sites nest two
CHILDREN_LIMIT = 50_000  # of one index (sitemaps.org, "Using Sitemap index files")
MOST_A_RUN = 50  # sitemaps of one index that one run reads: a minute of its host's time at one a second
UNDATED_MOST = 1_000  # as many as a news sitemap may hold; above it a file without dates is an archive
VERIFY_EVERY = timedelta(days=7)  # servers lie: a sitemap that says it is unchanged is looked at all the same

# A date without a time lasts until its day ends in the westernmost zone.
DAY_LASTS = timedelta(hours=36)
AHEAD = timedelta(days=2)  # what lies farther in the future is a number, no date
# Lastmods that say when the file was made.
ENOUGH = 10  # of fewer nothing can be said
NEARLY_ALL = 0.95
TOGETHER = timedelta(minutes=5)
LATELY = timedelta(minutes=15)
MANY_TOGETHER = 100  # nobody edits so many within five minutes
PAGES_OF_A_DAY = 1_000  # agencies publish so much on one day, and few say the hour
SITEMAPS_OF_A_DAY = ENOUGH

SLASHED_DAY = re.compile(r"/(?P<year>(?:19|20)\d\d)/(?P<month>\d{1,2}|[A-Za-z]{3,9})/(?P<day>\d{1,2})(?=/|$)")
# At either end of a segment: within a slug it is what the story is about.
DASHED_DAY = re.compile(
    r"/(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)"
    r"|-(?P<year2>(?:19|20)\d\d)-(?P<month2>\d\d)-(?P<day2>\d\d)(?=/|\.[a-z]{3,5}$|$)"
)
COMPACT_DAY = re.compile(r"/(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?=[/_-]|$)")
SLASHED_MONTH = re.compile(r"/(?P<year>(?:19|20)\d\d)/(?P<month>\d\d)(?=/|$)")
# A sitemap's: `2026-3` may be the third part of a year, `2026` the part of that number.
PERIOD = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-_/.]?)(?P<month>0[1-9]|1[0-2])(?:(?P=mark)(?P<day>\d\d))?(?!\d)"
    r"|\byyyy=(?P<year2>(?:19|20)\d\d)&mm=(?P<month2>\d{1,2})(?:&dd=(?P<day2>\d{1,2}))?(?!\d)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A sitemap that an index lists; a lastmod without a time is that day's midnight in UTC."""

    url: str
    lastmod_at: datetime | None


NEWS, CHECK, PAST = range(3)


class _Wish(NamedTuple):
    rank: int  # NEWS, or CHECK: said to be unchanged, looked at all the same, or PAST: said to be old, never looked at
    latest_at: datetime
    child: Child


def lasts_until(at: datetime) -> datetime:
    """The last moment that a date can mean: midnight in UTC stands for a day."""
    return at + DAY_LASTS if _is_day(at) else at


def path_date(url: str, *, now: datetime) -> datetime | None:
    """The last moment of the day or month in an article's address: `/2026/11/22/`, `/20261122/`, `/2026/11/`."""
    path = re.split("[?#]", url, maxsplit=1)[0]
    for form in (SLASHED_DAY, DASHED_DAY, COMPACT_DAY, SLASHED_MONTH):
        found = (_until(match, now) for match in form.finditer(path))
        until = next((one for one in found if one), None)
        if until is not None:
            return until
    return None


def period_end(url: str, *, now: datetime) -> datetime | None:
    """The last moment of what a sitemap's address says it covers: `sitemap-2019-03.xml`, `?yyyy=2019&mm=03`."""
    parts = urlsplit(url)
    found = (_until(match, now) for match in PERIOD.finditer(f"{parts.path}?{parts.query}"))
    return max((until for until in found if until), default=None)


def best_date(news: Moment | None, lastmod: Moment | None, url: str, *, now: datetime) -> datetime | None:
    """The last moment that an entry's best date can mean; `lastmod` only where it is trusted. None: nothing says."""
    for moment in (news, lastmod):
        if moment is not None:
            return moment.at + DAY_LASTS if moment.precision == "day" else moment.at
    return path_date(url, now=now)


def says_when_made(lastmods: Sequence[datetime], *, listed_at: datetime, same_day_most: int) -> bool:
    """Whether lastmods tell when their file was made, and so nothing of what it lists.

    Nearly all of ten or more lie within five minutes: at the time of asking, in one and the same second, or a hundred
    of them; or more than `same_day_most` name one day without a time.
    """
    if len(lastmods) < ENOUGH:
        return False
    in_order = sorted(lastmods)
    width = math.ceil(NEARLY_ALL * len(in_order))
    spans = zip(in_order, in_order[width - 1 :], strict=False)
    for first, last in spans:
        if last - first > TOGETHER:
            continue
        if first == last and _is_day(first):
            return width > same_day_most
        if first == last or width >= MANY_TOGETHER or abs(listed_at - last) <= LATELY:
            return True
    return False


def children_to_poll(
    children: Sequence[Child], states: Mapping[str, FeedState], *, since: datetime, now: datetime
) -> list[Child]:
    """The sitemaps of an index to read now, newest first; `states` by feed_id.

    Those never polled, unless they end before `since`; those that say a newer lastmod than was known; those that are due
    and say none that can be trusted, or that failed or retired; once a week those that say they are unchanged. A lastmod
    may be stuck: of those that are said to be old and were never looked at, one is read, if it is named for what is new
    or if the whole index says nothing newer.
    """
    said = [child.lastmod_at for child in children if child.lastmod_at]
    is_of_the_file = says_when_made(said, listed_at=now, same_day_most=SITEMAPS_OF_A_DAY)
    wishes: dict[str, _Wish] = {}
    for child in children:
        lastmod_at = None if is_of_the_file else child.lastmod_at
        key = feed_id(child.url)
        if key not in wishes and (wish := _wish(child, lastmod_at, states.get(key), since, now)):
            wishes[key] = wish
    newest_first = sorted(wishes.values(), key=lambda wish: (wish.rank, -wish.latest_at.timestamp()))
    past = [wish for wish in newest_first if wish.rank == PAST]
    is_stuck = len(past) == len(children)
    doubtful = next((wish for wish in past if is_stuck or NAMED_FOR_NEWS.search(wish.child.url)), None)
    return [wish.child for wish in newest_first if wish.rank != PAST or wish is doubtful]


def _wish(
    child: Child, lastmod_at: datetime | None, state: FeedState | None, since: datetime, now: datetime
) -> _Wish | None:
    named_at = period_end(child.url, now=now)
    latest_at = lasts_until(lastmod_at) if lastmod_at else named_at
    is_past = latest_at is not None and latest_at < since
    wish = _Wish(NEWS, latest_at or now, child)
    if state is None:
        return wish if not is_past else None if named_at else wish._replace(rank=PAST)
    is_newer = lastmod_at is not None and state.lastmod_at is not None and lastmod_at > state.lastmod_at
    has_kept_its_word = state.outcome != "not_modified"  # at its last poll: it said that it changed, and it had
    if now < state.next_poll_at and not (is_newer and has_kept_its_word):
        return None
    if state.is_retired or state.outcome not in ANSWERED:
        return wish
    if lastmod_at is None:
        return None if is_past else wish
    if is_newer or state.lastmod_at is None or lasts_until(lastmod_at) >= state.polled_at:
        return wish
    return wish._replace(rank=CHECK) if now - state.polled_at >= VERIFY_EVERY else None


def _until(match: re.Match[str], now: datetime) -> datetime | None:
    """None where the numbers are no date, or one that has not come."""
    said = {name.rstrip("2"): value for name, value in match.groupdict().items() if value}
    word, year = said["month"], int(said["year"])
    month = int(word) if word.isdigit() else _month(word)
    if not 1 <= month <= 12:
        return None
    days = calendar.monthrange(year, month)[1]
    day = int(said.get("day") or 1)
    if not 1 <= day <= days:
        return None
    first_at = datetime(year, month, day, tzinfo=UTC)
    if not EARLIEST <= first_at <= now + AHEAD:
        return None
    return (first_at if "day" in said else first_at.replace(day=days)) + DAY_LASTS


def _month(word: str) -> int:
    return MONTHS.index(word[:3].lower()) + 1 if word[:3].lower() in MONTHS else 0


def _is_day(at: datetime) -> bool:
    return at.time() == time(0)
