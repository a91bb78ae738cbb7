"""A piece of an input as the web brings it, and how an input stops; nothing is asked for here."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ingest.history import PartOutcome

PIECE_BYTES = 8_388_608  # one request of the web, or of a bucket: 128 for a file of CC-NEWS
CUTS_IN_A_ROW = 3  # requests that bring nothing before the input is left for later


class Interrupted(Exception):
    """An input does not go on: what its reading ends with, or listing it. It never leaves this room."""

    def __init__(self, outcome: PartOutcome, detail: str, not_before_at: datetime | None = None) -> None:
        super().__init__(detail)
        self.outcome: PartOutcome = outcome
        self.detail = detail
        self.not_before_at = not_before_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What one request brought: bytes from where it was asked to begin, fewer than asked for at the end or after a cut."""

    outcome: PartOutcome  # cut_short: nothing came that can be used, asking again may help
    detail: str | None
    not_before_at: datetime | None
    body: bytes
    size_bytes: int | None  # of all there is, where that was told
    version: str | None  # an ETag or date: where it changes, so did the file
    headers: tuple[tuple[str, str], ...]


Ask = Callable[[str, int, int], Piece]  # (http(s) address, first byte, how many): bounded by both, politely


class WebFile(io.RawIOBase):
    """A file of the web, asked for piece by piece; what was cut is asked for again where the cut was."""

    def __init__(self, address: str, ask: Ask) -> None:
        self._address, self._ask = address, ask
        self._at = 0
        self._piece, self._piece_at = b"", 0
        self._size_bytes: int | None = None
        self._version: str | None = None
        self.headers: tuple[tuple[str, str], ...] = ()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END and self._size_bytes is None:
            self._fetch()
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size_bytes or 0}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed names it Buffer
        if self._size_bytes is not None and self._at >= self._size_bytes:
            return 0
        if not self._piece_at <= self._at < self._piece_at + len(self._piece):
            self._fetch()
        start = self._at - self._piece_at
        chunk = self._piece[start : start + len(buffer)]
        buffer[: len(chunk)] = chunk
        self._at += len(chunk)
        return len(chunk)

    def _fetch(self) -> None:
        piece = piece_of(self._ask, self._address, self._at, PIECE_BYTES)
        if self._version is not None and piece.version != self._version:
            raise Interrupted("cut_short", f"it was replaced while it was read, at byte {self._at}")
        self._version = self._version or piece.version
        self.headers = self.headers or piece.headers
        self._piece, self._piece_at = piece.body, self._at
        self._size_bytes = piece.size_bytes
        if self._size_bytes is None and len(piece.body) < PIECE_BYTES:
            self._size_bytes = self._at + len(piece.body)


def piece_of(ask: Ask, address: str, at: int, count: int) -> Piece:
    for _ in range(CUTS_IN_A_ROW):
        piece = ask(address, at, count)
        if piece.outcome == "ok":
            return piece
        if piece.outcome != "cut_short":
            break
    outcome: PartOutcome = "paused" if piece.outcome == "cut_short" else piece.outcome
    raise Interrupted(outcome, piece.detail or "", piece.not_before_at)
