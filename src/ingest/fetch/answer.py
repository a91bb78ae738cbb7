"""One answer, read within its bounds: status, headers and body become an outcome; so does whatever breaks instead.

Who is asked, and where a redirect leads next, is decided elsewhere.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, NamedTuple

import requests
import urllib3
from urllib3.exceptions import DecodeError, HTTPError, MaxRetryError, NameResolutionError, ReadTimeoutError

from ingest.fetch.address import BlockedAddress
from ingest.fetch.deadline import Deadline
from ingest.fetch.head import HeadCutShort, TooMuchSent
from ingest.fetch.response import HTML_TYPES
from ingest.records import Outcome
from ingest.rules.url import as_found

Accept = Literal["page", "section", "feed", "sitemap", "robots", "file"]
HTML_ONLY: frozenset[Accept] = frozenset({"page", "section"})
CUT: frozenset[Accept] = frozenset({"robots"})  # RFC 9309 section 2.5: the beginning of a large file counts
# Bytes of a file, of an archive mostly: as they came, since what is packed is packed for good and a part cannot be unpacked.
RAW: frozenset[Accept] = frozenset({"file"})
CODINGS = frozenset({"gzip", "x-gzip", "deflate", "br"})
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PARTIAL = 206  # RFC 9110 section 15.3.7
PERMANENT = frozenset({301, 308})  # RFC 9110 sections 15.4.2 and 15.4.9
READ_BYTES = 65_536
FRAMING_SHARE = 2  # what chunks' sizes and trailers may add to a body
DETAIL_LIMIT_CHARS = 200
STATUS_OUTCOMES: dict[int, Outcome] = {410: "gone", 429: "rate_limited"}
# What requests raises before a body flows, first match wins.
FAULTS: tuple[tuple[type[Exception], Outcome], ...] = (
    (BlockedAddress, "blocked_address"),
    (HeadCutShort, "cut_short"),
    (TooMuchSent, "too_large"),
    (requests.exceptions.SSLError, "tls_error"),
    (requests.exceptions.Timeout, "timeout"),
    (requests.exceptions.ConnectionError, "unreachable"),
    (requests.exceptions.InvalidURL, "bad_url"),
    (requests.exceptions.InvalidSchema, "bad_url"),
    (requests.exceptions.MissingSchema, "bad_url"),
    (urllib3.exceptions.LocationParseError, "bad_url"),
    (UnicodeError, "bad_url"),
)


class Answer(NamedTuple):
    """What one hop ended with; `next_url` where it was a redirect to follow."""

    outcome: Outcome
    detail: str | None = None
    http_status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    wire_bytes: int = 0
    next_url: str | None = None


def read(raw: Any, url: str, accept: Accept, limit_bytes: int, deadline: Deadline, *, is_conditional: bool) -> Answer:
    """The answer of `url`; `raw` is urllib3's, its body not yet read and not yet decoded."""
    status: int = raw.status
    headers = tuple((name, " ".join(UNPRINTABLE.sub(" ", value).split())) for name, value in raw.headers.items())

    def answer(outcome: Outcome, detail: str | None = None, body: bytes = b"", next_url: str | None = None) -> Answer:
        return Answer(outcome, detail, status, headers, body, raw.tell(), next_url)

    raw._original_response.allow(FRAMING_SHARE * max(limit_bytes, READ_BYTES))
    location = raw.headers.get("location")
    if not 200 <= status < 300:
        _drain(raw)
    if status in REDIRECTS and location is not None:
        next_url = as_found(_as_sent(location), url)
        return answer("http_error" if next_url else "bad_url", f"redirect to {_as_sent(location)}", next_url=next_url)
    if status == 304 and is_conditional:
        return answer("not_modified")
    if not 200 <= status < 300:
        is_asked_to_wait = status == 503 and "retry-after" in raw.headers
        return answer(
            "rate_limited" if is_asked_to_wait else STATUS_OUTCOMES.get(status, "http_error"), f"HTTP {status}"
        )
    refusal = _refusal(raw, accept, limit_bytes)
    if refusal:
        return answer(*refusal)
    whole = _read_body(
        raw, limit_bytes, deadline, answer, is_cut=accept in CUT, is_raw=accept in RAW, is_span=status == PARTIAL
    )
    if accept in HTML_ONLY and whole.outcome == "ok" and not whole.body and not _is_said_to_be_empty(raw):
        return answer("cut_short", "the connection was closed before the body began")
    return whole


