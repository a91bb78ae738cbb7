"""Small made news sites on 127.0.0.1: a few pages, feeds and sitemaps each, and a log of what was asked."""

from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Self

from ingest.demo import server
from ingest.demo.answer import HTML, Answer

XML = "application/xml"
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def home(*head: str, body: str = "", name: str | None = "The Daily Gazette", lang: str = "en-GB") -> str:
    """A front page."""
    site_name = f'<meta property="og:site_name" content="{name}">' if name else ""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Daily | Front</title>{site_name}'
        f"{''.join(head)}</head><body>{body}</body></html>"
    )


def alternate(href: str, title: str = "", kind: str = "rss") -> str:
    return f'<link rel="alternate" type="application/{kind}+xml" title="{title}" href="{href}">'


class SmallSite:
    """A context manager; `otherwise` answers every path that has no page of its own (with status 200)."""

    def __init__(self) -> None:
        self.otherwise: str | None = None
        self._answers: dict[str, Answer] = {}
        self._log: deque[server.Request] = deque()

    def __enter__(self) -> Self:
        self._servers = server.start([self._answer], self._log)
        return self

    def __exit__(self, *_: object) -> None:
        server.stop(self._servers)

    @property
    def origin(self) -> str:
        return f"http://{self._servers[0].authority}"

    @property
    def asked(self) -> list[str]:
        """Paths in their order, robots.txt apart."""
        return [one.path for one in self._log if one.path != "/robots.txt"]

    def page(self, path: str, text: str, content_type: str = HTML, status: int = 200) -> None:
        self._answers[path] = Answer(status=status, content_type=content_type, body=text.encode())

    def moves(self, path: str, location: str, status: int = 301) -> None:
        self._answers[path] = Answer(status=status, content_type=HTML, body=b"", headers=(("Location", location),))

    def robots(self, text: str) -> None:
        self.page("/robots.txt", text, "text/plain")

    def rss(
        self, path: str, articles: Sequence[str], *, title: str = "Gazette", age: timedelta = timedelta(hours=3)
    ) -> None:
        """A feed of these articles (`/a` is one of this site), with dates and summaries."""
        at = format_datetime(datetime.now(UTC) - age)
        listed = "".join(
            f"<item><title>T {place}</title><link>{self.link(place)}</link><pubDate>{at}</pubDate>"
            f"<description>What happened at {place}.</description></item>"
            for place in articles
        )
        self.page(
            path, f"<rss version='2.0'><channel><title>{title}</title>{listed}</channel></rss>", "application/rss+xml"
        )

    def atom(self, path: str, articles: Sequence[str]) -> None:
        at = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
        listed = "".join(
            f"<entry><id>urn:{place}</id><title>T</title><link href='{self.link(place)}'/><updated>{at}</updated>"
            f"<published>{at}</published><summary>S</summary></entry>"
            for place in articles
        )
        self.page(
            path, f"<feed xmlns='http://www.w3.org/2005/Atom'><title>G</title>{listed}</feed>", "application/atom+xml"
        )

    def news_sitemap(self, path: str, articles: Sequence[str]) -> None:
        at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        listed = "".join(
            f"<url><loc>{self.link(place)}</loc><news:news><news:publication><news:name>G</news:name>"
            f"<news:language>en</news:language></news:publication><news:publication_date>{at}</news:publication_date>"
            f"<news:title>T</news:title></news:news></url>"
            for place in articles
        )
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        self.page(path, f"<urlset xmlns='{space}' {NEWS}>{listed}</urlset>", XML)

    def index(self, path: str, children: Sequence[str]) -> None:
        listed = "".join(f"<sitemap><loc>{self.link(place)}</loc></sitemap>" for place in children)
        self.page(
            path, f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{listed}</sitemapindex>", XML
        )

    def link(self, place: str) -> str:
        return place if "://" in place else f"{self.origin}{place}"

    def _answer(self, path: str) -> Answer:
        if path in self._answers:
            return self._answers[path]
        if self.otherwise is not None and path != "/robots.txt":
            return Answer(status=200, content_type=HTML, body=self.otherwise.encode())
        return Answer(status=404, content_type="text/plain", body=b"no")


def articles(*numbers: int) -> list[str]:
    return [f"/2026/11/story-about-matter-{number}" for number in numbers]
