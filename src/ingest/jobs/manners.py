"""How every visit behaves, whatever it is for: robots, its host's wait and rest, its publisher's terms of access.

Which visits are made, and what becomes of them, is decided elsewhere.
"""

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.access import Access
from ingest.fetch.answer import Accept
from ingest.fetch.client import Client
from ingest.fetch.hops import Hops
from ingest.fetch.lease import Leases
from ingest.fetch.pace import AGAIN, Again
from ingest.fetch.response import Response
from ingest.fetch.robots import Robots, RobotsState, RobotsVerdict
from ingest.records import Outcome, Source
from ingest.rules.url import host
from ingest.settings import Settings

PRODUCT = "ingest"
HOP_WAIT_S = 10.0  # what a visit that is redirected to other hosts waits for their leases, all in all
LONGEST_DELAY_S = 60.0  # a host whose crawl delay is longer gets one visit a run, and its pages wait for later runs
# Feeds and sitemaps are made for machines, and a person subscribed to them; what is made for readers is asked for first.
OBEYING: frozenset[Accept] = frozenset(("page", "section"))
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
        waiting: set[str],
        until_s: float,
    ) -> None:
        """`waiting`: hosts that asked us to wait; those that ask for it on the way are added.

        `until_s`: time.monotonic() after which no visit begins; what is left is put off to a later run.
        """
        self.leases = leases
        self.robots = robots
        self.waiting = waiting
        self._client = client
        self._until_s = until_s
        self._access = access
        self._delays_s: dict[str, float] = {}

    def visit(
        self,
        source: Source,
        url: str,
        *,
        accept: Accept,
        limit_bytes: int,
        etag: str | None,
        last_modified: str | None,
    ) -> Visited | Again:
        """Visit `url` for a source, if robots.txt lets us; AGAIN where robots.txt had to be asked for first."""
        place, verdict = host(url), None
        if accept in OBEYING:
            is_known = self.robots.is_known(url)
            verdict = self._verdict(source, url)
            if not is_known:
                return AGAIN  # the request for robots.txt was a visit of its own, with a rest behind it
            refusal = self._refusal(source, url, verdict)
            if refusal is not None:
                return Visited(robots=verdict, response=_refused(url, refusal))
        with Hops(self.leases, place, rest_s=lambda hop: self._rest_s(source, hop), wait_s=HOP_WAIT_S) as hops:
            response = self._client.get(
                url,
                limit_bytes=limit_bytes,
                etag=etag,
                last_modified=last_modified,
                accept=accept,
                may_follow=lambda hop: (
                    hops.enter(hop)
                    or (self._refusal(source, hop, self._verdict(source, hop)) if accept in OBEYING else None)
                ),
                access=self._access.get(source.source_id),
            )
        if response.not_before_at:
            self.waiting.add(place)
        return Visited(robots=verdict, response=response)

    def sitemaps(self, source: Source) -> tuple[str, ...]:
        """Sitemaps that robots.txt of the source's home page names."""
        return self.robots.sitemaps(source.home_url, access=self._access.get(source.source_id))

    def is_put_off(self, url: str, wait_s: float) -> bool:
        """Whether nothing is asked of the host of `url` any more in this run, where it rests for `wait_s` more.

        A host that wants a rest of more than a minute gets one visit a run: nobody sits and waits for it.
        """
        is_late = time.monotonic() + wait_s > self._until_s
        return is_late or wait_s > LONGEST_DELAY_S or host(url) in self.waiting

    def rest_s(self, source: Source, url: str) -> float:
        """How long the host of `url` rests after a visit."""
        return self._rest_s(source, host(url))

    def _rest_s(self, source: Source, place: str) -> float:
        return max(source.host_delay_s, self._delays_s.get(place, 0.0))

    def _verdict(self, source: Source, url: str) -> RobotsVerdict:
        verdict, place = self.robots.verdict(url, access=self._access.get(source.source_id)), host(url)
        self._delays_s[place] = verdict.crawl_delay_s or 0.0
        if verdict.not_before_at:
            self.waiting.add(place)
        return verdict

    def _refusal(self, source: Source, url: str, verdict: RobotsVerdict) -> Outcome | None:
        """None where the address may be visited. A machine that must not be spoken to is no host whose rules may return."""
        if verdict.state == "unreachable":
            asked = self.robots.answer(url, access=self._access.get(source.source_id))
            if asked.outcome == "blocked_address" and host(asked.final_url or url) == host(url):
                return asked.outcome
        return REFUSALS[verdict.state]


def _refused(url: str, outcome: Outcome) -> Response:
    """A visit that was not made, as its row tells it."""
    return Response(
        url=url,
        final_url=url,
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
    waiting: Iterable[str] = (),
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
        yield Manners(client, robots, leases, access, waiting=set(waiting), until_s=until_s)
