"""What the elements of RSS, RDF and Atom say of an entry: right, or nothing."""

import pytest

from discover.made_feeds import CONTENT, DC, MEDIA, atom, atom_entry, item, only, read, rss

ITUNES = ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
GEO = (
    ' xmlns:georss="http://www.georss.org/georss" xmlns:gml="http://www.opengis.net/gml"'
    ' xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#"'
)


@pytest.mark.parametrize("written", ["Fri, 03 May 2024 12:11:12 +0200", "2024-05-03", "03/05/2024", "yesterday"])
@pytest.mark.parametrize("blemish", ["", "&nbsp;"])
def test_a_date_is_kept_as_written(written: str, blemish: str) -> None:
    assert only(rss(item("a", f"One{blemish}", f"<pubDate> {written}\n</pubDate>"))).published_raw == written


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
        ("<dc:author>Ana (a@news.example)</dc:author>", "authors", ("Ana",)),
        ("<media:credit>Photographer</media:credit>", "authors", ()),
        ("<keywords>x, y</keywords><category domain='z'>w</category>", "tags", ("w", "x", "y")),
        ('<media:content url="/s.jpg" width="140"/><media:content url="/l.jpg" width="460"/>', "image_url",
         "https://news.example/l.jpg"),
        ('<media:thumbnail url="/i.jpg"/><enclosure url="/j" type="image/png"/>', "image_url", "https://news.example/j"),
        ("<image><url>/i.jpg</url><title>X</title></image>", "image_url", "https://news.example/i.jpg"),
        ("<image>/i.jpg</image>", "image_url", "https://news.example/i.jpg"), ("<image>none</image>", "image_url", None),
        ('<media:content url="/i"><media:description>A bridge</media:description></media:content>', "summary", None),
        ("<media:group><media:description>x</media:description></media:group>", "summary", "x"),
        ("<itunes:summary>x</itunes:summary>", "summary", "x"),
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


@pytest.mark.parametrize(
    ("place", "degrees"),
    [
        ("<georss:point>45.256 -71.92</georss:point>", (45.256, -71.92)),
        ("<georss:point>\n 45.256, -71.92 </georss:point>", (45.256, -71.92)),
        ("<georss:where><gml:Point><gml:pos>45.256 -71.92</gml:pos></gml:Point></georss:where>", (45.256, -71.92)),
        ('<georss:where><gml:Point srsName="EPSG:4326"><gml:pos>45.256 -71.92 12</gml:pos></gml:Point></georss:where>',
         (45.256, -71.92)),
        ('<gml:Point srsName="EPSG:26913"><gml:pos>36.9 31.1</gml:pos></gml:Point>', (None, None)),
        ("<geo:lat>-33.9</geo:lat><geo:long>151.2</geo:long>", (-33.9, 151.2)),
        ("<geo:Point><geo:lat>-33.9</geo:lat><geo:long>151.2</geo:long></geo:Point>", (-33.9, 151.2)),
        ("<geo:lat>0</geo:lat><geo:long>151.2</geo:long>", (0.0, 151.2)),
        ("<geo:lat>-33.9</geo:lat>", (None, None)), ("<georss:point>0 0</georss:point>", (None, None)),
        ("<georss:point>0.0 -0.0</georss:point>", (None, None)), ("<georss:point>91 0</georss:point>", (None, None)),
        ("<georss:point>45 181</georss:point>", (None, None)), ("<georss:point>nan 5</georss:point>", (None, None)),
        ("<georss:point>here and there</georss:point>", (None, None)), ("<georss:point>45.2</georss:point>", (None, None)),
        ("<georss:point/>", (None, None)), ("<georss:box>42 -71 43 -69</georss:box>", (None, None)),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("title", "names"), [("One", GEO), ("One & two", GEO), ("One & two", "")])
def test_where_it_happened_is_right_or_null(
    place: str, degrees: tuple[float | None, float | None], title: str, names: str
) -> None:
    entry = only(rss(item("a", title, place), names))
    assert (entry.latitude, entry.longitude) == degrees


@pytest.mark.parametrize(
    "place", ["<georss:point>45.2 -71.9</georss:point>", "<geo:lat>45.2</geo:lat><geo:long>-71.9</geo:long>"]
)
def test_where_it_happened_survives_the_last_resort(place: str) -> None:
    reading = read(rss(item("a", "One", place) + "<x²>y</x²>", GEO))
    assert reading.parse_route == "tolerant"
    assert [(entry.latitude, entry.longitude) for entry in reading.entries] == [(45.2, -71.9)]


def test_a_place_is_part_of_what_a_feed_says_of_an_entry() -> None:
    hashes = {
        only(rss(item("a", "One", f"<georss:point>{at}</georss:point>"), GEO)).entry_hash
        for at in ("1 2", "1 3", "1 2.0")
    }
    assert len(hashes) == 2


SY = ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
HOUR = 3_600


@pytest.mark.parametrize(
    ("head", "refresh_s"),
    [
        ("<ttl>60</ttl>", HOUR), ("<ttl> 5 </ttl>", 300), ("<ttl>90.0</ttl>", 5_400), ("<TTL>15</TTL>", 900),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", HOUR), ("<sy:updatePeriod>\n hourly\t</sy:updatePeriod>", HOUR),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", HOUR // 2),
        ("<sy:updatePeriod>Daily</sy:updatePeriod><sy:updateFrequency> 4 </sy:updateFrequency>", 6 * HOUR),
        ("<sy:updateFrequency>24</sy:updateFrequency>", HOUR), ("<sy:updatePeriod>weekly</sy:updatePeriod>", 168 * HOUR),
        ("<sy:updatePeriod>monthly</sy:updatePeriod>", 720 * HOUR), ("<sy:updatePeriod>yearly</sy:updatePeriod>", None),
        ("<sy:updatePeriod>yearly</sy:updatePeriod><sy:updateFrequency>365</sy:updateFrequency>", 24 * HOUR),
        ("<ttl>10</ttl><sy:updatePeriod>daily</sy:updatePeriod>", 600), ("<ttl>0</ttl>", None), ("<ttl>-5</ttl>", None),
        ("<ttl>0</ttl><sy:updatePeriod>daily</sy:updatePeriod>", 24 * HOUR), ("<ttl>soon</ttl>", None), ("<ttl/>", None),
        ("<ttl>43201</ttl>", None), ("<ttl>99999999999999999999</ttl>", None), ("<sy:updatePeriod>often</sy:updatePeriod>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>9999</sy:updateFrequency>", None), ("", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("more", ["", "&nbsp;", "<x²>y</x²>"])
def test_how_often_a_feed_says_that_it_changes(head: str, refresh_s: int | None, more: str) -> None:
    reading = read(rss(head + item("a", "One") + more, SY))
    assert reading.parse_route == {"": "strict", "&nbsp;": "repaired"}.get(more, "tolerant")
    assert reading.refresh_s == refresh_s


def test_rdf_says_it_in_its_channel() -> None:
    body = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        f"{SY}><channel><title>N</title><sy:updatePeriod>hourly</sy:updatePeriod></channel>"
        '<item rdf:about="/a"><title>One</title></item></rdf:RDF>'
    )
    assert read(body).refresh_s == HOUR


def test_what_an_entry_says_of_itself_is_no_word_of_the_feed() -> None:
    assert read(rss(item("a", "One", "<ttl>60</ttl>"))).refresh_s is None
