"""Answers whose head is whole: http.client takes one that ends in the middle of its headers for an empty page.

What the headers say is not read here.
"""

from http.client import HTTPResponse
from typing import Any

HEAD_ENDS = (b"\r\n", b"\n")


class HeadCutShort(Exception):
    """The other side closed before its headers ended; no HTTPException, so that urllib3 lets it through."""


class WholeHead(HTTPResponse):
    """An answer of http.client whose headers ended with an empty line (RFC 9112 section 2.1)."""

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


class _Lines:
    """A stream that is read by lines, and the last one that came: the head is read in no other way."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.close = stream.close
        self.last = b""

    def readline(self, limit: int) -> bytes:
        self.last = self._stream.readline(limit)
        return self.last
