"""Readers that do to a worker what hostile pages do: they run inside it, so they are functions of a module."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Never

from ingest.extract.page import judge
from ingest.records import Page

EATEN_BYTES = 50_000_000


def by_address(page: Page) -> str:
    """What the last part of the page's address says; `pid` answers with the worker's."""
    return ACTS[page.url.rsplit("/", 1)[-1]]()


def resident_pages(page: Page) -> int:
    """Memory pages that the worker holds once it has judged this one (Linux: proc(5), statm)."""
    judge(page)
    return int(Path("/proc/self/statm").read_text("ascii").split()[1])


def killed_once(page: Page) -> str:
    """The first who makes the file that the page's body names is killed, as by a kernel short of memory."""
    return _first(page, lambda: os.kill(os.getpid(), signal.SIGKILL))


def orphaned_once(page: Page) -> str:
    """The first who makes that file takes the process that starts workers down with it."""
    return _first(page, lambda: [os.kill(pid, signal.SIGKILL) for pid in (os.getppid(), os.getpid())])


def _first(page: Page, act: Callable[[], object]) -> str:
    try:
        Path(page.body.decode()).touch(exist_ok=False)
    except FileExistsError:
        return "read"
    act()
    raise AssertionError("nobody was killed")


def read() -> str:
    return "read"


def work() -> str:
    until_s = time.process_time() + 0.25
    while time.process_time() < until_s:
        pass
    return "worked"


def spin() -> Never:
    while True:
        pass


def spin_in_c() -> Never:
    sum(iter(int, 1))  # zeros without end
    raise AssertionError("zeros ended")


def wait() -> Never:
    reading, _ = os.pipe()
    os.read(reading, 1)
    raise AssertionError("somebody wrote")


def eat() -> Never:
    eaten = []
    while True:
        eaten.append(b"x" * EATEN_BYTES)


def die() -> Never:
    os._exit(3)


def be_killed() -> Never:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL came late")


def complain() -> Never:
    raise ValueError("a parser's own fault")


def lose_itself() -> int:
    return lose_itself()


ACTS = {
    "read": read, "pid": lambda: str(os.getpid()), "work": work, "spin": spin,
    "spin-in-c": spin_in_c, "wait": wait, "eat": eat, "die": die,
    "killed": be_killed, "complain": complain, "lose-itself": lose_itself,
}  # fmt: skip
