"""What is found becomes rows: entries that are new, what the request listed, and how far a part was read.

What is fetched or judged then is decided elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from ingest import catalogue
from ingest.discover.entry import Said, entry_of
from ingest.discover.text import Text
from ingest.history import Ended, Found, Listed, PartRead, Request
from ingest.records import Entry, Feed, Source
from ingest.rows import Row
from ingest.rules.erasure import is_by
from ingest.rules.wanted import Wanted, address, counted_on, wanted_of
from ingest.warehouse.requests import Owed, PartState, Requests
from ingest.warehouse.state import CrawlState

Rows = dict[str, list[Row]]
Key = tuple[str, datetime | None]


@dataclass(slots=True, kw_only=True)
class Reading:
    """A part that is being read, and what has been told of it so far."""

    part: PartState
    request: Request
    wanted: Wanted
    position: int
    found_count: int = 0
    outside_count: int = 0
    erased_count: int = 0
    unusable_count: int = 0
    fault_count: int = 0
    ended: Ended | None = None

    def row(self) -> PartRead:
        """How far it was read by now; counts are since the last such row."""
        ended = self.ended
        row = PartRead(
            part_id=self.part.part_id,
            request_id=self.request.request_id,
            part_address=self.part.part_address,
            part_on=self.part.part_on,
            position=self.position,
            is_done=ended is not None and ended.outcome != "paused",
            outcome=ended.outcome if ended else "ok",
            detail=ended.detail if ended else None,
            found_count=self.found_count,
            outside_count=self.outside_count,
            erased_count=self.erased_count,
            unusable_count=self.unusable_count,
            fault_count=self.fault_count,
            not_before_at=ended.not_before_at if ended else None,
            read_at=datetime.now(UTC),
        )
        self.found_count = self.outside_count = self.erased_count = self.unusable_count = self.fault_count = 0
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of some finds: rows to seal, finds whose capture is to be brought in, and pages that are to be fetched."""

    rows: Rows
    brought: dict[int, tuple[Found, Entry, Listed]]  # by place among the finds
    owed: list[Owed]
    listed_count: int
    held_count: int
    outside_count: int
    erased_count: int


@dataclass(slots=True, kw_only=True)
class _Candidate:
    place: int
    found: Found
    entry: Entry
    day: date

    @property
    def key(self) -> Key:
        return self.entry.entry_id, self.found.captured_at