def fault(error: Exception, deadline: Deadline) -> Answer:
    """What an exception means that came instead of an answer."""
    detail = _told(error)
    if deadline.has_passed:
        return Answer("timeout", detail)
    reason = error.args[0] if error.args else None
    if isinstance(reason, MaxRetryError) and isinstance(reason.reason, NameResolutionError):
        return Answer("dns_error", detail)
    return Answer(next((outcome for kind, outcome in FAULTS if isinstance(error, kind)), "unreachable"), detail)


def shown(text: str) -> str:
    """Servers write a part of it: one line of printable characters, short."""
    printable = (character if character.isprintable() else " " for character in text[: 4 * DETAIL_LIMIT_CHARS])
    return " ".join("".join(printable).split())[:DETAIL_LIMIT_CHARS].rstrip()


def _refusal(raw: Any, accept: Accept, limit_bytes: int) -> tuple[Outcome, str] | None:
    """What the headers alone rule out, before a byte of the body is read."""
    codings = [coding.strip().lower() for coding in raw.headers.get("content-encoding", "").split(",")]
    codings = [coding for coding in codings if coding not in ("", "identity")] if accept not in RAW else []
    if len(codings) > 1 or not CODINGS.issuperset(codings):
        return "bad_encoding", f"Content-Encoding: {', '.join(codings)}"
    media_type = raw.headers.get("content-type", "").partition(";")[0].strip().lower()
    if accept in HTML_ONLY and media_type and media_type not in HTML_TYPES:
        return "not_html", f"Content-Type: {media_type}"
    announced = raw.length_remaining
    if announced is not None and announced > limit_bytes and accept not in CUT:
        return "too_large", f"{announced} bytes announced, {limit_bytes} allowed"
    return None


def _read_body(
    raw: Any,
    limit_bytes: int,
    deadline: Deadline,
    answer: Callable[..., Answer],
    *,
    is_cut: bool,
    is_raw: bool,
    is_span: bool,
) -> Answer:
    """Of a span of a file (`is_span`) what came before a cut is taken: the rest can be asked for by itself."""
    whole = _read_whole(raw, limit_bytes, deadline, answer, is_cut=is_cut, is_raw=is_raw)
    if is_span and is_raw and whole.outcome in ("timeout", "cut_short") and whole.body:
        return whole._replace(outcome="ok")
    return whole if whole.outcome == "ok" else whole._replace(body=b"")


def _read_whole(
    raw: Any, limit_bytes: int, deadline: Deadline, answer: Callable[..., Answer], *, is_cut: bool, is_raw: bool
) -> Answer:
    body = bytearray()
    try:
        # read1 gives what has arrived, and never more than READ_BYTES decoded: a bomb is met piece by piece
        while piece := raw.read1(READ_BYTES, decode_content=not is_raw):
            body += piece
            if is_cut and len(body) >= limit_bytes:
                return answer("ok", None, bytes(body[:limit_bytes]))
            if len(body) > limit_bytes or raw.tell() > limit_bytes:
                return answer("too_large", f"more than {limit_bytes} bytes")
            if deadline.has_passed:
                break
    except TooMuchSent as error:
        return answer("too_large", _told(error))
    except DecodeError as error:
        return answer("bad_encoding", _told(error))
    except ReadTimeoutError as error:
        return answer("timeout", _told(error), bytes(body))
    except (HTTPError, OSError, ValueError) as error:
        return answer("timeout" if deadline.has_passed else "cut_short", _told(error), bytes(body))
    if deadline.has_passed:
        return answer("timeout", "the body took too long", bytes(body))
    return answer("ok", None, bytes(body))


def _is_said_to_be_empty(raw: Any) -> bool:
    """By its length or a last chunk; else the end of the connection is the end of the body (RFC 9112 section 6.3)."""
    return raw.length_remaining is not None or bool(raw.chunked)


def _drain(raw: Any) -> None:
    """Read a short body that nobody wants, so that the connection can be used again (TLS anew costs 3-4 times more)."""
    if raw.length_remaining is not None and raw.length_remaining <= READ_BYTES:
        with suppress(HTTPError, OSError, ValueError, TooMuchSent):
            while raw.read1(READ_BYTES, decode_content=False):
                pass


def _as_sent(location: str) -> str:
    """http.client reads headers as Latin-1, servers write UTF-8 into them."""
    try:
        return location.encode("latin-1").decode()
    except UnicodeError:
        return location


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
