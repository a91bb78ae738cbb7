"""A page as blocks of text, each with its place in the tree; which of them are the article's is lines.py's."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from ingest.extract.tree import INVISIBLE

BLOCKS_LIMIT = 10_000
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
HIDDEN, ARTICLE_BODY = 1 << 20, 1 << 21
HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class Place(NamedTuple):
    """A block element, by what it and those around it are."""

    tag: str
    within: int  # bits of WITHIN and the two beside it
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


TOP = Place("body", 0, (0, 0, 0, 0), "", "")


@dataclass(slots=True)
class _Reader:
    """The text since the last border between blocks."""

    blocks: list[Block] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    link_chars: int = 0
    strong_chars: int = 0
    links: int = 0
    strongs: int = 0
    headings: int = 0

    def say(self, text: str) -> None:
        self.pieces.append(text)
        if self.links or self.strongs:
            chars = len(text.strip())
            self.link_chars += chars if self.links else 0
            self.strong_chars += chars if self.strongs else 0

    def end(self, opened: list[Place]) -> None:
        text = " ".join("".join(self.pieces).split())
        if text:
            link_share, strong_share = min(1.0, self.link_chars / len(text)), min(1.0, self.strong_chars / len(text))
            self.blocks.append(Block(text, link_share, strong_share, self.headings, len(opened), opened[-1]))
        self.pieces, self.link_chars, self.strong_chars = [], 0, 0

    def enter(self, tag: str, opened: list[Place]) -> None:
        """A border, except before a cell: a row of a table is one block."""
        if not (tag in CELLS and opened[-1].tag == "tr"):
            self.end(opened)
        else:
            self.pieces.append(" | ")

    def mark(self, tag: str, step: int) -> None:
        if tag == "a":
            self.links += step
        elif tag in STRONG:
            self.strongs += step


def read(tree: HtmlElement) -> list[Block]:
    """The blocks of a page in document order, at most BLOCKS_LIMIT; one walk, linear in the page's size."""
    found = tree.find("body")
    body = tree if found is None else found
    reader, opened, number = _Reader(), [TOP], 0
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, node in walk:
        tag = node.tag
        text = node.text
        if event == "start":
            if tag in UNREAD:
                walk.skip_subtree()
                continue
            if tag in BLOCK_TAGS:
                if reader.pieces:
                    reader.enter(tag, opened)
                reader.headings += tag == "h1"
                if tag != "br" and node is not body:
                    number += 1
                    opened.append(_place(node, tag, opened[-1], number))
            else:
                reader.mark(tag, 1)
        else:
            if tag in BLOCK_TAGS:
                if reader.pieces and not (tag in CELLS and len(opened) > 1 and opened[-2].tag == "tr"):
                    reader.end(opened)
                if tag != "br" and node is not body:
                    opened.pop()
            elif tag not in UNREAD:
                reader.mark(tag, -1)
            text = None if node is body else node.tail
        if text:
            reader.say(text)
        if len(reader.blocks) >= BLOCKS_LIMIT:
            break
    return reader.blocks


def _place(node: HtmlElement, tag: str, up: Place, number: int) -> Place:
    within, css = up.within | WITHIN.get(tag, 0), ""
    if node.attrib:
        css = node.get("class") or ""
        if "articlebody" in (node.get("itemprop") or "").lower():
            within |= ARTICLE_BODY
        if (
            node.get("hidden") is not None
            or node.get("aria-hidden") == "true"
            or HIDING.search(node.get("style") or "")
        ):
            within |= HIDDEN
    return Place(tag, within, (number, *up.holders[:3]), css, up.css)
