"""Pace: one visit a host at a time, a rest in between, and nobody waits for a host that rests."""

import gc
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import count, pairwise

import pytest

from ingest.fetch.pace import AHEAD, in_turn

Visit = tuple[str, int]


class Log:
    """Records when each visit began and ended, and how many were in flight at a host."""

    def __init__(self) -> None:
        self.spans: dict[str, list[tuple[float, float]]] = {}
        self._lock = threading.Lock()

    def visit(self, visit: Visit) -> str:
        began = time.monotonic()
        with self._lock:
            self.spans.setdefault(visit[0], []).append((began, time.monotonic()))
        return f"{visit[0]}/{visit[1]}"


Turns = Generator[tuple[Visit, str], None, None]


def run(visits: object, visit: object, *, delay_s: float = 0.0, threads: int = 4) -> Turns:
    return in_turn(visits, visit, host_of=lambda visit: visit[0], delay_s_of=lambda _: delay_s, threads=threads)  # type: ignore


@pytest.mark.parametrize("threads", [1, 3, 16])
@pytest.mark.parametrize("visits", [[], [("a", 1)], [(host, n) for n in range(20) for host in "abc"]])
def test_every_visit_is_made_once(visits: list[Visit], threads: int) -> None:
    ended = list(run(visits, Log().visit, threads=threads))
    assert sorted(ended) == sorted((visit, f"{visit[0]}/{visit[1]}") for visit in visits)


def test_a_host_is_visited_in_order_with_a_rest_in_between() -> None:
    log = Log()
    ended = list(run([(host, n) for n in range(4) for host in "ab"], log.visit, delay_s=0.03))
    assert [n for (host, n), _ in ended if host == "a"] == [0, 1, 2, 3]
    for spans in log.spans.values():
        for (_, end), (begin, _) in pairwise(spans):
            assert begin - end >= 0.03


def test_a_host_has_one_visit_in_flight() -> None:
    in_flight = {"a": 0, "b": 0}
    most = []

    def visit(visit: Visit) -> None:
        in_flight[visit[0]] += 1
        most.append(in_flight[visit[0]])
        sum(range(50_000))  # long enough for another thread to get in
        in_flight[visit[0]] -= 1

    list(run([(host, n) for host in "ab" for n in range(10)], visit, threads=8))  # type: ignore[arg-type]
    assert most == [1] * 20


def test_while_one_host_rests_or_hangs_all_others_go_on() -> None:
    others_done = threading.Event()

    def visit(visit: Visit) -> str:
        if visit == ("slow", 0):
            others_done.wait()
        return visit[0]

    def delay_s(visit: Visit) -> float:
        return 1_000.0 if visit[0] == "resting" else 0.0

    visits = [("slow", 0), ("slow", 1), ("resting", 0), ("resting", 1), *(("quick", n) for n in range(5))]
    turns = in_turn(visits, visit, host_of=lambda visit: visit[0], delay_s_of=delay_s, threads=2)
    seen = []
    for ended, _ in turns:
        seen.append(ended)
        if ended == ("quick", 4):
            others_done.set()
        if len(seen) == 8:
            turns.close()
    assert sorted(seen) == sorted(visit for visit in visits if visit != ("resting", 1))


def test_a_fault_of_ours_reaches_the_caller_and_ends_all() -> None:
    def visit(visit: Visit) -> None:
        if visit[1] == 3:
            raise KeyError("ours")

    before = threading.active_count()
    with pytest.raises(KeyError, match="ours"):
        list(run([("a", n) for n in range(10)], visit))  # type: ignore[arg-type]
    assert threading.active_count() == before


def test_a_fault_in_the_callers_list_ends_all_too() -> None:
    def visits() -> Iterator[Visit]:
        yield ("a", 1)
        raise KeyError("listing")

    before = threading.active_count()
    with pytest.raises(KeyError, match="listing"):
        list(run(visits(), Log().visit))
    assert threading.active_count() == before


def test_an_endless_list_is_read_only_as_far_as_needed() -> None:
    taken = count()
    made = []
    turns = run(((f"host-{next(taken) % 50}", n) for n in count()), made.append, threads=2)
    for _ in range(100):
        next(turns)
    turns.close()
    assert len(made) <= 100 + 2 * 2
    assert next(taken) <= AHEAD + len(made) + 1


def full(thread_count: int) -> list[Visit]:
    return [(f"host-{n}", n) for n in range(10 * thread_count)]


@pytest.mark.parametrize(
    ("visits", "delay_s"),
    [
        (full(4), 0.0),  # the queue of results is full
        ([("a", 0), *(("b", n) for n in range(9))], 1_000.0),  # hosts rest
    ],
)
def test_closing_early_ends_all_threads(visits: list[Visit], delay_s: float) -> None:
    before = threading.active_count()
    with pytest.raises(OSError, match="disk"), closing(run(visits, Log().visit, delay_s=delay_s)) as turns:
        for _ in turns:
            raise OSError("the disk is full")
    assert threading.active_count() == before


def test_closing_early_begins_nothing_more_and_waits_for_no_visit_in_flight() -> None:
    begun, may_end = [], threading.Event()

    def visit(visit: Visit) -> str:
        begun.append(visit)
        if visit[0] == "slow":
            may_end.wait()
        return visit[0]

    turns = run([("slow", 0), ("slow", 1), ("quick", 0)], visit, threads=2)
    assert next(turns) == (("quick", 0), "quick")
    turns.close()
    (left,) = (thread for thread in threading.enumerate() if thread.name.startswith("ingest-visits-"))
    may_end.set()
    left.join()
    assert sorted(begun) == [("quick", 0), ("slow", 0)]


def test_an_iterator_that_is_forgotten_ends_its_threads() -> None:
    before = threading.active_count()
    next(run(full(4), Log().visit))
    gc.collect()
    assert threading.active_count() == before


PROGRAM = """
import sys, threading, time
from contextlib import closing, nullcontext
from ingest.fetch.pace import in_turn

state, keeper = sys.argv[1], {"closed": closing, "left open": nullcontext}[sys.argv[2]]
never = threading.Event()

def visit(visit):
    if state == "visits in flight" and visit[1]:
        never.wait()
    return visit

visits = ((f"host-{n % 3 if state == 'hosts rest' else n}", n) for n in range(50))
delay_s = 1_000.0 if state == "hosts rest" else 0.0
turns = in_turn(visits, visit, host_of=lambda one: one[0], delay_s_of=lambda _: delay_s, threads=4)
with keeper(turns) as ended:
    for one in ended:
        raise OSError("the disk is full")
"""


@pytest.mark.parametrize("keeper", ["closed", "left open"])
@pytest.mark.parametrize("state", ["results wait", "hosts rest", "visits in flight"])
def test_a_program_whose_caller_fails_ends_with_the_failure(state: str, keeper: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, state, keeper], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == "OSError: the disk is full"
