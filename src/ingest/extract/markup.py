"""What a page's markup claims of its article: JSON-LD, OpenGraph, meta tags, microdata, `<time>`; read once, in one walk.

Which of several claims is believed is decided in claims.py, moments.py and credits.py; the text itself is read in text.py.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.html import HtmlElement

from ingest.extract import jsonld, shown
from ingest.extract.tree import line, text_of

VALUES_LIMIT = 50  # of one name: pages with thousands of `article:tag` exist
TIMES_LIMIT = 20
HEADINGS_LIMIT = 5
SCRIPT_LIMIT_CHARS = 2_000_000
VALUE_LIMIT_CHARS = 10_000
MICRODATA = frozenset({
    "headline", "name", "author", "datepublished", "datemodified", "datecreated", "articlesection", "keywords",
    "isaccessibleforfree", "inlanguage", "publisher",
})  # fmt: skip
BYLINE = re.compile(
    r"(?:^|[\s_-])(?:author|byline|autor|autore|auteur|forfatter|skribent|journalist|reporter|writer)(?:s|[\s_-]*name)?(?:$|[\s_-])",
    re.IGNORECASE,
)
NO_BYLINE = re.compile(r"comment|related|teaser|bio|social|image|avatar|photo|caption|desc", re.IGNORECASE)
BYLINE_CHARS = 120
MARKS_CHARS = 500  # of an element's classes and id, so that what is remembered of them is bounded
KEYWORDS = ("article:tag", "news_keywords", "keywords")
FEW_KEYWORD_CHARS = 25  # a single keyword is often the section
BYLINES_LIMIT = 6
FURNITURE = frozenset({"nav", "footer", "aside"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """A `<time>` element: its `datetime` (or text), and whether it says that it is the publication's."""

    value: str
    is_published: bool
    is_modified: bool
    is_furniture: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """Every claim in document order; `meta` and `microdata` map a lower-case name to its values."""

    nodes: tuple[jsonld.Node, ...] = field(repr=False)
    meta: Mapping[str, tuple[str, ...]]
    microdata: Mapping[str, tuple[str, ...]]
    times: tuple[Time, ...]
    bylines: tuple[str, ...]
    canonical_href: str | None
    html_language: str | None
    document_title: str | None
    headings: tuple[str, ...]
    pictures: tuple[shown.Picture, ...] = field(repr=False)
    topics: tuple[str, ...]
    menu: frozenset[str] = field(repr=False)

    def first(self, *names: str) -> str | None:
        """The first value of the first name that has one."""
        return next((value for name in names for value in self.meta.get(name, ())), None)


def read(tree: HtmlElement) -> Markup:
    """All claims of a page."""
    scripts: list[str] = []
    meta: dict[str, list[str]] = {}
    microdata: dict[str, list[str]] = {}
    times: list[Time] = []
    bylines: list[str] = []
    headings: list[HtmlElement] = []
    canonical: str | None = None
    title: str | None = None
    for element in tree.iter("script", "meta", "link", "title", "time", "h1", "a", "span", "div", "p", "li", "address"):
        tag = element.tag
        if tag == "script":
            if "ld+json" in (element.get("type") or "").lower():
                scripts.append((element.text or "")[:SCRIPT_LIMIT_CHARS])
        elif tag == "meta":
            _keep_meta(element, meta, microdata)
        elif tag == "link":
            if "canonical" in (element.get("rel") or "").lower().split() and canonical is None:
                canonical = element.get("href") or None  # an empty one hides no other
        elif tag == "title":
            if title is None and (element.getparent() is None or element.getparent().tag != "svg"):
                title = line(element.text)
        elif tag == "time":
            if len(times) < TIMES_LIMIT:
                times.append(_time(element))
            _keep_microdata(element, microdata)
        elif tag == "h1":
            if len(headings) < HEADINGS_LIMIT:
                headings.append(element)
            _keep_microdata(element, microdata)
        else:
            _keep_microdata(element, microdata)
            if len(bylines) < BYLINES_LIMIT and (byline := _byline(element)) and byline not in bylines:
                bylines.append(byline)
    nodes = jsonld.read(scripts)
    return Markup(
        nodes=nodes,
        meta={name: tuple(values) for name, values in meta.items()},
        microdata={name: tuple(values) for name, values in microdata.items()},
        times=tuple(times),
        bylines=tuple(bylines),
        canonical_href=canonical,
        html_language=tree.get("lang") or tree.get("xml:lang"),
        document_title=title,
        headings=tuple(filter(None, (text_of(heading) for heading in headings))),
        pictures=shown.pictures(tree),
        topics=shown.topics(tree) if _keyword_chars(meta, nodes) < FEW_KEYWORD_CHARS else (),
        menu=shown.menu(tree),
    )


