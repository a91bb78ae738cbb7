"""From one page to an extraction or a rejection, by its bytes and addresses alone: the same page gives the same record.

Nothing here touches the network or waits; what may hang or eat memory runs in pool.py's workers.
"""

from collections.abc import Sequence
from datetime import timedelta
from time import perf_counter
from typing import Any

import htmldate
from lxml.html import HtmlElement

from ingest.extract import (
    blocks,
    charset,
    claims,
    credits,
    forest,
    jsonld,
    language,
    markup,
    moments,
    optouts,
    sight,
    text,
    tree,
)
from ingest.extract.blocks import Block
from ingest.extract.cues import Said
from ingest.extract.forest import Forests
from ingest.records import Extraction, Page, PublishedEvidence, Rejection, RejectionReason, Verdict
from ingest.rules import fingerprint, url
from ingest.rules.judge import Facts, reason_against, unreadable
from ingest.rules.moment import Moment, read_moment
from ingest.rules.text import article_lines, clean

EXTRACTOR = "ingest"
EXTRACTOR_VERSION = "3"


def judge(page: Page) -> Verdict:
    """The verdict on a page; MemoryError and faults of parsers fly, the pool makes rejections of them."""
    verdict, _ = read_and_judge(page)
    return verdict


def read_and_judge(page: Page) -> tuple[Verdict, dict[str, Any]]:
    """The verdict, and the fields read whatever it is: what a person who tries pages wants to see."""
    started = perf_counter()
    no_page = unreadable(page.body)
    if no_page:
        return rejection(page, "unreadable", no_page), {}
    parsed = tree.parse(charset.without_controls(charset.decode(page.body, page.http_charset)))
    if parsed is None:
        return rejection(page, "unreadable", "no markup in it"), {}
    fields, facts = read(page, parsed)
    against = reason_against(facts)
    if against is not None:
        return rejection(page, *against), fields
    extraction = Extraction(
        fetch_id=page.fetch_id,
        entry_id=page.entry_id,
        source_id=page.source_id,
        url=page.url,
        fetched_at=page.fetched_at,
        extractor=EXTRACTOR,
        extractor_version=EXTRACTOR_VERSION,
        extract_ms=round((perf_counter() - started) * 1000),
        **fields,
    )
    return extraction, fields


def read(page: Page, parsed: HtmlElement) -> tuple[dict[str, Any], Facts]:
    """All fields of a parsed page, and what its judge asks; the tree is used up."""
    claimed = claims.gather(markup.read(parsed), page_url=page.final_url, now=page.fetched_at)
    published = moments.published(claimed) or _searched_date(page, parsed)
    shown = blocks.read(parsed)
    seen = sight.look(parsed, shown)
    title = claims.title_of(claimed)
    names, agency = credits.authors(claimed)
    lines = read_text(parsed, shown, said_of(claimed, title=title, names=names), forest.shipped())
    canonical_url, canonical_evidence = claims.canonical_url(claimed)
    code, confidence = language.detect(lines or title or "", claimed=claims.claimed_language(claimed) or page.language)
    is_free, access_evidence = claims.access(claimed)
    moment, evidence = published or (None, None)
    fields = {
        "article_id": url.identity(canonical_url),
        "canonical_url": canonical_url,
        "canonical_evidence": canonical_evidence,
        "title": title,
        "description": claims.description(claimed),
        "text": lines,
        "content_hash": fingerprint.content_hash(lines),
        "word_count": fingerprint.word_count(lines),
        "language": code,
        "language_confidence": confidence,
        "authors": names,
        "agency": agency,
        "section": claims.section(claimed),
        "tags": claims.tags(claimed),
        "image_url": claims.image_url(claimed),
        "published_at": moment and moment.at,
        "published_offset_s": moment and moment.offset_s,
        "published_precision": moment and moment.precision,
        "published_evidence": evidence,
        "modified_at": moments.modified_at(claimed),
        "is_free": is_free,
        "access_evidence": access_evidence,
        "optouts": optouts.reserved(claimed.markup),
        "kind": claims.kind(claimed),
    }
    return fields, sight.facts(page, claimed, seen, fields)


def read_text(parsed: HtmlElement, shown: Sequence[Block], said: Said, forests: Forests) -> str:
    """The article's lines, tidied, with the opening paragraph that was missed; the tree is used up."""
    found = text.extract(parsed, shown, said, forests)
    kept = article_lines(clean(found), titles=said.titles, names=said.names, topics=said.topics)
    opening = text.lede(parsed, first_line=kept.partition("\n")[0], descriptions=said.descriptions, text=kept)
    return clean(f"{opening}\n{kept}" if opening else kept)


def said_of(claimed: claims.Claims, *, title: str | None, names: tuple[str, ...]) -> Said:
    """What the page's claims say of its text."""
    source = claimed.markup
    headline = jsonld.string(claimed.article.get("headline"))
    section = claims.section(claimed)
    return Said(
        titles=tuple(
            filter(None, (*source.headings, title, source.document_title, source.first("og:title"), headline))
        ),
        descriptions=[value for name in claims.DESCRIPTION_META for value in source.meta.get(name, ())],
        names=names,
        topics=(*claims.tags(claimed), *filter(None, [section])),
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


def rejection(page: Page, reason: RejectionReason, detail: str | None) -> Rejection:
    """A page's rejection by this extractor version."""
    return Rejection(
        fetch_id=page.fetch_id,
        entry_id=page.entry_id,
        source_id=page.source_id,
        url=page.url,
        fetched_at=page.fetched_at,
        reason=reason,
        detail=detail,
        extractor=EXTRACTOR,
        extractor_version=EXTRACTOR_VERSION,
    )
