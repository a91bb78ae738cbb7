"""Answers that are bounded on the wire, and whose head is whole: http.client sees to neither.

It reads interim answers and trailers without end, and takes an answer that ends in the middle of its headers for an empty
page. What the headers say is not read here.
"""

import io
import socket
from http.client import HTTPResponse
from typing import Any

HEAD_ENDS = (b"\r\n", b"\n")
HEAD_LIMIT_BYTES = 1_000_000  # of headers and interim answers (1xx); Chrome takes 256 KiB of headers


class HeadCutShort(Exception):
    """The other side closed before its headers ended; no HTTPException, so that urllib3 lets it through."""


class TooMuchSent(Exception):
    """More came over the wire than was allowed, whatever it decodes to; no HTTPException either."""


class WholeHead(HTTPResponse):
    """An answer of http.client whose headers ended with an empty line (RFC 9112 section 2.1)."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self._wire = _Wire(sock)
        self.fp = io.BufferedReader(self._wire)

    def allow(self, wire_bytes: int) -> None:
        """No more than so many bytes from now on, else TooMuchSent: body, chunks' sizes and trailers."""
        self._wire.left_bytes = wire_bytes

    def begin(self) -> None:
        stream, lines = self.fp, _Lines(self.fp)
        self.fp = lines  # type: ignore[assignment]  # it is all that `begin` needs
        try:
            super().begin()
        finally:
            if self.fp is not None:
                self.fp = stream
        if lines.last not in HEAD_ENDS:
            raise HeadCutShort("the connection was closed in the middle of the headers")


class _Wire(io.RawIOBase):
    """What comes over a socket, counted."""

    def __init__(self, sock: socket.socket) -> None:
        self._stream: Any = sock.makefile("rb", buffering=0)
        self.left_bytes = HEAD_LIMIT_BYTES

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return int(self._stream.fileno())

    def readinto(self, buffer: Any) -> int | None:
        if self.left_bytes < 0:
            raise TooMuchSent("more was sent than is allowed")
        count: int | None = self._stream.readinto(buffer)
        self.left_bytes -= count or 0
        return count

    def close(self) -> None:
        try:
            self._stream.close()
        finally:
            super().close()


class _Lines:
    """A stream that is read by lines, and the last one that came: the head is read in no other way."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.close = stream.close
        self.last = b""

    def readline(self, limit: int) -> bytes:
        self.last = self._stream.readline(limit)
        return self.last
