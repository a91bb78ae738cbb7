"""The article's text: trafilatura on a tree that was freed of teasers and embeds; what a line may say is in rules/text."""

import logging
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import islice
from operator import itemgetter

import trafilatura
from lxml.html import HtmlElement

from ingest.extract import marked
from ingest.extract.marked import PROSE_CHARS, TEXT_BLOCKS
from ingest.extract.tree import INVISIBLE, line, link_share, marks, text_of
from ingest.rules.title import fold

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

SHORT_CHARS = 1_500  # of prose: below it the full mode is worth its cost (5-16 % of pages)
COVERED_SHARE = 0.5  # of the page's paragraphs: below it the fast mode may have read the wrong part
MISSED_SHARE = 0.3  # text found, of the paragraphs that stand together elsewhere: below it those are the article
LEAST_CHARS = 500  # of such paragraphs
SHOWN_SHARE = 0.8  # of `articleBody` that the page's paragraphs must be able to show
SUPERSET_RATIO = 1.5  # `articleBody` so much longer than the text, and holding it, is the whole of it
QUADRATIC_CELLS = 1_500  # cells and list items above which the full mode may take minutes
BELOW_TEXT = re.compile(r"(?:^|[\s_-])(?:comments?|disqus|footer)(?:$|[\s_-])", re.IGNORECASE)
EMBEDS = re.compile(r"twitter-tweet|instagram-media|tiktok-embed|fb-post|bluesky-embed|reddit-embed|telegram-post")
BLOCKS = frozenset({"p", "div", "section", "article", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "table", "figure", "main",
                    "header", "aside", "nav", "form", "blockquote", "dl", "video"})  # fmt: skip
LEDE = re.compile(
    r"lead|lede|standfirst|teaser|summary|intro|sub-?title|sub-?head|deck\b|dek\b|abstract|vorspann|chapeau|sapo|ingress|"
    r"preamble|kicker-?text|description|excerpt|bajada|entradilla|sottotitolo|catenaccio|spot\b|zajawka|manchet",
    re.IGNORECASE,
)
NO_LEDE = re.compile(
    r"caption|credit|image|photo|media|byline|author|teaser-?(?:list|box)|related|newsletter", re.IGNORECASE
)
LEDE_TAGS = frozenset({"p", "h2", "h3", "h4", "div", "span", "strong", "section", "li"})
LEDE_CHARS = (40, 900)
LEDE_WINDOW = 400  # elements between the heading and the text


def extract(tree: HtmlElement, *, article_body: str | None) -> str:
    """Text lines of the article, empty where nothing reads any; `article_body` of JSON-LD is the rescue."""
    found = _trafilatura(tree, is_fast=True)
    read_chars, shown_chars = prose_chars(found), _paragraph_chars(tree)
    if (read_chars < SHORT_CHARS or read_chars < COVERED_SHARE * shown_chars) and not is_heavy(tree):
        full = _trafilatura(tree, is_fast=False)
        found = full if prose_chars(full) >= read_chars else found
    found = _main_paragraphs(tree, least_chars=prose_chars(found) / MISSED_SHARE) or found
    if len(found) < SHORT_CHARS:
        found = marked.paragraphs(tree, found) or found
    if article_body and (not found or shown_chars >= SHOWN_SHARE * len(article_body)) and _holds(article_body, found):
        return article_body
    return found


def prose_chars(text: str) -> int:
    """Characters in lines that are long enough to be prose."""
    return sum(len(part) for part in text.split("\n") if len(part) >= PROSE_CHARS)


def _trafilatura(tree: HtmlElement, *, is_fast: bool) -> str:
    return trafilatura.extract(tree, fast=is_fast, include_comments=False, with_metadata=False) or ""


def _paragraph_chars(tree: HtmlElement) -> int:
    texts = (line("".join(paragraph.itertext())) for paragraph in tree.iter("p"))
    return sum(len(text) for text in texts if len(text) >= PROSE_CHARS)


