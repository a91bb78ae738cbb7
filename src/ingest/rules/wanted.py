"""What a backfill request wants: whose an address is, and on which day something found counts. Nothing is read here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ingest.history import Found, Request
from ingest.records import Source
from ingest.rules.moment import read_moment
from ingest.rules.past_days import Days, named_days, path_days
from ingest.rules.url import as_found, host, is_home, registrable

AHEAD = timedelta(hours=1)  # of clocks that are a little fast


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which addresses a request wants; `site_owners`: publishers' sites -> source_id."""

    site_owners: dict[str, str]
    hosts: tuple[str, ...]
    pattern: re.Pattern[str] | None
    _by_host: dict[str, str | None] = field(default_factory=dict)

    def source_of(self, url: str) -> str | None:
        """The source that an address belongs to; None where it is not wanted."""
        try:
            place = host(url)
        except ValueError:
            return None
        if place not in self._by_host:
            is_asked = not self.hosts or any(place == one or place.endswith(f".{one}") for one in self.hosts)
            self._by_host[place] = self.site_owners.get(_site(place)) if is_asked else None
        source_id = self._by_host[place]
        return source_id if source_id and (self.pattern is None or self.pattern.search(url)) else None

    def is_wanted(self, url: str) -> bool:
        return self.source_of(url) is not None


def wanted_of(request: Request, sources: Sequence[Source]) -> Wanted:
    """`sources`: those that the request is for. A site of two of them belongs to the one whose home is there."""
    owners: dict[str, str] = {}
    for source in sources:
        owners.setdefault(_site(host(source.home_url)), source.source_id)
    for source in sources:
        for feed in source.feeds:
            owners.setdefault(_site(host(feed.url)), source.source_id)
    return Wanted(
        site_owners=owners,
        hosts=request.hosts,
        pattern=re.compile(request.url_pattern) if request.url_pattern else None,
    )


def address(url: str) -> str | None:
    """An address as it is fetched; None for what is none, or a front page."""
    found = as_found(url)
    return None if found is None or is_home(found) else found


def days_of(request: Request) -> Days:
    return Days(from_on=request.from_on, to_on=request.to_on)


def counted_on(
    found: Found, url: str, request: Request, *, part_on: date | None, part_address: str, now: datetime
) -> date | None:
    """The day (UTC) that something found counts for; None if it is outside of what was asked for.

    By the first of these that is given: the date that the input tells of publication, that of the capture, the day in the
    address, the last change, the month in the address, the day of its file, the days in that file's name. What has none
    counts for the last day, since it may be of any. A capture of tomorrow is none: it would stand before all of today's.
    """
    if found.captured_at and found.captured_at > now + AHEAD:
        return None
    if found.published_raw and (published := read_moment(found.published_raw, now=found.captured_at or now)):
        return _within(published.at.date(), request)
    if found.captured_at:
        return _within(found.captured_at.date(), request)
    named = path_days(url, now=now)
    if named and named.from_on == named.to_on:
        return _within(named.to_on, request)
    if found.modified_raw and (modified := read_moment(found.modified_raw, now=now)):
        return _within(modified.at.date(), request)
    if not named and part_on:
        return _within(part_on, request)
    span = named or named_days(part_address, now=now)
    if span is None:
        return request.to_on
    return min(span.to_on, request.to_on) if span.from_on <= request.to_on and span.to_on >= request.from_on else None


def _within(day: date, request: Request) -> date | None:
    return day if request.from_on <= day <= request.to_on else None


def _site(place: str) -> str:
    return registrable(place.rpartition(":")[0] or place) or place
