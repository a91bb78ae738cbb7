"""From one page to an extraction or a rejection, by its bytes, addresses and dated rule alone: the same page gives the
same record. Nothing here touches the network or waits; what may hang or eat memory runs in pool.py's workers.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from time import perf_counter
from typing import Any

import htmldate
from lxml.html import HtmlElement

from ingest.extract import (
    blocks,
    claims,
    forest,
    jsonld,
    links,
    metadata,
    moments,
    ruled,
    sight,
    text,
    tree,
)
from ingest.extract.blocks import Block
from ingest.extract.claims import Claims
from ingest.extract.cues import Said
from ingest.extract.forest import Forests
from ingest.extract.ruled import Ruled
from ingest.records import (
    NOTHING,
    CanonicalEvidence,
    Extraction,
    Metadata,
    Page,
    PublishedEvidence,
    Rejection,
    RejectionReason,
    Verdict,
)
from ingest.rules import agency, fingerprint, url
from ingest.rules.judge import Facts, reason_against, unreadable
from ingest.rules.moment import Moment, read_moment
from ingest.rules.page_rule import rule_hash
from ingest.rules.text import article_lines, clean

EXTRACTOR = "ingest"
EXTRACTOR_VERSION = "3"
SAID_CHARS = 400  # of the description: enough to tell its language


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The text of a page and what depends on it; of a page without text the rest is still worth having."""

    metadata: Metadata
    canonical_url: str
    canonical_evidence: CanonicalEvidence
    text: str
    links: tuple[str, ...]


def judge(page: Page) -> Verdict:
    """The verdict on a page; MemoryError and faults of parsers fly, the pool makes rejections of them."""
    verdict, _ = read_and_judge(page)
    return verdict


def read_and_judge(page: Page) -> tuple[Verdict, Reading | None]:
    """The verdict, and what was read whatever it is: what a person who tries pages wants to see."""
    started = perf_counter()
    opened = _open(page)
    if isinstance(opened, Rejection):
        return opened, None
    parsed, by_rule, claimed = opened
    reading, facts = _read(page, parsed, by_rule, claimed)
    against = reason_against(facts)
    if against is not None:
        return rejection(page, *against, metadata=reading.metadata, started=started), reading
    return _extraction(page, reading, facts, started=started), reading


def judge_without_text(page: Page, reason: RejectionReason, detail: str) -> Rejection:
    """The rejection of a page whose text was too much for a worker, with the metadata that its markup gives."""
    opened = _open(page)
    if isinstance(opened, Rejection):
        return rejection(page, reason, detail)
    _, by_rule, claimed = opened
    found = metadata.read(claimed, by_rule, searched=lambda: None)
    said = " ".join(filter(None, (found.title, (found.description or "")[:SAID_CHARS])))
    return rejection(page, reason, detail, metadata=_in_language(page, claimed, found, said))


def _open(page: Page) -> tuple[HtmlElement, Ruled, Claims] | Rejection:
    no_page = unreadable(page.body)
    if no_page:
        return rejection(page, "unreadable", no_page)
    parsed = tree.of_page(page)
    if parsed is None:
        return rejection(page, "unreadable", "no markup in it")
    return parsed, *ruled.apply(page, parsed)


def _read(page: Page, parsed: HtmlElement, by_rule: Ruled, claimed: Claims) -> tuple[Reading, Facts]:
    """All that a parsed page says, and what its judge asks."""
    found = metadata.read(claimed, by_rule, searched=partial(_searched_date, page, parsed))
    shown = blocks.read(parsed)
    said = said_of(claimed, title=found.title, names=found.authors)
    lines, reader = read_text(parsed, shown, said, forest.shipped(), body=by_rule.body)
    found = _in_language(page, claimed, found, lines or found.title or "")
    told = {"text": reader}
    if page.rule and by_rule.body and page.rule.body and reader != metadata.RULE:
        told["rule.body"] = page.rule.body  # it found lines, of which nothing was the article's
    if found.agency is None and "agency" not in found.evidence and (credited := agency.credited(lines)):
        found = replace(found, agency=credited)
        told["agency"] = "text"
    canonical_url, canonical_evidence = claims.canonical_url(claimed)
    reading = Reading(
        metadata=replace(found, evidence=found.evidence | told),
        canonical_url=canonical_url,
        canonical_evidence=canonical_evidence,
        text=lines,
        links=links.of_text(shown, lines, page_url=page.final_url),
    )
    return reading, sight.facts(page, claimed, parsed, shown, found, text=lines)


