"""A web page where a feed was expected says which feeds it offers."""

from datetime import UTC, datetime

import pytest

from ingest.discover.feed import read_feed
from ingest.discover.home import feeds_offered, looks_like_feed, read_home
from ingest.records import Feed

HOME = "https://daily.example/"
RSS = '<link rel="alternate" type="application/rss+xml" href="{}">'


@pytest.mark.parametrize(
    ("head", "offered"),
    [
        (RSS.format("/feed.xml"), ["https://daily.example/feed.xml"]),
        (RSS.format("https://feeds.example/daily"), ["https://feeds.example/daily"]),
        (
            RSS.format("/a") + RSS.format("/a") + RSS.format("/b"),
            ["https://daily.example/a", "https://daily.example/b"],
        ),
        ('<link rel="alternate home" type="Application/Atom+XML" href="atom">', ["https://daily.example/atom"]),
        ('<link rel="alternate" hreflang="de" href="/de">', []),
        ('<link rel="stylesheet" type="text/css" href="/s.css">', []),
        (RSS.format("javascript:alert(1)"), []),
        ('<link rel="alternate" type="application/rss+xml">', []),
        ("".join(RSS.format(f"/{n}") for n in range(9)), [f"https://daily.example/{n}" for n in range(3)]),
        ("<link " * 50_000, []),
    ],
)
def test_the_feeds_that_a_page_offers(head: str, offered: list[str]) -> None:
    assert list(feeds_offered(f"<!doctype html><html><head>{head}</head><body></body></html>", HOME)) == offered


def test_the_poll_of_a_home_page_says_where_its_feed_is() -> None:
    reading = read_feed(
        f"<!doctype html><html><head>{RSS.format('/feed.xml')}</head></html>".encode(),
        feed=Feed(feed_id="daily.example", source_id="daily", url=HOME),
        poll_id="00000000-0000-0000-0000-000000000000",
        listed_at=datetime(2026, 11, 22, tzinfo=UTC),
        base_url=HOME,
        http_charset=None,
    )
    assert (reading.outcome, reading.detail) == (
        "not_a_feed",
        "an HTML page, which offers https://daily.example/feed.xml",
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/feed", "https://a.example/feed/", "https://a.example/sport/rss", "https://a.example/rss.xml",
        "https://a.example/x.rss", "https://a.example/?feed=rss2", "https://a.example/news?format=rss",
        "https://feeds.a.example/main", "https://feeds.feedburner.com/a", "https://a.example/atom.xml",
        "https://a.example/feed.json", "https://a.example/rss/news", "https://a.example/RSS2", "https://a.example/x.rdf",
    ],
)  # fmt: skip
def test_addresses_that_look_like_feeds(url: str) -> None:
    assert looks_like_feed(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/", "https://a.example/feedback", "https://a.example/sitemap.xml", "https://a.example/news",
        "https://a.example/how-to-feed-birds", "https://a.example/p?format=print", "https://a.example/sitemap-news.xml.gz",
    ],
)  # fmt: skip
def test_addresses_that_do_not(url: str) -> None:
    assert not looks_like_feed(url)


PAGE = """<!doctype html><html lang="pt_br"><head><base href="/x/"><title> O Diário | Capa </title>
<meta property="og:site_name" content="O&nbsp;Diário"><meta property="og:locale" content="pt_BR">
<meta property="og:type" content="article"><link rel="alternate" type="application/rss+xml" title="RSS" href="f.xml"></head>
<body><a href="rss">Assine</a><a href="/canais" title="Canais RSS">c</a><a href="https://other.example/rss">RSS</a>
<a href="https://feeds.other.example/d">feed</a><a href="/sitemap-1.xml">m</a><a href="mailto:rss@x">RSS</a></body></html>"""


def test_what_a_page_says_of_itself_and_names() -> None:
    page = read_home(PAGE, HOME)
    assert (page.site_name, page.title, page.language, page.locale) == ("O Diário", "O Diário | Capa", "pt_br", "pt_BR")
    assert page.is_article
    assert [link.url for link in page.offered] == ["https://daily.example/x/f.xml"]
    assert [link.url for link in page.links] == [
        "https://daily.example/x/rss",
        "https://daily.example/canais",
        "https://feeds.other.example/d",
    ]
    assert [link.url for link in page.sitemaps] == ["https://daily.example/sitemap-1.xml"]


@pytest.mark.parametrize("page", ["", "\x00", "<", "<html><base href='http://[1'><a href='http://[1/rss'>RSS", "{}"])
def test_a_page_that_is_none_names_nothing(page: str) -> None:
    found = read_home(page, HOME)
    assert (found.offered, found.links, found.site_name) == ((), (), None)
