"""What a reader sees of a page, and the facts of it that decide whether it is an article; the deciding is rules/judge."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from ingest.extract import claims, jsonld, tree
from ingest.extract.blocks import HIDDEN, Block
from ingest.records import Metadata, Page, PublishedEvidence
from ingest.rules.fingerprint import word_count
from ingest.rules.judge import MEDIUM_WORDS, SECTION_LINKS, SHORT_WORDS, Facts
from ingest.rules.title import fold

PAGE_TEXT_CHARS = 20_000
PAGE_BLOCKS = 2_000
COUNTED_CHARS = 10_000  # of the page's text: the judge asks for no more than some hundred words
HEADLINE_CHARS = 25
LINKS_LIMIT = 1_000
ALL_LINKED = 0.9
MANY_TIMES = 5
MACHINES = 30  # scripts and frames
MACHINE_CHARS = 300
ROOT_ELEMENTS = 300
# Elements that a page's scripts fill, by id or tag
ROOTS = frozenset(
    {"root", "app", "__next", "__nuxt", "___gatsby", "app-root", "react-root", "main-app", "q-app", "svelte"}
)
COLLECTIONS = frozenset({"collectionpage", "itemlist", "searchresultspage"})
SOCIAL_ARTICLES = frozenset({"article", "news", "newsarticle", "video.other"})
ARTICLE_EVIDENCE: frozenset[PublishedEvidence] = frozenset({"json-ld", "meta", "microdata"})
OWN_EVIDENCE = ARTICLE_EVIDENCE | {
    "time",
    "rule",
}  # the day of an address outlives its page, one in the text may be any


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a reader sees of a page, bounded whatever its size, and what machinery it holds."""

    text: str
    noscript: str
    has_password_field: bool
    script_count: int
    machinery: str
    has_empty_root: bool


UNSEEN = Sight(text="", noscript="", has_password_field=False, script_count=0, machinery="", has_empty_root=False)


def facts(
    page: Page, claimed: claims.Claims, parsed: HtmlElement, blocks: Sequence[Block], found: Metadata, *, text: str
) -> Facts:
    """What the judge asks of a page whose metadata and text were read.

    Of a long text it asks only whether that is a list of stories, and not even that where the markup proves an article:
    what it does not ask for is not looked at (3 ms a page).
    """
    words, is_proven = word_count(text), _is_proven(claimed, found.published_evidence)
    is_long = words > MEDIUM_WORDS
    links = [] if is_long and is_proven else _links(parsed)
    headlines = [said for said in links if len(said) >= HEADLINE_CHARS]
    is_list = not is_proven and len(headlines) >= SECTION_LINKS
    linked_share, listed_share = _listed(text, headlines, blocks) if is_list else (0.0, 0.0)
    seen = UNSEEN if is_long else _look(parsed, blocks)
    return Facts(
        listed_url=page.url,
        final_url=page.final_url,
        title=found.title or claimed.markup.document_title or "",
        headings=claimed.markup.headings,
        text=text[:PAGE_TEXT_CHARS],  # nine megabytes in one word are few words
        word_count=words,
        is_proven=is_proven,
        is_dated=found.published_evidence in OWN_EVIDENCE,
        is_many_dated=found.published_evidence == "time"
        and len({time.value for time in claimed.markup.times}) >= MANY_TIMES,
        is_collection=any(jsonld.types(node) & COLLECTIONS for node in claimed.markup.nodes),
        access=found.access,
        page_text=seen.text,
        page_word_count=word_count(seen.text[:COUNTED_CHARS]),
        noscript=seen.noscript,
        headline_link_count=len(headlines),
        linked_share=linked_share,
        listed_share=listed_share,
        menu_share=_share(list(map(fold, text.split("\n"))), set(map(fold, links)) - {""})
        if words <= SHORT_WORDS
        else 0.0,
        has_password_field=seen.has_password_field,
        script_count=seen.script_count,
        machinery=seen.machinery,
        has_empty_root=seen.has_empty_root,
    )


def _look(parsed: HtmlElement, blocks: Sequence[Block]) -> Sight:
    said = " ".join(block.text for block in islice(blocks, PAGE_BLOCKS) if not block.place.within & HIDDEN)
    shown = tree.line(said[: 2 * PAGE_TEXT_CHARS])  # its control characters go
    return Sight(
        text=shown[:PAGE_TEXT_CHARS],
        noscript=" ".join(tree.line("".join(part.itertext()))[:500] for part in islice(parsed.iter("noscript"), 5)),
        has_password_field=any((field.get("type") or "").lower() == "password" for field in parsed.iter("input")),
        script_count=sum(1 for _ in parsed.iter("script")),
        machinery=" ".join(
            (part.get("src") or part.text or "")[:MACHINE_CHARS]
            for part in islice(parsed.iter("script", "iframe"), MACHINES)
        ),
        has_empty_root=any(map(_is_empty_root, islice(_upper(parsed), ROOT_ELEMENTS))),
    )


def _links(parsed: HtmlElement) -> list[str]:
    """The words of a page's links."""
    return [
        "".join(islice(link.itertext(), 20)).strip() if len(link) else (link.text or "").strip()
        for link in islice(parsed.iter("a"), LINKS_LIMIT)
    ]


def _listed(text: str, headlines: Sequence[str], blocks: Sequence[Block]) -> tuple[float, float]:
    """Of a text's lines as long as a headline, the share that is linked, and that with those which stand below such links."""
    long = [fold(said) for said in text.split("\n") if len(said) >= HEADLINE_CHARS]
    linked = set(map(fold, headlines))
    return _share(long, linked), _share(long, linked | set(map(fold, _teased(blocks))))


def _teased(blocks: Sequence[Block]) -> Iterator[str]:
    """The blocks that stand below a linked headline, as a list's excerpts do; dates and the like between do not count."""
    is_below = False
    for block in islice((block for block in blocks if len(block.text) >= HEADLINE_CHARS), PAGE_BLOCKS):
        is_link = block.link_share >= ALL_LINKED
        if is_below and not is_link:
            yield block.text
        is_below = is_link


def _upper(parsed: HtmlElement) -> Iterator[HtmlElement]:
    """The body's children, and theirs: where what scripts are to fill stands."""
    body = parsed.find("body")
    for child in () if body is None else body:
        yield child
        yield from child


def _is_empty_root(element: HtmlElement) -> bool:
    is_root = element.get("id") in ROOTS or element.tag in ROOTS
    return is_root and len(tree.text_of(element)) < HEADLINE_CHARS


def _is_proven(claimed: claims.Claims, evidence: PublishedEvidence | None) -> bool:
    is_article = bool(jsonld.types(claimed.article) & jsonld.ARTICLE_TYPES)
    says_article = (claimed.markup.first("og:type") or "").lower() in SOCIAL_ARTICLES
    return evidence in ARTICLE_EVIDENCE and (is_article or says_article)


def _share(folded: Sequence[str], links: Collection[str]) -> float:
    return sum(map(links.__contains__, folded)) / max(1, len(folded))