def _in_language(page: Page, claimed: Claims, found: Metadata, said: str) -> Metadata:
    code, confidence, evidence = metadata.spoken(page, claimed, said)
    return replace(found, language=code, language_confidence=confidence, evidence=found.evidence | evidence)


def read_text(
    parsed: HtmlElement, shown: Sequence[Block], said: Said, forests: Forests, *, body: str | None
) -> tuple[str, str]:
    """The article's lines, tidied, with the opening paragraph that was missed, and their reader.

    `body` is what the source's rule found; where something is left of it, nobody else is asked.
    """
    if body and (kept := clean(_article_lines(body, shown, said))):
        return kept, metadata.RULE
    found, reader = text.extract(parsed, shown, said, forests)
    kept = _article_lines(found, shown, said)
    opening = text.lede(parsed, first_line=kept.partition("\n")[0], descriptions=said.descriptions, text=kept)
    return clean(f"{opening}\n{kept}" if opening else kept), reader


def _article_lines(found: str, shown: Sequence[Block], said: Said) -> str:
    lines = clean(found)
    beside = (*said.topics, *text.captions(shown, lines))
    return article_lines(lines, titles=said.titles, names=said.names, beside=beside)


def said_of(claimed: claims.Claims, *, title: str | None, names: tuple[str, ...]) -> Said:
    """What the page's claims say of its text."""
    source = claimed.markup
    headline = jsonld.string(claimed.article.get("headline"))
    return Said(
        titles=tuple(
            filter(None, (*source.headings, title, source.document_title, source.first("og:title"), headline))
        ),
        descriptions=[value for name in claims.DESCRIPTION_META for value in source.meta.get(name, ())],
        names=names,
        topics=(*claimed.tags.value, *filter(None, [claimed.section.value])),
        article_body=claims.article_body(claimed),
    )


def _searched_date(page: Page, parsed: HtmlElement) -> tuple[Moment, PublishedEvidence] | None:
    """A day from the address, or from the visible text by htmldate, which is slow and sometimes wrong."""
    named = moments.url_date(page.final_url)
    moment = read_moment(named, now=page.fetched_at) if named else None
    if moment:
        return moment, "url"
    found = htmldate.find_date(
        parsed, original_date=True, extensive_search=False, max_date=page.fetched_at + timedelta(days=1)
    )
    moment = read_moment(found, now=page.fetched_at) if found else None
    return (moment, "text") if moment else None


def rejection(
    page: Page,
    reason: RejectionReason,
    detail: str | None,
    *,
    metadata: Metadata = NOTHING,
    started: float | None = None,
) -> Rejection:
    """A page's rejection by this extractor version."""
    given = _fields(metadata)
    return Rejection(
        reason=reason, detail=detail, **given, **_judged(page, {**given, "reason": reason, "detail": detail}, started)
    )


def _extraction(page: Page, reading: Reading, facts: Facts, *, started: float) -> Extraction:
    given = _fields(reading.metadata) | {
        "article_id": url.identity(reading.canonical_url),
        "canonical_url": reading.canonical_url,
        "canonical_evidence": reading.canonical_evidence,
        "text": reading.text,
        "content_hash": fingerprint.content_hash(reading.text),
        "word_count": facts.word_count,
        "links": reading.links,
    }
    return Extraction(**given, **_judged(page, given, started))


def _fields(metadata: Metadata) -> dict[str, Any]:
    return {field.name: getattr(metadata, field.name) for field in fields(metadata)}


def _judged(page: Page, said: dict[str, Any], started: float | None) -> dict[str, Any]:
    """The fields of `Judged`; the record's hash is of all that the verdict says."""
    plain = json.dumps(said, sort_keys=True, default=str, ensure_ascii=False)
    return {
        "fetch_id": page.fetch_id,
        "entry_id": page.entry_id,
        "source_id": page.source_id,
        "url": page.url,
        "fetched_at": page.fetched_at,
        "extractor": EXTRACTOR,
        "extractor_version": EXTRACTOR_VERSION,
        "rule_hash": rule_hash(page.rule),
        "record_hash": sha256(plain.encode("utf-8", "replace")).hexdigest()[:32],
        "extract_ms": round((perf_counter() - started) * 1000) if started else 0,
    }
