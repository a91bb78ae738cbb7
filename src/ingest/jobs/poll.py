"""Poll feeds: fetch conditionally, read, keep what is new. Which pages are fetched then is decided elsewhere."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from ingest.catalogue import feed_id
from ingest.crawl_state import FeedState
from ingest.fetch.pace import Again, in_turn
from ingest.fetch.response import Response
from ingest.jobs.manners import ACCEPTS, Manners, own_wait
from ingest.jobs.reading import Reading, read
from ingest.log import Progress
from ingest.records import Entry, Feed, Outcome, Poll
from ingest.rules.arrivals import Sighting
from ingest.rules.course import course_after
from ingest.rules.due import DueFeed, due_feed
from ingest.rules.erasure import is_by
from ingest.rules.ladder import ANSWERED
from ingest.rules.sitemap import DEPTH_LIMIT, MOST_A_RUN, Child, children_to_poll
from ingest.rules.url import host
from ingest.settings import Settings
from ingest.warehouse.state import CrawlState

SITEMAPS_AT_ONCE = 4
# Of a crawl's time; what is left waits for the next, so that articles are fetched in each.
POLLS_SHARE, SITEMAPS_SHARE = 1 / 2, 1 / 3
ENTRIES_MOST = 200_000  # of sitemaps held at once, about 400 MB; what is left waits for the next run
PUT_OFF = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """A poll and those of its entries that are new or say something new."""

    poll: Poll
    entries: tuple[Entry, ...]


class _Validators(NamedTuple):
    etag: str | None
    last_modified: str | None
    body_hash: str | None


NO_VALIDATORS = _Validators(None, None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Below:
    """Sitemaps below an index: those asked in this run, how many wait for a later one, and all it lists, new or known."""

    chosen: tuple[DueFeed, ...]
    left_count: int
    sightings: tuple[Sighting, ...]


NOTHING_BELOW = _Below(chosen=(), left_count=0, sightings=())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """A visit to a feed, its body read and let go."""

    due: DueFeed
    poll_id: str
    outcome: Outcome
    response: Response  # its body is gone
    body_bytes: int
    body_hash: str | None
    reading: Reading | None
    below: _Below = NOTHING_BELOW


def poll_feeds(
    due: Sequence[DueFeed],
    past: Mapping[str, FeedState],
    *,
    state: CrawlState,
    manners: Manners,
    settings: Settings,
    progress: Progress,
) -> list[Polled]:
    """One Polled a feed that was visited, sitemaps below an index included; feeds of a host that asks us to wait stay due."""
    poller = _Poller(manners, settings, progress)
    heard: list[_Heard] = []
    wave = list(due)
    met = {one.feed.feed_id for one in due}
    for _ in range(DEPTH_LIMIT):
        answers = poller.wave(wave)
        heard = _with_put_off(heard, wave, answers)
        wave = []
        for one in answers:
            below = _below(one, past, met)
            wave += below.chosen
            met |= {child.feed.feed_id for child in below.chosen}
            heard.append(replace(one, below=below))
        if not wave:
            break
    return _with_what_is_new(_with_put_off(heard, wave, []), state)


class _Poller:
    """Visits feeds, wave after wave, within one bound of time and one of entries for all of them."""

    def __init__(self, manners: Manners, settings: Settings, progress: Progress) -> None:
        self._manners = manners
        self._settings = settings
        self._progress = progress
        self._began_s = time.monotonic()
        self._entry_count = 0

    def wave(self, due: Sequence[DueFeed]) -> list[_Heard]:
        """Sitemaps come last, few at a time: each may be 50 MB."""
        sitemaps = [one for one in due if one.feed.feed_kind == "sitemap"]
        others = [one for one in due if one.feed.feed_kind != "sitemap"]
        threads = self._settings.fetch_threads
        heard = self._heard_of(others, threads=threads, share=POLLS_SHARE)
        return heard + self._heard_of(sitemaps, threads=min(SITEMAPS_AT_ONCE, threads), share=SITEMAPS_SHARE)

    def _heard_of(self, due: Sequence[DueFeed], *, threads: int, share: float) -> list[_Heard]:
        until_s = self._began_s + share * self._settings.crawl_time_s

        def put_off(one: DueFeed, wait_s: float) -> bool | None:
            is_late = time.monotonic() + wait_s > until_s
            is_full = self._entry_count > ENTRIES_MOST
            return PUT_OFF if is_late or is_full or self._manners.is_put_off(one.url, wait_s) else None

        visits = in_turn(
            due,
            self._visit,
            host_of=lambda one: host(one.url),
            delay_s_of=lambda one: self._manners.rest_s(one.source, one.url),
            put_off=put_off,
            threads=threads,
            leases=self._manners.leases,
        )
        heard = []
        with closing(visits):
            for done, (_, one) in enumerate(visits, start=1):
                self._progress("feeds polled", done, len(due))
                if isinstance(one, _Heard):
                    heard.append(one)
                    self._entry_count += len(one.reading.entries) if one.reading else 0
        return heard

    def _visit(self, one: DueFeed) -> _Heard | bool | Again:
        """Bodies are read where they arrive, and let go: none waits in a queue."""
        before = one.before if one.is_conditional else None
        visited = self._manners.visit(
            one.source,
            one.url,
            accept=ACCEPTS[one.feed.feed_kind],
            etag=before.etag if before else None,
            last_modified=before.last_modified if before else None,
        )
        if isinstance(visited, Again):
            return visited
        return _heard(one, visited.response, self._settings) if visited.response else PUT_OFF


def _heard(due: DueFeed, response: Response, settings: Settings) -> _Heard:
    poll_id = str(uuid4())
    before, body_hash = due.before, response.body_hash
    is_same = body_hash is not None and before is not None and body_hash == before.body_hash
    is_news = response.outcome == "ok" and (due.gap_at is not None or not is_same)
    reading = read(due, response, poll_id=poll_id, settings=settings) if is_news else None
    outcome: Outcome = reading.outcome if reading else "not_modified" if response.outcome == "ok" else response.outcome
    return _Heard(
        due=due,
        poll_id=poll_id,
        outcome=outcome,
        response=replace(response, body=b""),
        body_bytes=len(response.body),
        body_hash=body_hash,
        reading=reading,
    )


def _below(one: _Heard, past: Mapping[str, FeedState], met: set[str]) -> _Below:
    """What is done in this run with the sitemaps that an index lists."""
    if one.reading is None or one.due.since_at is None or not one.reading.children:
        return NOTHING_BELOW
    now, gap_at = one.response.fetched_at, one.due.gap_at
    # for a gap everything is read that was not read since; what is known of it does not count
    known = past if gap_at is None else {key: state for key, state in past.items() if _was_read(state, gap_at)}
    chosen_by_rule = children_to_poll(one.reading.children, known, since=one.due.since_at, now=now)
    wanted = [child for child in chosen_by_rule if feed_id(child.url) not in met]
    chosen = tuple(_child(one.due, child, past, now) for child in wanted[:MOST_A_RUN])
    kept = len(one.reading.children) - len(wanted)
    return _Below(
        chosen=chosen,
        left_count=len(wanted) - len(chosen),
        sightings=(*[Sighting(False, child.lastmod_at) for child in wanted], *[Sighting(True, None)] * kept),
    )


def _was_read(state: FeedState, gap_at: datetime) -> bool:
    return state.read_at is not None and state.read_at > gap_at


def _child(index: DueFeed, child: Child, past: Mapping[str, FeedState], now: datetime) -> DueFeed:
    """A sitemap below an index looks back as far as the index does."""
    feed = Feed(feed_id=feed_id(child.url), source_id=index.source.source_id, url=child.url, feed_kind="sitemap")
    due = due_feed(index.source, feed, past.get(feed.feed_id), gap=None, now=now)
    return replace(
        due,
        since_at=min(one for one in (due.since_at, index.since_at) if one),
        gap_at=index.gap_at,
        is_conditional=due.is_conditional and index.gap_at is None,
        parent_feed_id=index.feed.feed_id,
        lastmod_at=child.lastmod_at,
    )


def _with_put_off(heard: Sequence[_Heard], wave: Sequence[DueFeed], answers: Sequence[_Heard]) -> list[_Heard]:
    """Sitemaps that were put off wait for a later run too: their index was not read to its end."""
    put_off = Counter(one.parent_feed_id for one in wave)
    put_off.subtract(one.due.parent_feed_id for one in answers)
    return [
        replace(one, below=replace(one.below, left_count=one.below.left_count + put_off[one.due.feed.feed_id]))
        for one in heard
    ]


def _with_what_is_new(heard: Sequence[_Heard], state: CrawlState) -> list[Polled]:
    """Each poll with its new entries alone. One question for all: its answer looks at every entry ever listed."""
    said = [
        (number, entry) for number, one in enumerate(heard) for entry in (one.reading.entries if one.reading else ())
    ]
    seen = state.seen([(entry.feed_id, entry.entry_id, entry.entry_hash) for _, entry in said])
    erased = _erased([entry for _, entry in said], state)
    sightings: dict[int, list[Sighting]] = {}
    news: dict[int, list[Entry]] = {}
    left_out = Counter(said[position][0] for position in erased)
    for position, (number, entry) in enumerate(said):
        # what is erased was known: that it is listed still is no sign of a gap, nor of many arrivals
        sightings.setdefault(number, []).append(Sighting(position in seen or position in erased, entry.published_at))
        if position not in erased and not seen.get(position, False):
            news.setdefault(number, []).append(entry)
    return [
        Polled(
            poll=_poll(one, sightings.get(number, []), len(news.get(number, ())), left_out[number]),
            entries=tuple(news.get(number, ())),
        )
        for number, one in enumerate(heard)
    ]


def _erased(entries: Sequence[Entry], state: CrawlState) -> set[int]:
    """Positions of entries that must not come back: by themselves, with their source, or with an author whom they name."""
    erased = state.erased([(entry.entry_id, entry.source_id) for entry in entries])
    if authors := state.erased_authors():
        erased |= {place for place, one in enumerate(entries) if is_by(one.authors, one.source_id, authors)}
    return erased


def _poll(one: _Heard, listing: Sequence[Sighting], recorded_count: int, erased_count: int) -> Poll:
    due, response, reading = one.due, one.response, one.reading
    is_whole = one.below.left_count == 0
    told_s = response.fresh_s if response.fresh_s is not None else reading.refresh_s if reading else None
    course = course_after(
        due,
        one.outcome,
        http_status=response.http_status,
        listing=listing,
        below=one.below.sightings,
        is_whole=is_whole,
        told_s=told_s,
        elapsed_ms=response.elapsed_ms,
        moved_to=response.moved_to,
        now=response.fetched_at,
        not_before_at=response.not_before_at,
    )
    held = _held(one) if is_whole else NO_VALIDATORS  # an index that was not read to its end comes whole again
    unlinked_count = reading.unlinked_count if reading else 0
    outside_count = reading.outside_count if reading else 0
    left = f"{one.below.left_count} more sitemaps wait for the next run" if one.below.left_count else None
    return Poll(
        poll_id=one.poll_id,
        source_id=due.source.source_id,
        feed_id=due.feed.feed_id,
        feed_kind=due.feed.feed_kind,
        host=host(due.url),
        feed_url=due.feed.url,
        url=due.url,
        final_url=response.final_url,
        parent_feed_id=due.parent_feed_id,
        polled_at=response.fetched_at,
        outcome=one.outcome,
        detail=(reading.detail if reading else response.detail) or left,
        http_status=response.http_status,
        is_conditional=due.is_conditional,
        is_tls_verified=response.is_tls_verified,
        etag=held.etag,
        last_modified=held.last_modified,
        body_hash=held.body_hash,
        body_bytes=one.body_bytes,
        elapsed_ms=response.elapsed_ms,
        parse_route=reading.parse_route if reading else None,
        entry_count=len(listing) + unlinked_count + outside_count,
        recorded_count=recorded_count,
        unlinked_count=unlinked_count,
        outside_count=outside_count,
        known_count=sum(sighting.is_known for sighting in listing),
        erased_count=erased_count,
        gap_from_at=course.gap_from_at,
        lastmod_at=due.lastmod_at,
        answered_at=course.answered_at,
        read_at=course.read_at,
        full_at=course.full_at,
        since_at=due.since_at,
        window_count=course.window_count,
        arrivals_per_day=course.arrivals_per_day,
        failure_count=course.failure_count,
        is_retired=course.is_retired,
        not_before_at=own_wait(response),
        next_poll_at=course.next_poll_at,
        next_url=course.next_url,
    )


def _held(one: _Heard) -> _Validators:
    """Validators of the body that we hold: of this answer, also where its body was the one we have, else of the last."""
    before, response = one.due.before, one.response
    if response.outcome == "ok" and one.outcome in ANSWERED:
        return _Validators(response.etag, response.last_modified, one.body_hash)
    return _Validators(before.etag, before.last_modified, before.body_hash) if before else NO_VALIDATORS
