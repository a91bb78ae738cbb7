"""Which blocks of a page are its article: as many of the likely ones as promise the best score. The odds are forest.py's."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.extract.blocks import PROSE_CHARS, Block
from ingest.extract.cues import Said, cues
from ingest.extract.forest import Score, probability
from ingest.rules.fingerprint import word_count

SPACED_CHARS = 12  # a word, on average, where spaces part words
CHANCE_CHARS = 20  # text so long does not stand in another line by chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Lines, and the F1 over words that they promise if the odds are right."""

    text: str
    expected_f1: float


def choose(blocks: Sequence[Block], said: Said, read: str | None, score: Score) -> Choice:
    """The article's lines among the blocks; `read` is what another reader found, if one was asked.

    A page's threshold is the one with the highest expected F1 = 2 * expected hits / (chosen + expected words of the
    article): a page whose blocks are all doubtful is taken or left as a whole, where a fixed threshold would tear it.
    """
    odds = [
        0.0 if row is None else probability(score(row))
        for row in cues(blocks, said, None if read is None else shares(blocks, read))
    ]
    counts = [_words(block.text) if chance else 0 for block, chance in zip(blocks, odds, strict=True)]
    article = sum(chance * count for chance, count in zip(odds, counts, strict=True))
    threshold, expected, hits, chosen = 1.1, 0.0, 0.0, 0
    for chance, count in sorted(zip(odds, counts, strict=True), reverse=True):
        if not count:
            break
        hits += chance * count
        chosen += count
        if 2 * hits / (chosen + article) > expected:
            threshold, expected = chance, 2 * hits / (chosen + article)
    lines: dict[str, None] = {}
    for number, (block, chance) in enumerate(zip(blocks, odds, strict=True)):
        if chance >= threshold:
            key = block.text if len(block.text) >= PROSE_CHARS else f"{block.text}\0{number}"
            lines.setdefault(key)
    return Choice(text="\n".join(line.partition("\0")[0] for line in lines), expected_f1=expected)


def shares(blocks: Sequence[Block], read: str) -> list[float]:
    """For each block 1 where `read` says it, else 0."""
    lines = {line.lstrip("- ").replace(" ", "") for line in read.split("\n")}
    whole = read.replace(" ", "").replace("\n", "")
    bare = (block.text.replace(" ", "") for block in blocks)
    return [float(text in lines or (len(text) >= CHANCE_CHARS and text in whole)) for text in bare]


def _words(text: str) -> int:
    """Words, roughly where spaces part them: counting all of a page as fingerprint.py does takes a millisecond."""
    words = text.count(" ") + 1
    return words if len(text) <= SPACED_CHARS * words else max(1, word_count(text))
