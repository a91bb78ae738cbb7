"""Section pages become entries: the links that look like articles, or exactly those that are named."""

from datetime import UTC, datetime

import pytest

from ingest.discover.section import SectionReading, read_section
from ingest.records import Feed

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = "https://daily.example"
FEED = Feed(feed_id="daily.example/world", source_id="daily", url=f"{SITE}/world/", feed_kind="section")
HEADLINE = "Storm hits the northern coast"


def read(body: str | bytes, selector: str | None = None, http_charset: str | None = None) -> SectionReading:
    return read_section(
        body if isinstance(body, bytes) else f"<!DOCTYPE html><html><body>{body}</body></html>".encode(),
        feed=FEED,
        poll_id="poll-1",
        listed_at=NOW,
        base_url=FEED.url,
        http_charset=http_charset,
        selector=selector,
    )


def found(reading: SectionReading) -> list[tuple[str, str | None]]:
    return [(entry.url.removeprefix(SITE), entry.title) for entry in reading.entries]


PAGE = f"""
<header><a href="/">The Daily</a><a href="/world/">World</a></header>
<nav><a href="/world/middle-east-and-north-africa">Middle East and North Africa</a></nav>
<main>
 <article><a href="/world/storm-hits-coast-10234?utm_source=front"><img src="a.jpg" alt="Waves at a pier"></a>
  <h2><a href="/world/storm-hits-coast-10234">{HEADLINE}</a></h2><a href="/author/ana-gomez">Ana Gomez of Cork</a>
  <time datetime="2026-11-22T09:30:00+01:00">2 hours ago</time><a href="/world/storm-hits-coast-10234">Read more</a></article>
 <ul><li><a href="bridge-to-be-rebuilt-next-year">Bridge to be rebuilt next year</a> <time datetime="2026-11-21">Sat</time></li>
 <li><a href="https://www.daily.example/2026/11/22/vote">Vote <b>is</b> called<script>x()</script></a></li></ul>
 <a href="/world/?page=2">Older stories of this week</a> <a href="/live/tv-guide.pdf">The guide to tonight's programme</a>
 <a href="https://elsewhere.example/a-story-of-another-site-1">A story of another site</a>
 <a href="mailto:desk@daily.example">Write to the news desk</a> <a href="#top">Back to the top</a>
</main><footer><a href="/what-we-stand-for-since-1890">What we stand for since 1890</a></footer>"""


def test_the_links_that_look_like_articles_in_the_pages_order() -> None:
    reading = read(PAGE)
    assert (reading.outcome, reading.detail, reading.parse_route, reading.unlinked_count) == ("ok", None, "section", 0)
    assert found(reading) == [
        ("/world/storm-hits-coast-10234?utm_source=front", HEADLINE),
        ("/world/bridge-to-be-rebuilt-next-year", "Bridge to be rebuilt next year"),
        ("https://www.daily.example/2026/11/22/vote", "Vote is called"),
    ]
    assert {entry.feed_kind for entry in reading.entries} == {"section"}


def test_no_date_but_that_of_the_card() -> None:
    storm, bridge, vote = read(PAGE).entries
    assert (storm.published_at, storm.published_precision) == (datetime(2026, 11, 22, 8, 30, tzinfo=UTC), "second")
    assert (bridge.published_at, bridge.published_precision) == (datetime(2026, 11, 21, tzinfo=UTC), "day")
    assert vote.published_at is None


def test_a_card_of_two_stories_dates_neither() -> None:
    two = f"""<article><h2><a href="/world/one-story-of-many-words">{HEADLINE}</a></h2><time datetime="2026-11-22">x</time>
    <h2><a href="/world/another-story-of-many-words">{HEADLINE}</a></h2></article>"""
    assert [entry.published_at for entry in read(two).entries] == [None, None]


