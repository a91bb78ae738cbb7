"""What a page says of its article in machine-readable form, in five publishers' manners; what readers see is in layout.py."""

import json
from collections.abc import Callable
from html import escape
from typing import Any

from ingest.demo.edition import Article
from ingest.demo.papers import Paper

LOCALES = {"en": "en_GB", "de": "de_AT", "es": "es_ES", "fr": "fr_FR", "ru": "ru_RU", "ja": "ja_JP"}


def tags(paper: Paper, one: Article, origin: str) -> str:
    """The elements of `<head>` for an article: canonical link, description and the paper's own manner of metadata."""
    shared = [
        f'<link rel="canonical" href="{escape(address(origin, one.path))}">',
        *feed_links(paper, origin),
        _meta("name", "description", one.summary),
    ]
    return "\n".join([*shared, *MANNERS[paper.head](paper, one, origin)])


def feed_links(paper: Paper, origin: str) -> list[str]:
    """The paper's feed as its pages announce it; nothing where it has none."""
    if paper.feed is None:
        return []
    title, kind = escape(paper.name), FEED_TYPES[paper.feed]
    return [f'<link rel="alternate" type="{kind}" title="{title}" href="{origin}/feed.xml">']


def address(origin: str, path: str) -> str:
    """A URL as a page or feed prints it: non-ASCII paths percent-encoded in UTF-8 (RFC 3987 section 3.1)."""
    return origin + "".join(
        character if character.isascii() else "".join(f"%{byte:02X}" for byte in character.encode())
        for character in path
    )


def _json_ld(paper: Paper, one: Article, origin: str) -> list[str]:
    return [_script({"@context": "https://schema.org", **_news_article(paper, one, origin)})]


def _graph(paper: Paper, one: Article, origin: str) -> list[str]:
    url = address(origin, one.path)
    crumbs = [{"@type": "ListItem", "position": 1, "name": paper.name, "item": f"{origin}/"}]
    nodes: list[dict[str, Any]] = [
        {"@type": "WebPage", "@id": url, "url": url, "name": f"{one.title} – {paper.name}"},
        {"@type": "BreadcrumbList", "itemListElement": crumbs},
        _news_article(paper, one, origin),
        {"@type": "Organization", "@id": f"{origin}/#publisher", "name": paper.name, "url": f"{origin}/"},
    ]
    return [_script({"@context": "https://schema.org", "@graph": nodes}), _meta("property", "og:title", one.title)]


def _open_graph(paper: Paper, one: Article, origin: str) -> list[str]:
    pairs = [
        ("og:type", "article"),
        ("og:site_name", paper.name),
        ("og:locale", LOCALES[paper.language]),
        ("og:title", one.title),
        ("og:description", one.summary),
        ("og:url", address(origin, one.path)),
        ("og:image", origin + one.image_path),
        ("article:published_time", one.published_at.isoformat()),
        *([("article:modified_time", one.edited_at.isoformat())] if one.edited_at else []),
        ("article:section", one.section),
        *(("article:tag", tag) for tag in one.tags),
    ]
    authors = [_meta("name", "author", name) for name in one.authors]
    return [*(_meta("property", name, value) for name, value in pairs), *authors]


def _microdata(paper: Paper, one: Article, origin: str) -> list[str]:
    return [
        _meta("name", "news_keywords", ", ".join(one.tags)),
        _meta("property", "og:title", one.title),
        _meta("property", "og:image", origin + one.image_path),
        _meta("property", "og:site_name", paper.name),
    ]


def _plain_meta(paper: Paper, one: Article, origin: str) -> list[str]:
    return [
        *(_meta("name", "author", name) for name in one.authors),
        _meta("name", "keywords", ", ".join(one.tags)),
        _meta("name", "DC.date.issued", one.published_at.isoformat()),
        *([_meta("name", "DC.date.modified", one.edited_at.isoformat())] if one.edited_at else []),
        _meta("name", "DC.publisher", paper.name),
        _meta("property", "og:image", origin + one.image_path),
    ]


def _news_article(paper: Paper, one: Article, origin: str) -> dict[str, Any]:
    return {
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": address(origin, one.path)},
        "headline": one.title,
        "description": one.summary,
        "image": [origin + one.image_path],
        "datePublished": one.published_at.isoformat(),
        "dateModified": one.changed_at.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in one.authors],
        "publisher": {"@type": "NewsMediaOrganization", "name": paper.name},
        "articleSection": one.section,
        "keywords": list(one.tags),
        "inLanguage": paper.language,
        "isAccessibleForFree": True,
    }


def _script(document: dict[str, Any]) -> str:
    text = json.dumps(document, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{text}</script>'


def _meta(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(content)}">'


FEED_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml"}
MANNERS: dict[str, Callable[[Paper, Article, str], list[str]]] = {
    "json-ld": _json_ld,
    "graph": _graph,
    "opengraph": _open_graph,
    "microdata": _microdata,
    "meta": _plain_meta,
}
