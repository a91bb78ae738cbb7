"""What a paper's sitemaps say: one urlset, or an index over news, the last weeks and an old year; feeds are in listing.py."""

import gzip
from collections.abc import Sequence
from html import escape

from ingest.demo.answer import Answer
from ingest.demo.edition import Article
from ingest.demo.head import address
from ingest.demo.issue import Issue
from ingest.demo.listing import last_modified_at
from ingest.demo.papers import Paper

URLSET, INDEX = "/sitemap.xml", "/sitemaps/index.xml"
NEWS, WEEKS, YEAR = "/sitemaps/news.xml", "/sitemaps/last-30-days.xml.gz", "/sitemaps/{year}.xml.gz"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS_NAMESPACE = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def main_path(paper: Paper) -> str | None:
    """What robots.txt names; papers that are found by their pages have no sitemap."""
    return {"feed": URLSET, "sitemap": INDEX, "section": None}[paper.discovery.by]


def sitemaps(issue: Issue, origin: str) -> dict[str, Answer]:
    """All sitemaps of the paper, by path."""
    if issue.paper.discovery.by == "section":
        return {}
    if issue.paper.discovery.by == "feed":
        return {URLSET: _answer(urlset(issue.articles, origin), issue.articles)}
    weeks, year = _weeks(issue), _year(issue)
    return {
        INDEX: _answer(_index(issue, origin), issue.articles),
        NEWS: _answer(_news(issue.paper, issue.articles, origin), issue.articles),
        WEEKS: _answer(urlset(weeks, origin), weeks, is_packed=True),
        _year_path(issue): _answer(urlset(year, origin), year, is_packed=True),
    }


def unasked(issue: Issue, origin: str) -> list[str]:
    """Addresses that nobody should ask for: pages older than a crawl looks back, and the sitemap of an old year."""
    pages = [address(origin, one.path) for one in issue.archived]
    return [*pages, origin + _year_path(issue)] if pages else []


def urlset(printed: Sequence[Article], origin: str) -> bytes:
    """sitemaps.org 0.9: the same addresses as the feed, untracked, so that no entry is listed here alone."""
    rows = [
        f"<url><loc>{escape(address(origin, one.listed_path))}</loc><lastmod>{one.changed_at.isoformat()}</lastmod></url>"
        for one in printed
        if one.host == one.source_id
    ]
    return (f"{DECLARATION}<urlset {NAMESPACE}>\n" + "\n".join(rows) + "\n</urlset>\n").encode()


def _news(paper: Paper, printed: Sequence[Article], origin: str) -> bytes:
    """Google's news sitemap: articles of the last two days, with their titles and dates."""
    rows = [
        f"<url><loc>{escape(address(origin, one.listed_path))}</loc><news:news>"
        f"<news:publication><news:name>{escape(paper.name)}</news:name>"
        f"<news:language>{paper.language}</news:language></news:publication>"
        f"<news:publication_date>{one.published_at.isoformat()}</news:publication_date>"
        f"<news:title>{escape(one.title, quote=False)}</news:title></news:news></url>"
        for one in printed
    ]
    return (f"{DECLARATION}<urlset {NAMESPACE} {NEWS_NAMESPACE}>\n" + "\n".join(rows) + "\n</urlset>\n").encode()


def _index(issue: Issue, origin: str) -> bytes:
    parts = ((NEWS, issue.articles), (WEEKS, _weeks(issue)), (_year_path(issue), _year(issue)))
    rows = [
        f"<sitemap><loc>{origin}{path}</loc><lastmod>{last_modified_at(listed).isoformat()}</lastmod></sitemap>"
        for path, listed in parts
    ]
    return (f"{DECLARATION}<sitemapindex {NAMESPACE}>\n" + "\n".join(rows) + "\n</sitemapindex>\n").encode()


def _weeks(issue: Issue) -> tuple[Article, ...]:
    year = _year(issue)
    return (*issue.articles, *(one for one in issue.archived if one not in year))


def _year(issue: Issue) -> tuple[Article, ...]:
    """What is of the year of its oldest article."""
    oldest = issue.archived[-1].published_at.year
    return tuple(one for one in issue.archived if one.published_at.year == oldest)


def _year_path(issue: Issue) -> str:
    return YEAR.format(year=issue.archived[-1].published_at.year)


def _answer(body: bytes, listed: Sequence[Article], *, is_packed: bool = False) -> Answer:
    return Answer(
        status=200,
        content_type="application/gzip" if is_packed else "application/xml",
        body=gzip.compress(body, mtime=0) if is_packed else body,
        last_modified_at=last_modified_at(listed),
    )
