"""A sitemap's body told apart and read into rows, by the way that alters least; what a row is worth is decided elsewhere."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Literal, NamedTuple

from ingest.discover.charset import DECLARATION, MARKS, SHAPES, decode
from ingest.discover.feed import HTML_PAGE
from ingest.discover.repair import ROOT
from ingest.discover.sitemap_xml import Row, Rows, read_in_blocks, read_strictly
from ingest.discover.unpack import PIECE_BYTES, unpacked
from ingest.rules.charset import ALIASES

SitemapRoute = Literal["urlset", "news", "index", "text", "repaired", "feed"]
SitemapKind = Literal["feed", "text", "urlset", "sitemapindex", "broken"]

HEAD_PIECES = 4  # of an unpacked file: what it is shows in them
ADDRESS = re.compile(r"https?://\S", re.IGNORECASE)
FIRST_TAG = re.compile(
    r"(?>(?:\s++|<!--(?>(?:[^-]|-(?!->))*)-->|<\?[^>]*+>)*)<(?>(?:[A-Za-z_][\w.-]{0,40}+:)?)(?P<name>[A-Za-z_][\w.-]{0,40}+)"
)
BLOCK_START = re.compile(r"<(?>(?:[A-Za-z_][\w.-]{0,40}+:)?)(?:urlset|sitemapindex|url|sitemap)[\s>]", re.IGNORECASE)
FEED_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
UTF_8 = frozenset({"utf-8", "cp1252"})  # what says Western is most often a server's default
BLANK = b"\xef\xbb\xbf \t\r\n"  # a mark and white space, which may stand before the declaration


class NoSitemap(Exception):
    """Readable, and something else."""


class Unpacking(NamedTuple):
    """A body, unpacked as often as it is needed rather than held."""

    body: bytes
    limit_bytes: int
    http_charset: str | None
    faults: dict[str, None]

    def pieces(self) -> Iterator[bytes]:
        return unpacked(self.body, limit_bytes=self.limit_bytes, faults=self.faults)

    def head(self) -> bytes:
        return b"".join(islice((piece for piece in self.pieces() if piece.strip(BLANK)), HEAD_PIECES))

    def text(self) -> str:
        return _shown(decode(b"".join(self.pieces()), self.http_charset))

    def is_utf_8(self) -> bool:
        """As it seems: a strict reader finds out where it is not."""
        head = self.head()
        if head.startswith(tuple(mark for mark, name in MARKS if name != "utf-8")):
            return False
        declared = DECLARATION.search(head)
        claims = (declared[1].decode("ascii") if declared else "", (self.http_charset or "").strip("\"' "))
        names = (ALIASES.get(claim.lower(), claim.lower()) for claim in claims if claim)
        return not any(shape.match(head) for shape, _ in SHAPES) and all(name in UTF_8 for name in names)


def kind_of(unpacking: Unpacking) -> SitemapKind:
    """By how it begins; NoSitemap for what is none. `broken` has entries in it, but no root that says so."""
    head = _shown(decode(unpacking.head(), unpacking.http_charset))
    if not head:
        raise NoSitemap("empty")
    if HTML_PAGE.match(head):
        raise NoSitemap("an HTML page")
    if ADDRESS.match(head):
        return "text"
    first = FIRST_TAG.match(head)
    root = first["name"].lower() if first else ""
    if root == "urlset":
        return "urlset"
    if root == "sitemapindex":
        return "sitemapindex"
    if root in FEED_ROOTS or head.startswith("{"):
        return "feed"
    text = unpacking.text()
    block, feed = BLOCK_START.search(text), ROOT.search(text)
    if feed and (block is None or feed.start() < block.start()):
        return "feed"
    if block is None:
        raise NoSitemap(f"no sitemap: its root is <{root}>" if root else "neither a sitemap nor a list of addresses")
    return "broken"


def rows_of(kind: SitemapKind, unpacking: Unpacking) -> tuple[Rows, SitemapRoute]:
    """By the way that alters least: strictly as it came, strictly as text, mended."""
    if kind == "text":
        return _lines(unpacking.text()), "text"
    fault = "what stands before it is no part of it"
    for pieces in _ways(unpacking) if kind != "broken" else ():
        try:
            found = read_strictly(pieces, kind, faults=unpacking.faults)
        except ValueError as error:
            fault = str(error)
        else:
            is_news = any(row.news_date for row in found.rows)
            return found, "index" if kind == "sitemapindex" else "news" if is_news else "urlset"
    found = read_in_blocks(unpacking.text(), faults=unpacking.faults)
    if not (found.rows or found.children):
        raise NoSitemap(f"no whole entry in it: {fault}")
    return found, "repaired"


def _ways(unpacking: Unpacking) -> Iterator[Iterator[bytes]]:
    if unpacking.is_utf_8():
        yield _without_blank(unpacking.pieces())
    yield _encoded(unpacking.text())


def _lines(text: str) -> Rows:
    """One address a line (sitemaps.org, "Text file")."""
    found = Rows()
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            found.add(Row(line.strip(), None, None, None, None, None, None))
    return found


def _without_blank(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Marks and white space are no part of a document, and may not stand before its declaration."""
    pieces = iter(pieces)
    for piece in pieces:
        if stripped := piece.lstrip(BLANK):
            yield stripped
            yield from pieces


def _encoded(text: str) -> Iterator[bytes]:
    return (text[at : at + PIECE_BYTES].encode("utf-8", "replace") for at in range(0, len(text), PIECE_BYTES))


def _shown(text: str) -> str:
    return text.lstrip("\ufeff \t\r\n")
