"""Disks that run full or are closed: a tmpfs of a few MB where mounting is allowed, and a limit on file sizes everywhere."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class SmallDisk:
    """`.leaves()` fills it up to so many free bytes, `.has_room()` takes that back, `.closes()` makes it read-only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def leaves(self, free_bytes: int) -> None:
        with self._ballast.open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, shutil.disk_usage(self.folder).free - free_bytes)

    def has_room(self) -> None:
        self._ballast.unlink()

    def closes(self) -> None:
        _mount("-o", "remount,ro", str(self.folder))

    def opens(self) -> None:
        _mount("-o", "remount,rw", str(self.folder))


@contextmanager
def small_disk(folder: Path, *, size_mb: int) -> Iterator[SmallDisk]:
    folder.mkdir()
    try:
        _mount("-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", str(folder))
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system may be mounted here: {error}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def files_up_to(limit_bytes: int) -> Iterator[None]:
    """No file may grow beyond this (RLIMIT_FSIZE); Python ignores the signal, and writes fail as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)
