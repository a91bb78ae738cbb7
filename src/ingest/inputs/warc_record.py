"""One WARC record: whether it is a page, and the page as its server gave it, its digest checked and its codings taken off.

Where a record lies, and what becomes of broken files, is decided elsewhere.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from fastwarc.warc import WarcRecord, WarcRecordType

from ingest.history import Capture, FaultReason, Found
from ingest.inputs.coding import TooLarge, Undecodable, decoded, unchunked
from ingest.inputs.digest import fits
from ingest.rules.url import as_found

HTML = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
HTTP_HEAD_LIMIT_BYTES = 1_048_576
LOOKS_LIKE_HTML = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|!--|\?xml|meta|title|div)", re.IGNORECASE
)
CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:+-]{1,40})""", re.IGNORECASE)
OTHER_METHOD = re.compile(r"[?&]__wb_method=(?!GET(?:&|$))", re.IGNORECASE)  # as browsers' recorders write it
# Why a server's answer was cut off when it was recorded: at a size, as Common Crawl does at 1 MB and more, the article
# is nearly always before it; what broke off by itself may be any part (WARC 1.1 section 5.13).
CUT_AT_A_SIZE = "length"
SNIFF_BYTES = 1_024
BLOCK_CLAIM = re.compile(r"sha1:", re.IGNORECASE)
DETAIL_LIMIT_CHARS = 200

Why = Literal["unusable", "outside"]


class Fails(NamedTuple):
    """Why a page cannot be read."""

    reason: FaultReason
    detail: str


class Seen(NamedTuple):
    """What a record is; `is_whole`: it has as many bytes as it says."""

    start: int
    told: Found | Fails | Why
    is_whole: bool


class Posts:
    """Records of answers to anything but GET, as the records of their requests tell, where these stand before them."""

    LIMIT = 1_000

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}

    def note(self, record: WarcRecord) -> int:
        """Look at a request; returns the bytes that were read of it."""
        line = record.reader.readline(64)
        if not line.startswith(b"GET "):
            for one in record.headers.get_multiple("WARC-Concurrent-To"):
                self._ids[one] = None
                if len(self._ids) > self.LIMIT:
                    del self._ids[next(iter(self._ids))]
        return len(line)

    def __contains__(self, record_id: object) -> bool:
        return record_id in self._ids


def look_at(record: WarcRecord, *, is_wanted: Callable[[str], bool], posts: Posts, limit_bytes: int) -> Seen:
    """Read what is needed of a record, and pass over the rest; OSError where its bytes cannot be had."""
    start, length = record.stream_pos, record.content_length
    if not (record.headers.get("Content-Length") or "").strip().isdecimal():  # or its head was cut off
        return Seen(start, "unusable", False)
    if record.record_type == WarcRecordType.request:
        taken = posts.note(record)
        return Seen(start, "unusable", taken + record.consume() == length)
    refusal = _refusal(record, is_wanted, posts)
    if refusal is not None:
        return Seen(start, refusal, record.consume() == length)
    return _answer(record, limit_bytes)


def _refusal(record: WarcRecord, is_wanted: Callable[[str], bool], posts: Posts) -> Why | Fails | None:
    """What the record's own head rules out, before a byte of what it holds is read."""
    headers, kind = record.headers, record.record_type
    url = _url(record)
    is_page_like = (kind == WarcRecordType.response and record.is_http) or (
        kind == WarcRecordType.resource and media_type_of(headers.get("Content-Type")) in HTML
    )
    if not is_page_like or url is None or record.record_id in posts or OTHER_METHOD.search(url):
        return "unusable"
    if not is_wanted(url):
        return "outside"
    if headers.get("WARC-Segment-Number"):
        return Fails("unsupported", "a record in segments")
    reason = headers.get("WARC-Truncated")
    if reason and reason.strip().lower() != CUT_AT_A_SIZE:
        return Fails("truncated", f"its recording broke off: {reason[:40]}")
    return None if _date(record) else Fails("corrupt", "no WARC-Date")


