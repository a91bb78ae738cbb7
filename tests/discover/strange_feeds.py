"""Feeds that say strangely what a person still understands: letters, dates, addresses, titles, ids, and JSON."""

from discover.hard_feeds import PLAIN, THREE, A, B, C, Hard
from discover.made_feeds import DC, MEDIA, atom, atom_entry, item, rss

LETTERS = {
    "cp1252": "Café “à” São – €5", "cp1251": "Президент подписал новый закон о бюджете", "koi8-r": "Как пережить зимнюю ночь",
    "iso-8859-2": "Žluťoučký kůň pěl ďábelské ódy", "iso-8859-7": "Η κυβέρνηση ανακοίνωσε νέα μέτρα",
    "cp1254": "Başbakan yeni köprüyü açtı ığş", "gb18030": "中国国家主席今天在北京会见了外国代表团镕",
    "big5": "臺北市政府今天宣布新的交通計畫",
    "cp932": "東京で新しい美術館が今日オープンしました①",
    "euc-jp": "東京で新しい美術館が今日オープン",
    "cp949": "대통령은 오늘 서울에서 새로운 정책을 발표했다뷁", "utf-16": "Новости – 新闻",
}  # fmt: skip
LABELS = {"cp1252": "iso-8859-1", "cp1251": "windows-1251", "gb18030": "gb2312", "cp932": "Shift_JIS", "cp949": "EUC-KR",
          "cp1254": "iso-8859-9"}  # fmt: skip


def _written(charset: str, declared: str | None) -> bytes:
    encoding = f' encoding="{declared}"' if declared else ""
    return rss(item("a", LETTERS[charset]) + B, "", f'<?xml version="1.0"{encoding}?>').encode(charset)


def _letters(charset: str) -> list[tuple[str, str | None] | tuple[str, str | None, str]]:
    return [("a", LETTERS[charset]), THREE[1]]


CHARSETS = [
    *(Hard(f"{name}, declared", _written(name, LABELS.get(name, name)), _letters(name), "strict") for name in LETTERS),
    *(Hard(f"{name}, by HTTP alone", _written(name, None), _letters(name), "strict", LABELS.get(name, name))
      for name in LETTERS),
    *(Hard(f"{name}, declared as UTF-8, right by HTTP", _written(name, "utf-8"), _letters(name), "strict",
           LABELS.get(name, name)) for name in LETTERS),
    *(Hard(f"{name}, declared, wrong by HTTP", _written(name, LABELS.get(name, name)), _letters(name), "strict", "iso-8859-1")
      for name in LETTERS),
    *(Hard(f"{name}, nowhere said", _written(name, None), _letters(name), "strict")
      for name in ("cp1252", "cp1251", "gb18030", "cp932", "utf-16")),
    *(Hard(f"UTF-8, declared as {name}", rss(item("a", LETTERS["cp1252"]), "", f'<?xml version="1.0" encoding="{name}"?>'),
           [("a", LETTERS["cp1252"])], "strict")
      for name in ("iso-8859-1", "windows-1251", "utf-16", "us-ascii", "no-such", "gb2312")),
    Hard("UTF-8, declared as nothing", rss(item("a", LETTERS["cp1252"]), "", '<?xml version="1.0" encoding=""?>'),
         [("a", LETTERS["cp1252"])], "repaired"),
    Hard("cp949, nowhere said", rss("".join(item(path, LETTERS["cp949"] + 5 * LETTERS["cp949"][:-1]) for path in "ab"), "", PLAIN)
         .encode("cp949"), [(path, LETTERS["cp949"] + 5 * LETTERS["cp949"][:-1]) for path in "ab"], "strict"),
    Hard("UTF-8 with a byte of Windows", rss(item("a", "It@s Café")).encode().replace(b"@", b"\x92"), [("a", "It’s Café")],
         "strict"),
]  # fmt: skip


def _dated(written: str, field: str = "pubDate") -> str:
    return rss(item("a", "One", f"<{field}>{written}</{field}>") + B, DC)


