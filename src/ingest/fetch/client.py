"""The HTTP client: one address in, one Response out, bounded in seconds and bytes, whatever the other side does.

Politeness (robots, pace) and what a page means are decided elsewhere; how one answer is read, in `answer.py`.
"""

import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple, Self
from urllib.parse import urlsplit

import requests
from requests.cookies import RequestsCookieJar

from ingest.access import Access
from ingest.fetch.address import Network, StaleConnection, resolve
from ingest.fetch.answer import PERMANENT, Accept, Answer, fault, read, shown
from ingest.fetch.deadline import Deadline, Watchdog
from ingest.fetch.names import Names, NoPlace
from ingest.fetch.response import Response
from ingest.fetch.route import Route
from ingest.records import Outcome
from ingest.rules.url import as_found, same_site

ACCEPT: dict[Accept, str] = {
    "page": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
    "section": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
    "feed": "application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5",
    "sitemap": "application/xml,text/xml;q=0.9,text/plain;q=0.8,*/*;q=0.5",
    "robots": "text/plain,*/*;q=0.5",
    "file": "*/*",
}
ACCEPT_ENCODING = "gzip, deflate, br"  # not zstd: urllib3 decodes it unbounded (measured: +294 MB)
REDIRECT_LIMITS: dict[Accept, int] = {
    "page": 8,
    "section": 8,
    "feed": 8,
    "sitemap": 8,
    "robots": 5,
    "file": 8,
}  # RFC 9309, 2.3.1.2
# So many names may wait for an answer: those of given-up visits beside those of visits in flight.
NAMES_PER_THREAD = 2
PROXIED_NAME_S = 3.0  # where there is a proxy, our own resolver may know no names, and be slow to say so

MayFollow = Callable[[str], Outcome | None]


class _Visit(NamedTuple):
    """What all hops of a visit share."""

    accept: Accept
    limit_bytes: int
    validators: dict[str, str]
    may_follow: MayFollow | None
    access: Access | None
    span: tuple[int, int] | None
    deadline: Deadline
    cookies: RequestsCookieJar  # of this visit alone: some sites redirect until their cookie comes back


