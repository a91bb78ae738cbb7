"""Names and their addresses, from the system's resolver, which knows no timeout: here an answer is waited for so long.

Which addresses may be spoken to is decided elsewhere.
"""

import socket
import threading
from ipaddress import ip_address
from typing import Any

Resolved = tuple[socket.AddressFamily, tuple[Any, ...]]


class Names:
    """Asks for at most `limit` names at once; many visits to one name wait for the same answer."""

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._under_way: dict[tuple[str, int], _Lookup] = {}

    def addresses(self, host: str, port: int, *, timeout_s: float) -> list[Resolved]:
        """All addresses of a name; socket.gaierror if there is none, or no answer after `timeout_s` seconds.

        A name without an answer keeps its thread and its place among `limit` until the system's resolver gives up (after
        10 to 30 s, mostly); no other name waits for it.
        """
        if _is_literal(host):
            return _ask(host, port)
        lookup = self._lookup(host, port)
        if lookup is None:
            raise socket.gaierror(socket.EAI_AGAIN, f"{self._limit} other names wait for an answer")
        if not lookup.has_ended.wait(timeout_s):
            raise socket.gaierror(socket.EAI_AGAIN, f"no answer within {timeout_s:.1f} s")
        if lookup.failure is not None:  # a copy, since each visit ties its own traceback to it
            raise type(lookup.failure)(*lookup.failure.args)
        return lookup.found

    def _lookup(self, host: str, port: int) -> "_Lookup | None":
        """The question that is under way, or a new one; None if too many are."""
        with self._lock:
            if (host, port) in self._under_way:
                return self._under_way[host, port]
            if len(self._under_way) >= self._limit:
                return None
            lookup = self._under_way[host, port] = _Lookup()
        threading.Thread(target=self._ask, args=(lookup, host, port), name="ingest-name", daemon=True).start()
        return lookup

    def _ask(self, lookup: "_Lookup", host: str, port: int) -> None:
        try:
            lookup.found = _ask(host, port)
        except (OSError, UnicodeError) as error:
            lookup.failure = error
        finally:
            with self._lock:
                del self._under_way[host, port]
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
