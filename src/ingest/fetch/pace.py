"""The pace of visits: many hosts at once, one visit at a time to each, and a rest in between, for all tasks of a machine.

What a visit is, and how long a host wants to rest, the caller says.
"""

import heapq
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from enum import Enum, auto
from itertools import count
from typing import Final, Generic, TypeVar

from ingest.fetch.lease import Lease, Leases

V = TypeVar("V")
R = TypeVar("R")

AHEAD = 10_000  # visits taken from the caller before they can be made, so that one host's queue hides no other host


class Again(Enum):
    """What a visit answers that asked the host for something else first (its robots.txt): make me again after the rest."""

    AGAIN = auto()


AGAIN: Final = Again.AGAIN


def in_turn(
    visits: Iterable[V],
    visit: Callable[[V], R | Again],
    *,
    host_of: Callable[[V], str],
    delay_s_of: Callable[[V], float],
    threads: int,
    leases: Leases,
    put_off: Callable[[V, float], R | None],
) -> Generator[tuple[V, R], None, None]:
    """Make all visits with `threads` threads; yields each with its result, in the order they end.

    Per host one visit is in flight, here and in all tasks that share `leases`, and `delay_s_of(the one that ended)`
    seconds pass before the next begins; it is asked after the visit, so that a crawl delay learnt by it counts. A visit
    that answers AGAIN is made again after that rest, before the host's others. A host that another task visits, or that
    rests, holds up neither a thread nor another host.

    `put_off(visit, wait_s)` is asked before each visit (`wait_s` 0), and before its host is waited for: None to go on, or
    the result that the visit ends with at once, its host not asked for anything.

    At most 2 x `threads` results wait for the caller. `visits` is read in the caller's thread. What `visit` raises is
    raised here, and ends all. A caller that may stop early closes the iterator (`contextlib.closing`): no visit begins
    after that, and nobody waits for those in flight (closing the client cuts them); each gives its lease back as it ends.
    """
    turns: _Turns[V, R] = _Turns(visit, host_of, delay_s_of, threads, leases, put_off)
    source = iter(visits)
    workers: list[threading.Thread] = []
    try:
        while True:
            while turns.wants_more:
                for upcoming in source:
                    turns.add(upcoming)
                    break
                else:
                    turns.complete()
                if len(workers) < threads:
                    workers.append(
                        threading.Thread(target=turns.work, name=f"ingest-visits-{len(workers)}", daemon=True)
                    )
                    workers[-1].start()
            ended = turns.ended()
            if ended is None:
                return
            yield ended
    finally:
        if not sys.is_finalizing():  # then the threads are frozen, one perhaps with the lock in its hands
            visiting = turns.stop()
            if (
                threading.current_thread() not in workers
            ):  # one of them may close it: the garbage collector runs anywhere
                for worker in set(workers) - visiting:
                    worker.join()


