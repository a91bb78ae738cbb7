"""Opening a file that may be replaced at that moment; what is in it is the others' matter."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb

ATTEMPTS = 5  # replacements come minutes apart: two in a row is chance, five are none
T = TypeVar("T")


def steady(file: Path, opened: Callable[[], T], *, closed: Callable[[T], object]) -> T:
    """What `opened` gives, of one and the same file.

    DuckDB opens a file three times before it reads it (2.0.0, seen by strace); where another file took its name in between,
    it finds a header of the one and blocks of the other, and fails, or would read nonsense. Then it is opened again.
    """
    for _ in range(ATTEMPTS - 1):
        before = _identity(file)
        try:
            found = opened()
        except duckdb.Error:
            if _identity(file) == before:
                raise
            continue
        if _identity(file) == before:
            return found
        closed(found)
    return opened()


def _identity(file: Path) -> tuple[int, int]:
    told = file.stat()
    return told.st_ino, told.st_mtime_ns
