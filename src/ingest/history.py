"""Records of backfills: what was asked for, how far it got (staged rows), and what inputs tell (handed from room to room).

Names, units and times are as in records.py.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

InputKind = Literal["sitemap", "feed", "warc", "cdx", "list", "folder"]
PartOutcome = Literal["ok", "cut_short", "unreadable", "missing", "paused"]
FaultReason = Literal["truncated", "corrupt", "wrong_digest", "too_large", "unsupported", "no_address"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """raw.request: what a person asked to bring in. Asked twice, it is one: `request_id` is a UUID of all but `asked_at`."""

    request_id: str
    source_id: str | None  # None: of every source of the catalogue, told apart by host
    input_kind: InputKind
    input_address: (
        str | None
    )  # file, folder, glob, list of paths, http(s):// or s3://; None: the source's own (sitemaps, feeds)
    from_on: date
    to_on: date  # inclusive, UTC
    hosts: tuple[str, ...]  # only these; none: all that belong to a source
    url_pattern: str | None  # only addresses in which this regular expression is found
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRead:
    """raw.part: how far a part of an input was read for a request; the newest row counts, and is sealed with what it read."""

    part_id: str  # UUID of request and address
    request_id: str
    part_address: str
    part_on: date | None
    position: int  # where the next reading begins: bytes of a WARC, rows of a list
    is_done: bool
    outcome: PartOutcome
    detail: str | None
    found_count: int  # in this reading: what was found,
    outside_count: int  # of another day, host or address than asked for,
    erased_count: int  # by a person's order, and so not brought back,
    unusable_count: int  # no page of an article by its kind: requests, images, redirects
    fault_count: int  # and could not be read
    not_before_at: datetime | None  # paused until then
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """raw.listed: an entry, or a capture of one, that a request found, on the day that it counts for."""

    request_id: str
    part_id: str
    entry_id: str
    source_id: str
    counted_on: date  # by the date that the input gives, or else of the capture
    captured_at: datetime | None  # null: the page itself is asked for
    capture_address: str | None  # where a capture is that was not at hand when it was listed (Pointer)
    capture_offset: int | None
    capture_length: int | None
    capture_digest: str | None
    was_held: bool  # a page of the entry was held before the request came to it
    listed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is read in one go, with positions of its own: a sitemap, a page of a feed, a WARC file, a CDX page, a list."""

    address: str
    part_on: date | None  # the day of its name or index; a WARC begun before midnight reaches into the next
    size_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A page as an archive holds it: decoded body, and what was said of it then."""

    final_url: str
    http_status: int
    content_type: str | None
    http_charset: str | None
    etag: str | None
    last_modified: str | None
    record_id: str | None
    digest: str | None  # as the archive claims, e.g. sha1:...; it was checked
    wire_bytes: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """Where a raw capture can be had: bytes of a WARC file, or (no length) an address that replays it unaltered."""

    address: str
    offset: int | None
    length: int | None
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that an input tells of. With neither `capture` nor `pointer`, the page is fetched from `url` itself."""

    position: int  # a reading that begins here gets what comes after this
    url: str
    published_raw: str | None  # what the input says of the article's date, as written
    modified_raw: str | None
    title: str | None
    language: str | None
    captured_at: datetime | None
    capture: Capture | None
    pointer: Pointer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A stretch of a part that cannot be read; reading goes on behind it where that is possible."""

    position: int
    reason: FaultReason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A stretch of a part with nothing to hand over, told now and then and at its end, so that a reading can stop there."""

    position: int
    unusable_count: int  # since the last Passed: no page of an article by its kind
    outside_count: int  # since the last Passed: `is_wanted` said no


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The last word of each reading (and of `parts`, where the address itself cannot be read or listed)."""

    position: int  # of `paused`: where to come back
    outcome: PartOutcome  # cut_short: the input ends too early, and will again
    detail: str | None
    not_before_at: datetime | None  # of `paused`, where the host named a time


Told = Found | Fault | Passed | Ended  # what `inputs.INPUTS[kind].read(part, position=, place=, is_wanted=)` yields
