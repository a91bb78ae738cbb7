"""Where archives lie: folders, patterns, lists of paths, buckets; and which file is the newest."""

import gzip
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pyarrow import fs

from ingest.history import Ended, Part, Pointer
from ingest.inputs import cdx, url_list, warc
from ingest.inputs.named import day_of, resolved
from ingest.inputs.place import Place
from ingest.inputs.pointer import read_pointer
from inputs.warcs import FILES, ended, framed, page, told, url_of, urls
from inputs.web import Shelf

MOTO = Path(__file__).parents[2] / ".uv" / "bucket" / "bin" / "moto_server"
NAMES = (
    "CC-NEWS-20250102030405-00001.warc.gz",
    "CC-NEWS-20250103000000-00002.warc.gz",
    "other.warc",
    "sub/2019-05-06.warc.gz",
)
NEWEST_FIRST = [NAMES[1], NAMES[0], NAMES[3], NAMES[2]]
WARC = framed([page(number) for number in range(3)], "gzip")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (*NAMES, "readme.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(WARC)
    return tmp_path


def parts(address: str, place: Place = FILES) -> list[Part]:
    found = list(warc.parts(address, place=place))
    assert all(isinstance(part, Part) for part in found), found
    return [part for part in found if isinstance(part, Part)]


def test_an_address_is_a_file_a_folder_a_pattern_or_a_list(folder: Path) -> None:
    def names(address: str) -> list[str]:
        return [part.address.removeprefix(f"{folder}/") for part in parts(address)]

    assert names(str(folder)) == NEWEST_FIRST
    assert names(f"{folder}/CC-NEWS-*.warc.gz") == NEWEST_FIRST[:2]
    assert names(f"{folder}/**/*.warc.gz") == NEWEST_FIRST[:3]
    (only,) = parts(f"{folder}/other.warc")
    assert (only.address, only.size_bytes, only.part_on) == (f"{folder}/other.warc", len(WARC), None)
    assert parts(f"file://{folder}/other.warc")[0].size_bytes == len(WARC)
    for packed in (False, True):
        body = "\n".join(
            ["# January", *NAMES, NAMES[0], "/elsewhere/x.warc.gz", "https://a.example/y.warc.gz"]
        ).encode()
        path = folder / ("warc.paths.gz" if packed else "warc.paths")
        path.write_bytes(gzip.compress(body) if packed else body)
        assert set(names(str(path))) == {*NAMES, "/elsewhere/x.warc.gz", "https://a.example/y.warc.gz"}


def test_an_address_without_a_file_says_so(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "broken.paths.gz").write_bytes(b"\x1f\x8b\x08rubbish")
    for address, outcome in (
        ("none.warc.gz", "missing"), ("empty", "missing"), ("*.nothing", "missing"), ("none.paths", "missing"),
        ("broken.paths.gz", "unreadable"),
    ):  # fmt: skip
        (only,) = warc.parts(f"{folder}/{address}", place=FILES)
        assert isinstance(only, Ended)
        assert only.outcome == outcome, address
    (only,) = warc.parts("https://a.example/warc.paths", place=FILES)
    assert isinstance(only, Ended)
    assert only.outcome == "unreadable"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CC-NEWS-20250101020153-00001.warc.gz", date(2025, 1, 1)),
        ("https://a.example/2019/2025-01-01/x.warc.gz", date(2025, 1, 1)),
        ("crawl_2025_01_31.cdx", date(2025, 1, 31)),
        ("20250101.txt", date(2025, 1, 1)),
        ("CC-MAIN-2025-05-index", None),
        ("20251301.txt", None),
        ("202501011.txt", None),
        ("list.txt", None),
        ("2025-01-01/list-00017.txt", date(2025, 1, 1)),
    ],
)
def test_a_name_tells_its_day(name: str, expected: date | None) -> None:
    assert day_of(name) == expected


