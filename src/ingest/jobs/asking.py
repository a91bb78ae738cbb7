"""Candidates asked and read: what a feed, a sitemap, a page answers, as values that can be ranked.

Which are asked, and in which order, is decided elsewhere.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from ingest.catalogue import feed_id
from ingest.discover.candidates import Candidate
from ingest.discover.charset import decode as decode_feed
from ingest.discover.feed import read_feed
from ingest.discover.home import HomePage, read_home
from ingest.discover.publisher import title_of_feed
from ingest.discover.rank import Tested, audio_count
from ingest.discover.section import read_section
from ingest.discover.sitemap import read_sitemap
from ingest.extract.charset import decode as decode_page
from ingest.fetch.response import Response
from ingest.jobs.by_hand import NOBODY
from ingest.jobs.look_around import REQUEST_LIMIT, LookAround
from ingest.jobs.manners import ACCEPTS
from ingest.jobs.reading import Given, given_of
from ingest.log import Progress
from ingest.records import Feed
from ingest.settings import Settings

SITEMAP_WINDOW = timedelta(days=30)  # what is older says nothing of how fresh a sitemap is
HTML = "an HTML page"


class Asking:
    """Candidates asked and read, one after the other."""

    def __init__(self, settings: Settings, look: LookAround, now: datetime, progress: Progress) -> None:
        self.now = now
        self.look = look
        self._settings = settings
        self._progress = progress
        self._html: dict[str, Response] = {}

    def one(self, candidate: Candidate) -> Tested | None:
        """None where it was not asked: it was before, or no request is left."""
        response = self.look.get(candidate.url, ACCEPTS[candidate.kind], asks_robots=candidate.found_by == "usual path")
        self._progress("addresses asked", self.look.request_count, REQUEST_LIMIT)
        if response is None:
            return None
        if response.outcome != "ok":
            return Tested(candidate=candidate, outcome=response.outcome, detail=response.detail)
        tested = self.read(candidate, response)
        if tested.outcome != "ok":
            tested = replace(tested, candidate=candidate)  # it moved, but to nothing that could be polled
        if tested.outcome != "ok" and (tested.detail or "").startswith(HTML):
            self._html[candidate.url] = response
        return tested

    def all(self, wanted: Iterable[Candidate]) -> list[Tested]:
        answers = (self.one(candidate) for candidate in wanted)
        return [answer for answer in answers if answer is not None]

    def page(self, url: str) -> HomePage | None:
        """The web page that a candidate turned out to be."""
        response = self._html.get(url)
        return read_page(response) if response else None

    def read(self, candidate: Candidate, response: Response) -> Tested:
        """The answer as what it should be; under the address that it has moved to for good."""
        url = response.moved_to or candidate.url
        candidate = replace(candidate, url=url)
        feed = Feed(feed_id=feed_id(url), source_id="try", url=url, feed_kind=candidate.kind)
        if candidate.kind == "sitemap":
            return self._read_sitemap(candidate, feed, response)
        reading = read_feed(response.body, **self._given(response, feed))
        title = candidate.title
        if reading.outcome == "ok" and not title:
            title = title_of_feed(decode_feed(response.body, response.http_charset))
        return Tested(
            candidate=replace(candidate, title=title),
            outcome=reading.outcome,
            detail=reading.detail,
            route=reading.parse_route,
            entries=reading.entries,
            listed_count=len(reading.entries) + reading.unlinked_count,
            audio_count=audio_count(response.body),
        )

    def _read_sitemap(self, candidate: Candidate, feed: Feed, response: Response) -> Tested:
        reading = read_sitemap(
            response.body,
            since=self.now - SITEMAP_WINDOW,
            limit_bytes=self._settings.sitemap_limit_bytes,
            **self._given(response, feed),
        )
        return Tested(
            candidate=candidate,
            outcome=reading.outcome,
            detail=reading.detail,
            route=reading.parse_route,
            entries=reading.entries,
            children=tuple(child.url for child in reading.children),
            listed_count=max(reading.listed_count, len(reading.children)),
        )

    def section(self, url: str, response: Response) -> Tested:
        """A page as a listing of articles."""
        feed = Feed(feed_id=feed_id(url), source_id="try", url=url, feed_kind="section")
        reading = read_section(response.body, selector=None, **self._given(response, feed))
        return Tested(
            candidate=Candidate(url=url, kind="section", found_by="given"),
            outcome=reading.outcome,
            detail=reading.detail,
            entries=reading.entries,
            listed_count=len(reading.entries),
        )

    def _given(self, response: Response, feed: Feed) -> Given:
        return given_of(response, feed, poll_id=NOBODY, listed_at=self.now)


def read_page(response: Response) -> HomePage:
    return read_home(decode_page(response.body, response.http_charset), response.final_url)
