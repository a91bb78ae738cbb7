"""OPML 2.0: the list of feeds that feed readers exchange, read strictly and written so that it reads back the same.

Folders are countries in what is written; in what is read, a folder of two capitals is one, any other says nothing.
"""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import cast

from lxml import etree

from ingest.discover.source_list import Listed, Refused, address
from ingest.discover.text import UNPRINTABLE, Text, plain
from ingest.errors import InputError
from ingest.records import FeedKind, Source

NAME_LIMIT_CHARS = 200
COUNTRY = re.compile(r"[A-Z]{2}")
# Readers subscribe to what has an `xmlUrl`; a sitemap or a section is a link to them, its kind a category (OPML 2.0).
CATEGORIES: dict[str, FeedKind] = {"/sitemap": "sitemap", "/section": "section"}


def is_opml(body: bytes) -> bool:
    """Whether it is XML at all: lists of addresses begin with no bracket."""
    return body.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<")


def read_opml(body: bytes) -> tuple[list[Listed], list[Refused]]:
    """Each outline that is no folder; InputError where the file is not well-formed or declares entities."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise InputError(
            f"the list is not well-formed XML: {error}", "mend the line it names; nothing was taken"
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError("the list declares a document type, which OPML has not", "take the line <!DOCTYPE ...> out")
    if etree.QName(root).localname.lower() != "opml":
        raise InputError(
            f"the list is XML, but <{etree.QName(root).localname}> is no OPML", "a feed is added by `sources add`"
        )
    read = [_outline(outline) for outline in root.iter("{*}outline") if _is_leaf(outline)]
    return [one for one in read if isinstance(one, Listed)], [one for one in read if isinstance(one, Refused)]


def write_opml(sources: Iterable[Source], title: str) -> str:
    """A folder a country, an outline a feed."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _plain(title)
    body = etree.SubElement(root, "body")
    by_country = sorted(sources, key=lambda source: source.country)
    for country, group in groupby(by_country, key=lambda source: source.country):
        folder = etree.SubElement(body, "outline", text=country, title=country)
        for source in group:
            _write_source(folder, source)
    return etree.tostring(root, encoding="unicode", pretty_print=True, doctype='<?xml version="1.0" encoding="UTF-8"?>')


def _write_source(folder: etree._Element, source: Source) -> None:
    name = _plain(source.name)
    categories = {kind: category for category, kind in CATEGORIES.items()}
    for feed in source.feeds:
        kind = (
            {"type": "rss", "xmlUrl": feed.url}
            if feed.feed_kind == "feed"
            else {"type": "link", "url": feed.url, "category": categories[feed.feed_kind]}
        )
        said = {"text": name, "title": name, **kind, "htmlUrl": source.home_url, "language": source.language}
        etree.SubElement(folder, "outline", {key: _plain(value) for key, value in said.items()})


def _is_leaf(outline: etree._Element) -> bool:
    """A folder has outlines below it and no address."""
    has_address = any(name.lower() in ("xmlurl", "htmlurl", "url") for name in outline.attrib)
    return has_address or outline.find("{*}outline") is None


def _outline(outline: etree._Element) -> Listed | Refused:
    said = {str(name).lower(): str(value).strip() for name, value in outline.attrib.items()}
    name = _name(said.get("title") or said.get("text"))
    line = cast(int, outline.sourceline)
    kind = CATEGORIES.get(said.get("category", "")) if said.get("type") == "link" else None
    written = {"home": said.get("htmlurl"), "poll": said.get("xmlurl") or (said.get("url") if kind else None)}
    if not kind and said.get("type") == "link":
        written["home"] = written["home"] or said.get("url")
    urls = {role: address(text) if text else None for role, text in written.items()}
    for role, text in written.items():
        if text and urls[role] is None and (role == "poll" or not written["poll"]):
            return Refused(line=line, written=name or text[:200], reason=f"{text[:200]!r} is not a web address")
    if not any(urls.values()):
        return Refused(line=line, written=name or "", reason="no address in it")
    return Listed(
        line=line,
        name=name,
        home_url=urls["home"],
        polled=((kind or "feed", urls["poll"]),) if urls["poll"] else (),
        country=next((text for text in _folders(outline) if COUNTRY.fullmatch(text)), None),
        language=said.get("language") or None,
    )


def _folders(outline: etree._Element) -> list[str]:
    """Names of the folders around it, the nearest first."""
    return [(above.get("text") or above.get("title") or "").strip() for above in outline.iterancestors("{*}outline")]


def _name(written: str | None) -> str | None:
    return plain(Text(written, "plain"), NAME_LIMIT_CHARS) if written else None


def _plain(text: str) -> str:
    return UNPRINTABLE.sub(" ", text)
