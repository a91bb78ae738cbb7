"""What is known of each block of a page that helps to tell whether it is the article's: numbers, in a fixed order.

Nothing is decided here: lines.py asks a model that was trained on them (bench/train_lines.py).
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import NamedTuple

from ingest.extract.blocks import BODY, COMMENTS, FURNITURE, HIDDEN, PROSE_CHARS, WITHIN, Block, Place
from ingest.rules.text import SENTENCE_END

END_CHARS = 12  # in which a sentence ends, with the quotation marks behind it
HEAD_CHARS = 200  # of a block: more of it tells no more
COMMON_WORDS = 25  # the most frequent words of a page are small words, whatever its language
WINDOW = 5  # blocks on each side
FAR = 40
LEAST_ODDS = 0.01
LIKELY = 0.5
LINKED_SHARE = 0.8
NAMES = (
    "chars", "links", "strong", "odds", "prose",
    "times", "stops", "starts_low", "capitals", "common", "title_words", "is_description",
    "is_p", "is_li", "is_div", "is_figcaption", "heading_level", "look_count", "look_chars", "look_links", "look_prose",
    "in_article", "in_main", "in_footer", "in_figure", "in_hidden", "in_body", "in_comments", "in_furniture",
    *(f"holder{level}_{name}" for level in (1, 2, 3) for name in ("chars", "links", "odds", "prose", "of_best")),
    "siblings", "siblings_odds", "look_odds", "depth", "headings_before",
    "position", "from_first", "from_last", "window_odds", "window_prose", "odds_before", "prose_before",
    "previous_chars", "previous_links", "previous_odds", "next_chars", "next_links", "next_odds",
    "page_chars", "page_prose", "page_odds", "block_count",
)  # fmt: skip
TAGS = ("p", "li", "div", "figcaption")
LEVELS = {f"h{level}": level for level in range(1, 7)}
FLAGS = (*map(WITHIN.__getitem__, ("article", "main", "footer", "figure")), HIDDEN, BODY, COMMENTS, FURNITURE)
UNLIKELY = WITHIN["nav"] | WITHIN["footer"] | WITHIN["button"]
NOTHING = (-1.0, 0.0, 0.0)
Look = tuple[str, str, str]  # blocks of one look are of one sort
Sums = list[float]  # of blocks: their count, characters, and those in links, those by their odds, those of prose


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the page says of its article outside the text."""

    titles: Collection[str]
    descriptions: Collection[str]
    names: Collection[str]
    topics: Collection[str]  # tags and section
    article_body: str | None


class Seen(NamedTuple):
    """What is asked of every block of a page."""

    chars: int
    link_share: float
    odds: float  # that it is the article's, by who was asked before
    prose: float


def cues(blocks: Sequence[Block], said: Said, odds: Sequence[float] | None) -> list[list[float] | None]:
    """A row of NAMES for each block; `odds` are those of a reader that was asked before.

    None instead of a row for what is surely none of the article's: what is made of links, stands in a menu, or has more
    links than prose near it.
    """
    seen = _seen(blocks, odds)
    looks = [_look(block.place) for block in blocks]
    sums, looked = _sums(blocks, seen, looks)
    best = max((prose for number, (_, _, _, _, prose) in sums.items() if number), default=0.0) or 1.0
    held = {
        number: (math.log1p(chars), linked / chars, read / chars, prose / chars, prose / best)
        for number, (_, chars, linked, read, prose) in sums.items()
    }
    styles = {
        look: (
            *[look[0] == tag for tag in TAGS],
            LEVELS.get(look[0], 0),
            math.log1p(count),
            math.log1p(chars / count),
            linked / chars,
            prose / chars,
        )
        for look, (count, chars, linked, _, prose) in looked.items()
    }
    flags = {within: [within & flag != 0 for flag in FLAGS] for within in {block.place.within for block in blocks}}
    before, page, words = _Order(seen, odds), _page(seen), _Words(blocks, seen, said)
    rows: list[list[float] | None] = []
    for n, (block, own) in enumerate(zip(blocks, seen, strict=True)):
        text, link_share, strong_share, headings, depth, place, _ = block
        size, _, chance, prose = own
        _, up, over, top = place.holders
        if not prose and chance < LEAST_ODDS:
            _, chars, linked, read, near = sums[top]
            is_alone = not near and read <= LEAST_ODDS * chars and linked > 0.5 * chars
            if is_alone or place.within & UNLIKELY or link_share > LINKED_SHARE:
                rows.append(None)
                continue
        look = looks[n]
        parent, alike = sums[up], looked[look]
        others, same = parent[1] - size or 1, alike[1] - size or 1
        rows.append([
            math.log1p(size), link_share, strong_share, chance, prose,
            *words.row(text),
            *styles[look], *flags[place.within],
            *held[up], *held[over], *held[top],
            math.log1p(parent[0]), (parent[3] - size * chance) / others, (alike[3] - size * chance) / same,
            depth, min(headings, 3),
            *before.row(n),
            *page,
        ])  # fmt: skip
    return rows


