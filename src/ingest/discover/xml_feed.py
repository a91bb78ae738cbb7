"""RSS 0.9x, 1.0, 2.0, RDF and Atom 0.3, 1.0, parsed strictly and read into what they say of each entry.

Only what is well-formed is read: what a parser mends in silence it alters (`repair.py` mends aloud).
"""

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator

from lxml import etree

from ingest.discover.entry import Said
from ingest.discover.text import BLOCKS, Text, Writing
from ingest.discover.vocabulary import ENTRIES, ROOTS, word
from ingest.rules.url import as_found

XML = "{http://www.w3.org/XML/1998/namespace}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
CHANNELS = ROOTS | {"items"}
# The first of them that says something counts.
TITLES = ("title", "dc:title")
SUMMARIES = (
    "description", "summary", "content:encoded", "content", "itunes:summary", "media:description", "dc:description",
    "itunes:subtitle", "body", "xhtml:body",
)  # fmt: skip
ORIGINS = ("feedburner:origlink", "pheedo:origlink")  # the article, where `link` leads through a counter of clicks
GUIDS = ("guid", "id")
PUBLISHED = ("pubdate", "published", "issued", "dcterms:issued", "dcterms:created", "created")
UPDATED = ("updated", "modified", "dcterms:modified", "dc:date")
AUTHORS = ("author", "dc:creator")
TAGS = ("category", "dc:subject", "media:category")
KEYWORDS = ("media:keywords", "itunes:keywords")
WRITINGS: dict[str, Writing] = {
    "text": "plain", "plain": "plain", "text/plain": "plain", "html": "html", "text/html": "html", "xhtml": "html",
    "application/xhtml+xml": "html",
}  # fmt: skip
IMAGE_PATH = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)", re.IGNORECASE)
MAIL_AND_NAME = re.compile(r"[^@\s(]++@[^@\s(]++\s*+\(([^()]++)\)")
NAME_AND_MAIL = re.compile(r"([^<>@]++)<[^<>]*+>")
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


def entries_in(root: etree._Element) -> tuple[str | None, list[etree._Element]] | None:
    """The feed's language and the elements of its entries, in order; None if it is no feed."""
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
    said = (_lines(_fields(channel), ("language", "dc:language")) for channel in channels)
    written = (channel.get(f"{XML}lang") for channel in channels)
    return next((language for language in (*said, *written) if language), None), found


def said_in_xml(entry: etree._Element, *, language: str | None, base_url: str) -> Said:
    fields = _fields(entry)
    is_atom = word(entry) == "entry"
    about = entry.get(f"{RDF}about")
    guid = _lines(fields, GUIDS) or about
    return Said(
        base_url=_base(entry, base_url),
        links=tuple(_links(fields, base_url)) + ((about,) if about else ()),
        guid=guid,
        title=_text(fields, TITLES, "guess"),
        summary=_text(fields, SUMMARIES, "guess" if is_atom else "html"),
        authors=tuple(Text(name, "guess") for name in _authors(fields)),
        tags=tuple(Text(tag, "guess") for tag in _tags(fields)),
        language=entry.get(f"{XML}lang") or _lines(fields, ("dc:language", "language")) or language,
        images=tuple(_images(fields)),
        published=_lines(fields, PUBLISHED),
        updated=_lines(fields, UPDATED),
    )


def _fields(entry: etree._Element) -> _Fields:
    """The entry's own elements by their word; what Media RSS groups is as if it stood alone."""
    fields: _Fields = {}
    for child in entry:
        name = word(child)
        fields.setdefault(name, []).append(child)
        if name in ("media:group", "media:content"):
            for below in child.iterdescendants(etree.Element):
                fields.setdefault(word(below), []).append(below)
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
    for event, one in etree.iterwalk(element, events=("start", "end")):
        if str(one.tag).rpartition("}")[2].lower() in BLOCKS:
            yield " "
        text = one.text if event == "start" else one.tail if one is not element else None
        if text:
            yield text


def _links(fields: _Fields, base_url: str) -> Iterator[str]:
    """RSS writes the address as text, Atom as `href`; a page comes before another alternate."""
    yield from (_line(element) for element in _each(fields, ORIGINS))
    links = fields.get("link", [])
    yield from (_line(link) for link in links if link.get("href") is None and _line(link).strip())
    alternates = [link for link in links if (link.get("rel") or "alternate").lower() == "alternate"]
    alternates.sort(key=lambda link: "html" not in (link.get("type") or "html"))
    for link in alternates:
        href = as_found(link.get("href") or "", _base(link, base_url))
        if href is not None:
            yield href


def _images(fields: _Fields) -> Iterator[str]:
    enclosures = [link for link in fields.get("link", ()) if link.get("rel") == "enclosure"]
    for one in (*fields.get("media:content", ()), *fields.get("enclosure", ()), *enclosures):
        address = one.get("url") or one.get("href") or ""
        kind = one.get("medium") or one.get("type") or ""
        if kind.startswith("image") or (not kind and IMAGE_PATH.search(address)):
            yield address
    yield from (one.get("url") or "" for one in fields.get("media:thumbnail", ()))
    yield from (one.get("href") or "" for one in fields.get("itunes:image", ()))


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
