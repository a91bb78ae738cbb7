"""RSS 0.9x, 1.0, 2.0, RDF and Atom 0.3, 1.0, parsed strictly and read into what they say of each entry.

Only what is well-formed is read: what a parser mends in silence it alters (`repair.py` mends aloud).
"""

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator

from lxml import etree

from ingest.discover.entry import Channel, Said, permalink
from ingest.discover.text import BLOCKS, UNSEEN, Text, Writing
from ingest.discover.vocabulary import ENTRIES, ROOTS, word
from ingest.rules.url import as_found

XML = "{http://www.w3.org/XML/1998/namespace}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
CHANNELS = ROOTS | {"items"}
# The first of them that says something counts.
TITLES = ("title", "dc:title", "media:title")
SUMMARIES = (
    "description", "summary", "content:encoded", "content", "itunes:summary", "media:description", "dc:description",
    "itunes:subtitle", "body", "xhtml:body",
)  # fmt: skip
ORIGINS = ("feedburner:origlink", "pheedo:origlink")  # the article, where `link` leads through a counter of clicks
GUIDS = ("guid", "id")
PUBLISHED = (
    "pubdate", "published", "issued", "dcterms:issued", "dcterms:created", "created", "prism:publicationdate",
)  # fmt: skip
UPDATED = ("updated", "modified", "dcterms:modified", "dc:date")
AUTHORS = ("author", "dc:creator", "dc:author")
TAGS = ("category", "dc:subject", "media:category")
KEYWORDS = ("media:keywords", "itunes:keywords", "keywords")
POINTS = ("georss:point", "gml:pos")  # latitude, then longitude
WGS_84 = re.compile(r"\b(?:4326|4979)$")  # in the EPSG's register, flat and with height
NESTS = frozenset({"media:group", "georss:where", "gml:point", "geo:point"})  # what stands in them is said of the entry
OF_MEDIA = frozenset({"media:thumbnail", "media:keywords", "media:category"})  # so is that, below a picture or a film
WRITINGS: dict[str, Writing] = {
    "text": "plain", "plain": "plain", "text/plain": "plain", "html": "html", "text/html": "html", "xhtml": "html",
    "application/xhtml+xml": "html",
}  # fmt: skip
IMAGE_PATH = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)", re.IGNORECASE)
MAIL_AND_NAME = re.compile(r"[^@\s(]++@[^@\s(]++\s*+\(([^()]++)\)")
NAME_AND_MAIL = re.compile(r"([^<>()@]++)(?:<[^<>]*+>|\([^()@]*+@[^()]*+\))")
AUTHOR_LIMIT_CHARS = 800

_Fields = dict[str, list[etree._Element]]


def parse_strictly(text: str) -> etree._Element:
    """The root; ValueError (of lxml's own kind, too) for what is not well-formed, or declares entities of its own.

    Nothing is loaded or expanded; libxml2's own limits (256 levels, 10 MB a text) stay on.
    """
    if "<!ENTITY" in text:
        raise ValueError("it declares entities")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not well-formed: {error}") from None
    if next(root.iter(etree.Entity), None) is not None:
        raise ValueError("it uses entities of a DTD")
    return root


def channel_in(root: etree._Element) -> Channel | None:
    """What the feed says of itself, and the elements of its entries, in order; None if it is no feed."""
    feed = next((one for one in root.iter(etree.Element) if word(one).removeprefix("rdf:") in ROOTS), None)
    if feed is None:
        return None
    found: list[etree._Element] = []
    channels: list[etree._Element] = []
    ahead = [feed]
    while ahead:
        one = ahead.pop()
        name = word(one).removeprefix("rdf:")
        if name in ENTRIES:
            found.append(one)
        elif name in CHANNELS:
            channels.append(one)
            ahead += reversed(one)
    if word(feed) == "rdf:rdf" and not found and len(channels) == 1:
        return None  # RDF of another kind
    said: _Fields = {}
    for channel in channels:
        for child in channel:
            said.setdefault(word(child), []).append(child)
    written = (channel.get(f"{XML}lang") for channel in channels)
    return Channel(
        language=_lines(said, ("language", "dc:language")) or next(filter(None, written), None),
        ttl=_lines(said, ("ttl",)),
        update_period=_lines(said, ("sy:updateperiod",)),
        update_frequency=_lines(said, ("sy:updatefrequency",)),
        entries=found,
    )


