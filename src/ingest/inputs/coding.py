"""An HTTP body as it was kept, with its codings taken off within a limit: chunked, gzip, deflate, br, zstd.

Archives differ in what they keep: a header may name a coding that is off already, so each is told by the bytes too.
"""

import io
import re
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]
from fastwarc.stream_io import ZstdReader

PIECE_BYTES = 65_536
CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
STACKED_MOST = 3
IDENTITY = frozenset({"", "identity", "none", "binary", "utf-8", "8bit", "7bit"})  # some write what is no coding


class TooLarge(Exception):
    """More than the limit, unpacked."""


class Undecodable(Exception):
    """A coding that is broken, cut short or not known."""


def unchunked(body: bytes) -> bytes:
    """RFC 9112 section 7.1; as it is where it is not chunked (any more). A body whose last chunk is cut off is Undecodable."""
    if not CHUNK.match(body):
        return body
    pieces: list[bytes] = []
    at = 0
    while found := CHUNK.match(body, at):
        size, start = int(found[1], 16), found.end()
        if size == 0:
            return b"".join(pieces)
        pieces.append(body[start : start + size])
        if len(pieces[-1]) < size:
            raise Undecodable("its last chunk is cut off")
        at = start + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1 if body[at : at + 1] == b"\n" else 0
    if len(pieces) and at >= len(body):
        raise Undecodable("its last chunk is missing")
    return body  # it only looked like a chunk


def decoded(body: bytes, content_encoding: str, *, limit_bytes: int) -> bytes:
    """RFC 9110 section 8.4: codings in the order they were applied, taken off from the last."""
    names = [name for part in content_encoding.split(",") if (name := part.strip().lower()) not in IDENTITY]
    if len(names) > STACKED_MOST:
        raise Undecodable(f"{len(names)} codings on top of each other")
    for name in reversed(names):
        if name not in DECODERS:
            raise Undecodable(f"coding {name[:40]!r}")
        body = DECODERS[name](body, limit_bytes)
    if len(body) > limit_bytes:
        raise TooLarge(f"more than {limit_bytes} bytes")
    return body


def _gzip(body: bytes, limit_bytes: int) -> bytes:
    return _inflated(body, zlib.MAX_WBITS | 16, limit_bytes) if body[:2] == b"\x1f\x8b" else body


def _deflate(body: bytes, limit_bytes: int) -> bytes:
    """Servers send it with zlib's wrapping, as RFC 9110 says, or without."""
    try:
        return _inflated(body, zlib.MAX_WBITS, limit_bytes)
    except Undecodable:
        try:
            return _inflated(body, -zlib.MAX_WBITS, limit_bytes)
        except Undecodable:
            if body.lstrip()[:1] == b"<":
                return body
            raise


def _inflated(body: bytes, wbits: int, limit_bytes: int) -> bytes:
    unpacker = zlib.decompressobj(wbits)
    try:
        out = unpacker.decompress(body, limit_bytes + 1)
    except zlib.error as error:
        raise Undecodable(str(error)) from error
    if len(out) > limit_bytes:
        raise TooLarge(f"more than {limit_bytes} bytes")
    if not unpacker.eof:
        raise Undecodable("it is cut short")
    return out


def _br(body: bytes, limit_bytes: int) -> bytes:
    unpacker = brotli.Decompressor()
    out = bytearray()
    try:
        ahead = body
        while True:
            piece = unpacker.process(ahead, output_buffer_limit=PIECE_BYTES)
            out += piece
            if len(out) > limit_bytes:
                raise TooLarge(f"more than {limit_bytes} bytes")
            if unpacker.is_finished():
                return bytes(out)
            if not piece and not ahead:
                raise Undecodable("it is cut short")
            ahead = b""
    except brotli.error as error:
        if body.lstrip()[:1] == b"<":
            return body
        raise Undecodable(str(error)) from error


def _zstd(body: bytes, limit_bytes: int) -> bytes:
    if body[:4] != b"\x28\xb5\x2f\xfd":
        return body
    try:
        with ZstdReader(io.BytesIO(body)) as unpacker:
            out = unpacker.read(limit_bytes + 1)
    except OSError as error:
        raise Undecodable(str(error)) from error
    if len(out) > limit_bytes:
        raise TooLarge(f"more than {limit_bytes} bytes")
    return out


DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "br": _br, "zstd": _zstd,
}  # fmt: skip
