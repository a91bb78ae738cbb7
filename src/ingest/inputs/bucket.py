"""Files in S3 and in what speaks like it, read in a row or from any byte on. Who may read them is said by AWS's own variables.

Nothing is written here.
"""

import io
import os
from fnmatch import fnmatchcase
from functools import lru_cache
from glob import has_magic
from typing import Any

from pyarrow import fs

from ingest.history import PartOutcome
from ingest.inputs.piece import Interrupted

BUCKET = "s3://"
ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")  # another server than Amazon's, as its own tools read it
NOT_THERE = ("NoSuchKey", "NoSuchBucket", "NOT_FOUND", "RESOURCE_NOT_FOUND")


class BucketFile(io.RawIOBase):
    """pyarrow's file, whose failures say how the reading ends."""

    def __init__(self, address: str) -> None:
        try:
            self._file = _store(_endpoint()).open_input_file(_key(address))
        except OSError as error:
            raise _told(error) from error

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return int(self._file.tell())

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._file.seek(offset, whence))

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed names it Buffer
        try:
            return int(self._file.readinto(buffer))
        except OSError as error:
            raise _told(error) from error

    def close(self) -> None:
        self._file.close()
        super().close()


def size_bytes(address: str) -> int:
    """Interrupted where there is no such file."""
    try:
        found = _store(_endpoint()).get_file_info(_key(address))
    except OSError as error:
        raise _told(error) from error
    if found.type != fs.FileType.File:
        raise Interrupted("missing", f"{address} is no file of its bucket")
    return int(found.size)


def names(address: str) -> list[str] | None:
    """The files below a prefix or of a pattern, in the order of their names; None where the address is of one file."""
    key = _key(address)
    has_pattern = has_magic(key)
    base = key[: min(key.find(mark) for mark in "*?[" if mark in key)].rpartition("/")[0] if has_pattern else key
    try:
        store = _store(_endpoint())
        if not has_pattern and store.get_file_info(key).type == fs.FileType.File:
            return None
        selector = fs.FileSelector(base.rstrip("/"), recursive=True, allow_not_found=True)
        found = [one.path for one in store.get_file_info(selector) if one.type == fs.FileType.File]
    except OSError as error:
        raise _told(error) from error
    return sorted(f"{BUCKET}{path}" for path in found if not has_pattern or fnmatchcase(path, key))


def _key(address: str) -> str:
    return address.removeprefix(BUCKET)


def _endpoint() -> str | None:
    return next((os.environ[name] for name in ENDPOINTS if os.environ.get(name)), None)


@lru_cache(maxsize=4)
def _store(endpoint: str | None) -> Any:
    return fs.S3FileSystem(endpoint_override=endpoint)


def _told(error: OSError) -> Interrupted:
    """What is not there is missing; all else, a refusal too, is asked for again later."""
    text = " ".join(str(error).split())[:300]
    is_missing = isinstance(error, FileNotFoundError) or any(word in text for word in NOT_THERE)
    outcome: PartOutcome = "missing" if is_missing else "paused"
    return Interrupted(outcome, text)
