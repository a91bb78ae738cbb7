"""What a page shows beside its text: the pictures of its article with their captions, links to topics, names in its menus.

Which of them lead or count is decided in claims.py; claims that are made in markup are read in markup.py.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Literal

from lxml.html import HtmlElement

from ingest.extract.tree import line, link_share, marks, text_of
from ingest.rules.picture import distinct, is_placeholder, largest, sizes

PICTURES_LIMIT = 6
LEAD_PARAGRAPHS = 3  # before a picture that leads
PARAGRAPH_CHARS = 80
ELEMENTS_LIMIT = 2_000
HOLDERS_LIMIT = 25  # how far up an element's surroundings are looked at
LEAST_WIDTH = 200  # px, where the markup says it: what is smaller is a portrait or an icon
LEAST_HEIGHT = 100
LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-img-src", "data-url", "src")
LAZY_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
CAPTION_CHARS = 1_000
MARKS_CHARS = 500  # of an element's classes and id, so that what is remembered of them is bounded
FURNITURE = frozenset({"nav", "footer", "aside", "form", "button"})
# Words in class names of what surrounds pictures that are none of the article's
NOT_LEAD = re.compile(
    r"(?:^|[\s_-])(?:authors?|avatar|byline|bio|profile|logo|icon|related|teasers?|recommend\w*|newsletter|"
    r"promo\w*|advert\w*|ads?|banner|sponsor\w*|comments?|sidebar|social|share|sharing|widget|menu|nav|navigation|navbar|"
    r"most-?read|popular|trending|read-?more|more-?(?:stories|news|articles)|outbrain|taboola|lightbox|modal|footer|masthead|"
    r"breadcrumbs?|thumbs?nails?|latest|sticky|overlay|paywall|subscri\w*)(?:$|[\s_-])",
    re.IGNORECASE,
)
NOT_PHOTO = re.compile(r"(?:^|[\s_-])(?:authors?|avatar|logo|icon|emoji|spinner)(?:$|[\s_-])", re.IGNORECASE)
CAPTION_MARK = re.compile(r"caption|bildunterschrift|legende|didascalia|bildtext|pie-?de-?foto|leyenda", re.IGNORECASE)
NOT_CAPTION = re.compile(r"credit|copyright|source|photographer|byline|author|icon|button", re.IGNORECASE)
PICTURE_PAGE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|\?)", re.IGNORECASE)

TOPICS_MARK = re.compile(
    r"(?:^|[\s_-])(?:articletags?|tags?|tag-?(?:list|links?|cloud|box|comp)|topics?|keywords?|themen|schlagw[oö]rter|stichw[oö]rter|"
    r"etiquetas?|temas?|argomenti|sujets|emner|tagi|etiketler|hashtags?|labels)(?:$|[\s_-])",
    re.IGNORECASE,
)
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
TOPIC_PATH = re.compile(
    r"/(?:tags?|tagg|topics?|thema|themen|temas?|sujets?|keywords?|hashtags?|etiquetas?|etiket|argoment[io]|tagi|stichwort|schlagwort|"
    r"emne|onderwerp|person|t)/[^/]",
    re.IGNORECASE,
)
SITE_PART = re.compile(
    r"(?:^|\s)(?:site-|page-)?footer|(?:^|[\s_-])(?:main-menu|navbar|navigation|menu|trending|comments?|cards?|"
    r"teasers?|recommend\w*|related-?(?:stories|articles|content|news|posts))(?:$|[\s_-])",
    re.IGNORECASE,
)
TOPIC_CHARS = 60
TOPICS_LIMIT = 30
BOX_DEPTH = 6  # from a link up to its box
TEXT_DEPTH = 3  # the same, up to the paragraph that it is part of
_Place = Literal["topics", "site", "menu", "text", "page"]
LEAST_LINK_SHARE = 0.6  # a box of topics is made of links
LINKS_LIMIT = 3_000
MENU_WORDS = 4
MENU_LIMIT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture in the article: its addresses as written, the largest first, and what stands under it."""

    addresses: tuple[str, ...]
    caption: str | None


