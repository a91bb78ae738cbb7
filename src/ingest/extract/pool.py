"""Worker processes that judge pages and can be killed: a page that hangs, eats memory or crashes costs only itself.

What a page says is page.py's; here are processes, limits and the order in which verdicts come back.
"""

import logging
import multiprocessing
import os
import resource
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as OutOfTime
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.connection import wait
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from ingest.errors import ExtractorBroken
from ingest.extract.page import judge, judge_without_text, rejection
from ingest.extract.process import AloneContext, be_free_to_start_processes
from ingest.log import event
from ingest.records import Page, Rejection, RejectionReason, Verdict
from ingest.settings import Settings

logger = logging.getLogger(__name__)
PRELOADED = [__name__, "ingest.extract.warm"]  # by the fork server, so that no worker's first page pays for it
PAGES_PER_WORKER = 500  # then the worker is replaced: what a parser leaks stays small (5,000 pages: 127 -> 136 MB)
IN_FLIGHT_PER_WORKER = 3
STUCK_FACTOR = 4  # a verdict is this many time limits late: the pool itself is stuck, a new one is made
SPARE_S = 60.0
START_LIMIT_S = 60.0  # a second on a quiet machine; a pool that cannot start is our fault, not the pages'
FORK_SERVER_GONE = 255  # multiprocessing's answer for its workers; they live on and take what new ones are sent
OUT_OF_MEMORY = 71  # a worker's own exit code; no exit of Python or of a signal has it

T = TypeVar("T")
U = TypeVar("U")
Waiting = deque[tuple[Page, "ProcessFuture[T]"]]


class Limits(NamedTuple):
    """What one page may take: wall time, and CPU time of its worker, C code included."""

    timeout_s: float
    cpu_s: float


class Fault(NamedTuple):
    """Why a worker gave nothing for a page."""

    reason: RejectionReason
    detail: str
    may_pass: bool = False  # what took the worker (the kernel, another page) need not have been this page


WITHOUT_TEXT = Limits(timeout_s=10.0, cpu_s=2.0)  # for the metadata of a page whose text was too much; 19 MB take 0.8


class ExtractorPool:
    """`with ExtractorPool(...) as pool: for page, verdict in pool.judge(pages)`; verdicts come in the pages' order.

    `timeout_s`, `cpu_s`: wall and CPU time of one page; `memory_bytes`: address space of one worker, 0.1 GB of it used
    before its first page. A worker over a limit is replaced.
    Workers start from a fork server, so threads of this process (Airflow's, a fetcher's) are never forked.
    """

    def __init__(self, *, workers: int, timeout_s: float, cpu_s: float, memory_bytes: int) -> None:
        self._workers = workers
        self._limits = Limits(timeout_s, cpu_s)
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
        """Each page with what `reader` (a module's function) says of it in a worker, or why it could say nothing.

        That rejection has the metadata of the page's markup, where a second worker finds it in little time.
        """
        waiting: Waiting[T] = deque()
        answered = partial(self._next, reader, waiting)
        for page in pages:
            waiting.append((page, self._schedule(reader, page, self._limits)))
            if len(waiting) >= IN_FLIGHT_PER_WORKER * self._workers:
                yield answered()
        while waiting:
            yield answered()

    def _next(self, reader: Callable[[Page], T], waiting: "Waiting[T]") -> tuple[Page, T | Rejection]:
        page, future = waiting.popleft()
        told = self._told(future, self._limits, reader, waiting)
        if isinstance(told, Fault) and told.may_pass:
            event(logger, "page_given_again", logging.WARNING, url=page.url, reason=told.reason, detail=told.detail)
            told = self._told(self._schedule(reader, page, self._limits), self._limits, reader, waiting)
        if not isinstance(told, Fault):
            return page, told
        without_text = partial(judge_without_text, reason=told.reason, detail=told.detail)
        second = self._told(self._schedule(without_text, page, WITHOUT_TEXT), WITHOUT_TEXT, reader, waiting)
        return page, rejection(page, told.reason, told.detail) if isinstance(second, Fault) else second

    def _told(
        self, future: "ProcessFuture[U]", limits: Limits, reader: Callable[[Page], T], waiting: "Waiting[T]"
    ) -> U | Fault:
        """What comes of a page; where it takes the whole pool down, `waiting` is given to a new one."""
        late_s = self._limits.timeout_s * STUCK_FACTOR * IN_FLIGHT_PER_WORKER + SPARE_S
        try:
            return future.result(timeout=late_s)
        except OutOfTime:
            if not future.done():
                self._restart(reader, waiting)
            return Fault("extract_timeout", f"over {limits.timeout_s:g} s")
        except (ProcessExpired, BrokenProcessPool) as error:
            if isinstance(error, ProcessExpired) and error.exitcode != FORK_SERVER_GONE:
                return self._fault(error.exitcode, limits)
            self._restart(reader, waiting)
            return Fault("extract_crash", "the worker pool broke", may_pass=True)
        except Exception as error:  # noqa: BLE001  what a parser raises on one page must not end the batch
            return Fault("extract_crash", f"{type(error).__name__}: {error}"[:200])

    def _fault(self, exit_code: int, limits: Limits) -> Fault:
        if exit_code == -signal.SIGPROF:
            return Fault("extract_timeout", f"over {limits.cpu_s:g} CPU-seconds")
        if exit_code == OUT_OF_MEMORY:
            return Fault("extract_memory", f"over {self._memory_bytes // 1_000_000} MB")
        if exit_code in (-signal.SIGKILL, -signal.SIGABRT):  # the kernel's or a C library's answer to no memory
            killed = exit_code == -signal.SIGKILL
            return Fault("extract_memory", f"worker ended by signal {-exit_code}", may_pass=killed)
        return Fault("extract_crash", f"worker ended with {exit_code}")

    def _schedule(self, reader: Callable[[Page], U], page: Page, limits: Limits) -> "ProcessFuture[U]":
        if self._pool is None:
            raise RuntimeError("ExtractorPool is used inside `with`")
        if not self._pool.active:
            self._pool = self._started()
        return self._pool.schedule(_within_limits, args=(reader, page, limits.cpu_s), timeout=limits.timeout_s)

    def _restart(self, reader: Callable[[Page], T], waiting: "Waiting[T]") -> None:
        """A new pool, to which the pages that have no verdict yet are given again."""
        self._stop()
        self._pool = self._started()
        for number, (page, future) in enumerate(waiting):
            if not future.done() or future.cancelled() or isinstance(future.exception(), BrokenProcessPool):
                waiting[number] = page, self._schedule(reader, page, self._limits)

    def _started(self) -> ProcessPool:
        be_free_to_start_processes()
        context = AloneContext()
        context.set_forkserver_preload(PRELOADED)
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


def by_settings(settings: Settings) -> ExtractorPool:
    return ExtractorPool(
        workers=settings.extract_workers,
        timeout_s=settings.extract_timeout_s,
        cpu_s=settings.extract_cpu_s,
        memory_bytes=settings.extract_memory_bytes,
    )


def _begin(memory_bytes: int) -> None:
    """A worker's first act: its memory limit, and its end if the process it works for is killed."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which stops its workers
    for ending in (signal.SIGPROF, signal.SIGTERM):  # by the kernel: Python's own handlers wait for C code to return
        signal.signal(ending, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (ending,))  # who started us may have blocked or ignored them
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _within_limits(reader: Callable[[Page], T], page: Page, cpu_s: float) -> T:
    """What `reader` says. Over `cpu_s` of CPU time SIGPROF ends this worker, out of memory it ends itself."""
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    try:
        return reader(page)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
