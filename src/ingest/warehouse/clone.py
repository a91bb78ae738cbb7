"""Whole files: copied by reference where the file system can, synced, put in place at once. What is in them is others' matter."""

import errno
import fcntl
import os
import shutil
from pathlib import Path

from ingest.errors import DiskFull

FICLONE = (
    0x40049409  # linux/fs.h: share the blocks of another file (XFS, Btrfs, bcachefs), copied when one is written to
)
UNABLE = (errno.EOPNOTSUPP, errno.ENOTTY, errno.EINVAL, errno.EXDEV, errno.ENOSYS, errno.EBADF, errno.ETXTBSY)
AT_ONCE_BYTES = 1 << 30  # one call of copy_file_range(2)


def clone(source: Path, target: Path) -> None:
    """Make `target` a copy of `source`, synced; a broken attempt is removed. Raises DiskFull before it begins to copy."""
    try:
        with source.open("rb") as given, target.open("wb") as made:
            if not _shares_blocks(given.fileno(), made.fileno()):
                must_fit(target.parent, source.stat().st_size, f"a copy of {source}")
                _copy(given.fileno(), made.fileno(), source.stat().st_size)
            os.fsync(made.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def must_fit(folder: Path, needed_bytes: int, what: str) -> None:
    """Raise DiskFull where `needed_bytes` are more than what is free for us in `folder`."""
    free_bytes = shutil.disk_usage(folder).free
    if needed_bytes > free_bytes:
        raise DiskFull(
            f"{what} needs {needed_bytes:,} bytes, and {folder} has {free_bytes:,} bytes free",
            "make room and call again: nothing was replaced, and what was published stays as it is",
        )


def _shares_blocks(given: int, made: int) -> bool:
    try:
        fcntl.ioctl(made, FICLONE, given)
    except OSError as error:
        if error.errno not in UNABLE:
            raise
        return False
    return True


def _copy(given: int, made: int, size: int) -> None:
    """Inside the kernel where it can."""
    copied = 0
    try:
        while copied < size:
            if not (count := os.copy_file_range(given, made, min(AT_ONCE_BYTES, size - copied))):
                break
            copied += count
    except OSError as error:
        if error.errno not in UNABLE or copied:
            raise
        with open(given, "rb", closefd=False) as source, open(made, "wb", closefd=False) as target:
            shutil.copyfileobj(source, target, 1 << 20)
