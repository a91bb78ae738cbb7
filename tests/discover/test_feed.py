"""Feeds become entries, whatever state they are in; what is no feed is said to be none."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.discover.feed import FeedReading, read_feed
from ingest.records import Entry, Feed
from ingest.rules.url import identity

NOW = datetime(2024, 5, 4, 12, 0, tzinfo=UTC)
FEED = Feed(feed_id="news.example/rss", source_id="news-example", url="https://news.example/rss")


def read(body: str | bytes, http_charset: str | None = None) -> FeedReading:
    return read_feed(
        body if isinstance(body, bytes) else body.encode(),
        feed=FEED,
        poll_id="poll-1",
        listed_at=NOW,
        base_url="https://news.example/feeds/rss",
        http_charset=http_charset,
    )


def rss(items: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
        f"<channel><title>News</title><link>https://news.example/</link><language>en-gb</language>{items}</channel></rss>"
    )


def only(body: str | bytes, http_charset: str | None = None) -> Entry:
    reading = read(body, http_charset)
    assert (reading.outcome, reading.unlinked_count, len(reading.entries)) == ("ok", 0, 1)
    return reading.entries[0]


FULL = """<item>
  <title>Rain &amp;amp; &lt;em&gt;more&lt;/em&gt; rain “soon”</title>
  <link>https://news.example/a?utm_source=rss&amp;id=7#comments</link>
  <guid isPermaLink="false">tag:news.example,2024:7</guid>
  <dc:creator>Ana Gómez</dc:creator><dc:creator>Li Wei</dc:creator><dc:creator>desk@news.example</dc:creator>
  <category>Weather</category><category>Europe</category><category>Weather</category>
  <pubDate>Fri, 03 May 2024 10:11:12 +0200</pubDate>
  <media:content url="/img/a.jpg" medium="image"/>
  <description><![CDATA[<p>First  line.</p><script>x()</script><p>Sec<b>ond</b>&nbsp;line.</p>]]></description>
</item>"""


def test_an_entry_says_all_that_the_feed_says() -> None:
    reading = read(rss(FULL))
    entry = reading.entries[0]
    assert reading.parse_route == "strict"
    assert entry == replace(
        entry,
        entry_id=identity("https://news.example/a?id=7"),
        poll_id="poll-1",
        source_id="news-example",
        feed_id="news.example/rss",
        feed_kind="feed",
        listed_at=NOW,
        url="https://news.example/a?utm_source=rss&id=7",
        canonical_url="https://news.example/a?id=7",
        guid="tag:news.example,2024:7",
        title="Rain & more rain “soon”",
        summary="First line. Second line.",
        authors=("Ana Gómez", "Li Wei"),
        tags=("Weather", "Europe"),
        language="en-gb",
        image_url="https://news.example/img/a.jpg",
        published_at=datetime(2024, 5, 3, 8, 11, 12, tzinfo=UTC),
        published_offset_s=7200,
        published_precision="second",
        published_raw="Fri, 03 May 2024 10:11:12 +0200",
        modified_at=None,
    )


def test_the_hash_of_an_entry_is_pinned_since_stored_rows_carry_it() -> None:
    assert only(rss(FULL)).entry_hash == "6ed0e2360d62ac55dae71929975dd8b3"


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (("more", "less"), True),
        (("10:11:12", "10:11:13"), True),
        (("Li Wei", "Li Bai"), True),
        (("utm_source=rss", "utm_source=atom"), False),
        (("<channel>", "<channel><ttl>5</ttl>"), False),
    ],
)
def test_the_hash_tells_whether_the_feed_says_something_new(change: tuple[str, str], differs: bool) -> None:
    assert (only(rss(FULL)).entry_hash != only(rss(FULL).replace(*change)).entry_hash) is differs


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://atom.example/x/">
<title>News</title><entry><title type="html">A &amp;lt; B</title><id>urn:1</id>
<link rel="self" href="/self"/><link rel="alternate" href="a.html"/><author><name>Ana</name></author>
<published>2024-05-03T10:11:12Z</published><updated>2024-05-03T12:00:00+02:00</updated><summary>S</summary></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>N</title></channel>
<item rdf:about="https://rdf.example/a"><title>T</title><link>https://rdf.example/a</link>
<dc:date>2024-05-03T10:11+09:00</dc:date></item></rdf:RDF>"""


