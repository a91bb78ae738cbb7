"""Feeds with a blemish, and every entry that a person sees in each of them."""

from typing import NamedTuple

from discover.made_feeds import CONTENT, DC, MEDIA, atom, atom_entry, item, rss


class Hard(NamedTuple):
    """`seen`: of each entry a person sees in `body`, in order, its URL (without https://news.example/), its title, and when it
    was published (left out: nowhere said, or nothing that can be known)."""

    name: str
    body: str | bytes
    seen: list[tuple[str, str | None] | tuple[str, str | None, str]]
    route: str
    served: str | None = None  # the charset by HTTP


A, B, C = item("a", "One"), item("b", "Two"), item("c", "Three")
THREE = [("a", "One"), ("b", "Two"), ("c", "Three")]
LAUGHS = (
    '<!DOCTYPE rss [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "' + f"&lol{n - 1 or ''};" * 10 + '">' for n in range(1, 10))
    + "]>"
)
XXE = '<!DOCTYPE rss [<!ENTITY xxe SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;]>'
PLAIN = '<?xml version="1.0"?>'
NETSCAPE = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'

AMPERSANDS = [
    Hard("in a link", rss(item("a?x=1&y=2", "One") + B), [("a?x=1&y=2", "One"), ("b", "Two")], "repaired"),
    Hard("in a title", rss(item("a", "Q & A") + B), [("a", "Q & A"), ("b", "Two")], "repaired"),
    Hard("glued", rss(item("a", "AT&T, R&D")), [("a", "AT&T, R&D")], "repaired"),
    Hard("that begins a name", rss(item("a?id=1&copy=2&lt=3", "One")), [("a?id=1&copy=2&lt=3", "One")], "repaired"),
    Hard("beside a good one", rss(item("a", "A &amp; B & C")), [("a", "A & B & C")], "repaired"),
    Hard("at the end", rss(item("a", "One &")), [("a", "One &")], "repaired"),
    Hard("in an attribute", atom(atom_entry("a?x=1&y=2", "<title>One</title>")), [("a?x=1&y=2", "One")], "repaired"),
    Hard("escaped twice in a link", rss(item("a?x=1&amp;amp;y=2", "One")), [("a?x=1&y=2", "One")], "strict"),
    Hard("escaped well", rss(item("a?x=1&amp;y=2", "A &amp; B")), [("a?x=1&y=2", "A & B")], "strict"),
    Hard("escaped twice in a title", rss(item("a", "A &amp;amp; B")), [("a", "A & B")], "strict"),
    Hard("of a name nobody knows", rss(item("a", "A &foo; B")), [("a", "A &foo; B")], "repaired"),
    Hard("of a number cut short", rss(item("a", "A &# B &#x; C")), [("a", "A &# B &#x; C")], "repaired"),
]
ENTITIES = [
    Hard("named", rss(item("a", "Caf&eacute;&nbsp;S&atilde;o")), [("a", "Café São")], "repaired"),
    Hard("quotes", rss(item("a", "&ldquo;One&rdquo; &ndash; &hellip;")), [("a", "“One” – …")], "repaired"),
    Hard("numeric", rss(item("a", "It&#8217;s &#x20AC;5")), [("a", "It’s €5")], "strict"),
    Hard("of Windows", rss(item("a", "It&#146;s &#x80;5")), [("a", "It’s €5")], "strict"),
    Hard("named, escaped", rss(item("a", "Caf&amp;eacute;")), [("a", "Café")], "strict"),
    Hard("named in CDATA", rss(item("a", "<![CDATA[Caf&eacute; &amp; Bar]]>")), [("a", "Café & Bar")], "strict"),
    Hard("named in one, raw in another",
         rss(item("a", "<![CDATA[Q&amp;A]]>") + item("b", "Caf&eacute;")), [("a", "Q&A"), ("b", "Café")], "repaired"),
    Hard("of nothing", rss(item("a", "On&#0;e&#8; T&#x1F;wo")), [("a", "One Two")], "repaired"),
    Hard("beyond Unicode", rss(item("a", "One&#9999999;")), [("a", "One")], "repaired"),
    Hard("half a surrogate", rss(item("a", "One&#xD83D;")), [("a", "One")], "repaired"),
    Hard("emoji", rss(item("a", "One &#128512;")), [("a", "One 😀")], "strict"),
    Hard("without semicolon", rss(item("a", "Caf&eacute and B&notable")), [("a", "Caf&eacute and B&notable")],
         "repaired"),
    Hard("in an address", rss(item("caf&eacute;", "One")), [("café", "One")], "repaired"),
    Hard("of a DTD outside", PLAIN + NETSCAPE + rss(item("a", "Caf&eacute;") + B, "", ""),
         [("a", "Café"), ("b", "Two")], "repaired"),
    Hard("none, but a DTD outside", PLAIN + NETSCAPE + rss(A + B + C, "", ""), THREE, "strict"),
]  # fmt: skip
CDATA = [
    Hard("titles", rss(item("a", "<![CDATA[One & only]]>") + B), [("a", "One & only"), ("b", "Two")], "strict"),
    Hard("links", rss("<item><title>One</title><link><![CDATA[https://news.example/a?x=1&y=2]]></link></item>"),
         [("a?x=1&y=2", "One")], "strict"),
    Hard("lines around", rss(item("a", "\n<![CDATA[ One ]]>\n")), [("a", "One")], "strict"),
    Hard("two in a title", rss(item("a", "<![CDATA[One]]> and <![CDATA[Two]]>")), [("a", "One and Two")], "strict"),
    Hard("split as it should be", rss(item("a", "<![CDATA[x ]]]]><![CDATA[> y]]>")), [("a", "x y")], "strict"),
    Hard("unclosed, the last", rss(A + item("b", "<![CDATA[Two")), THREE[:2], "repaired"),
    Hard("unclosed, others follow", rss(item("a", "<![CDATA[One") + item("b", "<![CDATA[Two]]>") + C), THREE, "repaired"),
    Hard("unclosed in a text", rss(item("a", "One", "<description><![CDATA[<p>x & y</description>") + B + C), THREE,
         "repaired"),
    Hard("unclosed everywhere", rss("".join(item(p, f"<![CDATA[{t}") for p, t in THREE)), THREE, "repaired"),
    Hard("nested by mistake", rss(item("a", "<![CDATA[One <![CDATA[and]]> two]]>") + B), [("a", "One and two"), THREE[1]],
         "repaired"),
    Hard("markup in a title", rss(item("a", "<![CDATA[<b>One</b> <i>x</i>]]>")), [("a", "One x")], "strict"),
    Hard("with an end in the text", rss(item("a", "One ]]> two") + B), [("a", "One two"), THREE[1]], "repaired"),
    Hard("that quotes a feed", rss(item("a", "One", "<description><![CDATA[<item><title>X</title></item>]]></description>")),
         THREE[:1], "strict"),
    Hard("in lower case", rss(item("a", "One", "<description><![cdata[x & y]]></description>") + B), THREE[:2], "repaired"),
]  # fmt: skip
CONTROLS = [
    *(Hard(f"U+{ord(c):04X} in a title", rss(item("a", f"One{c}") + B), THREE[:2], "repaired")
      for c in "\x00\x01\x08\x0b\x0c\x0e\x1b\x1f\ufffe\uffff"),
    Hard("in a word", rss(item("a", "O\x02ne")), THREE[:1], "repaired"),
    Hard("a line of Windows", rss(item("a", "One\x0btwo")), [("a", "One two")], "repaired"),
    Hard("in an address", rss(item("a\x03", "One")), THREE[:1], "repaired"),
    Hard("in CDATA", rss(item("a", "<![CDATA[One\x01]]>") + B), THREE[:2], "repaired"),
    Hard("DEL and C1", rss(item("a", "One\x7f\x90")), THREE[:1], "strict"),
    Hard("line separators", rss(item("a", "One\u2028two\u2029")), [("a", "One two")], "strict"),
]  # fmt: skip
AROUND = [
    *(Hard(f"{name} before", before + rss(A + B + C), THREE, "repaired") for name, before in (
        ("a blank line", "\n"), ("blank lines", "\r\n\r\n \t"), ("letters", "ok\n"),
        ("a warning of PHP", "<br />\n<b>Warning</b>: x & y in <b>/a.php</b> on line <b>3</b><br />\n"),
        ("a comment", "<!-- cached -- at 5 -->\n"), ("a mark and a line", "\ufeff\n"), ("half a mark", "ï»¿"),
        ("two declarations", '<?xml version="1.0"?>\n'),
    )),
    *(Hard(f"{name} after", rss(A + B + C) + after, THREE, "repaired") for name, after in (
        ("letters", "ok"), ("a script", "<script>x()</script>"), ("a NUL", "\0"), ("another end", "</rss>"),
        ("half a comment", "<!-- 0.2 s"),
    )),
    Hard("two marks before", "\ufeff\ufeff" + rss(A + B + C), THREE, "strict"),
    Hard("a mark before", "\ufeff" + rss(A + B + C), THREE, "strict"),
    Hard("lines after", rss(A + B + C) + "\n\n<!-- cached -->\n", THREE, "strict"),
    Hard("no declaration", rss(A + B + C, "", ""), THREE, "strict"),
    Hard("no head", A + B + C + "</channel></rss>", THREE, "repaired"),
    Hard("names that XML forbids", rss(A + "<x²>y</x²>" + B + C), THREE, "tolerant"),
    Hard("entries behind the end", rss(A) + B + C, THREE, "repaired"),
    Hard("two feeds in one", rss(A) + rss(B + C), THREE, "repaired"),
    Hard("entries beside the channel", rss(A).replace("</channel>", "</channel>" + B + C), THREE, "strict"),
    Hard("wrapped", "<xml>" + rss(A + B + C, "", "") + "</xml>", THREE, "strict"),
    Hard("XML 1.1", rss(A + B + C, "", '<?xml version="1.1"?>'), THREE, "strict"),
    Hard("a declaration with blemishes", rss(A + B + C, "", '<?xml version="1.0" encoding=utf-8?>'), THREE, "repaired"),
]  # fmt: skip
WHOLE = rss(A + B + C)
TAGS = [
    Hard("no end of an item", WHOLE.replace("</item>", "", 1), THREE, "repaired"),
    Hard("no end of any item", WHOLE.replace("</item>", ""), THREE, "repaired"),
    Hard("no end of a title", WHOLE.replace("One</title>", "One"), THREE, "repaired"),
    Hard("no end of a link", WHOLE.replace("/a</link>", "/a"), THREE, "repaired"),
    Hard("no end of the channel", WHOLE.replace("</channel>", ""), THREE, "repaired"),
    Hard("no end of all", WHOLE.replace("</channel></rss>", ""), THREE, "repaired"),
    Hard("an end too many", WHOLE.replace("</item>", "</item></item>", 1), THREE, "repaired"),
    Hard("of another case", WHOLE.replace("<title>", "<Title>").replace("<item>", "<ITEM>"), THREE, "repaired"),
    Hard("markup in a text", rss(item("a", "One", "<description>x<br>y <img src=z.jpg> & <p>w</description>") + B + C),
         THREE, "repaired"),
    Hard("markup in a title", rss(item("a", "<b>One</b>") + B + C), THREE, "strict"),
    Hard("markup with a blemish in a title", rss(item("a", "<b>One<br></b>") + B + C), THREE, "repaired"),
    Hard("a lone bracket", rss(item("a", "1 < 2 > 0") + B), [("a", "1 < 2 > 0"), THREE[1]], "repaired"),
    Hard("a heart", rss(item("a", "I <3 news") + B), [("a", "I <3 news"), THREE[1]], "repaired"),
    Hard("an attribute said twice", rss(A + B.replace("<item>", '<item a="1" a="2">') + C), THREE, "repaired"),
    Hard("an attribute without quotes", rss(A + B.replace("<item>", "<item a=1>") + C), THREE, "repaired"),
    Hard("an attribute alone", rss(A + B.replace("<item>", "<item new>") + C), THREE, "repaired"),
    Hard("attributes that touch", rss(A + B.replace("<item>", '<item a="1"b="2">') + C), THREE, "repaired"),
    Hard("a quote too many", rss(A + B.replace("<item>", '<item a="1"">') + C), THREE, "repaired"),
    Hard("a bracket in an attribute", rss(A + B.replace("<item>", '<item a="<">') + C), THREE, "repaired"),
    Hard("half a comment", rss(A + "<!-- x " + B + C), THREE, "repaired"),
    Hard("a comment with dashes", rss(A + "<!-- x -- y -->" + B + C), THREE, "repaired"),
    Hard("an item in an item", rss("<item>" + A + B + C), THREE, "repaired"),
    Hard("a text beside", rss(A + "text & more" + B + C), THREE, "repaired"),
    Hard("an author's mail in brackets", rss(item("a", "One", "<author>Ana <a@news.example></author>") + B), THREE[:2],
         "repaired"),
    Hard("2,000 levels in one entry", rss(A + item("b", "Two", "<x>" * 2_000) + C), THREE, "repaired"),
    Hard("2,000 levels, well-formed", rss(A + item("b", "Two", "<x>" * 2_000 + "</x>" * 2_000) + C), THREE, "repaired"),
]  # fmt: skip
NAMES = [
    Hard("another prefix", rss(item("a", "One", "<d:creator>Ana</d:creator>"), DC.replace(":dc", ":d")), THREE[:1], "strict"),
    Hard("no declaration", rss(item("a", "One", "<dc:creator>Ana</dc:creator>") + B), THREE[:2], "repaired"),
    Hard("no declaration, nobody's", rss(item("a", "One", '<foo:x foo:y="1"/>') + B), THREE[:2], "repaired"),
    Hard("declared below", rss(item("a", "One", f"<dc:creator{DC}>Ana</dc:creator>") + B), THREE[:2], "strict"),
    Hard("redeclared below", rss(item("a", "One", '<dc:title xmlns:dc="urn:x">X</dc:title>') + B, DC), THREE[:2], "strict"),
    Hard("a title of media", rss("<item><media:title>X</media:title><title>One</title><link>/a</link></item>", MEDIA),
         THREE[:1], "strict"),
    Hard("RSS in Netscape's", rss(A + B + C, ' xmlns="http://my.netscape.com/rdf/simple/0.9/"'), THREE, "strict"),
    Hard("RSS in Userland's", rss(A + B + C, ' xmlns="http://backend.userland.com/RSS2"'), THREE, "strict"),
    Hard("RSS in nobody's", rss(A + B + C, ' xmlns="urn:my-feed"'), THREE, "strict"),
    Hard("RSS in Atom's", rss(A + B + C, ' xmlns="http://www.w3.org/2005/Atom"'), THREE, "strict"),
    Hard("RSS with a prefix of Atom", rss(A + '<atom:link rel="self" href="/x"/>' + B + C,
         ' xmlns:atom="http://www.w3.org/2005/Atom"'), THREE, "strict"),
    Hard("Atom in none", atom(atom_entry("a", "<title>One</title>"), ""), THREE[:1], "strict"),
    Hard("Atom over https", atom(atom_entry("a", "<title>One</title>"), ' xmlns="https://www.w3.org/2005/Atom/"'),
         THREE[:1], "strict"),
    Hard("Atom 0.3", atom(atom_entry("a", '<title mode="escaped" type="text/html">&lt;b&gt;One&lt;/b&gt;</title>'),
         ' version="0.3" xmlns="http://purl.org/atom/ns#"'), THREE[:1], "strict"),
    Hard("Atom with a prefix", '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>One</a:title>'
         '<a:link href="https://news.example/a"/></a:entry></a:feed>', THREE[:1], "strict"),
    Hard("Atom with a prefix and a blemish", '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>A & B'
         '</a:title><a:link href="/a"/></a:entry></a:feed>', [("a", "A & B")], "repaired"),
    Hard("RDF 0.9", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://channel.netscape.com/'
         f'rdf/simple/0.9/"><channel><title>N</title></channel>{A}{B}{C}</rdf:RDF>', THREE, "strict"),
    Hard("RDF with a blemish", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/'
         'rss/1.0/"><channel><title>N</title></channel><item rdf:about="/a"><title>A & B</title></item></rdf:RDF>',
         [("a", "A & B")], "repaired"),
    Hard("a channel alone", f"<channel><title>N</title>{A}{B}{C}</channel>", THREE, "strict"),
    Hard("declared as nothing", rss(A + B + C, ' xmlns:x=""'), THREE, "repaired"),
    Hard("content with one letter wrong", rss(item("a", "One", "<content:encoded>x</content:encoded>"),
         CONTENT.replace("content/", "content")), THREE[:1], "strict"),
]  # fmt: skip
HOSTILE = [
    Hard("billion laughs", PLAIN + LAUGHS + rss(item("a", "One &lol9;") + B, "", ""), THREE[:2], "repaired"),
    Hard("billion laughs in an attribute", PLAIN + LAUGHS + rss(f'{A}<item x="&lol9;"><link>/b</link></item>', "", ""),
         [THREE[0], ("b", None)], "repaired"),
    Hard("quadratic", PLAIN + f'<!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]>' + rss(item("a", "One" + "&a;" * 5_000), "", ""),
         THREE[:1], "repaired"),
    Hard("a file of ours", PLAIN + XXE + rss(item("a", "One &xxe;") + B, "", ""), THREE[:2], "repaired"),
    Hard("a feed in an entity", PLAIN + f"<!DOCTYPE rss [<!ENTITY x '<rss><channel>{C}</channel></rss>'>]>" + rss(A + B, "", ""),
         THREE[:2], "repaired"),
    Hard("a DTD of nothing", PLAIN + "<!DOCTYPE rss []>" + rss(A + B, "", ""), THREE[:2], "strict"),
    Hard("100,000 levels", rss(A + "<x>" * 100_000), THREE[:1], "repaired"),
]  # fmt: skip
BLEMISHED = {
    "ampersand": AMPERSANDS, "entity": ENTITIES, "CDATA": CDATA, "control character": CONTROLS, "around": AROUND,
    "tag": TAGS, "namespace": NAMES, "hostile": HOSTILE,
}  # fmt: skip
