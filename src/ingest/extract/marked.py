"""The text of a short page: paragraphs of the element that its markup names as the article's; longer texts are text.py's."""

import re
from itertools import chain

from lxml.html import HtmlElement

from ingest.extract.blocks import PROSE_CHARS
from ingest.extract.tree import INLINE, line, link_share, marks, text_of
from ingest.rules.text import SENTENCE_END
from ingest.rules.title import fold

TEXT_BLOCKS = ("p", "h2", "h3", "h4", "li", "blockquote")
# Elements that say they hold the article's text, the surest first
TEXT_MARK = re.compile(
    r"articlebody|(?:^|[\s_-])(?:article|story|post|entry|news)(?:[\s_-]+|__)(?:body|text|texte|content|copy)(?:$|\s)",
    re.IGNORECASE,
)
TEXT_TAGS = ("article", "main")
FURNITURE_TAGS = frozenset({"nav", "footer", "aside", "form", "figure", "button"})
FURNITURE_MARK = re.compile(
    r"(?:^|[\s_-])(?:footer|masthead|menu|breadcrumb|sidebar|related|recommend|newsletter|cookie|consent|share|promo|most-?read|"
    r"comment|copyright|disclaimer|byline|dateline|(?:meta|info)(?:$|[\s_-]))",
    re.IGNORECASE,
)


def paragraphs(tree: HtmlElement, found: str) -> str | None:
    """Lines of the element that is marked as the article's text, if `found` holds them and nothing else that is prose.

    Below 250 characters trafilatura hands out whatever the page says: menu, section, byline, tags, often in one line.
    """
    holder = _marked_as_text(tree)
    if holder is None:
        return None
    leaves = (block for block in holder.iter(*TEXT_BLOCKS) if next(block.iterdescendants(*TEXT_BLOCKS), None) is None)
    blocks = [block for block in leaves if not _is_furniture(block, within=holder) and link_share(block) < 0.5]
    if not blocks and TEXT_MARK.search(marks(holder)):
        blocks = [holder]
    lines = list(filter(None, map(text_of, blocks)))
    said, own = fold(found), fold(text_of(holder))
    if not all(fold(text) in said for text in lines) or any(block.find(".//br") is not None for block in blocks):
        return None  # what a line break parts is a line of its own, as trafilatura has it
    others = [text for text in found.split("\n") if not any(fold(part) in fold(text) for part in lines)]
    is_missed = any(" " in text.lstrip("- ") and fold(text) in own for text in others)
    is_prose = any(len(text) >= PROSE_CHARS and SENTENCE_END.search(text) for text in others)
    return None if is_missed or is_prose or _has_other_prose(tree, frozenset(blocks)) else "\n".join(lines) or None


def _marked_as_text(tree: HtmlElement) -> HtmlElement | None:
    marked = (element for element in tree.iter("div", "section", "article", "td") if TEXT_MARK.search(marks(element)))
    return next(chain(marked, (element for tag in TEXT_TAGS for element in tree.iter(tag))), None)


def _has_other_prose(tree: HtmlElement, blocks: frozenset[HtmlElement]) -> bool:
    """Whether an element outside `blocks` and the page's furniture says a sentence of its own."""
    for element in tree.iter("p", "div", "section", "article", "main", "td", "li", "blockquote", "header"):
        if len(_own_text(element)) < PROSE_CHARS or link_share(element) >= 0.5:
            continue
        if blocks.isdisjoint((element, *element.iterancestors())) and not _is_furniture(element, within=None):
            return True
    return False


def _own_text(element: HtmlElement) -> str:
    """What an element says outside the blocks in it."""
    pieces = [element.text or ""]
    for child in element:
        pieces += [text_of(child) if child.tag in INLINE else " ", child.tail or ""]
    return line("".join(pieces))


def _is_furniture(element: HtmlElement, *, within: HtmlElement | None) -> bool:
    for holder in (element, *element.iterancestors()):
        if holder is within or holder.tag == "body":
            return False
        if holder.tag in FURNITURE_TAGS or FURNITURE_MARK.search(marks(holder)):
            return True
    return False
