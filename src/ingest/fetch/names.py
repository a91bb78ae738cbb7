"""Names and their addresses, from the system's resolver, which knows no timeout: here an answer is waited for so long.

Which addresses may be spoken to is decided elsewhere.
"""

import socket
import threading
import time
from collections import Counter
from ipaddress import ip_address
from typing import Any

from ingest.rules.url import registrable

Resolved = tuple[socket.AddressFamily, tuple[Any, ...]]


DOMAIN_LIMIT = 8  # names of one registrable domain: its name server may be slow, or a trap, for all of them


class NoPlace(Exception):
    """As many names as may be are asked for already: nothing is known of this one, and its host is not to blame."""


class Names:
    """Asks for at most `limit` names at once; many visits to one name wait for the same answer.

    Of them, at most 8 and no more than half are of one registrable domain.
    """

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._domain_limit = min(DOMAIN_LIMIT, max(1, limit // 2))
        self._changed = threading.Condition()
        self._under_way: dict[tuple[str, int], _Lookup] = {}
        self._domains: Counter[str] = Counter()

    def addresses(self, host: str, port: int, *, timeout_s: float, wait_s: float) -> list[Resolved]:
        """All addresses of a name; socket.gaierror if there is none, or no answer after `timeout_s` seconds.

        All in all it takes `wait_s` seconds at most.
        A name without an answer keeps its thread and its place among `limit` until the system's resolver gives up (after
        10 to 30 s, mostly). Where all places are taken, one is waited for: `wait_s` seconds, or `timeout_s` where it is
        the name's own domain that takes them; then NoPlace.
        """
        if _is_literal(host):
            return _ask(host, port)
        ends_at = time.monotonic() + wait_s
        lookup = self._lookup(host, port, registrable(host) or host, timeout_s, wait_s)
        answer_s = min(timeout_s, max(0.0, ends_at - time.monotonic()))
        if not lookup.has_ended.wait(answer_s):
            raise socket.gaierror(socket.EAI_AGAIN, f"no answer within {answer_s:.1f} s")
        if lookup.failure is not None:  # a copy, since each visit ties its own traceback to it
            raise type(lookup.failure)(*lookup.failure.args)
        return lookup.found

    def _lookup(self, host: str, port: int, domain: str, timeout_s: float, wait_s: float) -> "_Lookup":
        """The question that is under way, or a new one as soon as there is a place for it."""
        began = time.monotonic()
        with self._changed:
            while (host, port) not in self._under_way:
                is_domain_full = self._domains[domain] >= self._domain_limit
                if not is_domain_full and len(self._under_way) < self._limit:
                    return self._begun(host, port, domain)
                left_s = began + (min(timeout_s, wait_s) if is_domain_full else wait_s) - time.monotonic()
                if left_s <= 0:
                    raise NoPlace(f"other names{f' of {domain}' if is_domain_full else ''} wait for an answer")
                self._changed.wait(min(left_s, threading.TIMEOUT_MAX))
            return self._under_way[host, port]

    def _begun(self, host: str, port: int, domain: str) -> "_Lookup":
        lookup = self._under_way[host, port] = _Lookup()
        self._domains[domain] += 1
        threading.Thread(target=self._ask, args=(lookup, host, port, domain), name="ingest-name", daemon=True).start()
        return lookup

    def _ask(self, lookup: "_Lookup", host: str, port: int, domain: str) -> None:
        try:
            lookup.found = _ask(host, port)
        except (OSError, UnicodeError) as error:
            lookup.failure = error
        finally:
            with self._changed:
                del self._under_way[host, port]
                self._domains -= Counter((domain,))  # none is kept that is zero
                self._changed.notify_all()
            lookup.has_ended.set()


class _Lookup:
    """A question and, when it has ended, its answer."""

    def __init__(self) -> None:
        self.has_ended = threading.Event()
        self.found: list[Resolved] = []
        self.failure: Exception | None = None


def _ask(host: str, port: int) -> list[Resolved]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, address) for family, _, _, _, address in found]


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
