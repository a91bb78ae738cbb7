"""Sitemaps become entries and further sitemaps, whatever state they are in; what is none is said to be none."""

import gzip
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest

from ingest.discover.sitemap import SitemapReading, read_sitemap
from ingest.records import Entry, Feed
from ingest.rules.url import identity

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=3)
SITE = "https://daily.example"
FEED = Feed(feed_id="daily.example/sitemap.xml", source_id="daily", url=f"{SITE}/sitemap.xml", feed_kind="sitemap")
XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
IMAGE = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
TODAY = "2026-11-22T09:30:00+01:00"


def read(
    body: str | bytes, *, since: datetime = SINCE, http_charset: str | None = None, limit_bytes: int = 20_000_000
) -> SitemapReading:
    return read_sitemap(
        body if isinstance(body, bytes) else body.encode(),
        feed=FEED,
        poll_id="poll-1",
        listed_at=NOW,
        base_url=FEED.url,
        http_charset=http_charset,
        since=since,
        limit_bytes=limit_bytes,
    )


def urlset(rows: str, names: str = XMLNS, declaration: str = DECLARATION) -> str:
    return f"{declaration}<urlset {names}>{rows}</urlset>"


def url(path: str, lastmod: str | None = TODAY, more: str = "") -> str:
    return f"<url><loc>{SITE}{path}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}{more}</url>"


def index(*rows: tuple[str, str | None]) -> str:
    said = "".join(f"<sitemap><loc>{at}</loc>{f'<lastmod>{on}</lastmod>' if on else ''}</sitemap>" for at, on in rows)
    return f"{DECLARATION}<sitemapindex {XMLNS}>{said}</sitemapindex>"


def urls(reading: SitemapReading) -> list[str]:
    return [entry.url.removeprefix(SITE) for entry in reading.entries]


def only(body: str | bytes, http_charset: str | None = None) -> Entry:
    reading = read(body, http_charset=http_charset)
    assert (reading.outcome, len(reading.entries)) == ("ok", 1), reading
    return reading.entries[0]


NEWS_ROW = """<url>
  <loc> https://daily.example/rain?a=1&amp;utm_source=news#top </loc><lastmod>2026-11-22T11:00:00Z</lastmod>
  <news:news>
    <news:publication><news:name>The Daily</news:name><news:language>en</news:language></news:publication>
    <news:publication_date>2026-11-22T09:30:00+01:00</news:publication_date>
    <news:title>Rain &amp; “more” rain</news:title><news:keywords>Weather, Europe,Weather</news:keywords>
  </news:news>
  <image:image><image:loc>/img/rain.jpg</image:loc><image:title>A cloud</image:title></image:image>
  <image:image><image:loc>/img/other.jpg</image:loc></image:image>
</url>"""


def test_a_news_entry_says_all_that_the_sitemap_says() -> None:
    reading = read(urlset(NEWS_ROW, f"{XMLNS} {NEWS} {IMAGE}"))
    entry = reading.entries[0]
    assert (reading.parse_route, reading.detail, reading.listed_count) == ("news", None, 1)
    assert (entry.url, entry.canonical_url) == (f"{SITE}/rain?a=1&utm_source=news", f"{SITE}/rain?a=1")
    assert (entry.entry_id, entry.feed_kind) == (identity(f"{SITE}/rain?a=1"), "sitemap")
    assert (entry.title, entry.language, entry.tags) == ("Rain & “more” rain", "en", ("Weather", "Europe"))
    assert entry.image_url == f"{SITE}/img/rain.jpg"
    assert (entry.published_at, entry.published_offset_s) == (datetime(2026, 11, 22, 8, 30, tzinfo=UTC), 3_600)
    assert entry.modified_at == datetime(2026, 11, 22, 11, tzinfo=UTC)


def test_a_lastmod_says_when_it_was_changed_and_never_when_it_was_published() -> None:
    entry = only(urlset(url("/rain")))
    assert (entry.published_at, entry.published_raw, entry.published_precision) == (None, None, None)
    assert entry.modified_at == datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


