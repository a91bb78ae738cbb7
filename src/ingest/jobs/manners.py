"""How every visit behaves, whatever it is for: robots, its host's wait and rest, its publisher's terms of access.

Which visits are made, and what becomes of them, is decided elsewhere.
"""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.access import Access
from ingest.fetch.answer import Accept
from ingest.fetch.client import Client
from ingest.fetch.hops import Hops
from ingest.fetch.lease import Lease, Leases
from ingest.fetch.pace import AGAIN, Again
from ingest.fetch.response import Response
from ingest.fetch.robots import Robots, RobotsState, RobotsVerdict
from ingest.fetch.robots_answer import RobotsAnswer
from ingest.records import FeedKind, Outcome, Source
from ingest.rules.url import host
from ingest.settings import Settings

PRODUCT = "ingest"
HOP_WAIT_S = 3.0  # what a visit that is redirected to other hosts waits for their leases, all in all
LONGEST_DELAY_S = 60.0  # a host whose crawl delay is longer gets one visit a run, and its pages wait for later runs
# A host that does not answer costs each visit its whole time: after so many in a row the others wait for a later run.
DEAD: frozenset[Outcome] = frozenset(("timeout", "unreachable", "dns_error"))
DEAD_AFTER = 2
# Feeds and sitemaps are made for machines, and a person subscribed to them; what is made for readers is asked for first.
OBEYING: frozenset[Accept] = frozenset(("page", "section"))
ACCEPTS: dict[FeedKind, Accept] = {"feed": "feed", "archive": "feed", "sitemap": "sitemap", "section": "section"}
REFUSALS: dict[RobotsState, Outcome | None] = {
    "allowed": None,
    "denied": "robots_denied",
    "unreachable": "robots_unreachable",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """What came of a visit; no response: it was put off, and nothing was asked. `robots` where the rules were looked at."""

    robots: RobotsVerdict | None
    response: Response | None


PUT_OFF = Visited(robots=None, response=None)


class Manners:
    """One for all visits of a crawl task; safe for threads."""

    def __init__(
        self,
        client: Client,
        robots: Robots,
        leases: Leases,
        access: Mapping[str, Access],
        *,
        limits_bytes: Mapping[Accept, int],
        waits: Mapping[str, datetime],
        until_s: float,
    ) -> None:
        """`waits`: hosts that asked us to wait, and until when; those that ask for it on the way are added.

        `until_s`: time.monotonic() after which no visit begins; what is left is put off to a later run.
        """
        self.leases = leases
        self._client = client
        self._robots = robots
        self._access = access
        self._limits_bytes = limits_bytes
        self._waits = dict(waits)
        self._until_s = until_s
        self._dead: dict[str, int] = {}  # visits in a row that a host gave no answer to

    def visit(
        self, source: Source, url: str, *, accept: Accept, etag: str | None, last_modified: str | None
    ) -> Visited | Again:
        """Visit `url` for a source, if robots.txt lets us; AGAIN where robots.txt had to be asked for first.

        Other hosts that redirects lead to are visited under their own leases, rules and waits.
        """
        verdict = None
        with self._hops(source, url) as hops:
            if accept in OBEYING:
                is_known = self.knows_rules(source, url)
                verdict = self._verdict(source, url, hops)
                refusal = self._refusal(source, url, verdict, hops)
                if refusal is not None:
                    return Visited(robots=verdict, response=_refused(url, refusal))
                if not is_known:
                    return AGAIN  # the request for robots.txt was a visit of its own, with a rest behind it
            response = self._client.get(
                url,
                limit_bytes=self._limits_bytes[accept],
                etag=etag,
                last_modified=last_modified,
                accept=accept,
                may_follow=lambda hop: self._may_follow(source, hop, accept, hops),
                access=self._terms(source),
            )
            self._learn(host(response.final_url), response)
        return Visited(robots=verdict, response=response)

    def visit_now(self, source: Source, url: str, *, accept: Accept, until_s: float) -> Visited:
        """A visit outside any queue, for somebody who waits; put off if its host rests beyond `until_s` (monotonic)."""
        while True:
            with self._turn(source, url, until_s=until_s) as has_turn:
                if not has_turn:
                    return PUT_OFF
                visited = self.visit(source, url, accept=accept, etag=None, last_modified=None)
            if not isinstance(visited, Again):
                return visited

    def knows_rules(self, source: Source, url: str) -> bool:
        """Whether robots.txt of the host of `url` need not be asked for."""
        return self._robots.is_known(url, access=self._terms(source))

    def ask_rules(self, source: Source, url: str) -> None:
        """Ask for robots.txt of the host of `url`; whoever calls holds its lease."""
        with self._hops(source, url) as hops:
            self._verdict(source, url, hops)

    def ask_rules_now(self, source: Source, url: str, *, until_s: float) -> bool:
        """The same outside any queue, where it must be asked for; False if its host rests beyond `until_s` (monotonic)."""
        if self.knows_rules(source, url):
            return True
        with self._turn(source, url, until_s=until_s) as has_turn:
            if has_turn:
                self.ask_rules(source, url)
            return has_turn

    def rules(self, source: Source, url: str) -> RobotsAnswer:
        """What was answered when robots.txt of the host of `url` was asked for."""
        return self._robots.answer(url, access=self._terms(source))

    def allows(self, source: Source, url: str) -> bool:
        """Whether robots.txt, which was asked for, lets us visit `url`."""
        return self._robots.verdict(url, access=self._terms(source)).state == "allowed"

    def sitemaps(self, source: Source, url: str) -> tuple[str, ...]:
        """Sitemaps that robots.txt of the host of `url`, which was asked for, names."""
        return self._robots.sitemaps(url, access=self._terms(source))

    def is_waiting(self, url: str) -> bool:
        """Whether the host of `url` asked us to wait, and that time has not come."""
        until = self._waits.get(host(url))
        return until is not None and until > datetime.now(UTC)

    def is_put_off(self, url: str, wait_s: float) -> bool:
        """Whether nothing is asked of the host of `url` any more in this run, where it rests for `wait_s` more.

        A host that wants a rest of more than a minute gets one visit a run, and one that does not answer gets two: nobody
        sits and waits for it.
        """
        is_late = time.monotonic() + wait_s > self._until_s
        is_dead = self._dead.get(host(url), 0) >= DEAD_AFTER
        return is_late or is_dead or wait_s > LONGEST_DELAY_S or self.is_waiting(url)

    def rest_s(self, source: Source, url: str) -> float:
        """How long the host of `url` rests after a visit, for all tasks: the longest of what anybody asked for."""
        until = self._waits.get(host(url))
        wait_s = (until - datetime.now(UTC)).total_seconds() if until else 0.0
        delay_s = self._robots.known_delay_s(url, access=self._terms(source)) or 0.0
        return max(source.host_delay_s, delay_s, wait_s)

    @contextmanager
    def _turn(self, source: Source, url: str, *, until_s: float) -> Iterator[bool]:
        """The lease of the host of `url`, after its rest; False where that rest ends after `until_s` (monotonic)."""
        while not isinstance(lease := self.leases.take(host(url)), Lease):
            if time.monotonic() + lease > until_s:
                yield False
                return
            time.sleep(lease)
        try:
            yield True
        finally:
            lease.release(self.rest_s(source, url))

    def _hops(self, source: Source, url: str) -> Hops:
        return Hops(self.leases, host(url), rest_s=lambda hop: self.rest_s(source, hop), wait_s=HOP_WAIT_S)

    def _terms(self, source: Source) -> Access | None:
        return self._access.get(source.source_id)

    def _learn(self, place: str, response: Response) -> None:
        self._wait(place, response.not_before_at)
        self._dead[place] = self._dead.get(place, 0) + 1 if response.outcome in DEAD else 0

    def _wait(self, place: str, until: datetime | None) -> None:
        if until is not None:
            self._waits[place] = max(until, self._waits.get(place, until))

    def _may_follow(self, source: Source, hop: str, accept: Accept, hops: Hops) -> Outcome | None:
        if self.is_waiting(hop):
            return "rate_limited"
        busy = hops.enter(hop)
        if busy or accept not in OBEYING:
            return busy
        return self._refusal(source, hop, self._verdict(source, hop, hops), hops)

    def _verdict(self, source: Source, url: str, hops: Hops) -> RobotsVerdict:
        verdict = self._robots.verdict(url, access=self._terms(source), may_follow=hops.enter)
        self._wait(host(url), verdict.not_before_at)
        return verdict

    def _refusal(self, source: Source, url: str, verdict: RobotsVerdict, hops: Hops) -> Outcome | None:
        """None where the address may be visited. A machine that must not be spoken to is no host whose rules may return."""
        if verdict.state == "unreachable":
            asked = self._robots.answer(url, access=self._terms(source), may_follow=hops.enter)
            if asked.outcome == "blocked_address" and host(asked.final_url) == host(url):
                return asked.outcome
        return REFUSALS[verdict.state]


def own_wait(response: Response) -> datetime | None:
    """What the host that was visited asked for; what another one did, to which it led, is kept with that one's lease."""
    return response.not_before_at if host(response.final_url) == host(response.url) else None


def _refused(url: str, outcome: Outcome) -> Response:
    """A visit that was not made, as its row tells it."""
    return Response(
        url=url,
        final_url=url,
        hops=(),
        moved_to=None,
        outcome=outcome,
        detail=None,
        http_status=None,
        is_tls_verified=None,
        headers=(),
        body=b"",
        wire_bytes=0,
        elapsed_ms=0,
        fetched_at=datetime.now(UTC),
    )


@contextmanager
def open_manners(
    settings: Settings,
    *,
    access: Mapping[str, Access],
    waits: Mapping[str, datetime] | None = None,
    until_s: float = math.inf,
    threads: int,
) -> Iterator[Manners]:
    """Manners with a client of their own, which is closed at the end."""
    with Client(
        user_agent=settings.user_agent,
        timeout_s=settings.fetch_timeout_s,
        connect_timeout_s=settings.connect_timeout_s,
        allow_networks=settings.allow_networks,
        threads=threads,
    ) as client:
        robots = Robots(client, cache=settings.home / "robots", product=PRODUCT)
        leases = Leases(settings.home / "hosts")
        limits_bytes: dict[Accept, int] = {
            "page": settings.page_limit_bytes,
            "section": settings.feed_limit_bytes,
            "feed": settings.feed_limit_bytes,
            "sitemap": settings.sitemap_limit_bytes,
        }
        yield Manners(client, robots, leases, access, limits_bytes=limits_bytes, waits=waits or {}, until_s=until_s)
