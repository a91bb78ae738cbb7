"""What one row is: the records that rooms hand to each other, each field named as its staged and SQL column.

Units are in the names (DESIGN, "Words"): `_at` is an aware UTC datetime, `_ms`, `_s`, `_bytes`, `_count` are whole
numbers. No behaviour lives here beyond what a record can say of itself.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

Outcome = Literal[
    "ok", "not_modified", "robots_denied", "robots_unreachable", "http_error", "gone", "rate_limited", "timeout",
    "unreachable", "dns_error", "tls_error", "too_large", "cut_short", "not_html", "not_a_feed", "bad_encoding",
    "blocked_address", "too_many_redirects", "bad_url",
]  # fmt: skip
RejectionReason = Literal[
    "consent_wall", "bot_challenge", "login", "paywall_stub", "soft_404", "redirect_home", "section_page",
    "needs_javascript", "too_short", "no_text", "unreadable",
    "extract_timeout", "extract_memory", "extract_crash",
]  # fmt: skip
BatchKind = Literal["listing", "pages", "reprocess", "erasure", "request", "watch"]
OrderKind = Literal["url", "article", "source", "author", "expired"]
FeedKind = Literal["feed", "sitemap", "section", "archive"]
Purpose = Literal["new", "retry", "second_look"]
LikenessKind = Literal["exact", "near", "excerpt", "overlap"]
Precision = Literal["second", "minute", "day"]
PublishedEvidence = Literal[
    "json-ld", "meta", "microdata", "time", "text", "feed", "sitemap", "section", "archive", "url", "rule", "first-seen",
]  # fmt: skip
Access = Literal["free", "metered", "paid"]
TitleEvidence = Literal["og", "meta", "json-ld", "title", "h1"]
CanonicalEvidence = Literal["rel-canonical", "og-url", "final-url", "listed-url"]
AlarmKind = Literal[
    "silent", "nothing_new", "failing", "blocked", "drift", "nothing_at_all", "ledger",
    "paused", "catalogue_pause", "quarantined",
]  # fmt: skip
AlarmChange = Literal["opened", "cleared"]
Kind = Literal["article", "opinion", "live", "video", "gallery", "review", "podcast", "press-release"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A URL we poll. `feed_id` is its address without scheme and `www.`, so that a person recognises it."""

    feed_id: str
    source_id: str
    url: str
    feed_kind: FeedKind = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRule:
    """How a source's pages of a span of time are read, from the catalogue; a key that is None leaves its field to us.

    `valid_from` <= day of the capture < `valid_to`, UTC. All but `title_from` are CSS selectors.
    """

    valid_from: date | None
    valid_to: date | None
    body: str | None
    title: str | None
    title_from: TitleEvidence | None  # which of the page's own claims is its title
    author: str | None
    published: str | None
    remove: tuple[str, ...]  # what is taken out of the page before anything is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publisher in the catalogue; `source_id` is kebab-case and never reused."""

    source_id: str
    name: str
    home_url: str
    country: str  # ISO 3166-1 alpha-2
    language: str  # BCP 47
    feeds: tuple[Feed, ...]
    is_checked: bool
    is_paused: bool
    poll_every_s: int  # between two polls of one of its feeds, at least
    poll_ceiling_s: int  # at most, while the feed answers
    host_delay_s: float
    look_after_s: tuple[int, ...]  # ages of an article's first capture, in seconds, at which it is looked at again
    section_links: str | None  # CSS selector of the links on its section pages; None: found by their looks
    rules: tuple[PageRule, ...]  # spans that do not overlap
    keep_pages_days: int | None  # how long its archived pages are kept; None: for ever
    keep_articles_days: int | None  # after how long without a new page its articles are erased; None: never
    schedule: str | None = None  # five fields of cron: it is polled at these times alone; None: by how fast it fills
    timezone: str = "UTC"  # IANA name: by whose clock `schedule` is read


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSeen:
    """raw.source: what the catalogue said of a source when it was crawled."""

    source_id: str
    name: str
    home_url: str
    country: str
    language: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """raw.poll: one visit to a feed."""

    poll_id: str
    source_id: str
    feed_id: str
    feed_kind: FeedKind
    host: str  # of `url`: the unit of politeness
    feed_url: str  # the catalogue's address of it, or the index's
    url: str  # as asked: `feed_url`, or where it moved to for good
    final_url: str | None
    parent_feed_id: str | None  # the sitemap index that lists it
    polled_at: datetime
    outcome: Outcome
    detail: str | None
    http_status: int | None
    is_conditional: bool  # asked with validators
    is_tls_verified: bool | None  # None: no TLS
    etag: str | None  # of the body we hold: a poll that brought none hands on what it was given
    last_modified: str | None
    body_hash: str | None
    body_bytes: int
    elapsed_ms: int
    parse_route: str | None  # which reader understood the feed: strict, repaired, tolerant, json
    entry_count: int  # entries the feed listed
    recorded_count: int  # of those, new or changed ones: rows in raw.entry under this poll_id
    unlinked_count: int  # of those, without a usable address: they can be counted, but not fetched
    outside_count: int  # of those, older than the window that was asked for (sitemaps): a backfill brings them
    known_count: int  # of those, listed by this feed before
    erased_count: int  # of those, erased before by a person's order, and so not recorded
    gap_from_at: datetime | None  # entries may have come and gone unseen since then
    lastmod_at: datetime | None  # what the index said of this sitemap
    # What is known of the feed after this poll; a poll that brought nothing hands it on.
    answered_at: datetime | None  # the last poll whose outcome was ok or not_modified
    read_at: datetime | None  # the last poll that brought all it should: of a sitemap index, its children too
    full_at: datetime | None  # the last poll that was answered without validators having been sent
    since_at: datetime | None  # what is older than this was outside of what was asked for (sitemaps)
    window_count: int | None  # entries that it listed when it was last read
    arrivals_per_day: float | None
    failure_count: int  # failed polls in a row
    is_retired: bool  # gone; asked again once a month, and back when it answers
    not_before_at: datetime | None  # the host asked us to wait (Retry-After)
    next_poll_at: datetime
    next_url: str  # what the next poll asks: another than `url` where it moved for good


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """raw.entry: what a feed, sitemap or archive says about one article; `entry_id` is its canonical URL's identity."""

    entry_id: str
    entry_hash: str  # of everything the feed says of it: a new hash is a new row
    poll_id: str
    source_id: str
    feed_id: str
    feed_kind: FeedKind
    listed_at: datetime
    url: str
    canonical_url: str
    guid: str | None
    title: str | None
    summary: str | None
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    language: str | None
    image_url: str | None
    published_at: datetime | None
    published_offset_s: int | None
    published_precision: Precision | None
    published_raw: str | None
    modified_at: datetime | None
    latitude: float | None  # WGS 84 degrees: where it happened (GeoRSS)
    longitude: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """raw.fetch: one attempt at one URL, with its outcome."""

    fetch_id: str
    entry_id: str
    source_id: str
    feed_id: str
    purpose: Purpose
    attempt: int
    host: str  # of `url`: the unit of politeness
    url: str
    final_url: str | None
    modified_at: datetime | None  # the latest that a feed had told of when this was fetched
    fetched_at: datetime  # of what is asked of an archive: when that archive captured it
    outcome: Outcome
    detail: str | None
    http_status: int | None
    content_type: str | None
    etag: str | None  # of the page we hold: a fetch that brought none hands on what it was given
    last_modified: str | None
    body_hash: str | None
    wire_bytes: int
    body_bytes: int
    elapsed_ms: int
    robots: str | None  # the verdict of robots.txt: allowed, denied, unreachable
    optouts: tuple[str, ...]  # where robots.txt or a header reserves text mining or AI training: `robots:gptbot`
    is_tls_verified: bool | None  # None: no TLS
    moved_to: str | None  # where permanent redirects alone led
    archive_path: str | None  # WARC file under the raw archive
    archive_offset: int | None  # where its record starts, in bytes
    not_before_at: datetime | None
    next_attempt_at: datetime | None  # null: final, nothing more will be tried on this entry
    ingested_at: datetime | None  # when the archive was asked; null: at `fetched_at`, by our own visit
    capture_address: str | None  # file or address of the archive that it is out of; null: our own visit
    capture_record_id: str | None  # of its WARC record
    capture_digest: str | None  # as the archive claims, e.g. sha1:...; what was checked against it is stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The body that arrived for a fetch, as an extractor gets it: bytes and what the server said of them."""

    fetch_id: str
    entry_id: str
    source_id: str
    url: str  # as listed
    final_url: str  # after redirects
    http_charset: str | None
    language: str | None  # the catalogue's language of the source: a hint only
    rule: PageRule | None  # the catalogue's rule for the source's pages of this time
    fetched_at: datetime
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says of its article beside the text; it survives where the text fails."""

    title: str | None
    description: str | None
    language: str | None
    language_confidence: float | None
    authors: tuple[str, ...]
    agency: str | None
    section: str | None
    tags: tuple[str, ...]
    image_url: str | None
    image_caption: str | None
    published_at: datetime | None
    published_offset_s: int | None
    published_precision: Precision | None
    published_evidence: PublishedEvidence | None
    published_contradictions: dict[str, datetime]  # other dates that the page gives, over a day away, by their evidence
    modified_at: datetime | None
    access: Access | None
    access_evidence: str | None
    optouts: tuple[str, ...]  # where the page reserves text mining or AI training: `meta:tdm-reservation`
    kind: Kind
    evidence: dict[
        str, str
    ]  # field -> what it was read from; fields with an evidence column of their own are not in it


NOTHING = Metadata(
    title=None, description=None, language=None, language_confidence=None, authors=(), agency=None, section=None, tags=(),
    image_url=None, image_caption=None, published_at=None, published_offset_s=None, published_precision=None,
    published_evidence=None, published_contradictions={}, modified_at=None, access=None, access_evidence=None, optouts=(),
    kind="article", evidence={},
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Metadata):
    """What every verdict on a page has: whose page it is, who judged, and the metadata."""

    fetch_id: str
    entry_id: str
    source_id: str
    url: str
    fetched_at: datetime
    extractor: str
    extractor_version: str
    rule_hash: str | None  # of the catalogue's rule that was applied
    record_hash: str  # of all that the verdict says: two versions that say the same have one
    extract_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction(Judged):
    """raw.extraction: what one extractor version says of one capture, by the page's bytes, addresses and dated rule alone."""

    article_id: str
    canonical_url: str
    canonical_evidence: CanonicalEvidence
    text: str
    content_hash: str
    word_count: int
    links: tuple[str, ...]  # addresses that the text links to, distinct, in order


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection(Judged):
    """raw.rejection: a page that gave no revision, with a reason."""

    reason: RejectionReason
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """raw.confirmation: a later extractor version, or rule, says of a capture word for word what the earlier one said."""

    fetch_id: str
    entry_id: str
    source_id: str
    record_hash: str
    extractor: str
    extractor_version: str
    rule_hash: str | None
    confirmed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """raw.tombstone: an entry of a source that was erased and must not come back, or a standing order; no word of it.

    A standing order has no `entry_id`: all of `source_id`, or all by the author of `author_hash` (of one source where given).
    """

    tombstone_id: str
    order_id: str  # what one person asked for at one time
    order_kind: OrderKind
    order_reason: str | None
    source_id: str | None
    entry_id: str | None
    article_id: str | None  # the article that the entry was of
    is_everywhere: bool  # whichever source lists it; False: another source's article, which it may keep
    author_hash: str | None
    carried_hashes: tuple[str, ...]  # of its texts, those that it carried for its duplicates: they are another's now
    listed_at: datetime | None  # when the entry was first listed
    erased_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """raw.alarm: an alarm was opened or cleared, by the watch or by a person; the newest row of an `alarm_id` counts.

    `cause` is made of counts and of words of ours, never of the world's: what is erased leaves none behind.
    """

    alarm_id: str  # UUID of source, kind, sign and since_at
    source_id: str | None  # None: of the whole system
    alarm_kind: AlarmKind
    change: AlarmChange
    sign: str | None  # of a drift: what its pages show (rules/drift.py)
    sign_value: str | None  # what that is held against: a number of words, or a text's content_hash
    since_at: datetime
    ended_at: datetime | None  # of a cleared one; `since_at` itself: it is held against no article any more
    expected_count: float | None  # of a silence: arrivals that were to be expected since
    alarm_count: float | None  # and from how many on it counts as one
    cause: str  # one line for a person
    actor: str | None  # the person; None: the system
    reason: str | None  # the person's
    noted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """raw.expected: how many new items a source was expected to list on a day; the last row of a source and day counts."""

    source_id: str
    expected_on: date  # UTC
    hour_counts: tuple[float, ...]  # items by hour of the day, 24
    learnt_at: datetime


Verdict = Extraction | Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one task staged: sealed, immutable. `tables` maps a raw table to its Parquet file and row count."""

    batch_id: str
    batch_kind: BatchKind
    sealed_at: datetime
    schema_version: int
    folder: Path
    tables: dict[str, int]