def _main_paragraphs(tree: HtmlElement, *, least_chars: float) -> str | None:
    """Lines of the element that holds most of the page's prose, if that is more than `least_chars` and worth it.

    Trafilatura drops articles that unclosed tags put inside an aside, a header or a pop-up.
    """
    prose: dict[HtmlElement, int] = defaultdict(int)
    for paragraph in tree.iter("p"):
        text = text_of(paragraph)
        if len(text) >= PROSE_CHARS and link_share(paragraph) < 0.5:
            for holder in islice(paragraph.iterancestors(), 2):
                prose[holder] += len(text)
    if not prose:
        return None
    holder, chars = max(prose.items(), key=itemgetter(1))
    if chars < max(LEAST_CHARS, least_chars) or any(map(_is_below_the_text, (holder, *holder.iterancestors()))):
        return None
    blocks = (block for block in holder.iter(*TEXT_BLOCKS) if next(block.iterdescendants(*TEXT_BLOCKS), None) is None)
    return "\n".join(filter(None, map(text_of, blocks)))


def _is_below_the_text(element: HtmlElement) -> bool:
    return element.tag == "footer" or BELOW_TEXT.search(marks(element)) is not None


def _holds(article_body: str, found: str) -> bool:
    """Whether `articleBody` says all that was found and much more; markup in it makes it no witness."""
    whole, part = fold(article_body), fold(found)
    if len(whole) < SUPERSET_RATIO * len(part) or len(whole) < LEDE_CHARS[0] or "</" in article_body:
        return False
    lines = [fold(text) for text in found.split("\n") if len(text) >= PROSE_CHARS]
    return sum(text in whole for text in lines) >= 0.5 * len(lines)


def is_heavy(tree: HtmlElement) -> bool:
    """Whether the full mode, quadratic in cells and list items, may not finish."""
    return next(islice(tree.iter("td", "th", "li", "span"), QUADRATIC_CELLS, None), None) is not None


def prune(tree: HtmlElement) -> None:
    """Take out of the tree what is another text: embedded posts, captions, paragraphs that are one link elsewhere."""
    for element in list(tree.iter("blockquote", "figcaption", "p", "li")):
        if element.tag == "figcaption":
            is_other = True
        elif element.tag == "blockquote":
            is_other = EMBEDS.search(element.get("class") or "") is not None
        else:
            is_other = _is_teaser(element)
        if is_other:
            _remove(element)


def lede(tree: HtmlElement, *, first_line: str, descriptions: Collection[str], text: str) -> str | None:
    """The paragraph between heading and text that trafilatura left out, where the page marks it as the article's start."""
    start, said = fold(first_line)[:60], fold(text)
    claims = [fold(claim) for claim in descriptions]
    for element in islice(_below_heading(tree), LEDE_WINDOW):
        if element.tag not in LEDE_TAGS or any(child.tag in BLOCKS for child in element.iterdescendants()):
            continue
        candidate = text_of(element)
        folded = fold(candidate)
        if start and folded.startswith(start):
            return None
        if not LEDE_CHARS[0] <= len(candidate) <= LEDE_CHARS[1] or folded in said:
            continue
        said_of = f"{marks(element)} {marks(element.getparent())}"
        if NO_LEDE.search(said_of) or any(
            parent.tag in ("a", "aside", "nav", "figure") for parent in element.iterancestors()
        ):
            continue
        is_described = any(folded == claim or (len(claim) > 40 and folded.startswith(claim[:-3])) for claim in claims)
        if is_described or (LEDE.search(said_of) and link_share(element) < 0.5):
            return candidate
    return None


def _below_heading(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Elements after the first h1, in document order."""
    node: HtmlElement | None = next(tree.iter("h1"), None)
    while node is not None:
        for sibling in node.itersiblings():
            if sibling.tag not in INVISIBLE:
                yield from sibling.iter()
        node = node.getparent()


def _is_teaser(element: HtmlElement) -> bool:
    links = list(element.iter("a"))
    if len(links) != 1:
        return False
    href = (links[0].get("href") or "").strip()
    if href.startswith("#") or not href:
        return False
    inside = len(line("".join(links[0].itertext())))
    return inside >= 20 and inside >= 0.9 * len(line("".join(element.itertext())))


def _remove(element: HtmlElement) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail and element.tail.strip():
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)