def _look(place: Place) -> Look:
    return place.tag, place.css, place.parent_css


def _seen(blocks: Sequence[Block], odds: Sequence[float] | None) -> list[Seen]:
    search = SENTENCE_END.search
    seen = []
    for n, (text, link_share, *_) in enumerate(blocks):
        size = len(text)
        is_prose = size >= PROSE_CHARS and link_share < 0.5 and search(text, size - END_CHARS) is not None
        seen.append(Seen(size, link_share, odds[n] if odds else 0.0, 1.0 if is_prose else 0.0))
    return seen


def _sums(
    blocks: Sequence[Block], seen: Sequence[Seen], looks: Sequence[Look]
) -> tuple[dict[int, Sums], dict[Look, Sums]]:
    """Sums over the blocks under one holder, and over those of one look."""
    holders: dict[int, Sums] = {}
    alike: dict[Look, Sums] = {}
    for block, (chars, link_share, odds, prose), look in zip(blocks, seen, looks, strict=True):
        _, up, over, top = block.place.holders
        linked, read, said = chars * link_share, chars * odds, chars * prose
        groups = [holders.setdefault(number, [0, 0, 0.0, 0.0, 0.0]) for number in {up, over, top}]
        groups.append(alike.setdefault(look, [0, 0, 0.0, 0.0, 0.0]))
        for one in groups:
            one[0] += 1
            one[1] += chars
            one[2] += linked
            one[3] += read
            one[4] += said
    return holders, alike


def _page(seen: Sequence[Seen]) -> tuple[float, ...]:
    total = sum(one.chars for one in seen) or 1
    return (
        math.log1p(total), sum(one.chars * one.prose for one in seen) / total, sum(one.chars * one.odds for one in seen) / total,
        math.log1p(len(seen)),
    )  # fmt: skip


class _Order:
    """Where a block stands among the others."""

    def __init__(self, seen: Sequence[Seen], odds: Sequence[float] | None) -> None:
        self.count = len(seen)
        self.odds_until = [0.0, *accumulate(one.chars * one.odds for one in seen)]
        self.prose_until = [0.0, *accumulate(one.chars * one.prose for one in seen)]
        likely = [
            n for n, one in enumerate(seen) if one.chars >= PROSE_CHARS and (one.odds >= LIKELY if odds else one.prose)
        ]
        self.first, self.last = (likely[0], likely[-1]) if likely else (0, self.count)
        self.beside = [NOTHING, *((math.log1p(one.chars), one.link_share, one.odds) for one in seen), NOTHING]

    def row(self, n: int) -> tuple[float, ...]:
        low, high = max(0, n - WINDOW), min(self.count, n + WINDOW + 1)
        odds, prose = self.odds_until, self.prose_until
        return (
            n / self.count,
            max(-FAR, min(FAR, n - self.first)),
            max(-FAR, min(FAR, n - self.last)),
            odds[high] - odds[low],
            prose[high] - prose[low],
            odds[n] / (odds[-1] or 1),
            prose[n] / (prose[-1] or 1),
            *self.beside[n],
            *self.beside[n + 2],
        )


class _Words:
    """What the words of a block say, beside what the page says of its article."""

    def __init__(self, blocks: Sequence[Block], seen: Sequence[Seen], said: Said) -> None:
        prose = (
            block.text[:HEAD_CHARS].casefold().split() for block, one in zip(blocks, seen, strict=True) if one.prose
        )
        self.common = {word for word, _ in Counter(chain.from_iterable(prose)).most_common(COMMON_WORDS)}
        self.title_words = {word for title in said.titles for word in title.casefold().split() if len(word) > 3}
        self.descriptions = {" ".join(text.split()) for text in said.descriptions}
        self.times = Counter(block.text for block in blocks)

    def row(self, text: str) -> tuple[float, ...]:
        head = text[:HEAD_CHARS]
        words, low = head.split(), head.casefold().split()
        count = len(words)
        return (
            min(self.times[text], 4),
            math.log1p(text.count(".") + text.count("?") + text.count("!") + text.count("。")),
            head[0].islower(),
            sum(map(str.istitle, words)) / count,
            sum(map(self.common.__contains__, low)) / count,
            sum(map(self.title_words.__contains__, low)) / count,
            text in self.descriptions,
        )
