"""Pace: one visit a host at a time, a rest in between, and nobody waits for a host that rests."""

import threading
import time
from collections.abc import Iterator
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


def run(visits: object, visit: object, *, delay_s: float = 0.0, threads: int = 4) -> Iterator[tuple[Visit, str]]:
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
            turns.close()  # type: ignore[attr-defined]
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
    turns.close()  # type: ignore[attr-defined]
    assert len(made) <= 100 + 2 * 2
    assert next(taken) <= AHEAD + len(made) + 1
