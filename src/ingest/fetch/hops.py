"""The hosts that one visit is led to by redirects: each is entered under its lease, and rests afterwards like any other.

Whether a redirect may be followed for other reasons (robots.txt) is decided elsewhere.
"""

import time
from collections.abc import Callable
from typing import Self

from ingest.fetch.lease import Lease, Leases
from ingest.records import Outcome
from ingest.rules.url import host


class Hops:
    """Around one visit to `first_host`, whose lease the visitor holds. For one thread.

    `rest_s` says how long the host of an address rests after the visit; `wait_s` bounds the time that the visit spends
    waiting for leases, all in all.
    """

    def __init__(self, leases: Leases, first_host: str, *, rest_s: Callable[[str], float], wait_s: float) -> None:
        self._leases = leases
        self._first_host = first_host
        self._rest_s = rest_s
        self._left_s = wait_s
        self._entered: dict[str, tuple[Lease, str]] = {}  # by host, with the address that led there

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._entered:
            lease, url = self._entered.popitem()[1]
            try:
                lease.release(self._rest_s(url))
            finally:
                lease.abandon()

    def enter(self, url: str) -> Outcome | None:
        """None as soon as the host of `url` may be visited; "timeout" if it is busy or rests for longer than we wait.

        Two visits that are led to each other's hosts wait for each other no longer than that. To be `may_follow` of
        `Client.get`, alone or before robots.txt of the host is asked for.
        """
        place = host(url)
        if place == self._first_host or place in self._entered:
            return None
        while not isinstance(lease := self._leases.take(place), Lease):
            if lease > self._left_s:
                return "timeout"
            time.sleep(lease)
            self._left_s -= lease
        self._entered[place] = lease, url
        return None
