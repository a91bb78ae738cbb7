"""One lease a host: of all tasks on this machine, one visits a host at a time, and the host's rest holds for all.

How long a host rests, and who waits, is decided elsewhere. A lease is of one machine: where crawl tasks run on several,
keep a source's hosts on one queue, or multiply its `host_delay_s` by the number of machines.
"""

import fcntl
import os
import time
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

HELD_S = 0.25  # when to ask again for a host that another task visits: nobody knows how long a visit takes
# What a host rests, counted from the beginning of a visit, if its visitor is killed: a visit's own time and some rest.
KILLED_REST_S = 60.0
# A rest that ends later than this was written before the clock was set back. Retry-After is capped at a day and a minute.
LONGEST_REST_S = 86_400.0 + 60.0
NAME_LIMIT_CHARS = 200
MOMENT_CHARS = 20  # always as long, so that a moment overwrites a moment


class Lease:
    """A host that is ours to visit until it is released; dies with its holder (flock)."""

    __slots__ = ("_descriptor",)

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self, rest_s: float) -> None:
        """The host rests for so long from now, for everybody."""
        try:
            _write(self._descriptor, time.time() + min(max(rest_s, 0.0), LONGEST_REST_S))
        finally:
            self.abandon()

    def abandon(self) -> None:
        """As if the holder had been killed: the host rests as was written when the lease was taken."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_UN)  # a forked child may hold the same open file
            finally:
                os.close(descriptor)


class Leases:
    """The leases of one machine: a small file a host in `folder`, which nobody but `sweep` may remove while tasks run.

    flock is on open files, so that threads of one process exclude each other too. The clock on the wall is used, since
    a monotonic one means nothing to another boot; setting it forward ends a rest early.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, host: str) -> Lease | float:
        """The lease of a host (`rules.url.host`), or the seconds after which asking again is worthwhile."""
        descriptor = os.open(self._path(host), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        lease = Lease(descriptor)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lease.abandon()
                return HELD_S
            if not self._is_ours(descriptor, host):  # swept away between the two lines
                lease.abandon()
                return HELD_S
            now = time.time()
            left_s = _read(descriptor) - now
            if 0 < left_s <= LONGEST_REST_S:
                lease.abandon()
                return left_s
            _write(descriptor, now + KILLED_REST_S)
        except BaseException:
            lease.abandon()
            raise
        return lease

    def sweep(self, *, before: datetime) -> int:
        """Remove the files of hosts that were last visited before a moment and rest no more; returns how many.

        Under their leases: `take` sees that a file which it locked has lost its name, and nobody holds another's.
        """
        removed = 0
        for path in self._folder.iterdir():
            with suppress(OSError), path.open("r+b") as stream:  # another task sweeps too
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                is_old = os.fstat(stream.fileno()).st_mtime < before.timestamp()
                if (
                    is_old
                    and _read(stream.fileno()) < time.time()
                    and os.path.samestat(os.fstat(stream.fileno()), path.stat())
                ):
                    path.unlink()
                    removed += 1
        return removed

    def _is_ours(self, descriptor: int, host: str) -> bool:
        """Whether the file that is locked is still the one of that name."""
        try:
            return os.path.samestat(os.fstat(descriptor), self._path(host).stat())
        except FileNotFoundError:
            return False

    def _path(self, host: str) -> Path:
        name = quote(host, safe="")
        return self._folder / (name if len(name) <= NAME_LIMIT_CHARS else sha256(host.encode()).hexdigest()[:32])


def _read(descriptor: int) -> float:
    try:
        return float(os.pread(descriptor, MOMENT_CHARS, 0))
    except ValueError:  # empty, or a write cut short by a crash of the machine
        return 0.0


def _write(descriptor: int, until: float) -> None:
    os.pwrite(descriptor, f"{until:0{MOMENT_CHARS}.6f}".encode(), 0)
