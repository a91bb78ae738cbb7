"""What makes two texts the same, and how long a text is; versioned, since a changed rule makes new hashes."""

import re
import unicodedata
from hashlib import sha256

HASH_VERSION = "t1"
# Scripts written without spaces: each character counts as a word (Thai, Lao, Burmese, Khmer, kana, Han)
UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
WORD = re.compile(r"\w+(?:['’.,-]\w+)*")


def content_hash(text: str) -> str:
    """`t1:` and 32 hex digits over the NFC text with its white space collapsed: layout makes no new revision."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return f"{HASH_VERSION}:{sha256(plain.encode()).hexdigest()[:32]}"


def word_count(text: str) -> int:
    """Words as a reader counts them: `don’t` is one; scripts without spaces are counted by character."""
    return len(WORD.findall(text if text.isascii() else UNSPACED.sub(" x ", text)))
