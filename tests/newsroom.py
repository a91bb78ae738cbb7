"""A fake with verbs: stages what a crawl would have staged, without a web. Times count up from a fixed morning."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from ingest.history import Listed, PartRead, Request
from ingest.records import (
    NOTHING,
    AlarmKind,
    Batch,
    BatchKind,
    Confirmation,
    Entry,
    Expected,
    Extraction,
    Fetch,
    Outcome,
    Poll,
    Rejection,
    RejectionReason,
    SourceSeen,
    Tombstone,
)
from ingest.rows import Row
from ingest.rules.alarm import opened
from ingest.rules.fingerprint import content_hash, word_count
from ingest.rules.ladder import next_retry_at
from ingest.rules.url import canonical, identity
from ingest.settings import Settings
from ingest.stage import batch as stage

MORNING = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
ARTICLE = replace(
    NOTHING, title="A headline", language="en", language_confidence=0.9, authors=("Ann Lee",), published_at=MORNING,
    published_offset_s=0, published_precision="second", published_evidence="json-ld", evidence={"title": "og"},
)  # fmt: skip


class Newsroom:
    """`.lists()`, `.reads()`, `.captures()`, `.rejects()`, `.fails()`, `.backfills()` gather rows; `.seals()` makes a batch.

    `.rereads()`, `.rerejects()`, `.confirms()` are what reprocessing says of a page that arrived in an earlier batch.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.now = MORNING
        self.extractor_version = "1"  # of the program that reads pages from now on
        self._count = 0
        self._said: dict[str, str] = {}  # the hash of the last verdict on a page
        self._rows: dict[str, list[Row]] = {}

    def lists(
        self,
        *urls: str,
        source_id: str = "daily",
        title: str = "A headline",
        published_at: datetime | None = None,
        **told: Any,
    ) -> None:
        """A poll of the source's feed that finds these addresses."""
        self._tick()
        poll_id = self._id()
        entries = [replace(self._entry(url, poll_id, source_id, title, published_at), **told) for url in urls]
        self.knows(source_id)
        poll = replace(self._poll(source_id), poll_id=poll_id, entry_count=len(entries), recorded_count=len(entries))
        self._add("poll", poll)
        for entry in entries:
            self._add("entry", entry)

    def knows(self, source_id: str) -> None:
        """A source of the catalogue, polled or not."""
        self._add("source", SourceSeen(
            source_id=source_id, name=source_id.title(), home_url=f"https://{source_id}.example/", country="IE", language="en",
            seen_at=self.now,
        ))  # fmt: skip

    def polls(self, *, source_id: str = "daily", **changes: Any) -> Poll:
        """A poll that brings no entry; `changes` say what it saw."""
        self._tick()
        poll = replace(self._poll(source_id), **changes)
        self._add("poll", poll)
        return poll

    def reads(self, url: str, text: str, *, source_id: str = "daily", **said: Any) -> Fetch:
        """A fetch that brought an article; `said` is what the page says beside its text."""
        fetch = replace(self._fetch(url, source_id, "ok"), body_hash="b")
        self._add("fetch", fetch)
        self.rereads(fetch, text, **said)
        return fetch

    def captures(self, url: str, text: str, *, at: datetime, source_id: str = "daily", **said: Any) -> Fetch:
        """A page out of an archive, which captured it at a moment of its own."""
        fetch = replace(self._fetch(url, source_id, "ok"), body_hash="b", capture_address="/archive.warc.gz")
        fetch = replace(fetch, fetched_at=at, modified_at=at, ingested_at=self.now, feed_id=f"warc:{source_id}")
        self._add("fetch", fetch)
        self.rereads(fetch, text, **said)
        return fetch

    def rereads(
        self,
        fetch: Fetch,
        text: str,
        *,
        canonical_url: str | None = None,
        rule_hash: str | None = None,
        **said: Any,
    ) -> None:
        """What the extractor says of a page that arrived."""
        key = canonical(canonical_url or fetch.url)
        given = asdict(replace(ARTICLE, **said))
        self._add("extraction", Extraction(
            **self._judged(fetch, f"{given}{text}{key}", rule_hash), **given, article_id=identity(key), canonical_url=key,
            canonical_evidence="rel-canonical", text=text, content_hash=content_hash(text), word_count=word_count(text),
            links=(),
        ))  # fmt: skip

    def rejects(self, url: str, reason: RejectionReason, *, source_id: str = "daily", **said: Any) -> Fetch:
        """A fetch that brought a page that is no article."""
        fetch = replace(self._fetch(url, source_id, "ok"), body_hash="b")
        self._add("fetch", fetch)
        self.rerejects(fetch, reason, **said)
        return fetch

    def rerejects(self, fetch: Fetch, reason: RejectionReason, **said: Any) -> None:
        """What the extractor says of a page that arrived, and is no article."""
        given = asdict(replace(NOTHING, **said))
        self._add("rejection", Rejection(
            **self._judged(fetch, f"{given}{reason}", None), **given, reason=reason, detail=None
        ))  # fmt: skip

    def confirms(self, fetch: Fetch, *, rule_hash: str | None = None) -> None:
        """What a later version of the extractor says word for word as an earlier one."""
        self._tick()
        self._add("confirmation", Confirmation(
            fetch_id=fetch.fetch_id, entry_id=fetch.entry_id, source_id=fetch.source_id, record_hash=self._said[fetch.fetch_id],
            extractor="ingest", extractor_version=self.extractor_version, rule_hash=rule_hash, confirmed_at=self.now,
        ))  # fmt: skip

    def fails(self, url: str, outcome: Outcome, *, source_id: str = "daily", **changes: Any) -> None:
        """A fetch that brought nothing; the next attempt is the ladder's."""
        fetch = replace(self._fetch(url, source_id, outcome), **changes)
        if fetch.purpose != "second_look" and "next_attempt_at" not in changes:
            next_attempt_at = next_retry_at(
                outcome, fetch.http_status, fetch.attempt, now=fetch.fetched_at, not_before_at=fetch.not_before_at
            )
            fetch = replace(fetch, next_attempt_at=next_attempt_at)
        self._add("fetch", fetch)

    def looks_again(self, url: str, *, source_id: str = "daily", **changes: Any) -> None:
        """A second look that found the page unchanged, by the validators of the page that we hold."""
        seen = replace(self._fetch(url, source_id, "not_modified"), purpose="second_look", etag='"1"', body_hash="b")
        self._add("fetch", replace(seen, **changes))

    def buries(self, url: str | None, *, source_id: str | None = None, author_hash: str | None = None) -> None:
        """A tombstone of an address, wherever it is listed; or a standing order by source or author."""
        self._tick()
        entry_id = identity(url) if url else None
        self._add("tombstone", Tombstone(
            tombstone_id=self._id(), order_id=self._id(), order_kind="url" if url else "author" if author_hash else "source",
            order_reason=None, source_id=source_id, entry_id=entry_id, article_id=entry_id, is_everywhere=True,
            author_hash=author_hash, carried_hashes=(), listed_at=None, erased_at=self.now,
        ))  # fmt: skip

    def alarms(
        self, kind: AlarmKind, *, source_id: str = "daily", since_at: datetime | None = None, is_over: bool = False
    ) -> None:
        """What the watch stages: an alarm that opens, and what the source was expected to bring today."""
        self._tick()
        alarm = opened(source_id, kind, "as told", since_at=since_at or self.now, now=self.now)
        self._add("alarm", replace(alarm, change="cleared", ended_at=alarm.since_at) if is_over else alarm)
        self._add("expected", Expected(
            source_id=source_id, expected_on=self.now.date(), hour_counts=(1.0,) * 24, learnt_at=self.now,
        ))  # fmt: skip

    def backfills(self, *urls: str, source_id: str = "daily") -> None:
        """A backfill of this day that is asked for, reads one list, and finds these addresses in it."""
        self._tick()
        request_id, part_id, today = self._id(), self._id(), self.now.date()
        self._add("request", Request(
            request_id=request_id, source_id=source_id, input_kind="list", input_address="/list.csv", from_on=today, to_on=today,
            hosts=(), url_pattern=None, asked_at=self.now,
        ))  # fmt: skip
        self._add("part", PartRead(
            part_id=part_id, request_id=request_id, part_address="/list.csv", part_on=None, position=len(urls), is_done=True,
            outcome="ok", detail=None, found_count=len(urls), outside_count=0, erased_count=0, unusable_count=0, fault_count=0,
            not_before_at=None, read_at=self.now,
        ))  # fmt: skip
        for url in urls:
            self._add("listed", Listed(
                request_id=request_id, part_id=part_id, entry_id=identity(url), source_id=source_id, counted_on=today,
                captured_at=None, capture_address=None, capture_offset=None, capture_length=None, capture_digest=None,
                was_held=False, listed_at=self.now,
            ))  # fmt: skip

    def seals(self) -> Batch:
        self._tick()
        if "alarm" in self._rows:
            return self._sealed("watch")
        if "tombstone" in self._rows:
            return self._sealed("erasure")
        kind: BatchKind = "listing" if "poll" in self._rows else "pages" if "fetch" in self._rows else "reprocess"
        return self._sealed(kind)

    def _sealed(self, kind: BatchKind) -> Batch:
        sealed = stage.seal(
            self.settings.stage, batch_kind=kind, rows=self._rows, now=self.now, token=f"{self._count:08x}"
        )
        self._rows = {}
        return sealed

    def _entry(self, url: str, poll_id: str, source_id: str, title: str, published_at: datetime | None) -> Entry:
        return Entry(
            entry_id=identity(url), entry_hash=f"{title}{published_at}", poll_id=poll_id, source_id=source_id,
            feed_id=f"{source_id}.example/feed", feed_kind="feed", listed_at=self.now, url=url,
            canonical_url=canonical(url), guid=None, title=title, summary=None, authors=(), tags=(), language=None,
            image_url=None, published_at=published_at, published_offset_s=None, published_precision=None,
            published_raw=None, modified_at=None, latitude=None, longitude=None,
        )  # fmt: skip

    def _poll(self, source_id: str) -> Poll:
        url = f"https://{source_id}.example/feed"
        return Poll(
            poll_id=self._id(), source_id=source_id, feed_id=f"{source_id}.example/feed", feed_kind="feed",
            host=f"{source_id}.example", feed_url=url, url=url, final_url=None, parent_feed_id=None,
            polled_at=self.now, outcome="ok", detail=None, http_status=200, is_conditional=False, is_tls_verified=None,
            etag=None, last_modified=None,
            body_hash=None, body_bytes=10, elapsed_ms=1, parse_route="strict", entry_count=0, recorded_count=0,
            unlinked_count=0, outside_count=0, known_count=0, erased_count=0, gap_from_at=None, lastmod_at=None,
            answered_at=self.now, read_at=self.now, full_at=self.now, since_at=None, window_count=20,
            arrivals_per_day=None, failure_count=0, is_retired=False, not_before_at=None,
            next_poll_at=self.now + timedelta(minutes=10), next_url=url,
        )  # fmt: skip

    def _fetch(self, url: str, source_id: str, outcome: Outcome) -> Fetch:
        self._tick()
        return Fetch(
            fetch_id=self._id(), entry_id=identity(url), source_id=source_id, feed_id=f"{source_id}.example/feed",
            purpose="new", attempt=1, host=f"{source_id}.example", url=url,
            final_url=url, modified_at=None, fetched_at=self.now, outcome=outcome, detail=None,
            http_status=200, content_type="text/html", etag=None, last_modified=None, body_hash=None, wire_bytes=1,
            body_bytes=1, elapsed_ms=1, robots="allowed", optouts=(),
            is_tls_verified=None, moved_to=None, archive_path=None, archive_offset=None, not_before_at=None,
            next_attempt_at=None, ingested_at=None, capture_address=None, capture_record_id=None, capture_digest=None,
        )  # fmt: skip

    def _judged(self, fetch: Fetch, said: str, rule_hash: str | None) -> dict[str, Any]:
        self._said[fetch.fetch_id] = content_hash(said)
        return {
            "fetch_id": fetch.fetch_id, "entry_id": fetch.entry_id, "source_id": fetch.source_id, "url": fetch.url,
            "fetched_at": fetch.fetched_at, "extractor": "ingest", "extractor_version": self.extractor_version,
            "rule_hash": rule_hash,
            "record_hash": self._said[fetch.fetch_id], "extract_ms": 5,
        }  # fmt: skip

    def _add(self, table: str, row: Row) -> None:
        self._rows.setdefault(table, []).append(row)

    def _tick(self) -> None:
        self.now += timedelta(seconds=1)

    def _id(self) -> str:
        self._count += 1
        return str(UUID(int=self._count))
