"""A polite look around one site: each address once, robots asked where a person would be, a rest between two requests.

Which addresses are worth asking, and what the answers mean, is decided elsewhere.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from ingest.fetch.answer import Accept
from ingest.fetch.pace import Again
from ingest.fetch.response import Response
from ingest.jobs.manners import Manners
from ingest.records import Outcome, Source
from ingest.rules.url import host
from ingest.settings import Settings

REQUEST_LIMIT = 40
TIME_LIMIT_S = 300.0
HOST_DELAY_S = 1.0
FAILURES_LIMIT = 2  # of one host, before it is left alone
FAILURES: frozenset[Outcome] = frozenset(("timeout", "unreachable", "dns_error", "tls_error", "blocked_address"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    requests: int
    until_s: float  # time.monotonic()


class LookAround:
    """One look; `note` says why it ended early, where it did."""

    def __init__(self, settings: Settings, manners: Manners, source: Source) -> None:
        self.request_count = 0
        self.note: str | None = None
        self._settings = settings
        self._manners = manners
        self._source = source
        self._limits = _Limits(requests=REQUEST_LIMIT, until_s=time.monotonic() + TIME_LIMIT_S)
        self._asked: set[str] = set()
        self._failures: dict[str, int] = {}

    def get(self, url: str, accept: Accept, *, asks_robots: bool = False) -> Response | None:
        """The answer; None where `url` was asked before, may not be asked, or no request is left.

        `asks_robots`: also where nobody named this address to us.
        """
        place = host(url)
        if url in self._asked or self._failures.get(place, 0) >= FAILURES_LIMIT or self._is_at_its_end():
            return None
        self._asked.add(url)
        if asks_robots and not self._may_guess(url):
            return None
        response = self._visited(url, place, accept)
        if response is not None:
            refuses = response.outcome == "rate_limited"
            self._failures[place] = (
                FAILURES_LIMIT if refuses else self._failures.get(place, 0) + (response.outcome in FAILURES)
            )
            if refuses:
                self.note = f"{place} asks for fewer requests"
        return response

    def again(self, url: str, accept: Accept) -> Response | None:
        """The same address, asked for in another format."""
        self._asked.discard(url)
        return self.get(url, accept)

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """What robots.txt of the host of `url` lists, where a visit has asked for it."""
        robots = self._manners.robots
        return robots.sitemaps(url) if robots.is_known(url) else ()

    def _may_guess(self, url: str) -> bool:
        robots = self._manners.robots
        if robots.is_known(url):
            return robots.verdict(url).state == "allowed"
        with self._turn(host(url)) as has_turn:
            return has_turn and robots.verdict(url).state == "allowed"

    def _visited(self, url: str, place: str, accept: Accept) -> Response | None:
        limit_bytes = self._settings.sitemap_limit_bytes if accept == "sitemap" else self._settings.feed_limit_bytes
        while True:
            with self._turn(place) as has_turn:
                if not has_turn:
                    return None
                self.request_count += 1
                visited = self._manners.visit(
                    self._source,
                    url,
                    accept=accept,
                    limit_bytes=limit_bytes,
                    etag=None,
                    last_modified=None,
                )
            if not isinstance(visited, Again):
                break
        return visited.response

    @contextmanager
    def _turn(self, place: str) -> Iterator[bool]:
        """The host's lease, after its rest; False where that rest outlasts this look."""
        while isinstance(lease := self._manners.leases.take(place), float):
            if time.monotonic() + lease > self._limits.until_s:
                self.note = f"{place} rests for {lease:.0f} s more"
                yield False
                return
            time.sleep(lease)
        try:
            yield True
        finally:
            lease.release(self._manners.rest_s(self._source, f"http://{place}/"))

    def _is_at_its_end(self) -> bool:
        if self.request_count >= self._limits.requests:
            self.note = f"{self.request_count} requests are enough for one look"
        elif time.monotonic() > self._limits.until_s:
            self.note = f"{TIME_LIMIT_S:.0f} s are enough for one look"
        else:
            return False
        return True


def rest_between_s(settings: Settings, url: str) -> float:
    """A second; none on addresses that the settings name as our own (INGEST_ALLOW_NETWORKS)."""
    try:
        address = ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return HOST_DELAY_S
    return 0.0 if any(address in network for network in settings.allow_networks) else HOST_DELAY_S
