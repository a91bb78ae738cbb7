"""Records taken out of WARC files: the others stay byte for byte, and are found at their new places."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.fetch.archive import ArchiveWriter, read_response
from ingest.fetch.redact import is_written, members, rewrite
from ingest.fetch.response import Response

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PAGES = {f"00000000-0000-4000-8000-00000000000{number}": f"https://daily.example/{number}" for number in range(4)}


def answer(url: str) -> Response:
    body = f"<html>{url} {'long ' * 100_000}</html>".encode()
    return Response(
        url=url, final_url=url, hops=(), moved_to=None, outcome="ok", detail=None, http_status=200, is_tls_verified=None,
        headers=(("Content-Type", "text/html"),), body=body, wire_bytes=len(body), elapsed_ms=1, fetched_at=NOW,
    )  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.warc.gz"
    with ArchiveWriter(path) as archive:
        for record_id, url in PAGES.items():
            archive.add(answer(url), record_id=record_id)
    return path


def test_records_are_told_with_their_addresses_and_places(file: Path) -> None:
    header, *pages = members(file)
    assert (header.offset, header.url) == (0, None)
    assert {one.record_id: one.url for one in pages} == PAGES
    assert all(read_response(file, one.offset).record_id == one.record_id for one in pages)
    assert sum(one.size_bytes for one in (header, *pages)) == file.stat().st_size


def test_what_stays_is_the_same_to_the_last_byte(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.warc.gz"
    gone = list(PAGES)[1]
    written = rewrite(file, target, is_gone=lambda one: one.record_id == gone)
    before = {one.record_id: file.read_bytes()[one.offset : one.offset + one.size_bytes] for one in members(file)}
    after = {one.record_id: target.read_bytes()[one.offset : one.offset + one.size_bytes] for one in members(target)}
    assert after == {record_id: record for record_id, record in before.items() if record_id != gone}
    assert (written.offsets.keys(), written.taken_count) == (PAGES.keys() - {gone}, 1)
    assert all(read_response(target, offset).record_id == one for one, offset in written.offsets.items())


def test_a_file_of_which_no_page_stays_is_not_written(file: Path, tmp_path: Path) -> None:
    assert rewrite(file, tmp_path / "b.warc.gz", is_gone=lambda one: one.url is not None).offsets == {}
    assert [path.name for path in tmp_path.iterdir()] == ["a.warc.gz"]


@pytest.mark.parametrize("kept_bytes", [10, 400])
def test_what_a_kill_tore_is_no_page_and_is_not_copied(file: Path, tmp_path: Path, kept_bytes: int) -> None:
    last = list(members(file))[-1]
    file.write_bytes(file.read_bytes()[: last.offset + kept_bytes])
    *whole, torn = members(file)
    assert (torn.is_whole, torn.url, torn.offset) == (False, None, last.offset)
    assert all(one.is_whole for one in whole)
    rewrite(file, tmp_path / "b.warc.gz", is_gone=lambda _: False)
    assert (tmp_path / "b.warc.gz").read_bytes() == file.read_bytes()[: last.offset]


def test_a_file_that_is_being_written_is_told_from_one_that_was(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path / "a.warc.gz"):
        assert is_written(tmp_path / "a.warc.gz")
    assert not is_written(tmp_path / "a.warc.gz")