PLAIN = urlset(url("/rain")).encode()
FOURFOLD = reduce(lambda body, _: gzip.compress(body, mtime=0), range(4), b"<urlset/>")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("no namespace", f"<urlset>{url('/rain')}</urlset>"),
        ("another namespace", urlset(url("/rain"), 'xmlns="http://www.google.com/schemas/sitemap/0.84"')),
        ("https namespace", urlset(url("/rain"), 'xmlns="https://www.sitemaps.org/schemas/sitemap/0.9/"')),
        (
            "a prefix",
            f'<sm:urlset xmlns:sm="http://www.sitemaps.org/schemas/sitemap/0.9"><sm:url><sm:loc>{SITE}/rain</sm:loc>'
            f"<sm:lastmod>{TODAY}</sm:lastmod></sm:url></sm:urlset>",
        ),
        ("a namespace a row", f"<urlset>{url('/rain').replace('<url>', f'<url {XMLNS}>')}</urlset>"),
        ("blank lines and a mark in front", "\ufeff\n\n  " + urlset(url("/rain"))),
        ("a comment and a stylesheet", urlset(url("/rain"), declaration='<!-- made --><?xml-stylesheet href="s.xsl"?>')),
        ("comments inside", urlset(url("/rain").replace("/rain", "/<!-- here -->rain"))),
        ("a section", urlset(f"<url><loc><![CDATA[{SITE}/rain]]></loc><lastmod>{TODAY}</lastmod></url>")),
        ("white space", urlset(f"<url>\n<loc>\n  {SITE}/rain\n</loc>\n<lastmod> {TODAY}\n</lastmod></url>")),
        ("gzip", gzip.compress(urlset(url("/rain")).encode())),
        ("gzip, twice", gzip.compress(gzip.compress(urlset(url("/rain")).encode()))),
        ("gzip of two members", b"".join(map(gzip.compress, (PLAIN[:90], PLAIN[90:])))),
        ("gzip with zeros behind it", gzip.compress(urlset(url("/rain")).encode()) + bytes(512)),
        ("UTF-16", urlset(url("/rain"), declaration='<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16")),
        ("UTF-16 without a mark", urlset(url("/rain")).encode("utf-16-le")),
        ("a path without a host", urlset(url("/rain").replace(SITE, ""))),
        ("an image in front", urlset(f"<url><image:loc>{SITE}/a.jpg</image:loc>" + url("/rain")[5:], f"{XMLNS} {IMAGE}")),
        ("escaped twice", urlset(url("/rain?a=1&amp;amp;b=2"))),
    ],
)  # fmt: skip
def test_one_entry_in_every_spelling(name: str, body: str | bytes) -> None:
    reading = read(body)
    assert (reading.parse_route, reading.detail, reading.unlinked_count) == ("urlset", None, 0)
    assert urls(reading) == ["/rain?a=1&b=2" if name == "escaped twice" else "/rain"]


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1251", "shift_jis", "utf-8", "utf-16"])
def test_titles_in_every_charset(charset: str) -> None:
    title = {"windows-1251": "Дождь", "shift_jis": "大雨の予報が出ました"}.get(charset, "Première pluie à Genève")
    row = NEWS_ROW.replace("Rain &amp; “more” rain", title).replace("“", "")
    body = urlset(row, f"{XMLNS} {NEWS} {IMAGE}", f'<?xml version="1.0" encoding="{charset}"?>')
    assert only(body.encode(charset)).title == title


def test_news_without_namespaces() -> None:
    bare = NEWS_ROW.replace("news:", "").replace("image:", "")
    entry = only(f"<urlset>{bare}</urlset>")
    assert (entry.title, entry.tags, entry.language) == ("Rain & “more” rain", ("Weather", "Europe"), "en")


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("a bare ampersand", urlset(url("/rain?a=1&b=2") + url("/sun")), ["/rain?a=1&b=2", "/sun"]),
        ("an entity of HTML", urlset(url("/caf&eacute;?a=1&copy=2")), ["/café?a=1&copy=2"]),
        ("a control character", urlset(url("/ra\x0bin\x00") + url("/sun")), ["/ra%20in", "/sun"]),
        ("no prefix declared", urlset(NEWS_ROW), ["/rain?a=1&utm_source=news"]),
        ("cut off", urlset(url("/rain") + url("/sun"))[:-40], ["/rain"]),
        ("rubbish behind", urlset(url("/rain")) + "<!-- cached --> Notice: x", ["/rain"]),
        ("a warning in front", "Warning: x in y.php\n" + urlset(url("/rain")), ["/rain"]),
        ("two roots", urlset(url("/rain")) + urlset(url("/sun")), ["/rain", "/sun"]),
        ("a row that does not fit", urlset(url("/rain") + "<url><loc>/x</url>" + url("/sun")), ["/rain", "/sun"]),
        ("a row that does not end", urlset("<url><loc>/x" + url("/rain")), ["/rain"]),
        ("no root", url("/rain"), ["/rain"]),
        ("a doctype", "<!DOCTYPE urlset>" + urlset(url("/rain"), declaration=""), ["/rain"]),
    ],
)
def test_a_blemish_costs_no_entry(name: str, body: str, expected: list[str]) -> None:
    reading = read(body)
    assert (reading.outcome, reading.parse_route) == ("ok", "repaired")
    assert urls(reading) == [address.replace(" ", "%20") for address in expected]


