"""Sitemaps in XML, read strictly piece by piece, or block by block where they are not well-formed.

What a date or an address is worth is decided elsewhere.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.entities import html5
from typing import NamedTuple

from lxml import etree

from ingest.discover.repair import AMPERSAND, GAP, NOT_XML, PREDEFINED
from ingest.rules.sitemap import CHILDREN_LIMIT

ROWS_LIMIT = 100_000  # twice what sitemaps.org allows a file; what is over it is counted
BLOCK_LIMIT_CHARS = 100_000  # one <url> with a thousand images has so many
FAMILIES = ("news", "image", "video")  # Google's extensions of a sitemap, by namespace or by prefix
BLOCK = re.compile(
    r"<(?P<end>/)?(?>(?:[A-Za-z_][\w.-]{0,40}+:)?)(?P<name>url|sitemap)(?=[\s/>])[^<>]{0,1000}+>", re.IGNORECASE
)
PREFIX = re.compile(r"</?([A-Za-z_][\w.-]{0,40}+):|\s([A-Za-z_][\w.-]{0,40}+):[\w.-]{1,40}+\s*+=")
PARTS_LIMIT = 5_000  # elements of one <url>: a thousand images have four each
KNOWN_PREFIXES = frozenset({"xml", "xmlns"})


class Row(NamedTuple):
    """One <url> in its own words."""

    loc: str | None
    lastmod: str | None
    news_date: str | None
    title: str | None
    language: str | None
    keywords: str | None
    image: str | None


class ChildRow(NamedTuple):
    """One <sitemap> of an index in its own words."""

    loc: str | None
    lastmod: str | None


@dataclass(slots=True, kw_only=True)
class Rows:
    """What a file lists, in its order; `over_count` more were beyond the limits, `broken_count` cannot be read."""

    rows: deque[Row] = field(default_factory=deque)
    children: list[ChildRow] = field(default_factory=list)
    over_count: int = 0  # of rows
    broken_count: int = 0

    def add(self, row: Row) -> None:
        if len(self.rows) < ROWS_LIMIT:
            self.rows.append(row)
        else:
            self.over_count += 1

    def take(self, element: etree._Element) -> None:
        if _local(element.tag) == "url":
            self.add(_row(element))
        elif len(self.children) < CHILDREN_LIMIT:
            self.children.append(ChildRow(*_core(element)))


def read_strictly(pieces: Iterable[bytes], root_name: str, *, faults: dict[str, None]) -> Rows:
    """Rows of well-formed UTF-8; ValueError for anything else. A file that was cut short by `faults` may lack its end.

    Nothing is loaded or expanded, and what was read is dropped piece by piece, so that memory does not grow with the file.
    """
    parser = etree.XMLPullParser(
        events=("start", "end"), tag=tuple({"{*}url", "{*}sitemap", f"{{*}}{root_name}"}), encoding="utf-8",
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    found = Rows()
    root: etree._Element | None = None
    try:
        for piece in pieces:
            parser.feed(piece)
            for event, element in parser.read_events():
                if not isinstance(element, etree._Element):  # events of other kinds were not asked for
                    continue
                root = element.getroottree().getroot() if root is None else root
                if event == "end" and element is not root:
                    found.take(element)
            errors = parser.feed_error_log.filter_from_errors()  # feed() itself does not raise all of them
            if len(errors):
                raise ValueError(f"not well-formed: {errors[0].message}")
            if root is not None:
                _drop_what_was_read(root)
        if not faults:
            parser.close()
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not well-formed: {error}") from None
    return found


def read_in_blocks(text: str, *, faults: dict[str, None]) -> Rows:
    """Rows of what is not well-formed: each <url> or <sitemap> that has its end, mended and parsed by itself.

    Bare ampersands, HTML's entities, control characters and undeclared prefixes are mended; entities that the file
    declares itself are never expanded. A block that is broken all the same is counted.
    """
    found = Rows()
    start: re.Match[str] | None = None
    for tag in BLOCK.finditer(text):
        if tag["end"] is None:
            found.broken_count += start is not None
            start = None if tag[0].endswith("/>") else tag
        elif start is not None and start["name"].lower() == tag["name"].lower():
            block, start = text[start.start() : tag.end()], None
            element = _mended(block) if len(block) <= BLOCK_LIMIT_CHARS else None
            if element is None:
                found.broken_count += 1
            else:
                found.take(element)
    if start is not None:
        faults["it ends early: its last, unfinished entry was dropped"] = None
    return found


def _drop_what_was_read(root: etree._Element) -> None:
    """All but the branch that is still open, down to the entry that is being read."""
    node = root
    while len(node) and _local(node.tag) not in ("url", "sitemap"):
        del node[:-1]
        node = node[-1]
    if len(node) > PARTS_LIMIT:
        raise ValueError(f"an entry of more than {PARTS_LIMIT} elements")


def _mended(block: str) -> etree._Element | None:
    text = AMPERSAND.sub(_reference, GAP.sub(" ", NOT_XML.sub("", block)))
    prefixes = sorted({first or second for first, second in PREFIX.findall(text)} - KNOWN_PREFIXES)
    declared = "".join(f' xmlns:{prefix}="urn:undeclared:{prefix}"' for prefix in prefixes)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(f"<x{declared}>{text}</x>".encode("utf-8", "replace"), parser)[0]
    except etree.XMLSyntaxError:
        return None


def _reference(found: re.Match[str]) -> str:
    name, digits = found["name"], found["decimal"] or found["hex"]
    if name in PREDEFINED:
        return found[0]
    if name:
        return html5.get(f"{name};") or f"&amp;{name};"
    if digits is None:
        return "&amp;"
    number = int(digits, 10 if found["decimal"] else 16)
    return "" if number > 0x10FFFF or NOT_XML.match(chr(number)) else f"&#{number};"


def _row(url: etree._Element) -> Row:
    loc, lastmod = _core(url)
    said: dict[str, str] = {}
    for child in _parts(url):
        name = _local(child.tag)
        if name == "news":
            said |= {key: text for key, text in _news(child) if text}
        elif name == "image" and "image" not in said:
            said["image"] = next(
                (text for part in _parts(child) if _local(part.tag) == "loc" and (text := _line(part))), ""
            )
    return Row(
        loc, lastmod, said.get("publication_date"), said.get("title"), said.get("language"), said.get("keywords"),
        said.get("image") or None,
    )  # fmt: skip


def _news(news: etree._Element) -> Iterator[tuple[str, str | None]]:
    for part in _parts(news):
        name = _local(part.tag)
        if name == "publication":
            yield from ((_local(one.tag), _line(one)) for one in _parts(part))
        else:
            yield name, _line(part)


def _core(element: etree._Element) -> tuple[str | None, str | None]:
    """Address and lastmod, not those of an image or a video that forgot its own element."""
    loc = lastmod = None
    for child in _parts(element):
        family, name = _word(child.tag, child.prefix)
        if name == "loc" and not family:
            loc = loc or _line(child)
        elif name == "lastmod" and not family:
            lastmod = lastmod or _line(child)
    return loc, lastmod


def _parts(element: etree._Element) -> Iterator[etree._Element]:
    return element.iterchildren(etree.Element)


def _line(element: etree._Element) -> str | None:
    return (element.text or "").strip() or None


def _local(tag: str) -> str:
    return _word(tag, None)[1]


@lru_cache(maxsize=4_096)
def _word(tag: str, prefix: str | None) -> tuple[str, str]:
    """Google's family, empty for what is the sitemap's own, and the name in lower case."""
    address, _, local = str(tag).rpartition("}")
    spelt = f"{address} {prefix or ''}:".lower()
    family = next((one for one in FAMILIES if f"sitemap-{one}" in spelt or f" {one}:" in spelt), "")
    return family, local.lower()