@pytest.mark.parametrize(
    ("path", "listed_at", "expected"),
    [
        ("crawl-data/CC-NEWS/x.warc.gz", "https://data.commoncrawl.org/crawl-data/CC-NEWS/2025/01/warc.paths.gz",
         "https://data.commoncrawl.org/crawl-data/CC-NEWS/x.warc.gz"),
        ("crawl-data/CC-NEWS/x.warc.gz", "s3://commoncrawl/crawl-data/CC-NEWS/2025/01/warc.paths.gz",
         "s3://commoncrawl/crawl-data/CC-NEWS/x.warc.gz"),
        ("crawl-data/CC-NEWS/x.warc.gz", "/downloads/warc.paths.gz",
         "https://data.commoncrawl.org/crawl-data/CC-NEWS/x.warc.gz"),
        ("x.warc.gz", "https://a.example/lists/warc.paths", "https://a.example/lists/x.warc.gz"),
        ("/warcs/x.warc.gz", "/lists/warc.paths", "/warcs/x.warc.gz"),
        ("x.warc.gz", "warc.paths", "./x.warc.gz"),
        ("/etc/x.warc.gz", "https://a.example/lists/warc.paths", "https://a.example/etc/x.warc.gz"),
        ("file:///etc/x.warc.gz", "https://a.example/warc.paths", "https://a.example/etc/x.warc.gz"),
        ("/etc/x.warc.gz", "s3://bucket/lists/warc.paths", "s3://bucket/lists/etc/x.warc.gz"),
    ],
)  # fmt: skip
def test_a_path_in_a_list_is_found_where_the_list_means_it(path: str, listed_at: str, expected: str) -> None:
    assert resolved(path, listed_at) == expected


def test_a_list_on_the_web_names_files_on_the_web() -> None:
    shelf = Shelf({"https://a.example/warc.paths.gz": gzip.compress("\n".join(NAMES).encode())})
    assert [part.address for part in parts("https://a.example/warc.paths.gz", shelf.place)] == [
        f"https://a.example/{name}" for name in NEWEST_FIRST
    ]


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    if not MOTO.exists():
        pytest.skip("needs moto's server in .uv/bucket")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    known = {
        name: os.environ.get(name)
        for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION")
    }
    server = subprocess.Popen(
        [str(MOTO), "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    endpoint = f"http://127.0.0.1:{port}"
    os.environ.update(
        AWS_ENDPOINT_URL=endpoint,
        AWS_ACCESS_KEY_ID="a",
        AWS_SECRET_ACCESS_KEY="b",  # noqa: S106
        AWS_REGION="us-east-1",
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                server.poll()
        store = fs.S3FileSystem(endpoint_override=endpoint, allow_bucket_creation=True)
        store.create_dir("news")
        for name in NAMES:
            with store.open_output_stream(f"news/warcs/{name}") as file:
                file.write(WARC)
        with store.open_output_stream("news/warcs/warc.paths") as file:
            file.write("\n".join(NAMES).encode())
        with store.open_output_stream("news/lists/urls.csv") as file:
            file.write(f"url\n{url_of(1)}\n".encode())
        yield "s3://news"
    finally:
        server.terminate()
        server.wait()
        for name, value in known.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def test_a_bucket_is_read_like_a_folder(bucket: str) -> None:
    def names(address: str) -> list[str]:
        return [part.address.removeprefix(f"{bucket}/warcs/") for part in parts(address)]

    assert names(f"{bucket}/warcs/") == NEWEST_FIRST
    assert names(f"{bucket}/warcs/CC-NEWS-*.warc.gz") == NEWEST_FIRST[:2]
    assert names(f"{bucket}/warcs/warc.paths") == NEWEST_FIRST
    assert parts(f"{bucket}/warcs/other.warc")[0].size_bytes == len(WARC)
    found = told(f"{bucket}/warcs/other.warc")
    assert (urls(found), ended(found)) == ([url_of(number) for number in range(3)], "ok")
    assert urls(told(f"{bucket}/warcs/other.warc", position=found[0].position)) == [url_of(1), url_of(2)]
    (listed,) = url_list.parts(f"{bucket}/lists", place=FILES)
    assert isinstance(listed, Part)
    assert urls(told(listed.address, kind="list")) == [url_of(1)]
    assert not isinstance(read_pointer(_pointer(f"{bucket}/warcs/other.warc"), FILES), Ended)


def test_what_a_bucket_has_not_is_missing_and_what_it_refuses_waits(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ended(told(f"{bucket}/none.warc.gz")) == "missing"
    for address in (f"{bucket}/none/", "s3://nobody/x.warc.gz", f"{bucket}/none*.warc.gz"):
        (only,) = warc.parts(address, place=FILES)
        assert isinstance(only, Ended)
        assert only.outcome == "missing", address
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    (only,) = cdx.parts(f"{bucket}/x/", place=FILES)
    assert isinstance(only, Ended)
    assert only.outcome == "paused"


def _pointer(address: str) -> Pointer:
    return Pointer(address=address, offset=0, length=None, digest=None)
