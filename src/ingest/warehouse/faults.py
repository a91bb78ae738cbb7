"""What a full or closed disk does to a writer, told as errors of our own. What else goes wrong flies as it is."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ingest.errors import DiskFull, IngestError, NotWritable

# DuckDB hands on the system's words, not its number (2.0.0 and 1.5.5)
FULL = {code: os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)}
CLOSED = {code: os.strerror(code) for code in (errno.EROFS, errno.EACCES, errno.EPERM)}


@contextmanager
def told_plainly(file: Path) -> Iterator[None]:
    """Raise DiskFull or NotWritable for what the disk did to a writer of `file`, at whatever depth it came up."""
    try:
        yield
    except (DiskFull, NotWritable):
        raise
    except (duckdb.Error, OSError, IngestError) as error:
        for cause in _causes(error):
            if _is(cause, FULL):
                free_bytes = shutil.disk_usage(next(place for place in file.parents if place.is_dir())).free
                raise DiskFull(
                    f"the disk ran full while {file} was written ({free_bytes:,} bytes are free): {_line(cause)}",
                    "make room and call again: what was sealed and loaded is kept, what was published stays as it is",
                ) from error
            if _is(cause, CLOSED):
                raise NotWritable(
                    f"{getattr(cause, 'filename', None) or file} may not be written to: {_line(cause)}",
                    f"let this user (uid {os.getuid()}) write there, or set INGEST_HOME to where it may",
                ) from error
        raise


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and those behind it: a ROLLBACK that fails after a failed COMMIT hides the reason."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _is(error: BaseException, told: dict[int, str]) -> bool:
    if isinstance(error, OSError):
        return error.errno in told
    return isinstance(error, duckdb.Error) and any(words in str(error) for words in told.values())


def _line(error: BaseException) -> str:
    return str(error).splitlines()[0]
