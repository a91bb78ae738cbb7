"""Pace: one visit a host at a time, a rest in between, and nobody waits for a host that rests."""

import gc
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from itertools import count, pairwise
from pathlib import Path

import pytest

from fetch.hostile import HostileWeb, stall
from ingest.fetch.lease import HELD_S, KILLED_REST_S, Lease, Leases
from ingest.fetch.pace import AGAIN, AHEAD, Again, in_turn

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
Run = Callable[..., Turns]


def never(*_: object) -> None:
    """No visit is put off."""


@pytest.fixture
def run(leases: Leases) -> Run:
    def begin(visits: object, visit: object, *, delay_s: float = 0.0, threads: int = 4, put_off=never) -> Turns:
        return in_turn(
            visits,
            visit,
            host_of=lambda visit: visit[0],
            delay_s_of=lambda _: delay_s,
            threads=threads,
            leases=leases,
            put_off=put_off,
        )

    return begin


@pytest.mark.parametrize("threads", [1, 3, 16])
@pytest.mark.parametrize("visits", [[], [("a", 1)], [(host, n) for n in range(20) for host in "abc"]])
def test_every_visit_is_made_once(run: Run, visits: list[Visit], threads: int) -> None:
    ended = list(run(visits, Log().visit, threads=threads))
    assert sorted(ended) == sorted((visit, f"{visit[0]}/{visit[1]}") for visit in visits)


def test_a_host_is_visited_in_order_with_a_rest_in_between(run: Run) -> None:
    log = Log()
    ended = list(run([(host, n) for n in range(4) for host in "ab"], log.visit, delay_s=0.03))
    assert [n for (host, n), _ in ended if host == "a"] == [0, 1, 2, 3]
    for spans in log.spans.values():
        for (_, end), (begin, _) in pairwise(spans):
            assert begin - end >= 0.03


def test_a_host_has_one_visit_in_flight(run: Run) -> None:
    in_flight = {"a": 0, "b": 0}
    most = []

    def visit(visit: Visit) -> None:
        in_flight[visit[0]] += 1
        most.append(in_flight[visit[0]])
        sum(range(50_000))  # long enough for another thread to get in
        in_flight[visit[0]] -= 1

    list(run([(host, n) for host in "ab" for n in range(10)], visit, threads=8))  # type: ignore[arg-type]
    assert most == [1] * 20


def test_while_one_host_rests_or_hangs_all_others_go_on(leases: Leases) -> None:
    others_done = threading.Event()

    def visit(visit: Visit) -> str:
        if visit == ("slow", 0):
            others_done.wait()
        return visit[0]

    def delay_s(visit: Visit) -> float:
        return 1_000.0 if visit[0] == "resting" else 0.0

    visits = [("slow", 0), ("slow", 1), ("resting", 0), ("resting", 1), *(("quick", n) for n in range(5))]
    turns = in_turn(
        visits, visit, host_of=lambda one: one[0], delay_s_of=delay_s, threads=2, leases=leases, put_off=never
    )
    seen = []
    for ended, _ in turns:
        seen.append(ended)
        if ended == ("quick", 4):
            others_done.set()
        if len(seen) == 8:
            turns.close()
    assert sorted(seen) == sorted(visit for visit in visits if visit != ("resting", 1))


def test_a_fault_of_ours_reaches_the_caller_and_ends_all(run: Run) -> None:
    def visit(visit: Visit) -> None:
        if visit[1] == 3:
            raise KeyError("ours")

    before = threading.active_count()
    with pytest.raises(KeyError, match="ours"):
        list(run([("a", n) for n in range(10)], visit))  # type: ignore[arg-type]
    assert threading.active_count() == before


def test_a_fault_in_the_callers_list_ends_all_too(run: Run) -> None:
    def visits() -> Iterator[Visit]:
        yield ("a", 1)
        raise KeyError("listing")

    before = threading.active_count()
    with pytest.raises(KeyError, match="listing"):
        list(run(visits(), Log().visit))
    assert threading.active_count() == before


def test_an_endless_list_is_read_only_as_far_as_needed(run: Run) -> None:
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
def test_closing_early_ends_all_threads(run: Run, visits: list[Visit], delay_s: float) -> None:
    before = threading.active_count()
    with pytest.raises(OSError, match="disk"), closing(run(visits, Log().visit, delay_s=delay_s)) as turns:
        for _ in turns:
            raise OSError("the disk is full")
    assert threading.active_count() == before


