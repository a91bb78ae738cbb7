"""Poll feeds: fetch conditionally, read, keep what is new. Which pages are fetched then is decided elsewhere."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from uuid import uuid4

from ingest.catalogue import feed_id
from ingest.fetch.answer import Accept
from ingest.fetch.pace import Again, in_turn
from ingest.fetch.response import Response
from ingest.jobs.manners import PUT_OFF, Manners, Visited
from ingest.jobs.reading import Reading, read
from ingest.log import Progress
from ingest.records import Entry, Feed, FeedKind, FeedState, Outcome, Poll
from ingest.rules.arrivals import Sighting
from ingest.rules.course import course_after
from ingest.rules.due import DueFeed, due_feed
from ingest.rules.sitemap import DEPTH_LIMIT, MOST_A_RUN, children_to_poll
from ingest.rules.url import host
from ingest.settings import Settings
from ingest.warehouse.state import CrawlState

ACCEPTS: dict[FeedKind, Accept] = {"feed": "feed", "archive": "feed", "sitemap": "sitemap", "section": "section"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """A poll and those of its entries that are new or say something new."""

    poll: Poll
    entries: tuple[Entry, ...]


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
    children_left: int = 0  # sitemaps of this index that wait for a later run


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
    heard: list[_Heard] = []
    wave = list(due)
    met = {one.feed.feed_id for one in due}
    for _ in range(DEPTH_LIMIT):
        answers = _wave(wave, manners, settings, progress)
        wave = []
        for one in answers:
            chosen, left = _below(one, past, met)
            wave += chosen
            met |= {child.feed.feed_id for child in chosen}
            heard.append(replace(one, children_left=left))
        if not wave:
            break
    return _with_what_is_new(heard, state)


def _wave(due: Sequence[DueFeed], manners: Manners, settings: Settings, progress: Progress) -> list[_Heard]:
    def visit(one: DueFeed) -> Visited | Again:
        before = one.before if one.is_conditional else None
        return manners.visit(
            one.source,
            one.url,
            accept=ACCEPTS[one.feed.feed_kind],
            limit_bytes=settings.sitemap_limit_bytes if one.feed.feed_kind == "sitemap" else settings.feed_limit_bytes,
            etag=before.etag if before else None,
            last_modified=before.last_modified if before else None,
        )

    visits = in_turn(
        due,
        visit,
        host_of=lambda one: host(one.url),
        delay_s_of=lambda one: manners.rest_s(one.source, one.url),
        put_off=lambda one, wait_s: PUT_OFF if manners.is_put_off(one.url, wait_s) else None,
        threads=settings.fetch_threads,
        leases=manners.leases,
    )
    heard = []
    with closing(visits):
        for done, (one, visited) in enumerate(visits, start=1):
            progress("feeds polled", done, len(due))
            if visited.response is not None:
                heard.append(_heard(one, visited.response, settings))
    return heard


def _heard(due: DueFeed, response: Response, settings: Settings) -> _Heard:
    poll_id = str(uuid4())
    before = due.before
    is_same = response.body_hash is not None and before is not None and response.body_hash == before.body_hash
    is_news = response.outcome == "ok" and (due.is_refill or not is_same)
    reading = read(due, response, poll_id=poll_id, settings=settings) if is_news else None
    outcome: Outcome = reading.outcome if reading else "not_modified" if response.outcome == "ok" else response.outcome
    return _Heard(
        due=due,
        poll_id=poll_id,
        outcome=outcome,
        response=replace(response, body=b""),
        body_bytes=len(response.body),
        body_hash=response.body_hash,
        reading=reading,
    )


def _below(one: _Heard, past: Mapping[str, FeedState], met: set[str]) -> tuple[list[DueFeed], int]:
    """Sitemaps that an index lists and that are read in this run, and how many more wait for the next."""
    if one.reading is None or one.due.since_at is None:
        return [], 0
    children = [child for child in one.reading.children if feed_id(child.url) not in met]
    now = one.response.fetched_at
    wanted = children_to_poll(
        children,
        {} if one.due.is_refill else past,
        since=one.due.since_at,
        now=now,
        most=len(children),
    )
    chosen = []
    for child in wanted[:MOST_A_RUN]:
        feed = Feed(feed_id=feed_id(child.url), source_id=one.due.source.source_id, url=child.url, feed_kind="sitemap")
        below = due_feed(one.due.source, feed, past.get(feed.feed_id), gap_from_at=None, now=now)
        since_at = min(below.since_at or one.due.since_at, one.due.since_at)
        chosen.append(
            replace(
                below,
                since_at=since_at,
                is_refill=one.due.is_refill,
                is_conditional=below.is_conditional and not one.due.is_refill,
                parent_feed_id=one.due.feed.feed_id,
                lastmod_at=child.lastmod_at,
            )
        )
    return chosen, len(wanted) - len(chosen)


def _with_what_is_new(heard: Sequence[_Heard], state: CrawlState) -> list[Polled]:
    """Each poll with its new entries alone. One question for all: its answer looks at every entry ever listed."""
    said = [
        (number, entry) for number, one in enumerate(heard) for entry in (one.reading.entries if one.reading else ())
    ]
    seen = state.seen([(entry.feed_id, entry.entry_id, entry.entry_hash) for _, entry in said])
    sightings: dict[int, list[Sighting]] = {}
    news: dict[int, list[Entry]] = {}
    for position, (number, entry) in enumerate(said):
        sightings.setdefault(number, []).append(Sighting(position in seen, entry.published_at))
        if not seen.get(position, False):
            news.setdefault(number, []).append(entry)
    return [
        Polled(
            poll=_poll(one, sightings.get(number, []), len(news.get(number, ()))), entries=tuple(news.get(number, ()))
        )
        for number, one in enumerate(heard)
    ]


def _poll(one: _Heard, listing: Sequence[Sighting], recorded_count: int) -> Poll:
    due, response, reading = one.due, one.response, one.reading
    is_whole = one.children_left == 0
    told_s = response.fresh_s if response.fresh_s is not None else reading.refresh_s if reading else None
    course = course_after(
        due,
        one.outcome,
        http_status=response.http_status,
        listing=listing,
        is_whole=is_whole,
        told_s=told_s,
        elapsed_ms=response.elapsed_ms,
        moved_to=response.moved_to,
        now=response.fetched_at,
        not_before_at=response.not_before_at,
    )
    # validators of the body that we hold; of an index that was not read to its end we hold none, so that it comes whole
    etag, last_modified, body_hash = (
        (response.etag, response.last_modified, one.body_hash)
        if one.outcome == "ok"
        else (due.before.etag, due.before.last_modified, due.before.body_hash)
        if due.before
        else (None, None, None)
    )
    unlinked_count = reading.unlinked_count if reading else 0
    outside_count = reading.outside_count if reading else 0
    left = f"{one.children_left} more sitemaps wait for the next run" if one.children_left else None
    return Poll(
        poll_id=one.poll_id,
        source_id=due.source.source_id,
        feed_id=due.feed.feed_id,
        feed_kind=due.feed.feed_kind,
        host=host(due.url),
        url=due.url,
        final_url=response.final_url,
        parent_feed_id=due.parent_feed_id,
        polled_at=response.fetched_at,
        outcome=one.outcome,
        detail=(reading.detail if reading else response.detail) or left,
        http_status=response.http_status,
        is_conditional=due.is_conditional,
        is_tls_verified=response.is_tls_verified,
        etag=etag if is_whole else None,
        last_modified=last_modified if is_whole else None,
        body_hash=body_hash if is_whole else None,
        body_bytes=one.body_bytes,
        elapsed_ms=response.elapsed_ms,
        parse_route=reading.parse_route if reading else None,
        entry_count=len(listing) + unlinked_count + outside_count,
        recorded_count=recorded_count,
        unlinked_count=unlinked_count,
        outside_count=outside_count,
        known_count=sum(sighting.is_known for sighting in listing),
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
        not_before_at=response.not_before_at,
        next_poll_at=course.next_poll_at,
        next_url=course.next_url,
    )
