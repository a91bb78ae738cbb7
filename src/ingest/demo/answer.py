"""What a host of the demo web says to one request, HTTP's conditions included; sockets are in server.py."""

import gzip
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from struct import pack

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One response, before HTTP's conditions. `headers` are those that only this answer carries."""

    status: int
    content_type: str
    body: bytes
    last_modified_at: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def etag(self) -> str:
        return f'"{sha256(self.body).hexdigest()[:20]}"'


Host = Callable[[str], Answer]  # percent-decoded path without its query -> answer


def on_the_wire(answer: Answer, asked: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body for a request's headers: 304 (RFC 9110 section 13.1), gzip where it is accepted."""
    headers = {"Content-Type": answer.content_type, **dict(answer.headers)}
    if answer.status == 200:
        headers["ETag"] = answer.etag
        if answer.last_modified_at:
            headers["Last-Modified"] = format_datetime(answer.last_modified_at.astimezone(UTC), usegmt=True)
        if _is_unchanged(answer, asked):
            return 304, {name: value for name, value in headers.items() if name != "Content-Type"}, b""
    body = answer.body
    if answer.content_type.startswith(("text/", "application/rss", "application/atom")):
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in asked.get("Accept-Encoding", ""):
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    return answer.status, headers, body


def _is_unchanged(answer: Answer, asked: Mapping[str, str]) -> bool:
    """If-None-Match decides where it is given; If-Modified-Since counts only without it (RFC 9110 section 13.1.3)."""
    if given := asked.get("If-None-Match"):
        return answer.etag in [tag.strip().removeprefix("W/") for tag in given.split(",")]
    if (since := asked.get("If-Modified-Since")) and answer.last_modified_at:
        try:
            return answer.last_modified_at.replace(microsecond=0) <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False
    return False


def picture(seed: int) -> bytes:
    """A one-coloured PNG, 8 by 5 pixels, so that lead images exist."""
    row = b"\0" + bytes((seed * factor) % 200 for factor in (3, 7, 13)) * 8
    chunks = ((b"IHDR", pack(">IIBBBBB", 8, 5, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(row * 5)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def document(text: str) -> bytes:
    """A PDF of one empty page that carries `text` as its title (ISO 32000, cross-reference left to the reader)."""
    return (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
        f"4 0 obj<</Title<{text.encode('utf-16').hex()}>>>endobj\ntrailer<</Root 1 0 R/Info 4 0 R>>\n%%EOF\n"
    ).encode()
