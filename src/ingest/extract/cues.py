"""What is known of each block of a page that helps to tell whether it is the article's: numbers, in a fixed order.

Nothing is decided here: lines.py asks a model that was trained on them (bench/train_lines.py).
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import NamedTuple

from ingest.extract.blocks import ARTICLE_BODY, HIDDEN, WITHIN, Block
from ingest.rules import text as line_rules
from ingest.rules.title import fold

PROSE_CHARS = 60  # a block so long, without links, that ends as a sentence does
HEAD_CHARS = 200  # of a block: more of it tells no more
CHANCE_CHARS = 20  # text so long does not stand in another line by chance
COMMON_WORDS = 25  # the most frequent words of a page are small words, whatever its language
WINDOW = 5  # blocks on each side
FAR = 40
PAGE = ("page_chars", "read_chars", "page_read", "page_prose", "found_share", "block_count", "has_body")
PLACE = (
    "is_p", "is_li", "is_div", "is_figcaption", "is_h1", "heading_level", "in_article", "in_main", "in_header", "in_footer",
    "in_form", "in_figure", "in_quote", "in_aside", "in_hidden", "in_body_mark", "depth", "headings_before", "position",
)  # fmt: skip
WORDS = (
    "words", "commas", "stops", "digits", "upper", "starts_low", "starts_up", "common", "word_chars", "colon", "copyright",
    "title_words", "is_title", "is_description", "is_topic", "has_name", "is_call", "is_foot", "in_json_body",
)  # fmt: skip
SELF = ("chars", "links", "strong", "read", "prose", "times")
AROUND = (
    *(f"holder{level}_{name}" for level in (1, 2, 3) for name in ("chars", "links", "read", "prose", "of_best")),
    "siblings", "siblings_read", "look_count", "look_chars", "look_links", "look_prose", "look_read",
    "from_first", "from_last", "window_read", "window_prose", "read_before", "prose_before",
    *(f"{side}_{name}" for side in ("previous", "next") for name in ("chars", "links", "read", "prose", "is_sibling")),
)  # fmt: skip
NAMES = (*SELF, *WORDS, *PLACE, *AROUND, *PAGE)
LEVELS = {f"h{level}": level for level in range(1, 7)}
TAGS = ("p", "li", "div", "figcaption", "h1")
FLAGS = (
    *map(WITHIN.__getitem__, ("article", "main", "header", "footer", "form", "figure", "blockquote", "aside")),
    HIDDEN,
    ARTICLE_BODY,
)
UNLIKELY = WITHIN["nav"] | WITHIN["footer"] | WITHIN["button"]
LINKED_SHARE = 0.8
NOTHING = (-1.0, 0.0, 0.0, 0.0, 0.0)


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
    read: float  # 1 where trafilatura read it
    prose: float


class Sums(NamedTuple):
    """Sums over the blocks under one holder, or of one look."""

    blocks: int
    chars: int
    linked: float
    read: float
    prose: float


def cues(blocks: Sequence[Block], said: Said, read: str) -> list[list[float] | None]:
    """A row of NAMES for each block; `read` is what trafilatura's fast mode found.

    None instead of a row for what is surely none of the article's: what trafilatura left out, if it is made of links,
    stands in a menu, or has more links than prose near it.
    """
    bare = [block.text.replace(" ", "") for block in blocks]
    seen = _seen(blocks, bare, read)
    holders = _sums(seen, [block.place.holders for block in blocks])
    looks = _sums(seen, [(_look(block),) for block in blocks])
    page = _Page(blocks, seen, read, said)
    words = _Words(blocks, seen, said)
    times = Counter(bare)
    best = max((sums.prose for number, sums in holders.items() if number), default=0.0) or 1.0
    rows: list[list[float] | None] = []
    for n, (block, own) in enumerate(zip(blocks, seen, strict=True)):
        parent, around = holders[block.place.holders[1]], holders[block.place.holders[3]]
        is_alone = not (around.read or around.prose) and around.linked > 0.5 * around.chars
        is_menu = block.place.within & UNLIKELY or own.link_share > LINKED_SHARE
        if not (own.read or own.prose) and (is_alone or is_menu):
            rows.append(None)
            continue
        look = looks[_look(block)]
        row: list[float] = [math.log1p(own.chars), own.link_share, block.strong_share, own.read, own.prose]
        row.append(min(times[bare[n]], 4))
        row += words.row(block, bare[n])
        row += _place(block)
        row.append(n / len(blocks))
        for number in block.place.holders[1:]:
            _, chars, linked, read_chars, prose = holders[number]
            row += (math.log1p(chars), linked / chars, read_chars / chars, prose / chars, prose / best)
        row += (math.log1p(parent.blocks), _others_read(parent, own), math.log1p(look.blocks))
        row += (math.log1p(look.chars / look.blocks), look.linked / look.chars, look.prose / look.chars)
        row.append(_others_read(look, own))
        row += page.row(n)
        rows.append(row)
    return rows


def _seen(blocks: Sequence[Block], bare: Sequence[str], read: str) -> list[Seen]:
    lines = {line.lstrip("- ").replace(" ", "") for line in read.split("\n")}
    whole = read.replace(" ", "").replace("\n", "")
    seen = []
    for block, text in zip(blocks, bare, strict=True):
        size = len(block.text)
        is_read = text in lines or (len(text) >= CHANCE_CHARS and text in whole)
        is_prose = (
            size >= PROSE_CHARS and block.link_share < 0.5 and line_rules.SENTENCE_END.search(block.text) is not None
        )
        seen.append(Seen(size, block.link_share, float(is_read), float(is_prose)))
    return seen


def _look(block: Block) -> tuple[str, str, str]:
    """Blocks of one look are of one sort."""
    return block.place.tag, block.place.css, block.place.parent_css


def _sums(seen: Sequence[Seen], groups: Sequence[Collection[object]]) -> dict[object, Sums]:
    sums: dict[object, list[float]] = {}
    for (chars, linked, read, prose), names in zip(seen, groups, strict=True):
        for name in frozenset(names):
            one = sums.get(name)
            if one is None:
                one = sums[name] = [0, 0, 0.0, 0.0, 0.0]
            one[0] += 1
            one[1] += chars
            one[2] += chars * linked
            one[3] += chars * read
            one[4] += chars * prose
    return {name: Sums(*one) for name, one in sums.items()}  # type: ignore[arg-type]


def _others_read(sums: Sums, own: Seen) -> float:
    return (sums.read - own.chars * own.read) / max(1, sums.chars - own.chars)


def _place(block: Block) -> list[float]:
    place = block.place
    row: list[float] = [place.tag == tag for tag in TAGS]
    row.append(LEVELS.get(place.tag, 0))
    row += [place.within & flag != 0 for flag in FLAGS]
    row += (block.depth, min(block.headings_before, 3))
    return row


class _Page:
    """Where a block stands among the others."""

    def __init__(self, blocks: Sequence[Block], seen: Sequence[Seen], read: str, said: Said) -> None:
        self.seen = seen
        self.parents = [block.place.holders[1] for block in blocks]
        self.read_until = [0.0, *accumulate(one.chars * one.read for one in seen)]
        self.prose_until = [0.0, *accumulate(one.chars * one.prose for one in seen)]
        long = [n for n, one in enumerate(seen) if one.read and one.chars >= PROSE_CHARS]
        self.first, self.last = (long[0], long[-1]) if long else (0, len(seen))
        total = sum(one.chars for one in seen) or 1
        self.page = (
            math.log1p(total), math.log1p(len(read)), self.read_until[-1] / total, self.prose_until[-1] / total,
            self.read_until[-1] / max(1, len(read)), math.log1p(len(blocks)), float(said.article_body is not None),
        )  # fmt: skip

    def row(self, n: int) -> list[float]:
        low, high = max(0, n - WINDOW), min(len(self.seen), n + WINDOW + 1)
        row = [
            max(-FAR, min(FAR, n - self.first)),
            max(-FAR, min(FAR, n - self.last)),
            self.read_until[high] - self.read_until[low],
            self.prose_until[high] - self.prose_until[low],
            self.read_until[n] / (self.read_until[-1] or 1),
            self.prose_until[n] / (self.prose_until[-1] or 1),
        ]
        for beside in (n - 1, n + 1):
            if 0 <= beside < len(self.seen):
                chars, linked, read, prose = self.seen[beside]
                row += (math.log1p(chars), linked, read, prose, self.parents[beside] == self.parents[n])
            else:
                row += NOTHING
        row += self.page
        return row


class _Words:
    """What the words of a block say, beside what the page says of its article."""

    def __init__(self, blocks: Sequence[Block], seen: Sequence[Seen], said: Said) -> None:
        prose = (block.text.casefold().split() for block, one in zip(blocks, seen, strict=True) if one.prose)
        self.common = {word for word, _ in Counter(chain.from_iterable(prose)).most_common(COMMON_WORDS)}
        self.titles = {fold(title) for title in said.titles} - {""}
        self.title_words = {word for title in said.titles for word in title.casefold().split() if len(word) > 3}
        self.descriptions = {text.replace(" ", "") for text in said.descriptions}
        self.names = tuple(name.casefold() for name in said.names)
        self.topics = {fold(topic) for topic in said.topics} - {""}
        self.body = (said.article_body or "").replace(" ", "")

    def row(self, block: Block, bare: str) -> list[float]:
        text = block.text
        head = text[:HEAD_CHARS]
        low = head.casefold()
        words = low.split()
        is_short = len(text) < HEAD_CHARS
        folded = fold(text) if is_short else ""
        return [
            math.log1p(text.count(" ")),
            math.log1p(text.count(",") + text.count("、")),
            math.log1p(text.count(".") + text.count("?") + text.count("!") + text.count("。")),
            sum(map(str.isdigit, head)) / len(head),
            sum(map(str.isupper, head)) / len(head),
            head[0].islower(),
            head[0].isupper(),
            sum(word in self.common for word in words) / len(words),
            len(head) / len(words),
            text[-1] == ":",
            "©" in head or "copyright" in low,
            sum(word in self.title_words for word in words) / len(words),
            folded in self.titles,
            bare in self.descriptions,
            folded in self.topics,
            is_short and any(name in low for name in self.names),
            is_short and line_rules.is_call(text),
            line_rules.is_foot(text),
            bare in self.body,
        ]
