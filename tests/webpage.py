"""A small article page, put together from the parts that a test is about."""

from datetime import UTC, datetime

from ingest.extract import claims
from ingest.extract.markup import read
from ingest.extract.tree import parse
from ingest.records import Page

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://news.example/politics/harbour-reopens-after-storm"
PARAGRAPHS = (
    "The harbour reopened on Saturday after three days of storms that had kept every ferry in port, officials said.",
    "Crews worked through the night to clear the northern channel, where a mast had fallen across two moorings.",
    "“We are glad to see the boats go out again,” said the harbour master, who thanked the volunteers of both villages.",
    "Insurers expect claims of about four million, most of them for roofs and greenhouses along the eastern shore.",
)


def html(*, head: str = "", body: str | None = None, paragraphs: tuple[str, ...] = PARAGRAPHS) -> str:
    """A page with `head` in its head, and an article of `paragraphs` unless `body` is given."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    article = f"<article><h1>Harbour reopens after storm</h1>{text}</article>" if body is None else body
    menu = '<nav><a href="/">Home</a><a href="/sport">Sport</a></nav>'
    return (
        f'<!doctype html><html lang="en"><head><title>Harbour reopens after storm | The Example</title>{head}</head>'
        f"<body>{menu}{article}<footer>About us</footer></body></html>"
    )


def page(
    body: bytes | str, *, url: str = URL, final_url: str | None = None, http_charset: str | None = "utf-8"
) -> Page:
    return Page(
        fetch_id="f1",
        entry_id="e1",
        source_id="example",
        url=url,
        final_url=final_url or url,
        http_charset=http_charset,
        language=None,
        rule=None,
        fetched_at=NOW,
        body=body.encode() if isinstance(body, str) else body,
    )


NEWS = '"@type": "NewsArticle", "headline": "Harbour reopens after storm", "datePublished": "2026-11-21T18:30:00+01:00"'


def gathered(head: str = "", body: str | None = None, page_url: str = URL) -> claims.Claims:
    """The claims of such a page."""
    tree = parse(html(head=head, body=body))
    assert tree is not None
    return claims.gather(read(tree), page_url=page_url, now=NOW)


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'
