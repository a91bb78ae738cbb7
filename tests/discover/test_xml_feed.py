"""What the elements of RSS, RDF and Atom say of an entry: right, or nothing."""

from datetime import UTC, datetime

import pytest

from discover.hard_feeds import CONTENT, DC, MEDIA, atom, atom_entry, item, only, read, rss

ITUNES = ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
DAY = datetime(2024, 5, 3, tzinfo=UTC)
TEN = datetime(2024, 5, 3, 10, 11, 12, tzinfo=UTC)
TEN_FLAT = datetime(2024, 5, 3, 10, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "at", "precision"),
    [
        ("Fri, 03 May 2024 10:11:12 GMT", TEN, "second"), ("Fri, 03 May 2024 12:11:12 +0200", TEN, "second"),
        ("3 May 2024 10:11:12 UT", TEN, "second"), ("Fri, 3 May 24 10:11:12 Z", TEN, "second"),
        ("Fri, 03 May 2024 06:11:12 EDT", TEN, "second"), ("Fri, 03 May 2024 12:11 CEST", TEN_FLAT, "minute"),
        ("Friday, 03-May-24 10:11:12 GMT", TEN, "second"), ("Fri, 03 May 2024 19:11:12 JST", TEN, "second"),
        ("Fri, 03 May 2024 12:11:12 +02:00", TEN, "second"), ("Fri, 03 May 2024 12:11:12 +0200 (CEST)", TEN, "second"),
        ("Fri, 03 May 2024 12:11:12 GMT+2", TEN, "second"), ("Thu, 03 May 2024 10:11:12 GMT", TEN, "second"),
        ("2024-05-03T10:11:12Z", TEN, "second"), ("2024-05-03T12:11:12+02:00", TEN, "second"),
        ("2024-05-03T12:11:12.000+0200", TEN, "second"), ("2024-05-03 10:11:12 UTC", TEN, "second"),
        ("2024-05-03T10:11Z", TEN_FLAT, "minute"), ("20240503T101112Z", TEN, "second"), ("1714731072", TEN, "second"),
        ("May 3, 2024 10:11:12 GMT", TEN, "second"), ("2024-05-03", DAY, "day"), ("03.05.2024", DAY, "day"),
        ("Fri, 03 May 2024", DAY, "day"), ("2024-05-03T10:11:12", DAY, "day"), ("Fri, 03 May 2024 10:11:12 IST", DAY, "day"),
        ("Fri, 03 May 2024 10:11:12 XYZ", DAY, "day"), ("03/05/2024", None, None), ("yesterday", None, None),
        ("Fri, 03 May 2044 10:11:12 GMT", None, None), ("0000-00-00 00:00:00", None, None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("blemish", ["", "&nbsp;"])
def test_a_date_is_right_or_null_and_kept_as_written(
    written: str, at: datetime | None, precision: str | None, blemish: str
) -> None:
    entry = only(rss(item("a", f"One{blemish}", f"<pubDate> {written}\n</pubDate>")))
    assert (entry.published_at, entry.published_precision, entry.published_raw) == (at, precision, written)


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ('<link href="/a"/>', "https://news.example/a"), ('<link rel="alternate" href="a"/>', "https://news.example/feeds/a"),
        ('<link rel="self" href="/s"/><link href="/a"/>', "https://news.example/a"),
        ('<link type="application/pdf" href="/p"/><link type="text/html" href="/a"/>', "https://news.example/a"),
        ('<link rel="enclosure" href="/x.mp3"/><id>https://news.example/a</id>', "https://news.example/a"),
        ('<link xml:base="https://b.example/x/" href="a"/>', "https://b.example/x/a"),
        ("<link>https://news.example/a</link>", "https://news.example/a"),
    ],
)  # fmt: skip
def test_the_address_of_an_atom_entry_is_that_of_its_page(entry: str, url: str) -> None:
    assert only(atom(f"<entry>{entry}</entry>")).url == url


