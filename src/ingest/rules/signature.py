"""What of a text tells it from others: its words, their shingles, and the few of these that find its copies.

A changed rule makes other signatures: the number in /warehouse/models/core/signature.sql is raised with it, so that the
stored ones are made anew. Comparing two is likeness.py.
"""

import re
import sys
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b
from typing import Literal

from ingest.rules.fingerprint import UNSPACED

KEYS = 32  # of 32 bits each: with two shared, all true pairs among 4,550 texts are candidates but 0.7 %
WORDS_LIMIT = 5_000  # of a text: a longer one is compared by its beginning
WORDS_KNOWN = 200_000  # whose hashes are kept in memory, about 35 MB
MASK = (1 << 64) - 1
KEY_MASK = (1 << 32) - 1
FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)  # odd, so that no bit of a word is lost
WORD = re.compile(r"\d+|[^\W\d_]+")  # `400m` is `400` and `m`: copies write `400 million`
# what parts words most often: made spaces of, it leaves few words to the pattern (150 -> 70 microseconds a text)
PARTING = ".,:;!?\"'()-/“”’‘–—…«»%$&[]*|@#+="
# A byte order of the machine's own: the numbers are the same on all
NATIVE: Literal["little", "big"] = sys.byteorder


def lines(text: str) -> list[str]:
    """The lines of a text as they are compared: words and numbers, compatibility forms and case folded, with one space.

    Scripts without spaces are taken by the character. Lines without a word are left out.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    if not plain.isascii():
        plain = UNSPACED.sub(r" \g<0> ", plain)
    for mark in PARTING:
        plain = plain.replace(mark, " ")
    return _within(filter(None, map(_words, plain.split("\n"))))


def shingles(given: Sequence[str]) -> list[int]:
    """A hash (64 bits) of every three words in a row, in their order: the first's, the second's and the third's, as one XOR.

    All of a text's at once, as three numbers of as many bits as the text has shingles (half the time of one by one).
    """
    count = len(given) - 2
    if count < 1:
        return []
    hashes = memoryview(b"".join(map(_known.__getitem__, given))).cast("Q")
    whole = 0
    for place in range(3):
        whole ^= int.from_bytes(hashes[4 * place : 4 * place + 3 * count - 2 : 3].tobytes(), NATIVE)
    return memoryview(whole.to_bytes(8 * count, NATIVE)).cast("Q").tolist()


def keys(given: Collection[int]) -> tuple[int, ...]:
    """The smallest distinct shingles: two texts share as large a part of them as of all (Broder 1997, bottom-k).

    Kept are their low 32 bits, since the high ones of small numbers say little.
    """
    # of numbers spread evenly, about twice as many as are wanted lie below this
    limit = 2 * KEYS * (MASK + 1) // max(1, len(given))
    few = {shingle for shingle in given if shingle < limit}
    return tuple(shingle & KEY_MASK for shingle in sorted(few if len(few) >= KEYS else set(given))[:KEYS])


def line_key(line: str) -> int:
    """What makes two of these lines the same, whatever their spaces: a hash of 63 bits."""
    return int.from_bytes(blake2b(line.replace(" ", "").encode(), digest_size=8).digest()) >> 1


def text_key(words: Iterable[str]) -> int:
    """What makes two texts the same: a hash of 63 bits."""
    return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest()) >> 1


def _within(given: Iterable[str]) -> list[str]:
    found: list[str] = []
    count = 0
    for line in given:
        count += line.count(" ") + 1
        if count > WORDS_LIMIT and found:
            break
        found.append(line)
    return found


def _words(line: str) -> str:
    """What the pattern finds in a line, asked only of what is no word or number as it stands."""
    parts = line.split()
    if "".join(parts).isalpha():
        return " ".join(parts)
    found = [part if part.isalpha() or part.isdecimal() else " ".join(WORD.findall(part)) for part in parts]
    return " ".join(filter(None, found))


class _Known(dict[str, bytes]):
    """A word's hash as the first, the second and the third of a shingle, of 8 bytes each."""

    def __missing__(self, word: str) -> bytes:
        if len(self) >= WORDS_KNOWN:
            self.clear()
        plain = int.from_bytes(blake2b(word.encode(), digest_size=8).digest())
        self[word] = b"".join((plain * factor & MASK).to_bytes(8, NATIVE) for factor in FACTORS)
        return self[word]


_known = _Known()