def _answer(record: WarcRecord, limit_bytes: int) -> Seen:
    start, length = record.stream_pos, record.content_length
    claim, block_claim = record.headers.get("WARC-Payload-Digest"), record.headers.get("WARC-Block-Digest")
    is_by_block = claim is None and block_claim and BLOCK_CLAIM.match(block_claim) and length <= limit_bytes
    if block_claim and is_by_block and not record.verify_block_digest():
        return Seen(start, Fails("wrong_digest", block_claim[:DETAIL_LIMIT_CHARS]), True)
    if record.record_type == WarcRecordType.response:
        try:
            record.parse_http(max_header_len=HTTP_HEAD_LIMIT_BYTES, quirks_mode=True)
        except OSError as error:
            record.consume()
            return Seen(start, Fails("corrupt", f"the head of the answer: {error}"), True)
        if not _is_page(record):
            left = record.content_length
            return Seen(start, "unusable", record.consume() == left)
    left = record.content_length
    payload = record.reader.read(min(left, limit_bytes + 1)) if left else b""
    if len(payload) > limit_bytes:
        return Seen(start, Fails("too_large", f"{left} bytes"), len(payload) + record.consume() == left)
    if len(payload) < left:
        return Seen(start, "unusable", False)
    return Seen(start, _found(record, payload, claim, limit_bytes), True)


def _is_page(record: WarcRecord) -> bool:
    headers = record.http_headers
    media_type = media_type_of(headers.get("Content-Type"))
    return headers.status_code == 200 and (media_type is None or media_type in HTML)


def _found(record: WarcRecord, payload: bytes, claim: str | None, limit_bytes: int) -> Found | Fails | Why:
    """The page in a payload; bodies are unpacked once, for the digest too: recorders differ in what they hashed."""
    headers = record.http_headers if record.record_type == WarcRecordType.response else None
    is_chunked = headers is not None and "chunked" in (headers.get("Transfer-Encoding") or "").lower()
    encoding = (headers.get("Content-Encoding") if headers is not None else None) or ""
    bodies = [payload]
    fault: Fails | None = None
    try:
        if is_chunked:
            bodies.append(unchunked(payload))
        bodies.append(decoded(bodies[-1], encoding, limit_bytes=limit_bytes))
    except TooLarge as error:
        fault = Fails("too_large", f"unpacked {error}")
    except Undecodable as error:
        fault = Fails(
            "truncated" if "cut" in str(error) else "unsupported",
            f"{encoding or 'chunked'}: {error}"[:DETAIL_LIMIT_CHARS],
        )
    is_true = fits(claim, bodies) if claim else None
    if is_true is False:
        return Fails("wrong_digest", claim[:DETAIL_LIMIT_CHARS] if claim else "")
    if fault is not None:
        return fault
    body = bodies[-1]
    content_type = headers.get("Content-Type") if headers is not None else record.headers.get("Content-Type")
    if content_type is None and not LOOKS_LIKE_HTML.match(body[:SNIFF_BYTES]):
        return "unusable"
    url = _url(record) or ""
    capture = Capture(
        final_url=url,
        http_status=200,
        content_type=media_type_of(content_type),
        http_charset=charset_of(content_type),
        etag=headers.get("ETag") if headers is not None else None,
        last_modified=headers.get("Last-Modified") if headers is not None else None,
        record_id=(record.record_id or "").removeprefix("<").removesuffix(">").removeprefix("urn:uuid:") or None,
        digest=claim if is_true else None,
        wire_bytes=len(payload),
        body=body,
    )
    return Found(
        position=0, url=url, published_raw=None, modified_raw=None, title=None, language=None,
        captured_at=_date(record), capture=capture, pointer=None,
    )  # fmt: skip


def _url(record: WarcRecord) -> str | None:
    """WARC 1.0 writes it in angle brackets, by a slip of its grammar."""
    said = record.headers.get("WARC-Target-URI") or ""
    return as_found(said.removeprefix("<").removesuffix(">"))


def _date(record: WarcRecord) -> datetime | None:
    try:
        found = record.record_date
    except (ValueError, OverflowError):
        return None
    return found.astimezone(UTC) if found is not None else None


def media_type_of(content_type: str | None) -> str | None:
    return (content_type or "").partition(";")[0].strip().lower() or None


def charset_of(content_type: str | None) -> str | None:
    found = CHARSET.search(content_type or "")
    return found[1].lower() if found else None