def pictures(tree: HtmlElement) -> tuple[Picture, ...]:
    """The pictures that may lead the article, in order: those in the holder of the headline, then those after it.

    Further down only those with a caption: others are logos of what is reviewed, buttons, drawings of steps.
    """
    heading = next(tree.iter("h1"), None)
    holder = _holder(heading)
    above = frozenset() if heading is None else frozenset(heading.iterancestors())
    is_behind = heading is None
    inside: list[Picture] = []
    behind: list[Picture] = []
    paragraphs = 0
    for element in islice(tree.iter("h1", "p", "img", "amp-img"), ELEMENTS_LIMIT):
        if element.tag == "h1":
            is_behind = is_behind or element is heading
            continue
        if element.tag == "p":
            if is_behind and paragraphs <= LEAD_PARAGRAPHS:
                paragraphs += (
                    len(element.text or "") >= PARAGRAPH_CHARS
                    or len("".join(islice(element.itertext(), 20))) >= PARAGRAPH_CHARS
                )
            continue
        if len(behind) + len(inside) >= PICTURES_LIMIT:
            break
        surroundings = list(islice(element.iterancestors(), HOLDERS_LIMIT))
        is_inside = holder is not None and holder in surroundings
        if not (is_inside or is_behind):
            continue
        picture = _picture(element, surroundings, above)
        if picture is not None and (paragraphs <= LEAD_PARAGRAPHS or picture.caption):
            (inside if is_inside else behind).append(picture)
    return (*inside, *behind)


def topics(tree: HtmlElement) -> tuple[str, ...]:
    """Texts of the links to topics that stand together beside the article.

    The first group that points to pages of topics (`rel=tag`, `/tag/…`), else the first that is marked as topics.
    """
    groups: dict[HtmlElement, list[tuple[str, bool]]] = {}
    places: dict[HtmlElement, _Place] = {}
    is_behind = next(tree.iter("h1"), None) is None
    for element in islice(tree.iter("h1", "a"), LINKS_LIMIT):
        if element.tag == "h1":
            is_behind = True
            continue
        group = _topics_group(element, places, is_behind=is_behind)
        text = text_of(element) if group is not None else ""
        if group is not None and 0 < len(text) <= TOPIC_CHARS:
            groups.setdefault(group, []).append((text, _points_to_topic(element)))
    pointing = (texts for links in groups.values() if (texts := [text for text, points in links if points]))
    marked = ([text for text, _ in links] for box, links in groups.items() if link_share(box) >= LEAST_LINK_SHARE)
    found = sorted(pointing, key=lambda texts: len(texts) == 1)  # a single one may be the section; sorting is stable
    return tuple(distinct(found[0] if found else next(marked, [])))[:TOPICS_LIMIT]


def menu(tree: HtmlElement) -> frozenset[str]:
    """Short texts of links in the page's menus: names of sections."""
    found: set[str] = set()
    for bar in islice(tree.iter("nav", "header"), 20):
        for link in islice(bar.iter("a"), MENU_LIMIT):
            text = line("".join(islice(link.itertext(), 5)) if len(link) else link.text)
            if 0 < len(text.split()) <= MENU_WORDS:
                found.add(text)
    return frozenset(found)


def _holder(heading: HtmlElement | None) -> HtmlElement | None:
    """The article around the headline."""
    if heading is None:
        return None
    return next((parent for parent in heading.iterancestors("article", "main")), None)


def _picture(element: HtmlElement, surroundings: list[HtmlElement], above: frozenset[HtmlElement]) -> Picture | None:
    """A picture, unless it is small or stands in a part of the page that is none of the article's (`above`: the headline's)."""
    if (
        _number(element.get("width"), LEAST_WIDTH) < LEAST_WIDTH
        or _number(element.get("height"), LEAST_HEIGHT) < LEAST_HEIGHT
    ):
        return None
    if NOT_PHOTO.search(CAMEL.sub("-", marks(element))):
        return None
    for parent in surroundings:
        if parent in above or parent.tag in ("article", "main", "body"):
            break
        if parent.tag in FURNITURE or _is_not_lead(marks(parent)[:MARKS_CHARS]):
            return None
        if parent.tag == "a" and _leads_away(parent.get("href") or ""):
            return None
    addresses = tuple(distinct(address for address in _addresses(element) if not is_placeholder(address)))
    return Picture(addresses=addresses, caption=_caption(surroundings)) if addresses else None


@lru_cache(1_024)  # a page says the same again and again
def _is_not_lead(said: str) -> bool:
    return NOT_LEAD.search(CAMEL.sub("-", said)) is not None


