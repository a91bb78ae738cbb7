"""Names: an answer is waited for so long, and a name without one delays no other."""

import socket
import threading
from collections.abc import Iterator

import pytest

from ingest.fetch.names import Names, NoPlace


class Resolver:
    """A resolver of the system that has no answer for `slow` names until it may."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may_answer = threading.Event()
        self._answers = socket.getaddrinfo

    def __call__(self, host: str, port: int, **options: object) -> object:
        self.asked.append(host)
        if host.startswith("slow"):
            self.may_answer.wait()
        if host == "a" * 64:
            raise UnicodeError("label too long")
        if host.startswith("gone"):
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return self._answers("127.0.0.7" if host.isalpha() else host, port, **options)  # type: ignore[arg-type]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resolver]:
    resolver = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    yield resolver
    resolver.may_answer.set()


def test_a_name_and_an_address_are_resolved(resolver: Resolver) -> None:
    names = Names(limit=1)
    for host, address in (("quick", "127.0.0.7"), ("127.0.0.8", "127.0.0.8"), ("::1", "::1")):
        assert [found[1][:2] for found in names.addresses(host, 80, timeout_s=20.0, wait_s=20.0)] == [(address, 80)]


@pytest.mark.parametrize(("host", "error"), [("gone", socket.gaierror), ("a" * 64, UnicodeError)])
def test_what_the_resolver_refuses_is_said(resolver: Resolver, host: str, error: type[Exception]) -> None:
    names = Names(limit=1)
    for _ in range(2):
        with pytest.raises(error):
            names.addresses(host, 80, timeout_s=20.0, wait_s=20.0)


def test_no_answer_is_waited_for_only_so_long_and_asked_for_once(resolver: Resolver) -> None:
    names = Names(limit=2)
    for _ in range(5):
        with pytest.raises(socket.gaierror, match="no answer within"):
            names.addresses("slow", 80, timeout_s=0.01, wait_s=20.0)
    assert names.addresses("quick", 80, timeout_s=20.0, wait_s=20.0)
    assert resolver.asked.count("slow") == 1


def test_threads_that_wait_are_bounded(resolver: Resolver) -> None:
    names, before = Names(limit=3), threading.active_count()
    for number in range(10):
        with pytest.raises(socket.gaierror if number < 3 else NoPlace):
            names.addresses(f"slow{number}", 80, timeout_s=0.01, wait_s=0.01)
    assert threading.active_count() - before <= 3


def test_an_answer_that_comes_late_serves_whoever_waits_still(resolver: Resolver) -> None:
    names, found = Names(limit=1), []
    waiting = [
        threading.Thread(target=lambda: found.append(names.addresses("slow", 80, timeout_s=20.0, wait_s=20.0)))
        for _ in range(4)
    ]
    for thread in waiting:
        thread.start()
    while not resolver.asked:
        pass
    resolver.may_answer.set()
    for thread in waiting:
        thread.join()
    assert len(found) == 4


def test_a_place_is_waited_for_where_all_are_taken(resolver: Resolver) -> None:
    names, found = Names(limit=1), []
    with pytest.raises(socket.gaierror):
        names.addresses("slow", 80, timeout_s=0.01, wait_s=20.0)
    waiting = threading.Thread(target=lambda: found.append(names.addresses("quick", 80, timeout_s=20.0, wait_s=20.0)))
    waiting.start()
    resolver.may_answer.set()
    waiting.join()
    assert len(found) == 1


def test_the_names_of_one_domain_leave_places_to_others(resolver: Resolver) -> None:
    names = Names(limit=6)
    for number in range(9):
        with pytest.raises(socket.gaierror if number < 3 else NoPlace):
            names.addresses(f"slow{number}.trap.example", 80, timeout_s=0.01, wait_s=20.0)
    assert names.addresses("quick", 80, timeout_s=20.0, wait_s=20.0)
    with pytest.raises(socket.gaierror, match="no answer within"):
        names.addresses("slow.other.example", 80, timeout_s=0.01, wait_s=20.0)
    assert len(resolver.asked) == 5


def test_all_the_waiting_is_no_longer_than_the_visit(resolver: Resolver) -> None:
    with pytest.raises(socket.gaierror, match=r"no answer within 0\.0 s"):
        Names(limit=1).addresses("slow", 80, timeout_s=20.0, wait_s=0.0)
