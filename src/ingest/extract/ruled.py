"""What the catalogue's rule for a source finds on a page, by CSS selectors; which rule holds when is rules/page_rule."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Final, cast

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from ingest.extract import blocks, claims, markup, tree
from ingest.extract.claims import Claims
from ingest.records import Page, TitleEvidence
from ingest.rules import author, shown_date, title
from ingest.rules.moment import Moment, read_moment

KEYS: Final = ("title", "author", "published", "body")  # of a rule, whose selectors find what is read
DATE_ATTRIBUTES = ("datetime", "content", "title")
REMOVED = "removed-by-rule"
VALUES_LIMIT = 50  # elements that are asked for one value
SHOWN_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one selector did: how many elements it found, and what was read from them; None where nothing was."""

    key: str  # of the rule
    selector: str
    found_count: int
    said: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What a rule's selectors found; None or empty where it has none, or where it found nothing, which `missed` tells."""

    title: str | None = None
    title_from: TitleEvidence | None = None
    has_credits: bool = False  # the selector found text, which may name nobody
    authors: tuple[str, ...] = ()
    agency: str | None = None
    published: Moment | None = None
    body: str | None = None
    missed: dict[str, str] = field(default_factory=dict)  # `rule.body` -> the selector that found nothing
    steps: tuple[Step, ...] = ()


def apply(page: Page, parsed: HtmlElement) -> tuple[Ruled, Claims]:
    """What the page's rule finds, and what the page claims; what the rule says to remove is taken out of the tree first.

    That there is nothing to remove is no miss: a box for subscribers stands on some pages, and the record is the same.
    """
    rule = page.rule
    steps = [_removed(parsed, selector) for selector in rule.remove] if rule else []
    claimed = claims.gather(markup.read(parsed), page_url=page.final_url, now=page.fetched_at)
    if rule is None:
        return Ruled(), claimed
    selectors: dict[str, str] = {key: selector for key in KEYS if (selector := getattr(rule, key))}
    found = {key: _found(parsed, selector) for key, selector in selectors.items()}
    headline = _first_text(found.get("title", ()))
    credits = [_text(element) for element in islice(found.get("author", ()), VALUES_LIMIT)]
    authors = author.people(credits, publishers=claimed.site_names) if credits else ()
    published = _moment(page, found.get("published", ()))
    body = _lines(parsed, found.get("body", ()))
    said = {
        "title": headline,
        "author": ", ".join(authors) or _first_text(found.get("author", ())),
        "published": published.at.isoformat() if published else None,
        "body": body,
    }
    steps += [
        Step(key=key, selector=selector, found_count=len(found[key]), said=(said[key] or "")[:SHOWN_CHARS] or None)
        for key, selector in selectors.items()
    ]
    by_rule = Ruled(
        title=headline,
        title_from=rule.title_from,
        has_credits=any(map(str.strip, credits)),
        authors=authors,
        agency=author.agency(credits),
        published=published,
        body=body,
        missed={f"rule.{key}": selector for key, selector in selectors.items() if not said[key]},
        steps=tuple(steps),
    )
    return by_rule, claimed


def steps(page: Page) -> tuple[Step, ...]:
    """What each selector of a page's rule does there; none where the page cannot be parsed."""
    parsed = tree.of_page(page)
    return () if parsed is None else apply(page, parsed)[0].steps


@cache
def _compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


def _found(parsed: HtmlElement, selector: str) -> list[HtmlElement]:
    """Elements in document order."""
    return cast(list[HtmlElement], _compiled(selector)(parsed))


def _removed(parsed: HtmlElement, selector: str) -> Step:
    found = [element for element in _found(parsed, selector) if element.getparent() is not None]
    said = _first_text(found)
    for element in found:
        element.tag = REMOVED
    etree.strip_elements(
        parsed, REMOVED, with_tail=False
    )  # linear, where taking out one by one is not: 50,000 take 10 s
    return Step(key="remove", selector=selector, found_count=len(found), said=(said or "")[:SHOWN_CHARS] or None)


def _first_text(found: Sequence[HtmlElement]) -> str | None:
    return next(filter(None, (title.tidy(_text(element)) for element in islice(found, VALUES_LIMIT))), None)


def _text(element: HtmlElement) -> str:
    return (element.get("content") or "") if element.tag == "meta" else tree.text_of(element)


def _moment(page: Page, found: Sequence[HtmlElement]) -> Moment | None:
    """The first date that the elements give, in their attributes, as their text or within it."""
    for element in islice(found, VALUES_LIMIT):
        for text in (*(element.get(name) for name in DATE_ATTRIBUTES), tree.text_of(element)):
            now = page.fetched_at
            moment = (read_moment(text, now=now) or shown_date.read(text, now=now)) if text else None
            if moment:
                return moment
    return None


def _lines(parsed: HtmlElement, found: Collection[HtmlElement]) -> str | None:
    """The lines of the blocks inside the elements; those inside one of the others come with it."""
    lines = [block.text for element in _outermost(parsed, frozenset(found)) for block in _blocks(element)]
    return "\n".join(lines[: blocks.PROSE_LIMIT]) or None


def _outermost(parsed: HtmlElement, found: frozenset[HtmlElement]) -> Iterator[HtmlElement]:
    walk = etree.iterwalk(parsed, events=("start",))
    for _, element in walk if found else ():
        if element in found:
            yield element
            walk.skip_subtree()


def _blocks(element: HtmlElement) -> list[blocks.Block]:
    """An inline element or one of the page's own making (`<story-body>`) is read as the block that it stands for."""
    tag = element.tag
    if tag not in blocks.BLOCK_TAGS and tag not in blocks.UNREAD:
        element.tag = "div"
    try:
        return blocks.read(element)
    finally:
        element.tag = tag
