"""Try a URL: what it is known as. Nothing is fetched."""

from dataclasses import dataclass

from ingest.errors import InputError
from ingest.rules.url import as_found, canonical, identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An address as it would be fetched, the key it is compared by, and the identity of that key."""

    url: str
    canonical_url: str
    article_id: str


def run(given: str) -> Known:
    """Raises InputError for what is no web address."""
    url = as_found(given)
    if url is None:
        raise InputError(f"{given!r} is not a web address", "it begins with https:// or http://")
    return Known(url=url, canonical_url=canonical(url), article_id=identity(url))