class Register:
    """One for a run: what it has met is remembered, since the look at the past was taken before."""

    def __init__(self, state: CrawlState, requests: Requests, sources: Mapping[str, Source], *, now: datetime) -> None:
        self._state = state
        self._requests = requests
        self._sources = sources
        self._now = now
        self._authors = state.erased_authors()
        self._met: set[tuple[str, str, datetime | None]] = set()  # request, entry, capture
        self._taken: set[Key] = set()  # entries and captures that this run sees to
        self._seen_sources: set[str] = set()

    @property
    def met_count(self) -> int:
        return len(self._met)

    def reading(self, part: PartState, request: Request) -> Reading:
        of = [source for source in self._sources.values() if request.source_id in (None, source.source_id)]
        return Reading(part=part, request=request, wanted=wanted_of(request, of), position=part.position)

    def take(self, reading: Reading, finds: Sequence[Found], entries: Sequence[Entry] = ()) -> Taken:
        """What a part told in one go, and all that a feed says of it; what a tombstone names is counted and forgotten."""
        said = entries or (None,) * len(finds)
        pairs = enumerate(zip(finds, said, strict=True))
        candidates = [one for place, pair in pairs if (one := self._candidate(reading, place, *pair))]
        outside_count = len(finds) - len(candidates)
        kept = self._obeying(candidates)
        erased_count = len(candidates) - len(kept)
        listed_before = self._requests.requested(reading.request.request_id, [one.entry.entry_id for one in kept])
        fresh: list[_Candidate] = []
        for one in kept:
            mark = (reading.request.request_id, *one.key)
            if mark not in self._met and one.key not in listed_before:
                fresh.append(one)
            self._met.add(mark)
        held = self._requests.held([one.entry.entry_id for one in fresh])
        rows: Rows = {
            "source": self._sources_of(fresh),
            "entry": list(self._news(fresh)),
            "listed": [self._listed(reading, one, held) for one in fresh],
        }
        brought, owed = self._lacking(reading, kept)
        return Taken(
            rows=rows,
            brought=brought,
            owed=owed,
            listed_count=len(fresh),
            held_count=sum(one.entry.entry_id in held for one in fresh),
            outside_count=outside_count,
            erased_count=erased_count,
        )

    def _candidate(self, reading: Reading, place: int, found: Found, told: Entry | None) -> _Candidate | None:
        url = address(found.url)
        source_id = reading.wanted.source_of(url) if url else None
        if url is None or source_id is None:
            return None
        part = reading.part
        day = counted_on(
            found, url, reading.request, part_on=part.part_on, part_address=part.part_address, now=self._now
        )
        if day and told:
            feed_id = f"{reading.request.input_kind}:{source_id}"
            told = replace(told, source_id=source_id, feed_id=feed_id, listed_at=self._now)
        entry = told or (_entry(found, url, source_id, reading, now=self._now) if day else None)
        return _Candidate(place=place, found=found, entry=entry, day=day) if entry and day else None

    def _obeying(self, candidates: Sequence[_Candidate]) -> list[_Candidate]:
        erased = self._state.erased([(one.entry.entry_id, one.entry.source_id) for one in candidates])
        return [
            one
            for place, one in enumerate(candidates)
            if place not in erased
            and not (self._authors and is_by(one.entry.authors, one.entry.source_id, self._authors))
        ]

    def _news(self, fresh: Sequence[_Candidate]) -> list[Entry]:
        """Entries that this kind of input never listed before, or told otherwise of."""
        entries = {one.entry.entry_id: one.entry for one in reversed(fresh)}
        said = list(entries.values())
        seen = self._state.seen([(entry.feed_id, entry.entry_id, entry.entry_hash) for entry in said])
        return [entry for place, entry in enumerate(said) if not seen.get(place, False)]

    def _sources_of(self, fresh: Sequence[_Candidate]) -> list[Row]:
        new = {one.entry.source_id for one in fresh} - self._seen_sources
        self._seen_sources |= new
        return [catalogue.seen(self._sources[source_id], now=self._now) for source_id in sorted(new)]

    def _listed(self, reading: Reading, one: _Candidate, held: set[str]) -> Listed:
        pointer = one.found.pointer
        return Listed(
            request_id=reading.request.request_id,
            part_id=reading.part.part_id,
            entry_id=one.entry.entry_id,
            source_id=one.entry.source_id,
            counted_on=one.day,
            captured_at=one.found.captured_at,
            capture_address=pointer.address if pointer else None,
            capture_offset=pointer.offset if pointer else None,
            capture_length=pointer.length if pointer else None,
            capture_digest=pointer.digest if pointer else None,
            was_held=one.entry.entry_id in held,
            listed_at=self._now,
        )

    def _lacking(
        self, reading: Reading, kept: Sequence[_Candidate]
    ) -> tuple[dict[int, tuple[Found, Entry, Listed]], list[Owed]]:
        """What nobody has: captures that are here or elsewhere, and pages that no crawl sees to."""
        entry_ids = [one.entry.entry_id for one in kept]
        captures = self._requests.captured(entry_ids) if any(one.found.captured_at for one in kept) else set()
        pages = self._requests.unasked([one.entry.entry_id for one in kept if one.found.captured_at is None])
        brought: dict[int, tuple[Found, Entry, Listed]] = {}
        owed: list[Owed] = []
        for one in kept:
            is_had = (
                one.key in captures if one.found.captured_at else one.entry.entry_id not in pages
            ) or one.key in self._taken
            if is_had:
                continue
            self._taken.add(one.key)
            listed = self._listed(reading, one, set())
            if one.found.capture:
                brought[one.place] = one.found, one.entry, listed
            else:
                owed.append(_owed(one, listed))
        return brought, owed


def _entry(found: Found, url: str, source_id: str, reading: Reading, *, now: datetime) -> Entry | None:
    request = reading.request
    said = Said(
        base_url=url,
        links=(url,),
        guid=None,
        title=Text(found.title, "plain") if found.title else None,
        summary=None,
        authors=(),
        tags=(),
        language=found.language,
        images=(),
        published=found.published_raw,
        updated=found.modified_raw,
    )
    feed = Feed(
        feed_id=f"{request.input_kind}:{source_id}",
        source_id=source_id,
        url=reading.part.part_address,
        feed_kind="archive",
    )
    entry = entry_of(said, feed=feed, poll_id=reading.part.part_id, listed_at=now)
    if entry is None or found.published_raw:
        return entry
    return replace(  # a change says nothing of publication
        entry, published_at=None, published_offset_s=None, published_precision=None, published_raw=None
    )


def _owed(one: _Candidate, listed: Listed) -> Owed:
    return Owed(
        part_id=listed.part_id,
        entry_id=one.entry.entry_id,
        source_id=one.entry.source_id,
        feed_id=one.entry.feed_id,
        url=one.entry.url,
        counted_on=one.day,
        captured_at=one.found.captured_at,
        pointer=one.found.pointer,
        purpose="new",
        attempt=1,
    )
