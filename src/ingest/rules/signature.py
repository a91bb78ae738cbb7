"""What of a text tells it from others: its words, their shingles, and the few of these that find its copies.

A changed rule makes other signatures: the number in /warehouse/models/core/signature.sql is raised with it, so that the
stored ones are made anew. Comparing two is likeness.py.
"""

import heapq
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b

from ingest.rules.fingerprint import UNSPACED

KEYS = 32  # of 32 bits each: with two shared, all true pairs among 4,550 texts are candidates but 0.7 %
WORDS_LIMIT = 5_000  # of a text: a longer one is compared by its beginning
WORDS_KNOWN = 200_000  # whose hashes are kept in memory, about 50 MB
MASK = (1 << 64) - 1
KEY_MASK = (1 << 32) - 1
FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)  # odd, so that no bit of a word is lost
WORD = re.compile(r"\d+|[^\W\d_]+")  # `400m` is `400` and `m`: copies write `400 million`


def lines(text: str) -> list[str]:
    """The lines of a text as they are compared: words and numbers, compatibility forms and case folded, with one space.

    Scripts without spaces are taken by the character. Lines without a word are left out.
    """
    plain = UNSPACED.sub(r" \g<0> ", unicodedata.normalize("NFKC", text).casefold())
    kept = (" ".join(WORD.findall(line)) for line in plain.split("\n"))
    return _within(filter(None, kept))


def shingles(given: Sequence[str]) -> list[int]:
    """A hash (64 bits) of every three words in a row, in their order."""
    places = list(map(_word_hashes, given))
    return [one[0] ^ two[1] ^ three[2] for one, two, three in zip(places, places[1:], places[2:], strict=False)]


def keys(given: Collection[int]) -> tuple[int, ...]:
    """The smallest distinct shingles: two texts share as large a part of them as of all (Broder 1997, bottom-k).

    Kept are their low 32 bits, since the high ones of small numbers say little.
    """
    return tuple(shingle & KEY_MASK for shingle in heapq.nsmallest(KEYS, set(given)))


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


@lru_cache(WORDS_KNOWN)
def _word_hashes(word: str) -> tuple[int, ...]:
    """A word's hash as the first, the second and the third of a shingle."""
    plain = int.from_bytes(blake2b(word.encode(), digest_size=8).digest())
    return tuple(plain * factor & MASK for factor in FACTORS)