@pytest.mark.parametrize(
    ("feed_base", "entry_base", "url"),
    [
        ("https://b.example/x/", "", "https://b.example/x/a"), ("https://b.example/x/", "y/", "https://b.example/x/y/a"),
        ("/x/", "", "https://news.example/x/a"), ("", "https://c.example/", "https://c.example/a"),
        ("not an [address", "", "https://news.example/feeds/a"),
    ],
)  # fmt: skip
def test_relative_addresses_stand_on_their_base(feed_base: str, entry_base: str, url: str) -> None:
    feed, entry = (f' xml:base="{base}"' if base else "" for base in (feed_base, entry_base))
    body = atom(f'<entry{entry}><link href="a"/></entry>', f' xmlns="http://www.w3.org/2005/Atom"{feed}')
    assert only(body).url == url


@pytest.mark.parametrize(
    ("title", "read_as"),
    [
        ("<title>A &lt;b&gt; c</title>", "A <b> c"), ('<title type="text">A &lt;b&gt;c&lt;/b&gt;</title>', "A <b>c</b>"),
        ('<title type="html">A &lt;b&gt;c&lt;/b&gt;</title>', "A c"), ('<title type="html">A &amp;amp; c</title>', "A & c"),
        ('<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <b>c</b> &lt;T&gt;</div></title>', "A c <T>"),
        ("<title>Generics&lt;T&gt; in Java</title>", "Generics<T> in Java"), ('<title type="image/png">iVBO</title>', None),
        ("<title/>", None),
    ],
)  # fmt: skip
def test_a_title_is_read_as_its_type_says(title: str, read_as: str | None) -> None:
    assert only(atom(atom_entry("a", title))).title == read_as


@pytest.mark.parametrize(
    ("more", "field", "value"),
    [
        ("<author>a@news.example (Ana Gómez)</author>", "authors", ("Ana Gómez",)),
        ("<author>Ana Gómez &lt;a@news.example&gt;</author>", "authors", ("Ana Gómez",)),
        ("<author>a@news.example</author>", "authors", ()),
        ("<author><name>Ana</name><email>a@news.example</email></author>", "authors", ("Ana",)),
        ("<itunes:author>Ana</itunes:author>", "authors", ("Ana",)),
        ("<content:encoded>&lt;p&gt;x&lt;/p&gt;</content:encoded>", "summary", "x"),
        ("<description/><content:encoded>x</content:encoded>", "summary", "x"),
        ("<description>x</description><content:encoded>y</content:encoded>", "summary", "x"),
        ('<media:group><media:content url="/i" type="image/png"/></media:group>', "image_url", "https://news.example/i"),
        ('<media:content url="/v" type="video/mp4"><media:thumbnail url="/i"/></media:content>', "image_url",
         "https://news.example/i"),
        ('<media:content url="/i.jpg?w=5"/>', "image_url", "https://news.example/i.jpg?w=5"),
        ('<enclosure url="/i" type="image/jpeg"/>', "image_url", "https://news.example/i"),
        ('<enclosure url="/i" type="audio/mpeg"/>', "image_url", None),
        ('<itunes:image href="/i"/>', "image_url", "https://news.example/i"),
        ("<dc:subject>x</dc:subject><media:keywords>y, z</media:keywords>", "tags", ("x", "y", "z")),
        ("<dc:language>fr</dc:language>", "language", "fr"), ("<guid/>", "guid", None),
        ("<dc:date>2024</dc:date>", "modified_at", None),
    ],
)  # fmt: skip
def test_an_item_says_it_in_many_ways(more: str, field: str, value: object) -> None:
    assert getattr(only(rss(item("a", "One", more), DC + CONTENT + MEDIA + ITUNES)), field) == value


@pytest.mark.parametrize(
    "bad", ["<guid>12345</guid>", '<guid isPermaLink="true">12345</guid>', "<link/>", "<link>http://[</link>"]
)
def test_what_is_no_address_is_not_made_one(bad: str) -> None:
    assert read(rss(f"<item><title>T</title>{bad}</item>")).unlinked_count == 1
