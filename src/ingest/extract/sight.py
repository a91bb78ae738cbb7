"""What a reader sees of a page, and the facts of it that decide whether it is an article; the deciding is rules/judge."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from ingest.extract import claims, jsonld, tree
from ingest.extract.blocks import Block
from ingest.records import Page, PublishedEvidence
from ingest.rules.fingerprint import word_count
from ingest.rules.judge import Facts
from ingest.rules.title import fold

PAGE_TEXT_CHARS = 20_000
PAGE_BLOCKS = 2_000
HEADLINE_CHARS = 25
LINKS_LIMIT = 1_000
COLLECTIONS = frozenset({"collectionpage", "itemlist", "searchresultspage"})
SOCIAL_ARTICLES = frozenset({"article", "news", "newsarticle", "video.other"})
ARTICLE_EVIDENCE: frozenset[PublishedEvidence] = frozenset({"json-ld", "meta", "microdata"})
OWN_EVIDENCE = ARTICLE_EVIDENCE | {"time"}  # the day of an address outlives its page, one in the text may be any


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A page as it looks before anything is taken out of its tree; the words of its links are folded."""

    text: str
    noscript: str
    links: frozenset[str]
    headlines: tuple[str, ...]  # of links long enough to be headlines
    has_password_field: bool
    script_count: int


def look(parsed: HtmlElement, blocks: Sequence[Block]) -> Sight:
    """The sight of a parsed page whose blocks were read, bounded whatever its size."""
    shown = tree.line(" ".join(block.text for block in islice(blocks, PAGE_BLOCKS)))
    links = ["".join(islice(link.itertext(), 20)).strip() for link in islice(parsed.iter("a"), LINKS_LIMIT)]
    return Sight(
        text=shown[:PAGE_TEXT_CHARS],
        noscript=" ".join(tree.line("".join(part.itertext()))[:500] for part in islice(parsed.iter("noscript"), 5)),
        links=frozenset(map(fold, links)) - {""},
        headlines=tuple(fold(text) for text in links if len(text) >= HEADLINE_CHARS),
        has_password_field=any((field.get("type") or "").lower() == "password" for field in parsed.iter("input")),
        script_count=sum(1 for _ in parsed.iter("script")),
    )


def facts(page: Page, claimed: claims.Claims, seen: Sight, fields: dict[str, Any]) -> Facts:
    """What the judge asks of a page whose `fields` were read."""
    return Facts(
        listed_url=page.url,
        final_url=page.final_url,
        title=fields["title"] or claimed.markup.document_title or "",
        text=fields["text"],
        word_count=fields["word_count"],
        is_proven=_is_proven(claimed, fields["published_evidence"]),
        is_dated=fields["published_evidence"] in OWN_EVIDENCE,
        is_collection=any(jsonld.types(node) & COLLECTIONS for node in claimed.markup.nodes),
        is_free=fields["is_free"],
        page_text=seen.text,
        page_word_count=word_count(seen.text),
        noscript=seen.noscript,
        headline_link_count=len(seen.headlines),
        linked_share=_share(fields["text"], frozenset(seen.headlines)),
        menu_share=_share(fields["text"], seen.links),
        has_password_field=seen.has_password_field,
        script_count=seen.script_count,
    )


def _is_proven(claimed: claims.Claims, evidence: PublishedEvidence | None) -> bool:
    is_article = bool(jsonld.types(claimed.article) & jsonld.ARTICLE_TYPES)
    says_article = (claimed.markup.first("og:type") or "").lower() in SOCIAL_ARTICLES
    return evidence in ARTICLE_EVIDENCE and (is_article or says_article)


def _share(text: str, links: frozenset[str]) -> float:
    lines = text.split("\n")
    return sum(fold(line) in links for line in lines) / len(lines)