def test_atom_is_read_with_its_base_and_both_dates() -> None:
    entry = only(ATOM)
    assert (entry.url, entry.title, entry.authors) == ("https://atom.example/x/a.html", "A < B", ("Ana",))
    assert (entry.published_at, entry.modified_at) == (
        datetime(2024, 5, 3, 10, 11, 12, tzinfo=UTC),
        datetime(2024, 5, 3, 10, 0, tzinfo=UTC),
    )


def test_rdf_is_read() -> None:
    entry = only(RDF)
    assert (entry.url, entry.published_precision, entry.published_offset_s) == (
        "https://rdf.example/a",
        "minute",
        32400,
    )


JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "N", "language": "de", "items": [
{"id": 7, "url": "/a", "title": "A & B", "content_html": "<p>One</p><p>two</p>", "image": "/i.jpg", "tags": ["x", 5],
"authors": [{"name": "Ana"}, "noise"], "date_published": "2024-05-03T10:11:12+02:00", "date_modified": null},
{"id": "https://news.example/b"}, {"id": "c"}]}"""


def test_a_json_feed_is_read_like_any_other() -> None:
    reading = read(JSON_FEED)
    first, second = reading.entries
    assert (reading.outcome, reading.parse_route, reading.unlinked_count) == ("ok", "json", 1)
    assert (first.url, first.guid, first.title, first.summary) == ("https://news.example/a", "7", "A & B", "One two")
    assert (first.authors, first.tags, first.language) == (("Ana",), ("x",), "de")
    assert first.image_url == "https://news.example/i.jpg"
    assert first.published_at == datetime(2024, 5, 3, 8, 11, 12, tzinfo=UTC)
    assert second.url == "https://news.example/b"


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>/a</link>", "https://news.example/a"),
        ("<link>  https://news.example/a\n</link>", "https://news.example/a"),
        ("<link>https://r.example/1</link><feedburner:origLink>https://news.example/a</feedburner:origLink>",
         "https://news.example/a"),
        ("<guid>https://news.example/a</guid>", "https://news.example/a"),
        ('<guid isPermaLink="false">https://news.example/a</guid>', "https://news.example/a"),
        ("<link>javascript:void(0)</link><guid>https://news.example/a</guid>", "https://news.example/a"),
        ("<link>https://news.example/a?x=1&y=2</link>", "https://news.example/a?x=1&y=2"),
    ],
)  # fmt: skip
def test_an_entrys_address_is_found_where_it_is_said(item: str, url: str) -> None:
    assert only(rss(f"<item><title>T</title>{item}</item>")).url == url


def test_entries_without_a_usable_address_are_counted() -> None:
    reading = read(rss("<item><title>T</title></item><item><link>mailto:a@b</link></item><item><link>/a</link></item>"))
    assert (len(reading.entries), reading.unlinked_count) == (1, 2)


def test_an_entry_listed_twice_is_taken_once() -> None:
    items = "<item><title>{}</title><link>https://news.example/a{}</link></item>"
    reading = read(rss(items.format("One", "") + items.format("Two", "?utm_source=x")))
    assert [entry.title for entry in reading.entries] == ["One"]


def test_a_valid_feed_may_be_empty() -> None:
    assert read(rss("")) == FeedReading(
        outcome="ok", detail=None, parse_route="strict", entries=(), unlinked_count=0, is_whole=True, refresh_s=None
    )


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>A & B</title><link>https://news.example/a</link></item>"),
        rss("<item><title>A &amp; B</title><link>https://news.example/a</link></item>").replace("</channel>", ""),
        rss("<item><title>A &amp; B&nbsp;</title><link>https://news.example/a</link></item>"),
        "\n\n" + rss("<item><title>A &amp; B\x0b</title><link>https://news.example/a</link></item>"),
    ],
)
def test_a_feed_with_a_blemish_keeps_its_entries(body: str) -> None:
    reading = read(body)
    assert (reading.outcome, reading.parse_route) == ("ok", "repaired")
    assert [(entry.title, entry.url) for entry in reading.entries] == [("A & B", "https://news.example/a")]


@pytest.mark.parametrize(
    ("encoding", "declared", "http_charset"),
    [
        ("utf-8", "utf-8", "utf-8"),
        ("utf-8", "utf-8", "iso-8859-1"),
        ("utf-8", "iso-8859-1", None),
        ("iso-8859-1", "iso-8859-1", None),
        ("iso-8859-1", "utf-8", "iso-8859-1"),
        ("cp1252", "utf-8", None),
        ("utf-16", "utf-16", None),
        ("utf-8-sig", "utf-8", None),
    ],
)
def test_text_survives_what_servers_and_declarations_say_of_it(
    encoding: str, declared: str, http_charset: str | None
) -> None:
    body = rss("<item><title>Café à São</title><link>/a</link></item>").replace('"utf-8"', f'"{declared}"')
    assert only(body.encode(encoding), http_charset).title == "Café à São"


@pytest.mark.parametrize(
    "body",
    [
        b"", b" \n ", b"hello", b"{}", b'{"items": [1, 2]}', b'{"items":' + b"[" * 100_000,
        b"\x00\x01\x02", b"%PDF-1.7", b"<root><a/></root>",
        b"<!DOCTYPE html><html><body><p>Not found</p></body></html>", b"\xef\xbb\xbf\n<!-- x --><HTML><head></head></HTML>",
        b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html xmlns="http://www.w3.org/1999/xhtml"/>',
        b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://x.example/</loc></url></urlset>",
    ],
)  # fmt: skip
def test_what_is_no_feed_is_said_to_be_none(body: bytes) -> None:
    reading = read(body)
    assert (reading.outcome, reading.entries, reading.parse_route) == ("not_a_feed", (), None)
    assert reading.detail


CROWD = 200_000


@pytest.mark.parametrize(
    "crowd",
    [
        "<item " + " ".join(f'a{n}="x"' for n in range(CROWD)) + "/>",
        "<item " + " ".join(f"a{n}='>'" for n in range(CROWD)) + "/>",
        "<item " + " ".join(f"a{n}=x" for n in range(CROWD)) + "/>&nbsp;",
        "<item " + " ".join(f"a{n}" for n in range(CROWD)) + "/>&nbsp;",
        "<item " + "".join(f'a{n}="x"' for n in range(CROWD)) + "/>&nbsp;",
    ],
)
def test_a_tag_made_to_exhaust_the_reader_is_refused(crowd: str) -> None:
    assert read(rss(crowd)).detail == "a tag with more than a thousand attributes"


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", "<!ENTITY a 'x", "<item a='", "<![CDATA[", "<!--", "<?x", "&#", "<item><b>", ' a="', "<!DOCTYPE a ["],
)
def test_no_repetition_hangs_the_reader(piece: str) -> None:
    assert read(rss(piece * 20_000)).outcome in ("ok", "not_a_feed")


def test_a_summary_is_capped() -> None:
    entry = only(rss(f"<item><link>/a</link><description>{'word ' * 1_000}</description></item>"))
    assert len(entry.summary or "") <= 2_000
    assert (entry.summary or "").startswith("word word")


@pytest.mark.parametrize(
    ("date", "precision"),
    [
        ("2024-05-03", "day"),
        ("Fri, 03 May 2024 10:11:12", "day"),
        ("soon", None),
        ("1.1.1970", None),
        ("x" * 500, None),
    ],
)
def test_the_raw_date_is_kept_whatever_can_be_made_of_it(date: str, precision: str | None) -> None:
    entry = only(rss(f"<item><link>/a</link><pubDate>{date}</pubDate></item>"))
    assert (entry.published_raw, entry.published_precision) == (date[:100], precision)
    assert (entry.published_at is None) is (precision is None)


@given(st.binary(max_size=200) | st.text(alphabet="<>/itemlnk='\" &#;!-[]CDATA", max_size=200).map(str.encode))
def test_no_bytes_make_the_reading_fail(noise: bytes) -> None:
    for body in (noise, rss("<item><link>/a</link></item>").encode().replace(b"<link>/a", noise)):
        reading = read(body)
        assert reading.outcome in ("ok", "not_a_feed")
        for entry in reading.entries:
            repr(entry).encode()


def json_feed(*entries: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": entries})


GOOD_ENTRY = {"url": "https://news.example/good", "title": "Good"}


@pytest.mark.parametrize("bad", ["noise", 7, None, [], {"url": "/a", "tags": 5}, {"url": "/a", "authors": 5}])
def test_an_entry_that_cannot_be_read_is_counted_and_costs_no_other(bad: object) -> None:
    reading = read(json_feed(bad, GOOD_ENTRY, bad))
    assert [entry.title for entry in reading.entries] == ["Good"]
    assert (reading.outcome, reading.unlinked_count) == ("ok", 2)
    assert (reading.detail or "").startswith("entries that cannot be read: 2, the first: TypeError: ")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("authors", [{"name": 5, "email": "x"}]), ("authors", [{"name": ["x"]}]), ("author", "x"), ("id", {"a": 1}),
        ("title", 5), ("summary", [1]), ("content_html", {}), ("image", 5), ("date_published", 1714730400),
        ("date_modified", ["x"]), ("tags", [[], {}, None]), ("language", 5),
    ],
)  # fmt: skip
def test_a_value_of_another_type_than_it_should_have_is_as_if_it_were_not_there(key: str, value: object) -> None:
    entry = only(json_feed({"url": "/a", "title": "Good"} | {key: value}))
    assert (entry.url, entry.authors, entry.tags) == ("https://news.example/a", (), ())


def test_an_address_that_is_no_text_is_none() -> None:
    assert read(json_feed({"url": {"a": 1}, "title": "T"})).unlinked_count == 1


@pytest.mark.parametrize(
    "evil", ["\\ud83d", "\\u0000", "\\u001b[2J", "\\u009b", "\\u007f", "\\u2028", "\\udc00\\ud800"]
)
@pytest.mark.parametrize("markup", ["", "<p>"])
def test_what_can_neither_be_stored_nor_shown_is_taken_out(evil: str, markup: str) -> None:
    entry = only(
        '{"version": "https://jsonfeed.org/version/1", "language": "d%e", "items": [{"url": "/a", "id": "i%d",'
        '"title": "%m%T", "summary": "%m%S", "author": {"name": "%m%A"}, "tags": ["%m%G"], "image": "/i%.jpg",'
        '"date_published": "%D", "date_modified": "%M"}]}'.replace("%m", markup).replace("%", evil)
    )
    text = json.dumps(asdict(replace(entry, image_url=None)), default=str, ensure_ascii=False)
    repr(entry).encode()
    assert all(character.isprintable() for character in text)
    assert (entry.title or "")[-1] == "T"


def test_an_address_with_half_a_character_is_none() -> None:
    assert read('{"version": "https://jsonfeed.org/version/1", "items": [{"url": "/a\\ud83d"}]}').unlinked_count == 1


@pytest.mark.parametrize("piece", ["<p>", "<div>", "<b>", "<li><ul>", "<table><tr>", "<a b='", "<br>x"])
def test_a_summary_made_of_tags_alone_costs_little(piece: str) -> None:
    entry = {"url": "/a", "summary": piece * 20_000, "tags": [piece * 100] * 5_000, "authors": [{"name": piece * 100}]}
    assert only(json_feed(entry)).url == "https://news.example/a"


def test_blocks_are_told_apart_and_what_nobody_sees_is_left_out() -> None:
    summary = "a<p>b</p>c<br>d<i>e</i>f<!-- x --><style>y</style><ul><li>g</li><li>h</li></ul>&amp;<![CDATA[z]]>"
    assert (only(json_feed({"url": "/a", "summary": summary})).summary or "").startswith("a b c def g h &")
