"""Sitemaps read for an old range, and feeds' archives followed page by page."""

import gzip
from datetime import UTC, date, datetime

import pytest

from ingest.discover.feed_archive import ArchivePage, goes_on, next_page, read_page
from ingest.discover.sitemap import SitemapReading, read_past_sitemap
from ingest.records import Feed
from ingest.rules.past_days import Days

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MARCH = Days(from_on=date(2019, 3, 1), to_on=date(2019, 3, 31))
SITE = "https://daily.example"


def read(body: str | bytes, name: str = "sitemap.xml", days: Days = MARCH) -> SitemapReading:
    url = f"{SITE}/{name}"
    return read_past_sitemap(
        body if isinstance(body, bytes) else body.encode(),
        feed=Feed(feed_id=url[8:], source_id="daily", url=url, feed_kind="sitemap"), poll_id="p",
        listed_at=NOW, base_url=url, http_charset=None, days=days, limit_bytes=60_000_000,
    )  # fmt: skip


def urlset(*rows: tuple[str, str | None]) -> str:
    said = "".join(f"<url><loc>{SITE}{path}</loc>{f'<lastmod>{on}</lastmod>' if on else ''}</url>" for path, on in rows)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{said}</urlset>'


def test_only_entries_of_the_range_are_taken_and_the_others_counted() -> None:
    reading = read(
        urlset(("/a-b-c-1", "2019-03-05"), ("/a-b-c-2", "2018-03-05"), ("/a-b-c-3", None), ("/2019/03/02/x", None))
    )
    assert [entry.url[len(SITE) :] for entry in reading.entries] == ["/a-b-c-1", "/a-b-c-3", "/2019/03/02/x"]
    assert (reading.outside_count, reading.listed_count) == (1, 4)
    assert [moment.at.date() if moment else None for moment in reading.lastmods] == [date(2019, 3, 5), None, None]


def test_an_archive_without_dates_is_taken_whole() -> None:
    """A poll leaves it to a backfill."""
    reading = read(urlset(*((f"/story-number-{number}", None) for number in range(3_000))))
    assert (len(reading.entries), reading.outside_count) == (3_000, 0)


def test_a_lastmod_that_lies_rules_nothing_out() -> None:
    reading = read(urlset(*((f"/story-number-{number}", "2024-05-05T01:02:03Z") for number in range(50))))
    assert len(reading.entries) == 50
    assert set(reading.lastmods) == {None}
    edited = urlset(("/story-one-two", "2026-11-20"))
    assert len(read(edited).entries) == 0
    assert len(read(edited, name="sitemap-2019-03.xml").entries) == 1


ROWS = urlset(*((f"/story-number-{number}", "2019-03-05") for number in range(200)))
PARTS_OF_SITEMAPS = {
    "whole": (ROWS, True),
    "whole, packed": (gzip.compress(ROWS.encode()), True),
    "empty": (urlset(), True),
    "a list of addresses": (f"{SITE}/a-b-c\n{SITE}/d-e-f\n", True),
    "cut": (ROWS[: len(ROWS) // 2], False),
    "its packing cut": (gzip.compress(ROWS.encode())[:-400], False),
    "an entry broken": (ROWS.replace("number-7<", "number-7<<&", 1), False),
    "another thing": ("<html><body>Not found</body></html>", False),
}


@pytest.mark.parametrize("kind", PARTS_OF_SITEMAPS)
def test_a_sitemap_that_may_list_more_than_was_read_says_so(kind: str) -> None:
    body, is_whole = PARTS_OF_SITEMAPS[kind]
    assert read(body).is_whole is is_whole


def test_an_index_of_hundreds_is_cut_to_the_months_of_the_range() -> None:
    rows = "".join(
        f"<sitemap><loc>{SITE}/sitemap-{1990 + n // 12}-{n % 12 + 1:02}.xml.gz</loc><lastmod>2026-11-22</lastmod></sitemap>"
        for n in range(440)
    )
    reading = read(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>')
    assert [child.url[len(SITE) + 1 :] for child in reading.children] == [
        f"sitemap-2019-0{month}.xml.gz" for month in (4, 3, 2)
    ]


ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom">{links}<entry><id>1</id><link rel="next" href="/wrong"/></entry></feed>'
)
RSS = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{links}<item><link>/1</link></item></channel></rss>'
WORDPRESS = "<generator>https://wordpress.org/?v=6.7</generator>"
URL = f"{SITE}/feed/"


@pytest.mark.parametrize(
    ("text", "base_url", "expected"),
    [
        (ATOM.format(links='<link rel="prev-archive" href="/2019/02.atom"/><link rel="next" href="/p2"/>'), URL,
         ("prev-archive", f"{SITE}/2019/02.atom")),
        (RSS.format(links="<atom:link href='/feed/?page=2&amp;x=1' rel='next' />"), URL, ("next", f"{SITE}/feed/?page=2&x=1")),
        (RSS.format(links=WORDPRESS), URL, ("paged", f"{URL}?paged=2")),
        (RSS.format(links=WORDPRESS), f"{URL}?a=1&paged=7", ("paged", f"{URL}?a=1&paged=8")),
        (RSS.format(links=""), URL, None),
        (ATOM.format(links='<link rel="self" href="/feed/"/><link rel="prev" href="/p0"/>'), URL, None),
        (ATOM.format(links='<link rel="prev-archive" href="https://other.example/x"/>'), URL, None),
        (ATOM.format(links=f'<link rel="next" href="{URL}"/>'), URL, None),
        (f'{{"version": "https://jsonfeed.org/version/1.1", "next_url": "{SITE}/feed.json?page=2", "items": []}}', URL,
         ("next_url", f"{SITE}/feed.json?page=2")),
        ('{"version": "https://jsonfeed.org/version/1.1", "next_url": 2', URL, None),
    ],
)  # fmt: skip
def test_where_the_page_before_is(text: str, base_url: str, expected: tuple[str, str] | None) -> None:
    assert next_page(text, base_url=base_url, has_entries=True) == expected


def page(number: int, *dates: str, links: str = WORDPRESS) -> ArchivePage:
    items = "".join(
        f"<item><link>{SITE}/{number}-{place}</link><pubDate>{said}</pubDate></item>"
        for place, said in enumerate(dates)
    )
    feed = Feed(feed_id="daily.example/feed", source_id="daily", url=URL)
    body = f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{links}{items}</channel></rss>'
    return read_page(body.encode(), feed=feed, poll_id="p", listed_at=NOW, base_url=URL, http_charset=None)


def test_a_chain_ends_at_the_range_at_repeats_and_at_an_empty_page() -> None:
    def on(one: ArchivePage, known: set[str] | None = None, read_urls: set[str] | None = None) -> bool:
        return goes_on(one, days=MARCH, known_ids=known or set(), read_urls=read_urls or set())

    inside = page(1, "Tue, 05 Mar 2019 10:00:00 GMT", "Fri, 01 Feb 2019 10:00:00 GMT")
    assert on(inside)
    assert on(page(2, "Tue, 05 Nov 2024 10:00:00 GMT"))
    assert not on(page(3, "Fri, 01 Feb 2019 10:00:00 GMT"))
    assert not on(page(4))
    assert not on(inside, known={entry.entry_id for entry in inside.reading.entries})
    assert not on(inside, read_urls={f"{URL}?paged=2"})
    assert not on(page(5, "Tue, 05 Mar 2019 10:00:00 GMT", links=""))
    empty = page(6, links='<atom:link rel="prev-archive" href="/2019/02.rss"/>')
    assert on(empty), "an archive without an entry is no end"
