"""A polite look around one site: each address once, robots asked where a person would be, a rest between two requests.

Which addresses are worth asking, and what the answers mean, is decided elsewhere.
"""

import time
from dataclasses import dataclass

from ingest.fetch.answer import Accept
from ingest.fetch.response import Response
from ingest.jobs.manners import Manners
from ingest.records import Outcome, Source
from ingest.rules.url import host

REQUEST_LIMIT = 40
TIME_LIMIT_S = 300.0
FAILURES_LIMIT = 2  # of one host, before it is left alone
FAILURES: frozenset[Outcome] = frozenset(("timeout", "unreachable", "dns_error", "tls_error", "blocked_address"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    requests: int
    until_s: float  # time.monotonic()


class LookAround:
    """One look; `note` says why it ended early, where it did."""

    def __init__(self, manners: Manners, source: Source) -> None:
        self.request_count = 0
        self.note: str | None = None
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
        return self._manners.sitemaps(self._source, url) if self._manners.knows_rules(self._source, url) else ()

    def _may_guess(self, url: str) -> bool:
        is_asked = self._manners.ask_rules_now(self._source, url, until_s=self._limits.until_s)
        return is_asked and self._manners.allows(self._source, url)

    def _visited(self, url: str, place: str, accept: Accept) -> Response | None:
        self.request_count += 1
        visited = self._manners.visit_now(self._source, url, accept=accept, until_s=self._limits.until_s)
        if visited.response is None:
            self.note = f"{place} rests for longer than this look may take"
        return visited.response

    def _is_at_its_end(self) -> bool:
        if self.request_count >= self._limits.requests:
            self.note = f"{self.request_count} requests are enough for one look"
        elif time.monotonic() > self._limits.until_s:
            self.note = f"{TIME_LIMIT_S:.0f} s are enough for one look"
        else:
            return False
        return True
