"""Try a page: the record that the extractor makes of it, where each field is from, and what a source's rule did.

Read in the worker pool, as a crawl reads it; nothing is stored. Whole manifests of pages are try_pages.py's.
"""

import gzip
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO

from ingest import catalogue
from ingest.errors import InputError
from ingest.extract import ruled
from ingest.extract.page import Reading, read_and_judge
from ingest.extract.pool import by_settings
from ingest.extract.ruled import Step
from ingest.jobs.by_hand import NOBODY, Brought, bring
from ingest.jobs.try_pages import NOWHERE
from ingest.records import Page, PageRule, Rejection, RejectionReason, Source, Verdict
from ingest.rules.fingerprint import word_count
from ingest.rules.page_rule import rule_at
from ingest.rules.url import as_found
from ingest.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTrial:
    """The verdict on a page with its metadata, and what was read of its text, rejected or not."""

    url: str  # as given
    final_url: str
    rule: PageRule | None
    reason: RejectionReason | None  # None: an article
    detail: str | None
    record: Verdict
    canonical_url: str | None  # None, as the next four, where the page could not be read at all
    canonical_evidence: str | None
    text: str
    word_count: int
    links: tuple[str, ...]
    steps: tuple[Step, ...]


def run(settings: Settings, place: str, *, source_id: str | None, url: str | None, at: datetime | None) -> PageTrial:
    """Fetch `place`, or read it as a file (`.gz` too) that came from `url`; the source's rule is the one of `at`.

    InputError for what cannot be fetched or read, and for a source that the catalogue does not hold.
    """
    source = source_of(settings, source_id) if source_id else None
    listed_url = _address(url) if url else None
    now = datetime.now(UTC)
    brought = bring(settings, place, accept="page", limit_bytes=settings.page_limit_bytes)
    page = Page(
        fetch_id=NOBODY,
        entry_id=NOBODY,
        source_id=source_id or "try",
        url=listed_url or as_found(place) or NOWHERE,
        final_url=brought.url or listed_url or NOWHERE,
        http_charset=brought.http_charset,
        language=source.language if source else None,
        rule=rule_at(source.rules, at or now) if source else None,
        fetched_at=now,
        body=_unzipped(place, brought, settings.page_limit_bytes),
    )
    with by_settings(replace(settings, extract_workers=1)) as pool:
        ((_, answer),) = pool.run(_read, [page])
    return _trial(page, *(answer if isinstance(answer, tuple) else (answer, None, ())))


def source_of(settings: Settings, source_id: str) -> Source:
    """The catalogue's source of that id; InputError where there is none."""
    sources = {source.source_id: source for source in catalogue.read(settings.catalogue)}
    if source_id not in sources:
        raise InputError(f"no source {source_id!r} in {settings.catalogue}", "`ingest sources` lists them")
    return sources[source_id]


def _read(page: Page) -> tuple[Verdict, Reading | None, tuple[Step, ...]]:
    """In a worker: the verdict, and what the rule did on the way, on a tree of its own."""
    verdict, reading = read_and_judge(page)
    return verdict, reading, ruled.steps(page)


def _trial(page: Page, verdict: Verdict, reading: Reading | None, steps: tuple[Step, ...]) -> PageTrial:
    return PageTrial(
        url=page.url,
        final_url=page.final_url,
        rule=page.rule,
        reason=verdict.reason if isinstance(verdict, Rejection) else None,
        detail=verdict.detail if isinstance(verdict, Rejection) else None,
        record=verdict,
        canonical_url=reading.canonical_url if reading else None,
        canonical_evidence=reading.canonical_evidence if reading else None,
        text=reading.text if reading else "",
        word_count=word_count(reading.text) if reading else 0,
        links=reading.links if reading else (),
        steps=steps,
    )


def _address(given: str) -> str:
    url = as_found(given)
    if url is None:
        raise InputError(f"--url: {given!r} is not a web address", "it begins with https:// or http://")
    return url


def _unzipped(place: str, brought: Brought, limit_bytes: int) -> bytes:
    if brought.url is not None or not place.lower().endswith(".gz"):
        return brought.body
    try:
        with gzip.GzipFile(fileobj=BytesIO(brought.body)) as stream:
            body = stream.read(limit_bytes + 1)
    except (OSError, EOFError) as error:
        raise InputError(f"{place} is no gzip file: {error}", "it is named .gz") from None
    if len(body) > limit_bytes:
        raise InputError(
            f"{place} unpacks to more than {limit_bytes} bytes", "INGEST_PAGE_LIMIT_BYTES raises the limit"
        )
    return body
