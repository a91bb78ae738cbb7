"""Which articles are one story, by the links between them; no text is read here.

A story is what links connect, and its id is that of its first article: both follow from the links alone, so that the order
in which links were found does not matter, and a link that is taken back leaves no trace.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LARGE = 3  # articles: two stories of so many are not made one by a single link


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two articles, by their numbers, of which one was made from the other; `strength` orders links."""

    one: int
    other: int
    strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A single link between two large stories: a person is asked, and until then they are two."""

    one: int
    other: int
    sizes: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stories:
    """The first article's number by each article's; the links that were not followed."""

    story_of: dict[int, int]
    doubts: tuple[Doubt, ...]


def stories(articles: Iterable[int], links: Iterable[Link]) -> Stories:
    """What the links between `articles` make of them; the numbers of articles rise with the order of their loading."""
    parent = {article: article for article in articles}
    size = dict.fromkeys(parent, 1)
    ordered = sorted(links, key=lambda link: (-link.strength, link.one, link.other))
    between: dict[frozenset[int], int] = defaultdict(int)
    waiting: list[Link] = []
    for link in ordered:
        one, other = _root(parent, link.one), _root(parent, link.other)
        if one == other:
            continue
        if min(size[one], size[other]) >= LARGE:
            waiting.append(link)
            continue
        _join(parent, size, one, other)
    is_open = True
    while is_open:  # what grew meanwhile may have more links by now
        between.clear()
        for link in waiting:
            between[_pair(parent, link)] += 1
        is_open = False
        for link in waiting:
            pair = _pair(parent, link)
            if len(pair) == 2 and between[pair] >= 2:
                _join(parent, size, *pair)
                is_open = True
                break
    doubts = tuple(
        Doubt(one=link.one, other=link.other, sizes=(size[_root(parent, link.one)], size[_root(parent, link.other)]))
        for link in waiting
        if len(_pair(parent, link)) == 2
    )
    return Stories(story_of=_first(parent), doubts=doubts)


def _first(parent: Mapping[int, int]) -> dict[int, int]:
    roots = {article: _root(parent, article) for article in parent}
    least: dict[int, int] = {}
    for article, root in roots.items():
        least[root] = min(article, least.get(root, article))
    return {article: least[root] for article, root in roots.items()}


def _join(parent: dict[int, int], size: dict[int, int], one: int, other: int) -> None:
    parent[max(one, other)] = min(one, other)
    size[min(one, other)] += size[max(one, other)]


def _pair(parent: Mapping[int, int], link: Link) -> frozenset[int]:
    return frozenset((_root(parent, link.one), _root(parent, link.other)))


def _root(parent: Mapping[int, int], article: int) -> int:
    while parent[article] != article:
        article = parent[article]
    return article
