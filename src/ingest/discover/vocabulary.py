"""The names that feeds use: namespaces in all their spellings, and one word for each element whatever its prefix.

What an element means for an entry is decided elsewhere.
"""

from functools import lru_cache

from lxml import etree

# Prefixes are ours; `` is the core of RSS and Atom. Compared without scheme, case and the last `/` or `#`.
NAMESPACES = {
    "www.w3.org/2005/atom": "", "purl.org/atom/ns": "", "purl.org/rss/1.0": "", "purl.org/net/rss1.1": "",
    "my.netscape.com/rdf/simple/0.9": "", "channel.netscape.com/rdf/simple/0.9": "",
    "my.netscape.com/publish/formats/rss-0.91.dtd": "", "backend.userland.com/rss": "", "backend.userland.com/rss2": "",
    "backend.userland.com/rss091": "", "blogs.law.harvard.edu/tech/rss": "", "cyber.law.harvard.edu/rss": "",
    "purl.org/dc/elements/1.0": "dc", "purl.org/dc/elements/1.1": "dc", "purl.org/dc/terms": "dcterms",
    "purl.org/rss/1.0/modules/content": "content", "purl.org/rss/1.0/modules/dcterms": "dcterms",
    "search.yahoo.com/mrss": "media", "search.yahoo.com/mrss/media": "media", "video.search.yahoo.com/mrss": "media",
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes", "itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner", "www.pheedo.com/namespace/pheedo": "pheedo",
    "www.w3.org/1999/02/22-rdf-syntax-ns": "rdf", "www.w3.org/1999/xhtml": "xhtml",
    "purl.org/rss/1.0/modules/syndication": "sy", "www.georss.org/georss": "georss", "www.georss.org/georss/10": "georss",
    "www.opengis.net/gml": "gml", "www.w3.org/2003/01/geo/wgs84_pos": "geo",
}  # fmt: skip
# What a prefix that a feed forgot to declare, or declared as nobody else does, stands for.
USUAL_ADDRESSES = {
    "atom": "http://www.w3.org/2005/Atom", "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/", "content": "http://purl.org/rss/1.0/modules/content/",
    "media": "http://search.yahoo.com/mrss/", "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "pheedo": "http://www.pheedo.com/namespace/pheedo", "xhtml": "http://www.w3.org/1999/xhtml",
    "sy": "http://purl.org/rss/1.0/modules/syndication/", "georss": "http://www.georss.org/georss",
    "gml": "http://www.opengis.net/gml", "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
}  # fmt: skip
ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
ENTRIES = frozenset({"item", "entry"})
# Elements that may hold markup as text, escaped or not.
TEXTS = frozenset({
    "title", "description", "summary", "content", "content:encoded", "subtitle", "tagline", "info", "copyright", "rights",
    "dc:title", "dc:description", "media:title", "media:description", "itunes:summary", "itunes:subtitle", "body",
})  # fmt: skip
# Elements that hold text, no markup.
LINES = frozenset({
    "link", "guid", "id", "pubdate", "published", "updated", "modified", "issued", "created", "category", "comments",
    "language", "ttl", "lastbuilddate", "generator", "managingeditor", "webmaster", "docs", "dc:creator", "dc:date",
    "dc:subject", "dc:language", "dc:publisher", "dc:rights", "itunes:author", "feedburner:origlink", "media:keywords",
    "media:credit", "itunes:keywords", "pheedo:origlink", "dcterms:modified", "dcterms:created", "dcterms:issued",
    "sy:updateperiod", "sy:updatefrequency", "georss:point", "gml:pos", "geo:lat", "geo:long",
})  # fmt: skip
CONTAINERS = frozenset({
    "author", "contributor", "source", "image", "media:group", "media:content", "georss:where", "gml:point", "geo:point",
})  # fmt: skip


def word(element: etree._Element) -> str:
    """`dc:creator`, `title`: lower case, with our prefix; unknown namespaces keep the feed's own prefix."""
    return _word(str(element.tag), element.prefix)


@lru_cache(maxsize=4_096)
def _word(tag: str, prefix: str | None) -> str:
    address, _, local = tag.rpartition("}")
    local = local.lower()
    plain_address = address[1:].lower().partition("://")[2].rstrip("/#")
    known = NAMESPACES.get(plain_address)
    if known is None:
        known = (prefix or "").lower()
        known = "" if known == "atom" else known
    return f"{known}:{local}" if known else local