class InFlight:
    """Visits to `slow` do not end before `lands`; all others end after one to `slow` has begun."""

    def __init__(self) -> None:
        self.begun: list[Visit] = []
        self._has_begun, self._may_end = threading.Event(), threading.Event()

    def visit(self, visit: Visit) -> str:
        self.begun.append(visit)
        if visit[0] == "slow":
            self._has_begun.set()
            self._may_end.wait()
        else:
            self._has_begun.wait()
        return visit[0]

    def lands(self) -> None:
        """Let the one visit that is left end."""
        (left,) = (thread for thread in threading.enumerate() if thread.name.startswith("ingest-visits-"))
        self._may_end.set()
        left.join()


def test_closing_early_begins_nothing_more_and_waits_for_no_visit_in_flight(run: Run) -> None:
    flight = InFlight()
    turns = run([("slow", 0), ("slow", 1), ("quick", 0)], flight.visit, threads=2)
    assert next(turns) == (("quick", 0), "quick")
    turns.close()
    flight.lands()
    assert sorted(flight.begun) == [("quick", 0), ("slow", 0)]


def test_an_iterator_that_is_forgotten_ends_its_threads(run: Run) -> None:
    before = threading.active_count()
    next(run(full(4), Log().visit))
    gc.collect()
    assert threading.active_count() == before


def test_a_visit_that_asked_for_something_else_first_is_made_again_after_the_rest(leases: Leases) -> None:
    log, met = Log(), set()

    def visit(visit: Visit) -> str | Again:
        answer = log.visit(visit)
        if visit[0] in met:
            return answer
        met.add(visit[0])
        return AGAIN

    def put_off(_: Visit, wait_s: float) -> None:
        waits.append(wait_s)

    waits: list[float] = []
    turns = in_turn(
        [(host, n) for n in range(2) for host in "ab"],
        visit,
        host_of=lambda one: one[0],
        delay_s_of=lambda _: 0.03,
        threads=2,
        leases=leases,
        put_off=put_off,
    )
    ended = [one for one, _ in turns]
    assert [n for host, n in ended if host == "a"] == [0, 1]
    assert [len(log.spans[host]) for host in "ab"] == [3, 3]
    for spans in log.spans.values():
        for (_, end), (begin, _) in pairwise(spans):
            assert begin - end >= 0.03
    assert max(waits) <= 0.03


def test_what_is_put_off_ends_at_once_and_asks_its_host_for_nothing(run: Run, leases: Leases) -> None:
    busy, resting = leases.take("busy"), leases.take("resting")
    assert isinstance(busy, Lease)
    assert isinstance(resting, Lease)
    resting.release(50_000.0)

    def put_off(one: Visit, wait_s: float) -> str | None:
        return f"{one} is put off" if one[0] == "unwanted" or wait_s > 60 or (one[0] == "busy" and wait_s) else None

    log = Log()
    visits = [(host, n) for host in ("unwanted", "resting", "busy", "free") for n in range(2)]
    ended = dict(run(visits, log.visit, delay_s=1_000.0, put_off=put_off))
    assert list(log.spans) == ["free"]
    assert ended == {one: f"{one} is put off" for one in visits} | {("free", 0): "free/0"}
    assert isinstance(leases.take("unwanted"), Lease)
    assert isinstance(leases.take("free"), float)


def test_a_host_that_another_task_visits_holds_up_no_thread_and_no_other_host(run: Run, leases: Leases) -> None:
    held = leases.take("held")
    assert isinstance(held, Lease)
    turns = run([("held", 0), *((f"host-{n}", n) for n in range(5))], Log().visit, threads=1)
    others = [next(turns)[0] for _ in range(5)]
    assert ("held", 0) not in others
    held.release(0.0)
    assert [one for one, _ in turns] == [("held", 0)]


def test_a_rest_that_another_task_owes_a_host_is_waited_for(run: Run, leases: Leases) -> None:
    held = leases.take("a")
    assert isinstance(held, Lease)
    began = time.monotonic()
    held.release(0.1)
    log = Log()
    list(run([("a", 0)], log.visit))
    assert log.spans["a"][0][0] - began >= 0.1


def test_after_a_fault_of_ours_the_host_rests_as_after_a_kill(run: Run, leases: Leases) -> None:
    def visit(_: Visit) -> None:
        raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        list(run([("a", 0)], visit))
    left_s = leases.take("a")
    assert isinstance(left_s, float)
    assert KILLED_REST_S / 2 < left_s <= KILLED_REST_S


