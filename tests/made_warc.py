"""WARC files made for tests: captures of pages at moments of one's choice, as any archive holds them."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from ingest.fetch.archive import ArchiveWriter
from ingest.fetch.response import Response


class Captured(NamedTuple):
    """An answer of 200 that somebody archived."""

    url: str
    at: datetime
    body: bytes
    content_type: str = "text/html; charset=utf-8"
    final_url: str | None = None


def write_warc(path: Path, captures: Iterable[Captured]) -> Path:
    """One gzip member a record, in the order given."""
    place_warc(path, captures)
    return path


def place_warc(path: Path, captures: Iterable[Captured]) -> list[int]:
    """The same; returns where each record begins."""
    with ArchiveWriter(path) as archive:
        return [archive.add(_response(one), record_id=_record_id(one)) for one in captures]


def cdx_line(one: Captured, file: object, offset: int) -> str:
    """A row of CDXJ that points to a record of a WARC file."""
    said = {"url": one.final_url or one.url, "status": "200", "mime": "text/html", "filename": str(file)}
    return f"- {one.at:%Y%m%d%H%M%S} {json.dumps(said | {'offset': str(offset), 'length': '900000'})}"


def page(title: str, *paragraphs: str, published_at: datetime | None = None) -> bytes:
    """An article as plain sites print it."""
    meta = f'<meta property="article:published_time" content="{published_at.isoformat()}">' if published_at else ""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="og:title" content="{title}"><meta property="og:type" content="article">{meta}</head>'
        f"<body><nav><a href='/'>Home</a></nav><main><article><h1>{title}</h1>{body}</article></main>"
        "<footer>All rights reserved</footer></body></html>"
    ).encode()


def _record_id(one: Captured) -> str:
    return str(uuid5(NAMESPACE_URL, f"{one.url} {one.at.isoformat()}"))


def _response(one: Captured) -> Response:
    return Response(
        url=one.url, final_url=one.final_url or one.url, hops=(), moved_to=None, outcome="ok", detail=None, http_status=200,
        is_tls_verified=None, headers=(("Content-Type", one.content_type),), body=one.body, wire_bytes=len(one.body),
        elapsed_ms=1, fetched_at=one.at,
    )  # fmt: skip
