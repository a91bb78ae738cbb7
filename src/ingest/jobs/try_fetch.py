"""Try a fetch: one visit as the crawler makes it, under the host's lease and its robots.txt. No body is kept."""

from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.errors import InputError
from ingest.fetch.answer import Accept
from ingest.fetch.client import Client
from ingest.fetch.hops import Hops
from ingest.fetch.lease import Leases
from ingest.fetch.response import Response
from ingest.fetch.robots import Robots, RobotsState, RobotsVerdict
from ingest.jobs.manners import OBEYING, PRODUCT, REFUSALS
from ingest.records import Outcome
from ingest.rules.url import as_found
from ingest.settings import Settings

REST_S = 1.0  # of a host after a visit, where robots.txt wants no longer one
LONGEST_WAIT_S = 60.0  # for a host that rests, or that a crawl visits right now
BUSY = "its host rests, or is being visited, for longer than a minute"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchTrial:
    """What came of a visit; without `http_status` no answer came, or nothing was asked: `outcome` and `detail` say why."""

    url: str
    robots: RobotsState | None  # None: not asked, feeds are made for machines
    crawl_delay_s: float | None
    hops: tuple[str, ...]  # where redirects led to, in their order; the last one may have been refused
    final_url: str
    moved_to: str | None  # where permanent redirects alone led to
    outcome: Outcome
    detail: str | None
    http_status: int | None
    is_tls_verified: bool | None
    content_type: str | None
    http_charset: str | None
    etag: str | None
    last_modified: str | None
    fresh_s: int | None  # by Cache-Control or Expires
    not_before_at: datetime | None  # by Retry-After
    wire_bytes: int
    body_bytes: int
    elapsed_ms: int
    body_hash: str | None
    optouts: tuple[str, ...]  # of robots.txt and of headers


def run(settings: Settings, given: str, *, accept: Accept) -> FetchTrial:
    """Visit an address; what robots.txt forbids is not fetched. InputError for what is no web address."""
    url = as_found(given)
    if url is None:
        raise InputError(f"{given!r} is not a web address", "it begins with https:// or http://")
    with Client(
        user_agent=settings.user_agent,
        timeout_s=settings.fetch_timeout_s,
        connect_timeout_s=settings.connect_timeout_s,
        allow_networks=settings.allow_networks,
        threads=1,
    ) as client:
        visitor = _Visitor(settings, client, accept)
        response = visitor.visit(url)
    verdict = visitor.verdict
    return FetchTrial(
        url=url,
        robots=verdict.state if verdict else None,
        crawl_delay_s=verdict.crawl_delay_s if verdict else None,
        hops=tuple(visitor.hops),
        final_url=response.final_url,
        moved_to=response.moved_to,
        outcome=response.outcome,
        detail=response.detail,
        http_status=response.http_status,
        is_tls_verified=response.is_tls_verified,
        content_type=response.content_type,
        http_charset=response.http_charset,
        etag=response.etag,
        last_modified=response.last_modified,
        fresh_s=response.fresh_s,
        not_before_at=response.not_before_at or (verdict.not_before_at if verdict else None),
        wire_bytes=response.wire_bytes,
        body_bytes=len(response.body),
        elapsed_ms=response.elapsed_ms,
        body_hash=response.body_hash,
        optouts=tuple(sorted({*(verdict.optouts if verdict else ()), *response.optouts})),
    )


class _Visitor:
    """One visit, and what is learnt on the way."""

    def __init__(self, settings: Settings, client: Client, accept: Accept) -> None:
        self.verdict: RobotsVerdict | None = None  # of the address itself
        self.hops: list[str] = []
        self._client = client
        self._accept = accept
        self._limit_bytes = settings.feed_limit_bytes if accept == "feed" else settings.page_limit_bytes
        self._robots = Robots(client, cache=settings.home / "robots", product=PRODUCT)
        self._leases = Leases(settings.home / "hosts")
        self._rest_s = REST_S

    def visit(self, url: str) -> Response:
        if self._accept in OBEYING:
            if not self._robots.is_known(url):  # a visit of its own, with a rest behind it
                with self._turn() as turn:
                    if busy := turn.enter(url):
                        return _unasked(url, busy, BUSY)
                    self._refusal(url)
            self.verdict = self._robots.verdict(url)
            if refusal := self._refusal(url):
                return _unasked(url, refusal, "robots.txt of its host")
        with self._turn() as turn:
            if busy := turn.enter(url):
                return _unasked(url, busy, BUSY)
            return self._client.get(
                url,
                limit_bytes=self._limit_bytes,
                accept=self._accept,
                may_follow=lambda hop: self._may_follow(turn, hop),
            )

    def _turn(self) -> Hops:
        """No host is held yet: the first one is entered like those that redirects lead to."""
        return Hops(self._leases, "", rest_s=lambda _: self._rest_s, wait_s=LONGEST_WAIT_S)

    def _may_follow(self, turn: Hops, hop: str) -> Outcome | None:
        self.hops.append(hop)
        return turn.enter(hop) or self._refusal(hop)

    def _refusal(self, url: str) -> Outcome | None:
        """What robots.txt makes of an address; None if it may be visited."""
        if self._accept not in OBEYING:
            return None
        verdict = self._robots.verdict(url)
        self._rest_s = max(self._rest_s, verdict.crawl_delay_s or 0.0)
        return REFUSALS[verdict.state]


def _unasked(url: str, outcome: Outcome, detail: str) -> Response:
    return Response(
        url=url,
        final_url=url,
        moved_to=None,
        outcome=outcome,
        detail=detail,
        http_status=None,
        is_tls_verified=None,
        headers=(),
        body=b"",
        wire_bytes=0,
        elapsed_ms=0,
        fetched_at=datetime.now(UTC),
    )
