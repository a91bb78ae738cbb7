"""The article's text: trafilatura on a tree that was freed of teasers and embeds; what a line may say is in rules/text."""

import logging
import re
from collections.abc import Collection, Iterator, Sequence
from copy import deepcopy
from itertools import islice
from typing import Literal, NamedTuple

import trafilatura
from lxml import etree
from lxml.html import HtmlElement

from ingest.extract import lines
from ingest.extract.blocks import PROSE_CHARS, Block, is_cut
from ingest.extract.cues import Said
from ingest.extract.forest import Forests
from ingest.extract.tree import INVISIBLE, line, link_share, marks, text_of
from ingest.rules.text import HEAD_LINES
from ingest.rules.title import fold

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

# What read the text: the chosen blocks, of a page that has too many, without and with what trafilatura read; trafilatura; JSON-LD
Reader = Literal["blocks", "blocks, cut", "blocks+trafilatura", "trafilatura", "article-body"]
# F1 expected of the chosen blocks (918 pages). Chosen alone, 95 % reach the first, and above it trafilatura adds .001 at most;
# below the second (2 %) blocks are worse than what trafilatura reads, where that is a text.
TRUSTED_F1 = 0.85
SURE_F1 = 0.8
SHORT_CHARS = 1_500  # of prose: below it trafilatura may have read the wrong part
SHOWN_SHARE = 0.8  # of `articleBody` that the page's paragraphs must be able to show
SUPERSET_RATIO = 1.5  # `articleBody` so much longer than the text, and holding it, is the whole of it
MOST_ELEMENTS = 12_000
MOST_CHARS = 1_000_000
MOST_DEPTH = 1_000  # of elements: trafilatura is quadratic in it, and ends in RecursionError
IS_DEEP = etree.XPath(f"boolean({'/*' * MOST_DEPTH})")
UNTEXTUAL = (
    "script", "style", "svg", "noscript", "template", "iframe", "nav", "footer", "button", "select", "picture", "source",
    "video", "audio", "canvas", "link", "meta", "input", "object", "textarea",
)  # fmt: skip
PICTURE_MARK = re.compile(r"(?:^|[\s_-])(?:photo|image|picture|caption|credit|foto|bild)", re.IGNORECASE)
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


class Found(NamedTuple):
    """Text lines, and what read them."""

    text: str
    reader: Reader


def extract(tree: HtmlElement, page: Sequence[Block], said: Said, forests: Forests) -> Found:
    """Text lines of the article, empty where nothing reads any; `page` are the tree's blocks.

    Three readers, each asked only where the one before it promises little: the forest by the page's looks; the same by
    what trafilatura reads, too; trafilatura alone.
    """
    alone = lines.choose(page, said, None, forests.alone)
    if alone.expected_f1 >= TRUSTED_F1 or is_vast(tree, page):
        return _rescued(tree, Found(alone.text, "blocks, cut" if is_cut(page) else "blocks"), said.article_body)
    pruned = deepcopy(tree)
    read = fast(pruned)
    aided = lines.choose(page, said, read, forests.aided)
    found = Found(aided.text, "blocks+trafilatura")
    if aided.expected_f1 < SURE_F1:
        if prose_chars(read) >= SHORT_CHARS:
            found = Found(read, "trafilatura")
        elif alone.expected_f1 > aided.expected_f1:
            found = Found(alone.text, "blocks")
    return _rescued(tree, found, said.article_body)


def fast(tree: HtmlElement) -> str:
    """What trafilatura's fast mode reads of a tree, which is freed before of what is another text or none."""
    prune(tree)
    etree.strip_elements(tree, *UNTEXTUAL, with_tail=False)
    etree.strip_attributes(tree, "colspan", "rowspan")  # trafilatura makes as many cells as they say
    return trafilatura.extract(tree, fast=True, include_comments=False, with_metadata=False) or ""


def _rescued(tree: HtmlElement, found: Found, article_body: str | None) -> Found:
    """`articleBody` of JSON-LD where it holds what was found and much more, else what was found."""
    if not article_body or not _holds(article_body, found.text):
        return found
    is_shown = not prose_chars(found.text) or _paragraph_chars(tree) >= SHOWN_SHARE * len(article_body)
    return Found(article_body, "article-body") if is_shown else found


def prose_chars(text: str) -> int:
    """Characters in lines that are long enough to be prose."""
    return sum(len(part) for part in text.split("\n") if len(part) >= PROSE_CHARS)


def _paragraph_chars(tree: HtmlElement) -> int:
    texts = (line("".join(paragraph.itertext())) for paragraph in tree.iter("p"))
    return sum(len(text) for text in texts if len(text) >= PROSE_CHARS)


def _holds(article_body: str, found: str) -> bool:
    """Whether `articleBody` says all that was found and much more; markup in it makes it no witness."""
    whole, part = fold(article_body), fold(found)
    if len(whole) < SUPERSET_RATIO * len(part) or len(whole) < LEDE_CHARS[0] or "</" in article_body:
        return False
    lines = [fold(text) for text in found.split("\n") if len(text) >= PROSE_CHARS]
    return sum(text in whole for text in lines) >= 0.5 * len(lines)


def is_vast(tree: HtmlElement, page: Sequence[Block]) -> bool:
    """Whether trafilatura would take seconds: over the elements, the depth, or the characters, that no article has."""
    return (
        is_cut(page)
        or sum(len(block.text) for block in page) > MOST_CHARS
        or next(islice(tree.iter(), MOST_ELEMENTS, None), None) is not None
        or bool(IS_DEEP(tree))
    )


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
    start, said, claims = fold(first_line)[:60], "", [fold(claim) for claim in descriptions]
    for element in islice(_below_heading(tree), LEDE_WINDOW):
        if element.tag not in LEDE_TAGS or (
            len(element) and any(child.tag in BLOCKS for child in element.iterdescendants())
        ):
            continue
        candidate = text_of(element) if len(element) else line(element.text)
        folded = fold(candidate)
        if start and folded.startswith(start):
            return None
        if not LEDE_CHARS[0] <= len(candidate) <= LEDE_CHARS[1]:
            continue
        said = said or fold(text)
        if folded in said:
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


def captions(page: Sequence[Block], found: str) -> Iterator[str]:
    """The first lines of a text that stand under a picture, by their element's tag or name."""
    first = frozenset(found.split("\n", HEAD_LINES)[:HEAD_LINES])
    for block in page:
        if block.text in first and (block.place.tag == "figcaption" or PICTURE_MARK.search(block.place.css)):
            yield block.text


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
