"""A web page where a feed was expected says which feeds it offers."""

from datetime import UTC, datetime

import pytest

from ingest.discover.feed import read_feed
from ingest.discover.home import feeds_offered
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
