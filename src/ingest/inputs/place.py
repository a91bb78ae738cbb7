"""Where the bytes of archives lie: files, buckets (s3://), and the web by a way that jobs hand in; read from any byte on.

What the bytes mean is read elsewhere, and so is how often a host of the web may be asked.
"""

import io
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from ingest.inputs import bucket
from ingest.inputs.bucket import BUCKET, BucketFile
from ingest.inputs.piece import PIECE_BYTES, Ask, Interrupted, WebFile, piece_of

WHOLE_LIMIT_BYTES = 134_217_728  # of what must be held at once: a list of files, an answer to a query
WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How inputs are opened. `ask` None: nothing of the web is read. A page of more than `page_limit_bytes` is none."""

    ask: Ask | None
    page_limit_bytes: int

    def open(self, address: str, *, at: int = 0) -> BinaryIO:
        """A file to read from byte `at`, which can be sought in; Interrupted now or while it is read."""
        if address.startswith(WEB):
            raw: io.RawIOBase = WebFile(address, self._asked())
        elif address.startswith(BUCKET):
            raw = BucketFile(address)
        else:
            return _local(address, at)
        if at:
            raw.seek(at)
        return io.BufferedReader(raw, io.DEFAULT_BUFFER_SIZE if address.startswith(WEB) else PIECE_BYTES)

    def whole(self, address: str) -> bytes:
        """All that is there, 128 MB at most; Interrupted where it cannot be had."""
        with self.open(address) as file:
            body = file.read(WHOLE_LIMIT_BYTES + 1)
        if len(body) > WHOLE_LIMIT_BYTES:
            raise Interrupted("unreadable", f"more than {WHOLE_LIMIT_BYTES} bytes")
        return body

    def page(self, address: str) -> tuple[bytes, tuple[tuple[str, str], ...]]:
        """A page of the web and its headers, of no more than the largest page and a byte; Interrupted."""
        file = WebFile(address, self._asked())
        body = io.BufferedReader(file).read(self.page_limit_bytes + 1)
        return body, file.headers

    def span(self, address: str, *, at: int, count: int) -> bytes:
        """`count` bytes from `at`, fewer at the end; Interrupted where they cannot be had."""
        if address.startswith(WEB):
            return piece_of(self._asked(), address, at, count).body[:count]
        with self.open(address, at=at) as file:
            return file.read(count)

    def size_bytes(self, address: str) -> int | None:
        """None where only a visit could tell; Interrupted where there is no such file."""
        if address.startswith(WEB):
            return None
        if address.startswith(BUCKET):
            return bucket.size_bytes(address)
        try:
            return _path(address).stat().st_size
        except OSError as error:
            raise _told(error) from error

    def names(self, address: str) -> list[str] | None:
        """The files of a folder or a pattern, in the order of their names; None where the address is of one file."""
        if address.startswith(WEB):
            return None
        if address.startswith(BUCKET):
            return bucket.names(address)
        path = _path(address)
        if has_magic(str(path)) and not path.exists():
            found = glob(str(path), recursive=True)  # noqa: PTH207  Path.glob takes no absolute pattern
            return sorted(name for name in found if Path(name).is_file())
        return sorted(str(one) for one in path.rglob("*") if one.is_file()) if path.is_dir() else None

    def _asked(self) -> Ask:
        if self.ask is None:
            raise Interrupted("unreadable", "nothing of the web is read here")
        return self.ask


def _local(address: str, at: int) -> BinaryIO:
    try:
        file = _path(address).open("rb")
    except OSError as error:
        raise _told(error) from error
    file.seek(at)
    return file


def _path(address: str) -> Path:
    return Path(unquote(urlsplit(address).path) if address.startswith("file://") else address).expanduser()


def _told(error: OSError) -> Interrupted:
    return Interrupted("missing" if isinstance(error, FileNotFoundError) else "unreadable", str(error))
