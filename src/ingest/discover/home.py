"""Web pages where a feed was expected: which feeds they offer. Whether to take one is for the person who reads it."""

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer

from ingest.rules.url import as_found

LIMIT_CHARS = 200_000  # links to feeds stand in the head
MOST = 3  # sites offer their comments' feed, and one a tag
FEED_TYPES = frozenset(("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"))


def feeds_offered(page: str, base_url: str) -> tuple[str, ...]:
    """Addresses of `<link rel="alternate">` with a feed's type, in the page's order."""
    links = BeautifulSoup(page[:LIMIT_CHARS], "lxml", parse_only=SoupStrainer("link")).find_all("link", href=True)
    found = dict.fromkeys(
        as_found(str(link["href"]), base_url)
        for link in links
        if str(link.get("type", "")).lower() in FEED_TYPES and "alternate" in (link.get("rel") or ())
    )
    return tuple(address for address in found if address)[:MOST]
