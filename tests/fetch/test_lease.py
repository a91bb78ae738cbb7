"""Leases: one visitor a host at a time, and a rest that everybody keeps."""

import fcntl
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.fetch.lease import HELD_S, KILLED_REST_S, LONGEST_REST_S, Lease, Leases


def taken(leases: Leases, host: str) -> Lease:
    lease = leases.take(host)
    assert isinstance(lease, Lease)
    return lease


def until(folder: Path) -> float:
    (path,) = folder.iterdir()
    return float(path.read_text())


@pytest.mark.parametrize(
    "host", ["example.org", "example.org:8080", "[2001:db8::1]:81", f"{'a' * 60}." * 4 + "example"]
)
def test_a_host_has_one_visitor_at_a_time_and_then_rests(tmp_path: Path, host: str) -> None:
    ours, theirs = Leases(tmp_path), Leases(tmp_path)
    lease = taken(ours, host)
    assert theirs.take(host) == ours.take(host) == HELD_S
    assert isinstance(theirs.take("other.example"), Lease)
    lease.release(50.0)
    left_s = theirs.take(host)
    assert isinstance(left_s, float)
    assert 40.0 < left_s <= 50.0


def test_a_host_that_has_rested_is_free(leases: Leases) -> None:
    taken(leases, "a").release(0.0)
    taken(leases, "a").release(-5.0)
    taken(leases, "a")


def visits_at_once(leases: Leases, *, threads: int, each: int) -> list[int]:
    """How many were at the one host, at each visit of so many threads."""
    inside, seen = [], []

    def visit() -> None:
        for _ in range(each):
            while not isinstance(lease := leases.take("a"), Lease):
                pass
            inside.append(1)
            seen.append(len(inside))
            inside.pop()
            lease.release(0.0)

    visitors = [threading.Thread(target=visit) for _ in range(threads)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return seen


def test_threads_exclude_each_other(leases: Leases) -> None:
    assert visits_at_once(leases, threads=4, each=50) == [1] * 200


HOLDER = """
import sys
from pathlib import Path
from ingest.fetch.lease import Leases
lease = Leases(Path(sys.argv[1])).take("a")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_killed_holder_loses_the_lease_and_the_host_rests_all_the_same(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "held\n"
    leases = Leases(tmp_path)
    assert leases.take("a") == HELD_S
    holder.kill()
    holder.communicate()
    left_s = leases.take("a")
    assert isinstance(left_s, float)
    assert HELD_S < left_s <= KILLED_REST_S


FORKER = """
import os, sys
from pathlib import Path
from ingest.fetch.lease import Lease, Leases
leases = Leases(Path(sys.argv[1]))
lease = leases.take("a")
if os.fork() == 0:
    sys.stdin.read()
    os._exit(0)
lease.release(0.0)
print(isinstance(leases.take("a"), Lease), flush=True)
"""


def test_a_child_that_was_forked_meanwhile_does_not_keep_the_lease(tmp_path: Path) -> None:
    forker = subprocess.Popen(
        [sys.executable, "-c", FORKER, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert forker.communicate()[0] == "True\n"


@pytest.mark.parametrize(
    ("written", "is_free"),
    [
        (lambda: "", True),
        (lambda: "garbage", True),
        (lambda: "nan", True),
        (lambda: "inf", True),
        (lambda: "-inf", True),
        (lambda: f"{time.time() - 10}", True),
        (lambda: f"{time.time() + 100}", False),
        (lambda: f"{time.time() + LONGEST_REST_S - 100}", False),
        (lambda: f"{time.time() + LONGEST_REST_S + 100}", True),
    ],
)
def test_a_rest_that_nobody_can_have_meant_is_none(tmp_path: Path, written, is_free: bool) -> None:
    """The clock was set back, or the machine crashed amid a write."""
    (tmp_path / "a").write_text(written())
    assert isinstance(Leases(tmp_path).take("a"), Lease) is is_free


def test_a_rest_is_a_day_at_most(tmp_path: Path) -> None:
    taken(Leases(tmp_path), "a").release(1e12)
    assert until(tmp_path) - time.time() <= LONGEST_REST_S
    assert isinstance(Leases(tmp_path).take("a"), float)


def test_hosts_that_nobody_visited_for_long_are_swept_away(tmp_path: Path) -> None:
    leases, now = Leases(tmp_path), datetime.now(UTC)
    for host in ("rests", "old", "young"):
        taken(leases, host).release(50.0 if host == "rests" else 0.0)
    held = taken(leases, "held")
    for host in ("rests", "old", "held"):
        os.utime(tmp_path / host, (1_000_000_000.0, 1_000_000_000.0))
    assert leases.sweep(before=now - timedelta(days=2)) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["held", "rests", "young"]
    assert leases.take("held") == HELD_S
    held.release(0.0)
    assert isinstance(leases.take("old"), Lease)


def test_a_file_that_was_swept_away_while_it_was_opened_is_no_lease(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leases, flock = Leases(tmp_path), fcntl.flock
    taken(leases, "a").release(0.0)

    def sweeping(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        os.utime(tmp_path / "a", (1_000_000_000.0, 1_000_000_000.0))
        assert leases.sweep(before=datetime.now(UTC)) == 1
        holder.append(taken(leases, "a"))
        flock(descriptor, operation)

    holder: list[Lease] = []
    monkeypatch.setattr(fcntl, "flock", sweeping)
    assert leases.take("a") == HELD_S
    assert leases.take("a") == HELD_S
    holder[0].release(0.0)
    assert isinstance(leases.take("a"), Lease)


def test_leases_exclude_each_other_while_they_are_swept(leases: Leases) -> None:
    is_over = threading.Event()

    def sweep() -> None:
        while not is_over.is_set():
            leases.sweep(before=datetime.now(UTC) + timedelta(days=1))

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    seen = visits_at_once(leases, threads=3, each=100)
    is_over.set()
    sweeper.join()
    assert seen == [1] * 300


def test_a_lease_that_is_given_back_twice_harms_nobody(leases: Leases) -> None:
    lease = taken(leases, "a")
    lease.release(0.0)
    lease.abandon()
    other = taken(leases, "a")
    lease.abandon()
    assert leases.take("a") == HELD_S
    other.release(0.0)