def test_what_was_mended_away_is_said() -> None:
    assert (
        read(urlset(url("/rain") + url("/sun"))[:-40]).detail == "it ends early: its last, unfinished entry was dropped"
    )
    reading = read(urlset(url("/rain") + "<url><loc>/x</url>"))
    assert (reading.unlinked_count, reading.detail) == (1, "1 entries cannot be read")


def test_a_gzip_that_ends_early_keeps_what_came() -> None:
    body = gzip.compress(urlset("".join(url(f"/2026/11/22/{n * n}", None) for n in range(2_000))).encode())
    reading = read(body[:-2_000])
    assert 0 < len(reading.entries) < 2_000
    assert reading.detail == "its gzip ends early: what came was read"
    broken = bytearray(body)
    broken[len(body) // 2] ^= 0xFF
    assert len(read(bytes(broken)).entries) > 100


def test_a_file_over_the_limit_keeps_what_stands_before_it() -> None:
    body = urlset("".join(url(f"/{n}") for n in range(1_000))).encode()
    for given in (body, gzip.compress(body)):
        reading = read(given, limit_bytes=20_000)
        assert (reading.outcome, reading.parse_route) == ("ok", "urlset")
        assert 200 < len(reading.entries) < 300
        assert reading.detail == "larger than 20000 bytes: what stands behind them was not read"


@pytest.mark.parametrize(
    ("name", "body", "detail"),
    [
        ("empty", "", "empty"),
        ("blank", "\n\n ", "empty"),
        ("a page", "<!DOCTYPE html><html><body>Not found</body></html>", "an HTML page"),
        ("a page with addresses", "<html><body><a href='/a'>a</a></body></html>", "an HTML page"),
        ("other XML", "<OpenSearchDescription><Url/></OpenSearchDescription>", "no sitemap: its root is <opensearchdescription>"),
        ("words", "Access denied", "neither a sitemap nor a list of addresses"),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0", "neither a sitemap nor a list of addresses"),
        ("rubbish in gzip", gzip.compress(b"\0\1\2", mtime=0), "neither a sitemap nor a list of addresses"),
        ("gzip, four times", FOURFOLD, "neither a sitemap"),
        ("a root and no more", "<urlset><url><loc>", "no whole entry in it: not well-formed"),
    ],
)  # fmt: skip
def test_what_is_no_sitemap_is_said_to_be_none(name: str, body: str | bytes, detail: str) -> None:
    reading = read(body)
    assert (reading.outcome, reading.parse_route, reading.entries, reading.listed_count) == ("not_a_feed", None, (), 0)
    assert (reading.detail or "").startswith(detail)


def test_a_sitemap_with_nothing_in_it_is_one() -> None:
    reading = read(urlset(""))
    assert (reading.outcome, reading.parse_route, reading.listed_count) == ("ok", "urlset", 0)


def test_a_text_sitemap_lists_an_address_a_line() -> None:
    body = f"\ufeff{SITE}/2026/11/22/rain\r\n\r\n# made by hand\n{SITE}/2019/01/01/old\n{SITE}/about-us\nnot an address at all\n"
    reading = read(body)
    assert (reading.parse_route, urls(reading)) == (
        "text",
        ["/2026/11/22/rain", "/about-us", "/not%20an%20address%20at%20all"],
    )
    assert reading.outside_count == 1
    assert urls(read(gzip.compress(body.encode()))) == urls(reading)


def test_a_feed_that_is_handed_in_as_a_sitemap_is_read_as_one() -> None:
    feed = """<?xml version="1.0"?><!DOCTYPE rss><rss version="2.0"><channel><title>T</title><image><url>/i</url></image>
    <item><title>Rain</title><link>https://daily.example/rain</link><pubDate>Sun, 22 Nov 2026 09:00:00 GMT</pubDate></item>
    <item><title>Old</title><link>https://daily.example/old</link><pubDate>Fri, 1 May 2020 09:00:00 GMT</pubDate></item>
    <item><title>None</title></item></channel></rss>"""
    for body in (feed, gzip.compress(feed.encode())):
        reading = read(body)
        assert (reading.parse_route, urls(reading), reading.entries[0].feed_kind) == ("feed", ["/rain"], "sitemap")
        assert (reading.listed_count, reading.unlinked_count, reading.outside_count) == (3, 1, 1)


def test_an_index_lists_sitemaps_of_its_own_site() -> None:
    reading = read(
        index(
            (f"{SITE}/a.xml", "2026-11-22"),
            (f"{SITE}/a.xml", None),
            ("/b.xml.gz?x=1&amp;y=2", "soon"),
            ("https://maps.daily.example/c.xml", TODAY),
            (FEED.url, TODAY),
            ("https://elsewhere.example/d.xml", TODAY),
            ("ftp://daily.example/e.xml", None),
        )
    )
    assert (reading.parse_route, reading.entries, reading.listed_count) == ("index", (), 0)
    assert [(child.url, child.lastmod_at) for child in reading.children] == [
        (f"{SITE}/a.xml", datetime(2026, 11, 22, tzinfo=UTC)),
        (f"{SITE}/b.xml.gz?x=1&y=2", None),
        ("https://maps.daily.example/c.xml", datetime(2026, 11, 22, 8, 30, tzinfo=UTC)),
    ]
    assert reading.detail == "1 sitemaps on another site were refused, the first: https://elsewhere.example/d.xml"


def test_a_broken_index_lists_what_it_can() -> None:
    reading = read(index((f"{SITE}/a.xml?b=1&c=2", None)))
    assert (reading.parse_route, [child.url for child in reading.children]) == ("repaired", [f"{SITE}/a.xml?b=1&c=2"])


def test_only_the_window_that_is_asked_for_is_taken_and_the_rest_is_counted() -> None:
    rows = [
        url("/by-lastmod"), url("/old-by-lastmod", "2026-11-01"), url("/by-day", "2026-11-19"),
        url("/old/2019/03/04/edited"), url("/2026/11/21/by-address", None), url("/2019/03/04/old-by-address", None),
        url("/of-no-known-age", None), url("/", None), url("/de/", TODAY), "<url><loc></loc></url>",
        "<url><loc>https://elsewhere.example/a</loc></url>", url("/by-lastmod", "2026-11-21"),
    ]  # fmt: skip
    reading = read(urlset("".join(rows)))
    assert urls(reading) == [
        "/by-lastmod", "/by-day", "/old/2019/03/04/edited", "/2026/11/21/by-address", "/of-no-known-age",
    ]  # fmt: skip
    assert (reading.unlinked_count, reading.outside_count, reading.listed_count) == (2, 4, 11)
    assert reading.detail == "1 entries on another site were refused, the first: https://elsewhere.example/a"
    assert reading.entries[0].modified_at == datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def test_publication_counts_more_than_a_later_change() -> None:
    old = NEWS_ROW.replace("2026-11-22T09:30", "2019-11-22T09:30")
    reading = read(urlset(old, f"{XMLNS} {NEWS} {IMAGE}"))
    assert (reading.entries, reading.outside_count) == ((), 1)


@pytest.mark.parametrize(("count", "taken"), [(1_000, 1_000), (1_001, 0)])
def test_entries_of_no_known_age_are_taken_unless_they_are_an_archive(count: int, taken: int) -> None:
    reading = read(urlset("".join(url(f"/{n}", None) for n in range(count)) + url("/2026/11/22/rain", None)))
    assert len(reading.entries) == taken + 1
    assert reading.outside_count == count - taken
    expected = None if taken else "1001 entries without a date were not taken: a backfill brings them in"
    assert reading.detail == expected


def test_a_lastmod_that_is_always_now_says_nothing() -> None:
    now = (NOW - timedelta(seconds=3)).isoformat()
    reading = read(
        urlset("".join(url(f"/2019/03/{1 + n % 28:02}/{n}", now) for n in range(40)) + url("/2026/11/22/rain", now))
    )
    assert urls(reading) == ["/2026/11/22/rain"]
    assert (reading.outside_count, reading.entries[0].modified_at) == (40, None)
    reading = read(urlset("".join(url(f"/{n}", now) for n in range(1_500))))
    assert (len(reading.entries), reading.outside_count) == (0, 1_500)
    assert "whose lastmod only says when the file was made" in (reading.detail or "")


def test_the_same_entry_has_the_same_hash_while_its_words_are_the_same() -> None:
    first, second = (
        read(urlset("".join(url(f"/{n}", now.isoformat()) for n in range(20))))
        for now in (NOW, NOW - timedelta(minutes=9))
    )
    assert [entry.entry_hash for entry in first.entries] == [entry.entry_hash for entry in second.entries]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
OURS = '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
HOSTILE = {
    "billion laughs": f'<!DOCTYPE urlset [<!ENTITY l0 "lol">{LAUGHS}]>' + urlset(url("/&l9;") + url("/rain"), declaration=""),
    "a file of ours": OURS + urlset(url("/&x;") + url("/rain"), declaration=""),
    "an external DTD": '<!DOCTYPE urlset SYSTEM "http://127.0.0.1:9/x.dtd">' + urlset(url("/rain"), declaration=""),
    "deep": urlset("<a>" * 100_000 + url("/rain")),
    "200,000 attributes": urlset(url("/rain"), " ".join(f'a{n}="1"' for n in range(200_000))),
    "a row of 200,000 elements": urlset("<url>" + "<a/>" * 200_000 + "</url>" + url("/rain")),
    "a million elements": urlset("<a/>" * 1_000_000 + url("/rain")),
    "rows without an end": urlset("<url>" * 500_000 + url("/rain")),
    "ends without a row": urlset("</url>" * 300_000 + url("/rain")),
    "tags without an end": urlset(url("/rain")) + "<url " * 300_000,
    "comments without an end": urlset(url("/rain")) + "<!--" * 300_000,
    "a comment of a megabyte": "<!--" + "-x" * 500_000 + "-->" + urlset(url("/rain")),
    "ampersands": urlset(url("/rain") + "&" * 1_000_000),
    "two megabytes of blanks": " " * 2_000_000 + urlset(url("/rain")),
    "a long address": urlset(url("/" + "a" * 1_000_000) + url("/rain")),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_read_all_the_same(name: str) -> None:
    assert "/rain" in urls(read(HOSTILE[name]))


def test_a_bomb_is_read_up_to_the_limit() -> None:
    bomb = gzip.compress(gzip.compress(b" " * 50_000_000))
    assert read(bomb, limit_bytes=1_000_000).outcome == "not_a_feed"
    assert read(gzip.compress(b"<urlset>" + b"<a/>" * 5_000_000), limit_bytes=1_000_000).outcome == "ok"
    empty_members = gzip.compress(b"") * 200_000
    assert read(empty_members + gzip.compress(urlset(url("/rain")).encode())).outcome == "not_a_feed"


MEASURED = """
import gzip, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from ingest.discover.sitemap import read_sitemap
from ingest.records import Feed

def peak_bytes():
    return 1024 * int(Path("/proc/self/status").read_text("ascii").partition("VmHWM:")[2].split()[0])

def read(body):
    return read_sitemap(
        body, feed=Feed(feed_id="f", source_id="s", url="https://daily.example/s.xml", feed_kind="sitemap"), poll_id="p",
        listed_at=datetime(2026, 11, 22, tzinfo=UTC), base_url="https://daily.example/s.xml", http_charset=None,
        since=datetime(2026, 11, 1, tzinfo=UTC), limit_bytes=50_000_000,
    )

read(b"<urlset><url><loc>https://daily.example/a</loc></url></urlset>")
before_bytes = peak_bytes()
reading = read(Path(sys.argv[1]).read_bytes())
print(len(reading.entries), reading.outside_count, peak_bytes() - before_bytes)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in /proc")
@pytest.mark.parametrize("taken", [0, 50_000])
def test_fifty_thousand_addresses_take_less_than_64_megabytes(taken: int, tmp_path) -> None:
    path = tmp_path / "sitemap.xml.gz"
    day = NOW if taken else NOW - timedelta(days=400)
    rows = (
        url(f"/politics/council-agrees-on-bridge-number-{n}", (day - timedelta(seconds=20 * n)).isoformat())
        for n in range(50_000)
    )
    path.write_bytes(gzip.compress(urlset("".join(rows)).encode(), 1))
    said = subprocess.run([sys.executable, "-c", MEASURED, path], check=True, capture_output=True, text=True).stdout
    entry_count, outside_count, grown_bytes = map(int, said.split())
    assert (entry_count, outside_count) == (taken, 50_000 - taken)
    assert grown_bytes < 64_000_000