def test_a_visit_in_flight_when_all_is_closed_gives_its_lease_back(run: Run, leases: Leases) -> None:
    flight = InFlight()
    turns = run([("slow", 0), ("quick", 0)], flight.visit, threads=2)
    next(turns)
    turns.close()
    flight.lands()
    assert isinstance(leases.take("slow"), Lease)
    assert isinstance(leases.take("quick"), Lease)


CRAWLER = """
import sys
from pathlib import Path
from ipaddress import ip_network
from ingest.fetch.client import Client
from ingest.fetch.lease import Leases
from ingest.fetch.pace import in_turn
from ingest.rules.url import host

folder, delay_s, *urls = sys.argv[1:]
client = Client(user_agent="ingest/0.1 (test)", timeout_s=60.0, connect_timeout_s=5.0, threads=64,
                allow_networks=(ip_network("127.0.0.0/8"),))
sys.stdin.readline()
turns = in_turn(urls, lambda url: client.get(url, limit_bytes=1_000, accept="page"), host_of=host,
                delay_s_of=lambda _: float(delay_s), threads=64, leases=Leases(Path(folder)),
                put_off=lambda *_: None)
for _, response in turns:
    print(response.outcome, flush=True)
"""


def crawler(folder: Path, delay_s: float, urls: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CRAWLER, folder, str(delay_s), *urls],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_tasks_keep_the_delay_of_64_hosts_together_and_a_stuck_host_delays_no_other(tmp_path: Path) -> None:
    """As the servers saw it: they note when each request came."""
    delay_s, per_task = 0.3, 3
    with ExitStack() as stack:
        webs = [stack.enter_context(HostileWeb(f"127.0.0.{n}")) for n in range(1, 65)]
        urls = [web.page("/a", b"x") for _ in range(per_task) for web in webs]
        stuck = stack.enter_context(HostileWeb())
        urls = [stuck.does("/a", stall), *urls]
        tasks = [crawler(tmp_path / "hosts", delay_s, urls) for _ in range(2)]
        for task in tasks:
            task.stdin.write("go\n")
            task.stdin.flush()
        for task in tasks:
            assert [task.stdout.readline() for _ in range(64 * per_task)] == ["ok\n"] * 64 * per_task
        for task in tasks:
            task.kill()
            task.communicate()
        assert len(stuck.asked_at) == 1
    for web in webs:
        assert len(web.asked_at) == 2 * per_task
        assert min(after - before for before, after in pairwise(web.asked_at)) >= delay_s


def test_the_host_of_a_killed_task_rests_before_another_visits_it(tmp_path: Path) -> None:
    with HostileWeb() as web:
        begun = threading.Event()

        def told(_: object, closing: threading.Event) -> None:
            begun.set()
            closing.wait()

        task = crawler(tmp_path / "hosts", 0.0, [web.does("/a", told)])
        task.stdin.write("go\n")
        task.stdin.flush()
        begun.wait()
        leases = Leases(tmp_path / "hosts")
        place = f"127.0.0.1:{web.port}"
        assert leases.take(place) == HELD_S
        task.kill()
        task.communicate()
        left_s = leases.take(place)
        assert isinstance(left_s, float)
        assert HELD_S < left_s <= KILLED_REST_S


PROGRAM = """
import sys, threading, time
from contextlib import closing, nullcontext
from pathlib import Path
from ingest.fetch.lease import Leases
from ingest.fetch.pace import in_turn

state, keeper = sys.argv[1], {"closed": closing, "left open": nullcontext}[sys.argv[2]]
never = threading.Event()

def visit(visit):
    if state == "visits in flight" and visit[1]:
        never.wait()
    return visit

visits = ((f"host-{n % 3 if state == 'hosts rest' else n}", n) for n in range(50))
delay_s = 1_000.0 if state == "hosts rest" else 0.0
turns = in_turn(
    visits, visit, host_of=lambda one: one[0], delay_s_of=lambda _: delay_s, threads=4,
    leases=Leases(Path(sys.argv[3])), put_off=lambda *_: None,
)
with keeper(turns) as ended:
    for one in ended:
        raise OSError("the disk is full")
"""


@pytest.mark.parametrize("keeper", ["closed", "left open"])
@pytest.mark.parametrize("state", ["results wait", "hosts rest", "visits in flight"])
def test_a_program_whose_caller_fails_ends_with_the_failure(tmp_path: Path, state: str, keeper: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, state, keeper, tmp_path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == "OSError: the disk is full"