def said_in_xml(entry: etree._Element, *, language: str | None, base_url: str) -> Said:
    fields = _fields(entry)
    is_atom = word(entry) == "entry"
    about = entry.get(f"{RDF}about")
    guid = _lines(fields, GUIDS) or about
    links = (*_links(fields, base_url), *((about,) if about else ()), *_permalinks(fields))
    if not links and not permalink(guid):
        links = tuple(_related(fields, "self", base_url))
    return Said(
        base_url=_base(entry, base_url),
        links=links,
        guid=guid,
        title=_text(fields, TITLES, "guess"),
        summary=_text(fields, SUMMARIES, "guess" if is_atom else "html"),
        authors=tuple(Text(name, "guess") for name in _authors(fields)),
        tags=tuple(Text(tag, "guess") for tag in _tags(fields)),
        language=entry.get(f"{XML}lang") or _lines(fields, ("dc:language", "language")) or language,
        images=tuple(_images(fields)),
        published=_lines(fields, PUBLISHED),
        updated=_lines(fields, UPDATED),
        place=_place(fields),
    )


def _fields(entry: etree._Element) -> _Fields:
    """The entry's own elements by their word; what GeoRSS nests and Media RSS groups is as if it stood alone."""
    fields: _Fields = {}
    for child in entry:
        name = word(child)
        fields.setdefault(name, []).append(child)
        if name in NESTS:
            for name, nested in _fields(child).items():
                fields.setdefault(name, []).extend(nested)
        elif name == "media:content":  # its title, text and credit are the picture's own
            for below in child:
                if (name := word(below)) in OF_MEDIA:
                    fields.setdefault(name, []).append(below)
    return fields


def _base(element: etree._Element, base_url: str) -> str:
    base = element.base  # by all of xml:base around it
    return as_found(base, base_url) or base_url if base else base_url


def _line(element: etree._Element) -> str:
    return (element.text if not len(element) else "".join(element.itertext(etree.Element))) or ""  # type: ignore[arg-type]


def _each(fields: _Fields, names: Iterable[str]) -> Iterator[etree._Element]:
    return (element for name in names for element in fields.get(name, ()))


def _lines(fields: _Fields, names: Iterable[str]) -> str | None:
    return next((text for element in _each(fields, names) if (text := _line(element).strip())), None)


def _text(fields: _Fields, names: Iterable[str], default: Writing) -> Text | None:
    found = (_written(element, default) for element in _each(fields, names))
    return next((text for text in found if text and str(text.written or "").strip()), None)


def _written(element: etree._Element, default: Writing) -> Text | None:
    """Atom 1.0 section 3.1 (`type`), Atom 0.3 (`mode`), RSS (no word of it)."""
    if len(element):
        return Text("".join(_visible(element)), "plain")
    kind = (element.get("type") or "").partition(";")[0].strip().lower()
    if element.get("mode") == "base64":
        return Text(b64decode(element.text or "").decode("utf-8", "replace"), default)
    if kind and kind not in WRITINGS:
        return None if "/" in kind else Text(element.text, default)
    return Text(element.text, WRITINGS.get(kind, default))


def _visible(element: etree._Element) -> Iterator[str]:
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, one in walk:
        tag = str(one.tag).rpartition("}")[2].lower()
        if tag in BLOCKS:
            yield " "
        if event == "start" and tag in UNSEEN and one is not element:
            walk.skip_subtree()
        elif event == "start" and one.text:
            yield one.text
        if event == "end" and one.tail and one is not element:
            yield one.tail