def _keyword_chars(meta: Mapping[str, list[str]], nodes: tuple[jsonld.Node, ...]) -> int:
    """How much a page's markup says of its topics; where it is enough, its links need not be searched (3 ms a page)."""
    named = max((sum(map(len, meta.get(name, ()))) for name in KEYWORDS), default=0)
    return max([named, *(len(str(node.get("keywords") or "")) for node in nodes)])


def _keep_meta(element: HtmlElement, meta: dict[str, list[str]], microdata: dict[str, list[str]]) -> None:
    content = line((element.get("content") or "")[:VALUE_LIMIT_CHARS])
    if not content:
        return
    for attribute, kept in (("property", meta), ("name", meta), ("http-equiv", meta), ("itemprop", microdata)):
        names = (element.get(attribute) or "").lower().split()
        for name in names:
            values = kept.setdefault(name, [])
            if len(values) < VALUES_LIMIT and content not in values:
                values.append(content)


def _keep_microdata(element: HtmlElement, microdata: dict[str, list[str]]) -> None:
    given = element.get("itemprop")
    if not given:
        return
    for name in given.lower().split():
        if name not in MICRODATA:
            continue
        values = microdata.setdefault(name, [])
        if len(values) < VALUES_LIMIT:
            value = element.get("content") or element.get("datetime") or _inner_name(element) or text_of(element)
            if value and value not in values:
                values.append(line(value[:VALUE_LIMIT_CHARS]))


def _inner_name(element: HtmlElement) -> str | None:
    """The name inside a nested item (`itemprop=author itemscope` around `itemprop=name`)."""
    if element.get("itemscope") is None:
        return None
    inner = element.find(".//*[@itemprop='name']")
    return None if inner is None else inner.get("content") or text_of(inner)


def _byline(element: HtmlElement) -> str | None:
    """The text of an element that is marked as the author's name: `rel=author` or a class that says so."""
    css, own_id, rel = element.get("class"), element.get("id"), element.get("rel")
    if not (rel and "author" in rel.lower().split()):
        marks = f"{css or ''} {own_id or ''}"
        if len(marks) < 2 or not _names_author(marks[:MARKS_CHARS]):
            return None
    if any(parent.tag in FURNITURE for parent in element.iterancestors()):
        return None
    text = text_of(element)
    return text if 0 < len(text) <= BYLINE_CHARS else None


@lru_cache(1_024)  # a page says the same again and again
def _names_author(marks: str) -> bool:
    return BYLINE.search(marks) is not None and NO_BYLINE.search(marks) is None


def _time(element: HtmlElement) -> Time:
    said = " ".join(
        filter(
            None, (element.get("class"), element.get("itemprop"), element.get("id"), element.getparent().get("class"))
        )
    ).lower()
    is_modified = any(word in said for word in ("updat", "modif", "aktualisier"))
    return Time(
        value=line(element.get("datetime") or element.text),
        is_published=not is_modified and (element.get("pubdate") is not None or "publish" in said),
        is_modified=is_modified,
        is_furniture=any(parent.tag in FURNITURE for parent in element.iterancestors()),
    )
