"""Where feeds and sitemaps of a site may be: what its pages name, what others of its kind use. Nothing is asked here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from ingest.discover.home import HomePage
from ingest.records import FeedKind
from ingest.rules.url import as_found

FoundBy = Literal["given", "link tag", "link", "usual path", "robots.txt", "index"]

# Paths that publishing systems use, the most common first: WordPress, Drupal, Ghost, Hugo, Blogger, Joomla, Arc, own ones.
USUAL_FEEDS = (
    "/feed/", "/rss", "/rss.xml", "/feed", "/feed.xml", "/atom.xml", "/index.xml", "/rss/", "/rss/index.xml", "/feeds/",
    "/rss/news.xml", "/rss/all.xml", "/feeds/posts/default", "/feed.json", "/?feed=rss2", "/arc/outboundfeeds/rss/",
    "/index.rdf", "/news/rss", "/en/rss.xml", "/index.php?format=feed&type=rss",
)  # fmt: skip
USUAL_FEEDS_OF_SECTION = ("feed/", "rss.xml", "rss", "index.xml")  # below a front page that has a path of its own
USUAL_NEWS_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/googlenews.xml")
USUAL_SITEMAPS = (
    "/sitemap.xml", "/sitemap_index.xml", "/sitemap-index.xml", "/wp-sitemap.xml", "/sitemap.xml.gz", "/sitemap.txt",
    "/sitemaps/sitemap.xml",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may be polled, and how we came by it."""

    url: str
    kind: FeedKind
    found_by: FoundBy
    title: str | None = None


def named_feeds(page: HomePage) -> list[Candidate]:
    """Feeds in link tags, then links that look like feeds: some of these are overviews."""
    offered = [Candidate(url=url, kind="feed", found_by="link tag", title=title) for url, title in page.offered]
    return offered + [Candidate(url=url, kind="feed", found_by="link", title=title) for url, title in page.links]


def usual_feeds(home_url: str) -> list[Candidate]:
    """Paths below the front page, where it has a path of its own (`/arabic`), then those of its host."""
    below = home_url.rstrip("/") + "/"
    own = (f"{below}{path}" for path in USUAL_FEEDS_OF_SECTION) if urlsplit(home_url).path.strip("/") else ()
    return _candidates((*own, *USUAL_FEEDS), home_url, "feed", "usual path")


def named_sitemaps(page: HomePage) -> list[Candidate]:
    return [Candidate(url=url, kind="sitemap", found_by="link", title=title) for url, title in page.sitemaps]


def in_robots(listed: Iterable[str], home_url: str) -> list[Candidate]:
    """Sitemaps that robots.txt lists."""
    return _candidates(listed, home_url, "sitemap", "robots.txt")


def usual_news_sitemaps(home_url: str) -> list[Candidate]:
    return _candidates(USUAL_NEWS_SITEMAPS, home_url, "sitemap", "usual path")


def usual_sitemaps(home_url: str) -> list[Candidate]:
    return _candidates(USUAL_SITEMAPS, home_url, "sitemap", "usual path")


def news_of_index(children: Iterable[str], index_url: str) -> list[Candidate]:
    """Sitemaps of an index that call themselves news."""
    return _candidates((url for url in children if "news" in urlsplit(url).path.lower()), index_url, "sitemap", "index")


def _candidates(places: Iterable[str], base_url: str, kind: FeedKind, found_by: FoundBy) -> list[Candidate]:
    found = dict.fromkeys(as_found(place, base_url) for place in places)
    return [Candidate(url=url, kind=kind, found_by=found_by) for url in found if url]