def _links(fields: _Fields, base_url: str) -> Iterator[str]:
    """RSS writes the address as text, Atom as `href`; a page comes before another alternate."""
    yield from (_line(element) for element in _each(fields, ORIGINS))
    yield from (_line(link) for link in fields.get("link", ()) if link.get("href") is None and _line(link).strip())
    yield from _related(fields, "alternate", base_url)


def _related(fields: _Fields, relation: str, base_url: str) -> Iterator[str]:
    links = [link for link in fields.get("link", ()) if _relation(link) == relation]
    links.sort(key=lambda link: "html" not in (link.get("type") or "html"))
    for link in links:
        href = as_found(link.get("href") or "", _base(link, base_url))
        if href is not None:
            yield href


def _relation(link: etree._Element) -> str:
    """Atom 1.0 section 4.2.7.2: `alternate` where nothing is said; the names have long forms that are addresses."""
    return (link.get("rel") or "alternate").lower().rpartition("/")[2]


def _permalinks(fields: _Fields) -> Iterator[str]:
    """A guid is an address unless it says that it is none; one without a scheme only where it looks like a path."""
    for guid in fields.get("guid", ()):
        says = next((value.strip().lower() for name, value in guid.items() if name.lower() == "ispermalink"), None)
        path = _line(guid).strip()
        if "/" in path and ":" not in path and says != "false" and (says == "true" or path.startswith("/")):
            yield path


def _place(fields: _Fields) -> str | None:
    for point in _each(fields, POINTS):
        around = point.getparent()
        said = (*point.items(), *(around.items() if around is not None else ()))
        systems = (value for name, value in said if str(name).lower() == "srsname")
        if all(WGS_84.search(str(system)) for system in systems) and _line(point).strip():
            return _line(point)
    latitude, longitude = _lines(fields, ("geo:lat",)), _lines(fields, ("geo:long", "geo:lon"))
    return f"{latitude} {longitude}" if latitude and longitude else None


def _images(fields: _Fields) -> Iterator[str]:
    """A picture comes before the still of a film, and the widest of several before the others."""
    enclosures = [link for link in fields.get("link", ()) if link.get("rel") == "enclosure"]
    media = sorted(fields.get("media:content", ()), key=_width, reverse=True)
    for one in (*media, *fields.get("enclosure", ()), *enclosures):
        address = one.get("url") or one.get("href") or ""
        kind = one.get("medium") or one.get("type") or ""
        if kind.startswith("image") or (not kind and IMAGE_PATH.search(address)):
            yield address
    yield from (one.get("url") or "" for one in sorted(fields.get("media:thumbnail", ()), key=_width, reverse=True))
    yield from (one.get("href") or "" for one in fields.get("itunes:image", ()))
    for image in fields.get("image", ()):
        address = _lines({word(below): [below] for below in image}, ("url",)) or _line(image).strip()
        if IMAGE_PATH.search(address):
            yield address


def _width(picture: etree._Element) -> int:
    width = picture.get("width") or ""
    return int(width) if width.isdecimal() and len(width) < 6 else 0


def _authors(fields: _Fields) -> Iterator[str]:
    """Persons have a `name` in Atom; RSS asks for an address with the name in brackets, and gets either."""
    for author in _each(fields, AUTHORS if any(map(fields.get, AUTHORS)) else ("itunes:author",)):
        for name in [below for below in author if word(below) == "name"] if len(author) else [author]:
            said = _line(name).strip()[:AUTHOR_LIMIT_CHARS]
            found = MAIL_AND_NAME.fullmatch(said) or NAME_AND_MAIL.fullmatch(said)
            yield found[1] if found else said


def _tags(fields: _Fields) -> Iterator[str]:
    for tag in _each(fields, TAGS):
        yield tag.get("label") or tag.get("term") or _line(tag)
    for keywords in _each(fields, KEYWORDS):
        yield from _line(keywords).split(",")
