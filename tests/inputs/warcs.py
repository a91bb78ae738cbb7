"""WARC files made record by record, whole or broken, in every framing."""

import base64
import gzip
import hashlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from ingest.history import Ended, Fault, Found, Part, Passed, Told
from ingest.inputs import INPUTS
from ingest.inputs.place import Place

FILES = Place(ask=None, page_limit_bytes=1_000_000)


def sha1(body: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def sha1_in_hex(body: bytes) -> str:
    return "sha1:" + hashlib.sha1(body, usedforsecurity=False).hexdigest()


def record(
    kind: str,
    url: str,
    block: bytes,
    *,
    record_id: str = "00000000-0000-4000-8000-000000000000",
    length: int | str | None = None,
    payload_digest: str | None = None,
    content_type: str = "application/http; msgtype=response",
    more: str = "",
) -> bytes:
    """One record, plain; `length` another than its own; `more` further lines of its head, each with CRLF."""
    digest = f"WARC-Payload-Digest: {payload_digest}\r\n" if payload_digest else ""
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{record_id}>\r\nWARC-Date: 2025-01-02T03:04:05Z\r\n"
        f"WARC-Target-URI: {url}\r\nContent-Type: {content_type}\r\n{digest}{more}"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def answer(
    body: bytes, *headers: str, status: str = "200 OK", content_type: str | None = "text/html; charset=utf-8"
) -> bytes:
    lines = [f"HTTP/1.1 {status}", *([f"Content-Type: {content_type}"] if content_type else []), *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def html(number: int) -> bytes:
    text = " ".join(f"word{number * 7 + place}" for place in range(150))
    return f"<html><head><title>Article {number}</title></head><body><p>{text}</p></body></html>".encode()


def url_of(number: int) -> str:
    return f"https://news.example/2025/01/02/article-{number}"


def page(number: int, **other: object) -> bytes:
    """A record of an article, its digest right."""
    body = html(number)
    given = {"payload_digest": sha1(body), "record_id": f"00000000-0000-4000-8000-{number:012d}"} | other
    return record("response", url_of(number), answer(body), **given)  # type: ignore[arg-type]


def framed(records: Iterable[bytes], framing: str) -> bytes:
    """`packed`: all in one gzip member, as `gzip file.warc` does."""
    match framing:
        case "gzip":
            return b"".join(gzip.compress(one, 6, mtime=0) for one in records)
        case "zstd":
            return b"".join(pa.Codec("zstd").compress(one).to_pybytes() for one in records)
        case "packed":
            return gzip.compress(b"".join(records), 6, mtime=0)
        case _:
            return b"".join(records)


def told(
    path: Path | str, *, kind: str = "warc", position: int = 0, place: Place = FILES, wanted: str = ""
) -> list[Told]:
    """All that a reading tells; `wanted` must be in an address that is wanted."""
    part = Part(address=str(path), part_on=None, size_bytes=None)
    reading = INPUTS[kind].read(part, position=position, place=place, is_wanted=lambda url: wanted in url)  # type: ignore[index]
    found = list(reading)
    assert [one for one in found if isinstance(one, Ended)] == [found[-1]], "the last word is Ended, and only that"
    return found


def urls(found: Iterable[Told]) -> list[str]:
    return [one.url for one in found if isinstance(one, Found)]


def reasons(found: Iterable[Told]) -> list[str]:
    return [one.reason for one in found if isinstance(one, Fault)]


def ended(found: list[Told]) -> str:
    assert isinstance(found[-1], Ended)
    return found[-1].outcome


def passed(found: Iterable[Told]) -> tuple[int, int]:
    """Unusable and outside."""
    counts = [(one.unusable_count, one.outside_count) for one in found if isinstance(one, Passed)]
    return sum(count for count, _ in counts), sum(count for _, count in counts)
