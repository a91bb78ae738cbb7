"""Worker processes that judge pages and can be killed: a page that hangs, eats memory or crashes costs only itself.

What a page says is page.py's; here are processes, limits and the order in which verdicts come back.
"""

import multiprocessing
import os
import resource
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as OutOfTime
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from types import TracebackType
from typing import Self, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from ingest.errors import ExtractorBroken
from ingest.extract.page import judge, rejection
from ingest.extract.process import AloneContext
from ingest.records import Page, Rejection, Verdict

PAGES_PER_WORKER = 500  # then the worker is replaced: what a parser leaks stays small (5,000 pages: 153 -> 190 MB)
IN_FLIGHT_PER_WORKER = 3
STUCK_FACTOR = 4  # a verdict is this many time limits late: the pool itself is stuck, a new one is made
SPARE_S = 60.0
START_LIMIT_S = 60.0  # a second on a quiet machine; a pool that cannot start is our fault, not the pages'

T = TypeVar("T")
Waiting = deque[tuple[Page, "ProcessFuture[T | Rejection]"]]


class ExtractorPool:
    """`with ExtractorPool(...) as pool: for page, verdict in pool.judge(pages)`; verdicts come in the pages' order.

    `timeout_s`: wall time of one page; `memory_bytes`: address space of one worker.
    Workers start from a fork server, so threads of this process (Airflow's, a fetcher's) are never forked.
    """

    def __init__(self, *, workers: int, timeout_s: float, memory_bytes: int) -> None:
        self._workers = workers
        self._timeout_s = timeout_s
        self._memory_bytes = memory_bytes
        self._pool: ProcessPool | None = None

    def __enter__(self) -> Self:
        self._pool = self._started()
        try:
            self._pool.schedule(os.getpid, timeout=START_LIMIT_S).result()
        except Exception as error:
            self._stop()
            raise ExtractorBroken(
                f"no worker process comes up to read pages: {type(error).__name__}: {error}",
                "see the log above for what the worker said; INGEST_EXTRACT_MEMORY_BYTES may be too small",
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def judge(self, pages: Iterable[Page]) -> Iterator[tuple[Page, Verdict]]:
        """Each page with its verdict, in order; never more than a few pages a worker are held."""
        return self.run(judge, pages)

    def run(self, reader: Callable[[Page], T], pages: Iterable[Page]) -> Iterator[tuple[Page, T | Rejection]]:
        """Each page with what `reader` (a module's function) says of it in a worker, or why it could say nothing."""
        waiting: Waiting[T] = deque()
        for page in pages:
            waiting.append((page, self._schedule(reader, page)))
            if len(waiting) >= IN_FLIGHT_PER_WORKER * self._workers:
                yield self._next(reader, waiting)
        while waiting:
            yield self._next(reader, waiting)

    def _next(self, reader: Callable[[Page], T], waiting: "Waiting[T]") -> tuple[Page, T | Rejection]:
        page, future = waiting.popleft()
        late_s = self._timeout_s * STUCK_FACTOR * IN_FLIGHT_PER_WORKER + SPARE_S
        try:
            return page, future.result(timeout=late_s)
        except OutOfTime:
            if not future.done():
                self._restart(reader, waiting)
            return page, rejection(page, "extract_timeout", f"over {self._timeout_s:g} s")
        except ProcessExpired as error:
            return page, _expired(page, error.exitcode)
        except BrokenProcessPool:
            self._restart(reader, waiting)
            return page, rejection(page, "extract_crash", "the worker pool broke")
        except Exception as error:  # noqa: BLE001  what a parser raises on one page must not end the batch
            return page, rejection(page, "extract_crash", f"{type(error).__name__}: {error}"[:200])

    def _schedule(self, reader: Callable[[Page], T], page: Page) -> "ProcessFuture[T | Rejection]":
        if self._pool is None:
            raise RuntimeError("ExtractorPool is used inside `with`")
        if not self._pool.active:
            self._pool = self._started()
        return self._pool.schedule(_within_limits, args=(reader, page), timeout=self._timeout_s)

    def _restart(self, reader: Callable[[Page], T], waiting: "Waiting[T]") -> None:
        """A new pool, to which the pages that have no verdict yet are given again."""
        self._stop()
        self._pool = self._started()
        for number, (page, future) in enumerate(waiting):
            if not future.done() or future.cancelled() or isinstance(future.exception(), BrokenProcessPool):
                waiting[number] = page, self._schedule(reader, page)

    def _started(self) -> ProcessPool:
        context = AloneContext()
        context.set_forkserver_preload([__name__])
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=PAGES_PER_WORKER,
            initializer=_begin,
            initargs=(self._memory_bytes,),
            context=context,
        )

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()


def _begin(memory_bytes: int) -> None:
    """A worker's first act: its memory limit, and its end if the process it works for is killed."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which stops its workers
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _within_limits(reader: Callable[[Page], T], page: Page) -> T | Rejection:
    """What `reader` says; memory that ran out is told from here, once the frames that hold it are gone."""
    try:
        return reader(page)
    except MemoryError:
        pass
    limit_bytes, _ = resource.getrlimit(resource.RLIMIT_AS)
    return rejection(page, "extract_memory", f"over {limit_bytes // 1_000_000} MB")


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _expired(page: Page, exit_code: int) -> Rejection:
    if exit_code in (-signal.SIGKILL, -signal.SIGABRT):  # the kernel's or a C library's answer to no memory
        return rejection(page, "extract_memory", f"worker ended by signal {-exit_code}")
    return rejection(page, "extract_crash", f"worker ended with {exit_code}")
