"""A page as one lxml tree, and small questions about elements; what the markup claims is read in markup.py."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from ingest.extract import charset
from ingest.records import Page
from ingest.rules.title import one_line

INVISIBLE = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "object", "head", "select"})
INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "cite", "code", "em", "font", "i", "mark", "q", "s", "small", "span", "strong", "sub",
     "sup", "u", "wbr"}
)  # fmt: skip
# Where pages are glued together an article may stand behind one, and libxml2 leaves out what does
CLOSING = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)


def of_page(page: Page) -> HtmlElement | None:
    """The tree of a page as it came, or None where there is nothing to parse."""
    return parse(charset.without_controls(charset.decode(page.body, page.http_charset)))


def parse(text: str) -> HtmlElement | None:
    """The tree, or None where there is nothing to parse. `huge_tree`: 260 nested divs are no reason to lose a page.

    MemoryError where there is too little of it, which lxml calls a fault of the markup.
    """
    parser = HTMLParser(huge_tree=True, encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(
        etree.ElementDefaultClassLookup(element=HtmlElement)
    )  # lxml.html asks Python for each
    try:
        tree = document_fromstring(CLOSING.sub("", text).encode("utf-8", "replace"), parser=parser)
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:  # type: ignore[attr-defined]  # its own stubs forget it
            raise MemoryError from None
        return None
    except etree.ParserError:
        return None
    return tree if tree.tag == "html" else None


def line(text: str | None) -> str:
    """Text in one line, without characters that no file can hold."""
    return one_line(text or "")


def text_of(element: HtmlElement) -> str:
    """What a reader sees of an element, in one line: words of different blocks are kept apart."""
    return line("".join(pieces(element)))


def pieces(element: HtmlElement) -> Iterator[str]:
    """The strings under an element in document order, scripts and styles left out; iterative, so depth is no matter."""
    skipped: HtmlElement | None = None
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if skipped is not None:
            if event == "end" and node is skipped:
                skipped = None
                yield node.tail or ""
        elif event == "start":
            if node.tag in INVISIBLE and node is not element:
                skipped = node
                continue
            if node.tag not in INLINE:
                yield " "
            yield node.text or ""
        elif node is not element:
            yield node.tail or "" if node.tag in INLINE else f" {node.tail or ''}"


def marks(element: HtmlElement | None) -> str:
    """What an element is called: its classes, id and property."""
    return "" if element is None else " ".join(filter(None, map(element.get, ("class", "id", "itemprop"))))


def link_share(element: HtmlElement) -> float:
    """Share of an element's text that stands in links."""
    return sum(len(text_of(link)) for link in element.iter("a")) / max(1, len(text_of(element)))