TEN, FLAT, DAY = "2024-05-03T10:11:12Z", "2024-05-03T10:11Z", "2024-05-03"
DATES = [
    Hard(written, _dated(written), [("a", "One", when), THREE[1]], "strict")
    for written, when in (
        ("Fri, 03 May 2024 10:11:12 GMT", TEN), ("Fri, 03 May 2024 12:11:12 +0200", TEN), ("3 May 2024 10:11:12 UT", TEN),
        ("Fri, 3 May 24 10:11:12 Z", TEN), ("Fri, 03 May 2024 06:11:12 EDT", TEN), ("Friday, 03-May-24 10:11:12 GMT", TEN),
        ("Fri, 03 May 2024 12:11 CEST", FLAT), ("Fri, 03 May 2024 19:11:12 JST", TEN), ("Fri, 03 May 2024 12:11:12 +02:00", TEN),
        ("Fri, 03 May 2024 12:11:12 +0200 (CEST)", TEN), ("Fri, 03 May 2024 12:11:12 GMT+2", TEN),
        ("Thu, 03 May 2024 10:11:12 GMT", TEN), ("Fri,03 May 2024 10:11:12 GMT", TEN), ("fri, 03 may 2024 10:11:12 gmt", TEN),
        ("Fri, 03 May 2024 10:11:12 -0000", TEN), ("2024-05-03T10:11:12Z", TEN), ("2024-05-03T12:11:12+02:00", TEN),
        ("2024-05-03T12:11:12.123+0200", TEN), ("2024-05-03 10:11:12 UTC", TEN), ("2024-05-03 12:11:12 +0200", TEN),
        ("2024-05-03T10:11Z", FLAT), ("20240503T101112Z", TEN), ("1714731072", TEN), ("1714731072000", TEN),
        ("May 3, 2024 10:11:12 GMT", TEN), ("Fri May  3 10:11:12 UTC 2024", TEN), ("2024/05/03 10:11:12 +0000", TEN),
        ("2024-05-03", DAY), ("03.05.2024", DAY), ("Fri, 03 May 2024", DAY), ("3 May 2024", DAY), ("May 3, 2024", DAY),
        # a clock without a zone, or with one that several places use, or nobody: the day is all that is known
        ("2024-05-03T10:11:12", DAY), ("Fri, 03 May 2024 10:11:12", DAY), ("Fri, 03 May 2024 10:11:12 IST", DAY),
        ("Fri, 03 May 2024 10:11:12 CST", DAY), ("Fri, 03 May 2024 10:11:12 XYZ", DAY), ("2024-05-03 10:11:12 BST", DAY),
    )
]  # fmt: skip
NO_DATES = [
    Hard(written, _dated(written), [("a", "One"), THREE[1]], "strict")
    for written in (
        "03/05/2024",
        "yesterday",
        "Fri, 03 May 2044 10:11:12 GMT",
        "0000-00-00 00:00:00",
        "1970-01-01T00:00:00Z",
        "10:11:12",
        "31 Feb 2024 10:11:12 GMT",
        "Fri, 03 Mai",
        "2024",
        "May 2024",
        "x" * 300,
        "-1",
        "99999999999999999999",
    )
]
DATED_ELSEWHERE = [
    *(Hard(field, _dated("2024-05-03T10:11:12Z", field), [("a", "One", TEN), THREE[1]], route) for field, route in (
        ("dc:date", "strict"), ("dcterms:issued", "repaired"), ("published", "strict"), ("updated", "strict"),
        ("PubDate", "strict"), ("prism:publicationDate", "repaired"), ("atom:updated", "repaired"),
    )),
    Hard("two words of it", rss(item("a", "One", "<dc:date>2024-05-04T01:00:00Z</dc:date><pubDate>Fri, 03 May 2024 10:11:12 GMT"
         "</pubDate>"), DC), [("a", "One", TEN)], "strict"),
    Hard("Atom's both", atom(atom_entry("a", "<title>One</title>", "<updated>2024-05-04T01:00:00Z</updated>"
         "<published>2024-05-03T10:11:12Z</published>")), [("a", "One", TEN)], "strict"),
    Hard("an empty one", rss(item("a", "One", "<pubDate/><dc:date>2024-05-03T10:11:12Z</dc:date>"), DC), [("a", "One", TEN)],
         "strict"),
    Hard("in CDATA", _dated("<![CDATA[ Fri, 03 May 2024 10:11:12 GMT ]]>"), [("a", "One", TEN), THREE[1]], "strict"),
    Hard("over two lines", _dated("Fri, 03 May 2024\n 10:11:12 GMT"), [("a", "One", TEN), THREE[1]], "strict"),
]  # fmt: skip
VERSION = '"version": "https://jsonfeed.org/version/1.1"'
ONE, TWO = '{"id": "1", "url": "/a", "title": "One"}', '{"id": "2", "url": "/b", "title": "Two"}'
JSON = [
    Hard(name, body, THREE[:2], "json") for name, body in (
        ("plain", f'{{{VERSION}, "items": [{ONE}, {TWO}]}}'),
        ("a mark", f'\ufeff{{{VERSION}, "items": [{ONE}, {TWO}]}}'),
        ("lines before, a comment after", f'\n\n {{{VERSION}, "items": [{ONE}, {TWO}]}}\n<!-- cached -->'),
        ("1.0", f'{{"version": "https://jsonfeed.org/version/1", "items": [{ONE}, {TWO}]}}'),
        ("http, www", f'{{"version": "http://www.jsonfeed.org/version/1", "items": [{ONE}, {TWO}]}}'),
        ("no version", f'{{"feed_url": "https://news.example/f.json", "items": [{ONE}, {TWO}]}}'),
        ("cut off in an entry", f'{{{VERSION}, "items": [{ONE}, {TWO}, {{"id": "3", "url": "https://news.exam'),
        ("cut off after an entry", f'{{{VERSION}, "items": [{ONE}, {TWO}'),
        ("a comma too many", f'{{{VERSION}, "items": [{ONE}, {TWO},]}}'),
        ("a comma too few", f'{{{VERSION}, "items" : [ {ONE} {TWO} ]}}'),
        ("a word nobody knows", f'{{{VERSION}, "items": [{ONE}, {TWO}, {{"id": nope}}]}}'),
        ("the version last", f'{{"items": [{ONE}, {TWO}], {VERSION}}}'),
        ("a line break in a title", f'{{{VERSION}, "items": [{ONE}, {{"url": "/b", "title": "Two\n"}}]}}'),
        ("another site's page", f'{{{VERSION}, "items": [{ONE}, {{"external_url": "/b", "title": "Two"}}]}}'),
        ("an id alone", f'{{{VERSION}, "items": [{ONE}, {{"url": "", "id": "https://news.example/b", "title": "<b>Two</b>"}}]}}'),
        ("twice the same, NaN", f'{{{VERSION}, "items": [{ONE}, {ONE}, {{"url": "/b", "title": "Two", "x": NaN}}]}}'),
        ("a number as id", f'{{{VERSION}, "items": [{{"id": 1, "url": "/a", "title": "One"}}, {TWO}]}}'),
        ("noise between", f'{{{VERSION}, "items": [{ONE}, null, 5, "x", [], {TWO}]}}'),
        ("types that should not be", f'{{{VERSION}, "items": [{ONE}, {{"url": "/b", "title": "Two", "image": []}}]}}'),
        ("escapes", f'{{{VERSION}, "items": [{ONE}, {{"url": "\\/b", "title": "\\u0054wo\\u0000"}}]}}'),
        ("half a character", f'{{{VERSION}, "items": [{ONE}, {{"url": "/b", "title": "Two\\ud83d"}}]}}'),
        ("a key said twice", f'{{{VERSION}, "items": [{ONE}, {{"url": "/x", "url": "/b", "title": "Two"}}]}}'),
    )
] + [
    Hard("dates", f'{{{VERSION}, "items": [{{"url": "/a", "date_published": "2024-05-03T12:11:12+02:00"}},'
         '{"url": "/b", "date_modified": "2024-05-03"}, {"url": "/c", "date_published": 1714731072}]}',
         [("a", None, TEN), ("b", None, DAY), ("c", None)], "json"),
    Hard("in UTF-16", f'{{{VERSION}, "items": [{ONE}, {TWO}]}}'.encode("utf-16"), THREE[:2], "json"),
]  # fmt: skip


