"""The HTTP client: one address in, one Response out, bounded in seconds and bytes, whatever the other side does.

Politeness (robots, pace) and what a page means are decided elsewhere.
"""

import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, Self

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3.exceptions import DecodeError, HTTPError, MaxRetryError, NameResolutionError, ReadTimeoutError

from ingest.fetch.address import BlockedAddress, Network, guarded_pools
from ingest.fetch.deadline import Deadline, Watchdog
from ingest.fetch.head import HeadCutShort
from ingest.fetch.response import HTML_TYPES, Response
from ingest.records import Outcome
from ingest.rules.url import as_found

Accept = Literal["page", "feed", "robots"]
ACCEPT: dict[Accept, str] = {
    "page": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
    "feed": "application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5",
    "robots": "text/plain,*/*;q=0.5",
}
ACCEPT_ENCODING = "gzip, deflate, br"  # not zstd: urllib3 decodes it unbounded (measured: +294 MB)
CODINGS = frozenset({"gzip", "x-gzip", "deflate", "br"})
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
REDIRECTS = frozenset({301, 302, 303, 307, 308})
REDIRECT_LIMIT = 8
READ_BYTES = 65_536
DETAIL_LIMIT_CHARS = 200
HOSTS_PER_THREAD = 4  # connections kept open, a bound on file descriptors
STATUS_OUTCOMES: dict[int, Outcome] = {410: "gone", 429: "rate_limited"}
# What requests raises before a body flows, first match wins.
FAULTS: tuple[tuple[type[Exception], Outcome], ...] = (
    (BlockedAddress, "blocked_address"),
    (HeadCutShort, "cut_short"),
    (requests.exceptions.SSLError, "tls_error"),
    (requests.exceptions.Timeout, "timeout"),
    (requests.exceptions.ConnectionError, "unreachable"),
    (requests.exceptions.InvalidURL, "bad_url"),
    (requests.exceptions.InvalidSchema, "bad_url"),
    (requests.exceptions.MissingSchema, "bad_url"),
    (urllib3.exceptions.LocationParseError, "bad_url"),
    (UnicodeError, "bad_url"),
)


class _Answer(NamedTuple):
    """What one hop ended with; `next_url` where it was a redirect to follow."""

    outcome: Outcome
    detail: str | None = None
    http_status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    wire_bytes: int = 0
    next_url: str | None = None


