"""Poll feeds: fetch conditionally, read, keep what is new. What is fetched of it is decided elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    past: dict[str, FeedState],
    *,
    state: CrawlState,
    client: Client,
    settings: Settings,
    progress: Progress,
) -> Iterator[Polled]:
    """One Polled a feed, in the order in which they answer."""

    def fetch(due_feed: DueFeed) -> Response:
        before = past.get(due_feed[1].feed_id)
        return client.get(
            due_feed[1].url,
            limit_bytes=settings.feed_limit_bytes,
            etag=before.etag if before else None,
            last_modified=before.last_modified if before else None,
            accept="feed",
        )

    answers = in_turn(
        due,
        fetch,
        host_of=lambda due_feed: host(due_feed[1].url),
        delay_s_of=lambda due_feed: due_feed[0].host_delay_s,
        threads=settings.fetch_threads,
    )
    for done, ((source, feed), response) in enumerate(answers, start=1):
        progress("feeds polled", done, len(due))
        yield _polled(source, feed, response, past.get(feed.feed_id), state)


def _polled(source: Source, feed: Feed, response: Response, before: FeedState | None, state: CrawlState) -> Polled:
    poll_id = str(uuid4())
    unchanged = response.outcome == "ok" and before is not None and response.body_hash == before.body_hash
    reading = _read(feed, response, poll_id) if response.outcome == "ok" and not unchanged else None
    outcome: Outcome = "not_modified" if unchanged else reading.outcome if reading else response.outcome
    said = [(entry.feed_id, entry.entry_id, entry.entry_hash) for entry in reading.entries] if reading else []
    new = state.news(said) if said else set()
    entries = tuple(entry for at, entry in enumerate(reading.entries) if at in new) if reading else ()
    brought = outcome == "ok"
    return Polled(
        entries=entries,
        poll=Poll(
            poll_id=poll_id,
            source_id=source.source_id,
            feed_id=feed.feed_id,
            feed_kind=feed.feed_kind,
            url=feed.url,
            final_url=response.final_url,
            polled_at=response.fetched_at,
            outcome=outcome,
            detail=reading.detail if reading else response.detail,
            http_status=response.http_status,
            etag=response.etag if brought else before.etag if before else None,
            last_modified=response.last_modified if brought else before.last_modified if before else None,
            body_hash=response.body_hash if brought else before.body_hash if before else None,
            body_bytes=len(response.body),
            elapsed_ms=response.elapsed_ms,
            parse_route=reading.parse_route if reading else None,
            entry_count=len(reading.entries) + reading.unlinked_count if reading else 0,
            recorded_count=len(entries),
            unlinked_count=reading.unlinked_count if reading else 0,
            not_before_at=response.not_before_at,
            next_poll_at=next_poll_at(
                source,
                outcome,
                now=response.fetched_at,
                previous_pause_s=_pause_s(before),
                not_before_at=response.not_before_at,
            ),
        ),
    )


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
