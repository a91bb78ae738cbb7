"""JSON-LD of a page, read leniently: every object it holds, and the one that speaks of the page's own article."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.rules.title import CONTROL, fold, one_line

Node = Mapping[str, Any]

ARTICLE_TYPES = frozenset({
    "newsarticle", "article", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle", "backgroundnewsarticle",
    "reviewnewsarticle", "asknewsarticle", "satiricalarticle", "advertisercontentarticle", "scholarlyarticle",
    "techarticle", "report", "blogposting", "liveblogposting", "socialmediaposting", "review", "criticreview",
})  # fmt: skip
PAGE_TYPES = frozenset(
    {
        "webpage",
        "itempage",
        "videoobject",
        "podcastepisode",
        "audioobject",
        "creativework",
        "recipe",
        "imagegallery",
        "mediagallery",
    }
)
DEPTH_LIMIT = 12
NODE_LIMIT = 2_000
WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?://\s*)?(?:-->|\]\]>)\s*;?\s*$"
)
TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
DECODER = json.JSONDecoder(strict=False)  # line breaks inside strings are common


def read(scripts: list[str]) -> tuple[Node, ...]:
    """All objects in document order, outer before inner; what cannot be read is left out."""
    nodes: list[Node] = []
    for script in scripts:
        for value in _values(script):
            nodes.extend(_flat(_plain(value, 0)))
            if len(nodes) > NODE_LIMIT:
                return tuple(nodes[:NODE_LIMIT])
    return tuple(nodes)


def article_of(nodes: tuple[Node, ...], *, titles: frozenset[str], keys: frozenset[str]) -> Node:
    """The object that speaks of this page's article; an empty one where none does.

    `titles`: the page's titles, folded; `keys`: canonical keys of the page's addresses. Pages also describe other
    stories (related, live updates): agreement with the page counts before order.
    """
    best: Node = {}
    best_rank = (0, 0, 0, 0)
    for node in nodes:
        kinds = types(node)
        is_article = bool(kinds & ARTICLE_TYPES)
        if (not is_article and not kinds & PAGE_TYPES) or _is_of_another_page(node, titles, keys):
            continue
        same_title = fold(string(node.get("headline")) or string(node.get("name")) or "") in titles
        same_url = any(url.rstrip("/").partition("#")[0] in keys for url in urls(node))
        facts = sum(name in node for name in ("headline", "datePublished", "author", "articleBody"))
        rank = (int(is_article), int(same_url) + int(same_title), min(facts, 3), 1)
        if rank > best_rank and (is_article or same_title or same_url or "datePublished" in node):
            best, best_rank = node, rank
    return best


def _is_of_another_page(node: Node, titles: frozenset[str], keys: frozenset[str]) -> bool:
    """Whether an object gives itself another address and a headline that no title here holds: a teaser in a list."""
    said = fold(string(node.get("headline")) or string(node.get("name")) or "")
    own = [url for url in urls(node) if url.startswith("http")]
    return (
        bool(said and own and titles)
        and not any(url.rstrip("/").partition("#")[0] in keys for url in own)
        and not any(said in title or title in said for title in titles)
    )


def types(node: Node) -> frozenset[str]:
    """`@type`, lower case, without a vocabulary's address."""
    given = node.get("@type")
    return frozenset(
        kind.rsplit("/", 1)[-1].lower()
        for kind in (given if isinstance(given, list) else [given])
        if isinstance(kind, str)
    )


def urls(node: Node) -> list[str]:
    """The addresses an object gives itself."""
    values = [value for name in ("url", "mainEntityOfPage", "@id") for value in _each(node.get(name))]
    named = [value.get("@id") or value.get("url") if isinstance(value, Mapping) else value for value in values]
    return [value for value in named if isinstance(value, str)]


def string(value: Any) -> str | None:
    """One text out of what may be a text, a list of them, or `{"@value": ...}`; entities are resolved once."""
    if isinstance(value, list):
        value = next((one for one in value if one), None)
    if isinstance(value, Mapping):
        value = value.get("@value") or value.get("name")
    if isinstance(value, str) and value.strip():
        return one_line(html.unescape(value)) or None
    return None


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _values(script: str) -> Iterator[Any]:
    text = WRAPPING.sub("", WRAPPING.sub("", script)).strip().rstrip(";")
    if not text:
        return
    for repaired in (text, TRAILING_COMMA.sub("", text)):
        try:
            yield DECODER.decode(repaired)
        except (ValueError, RecursionError):
            continue
        return
    position = text.find("{")
    while position != -1:  # several objects one after the other, or rubbish around one
        try:
            value, end = DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            return
        yield value
        position = text.find("{", end)


def _plain(value: Any, depth: int) -> Any:
    """The value without what lies too deep, and its texts without the characters that escapes smuggle in.

    `"\\ud83d"` is half an emoji (scripts cut titles in the middle of one), `"\\u001b"` commands a terminal.
    """
    if isinstance(value, str):
        return CONTROL.sub("", value)
    if depth > DEPTH_LIMIT:
        return None
    if isinstance(value, list):
        return [_plain(one, depth + 1) for one in value[:NODE_LIMIT]]
    if isinstance(value, dict):
        return {name: _plain(inner, depth + 1) for name, inner in value.items()}
    return value


def _flat(value: Any) -> Iterator[Node]:
    if isinstance(value, list):
        for one in value:
            yield from _flat(one)
    elif isinstance(value, dict):
        if "@type" in value or "@id" in value:
            yield value
        for inner in value.values():
            yield from _flat(inner)