class _End(NamedTuple):
    """Where a visit ended, and how; the answer's `wire_bytes` are those of all hops."""

    answer: Answer
    final_url: str
    hops: tuple[str, ...]
    moved_to: str | None
    is_tls_verified: bool | None


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
        """`timeout_s` bounds a whole `get`, redirects and body included; `connect_timeout_s` a name, and a connection."""
        self._timeout_s = timeout_s
        self._connect_timeout_s = connect_timeout_s
        self._allow_networks = allow_networks
        self._watchdog = Watchdog()
        self._session = requests.Session()
        self._session.trust_env = False  # no proxies, .netrc or CA bundles that a variable slips in; and 20 % less CPU
        self._session.headers.update({"User-Agent": user_agent, "Accept-Encoding": ACCEPT_ENCODING})
        self._names = Names(limit=NAMES_PER_THREAD * threads)
        self._route = Route(names=self._names, allow_networks=allow_networks, watchdog=self._watchdog, threads=threads)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the visits that still go on: their `get` raises RuntimeError, as nobody may learn from such an end."""
        self._watchdog.close()
        self._route.close()
        self._session.close()

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        accept: Accept,
        etag: str | None = None,
        last_modified: str | None = None,
        may_follow: MayFollow | None = None,
        access: Access | None = None,
        span: tuple[int, int] | None = None,
    ) -> Response:
        """Visit `url`, follow at most 8 redirects, read at most `limit_bytes` (on the wire, and decoded).

        Of robots.txt 5 redirects are followed, and the first `limit_bytes` are its body, however long it is.

        `etag` and `last_modified` are sent back verbatim as validators (RFC 9110 section 13.1). `may_follow` is asked
        for each redirect's target before it is visited (None: all may be); the outcome it gives ends the visit. It may
        use this client: the time it takes counts, but only its own visits' limits cut it.

        Of `access`, the proxy serves all hops; headers, cookies, password and TLS exceptions serve its site alone, and
        nothing secret goes without TLS where the site, or a hop before, had it.

        `span`: the first byte of a "file" that is asked for, and how many (RFC 9110 section 14.2). Who answers 206 gives
        these, or what came of them before a cut; who answers 200 gives the whole.
        """
        validators = {"If-None-Match": etag} if etag else {}
        validators |= {"If-Modified-Since": last_modified} if last_modified else {}
        fetched_at, began = datetime.now(UTC), time.monotonic()
        with self._watchdog.visit(self._timeout_s) as deadline:
            visit = _Visit(accept, limit_bytes, validators, may_follow, access, span, deadline, RequestsCookieJar())
            end = self._follow(url, visit)
        if self._watchdog.is_closed:
            raise RuntimeError("the client was closed during a visit")
        return Response(
            url=url,
            final_url=end.final_url,
            hops=end.hops,
            moved_to=end.moved_to,
            outcome=end.answer.outcome,
            detail=end.answer.detail and shown(end.answer.detail),
            http_status=end.answer.http_status,
            is_tls_verified=end.is_tls_verified,
            headers=end.answer.headers,
            body=end.answer.body,
            wire_bytes=end.answer.wire_bytes,
            elapsed_ms=round((time.monotonic() - began) * 1000),
            fetched_at=fetched_at,
        )

    def _follow(self, url: str, visit: _Visit) -> _End:
        first_url, wire_bytes, limit = url, 0, REDIRECT_LIMITS[visit.accept]
        hops: list[str] = []
        moved_to: str | None = None
        is_permanent = True
        had_tls, is_verified = False, True
        while True:
            trusted = _trusted(visit.access, url, had_tls=had_tls)
            answer = self._hop(url, visit, trusted)
            wire_bytes += answer.wire_bytes
            has_tls = _has_tls(url)
            if answer.http_status is not None:
                moved_to = url if is_permanent and url != first_url else moved_to
                is_verified &= not has_tls or trusted is None or trusted.verify_tls
            had_tls |= has_tls
            target = answer.next_url
            if target is None:
                break
            if len(hops) == limit:
                answer = Answer("too_many_redirects", f"more than {limit} redirects", answer.http_status)
                break
            hops.append(target)
            if visit.may_follow is not None and (refusal := visit.may_follow(target)) is not None:
                answer = answer._replace(outcome=refusal, detail=f"redirect to {target}")
                break
            is_permanent &= answer.http_status in PERMANENT and not (has_tls and not _has_tls(target))
            url = target
        is_tls_verified = False if not is_verified else True if has_tls and answer.http_status is not None else None
        return _End(answer._replace(wire_bytes=wire_bytes), url, tuple(hops), moved_to, is_tls_verified)

    def _hop(self, url: str, visit: _Visit, trusted: Access | None) -> Answer:
        """One request and its answer. The adapter is used without Session.send, which would read redirects whole."""
        deadline = visit.deadline
        if deadline.has_passed:
            return Answer("timeout", "no time left for another redirect")
        try:
            request = self._session.prepare_request(_request(url, visit, trusted))
            try:
                answered = self._send(request, visit, trusted)
            except StaleConnection:  # RFC 9112 section 9.3.1: asked once more, on a new one
                answered = self._send(request, visit, trusted)
        except Exception as error:  # noqa: BLE001  the edge: what a hostile server can provoke in parsers has no end
            return fault(error, deadline)
        with suppress(ValueError):
            visit.cookies.update(answered.cookies)
        try:
            return read(
                answered.raw, url, visit.accept, visit.limit_bytes, deadline, is_conditional=bool(visit.validators)
            )
        finally:
            answered.close()

    def _send(self, request: requests.PreparedRequest, visit: _Visit, trusted: Access | None) -> requests.Response:
        proxy = visit.access.proxy if visit.access else None
        if proxy:
            self._must_not_be_private(request.url or "", visit.deadline)
        left_s = max(visit.deadline.left_s, 0.001)
        return self._route.send(
            request,
            stream=True,
            timeout=(min(self._connect_timeout_s, left_s), left_s),
            verify=str(trusted.ca_file) if trusted and trusted.ca_file else not trusted or trusted.verify_tls,
            proxies={"http": proxy, "https": proxy} if proxy else None,
        )

    def _must_not_be_private(self, url: str, deadline: Deadline) -> None:
        """BlockedAddress where we can see it. A name that we cannot resolve is the proxy's to resolve, and to judge."""
        parts = urlsplit(url)
        with suppress(socket.gaierror, UnicodeError, NoPlace):
            resolve(
                parts.hostname or "",
                parts.port or (443 if _has_tls(url) else 80),
                names=self._names,
                allow_networks=self._allow_networks,
                timeout_s=max(0.0, min(PROXIED_NAME_S, deadline.left_s)),
                wait_s=max(0.0, min(PROXIED_NAME_S, deadline.left_s)),
            )


def _request(url: str, visit: _Visit, trusted: Access | None) -> requests.Request:
    headers = {"Accept": ACCEPT[visit.accept]} | visit.validators
    if visit.accept == "file":
        headers |= {"Accept-Encoding": "identity"}
    if visit.span is not None:
        first, count = visit.span
        headers |= {"Range": f"bytes={first}-{first + count - 1}"}
    cookies = visit.cookies.copy()
    if trusted is not None:
        headers |= trusted.headers
        headers |= {"Authorization": trusted.authorization} if trusted.authorization else {}
        host = urlsplit(url).hostname or ""
        renewed = {
            cookie.name for cookie in cookies if host.endswith(cookie.domain.lstrip("."))
        }  # by the site, just now
        for name, value in trusted.cookies.items():
            if name not in renewed:
                cookies.set(name, value)
    return requests.Request("GET", url, headers=headers, cookies=cookies)


def _trusted(access: Access | None, url: str, *, had_tls: bool) -> Access | None:
    """The access where `url` may see what it holds."""
    if access is None or as_found(url) is None or not same_site(url, access.site):
        return None
    return access if _has_tls(url) or not (had_tls or _has_tls(access.site)) else None


def _has_tls(url: str) -> bool:
    return url[:6].lower() == "https:"
