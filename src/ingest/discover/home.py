"""Web pages as guides to feeds: which feeds, sitemaps and overviews they name, and what they say of their publisher.

Whether an address keeps what its link promises is found out by asking it, elsewhere.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.filter import SoupStrainer

from ingest.discover.text import Text, plain
from ingest.rules.url import as_found, host, same_site

LIMIT_CHARS = 200_000  # links to feeds stand in the head
EDGE_CHARS = 500_000  # links that people follow stand at the top and at the very end (measured: 4 s a million at worst)
MOST = 3  # sites offer their comments' feed, and one a tag
MOST_LINKS = 60
NAME_LIMIT_CHARS = 120
FEED_TYPES = frozenset(("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"))

# What an address looks like that may be a feed, or an overview of feeds: both are links with RSS in them.
FEED_PATH = re.compile(
    r"(?:^|/)(?:feeds?|rss\d?|atom|rdf|xmlfeed|rss[-_]?feeds?)(?:[/.?]|$)|\.(?:rss|atom|rdf|xml)$", re.IGNORECASE
)
FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|type|output|alt|view)=(?:rss\d?|atom|rdf|feed|xml)\b", re.IGNORECASE)
FEED_WORDS = re.compile(r"\b(?:rss|atom|xml|web)?[- ]?feeds?\b|\brss\b", re.IGNORECASE)
FEED_HOST = re.compile(r"(?:feeds?\d?|rss)\.|.*\bfeed(?:burner|blitz|press)\b", re.IGNORECASE)
SITEMAP_PATH = re.compile(r"sitemap[^/]*\.(?:xml|txt)(?:\.gz)?$", re.IGNORECASE)
ARTICLE_TYPES = frozenset(("article", "newsarticle", "og:article", "blog"))


class Link(NamedTuple):
    url: str
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """What a page says of itself; every text is one line, every address can be fetched."""

    url: str
    site_name: str | None  # og:site_name, application-name
    title: str | None
    language: str | None  # <html lang>, as written
    locale: str | None  # og:locale, as written
    is_article: bool
    offered: tuple[Link, ...]  # <link rel="alternate"> with a feed's type
    links: tuple[Link, ...]  # <a> that may lead to a feed or an overview of feeds
    sitemaps: tuple[Link, ...]


def feeds_offered(page: str, base_url: str) -> tuple[str, ...]:
    """Addresses of `<link rel="alternate">` with a feed's type, in the page's order."""
    links = BeautifulSoup(page[:LIMIT_CHARS], "lxml", parse_only=SoupStrainer("link")).find_all("link", href=True)
    return tuple(link.url for link in _offered(links, base_url))[:MOST]


def looks_like_feed(url: str) -> bool:
    """Whether an address has the look of a feed's: `/feed/`, `.rss`, `?feed=rss2`, `feeds.example.org`."""
    parts = urlsplit(url)
    is_feed = FEED_PATH.search(parts.path) or FEED_QUERY.search(parts.query) or FEED_HOST.match(parts.netloc)
    return bool(is_feed) and not SITEMAP_PATH.search(parts.path)


def read_home(page: str, url: str) -> HomePage:
    """What the page at `url` offers and says of itself; relative addresses against its `<base>`."""
    wanted = SoupStrainer(["html", "base", "title", "meta", "link", "a"])
    edges = page if len(page) <= 2 * EDGE_CHARS else page[:EDGE_CHARS] + page[-EDGE_CHARS:]
    soup = BeautifulSoup(edges, "lxml", parse_only=wanted)
    base = soup.find("base", href=True)
    base_url = as_found(str(base["href"]), url) if isinstance(base, Tag) else None
    base_url = base_url or url
    said = _metas(soup)
    root = soup.find("html")
    title = soup.find("title")
    anchors = [
        Link(address, _line(f"{anchor.get_text(' ')} {anchor.get('title', '')}"))
        for anchor, address in _addressed(soup.find_all("a", href=True), base_url)
    ]
    return HomePage(
        url=url,
        site_name=said.get("og:site_name") or said.get("application-name"),
        title=_line(title.get_text()) if title else None,
        language=_line(root.get("lang") or root.get("xml:lang")) if isinstance(root, Tag) else None,
        locale=said.get("og:locale"),
        is_article=(said.get("og:type") or "").lower() in ARTICLE_TYPES,
        offered=_distinct(_offered(soup.find_all("link", href=True), base_url)),
        links=_distinct([link for link in anchors if _may_be_feed(link, url)]),
        sitemaps=_distinct([link for link in anchors if SITEMAP_PATH.search(urlsplit(link.url).path)]),
    )


def _offered(links: list[Tag], base_url: str) -> list[Link]:
    found = [
        Link(address, _line(link.get("title")))
        for link, address in _addressed(links, base_url)
        if str(link.get("type", "")).lower().strip() in FEED_TYPES and "alternate" in _words(link.get("rel"))
    ]
    return list(_distinct(found))


def _words(said: object) -> list[str]:
    """An attribute of several words, which the parser has split or not."""
    return [str(word).lower() for word in said] if isinstance(said, list) else str(said or "").lower().split()


def _addressed(elements: list[Tag], base_url: str) -> list[tuple[Tag, str]]:
    found = ((element, as_found(str(element["href"]), base_url)) for element in elements)
    return [(element, address) for element, address in found if address]


def _may_be_feed(link: Link, page_url: str) -> bool:
    if not (same_site(link.url, page_url) or FEED_HOST.match(host(link.url))):
        return False  # `Follow us on Feedly` is no feed
    return looks_like_feed(link.url) or bool(link.title and FEED_WORDS.search(link.title))


def _metas(soup: BeautifulSoup) -> dict[str, str]:
    """What `<meta>` says by its name, the first of each."""
    said: dict[str, str] = {}
    for meta in soup.find_all("meta", content=True):
        name, content = str(meta.get("property") or meta.get("name") or "").lower(), _line(meta["content"])
        if name and content:
            said.setdefault(name, content)
    return said


def _distinct(links: list[Link]) -> tuple[Link, ...]:
    kept: dict[str, Link] = {}
    for link in links:
        kept.setdefault(link.url, link)
    return tuple(kept.values())[:MOST_LINKS]


def _line(said: object) -> str | None:
    return plain(Text(said, "plain"), NAME_LIMIT_CHARS) if isinstance(said, str) else None
