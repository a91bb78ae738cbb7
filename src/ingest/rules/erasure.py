"""By what an author is known whose articles are erased: a hash, so that the name is kept nowhere."""

from collections.abc import Collection, Iterable
from hashlib import sha256

from ingest.rules.author import people

HASH_VERSION = "a1"


def author_hash(name: str) -> str:
    """`a1:` and 32 hex digits over the name, case, dots and white space folded."""
    folded = " ".join(name.casefold().replace(".", " ").split())
    return f"{HASH_VERSION}:{sha256(folded.encode()).hexdigest()[:32]}"


def author_hashes(credits: Iterable[str]) -> set[str]:
    """Of all names in credits as pages and feeds give them, and of each credit as it stands."""
    given = tuple(credits)
    return {author_hash(name) for name in (*given, *people(given, publishers=()))}


def is_by(credits: Iterable[str], source_id: str, authors: Collection[tuple[str, str | None]]) -> bool:
    """Whether one of the credits names an author whose articles are erased, everywhere or from this source."""
    return any((one, None) in authors or (one, source_id) in authors for one in author_hashes(credits))
