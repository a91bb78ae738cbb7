"""Bytes that may be packed with gzip, once or twice, unpacked piece by piece within a limit; their text is not read here."""

import zlib
from collections.abc import Iterable, Iterator

GZIP = b"\x1f\x8b"
PIECE_BYTES = 16_384
MEMBERS_LIMIT = 10_000  # a member costs 10 microseconds, however little is in it
LAYERS = 2  # packed as a file, and packed again on the way


def unpacked(body: bytes, *, limit_bytes: int, faults: dict[str, None]) -> Iterator[bytes]:
    """Pieces of at most 16 KiB, `limit_bytes` of them at the most; what cut it short is written into `faults`."""
    pieces: Iterator[bytes] = (body[at : at + PIECE_BYTES] for at in range(0, len(body), PIECE_BYTES))
    for _ in range(LAYERS):
        first = next(pieces, b"")
        pieces = _with(first, pieces)
        if not first.startswith(GZIP):
            break
        pieces = _capped(_gunzipped(pieces, faults), limit_bytes, faults)
    yield from _capped(pieces, limit_bytes, faults)


def _with(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _capped(pieces: Iterable[bytes], limit_bytes: int, faults: dict[str, None]) -> Iterator[bytes]:
    left_bytes = limit_bytes
    for piece in pieces:
        if len(piece) > left_bytes:
            faults[f"larger than {limit_bytes} bytes: what stands behind them was not read"] = None
            yield piece[:left_bytes]
            return
        left_bytes -= len(piece)
        yield piece


def _gunzipped(pieces: Iterable[bytes], faults: dict[str, None]) -> Iterator[bytes]:
    """All members of a gzip file (RFC 1952 section 2.2); zeros or rubbish behind them is passed over."""
    member = zlib.decompressobj(wbits=31)
    member_count, is_open = 0, True
    for piece in pieces:
        ahead = piece
        while ahead or is_open:
            try:
                out = member.decompress(ahead, PIECE_BYTES)
            except zlib.error:
                if is_open:
                    faults["its gzip is broken: what stands before the fault was read"] = None
                return
            if out:
                yield out
            ahead, is_open = member.unconsumed_tail, True
            if member.eof:
                ahead, is_open, member_count = member.unused_data, False, member_count + 1
                if member_count >= MEMBERS_LIMIT:
                    faults[f"more than {MEMBERS_LIMIT} gzip members: what stands behind them was not read"] = None
                    return
                member = zlib.decompressobj(wbits=31)
            elif not ahead and len(out) < PIECE_BYTES:
                break
    if is_open:
        faults["its gzip ends early: what came was read"] = None
