"""A hard end to every visit: one thread that shuts the socket of a visit whose time is up.

requests and urllib3 limit the silence between two bytes, never the whole (measured: a slow body hung past 8 s with
`timeout=(2, 2)`). What a visit does with its time is not decided here.
"""

import heapq
import math
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count


class Deadline:
    """The end of one visit, `time.monotonic()` seconds, and a duplicate of the socket it is on."""

    def __init__(self, ends_at: float) -> None:
        self._ends_at = ends_at
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    @property
    def left_s(self) -> float:
        return self._ends_at - time.monotonic()

    @property
    def has_passed(self) -> bool:
        return self.left_s <= 0

    def end(self) -> None:
        """It is over now."""
        self._ends_at = time.monotonic()
        self.cut()

    def hold(self, sock: socket.socket) -> None:
        """Watch this socket. A duplicate, since TLS takes the original's descriptor away from the Python object."""
        duplicate = socket.fromfd(sock.fileno(), sock.family, sock.type)
        with self._lock:
            self._drop()
            self._socket = duplicate
        if self.has_passed:
            self.cut()

    def cut(self) -> None:
        with self._lock:
            if self._socket is not None:
                with suppress(OSError):  # it may be closed already by the other side
                    self._socket.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class Watchdog:
    """Cuts every visit at its deadline; one for all threads of a client."""

    def __init__(self) -> None:
        self._current = threading.local()
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, Deadline]] = []
        self._numbers = count()
        self.is_closed = False
        self._thread = threading.Thread(target=self._watch, name="ingest-deadlines", daemon=True)
        self._thread.start()

    @contextmanager
    def visit(self, timeout_s: float) -> Iterator[Deadline]:
        """The visit that this thread makes now; one inside another (robots.txt of a redirect's host) has its own time."""
        ends_at = time.monotonic() + timeout_s
        deadline = Deadline(ends_at)
        outer: Deadline | None = getattr(self._current, "deadline", None)
        with self._changed:
            if self.is_closed:
                raise RuntimeError("a visit with a client that is closed")
            heapq.heappush(self._waiting, (ends_at, next(self._numbers), deadline))
            self._changed.notify()
        self._current.deadline = deadline
        try:
            yield deadline
        finally:
            self._current.deadline = outer
            deadline.release()

    @property
    def left_s(self) -> float:
        """What is left of the visit of this thread; without one, no time is set."""
        deadline: Deadline | None = getattr(self._current, "deadline", None)
        return math.inf if deadline is None else deadline.left_s

    def hold(self, sock: socket.socket) -> None:
        """Watch a socket for the visit of this thread; connections call it when they open or are used again."""
        deadline: Deadline | None = getattr(self._current, "deadline", None)
        if deadline is not None:
            deadline.hold(sock)

    def close(self) -> None:
        """Cut all visits that still go on: nobody waits for them."""
        with self._changed:
            self.is_closed = True
            for _, _, deadline in self._waiting:
                deadline.end()
            self._changed.notify()
        self._thread.join()

    def _watch(self) -> None:
        with self._changed:
            while not self.is_closed:
                if not self._waiting:
                    self._changed.wait()
                elif (left_s := self._waiting[0][0] - time.monotonic()) > 0:
                    self._changed.wait(left_s)
                else:
                    heapq.heappop(self._waiting)[2].cut()