@pytest.mark.parametrize(
    ("link", "is_article"),
    [
        (f'<a href="/world/storm-hits-the-northern-coast">{HEADLINE}</a>', True),
        (f'<a href="/world/art41742691">{HEADLINE}</a>', True),
        (f'<a href="/world/1.7654321">{HEADLINE}</a>', True),
        (f'<a href="/articles/c4gw8n1zyk2o">{HEADLINE}</a>', True),
        (f'<a href="/story.php?id=77">{HEADLINE}</a>', True),
        (f'<a href="/2026/11/22/storm">{HEADLINE}</a>', True),
        (f'<a href="/world/northern-storm">{HEADLINE}</a>', True),
        ('<h3><a href="/world/northern-storm">Storm</a></h3>', True),
        ('<a href="/world/northern-storm"><div><h3>Storm</h3><p>It came at night.</p></div></a>', True),
        ('<a href="/world/storm-hits-the-northern-coast"><img alt="The northern coast"></a>', True),
        ('<a href="/world/100045678">大雨の予報が各地で出ました</a>', True),
        ('<a href="/weather/storm-hits-the-northern-coast?ref=world">Northern storm</a>', True),
        ('<a href="https://sport.daily.example/cup-final-goes-to-extra-time">Cup final goes to extra time</a>', True),
        ('<a href="/world/northern-europe">Northern Europe</a>', False),
        (f'<a href="/world/europe">{HEADLINE}</a>', False),
        ('<h2><a href="/sport">Sport</a></h2>', False),
        (f'<h2><a href="/world">{HEADLINE}</a></h2>', False),
        (f'<h2><a href="/world/?id=">{HEADLINE}</a></h2>', False),
        (f'<a href="/tag/storm-hits-the-northern-coast">{HEADLINE}</a>', False),
        (f'<a href="/login?next=/world/storm-hits-the-northern-coast">{HEADLINE}</a>', False),
        (f'<a href="/img/storm-hits-the-northern-coast.jpg">{HEADLINE}</a>', False),
        (f'<nav><a href="/world/storm-hits-the-northern-coast">{HEADLINE}</a></nav>', False),
        (f'<a href="javascript:void(0)">{HEADLINE}</a>', False),
        (f'<a href="https://daily.example.evil.example/storm-hits-the-northern-coast">{HEADLINE}</a>', False),
        (f'<a name="/world/storm-hits-the-northern-coast">{HEADLINE}</a>', False),
        ('<a href="/world/storm-hits-the-northern-coast"></a>', False),
    ],
)
def test_what_looks_like_an_article(link: str, is_article: bool) -> None:
    assert len(read(link).entries) == int(is_article)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("article h2 a", ["/world/storm-hits-coast-10234?utm_source=front"]),
        ("h2", ["/world/storm-hits-coast-10234?utm_source=front"]),
        ("nav a, header a[href='/world/']", ["/world/", "/world/middle-east-and-north-africa"]),
        ("main > a[href^='https']", ["https://elsewhere.example/a-story-of-another-site-1"]),
        ("li b", ["https://www.daily.example/2026/11/22/vote"]),
    ],
)
def test_a_selector_names_exactly_the_links_that_are_taken(selector: str, expected: list[str]) -> None:
    assert [address for address, _ in found(read(PAGE, selector))] == expected


def test_a_selected_link_without_a_usable_address_is_counted() -> None:
    reading = read(PAGE, "main > a[href^=mailto], h2 a")
    assert (len(reading.entries), reading.unlinked_count) == (1, 1)


def test_a_page_without_articles_says_what_to_do() -> None:
    assert read("<p>Soon.</p>").detail == "no link looks like an article: name them by section_links, a CSS selector"
    reading = read(PAGE, ".teaser a")
    assert (reading.outcome, reading.parse_route, reading.entries) == ("not_a_feed", None, ())
    assert reading.detail == "section_links '.teaser a' selects no link: look at the page, and mend the selector"
    feed = b'<?xml version="1.0"?><rss version="2.0"><channel><item><link>https://daily.example/a</link></item></channel></rss>'
    assert read(feed).detail == "a feed: list it under 'feeds'"
    assert read(b"").outcome == "not_a_feed"


@pytest.mark.parametrize(
    ("head", "charset", "http_charset"),
    [
        ('<meta charset="windows-1251">', "windows-1251", None),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">', "windows-1251", None),
        ("", "windows-1251", "windows-1251"),
        ("", "utf-8", None),
        ("", "utf-8", "iso-8859-1"),
    ],
)
def test_headlines_in_the_pages_charset(head: str, charset: str, http_charset: str | None) -> None:
    page = f'<html><head>{head}</head><body><a href="/world/storm-hits-the-coast">Шторм обрушился на северное побережье</a>'
    assert (
        read(page.encode(charset), http_charset=http_charset).entries[0].title
        == "Шторм обрушился на северное побережье"
    )


def test_addresses_are_relative_to_the_pages_base() -> None:
    page = f'<html><head><base href="https://www.daily.example/en/"></head><body><a href="storm-hits-the-coast">{HEADLINE}</a>'
    assert found(read(page.encode())) == [("https://www.daily.example/en/storm-hits-the-coast", HEADLINE)]


def test_no_more_than_five_hundred() -> None:
    assert len(read("".join(f'<a href="/world/{n}00000">{HEADLINE}</a>' for n in range(1, 900))).entries) == 500


STORY = f'<a href="/world/storm-hits-the-northern-coast">{HEADLINE}</a>'


@pytest.mark.parametrize("selector", [None, "article h2 a, a"])
@pytest.mark.parametrize(
    "rest",
    [
        "<div>" * 400_000, "<p><b>" * 200_000, "<b></p>" * 200_000, "<a href=/a-b-c><div>" * 90_000, "<" * 2_000_000,
        "<article><h2>" * 100_000, "<!--" * 400_000, "&" * 2_000_000, "x " * 2_000_000, "<div a=1 " * 100_000,
        "<script>" * 200_000, '<a href="/' + "a" * 2_000_000 + '">x</a>',
    ],
    ids=lambda rest: rest[:12],
)  # fmt: skip
def test_a_hostile_page_is_read_as_far_as_is_reasonable(rest: str, selector: str | None) -> None:
    reading = read(STORY + rest, selector)
    assert "/world/storm-hits-the-northern-coast" in dict(found(reading))


def test_pages_of_300_levels_are_read() -> None:
    assert len(read("<div>" * 300 + STORY).entries) == 1
    assert len(read("<div>" * 300 + STORY + "</div>" * 300 + STORY.replace("northern", "western"), "a").entries) == 2
