"""The raw archive gives back what arrived, byte for byte, and other tools can read it."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from ingest.errors import InputError
from ingest.fetch.archive import ArchiveWriter, read_response
from ingest.fetch.response import Response

AT = datetime(2024, 5, 3, 10, 11, 12, 345678, tzinfo=UTC)
IDS = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(3)]


def response(body: bytes, *headers: tuple[str, str]) -> Response:
    return Response(
        url="http://news.example/a",
        final_url="https://news.example/ü?a=1",
        hops=(),
        moved_to=None,
        outcome="ok",
        detail=None,
        http_status=200,
        is_tls_verified=True,
        headers=headers,
        body=body,
        wire_bytes=len(body),
        elapsed_ms=12,
        fetched_at=AT,
    )


HEADERS = (
    ("Content-Type", "text/html; charset=ISO-8859-1"),
    ("Content-Encoding", "gzip"),
    ("content-length", "7"),
    ("Set-Cookie", "a=1"),
    ("Set-Cookie", "b=caf\xe9"),
)
BODIES = [b"<p>caf\xe9</p>\r\n\r\n", b"", bytes(range(256)) * 4_000]


def test_what_was_added_is_read_back_by_its_offset(tmp_path: Path) -> None:
    path = tmp_path / "raw" / "a.warc.gz"
    with ArchiveWriter(path) as archive:
        offsets = [archive.add(response(body, *HEADERS), record_id=id_) for body, id_ in zip(BODIES, IDS, strict=True)]
    for offset, body, id_ in zip(offsets, BODIES, IDS, strict=True):
        archived = read_response(path, offset)
        assert archived.body == body
        assert archived.headers == HEADERS
        assert (archived.record_id, archived.url, archived.http_status) == (id_, "https://news.example/ü?a=1", 200)
        assert (archived.fetched_at, archived.http_charset) == (AT, "iso-8859-1")


def test_the_file_is_plain_warc_that_begins_by_saying_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    with ArchiveWriter(path) as archive:
        archive.add(response(b"<p>x</p>", *HEADERS), record_id=IDS[0])
    with path.open("rb") as file:
        kinds = [(record.record_type, record.stream_pos) for record in ArchiveIterator(file, parse_http=False)]
    assert [kind for kind, _ in kinds] == [WarcRecordType.warcinfo, WarcRecordType.response]
    with path.open("rb") as file:
        assert sum(1 for _ in ArchiveIterator(file, verify_digests=True)) == 2
    text = gzip.decompress(path.read_bytes())
    assert b"X-Crawl-Content-Encoding: gzip\r\n" in text
    assert b"\r\nContent-Length: 8\r\n\r\n<p>x</p>" in text
    assert b"WARC-Payload-Digest: sha1:" in text


def test_an_offset_that_is_not_a_records_is_our_own_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    with ArchiveWriter(path) as archive:
        offset = archive.add(response(b"<p>x</p>", *HEADERS), record_id=IDS[0])
    for wrong in (0, offset + 1, offset + 10_000):
        with pytest.raises(InputError, match=f"at byte {wrong}"):
            read_response(path, wrong)


def test_a_file_is_never_written_over(tmp_path: Path) -> None:
    ArchiveWriter(tmp_path / "a.warc.gz").close()
    with pytest.raises(FileExistsError):
        ArchiveWriter(tmp_path / "a.warc.gz")
