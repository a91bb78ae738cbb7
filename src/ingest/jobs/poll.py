"""Poll feeds: fetch conditionally, read, keep what is new. Which pages are fetched then is decided elsewhere."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from uuid import uuid4

from ingest.discover.feed import FeedReading, read_feed
from ingest.fetch.client import Client
from ingest.fetch.pace import in_turn
from ingest.fetch.response import Response
from ingest.log import Progress
from ingest.records import Entry, Feed, FeedState, Outcome, Poll, Source
from ingest.rules.timetable import next_poll_at
from ingest.rules.url import host
from ingest.settings import Settings
from ingest.warehouse.state import CrawlState

DueFeed = tuple[Source, Feed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """A poll and those of its entries that are new or say something new."""

    poll: Poll
    entries: tuple[Entry, ...]


def poll_feeds(
    due: Sequence[DueFeed],
    past: Mapping[str, FeedState],
    *,
    state: CrawlState,
    client: Client,
    settings: Settings,
    progress: Progress,
) -> list[Polled]:
    """One Polled a feed that was visited; feeds of a host that asks us to wait meanwhile stay due."""
    waiting: set[str] = set()

    def fetch(due_feed: DueFeed) -> Response | None:
        _, feed = due_feed
        if host(feed.url) in waiting:
            return None
        before = past.get(feed.feed_id)
        response = client.get(
            feed.url,
            limit_bytes=settings.feed_limit_bytes,
            etag=before.etag if before else None,
            last_modified=before.last_modified if before else None,
            accept="feed",
        )
        if response.not_before_at:
            waiting.add(host(feed.url))
        return response

    answers = in_turn(
        due,
        fetch,
        host_of=lambda due_feed: host(due_feed[1].url),
        delay_s_of=lambda due_feed: 0.0 if host(due_feed[1].url) in waiting else due_feed[0].host_delay_s,
        threads=settings.fetch_threads,
    )
    polled = []
    with closing(answers):
        for done, ((source, feed), response) in enumerate(answers, start=1):
            progress("feeds polled", done, len(due))
            if response is not None:
                polled.append(_polled(source, feed, response, past.get(feed.feed_id)))
    return _with_what_is_new(polled, state)


def _polled(source: Source, feed: Feed, response: Response, before: FeedState | None) -> Polled:
    """The poll with all that the feed lists; what of it is new is asked later, and the body is let go here."""
    poll_id = str(uuid4())
    is_same = response.body_hash is not None and before is not None and response.body_hash == before.body_hash
    reading = _read(feed, response, poll_id) if response.outcome == "ok" and not is_same else None
    outcome: Outcome = reading.outcome if reading else "not_modified" if response.outcome == "ok" else response.outcome
    held: Response | FeedState | None = response if outcome == "ok" else before
    return Polled(
        entries=reading.entries if reading else (),
        poll=Poll(
            poll_id=poll_id,
            source_id=source.source_id,
            feed_id=feed.feed_id,
            feed_kind=feed.feed_kind,
            host=host(feed.url),
            url=feed.url,
            final_url=response.final_url,
            polled_at=response.fetched_at,
            outcome=outcome,
            detail=reading.detail if reading else response.detail,
            http_status=response.http_status,
            etag=held.etag if held else None,
            last_modified=held.last_modified if held else None,
            body_hash=held.body_hash if held else None,
            body_bytes=len(response.body),
            elapsed_ms=response.elapsed_ms,
            parse_route=reading.parse_route if reading else None,
            entry_count=len(reading.entries) + reading.unlinked_count if reading else 0,
            recorded_count=0,
            unlinked_count=reading.unlinked_count if reading else 0,
            not_before_at=response.not_before_at,
            next_poll_at=next_poll_at(
                source,
                outcome,
                http_status=response.http_status,
                now=response.fetched_at,
                previous_pause_s=_pause_s(before),
                not_before_at=response.not_before_at,
            ),
        ),
    )


def _with_what_is_new(polled: Sequence[Polled], state: CrawlState) -> list[Polled]:
    """Each poll with its new entries alone. One question for all: its answer looks at every entry ever listed."""
    said = [(number, entry) for number, one in enumerate(polled) for entry in one.entries]
    news: dict[int, list[Entry]] = {}
    for position in sorted(state.news([(entry.feed_id, entry.entry_id, entry.entry_hash) for _, entry in said])):
        number, entry = said[position]
        news.setdefault(number, []).append(entry)
    return [
        Polled(poll=replace(one.poll, recorded_count=len(news.get(number, ()))), entries=tuple(news.get(number, ())))
        for number, one in enumerate(polled)
    ]


def _read(feed: Feed, response: Response, poll_id: str) -> FeedReading:
    return read_feed(
        response.body,
        feed=feed,
        poll_id=poll_id,
        listed_at=response.fetched_at,
        base_url=response.final_url or feed.url,
        http_charset=response.http_charset,
    )


def _pause_s(before: FeedState | None) -> float | None:
    """The pause that the last poll set, if that poll failed: failures in a row make a feed slower."""
    if before is None or before.outcome in ("ok", "not_modified"):
        return None
    return (before.next_poll_at - before.polled_at).total_seconds()
