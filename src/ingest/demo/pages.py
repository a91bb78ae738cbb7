"""A folder of saved real pages as one local source, with a feed made for it; the synthetic papers are elsewhere."""

import gzip
import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from ingest.demo.answer import Answer
from ingest.errors import InputError

SOURCE_ID = "saved-pages"
MANIFEST = "manifest.jsonl"
OWN_PATHS = ("/", "/feed.xml", "/robots.txt")
ABSENT = Answer(status=404, content_type="text/plain; charset=utf-8", body=b"not among the saved pages\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """A page of the manifest; `path` is its local address, percent-decoded."""

    id: str
    path: str
    title: str
    original_url: str
    file: Path


def read(folder: Path) -> tuple[SavedPage, ...]:
    """All pages of the folder's manifest.jsonl, each under the path it had where it was published, made unique."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise InputError(f"no {MANIFEST} in {folder}", "name a folder of saved pages, or leave `pages` out")
    pages: list[SavedPage] = []
    taken = set(OWN_PATHS)
    for number, line in enumerate(manifest.read_text("utf-8").splitlines(), start=1):
        try:
            told = json.loads(line)
            path = _unique(unquote(urlsplit(told["url"]).path), taken)
            file = folder / told["file"]
            page = SavedPage(
                id=told["id"], path=path, title=told.get("title") or path, original_url=told["url"], file=file
            )
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{manifest}: line {number} is no page: {error!r}", "it needs id, url and file") from None
        pages.append(page)
    return tuple(pages)


def answer(pages: tuple[SavedPage, ...], origin: str, path: str) -> Answer:
    """A saved page's bytes without a charset in the header, so that the page itself must tell."""
    if path == "/feed.xml":
        return Answer(status=200, content_type="application/rss+xml", body=feed(pages, origin))
    for page in pages:
        if page.path == path:
            return Answer(status=200, content_type="text/html", body=_body(page.file))
    return ABSENT


def feed(pages: tuple[SavedPage, ...], origin: str) -> bytes:
    """RSS 2.0 without dates: what a page says of itself is not given away by its feed."""
    rows = [
        f"<item><title>{escape(_printable(page.title), quote=False)}</title><link>{escape(address(page, origin))}</link>"
        f'<guid isPermaLink="false">{escape(page.id)}</guid></item>'
        for page in pages
    ]
    head = f"<title>Saved pages</title><link>{origin}/</link><description>Saved pages</description>"
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>{head}\n'
        + "\n".join(rows)
        + "\n</channel></rss>\n"
    ).encode()


def truth(pages: tuple[SavedPage, ...], origin: str) -> list[dict[str, Any]]:
    """What is known of them here: that they are listed; what becomes of each is for the pipeline to find out."""
    return [
        {
            "id": page.id,
            "source_id": SOURCE_ID,
            "url": address(page, origin),
            "original_url": page.original_url,
            "listed_by": "feed",
            "group": None,
            "expected": "unknown",
            "expected_reason": None,
        }
        for page in pages
    ]


def address(page: SavedPage, origin: str) -> str:
    """The page's local URL."""
    return origin + quote(page.path, safe="/:@!$&'()*+,;=-._~")


def _unique(path: str, taken: set[str]) -> str:
    base = path.rstrip("/") or "/page"
    candidate, number = path or "/", 1
    while candidate in taken:
        number += 1
        candidate = f"{base}-{number}"
    taken.add(candidate)
    return candidate


def _body(file: Path) -> bytes:
    packed = file.read_bytes()
    return gzip.decompress(packed) if packed.startswith(b"\x1f\x8b") else packed


def _printable(text: str) -> str:
    """XML 1.0 has no way to write control characters."""
    return "".join(character if character.isprintable() else " " for character in text)