def _addresses(element: HtmlElement) -> Iterator[str]:
    sources = []
    parent = element.getparent()
    while parent is not None and parent.tag in ("picture", "source"):  # the parser puts `img` into an open `source`
        sources += list(parent.iter("source"))
        parent = parent.getparent()
    sets = [value for source in (element, *sources) for name in LAZY_SETS if (value := source.get(name))]
    yield from filter(None, map(largest, sets[:1]))
    yield from filter(None, map(line, map(element.get, LAZY)))
    for given in sets:
        yield from (address for address, _ in sizes(given))


def _caption(surroundings: list[HtmlElement]) -> str | None:
    """What the figure around a picture says under it."""
    for parent in surroundings[:6]:
        if parent.tag == "figure" or "figure" in marks(parent).lower():
            named = (
                child
                for child in parent.iterdescendants()
                if child.tag == "figcaption" or CAPTION_MARK.search(marks(child))
            )
            texts = (_without_credit(child) for child in islice(named, 5))
            return next((text for text in texts if text), None)
    return None


def _without_credit(caption: HtmlElement) -> str:
    """A caption without the photographer's line, which most content systems mark."""
    said = text_of(caption)
    for child in caption.iterdescendants():
        if isinstance(child.tag, str) and NOT_CAPTION.search(marks(child)):
            credit = text_of(child)
            if credit and said.endswith(credit):
                said = said[: -len(credit)].rstrip(" |·–-(")
    return said[:CAPTION_CHARS]


def _leads_away(href: str) -> bool:
    return bool(href) and not href.startswith(("#", "javascript:")) and not PICTURE_PAGE.search(href)


def _number(text: str | None, otherwise: int) -> int:
    digits = re.match(r"\d{1,5}", text or "")
    return otherwise if digits is None or "%" in (text or "") else int(digits[0])


def _topics_group(link: HtmlElement, places: dict[HtmlElement, _Place], *, is_behind: bool) -> HtmlElement | None:
    """Which box of topics a link stands in, None for links of the text, of menus and of other stories."""
    href = link.get("href")
    if not href or href.lower().startswith(("#", "mailto:", "javascript:", "whatsapp:")):
        return None
    near: list[HtmlElement] = []
    box, is_menu = None, False
    for parent in islice(link.iterancestors(), BOX_DEPTH):  # hundreds a page: it ends as soon as it is clear
        known = places.get(parent) or places.setdefault(parent, _place(parent))
        near.append(parent)
        if known == "site" or (known == "text" and len(near) <= TEXT_DEPTH):
            return None
        if known == "topics" and box is None:
            box = parent
        is_menu = is_menu or known == "menu"
    if box is None and (is_menu or not (_points_to_topic(link) and ("tag" in _rels(link) or _is_topics(link)))):
        return None
    if not is_behind and not any(parent.tag == "article" for parent in islice(link.iterancestors(), HOLDERS_LIMIT)):
        return None
    return box if box is not None else near[min(1, len(near) - 1)]


def _place(element: HtmlElement) -> _Place:
    """What an element around a link is."""
    if element.tag in ("article", "main", "body"):
        return "page"
    if element.tag == "p":
        return "text"
    if _is_site(marks(element)[:MARKS_CHARS]):
        return "site"
    return "topics" if _is_topics(element) else "menu" if element.tag == "nav" else "page"


def _points_to_topic(link: HtmlElement) -> bool:
    rels = _rels(link)
    return ("tag" in rels and "category" not in rels) or bool(TOPIC_PATH.search(link.get("href") or ""))


def _rels(link: HtmlElement) -> list[str]:
    return (link.get("rel") or "").lower().split()


def _is_topics(element: HtmlElement) -> bool:
    """Whether an element calls itself a box of topics, by its classes or by the attributes that testers give it."""
    tested = " ".join(f"{name} {value}" for name, value in element.items() if name.startswith("data-test"))
    return _names_topics(f"{marks(element)} {tested}"[:MARKS_CHARS])


@lru_cache(1_024)
def _is_site(said: str) -> bool:
    return SITE_PART.search(said) is not None


@lru_cache(1_024)
def _names_topics(said: str) -> bool:
    return TOPICS_MARK.search(CAMEL.sub("-", said)) is not None
