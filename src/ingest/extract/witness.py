"""One page as a witness of its source's habits: its titles by each claim, and what the lines of its text stand in.

For proposals alone (rules/habit.py): a record never depends on it.
"""

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from ingest.extract import claims, ruled, tree
from ingest.extract.page import read_and_judge
from ingest.records import Extraction, Page
from ingest.rules.habit import CLAIMS, Witness
from ingest.rules.title import fold

PIECES_LIMIT = 60  # strings of an element: what has more is no line
LINE_CHARS = 2_000
HOLDERS_LIMIT = 8  # elements around a line
MARKS_LIMIT = 5  # classes of one element
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,60}")  # names that a selector can hold as they are


def read(page: Page) -> Witness | None:
    """What a page says, read by its rule; None where it is no article."""
    verdict, _ = read_and_judge(page)
    parsed = tree.of_page(page)
    if parsed is None or not isinstance(verdict, Extraction):
        return None
    _, claimed = ruled.apply(page, parsed)
    lines = tuple(verdict.text.split("\n"))
    places = _places(parsed, frozenset(map(fold, lines)) - {""})
    return Witness(
        title=verdict.title,
        title_evidence=verdict.evidence.get("title"),
        claimed={evidence: text for text, evidence in reversed(claims.title_readings(claimed))},
        preferred={claim: claims.title_claim(claimed, title_from=claim).value for claim in CLAIMS},
        lines=lines,
        holders=tuple(tuple(places.get(fold(line), ())) for line in lines),
        metadata=(verdict.title, verdict.authors, verdict.published_at, verdict.language),
    )


def _places(parsed: HtmlElement, wanted: frozenset[str]) -> dict[str, dict[str, None]]:
    """Selectors for each line: of the widest element that holds it alone, of those around that one, of those inside."""
    found: dict[str, dict[str, None]] = {}
    for element in parsed.iter():
        if element.tag in tree.INVISIBLE:
            continue
        text = "".join(islice(element.itertext(), PIECES_LIMIT))
        if len(text) <= LINE_CHARS and (key := fold(text)) in wanted:
            around = (element, *islice(element.iterancestors(), HOLDERS_LIMIT))
            found.setdefault(key, {}).update(dict.fromkeys(one for holder in around for one in _selectors(holder)))
    return found


def _selectors(element: HtmlElement) -> Iterator[str]:
    if not PLAIN.fullmatch(element.tag):
        return
    for name in islice(dict.fromkeys((element.get("class") or "").split()), MARKS_LIMIT):
        if PLAIN.fullmatch(name):
            yield f"{element.tag}.{name}"
    if PLAIN.fullmatch(element.get("id") or ""):
        yield f"{element.tag}#{element.get('id')}"
