"""A page's links with what stands around them: headline, heading, card and time; which of them are articles is decided elsewhere.

One pass without a tree: its time grows with the page, whatever is nested in it.
"""

from collections import Counter
from dataclasses import dataclass, field

from lxml import etree

from ingest.discover.text import BLOCKS, UNSEEN

LINKS_LIMIT = 5_000  # of one page; an overview has some hundreds
TEXT_LIMIT_CHARS = 2_000  # of one link
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
CARDS = frozenset({"article", "li"})
ASIDE = frozenset({"nav", "footer"})


@dataclass(slots=True, kw_only=True)
class Link:
    """One `<a href>`; the address as written."""

    href: str
    card: int | None  # the innermost card around it
    is_aside: bool  # in navigation or a footer
    heading: str = ""  # what of it stands in a heading
    text: str = ""
    label: str = ""  # its title, or what its image is called


@dataclass(slots=True, kw_only=True)
class Links:
    """The links of a page in its order."""

    base_href: str | None = None
    links: list[Link] = field(default_factory=list)
    times: dict[int, str] = field(default_factory=dict)  # card -> the first `<time datetime>` in it


def links_of(page: str) -> Links:
    """The first `LINKS_LIMIT` links of an HTML page."""
    parser = etree.HTMLParser(target=_Walk(), huge_tree=True, no_network=True)  # type: ignore[arg-type]  # it gives text alone
    parser.feed(page)
    found = parser.close()
    if not isinstance(found, Links):
        raise TypeError(f"the parser gave {type(found).__name__}")
    return found


class _Walk:
    """What lxml tells of a document (the names of the methods are lxml's)."""

    def __init__(self) -> None:
        self.found = Links()
        self.inside: Counter[str] = Counter()  # groups of elements that are open
        self.cards: list[int] = []
        self.card_count = 0
        self.link: Link | None = None
        self.text: list[str] = []
        self.heading: list[str] = []
        self.text_chars = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count(tag, 1)
        if tag in CARDS:
            self.cards.append(self.card_count)
            self.card_count += 1
        elif tag == "a" and attributes.get("href"):
            self._done()
            self._begin(attributes)
        elif tag == "time" and attributes.get("datetime") and self.cards:
            self.found.times.setdefault(self.cards[-1], attributes["datetime"])
        elif tag == "img" and self.link and not self.link.label:
            self.link.label = attributes.get("alt", "")[:TEXT_LIMIT_CHARS]
        elif tag == "base" and self.found.base_href is None:
            self.found.base_href = attributes.get("href")
        if tag in BLOCKS:
            self.data(" ")

    def end(self, tag: str) -> None:
        self._count(tag, -1)
        if tag == "a":
            self._done()
        elif tag in CARDS and self.cards:
            self.cards.pop()
        if tag in BLOCKS:
            self.data(" ")

    def data(self, data: str) -> None:
        if self.link is None or self.inside["unseen"] > 0 or self.text_chars > TEXT_LIMIT_CHARS:
            return
        self.text_chars += len(data)
        self.text.append(data)
        if self.inside["heading"] > 0:
            self.heading.append(data)

    def comment(self, text: str) -> None:
        """Nobody sees it."""

    def close(self) -> Links:
        self._done()
        return self.found

    def _count(self, tag: str, step: int) -> None:
        if tag in HEADINGS:
            self.inside["heading"] += step
        elif tag in ASIDE:
            self.inside["aside"] += step
        elif tag in UNSEEN:
            self.inside["unseen"] += step

    def _begin(self, attributes: dict[str, str]) -> None:
        if len(self.found.links) < LINKS_LIMIT:
            card = self.cards[-1] if self.cards else None
            self.link = Link(href=attributes["href"], card=card, is_aside=self.inside["aside"] > 0)
            self.link.label = attributes.get("title", "")[:TEXT_LIMIT_CHARS]
            self.found.links.append(self.link)

    def _done(self) -> None:
        if self.link is not None:
            self.link.text, self.link.heading = (" ".join("".join(said).split()) for said in (self.text, self.heading))
            self.link, self.text, self.heading, self.text_chars = None, [], [], 0