class _Turns(Generic[V, R]):
    """Who is next: queues by host, and a heap of the hosts whose turn comes, by the time it comes."""

    def __init__(
        self,
        visit: Callable[[V], R | Again],
        host_of: Callable[[V], str],
        delay_s_of: Callable[[V], float],
        threads: int,
        leases: Leases,
        put_off: Callable[[V, float], R | None],
    ) -> None:
        self._visit = visit
        self._host_of = host_of
        self._delay_s_of = delay_s_of
        self._results_limit = threads
        self._leases = leases
        self._put_off = put_off
        lock = threading.RLock()  # the garbage collector may close the iterator in the thread that holds the lock
        self._work_changed = threading.Condition(lock)
        self._result_taken = threading.Condition(lock)
        self._result_came = threading.Condition(lock)
        self._queues: dict[str, deque[V]] = {}  # hosts with visits to make, or one in flight
        self._free_at: dict[str, float] = {}  # time.monotonic() before which a host rests
        self._heap: list[tuple[float, int, str]] = []
        self._numbers = count()
        self._results: deque[tuple[V, R]] = deque()
        self._queued_count = 0
        self._visiting: set[threading.Thread] = set()
        self._flying_count = 0
        self._failure: BaseException | None = None
        self._is_stopped = False
        self.is_complete = False

    @property
    def wants_more(self) -> bool:
        return not self.is_complete and self._queued_count < AHEAD and not self._results

    def add(self, upcoming: V) -> None:
        host = self._host_of(upcoming)
        with self._work_changed:
            self._queued_count += 1
            if host in self._queues:
                self._queues[host].append(upcoming)
            else:
                self._queues[host] = deque([upcoming])
                self._line_up(host)

    def complete(self) -> None:
        """No more visits will be added."""
        with self._work_changed:
            self.is_complete = True
            self._work_changed.notify_all()

    def stop(self) -> frozenset[threading.Thread]:
        """No visit begins any more; returns the threads that are amid one, all others end at once."""
        with self._work_changed:
            self._is_stopped = True
            self._work_changed.notify_all()
            self._result_taken.notify_all()
            return frozenset(self._visiting)

    def ended(self) -> tuple[V, R] | None:
        """The next visit that ended, or None if all have; raises what a visit raised."""
        with self._result_came:
            while True:
                if self._failure is not None:
                    raise self._failure
                if self._results:
                    self._result_taken.notify()
                    return self._results.popleft()
                if self.is_complete and not self._queued_count and not self._flying_count:
                    return None
                self._result_came.wait()

    def work(self) -> None:
        """What each thread does until there is nothing left."""
        while (turn := self._take()) is not None:
            try:
                self._make(*turn)
            except BaseException as error:  # noqa: BLE001  it is raised again in the caller's thread
                with self._result_came:
                    self._failure = error
                    self._visiting.discard(threading.current_thread())
                    self.stop()
                    self._result_came.notify()
                return

    def _make(self, host: str, current: V, wait_s: float) -> None:
        """Make a visit, or say when its host may be asked for again."""
        if (result := self._put_off(current, wait_s)) is not None:
            self._deliver(host, (current, result), rest_s=None)
        elif wait_s > 0:
            self._return(host, current, rest_s=None)
        elif isinstance(lease := self._leases.take(host), Lease):
            self._make_under(lease, host, current)
        else:
            self._return(host, current, rest_s=lease)

    def _make_under(self, lease: Lease, host: str, current: V) -> None:
        try:
            with self._work_changed:
                if self._is_stopped:
                    lease.release(0.0)
                    return
                self._visiting.add(threading.current_thread())
            result = self._visit(current)
            rest_s = self._delay_s_of(current)
            lease.release(rest_s)
        finally:
            lease.abandon()
        if isinstance(result, Again):
            self._return(host, current, rest_s=rest_s)
        else:
            self._deliver(host, (current, result), rest_s=rest_s)

    def _take(self) -> tuple[str, V, float] | None:
        """A visit of a host whose turn it is, and how long that host rests still."""
        with self._work_changed:
            while not self._is_stopped:
                if self.is_complete and not self._queued_count:
                    return None
                now = time.monotonic()
                wait_s = self._heap[0][0] - now if self._heap else None
                if wait_s is None or wait_s > 0:
                    self._work_changed.wait(wait_s)
                    continue
                host = heapq.heappop(self._heap)[2]
                self._queued_count -= 1
                self._flying_count += 1
                if not self._queued_count and self.is_complete:
                    self._work_changed.notify_all()
                return host, self._queues[host].popleft(), max(0.0, self._free_at.get(host, 0.0) - now)
            return None

    def _return(self, host: str, current: V, *, rest_s: float | None) -> None:
        """Back to the head of its host's queue; without a new rest it is taken again when the known one is over."""
        with self._work_changed:
            self._visiting.discard(threading.current_thread())
            self._queues[host].appendleft(current)
            self._queued_count += 1
            self._flying_count -= 1
            if rest_s is None:
                self._line_up(host, self._free_at.get(host, 0.0))
            else:
                self._rest(host, rest_s)
                self._line_up(host)

    def _deliver(self, host: str, ended: tuple[V, R], *, rest_s: float | None) -> None:
        with self._work_changed:
            self._visiting.discard(threading.current_thread())
            if rest_s is not None:
                self._rest(host, rest_s)
            if self._queues[host]:
                self._line_up(host)
            else:
                del self._queues[host]
            while len(self._results) >= self._results_limit and not self._is_stopped:
                self._result_taken.wait()
            self._results.append(ended)
            self._flying_count -= 1
            self._result_came.notify()

    def _rest(self, host: str, rest_s: float) -> None:
        now = time.monotonic()
        if len(self._free_at) >= AHEAD:
            self._free_at = {rests: free_at for rests, free_at in self._free_at.items() if free_at > now}
        self._free_at[host] = now + rest_s

    def _line_up(self, host: str, at: float = 0.0) -> None:
        """At once, to hear whether the wait is worth it; then when it is over."""
        heapq.heappush(self._heap, (at, next(self._numbers), host))
        self._work_changed.notify()
