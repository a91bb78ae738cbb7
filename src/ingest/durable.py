"""What is on disk when a call returns, so that a power cut cannot take it back. What is written is not decided here."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """A file's contents, or the names in a folder, on disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(unfinished: Path, target: Path) -> None:
    """Give a finished file its name: who opens `target` finds the old file or the new one, and always one of them."""
    sync(unfinished)
    unfinished.replace(target)
    sync(target.parent)
