"""The pace of visits: many hosts at once, one visit at a time to each, and a rest in between.

What a visit is, and how long a host wants to rest, the caller says.
"""

import heapq
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from itertools import count
from typing import Generic, TypeVar

V = TypeVar("V")
R = TypeVar("R")

AHEAD = 10_000  # visits taken from the caller before they can be made, so that one host's queue hides no other host


def in_turn(
    visits: Iterable[V],
    visit: Callable[[V], R],
    *,
    host_of: Callable[[V], str],
    delay_s_of: Callable[[V], float],
    threads: int,
) -> Generator[tuple[V, R], None, None]:
    """Make all visits with `threads` threads; yields each with its result, in the order they end.

    Per host one visit is in flight, and `delay_s_of(the one that ended)` seconds pass before the next begins; it is
    asked after the visit, so that a crawl delay learnt by it counts. At most 2 x `threads` results wait for the caller.
    `visits` is read in the caller's thread. What `visit` raises is raised here, and ends all. A caller that may stop
    early closes the iterator (`contextlib.closing`): no visit begins after that, and nobody waits for those in flight
    (closing the client cuts them).
    """
    turns: _Turns[V, R] = _Turns(visit, host_of, delay_s_of, threads)
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
        visit: Callable[[V], R],
        host_of: Callable[[V], str],
        delay_s_of: Callable[[V], float],
        threads: int,
    ) -> None:
        self._visit = visit
        self._host_of = host_of
        self._delay_s_of = delay_s_of
        self._results_limit = threads
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
            host, current = turn
            try:
                result = self._visit(current)
                delay_s = self._delay_s_of(current)
            except BaseException as error:  # noqa: BLE001  it is raised again in the caller's thread
                with self._result_came:
                    self._failure = error
                    self._visiting.discard(threading.current_thread())
                    self.stop()
                    self._result_came.notify()
                return
            self._deliver(host, delay_s, (current, result))

    def _take(self) -> tuple[str, V] | None:
        with self._work_changed:
            while not self._is_stopped:
                if self.is_complete and not self._queued_count:
                    return None
                wait_s = self._heap[0][0] - time.monotonic() if self._heap else None
                if wait_s is None or wait_s > 0:
                    self._work_changed.wait(wait_s)
                    continue
                host = heapq.heappop(self._heap)[2]
                self._queued_count -= 1
                self._flying_count += 1
                self._visiting.add(threading.current_thread())
                if not self._queued_count and self.is_complete:
                    self._work_changed.notify_all()
                return host, self._queues[host].popleft()
            return None

    def _deliver(self, host: str, delay_s: float, ended: tuple[V, R]) -> None:
        with self._work_changed:
            self._visiting.discard(threading.current_thread())
            now = time.monotonic()
            if len(self._free_at) >= AHEAD:
                self._free_at = {rests: free_at for rests, free_at in self._free_at.items() if free_at > now}
            self._free_at[host] = now + delay_s
            if self._queues[host]:
                self._line_up(host)
            else:
                del self._queues[host]
            while len(self._results) >= self._results_limit and not self._is_stopped:
                self._result_taken.wait()
            self._results.append(ended)
            self._flying_count -= 1
            self._result_came.notify()

    def _line_up(self, host: str) -> None:
        heapq.heappush(self._heap, (self._free_at.get(host, 0.0), next(self._numbers), host))
        self._work_changed.notify()
