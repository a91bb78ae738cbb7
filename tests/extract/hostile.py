"""Readers that do to a worker what hostile pages do: they run inside it, so they are functions of a module."""

import os
import signal
from typing import Never

from ingest.records import Page

EATEN_BYTES = 50_000_000


def by_address(page: Page) -> str:
    """What the last part of the page's address says."""
    return ACTS[page.url.rsplit("/", 1)[-1]]()


def read() -> str:
    return "read"


def spin() -> Never:
    while True:
        pass


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


ACTS = {"read": read, "spin": spin, "eat": eat, "die": die, "killed": be_killed, "complain": complain}