def _linked(links: str, base: str = "") -> str:
    return rss(f"<item><title>One</title>{links}</item>").replace("<channel>", f"<channel{base}>")


def _atom_linked(links: str, base: str = "", entry_base: str = "") -> str:
    body = atom(f"<entry{entry_base}><title>One</title>{links}</entry>")
    return body.replace("<feed", f"<feed{base}", 1)


ADDRESSES = [
    Hard(name, body, [(url, "One")], "strict") for name, body, url in (
        ("from the root", _linked("<link>/a?b=1</link>"), "a?b=1"), ("beside the feed", _linked("<link>a</link>"), "feeds/a"),
        ("above the feed", _linked("<link>../a</link>"), "a"), ("a query alone", _linked("<link>?p=7</link>"), "feeds/rss?p=7"),
        ("without a scheme", _linked("<link>//news.example/a</link>"), "a"),
        ("without a scheme and slashes", _linked("<link>www.news.example/a</link>"), "https://www.news.example/a"),
        ("white space around", _linked("<link>\n  https://news.example/a\t</link>"), "a"),
        ("white space inside", _linked("<link>https://news.example/a\n b</link>"), "a%20b"),
        ("a fragment", _linked("<link>https://news.example/a#comments</link>"), "a"),
        ("a fragment that routes", _linked("<link>https://news.example/#!/a</link>"), "#!/a"),
        ("escaped as WordPress does", _linked("<link>https://news.example/?p=1&amp;#038;b=2</link>"), "?p=1&b=2"),
        ("a guid alone", _linked("<guid>https://news.example/a</guid>"), "a"),
        ("a guid that says it is none", _linked('<guid isPermaLink="false">https://news.example/a</guid>'), "a"),
        ("a relative guid", _linked('<guid isPermaLink="true">a/b</guid>'), "feeds/a/b"),
        ("a guid before the feed itself", _linked('<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="/feed"/>'
         "<guid>https://news.example/a</guid>"), "a"),
        ("a guid from the root", _linked("<guid>/a/b</guid>"), "a/b"),
        ("an empty link and a guid", _linked("<link/><guid>https://news.example/a</guid>"), "a"),
        ("a script and a guid", _linked("<link>javascript:void(0)</link><guid>https://news.example/a</guid>"), "a"),
        ("an address of Atom in RSS", _linked('<atom:link xmlns:atom="http://www.w3.org/2005/Atom" href="/a"/>'), "a"),
        ("two links", _linked("<link>https://news.example/a</link><link>https://news.example/b</link>"), "a"),
        ("an empty link, then one", _linked("<link> </link><link>https://news.example/a</link>"), "a"),
        ("xml:base in RSS", _linked("<link>a</link>", ' xml:base="https://news.example/x/"'), "x/a"),
        ("xml:base of the feed", _atom_linked('<link href="a"/>', ' xml:base="https://news.example/x/"'), "x/a"),
        ("xml:base of the entry", _atom_linked('<link href="a"/>', "", ' xml:base="/y/"'), "y/a"),
        ("xml:base on xml:base", _atom_linked('<link href="a"/>', ' xml:base="https://news.example/x/"', ' xml:base="y/"'),
         "x/y/a"),
        ("xml:base of the link", _atom_linked('<link xml:base="https://news.example/z/" href="a"/>'), "z/a"),
        ("xml:base that is none", _atom_linked('<link href="a"/>', ' xml:base="not an [address"'), "feeds/a"),
        ("its page, not itself", _atom_linked('<link rel="self" href="/s"/><link href="/a"/>'), "a"),
        ("itself, if there is no page", _atom_linked('<link rel="self" href="/a"/>'), "a"),
        ("its page, not its print", _atom_linked('<link type="application/pdf" href="/p"/><link type="text/html" href="/a"/>'),
         "a"),
        ("the long name of a page's link", _atom_linked(
            '<link rel="enclosure" href="/x.mp3"/><link rel="http://www.iana.org/assignments/relation/alternate" href="/a"/>'),
         "a"),
        ("an id alone", _atom_linked("<id>https://news.example/a</id>"), "a"),
        ("an address as text", _atom_linked("<link>https://news.example/a</link>"), "a"),
    )
]  # fmt: skip
TITLES = [
    *(Hard(written, rss(item("a", written) + B), [("a", read_as), THREE[1]], route) for written, read_as, route in (
        ("&lt;b&gt;One&lt;/b&gt; &lt;i&gt;two&lt;/i&gt;", "One two", "strict"), ("One&lt;br/&gt;two", "One two", "strict"),
        ("&lt;p&gt;One&lt;/p&gt;", "One", "strict"),
        ("Generics&lt;T&gt; in Java", "Generics<T> in Java", "strict"),
        ("How to use &lt;b&gt;", "How to use <b>", "strict"), ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2", "strict"),
        ("&lt;a href='/x'&gt;One&lt;/a&gt;", "One", "strict"), ("It&amp;#8217;s &amp;quot;it&amp;quot;", "It’s \"it\"", "strict"),
        ("&amp;lt;b&amp;gt;", "<b>", "strict"),
        ("<![CDATA[A <em>very</em> <strong>good</strong> day]]>", "A very good day", "strict"),
        ("&lt;script&gt;x()&lt;/script&gt;One", "One", "strict"), ("<i>One</i> <b>two</b>", "One two", "strict"),
        ("Q&A: <i>R&D</i>", "Q&A: R&D", "repaired"), ("  One \n\t two  ", "One two", "strict"),
        ("&#160;One&#8203;", "One\u200b", "strict"),
    )),
    Hard("html in Atom", atom(atom_entry("a", '<title type="html">A &lt;b&gt;c&lt;/b&gt; &amp;amp; d</title>')),
         [("a", "A c & d")], "strict"),
    Hard("text in Atom", atom(atom_entry("a", '<title type="text">A &lt;b&gt;c&lt;/b&gt;</title>')),
         [("a", "A <b>c</b>")], "strict"),
    Hard("xhtml in Atom", atom(atom_entry("a", '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <b>c</b>'
         "<script>x()</script> &lt;T&gt;</div></title>")), [("a", "A c <T>")], "strict"),
    Hard("of the picture", rss('<item><media:content url="/i.jpg"><media:title>X</media:title></media:content>'
         "<link>https://news.example/a</link></item>", MEDIA), [("a", None)], "strict"),
    Hard("in Media RSS alone", rss("<item><media:title>One</media:title><link>https://news.example/a</link></item>", MEDIA),
         THREE[:1], "strict"),
    Hard("none at all", rss("<item><link>https://news.example/a</link></item>" + B), [("a", None), THREE[1]], "strict"),
    Hard("an abbreviation of the feed's own", PLAIN + '<!DOCTYPE rss [<!ENTITY paper "The Daily &#38; Sons">]>'
         + rss(item("a", "In &paper;: Caf&eacute;") + B, "", ""), [("a", "In The Daily & Sons: Café"), THREE[1]], "repaired"),
]  # fmt: skip
IDS = [
    Hard("none", rss(A + B + C), THREE, "strict"),
    Hard("the same for all", rss("".join(item(path, title, "<guid>1</guid>") for path, title in THREE)), THREE, "strict"),
    Hard("empty", rss(item("a", "One", "<guid/>") + item("b", "Two", '<guid isPermaLink="false"> </guid>') + C), THREE, "strict"),
    Hard("the same page twice", rss(A + item("a?utm_source=x", "One again") + B), THREE[:2], "strict"),
    Hard("pages told apart by a query", rss(item("?id=1", "One") + item("?id=2", "Two")),
         [("?id=1", "One"), ("?id=2", "Two")], "strict"),
    Hard("pages told apart by case", rss(item("A", "One") + item("a", "Two")), [("A", "One"), ("a", "Two")], "strict"),
    Hard("no address", rss("<item><title>X</title><guid>12345</guid></item>" + A + "<item/>"), THREE[:1], "strict"),
    Hard("RDF by its name alone", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
         'xmlns="http://purl.org/rss/1.0/"><channel rdf:about="/"/><item rdf:about="https://news.example/a"><title>One</title>'
         "</item></rdf:RDF>", THREE[:1], "strict"),
]  # fmt: skip
STRANGE = {
    "charset": CHARSETS, "date": DATES, "no date": NO_DATES, "dated": DATED_ELSEWHERE, "JSON": JSON, "address": ADDRESSES,
    "title": TITLES, "id": IDS,
}  # fmt: skip
