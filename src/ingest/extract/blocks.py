"""A page as blocks of text, each with its place in the tree; which of them are the article's is lines.py's."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from ingest.extract.tree import INVISIBLE

BLOCKS_LIMIT = 10_000
PROSE_LIMIT = 20_000  # blocks, when behind the first limit only those are kept that may be prose
PROSE_CHARS = 60  # a line or paragraph so long is prose, not a button
UNREAD = INVISIBLE | {"textarea", "math", "canvas", "audio", "datalist"}
BLOCK_TAGS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "button", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hgroup", "hr", "html", "label", "li", "main", "menu", "nav", "ol", "p", "pre", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "video",
})  # fmt: skip
CELLS = frozenset({"td", "th"})
STRONG = frozenset({"b", "strong"})
WITHIN_TAGS = (
    "article", "aside", "main", "nav", "header", "footer", "form", "figure", "blockquote", "button", "h1", "h2",
    "h3", "h4", "h5", "h6",
)  # fmt: skip
WITHIN = {tag: 1 << place for place, tag in enumerate(WITHIN_TAGS)}
# Bits beside those of WITHIN: what an element says of itself by its attributes
HIDDEN, BODY, COMMENTS, FURNITURE = (1 << bit for bit in range(20, 24))
HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
NAME_CHARS = 200  # of a class or an id: longer ones are generated
NAME_WORD = re.compile(r"[A-Za-z][a-z]*")
# Words in classes and ids, `relatedStories` being two; a text of an article is its body, and `has-sidebar` is no sidebar
TEXT_OF, TEXT, WITHOUT = (1 << bit for bit in range(24, 27))
NAME_WORDS = {
    BODY: "articlebody storybody bodytext articletext articlecontent prose richtext wysiwyg",
    TEXT_OF: "article story post entry news page main rich",
    TEXT: "body text texte content copy",
    COMMENTS: "comment comments disqus reply replies respond kommentare comentarios",
    FURNITURE: "footer foot menu nav navbar navigation breadcrumb breadcrumbs sidebar cookie cookies consent share sharing "
    "social newsletter subscribe subscription promo ad ads advert advertisement banner widget modal popup login signup toolbar "
    "related recommended recommendations teaser teasers latest popular trending outbrain taboola masthead",
    WITHOUT: "with has no",
}
WORD_BITS = {
    spelt: bit for bit, words in NAME_WORDS.items() for word in words.split() for spelt in (word, word.title())
}


class Place(NamedTuple):
    """A block element, by what it and those around it are."""

    tag: str
    within: int  # bits of WITHIN and those beside it
    holders: tuple[int, int, int, int]  # numbers of this element and those around it, the nearest first
    css: str
    parent_css: str


class Block(NamedTuple):
    """Text that stands for itself: a paragraph, a heading, a table row; hundreds a page, so a tuple."""

    text: str
    link_share: float
    strong_share: float
    headings_before: int  # h1 elements
    depth: int  # block elements around it
    place: Place
    hrefs: tuple[str, ...]  # of the links that begin in it


TOP = Place("body", 0, (0, 0, 0, 0), "", "")


def read(tree: HtmlElement) -> list[Block]:
    """The blocks of a page in document order, one walk, linear in the page's size; `is_cut` tells whether some are left out.

    Behind BLOCKS_LIMIT only the long ones are kept: paragraphs below a table of thousands of rows are the article's still.
    One loop without calls, since it runs for every element; places are made where text stands, half the elements have none.
    """
    found = tree.find("body")
    body = tree if found is None else found
    blocks: list[Block] = []
    pieces: list[str] = []  # of the text since the last border between blocks
    hrefs: list[str] = []
    opened: list[tuple[HtmlElement, int]] = []
    places = [TOP]
    number = link_chars = strong_chars = links = strongs = headings = 0
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, node in walk:
        tag, is_start = node.tag, event == "start"
        if is_start and tag in UNREAD:
            walk.skip_subtree()
            continue
        if tag in BLOCK_TAGS:
            if not pieces:
                pass
            elif tag in CELLS and _is_in_row(opened, is_start):
                if is_start:
                    pieces.append(" | ")
            else:
                for element, its_number in opened[len(places) - 1 :]:
                    places.append(_place(element, its_number, places[-1]))
                size = len(said := " ".join("".join(pieces).split()))
                shares = min(1.0, link_chars / size), min(1.0, strong_chars / size)
                if size >= PROSE_CHARS or len(blocks) < BLOCKS_LIMIT:
                    blocks.append(Block(said, *shares, headings, len(places), places[-1], tuple(hrefs)))
                    if len(blocks) >= PROSE_LIMIT:
                        break
                pieces, hrefs, link_chars, strong_chars = [], [], 0, 0
            if tag != "br" and node is not body:
                if is_start:
                    headings += tag == "h1"
                    number += 1
                    opened.append((node, number))
                else:
                    opened.pop()
                    del places[len(opened) + 1 :]
        elif tag == "a":
            links += 1 if is_start else -1
            if is_start and (href := node.get("href")):
                hrefs.append(href)
        elif tag in STRONG:
            strongs += 1 if is_start else -1
        text = node.text if is_start else None if node is body else node.tail
        if text and (pieces or not text.isspace()):
            pieces.append(text)
            if links or strongs:
                chars = len(text.strip())
                link_chars += chars if links else 0
                strong_chars += chars if strongs else 0
    return blocks


def is_cut(blocks: Sequence[Block]) -> bool:
    """Whether a page may have more blocks than were read."""
    return len(blocks) >= BLOCKS_LIMIT


def _is_in_row(opened: Sequence[tuple[HtmlElement, int]], is_start: bool) -> bool:
    """Whether a cell begins or ends inside a row, which is one block."""
    back = 1 if is_start else 2
    return len(opened) >= back and opened[-back][0].tag == "tr"


def _place(node: HtmlElement, number: int, up: Place) -> Place:
    tag = node.tag
    within, css = up.within | WITHIN.get(tag, 0), ""
    attributes = node.keys()
    if attributes:
        css = node.get("class") or ""
        within |= _named(css[:NAME_CHARS])
        if len(attributes) > 1 or not css:
            within |= _said(node)
    own, parent, over, _ = up.holders
    return Place(tag, within, (number, own, parent, over), css, up.css)


def _said(node: HtmlElement) -> int:
    """What an element says of itself outside its classes."""
    within = _named((node.get("id") or "")[:NAME_CHARS])
    if "articlebody" in (node.get("itemprop") or "").lower():
        within |= BODY
    if node.get("hidden") is not None or node.get("aria-hidden") == "true" or HIDING.search(node.get("style") or ""):
        within |= HIDDEN
    return within


@lru_cache(1_024)  # a page says the same again and again
def _named(name: str) -> int:
    bits = 0
    for word in NAME_WORD.findall(name):
        bits |= WORD_BITS.get(word, 0)
    is_body = bits & BODY or (bits & TEXT_OF and bits & TEXT)
    return (BODY if is_body else 0) | bits & COMMENTS | (0 if bits & WITHOUT else bits & FURNITURE)