class Client:
    """A client for many threads. Every fault of the world is an outcome of the Response; nothing is raised for it."""

    def __init__(
        self,
        *,
        user_agent: str,
        timeout_s: float,
        connect_timeout_s: float,
        allow_networks: Sequence[Network],
        threads: int,
    ) -> None:
        """`timeout_s` bounds a whole `get`, redirects and body included; `connect_timeout_s` one connection."""
        self._timeout_s = timeout_s
        self._connect_timeout_s = connect_timeout_s
        self._watchdog = Watchdog()
        self._session = requests.Session()
        self._session.trust_env = False  # no proxies, .netrc or CA bundles that a variable slips in; and 20 % less CPU
        self._session.headers.update({"User-Agent": user_agent, "Accept-Encoding": ACCEPT_ENCODING})
        self._adapter = HTTPAdapter(pool_connections=HOSTS_PER_THREAD * threads, pool_maxsize=threads)
        self._adapter.poolmanager.pool_classes_by_scheme = guarded_pools(allow_networks, self._watchdog.hold)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the visits that still go on: their `get` raises RuntimeError, as nobody may learn from such an end."""
        self._watchdog.close()
        self._adapter.close()
        self._session.close()

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: Accept,
        may_follow: Callable[[str], bool] | None = None,
    ) -> Response:
        """Visit `url`, follow at most 8 redirects, read at most `limit_bytes` (on the wire, and decoded).

        `etag` and `last_modified` are sent back verbatim as validators (RFC 9110 section 13.1). `may_follow` is asked
        for each redirect's target before it is visited (None: all may be); where it says no, robots.txt denied the
        visit. It may use this client: the time it takes counts, but only its own visits' limits cut it.
        """
        headers = {"Accept": ACCEPT[accept]}
        headers |= {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": last_modified} if last_modified else {}
        fetched_at, began = datetime.now(UTC), time.monotonic()
        with self._watchdog.visit(self._timeout_s) as deadline:
            final_url, answer = self._follow(url, headers, accept, limit_bytes, deadline, may_follow)
        if self._watchdog.is_closed:
            raise RuntimeError("the client was closed during a visit")
        return Response(
            url=url,
            final_url=final_url,
            outcome=answer.outcome,
            detail=answer.detail and _shown(answer.detail),
            http_status=answer.http_status,
            headers=answer.headers,
            body=answer.body,
            wire_bytes=answer.wire_bytes,
            elapsed_ms=round((time.monotonic() - began) * 1000),
            fetched_at=fetched_at,
        )

    def _follow(
        self,
        url: str,
        headers: dict[str, str],
        accept: Accept,
        limit_bytes: int,
        deadline: Deadline,
        may_follow: Callable[[str], bool] | None,
    ) -> tuple[str, _Answer]:
        """The last address tried and how that ended; its `wire_bytes` are those of all hops."""
        wire_bytes = 0
        cookies = RequestsCookieJar()  # of this visit alone: some sites redirect until their cookie comes back
        for _ in range(REDIRECT_LIMIT + 1):
            answer = self._hop(url, headers, cookies, accept, limit_bytes, deadline)
            wire_bytes += answer.wire_bytes
            target = answer.next_url
            if target is None:
                break
            if may_follow is not None and not may_follow(target):
                answer = answer._replace(outcome="robots_denied", detail=f"redirect to {target}")
                break
            url = target
        else:
            answer = _Answer("too_many_redirects", f"more than {REDIRECT_LIMIT} redirects", answer.http_status)
        return url, answer._replace(wire_bytes=wire_bytes)

    def _hop(
        self,
        url: str,
        headers: dict[str, str],
        cookies: RequestsCookieJar,
        accept: Accept,
        limit_bytes: int,
        deadline: Deadline,
    ) -> _Answer:
        """One request and its answer. The adapter is used without Session.send, which would read redirects whole."""
        if deadline.has_passed:
            return _Answer("timeout", "no time left for another redirect")
        try:
            request = self._session.prepare_request(requests.Request("GET", url, headers=headers, cookies=cookies))
            timeout = (min(self._connect_timeout_s, deadline.left_s), max(deadline.left_s, 0.001))
            answered = self._adapter.send(request, stream=True, timeout=timeout, verify=True)
        except Exception as error:  # noqa: BLE001  the edge: what a hostile server can provoke in parsers has no end
            return _fault(error, deadline)
        with suppress(ValueError):
            cookies.update(answered.cookies)
        try:
            return _read(answered.raw, url, accept, limit_bytes, deadline, is_conditional=len(headers) > 1)
        finally:
            answered.close()


def _fault(error: Exception, deadline: Deadline) -> _Answer:
    detail = _told(error)
    if deadline.has_passed:
        return _Answer("timeout", detail)
    reason = error.args[0] if error.args else None
    if isinstance(reason, MaxRetryError) and isinstance(reason.reason, NameResolutionError):
        return _Answer("dns_error", detail)
    return _Answer(next((outcome for kind, outcome in FAULTS if isinstance(error, kind)), "unreachable"), detail)


def _read(raw: Any, url: str, accept: Accept, limit_bytes: int, deadline: Deadline, *, is_conditional: bool) -> _Answer:
    status: int = raw.status
    headers = tuple((name, " ".join(UNPRINTABLE.sub(" ", value).split())) for name, value in raw.headers.items())

    def answer(outcome: Outcome, detail: str | None = None, body: bytes = b"", next_url: str | None = None) -> _Answer:
        return _Answer(outcome, detail, status, headers, body, raw.tell(), next_url)

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
    read = _read_body(raw, limit_bytes, deadline, answer)
    if accept == "page" and read.outcome == "ok" and not read.body and not _is_said_to_be_empty(raw):
        return answer("cut_short", "the connection was closed before the body began")
    return read


def _refusal(raw: Any, accept: Accept, limit_bytes: int) -> tuple[Outcome, str] | None:
    """What the headers alone rule out, before a byte of the body is read."""
    codings = [coding.strip().lower() for coding in raw.headers.get("content-encoding", "").split(",")]
    codings = [coding for coding in codings if coding not in ("", "identity")]
    if len(codings) > 1 or not CODINGS.issuperset(codings):
        return "bad_encoding", f"Content-Encoding: {', '.join(codings)}"
    media_type = raw.headers.get("content-type", "").partition(";")[0].strip().lower()
    if accept == "page" and media_type and media_type not in HTML_TYPES:
        return "not_html", f"Content-Type: {media_type}"
    announced = raw.length_remaining
    if announced is not None and announced > limit_bytes:
        return "too_large", f"{announced} bytes announced, {limit_bytes} allowed"
    return None


def _read_body(raw: Any, limit_bytes: int, deadline: Deadline, answer: Callable[..., _Answer]) -> _Answer:
    body = bytearray()
    try:
        # read1 gives what has arrived, and never more than READ_BYTES decoded: a bomb is met piece by piece
        while piece := raw.read1(READ_BYTES, decode_content=True):
            body += piece
            if len(body) > limit_bytes or raw.tell() > limit_bytes:
                return answer("too_large", f"more than {limit_bytes} bytes")
            if deadline.has_passed:
                break
    except DecodeError as error:
        return answer("bad_encoding", _told(error))
    except ReadTimeoutError as error:
        return answer("timeout", _told(error))
    except (HTTPError, OSError, ValueError) as error:
        return answer("timeout" if deadline.has_passed else "cut_short", _told(error))
    return answer("timeout", "the body took too long") if deadline.has_passed else answer("ok", None, bytes(body))


def _is_said_to_be_empty(raw: Any) -> bool:
    """By its length or a last chunk; else the end of the connection is the end of the body (RFC 9112 section 6.3)."""
    return raw.length_remaining is not None or bool(raw.chunked)


def _drain(raw: Any) -> None:
    """Read a short body that nobody wants, so that the connection can be used again (TLS anew costs 3-4 times more)."""
    if raw.length_remaining is not None and raw.length_remaining <= READ_BYTES:
        with suppress(HTTPError, OSError, ValueError):
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


def _shown(text: str) -> str:
    """Servers write a part of it: one line of printable characters, short."""
    printable = (character if character.isprintable() else " " for character in text[: 4 * DETAIL_LIMIT_CHARS])
    return " ".join("".join(printable).split())[:DETAIL_LIMIT_CHARS].rstrip()
