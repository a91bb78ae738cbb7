"""Folders of saved pages, with a manifest and without."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.history import Ended, Found, Part
from ingest.inputs import folder
from inputs.warcs import FILES, ended, html, passed, reasons, told, url_of, urls


def put(root: Path, files: dict[str, bytes | str]) -> None:
    for name, body in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body if isinstance(body, bytes) else body.encode())


def read(root: Path, **other: str) -> list:
    parts = list(folder.parts(str(root), place=FILES))
    assert all(isinstance(part, Part) for part in parts), parts
    return [one for part in parts for one in told(part.address, kind="folder", **other)]  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", ["manifest.jsonl", "manifest.csv"])
def test_a_manifest_names_files_addresses_and_times(shape: str, tmp_path: Path) -> None:
    rows = [
        {"file": "html/1.html", "url": url_of(1), "captured_at": "2025-01-02T03:04:05+01:00", "date": "2025-01-01"},
        {"file": "html/2.html.gz", "url": url_of(2), "captured_at": "2025-01-03 04:05", "date": ""},
    ]
    lines = [json.dumps(row) for row in rows] if shape.endswith("l") else [
        ",".join(rows[0]), *(",".join(row.values()) for row in rows),
    ]  # fmt: skip
    put(tmp_path, {"html/1.html": html(1), "html/2.html.gz": gzip.compress(html(2)), shape: "\n".join(lines)})
    found = read(tmp_path)
    assert (urls(found), ended(found)) == ([url_of(1), url_of(2)], "ok")
    first, second = found[:2]
    assert isinstance(first, Found)
    assert isinstance(second, Found)
    assert (first.captured_at, first.published_raw) == (datetime(2025, 1, 2, 2, 4, 5, tzinfo=UTC), "2025-01-01")
    assert second.captured_at == datetime(2025, 1, 3, 4, 5, tzinfo=UTC)
    assert second.capture is not None
    assert second.capture.body == html(2)
    assert urls(told(tmp_path / shape, kind="folder", position=first.position)) == [url_of(2)]
    assert passed(read(tmp_path, wanted="article-2")) == (0, 1)


BAD_ROWS: dict[str, tuple[dict[str, object], str]] = {
    "a file that is not there": ({"file": "none.html", "url": url_of(2)}, "corrupt"),
    "a file elsewhere": ({"file": "../secret.html", "url": url_of(2)}, "no_address"),
    "a file of the machine": ({"file": "/etc/passwd", "url": url_of(2)}, "no_address"),
    "no file": ({"url": url_of(2)}, "no_address"),
    "an empty file": ({"file": "empty.html", "url": url_of(2)}, "truncated"),
    "a file that is too large": ({"file": "large.html", "url": url_of(2)}, "too_large"),
    "a bomb": ({"file": "bomb.html.gz", "url": url_of(2)}, "too_large"),
    "a cut gzip": ({"file": "cut.html.gz", "url": url_of(2)}, "truncated"),
    "a broken gzip": ({"file": "broken.html.gz", "url": url_of(2)}, "corrupt"),
    "no address": ({"file": "1.html"}, "no_address"),
}


@pytest.mark.parametrize("fault", BAD_ROWS)
def test_a_bad_row_costs_no_other(fault: str, tmp_path: Path) -> None:
    row, reason = BAD_ROWS[fault]
    good = {"file": "1.html", "url": url_of(1)}
    put(
        tmp_path,
        {
            "1.html": html(1), "empty.html": b"", "large.html": b"<p>" * 400_000,
            "bomb.html.gz": gzip.compress(bytes(20_000_000)), "cut.html.gz": gzip.compress(html(2))[:-99],
            "broken.html.gz": b"\x1f\x8b\x08\x00" + b"rubbish" * 9,
            "manifest.jsonl": "\n".join(map(json.dumps, [good, row, good])),
        },
    )  # fmt: skip
    found = read(tmp_path)
    assert (urls(found), reasons(found), ended(found)) == ([url_of(1)] * 2, [reason], "ok")


def test_rows_of_what_was_no_page_are_counted(tmp_path: Path) -> None:
    put(tmp_path, {"manifest.jsonl": json.dumps({"file": "1.html", "url": url_of(1), "status": 404})})
    assert passed(read(tmp_path)) == (1, 0)


URL = "https://news.example/2025/story"
SELVES = {
    "a browser's mark": f"<!-- saved from url=({len(URL):04d}){URL} -->\n<html><link rel=canonical href='https://x.example/'>",
    "SingleFile": (
        f"<!DOCTYPE html><html><!--\n Page saved with SingleFile \n url: {URL} \n"
        " saved date: Thu Jan 02 2025 03:04:05 GMT+0000 (UTC)\n-->"
    ),
    "HTTrack": (
        f"<html><!-- Mirrored from {URL[8:]} by HTTrack Website Copier/3.x [XR&CO'2014],"
        " Thu, 02 Jan 2025 03:04:05 GMT -->"
    ),
    "rel=canonical": f'<html><meta property="og:url" content="https://x.example/"><link href="{URL}" rel="canonical">',
    "og:url": f"<html><meta property='og:url' content='{URL}?a=1&amp;b=2'>",
}  # fmt: skip


@pytest.mark.parametrize("mark", SELVES)
def test_without_a_manifest_a_page_says_itself_what_it_is(mark: str, tmp_path: Path) -> None:
    put(tmp_path, {"a/page.html": SELVES[mark], "a/picture.png": b"\x89PNG"})
    (found, _) = read(tmp_path)
    assert isinstance(found, Found)
    scheme = "http" if mark == "HTTrack" else "https"
    assert found.url == scheme + URL[5:] + ("?a=1&b=2" if mark == "og:url" else "")
    expected = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC) if mark in ("SingleFile", "HTTrack") else None
    assert found.captured_at == expected


def test_a_page_that_does_not_say_what_it_is_has_no_address(tmp_path: Path) -> None:
    put(tmp_path, {"a.html": html(1), "b.html": SELVES["og:url"], "c.html": html(2)})
    found = read(tmp_path)
    assert (reasons(found), len(urls(found))) == (["no_address", "no_address"], 1)
    assert reasons(told(tmp_path, kind="folder", position=found[0].position)) == ["no_address"]


def test_a_folder_without_pages_is_missing(tmp_path: Path) -> None:
    for address in (tmp_path, tmp_path / "none", tmp_path / "a.txt"):
        (tmp_path / "a.txt").write_text("x")
        (only,) = folder.parts(str(address), place=FILES)
        assert isinstance(only, Ended)


def test_the_manifests_of_real_pages_are_read() -> None:
    root = Path(__file__).parents[2].parent / "shared" / "data" / "pages" / "fundus"
    if not root.exists():
        pytest.skip("needs ../shared/data/pages")
    (part,) = folder.parts(str(root), place=FILES)
    assert isinstance(part, Part)
    found = told(part.address, kind="folder", place=type(FILES)(ask=None, page_limit_bytes=10_000_000))
    assert len(urls(found)) > 100
    assert reasons(found) == []
