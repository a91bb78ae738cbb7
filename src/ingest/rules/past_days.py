"""What an old range of days has to do with a sitemap, an entry or a page of a feed, by the dates that they give.

Nothing is read or fetched here; what dates of today's sitemaps are worth is decided in `rules/sitemap.py`.
"""

import calendar
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from ingest.rules.moment import EARLIEST, MONTHS, Moment
from ingest.rules.sitemap import (
    AHEAD,
    COMPACT_DAY,
    DASHED_DAY,
    PERIOD,
    SITEMAPS_OF_A_DAY,
    SLASHED_DAY,
    SLASHED_MONTH,
    Child,
    says_when_made,
)  # fmt: skip

# A day of a page, of its publisher's zone, is another in UTC: a range takes in what is a day off, and what is counted
# on which day is decided once the moment is known.
SLACK = timedelta(days=1)
NUMBER = re.compile(r"\d+")
IN_ARTICLES = (SLASHED_DAY, DASHED_DAY, COMPACT_DAY, SLASHED_MONTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A range of days, both ends in it, UTC."""

    from_on: date
    to_on: date

    def meets(self, other: "Days") -> bool:
        """Whether they share a day, or are neighbours."""
        return other.from_on <= self.to_on + SLACK and other.to_on >= self.from_on - SLACK


def on_day(at: datetime) -> Days:
    """The day of a moment, as a range."""
    return Days(from_on=at.date(), to_on=at.date())


class Dated(NamedTuple):
    """A child of an index with what its name says, and its lastmod where that can be trusted."""

    child: Child
    named: Days | None
    lastmod_on: date | None


def children_within(children: Sequence[Child], days: Days, *, now: datetime) -> list[Child]:
    """The sitemaps of an index that can hold pages of a range, newest first.

    A name that says which days it covers decides. Else a trusted lastmod before the range rules a sitemap out: nothing
    younger can be in it. A lastmod behind it says nothing, for old pages are edited.
    """
    said = [child.lastmod_at for child in children if child.lastmod_at]
    is_of_the_file = says_when_made(said, listed_at=now, same_day_most=SITEMAPS_OF_A_DAY)
    years = _years([child.url for child in children], now)
    dated = [
        Dated(
            child=child,
            named=named_days(child.url, now=now) or years.get(child.url),
            lastmod_on=child.lastmod_at.date() if child.lastmod_at and not is_of_the_file else None,
        )
        for child in children
    ]
    held = [one for one in dated if _can_hold(one, days)]
    held.sort(key=lambda one: one.named.to_on if one.named else one.lastmod_on or now.date(), reverse=True)
    return [one.child for one in held]


def named_days(url: str, *, now: datetime) -> Days | None:
    """What a sitemap's address says it covers: `sitemap-2019-03.xml`, `?yyyy=2019&mm=03`, `/2019/03/05.xml`."""
    parts = urlsplit(url)
    return _span([PERIOD], f"{parts.path}?{parts.query}", now)


def path_days(url: str, *, now: datetime) -> Days | None:
    """The day or month in an article's address."""
    return _span(IN_ARTICLES, re.split("[?#]", url, maxsplit=1)[0], now)


def is_within(
    *, said: Moment | None, lastmod: Moment | None, url: str, listed_in: Days | None, days: Days, now: datetime
) -> bool:
    """Whether an entry may be of a range: `said` of its publication, `listed_in` what its sitemap's name covers.

    By the first of these that is there: what is said of publication, the day in its address, the days of the sitemap's own
    name, and a trusted lastmod, although an old page that was edited behind the range has a later one: else any range would
    take in all that was edited since. An entry without any date may be of any.
    """
    if said is not None:
        return days.meets(on_day(said.at))
    known = path_days(url, now=now) or listed_in
    if known is not None:
        return days.meets(known)
    if lastmod is None:
        return True
    return days.meets(on_day(lastmod.at))


def is_behind(published: Iterable[datetime | None], days: Days) -> bool:
    """Whether a page of a feed, and so all that follow, is older than a range: every one of its dates is."""
    known = [at for at in published if at is not None]
    return bool(known) and max(known) < datetime.combine(days.from_on - SLACK, time(0), UTC)


def _can_hold(one: Dated, days: Days) -> bool:
    if one.named is not None:
        return days.meets(one.named)
    return one.lastmod_on is None or one.lastmod_on >= days.from_on - SLACK


def _years(urls: Sequence[str], now: datetime) -> dict[str, Days]:
    """`sitemap-2019.xml`: a year where all its siblings' numbers are years too, else the number of a part."""
    numbers: dict[str, dict[str, list[int]]] = {}
    for url in urls:
        name = urlsplit(url).path.rpartition("/")[2]
        for found in NUMBER.finditer(name):
            sort = f"{url.removesuffix(name)}{name[: found.start()]}#{name[found.end() :]}"
            numbers.setdefault(sort, {})[url] = [int(found[0])]
    years: dict[str, Days] = {}
    for of_a_sort in numbers.values():
        if all(EARLIEST.year <= number <= now.year + 1 for (number,) in of_a_sort.values()):
            for url, (year,) in of_a_sort.items():
                years.setdefault(url, Days(from_on=date(year, 1, 1), to_on=date(year, 12, 31)))
    return years


def _span(forms: Iterable[re.Pattern[str]], text: str, now: datetime) -> Days | None:
    read: Callable[[re.Match[str]], Days | None] = lambda match: _days(match, now)  # noqa: E731
    return next((days for form in forms for days in map(read, form.finditer(text)) if days), None)


def _days(match: re.Match[str], now: datetime) -> Days | None:
    """None where the numbers are no date, or one that has not come."""
    said = {name.rstrip("2"): value for name, value in match.groupdict().items() if value}
    word, year = said["month"], int(said["year"])
    month = int(word) if word.isdigit() else _month(word)
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    day = int(said["day"]) if said.get("day") else None
    if day is not None and not 1 <= day <= last:
        return None
    first_on = date(year, month, day or 1)
    if not EARLIEST.date() <= first_on <= (now + AHEAD).date():
        return None
    return Days(from_on=first_on, to_on=date(year, month, day or last))


def _month(word: str) -> int:
    return MONTHS.index(word[:3].lower()) + 1 if word[:3].lower() in MONTHS else 0
