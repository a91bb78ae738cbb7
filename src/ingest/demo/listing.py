"""What a paper lists for machines: RSS, Atom and robots.txt; sitemaps are in sitemap.py, the pages behind them in layout.py."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape

from ingest.demo.edition import Article
from ingest.demo.head import address
from ingest.demo.papers import CRAWL_DELAY_S, MEMBERS_FOLDER, TRAINING_RESERVED, Paper

TRACKING = {"feed": "?utm_source=rss&utm_medium=feed&utm_campaign=top", "section": "?utm_source=rss&utm_medium=section"}
RSS_NAMESPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:media="http://search.yahoo.com/mrss/"'
)


def link(paper: Paper, one: Article, origins: dict[str, str], feed: str = "feed") -> str:
    """The article's address as this feed prints it, tracking parameters included."""
    return address(origins[one.host], one.listed_path) + (TRACKING[feed] if paper.is_tracked else "")


def feed(paper: Paper, printed: Sequence[Article], origins: dict[str, str], name: str = "feed") -> bytes:
    """The paper's RSS 2.0 or Atom 1.0 (RFC 4287) document, in the paper's charset."""
    text = (_rss if paper.feed == "rss" else _atom)(paper, printed, origins, name)
    return f'<?xml version="1.0" encoding="{paper.charset}"?>\n{text}\n'.encode(paper.charset)


def last_modified_at(printed: Sequence[Article]) -> datetime:
    """When a listing changed last: the newest date it holds."""
    return max(one.changed_at for one in printed)


def robots(paper: Paper, sitemap_url: str | None) -> bytes:
    """RFC 9309, with one folder closed to everyone; some ask for a rest, or reserve the training of models."""
    everyone = ["User-agent: *", f"Disallow: {MEMBERS_FOLDER}"]
    if delay_s := CRAWL_DELAY_S.get(paper.source_id):
        everyone.append(f"Crawl-delay: {delay_s}")
    groups = [everyone]
    if paper.source_id in TRAINING_RESERVED:
        groups.append(["User-agent: GPTBot", "User-agent: CCBot", "Disallow: /"])
    if sitemap_url:
        groups.append([f"Sitemap: {sitemap_url}"])
    return ("\n\n".join("\n".join(lines) for lines in groups) + "\n").encode()


def _rss(paper: Paper, printed: Sequence[Article], origins: dict[str, str], name: str) -> str:
    origin = origins[paper.source_id]
    parts = [
        f'<rss version="2.0" {RSS_NAMESPACES}>\n<channel>',
        f"<title>{escape(paper.name)}</title>\n<link>{origin}/</link>\n<description>{escape(paper.name)}</description>",
        f"<language>{paper.language}</language>",
        f'<atom:link href="{origin}/{name}.xml" rel="self" type="application/rss+xml"/>',
    ]
    for one in printed:
        parts += [
            "<item>",
            f"<title>{escape(one.title, quote=False)}</title>",
            f"<link>{escape(link(paper, one, origins, name))}</link>",
            f'<guid isPermaLink="false">{one.id}</guid>',
            f"<pubDate>{format_datetime(one.published_at)}</pubDate>",
            *([f"<dcterms:modified>{one.edited_at.isoformat()}</dcterms:modified>"] if one.edited_at else []),
            *(f"<dc:creator>{escape(author)}</dc:creator>" for author in one.authors),
            *(f"<category>{escape(tag)}</category>" for tag in one.tags),
            f"<description>{escape(one.summary, quote=False)}</description>",
            f'<media:content url="{origin}{one.image_path}" medium="image"/>',
            "</item>",
        ]
    return "\n".join([*parts, "</channel>\n</rss>"])


def _atom(paper: Paper, printed: Sequence[Article], origins: dict[str, str], name: str) -> str:
    origin = origins[paper.source_id]
    parts = [
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{paper.language}">',
        f"<id>tag:{paper.source_id},2026:feed</id>\n<title>{escape(paper.name)}</title>",
        f"<updated>{last_modified_at(printed).isoformat()}</updated>",
        f'<link rel="alternate" href="{origin}/"/>\n<link rel="self" href="{origin}/{name}.xml"/>',
    ]
    for one in printed:
        parts += [
            "<entry>",
            f"<id>tag:{paper.source_id},2026:{one.id}</id>",
            f"<title>{escape(one.title, quote=False)}</title>",
            f'<link rel="alternate" type="text/html" href="{escape(link(paper, one, origins, name))}"/>',
            f"<published>{one.published_at.isoformat()}</published>\n<updated>{one.changed_at.isoformat()}</updated>",
            *(f"<author><name>{escape(author)}</name></author>" for author in one.authors),
            *(f'<category term="{escape(tag)}"/>' for tag in one.tags),
            f"<summary>{escape(one.summary, quote=False)}</summary>",
            "</entry>",
        ]
    return "\n".join([*parts, "</feed>"])
