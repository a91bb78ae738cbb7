"""CDX listings in all their spellings, and the captures that they point to."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.history import Capture, Ended, Fault, Found, Part, Pointer
from ingest.inputs import cdx
from ingest.inputs.place import Place
from ingest.inputs.pointer import read_pointer
from inputs.warcs import FILES, ended, framed, html, page, passed, reasons, sha1, told, url_of, urls
from inputs.web import Shelf

STAMP, DIGEST = "20250102030405", sha1(html(1)).removeprefix("sha1:")
KEY = "example,news)/2025/01/02/article-1"
SAID = {"url": url_of(1), "mime": "text/html", "status": "200", "digest": DIGEST}
PLACE = {"length": "900", "offset": "1200", "filename": "crawl-data/CC-NEWS/2025/01/some.warc.gz"}
SPELLINGS = {
    "the Wayback Machine's text": f"{KEY} {STAMP} {url_of(1)} text/html 200 {DIGEST} 900\n",
    "its JSON": json.dumps([["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"],
                            [KEY, STAMP, url_of(1), "text/html", "200", DIGEST, "900"]]),
    "its JSON, a row a line": (
        '[["urlkey","timestamp","original","mimetype","statuscode","digest","length"],\n'
        f'["{KEY}","{STAMP}","{url_of(1)}","text/html","200","{DIGEST}","900"]]\n'
    ),
    "its JSON with other columns": f'[["timestamp","original"],\n["{STAMP}","{url_of(1)}"]]\n',
    "a file with a head": f" CDX N b a m s k S\n{KEY} {STAMP} {url_of(1)} text/html 200 {DIGEST} 900\n",
    "eleven columns": f"{KEY} {STAMP} {url_of(1)} text/html 200 {DIGEST} - - 900 1200 some.warc.gz\n",
    "CDXJ": f"{KEY} {STAMP} {json.dumps(SAID | PLACE)}\n",
    "JSON lines of Common Crawl": json.dumps({"urlkey": KEY, "timestamp": STAMP} | SAID | PLACE) + "\n",
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_listing_gives_captures_and_where_they_are(spelling: str, tmp_path: Path) -> None:
    path = tmp_path / "some.cdx"
    path.write_text(SPELLINGS[spelling])
    found = told(path, kind="cdx")
    assert (urls(found), reasons(found), ended(found)) == ([url_of(1)], [], "ok")
    first = found[0]
    assert isinstance(first, Found)
    assert first.captured_at == datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    pointer = first.pointer
    assert pointer is not None
    match spelling:
        case "CDXJ" | "JSON lines of Common Crawl":
            address = "https://data.commoncrawl.org/crawl-data/CC-NEWS/2025/01/some.warc.gz"
            assert pointer == Pointer(address=address, offset=1200, length=900, digest=DIGEST)
        case "eleven columns":
            assert pointer == Pointer(address=f"{tmp_path}/some.warc.gz", offset=1200, length=900, digest=DIGEST)
        case _:
            assert pointer.address == f"https://web.archive.org/web/{STAMP}id_/{url_of(1)}"
            assert pointer.offset is None


def rows(*rows: str) -> str:
    return "".join(f"{KEY} {row}\n" for row in rows)


def test_only_pages_are_taken_and_each_text_of_an_address_once(tmp_path: Path) -> None:
    path = tmp_path / "some.cdx"
    path.write_text(
        rows(
            f"20250101000000 {url_of(1)} text/html 200 AAAA 9",
            f"20250102000000 {url_of(1)} text/html 200 AAAA 9",
            f"20250103000000 {url_of(1)} text/html 200 BBBB 9",
            f"20250104000000 {url_of(1)} text/html 200 AAAA 9",
            f"20250105000000 {url_of(1)} text/html 404 CCCC 9",
            f"20250106000000 {url_of(1)} image/png 200 DDDD 9",
            f"20250107000000 {url_of(1)} warc/revisit - AAAA 9",
            f"20250101000000 {url_of(2)} text/html 200 AAAA 9",
            f"2025 {url_of(3)} unk - - 9",
        )
    )
    found = told(path, kind="cdx")
    assert urls(found) == [url_of(1), url_of(1), url_of(2), url_of(3)]
    assert (passed(found), reasons(found)) == ((5, 0), [])
    assert urls(told(path, kind="cdx", position=found[0].position)) == [url_of(1), url_of(2), url_of(3)]
    assert passed(told(path, kind="cdx", wanted="article-2")) == (5, 3)


def test_bad_rows_cost_no_other_and_what_is_no_listing_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "some.cdx"
    good = SPELLINGS["CDXJ"]
    path.write_text(
        f'{good}{KEY} {STAMP} {{"url": \n{KEY} soon {url_of(3)} text/html 200 - -\n{good.replace("-1", "-2")}\n'
    )
    found = told(path, kind="cdx")
    assert (urls(found), reasons(found)) == ([url_of(1), url_of(2)], ["corrupt", "no_address"])
    for body in ("<html>Service unavailable</html>", "nothing", ""):
        path.write_text(body)
        assert (urls(told(path, kind="cdx")), ended(told(path, kind="cdx"))) == ([], "unreadable" if body else "ok")
    packed = gzip.compress("".join(good.replace("-1", f"-{number}") for number in range(3_000)).encode())
    path.write_bytes(packed[: len(packed) // 2])
    assert (reasons(told(path, kind="cdx")), ended(told(path, kind="cdx"))) == (["truncated"], "cut_short")


def test_a_query_is_asked_page_by_page() -> None:
    shelf = Shelf({
        "https://index.example/cdx?url=news.example/*&showNumPages=true": b"2\n",
        "https://index.example/cdx?url=news.example/*&page=0": SPELLINGS["CDXJ"].encode(),
        "https://index.example/cdx?url=news.example/*&page=1": SPELLINGS["the Wayback Machine's text"].encode(),
    })  # fmt: skip
    parts = list(cdx.parts("https://index.example/cdx?url=news.example/*", place=shelf.place))
    assert [part.address[-6:] for part in parts if isinstance(part, Part)] == ["page=0", "page=1"]
    found = [
        one for part in parts if isinstance(part, Part) for one in told(part.address, kind="cdx", place=shelf.place)
    ]
    assert urls(found) == [url_of(1)] * 2
    pointers = [one.pointer.address for one in found if isinstance(one, Found) and one.pointer]
    assert pointers == [
        "https://data.commoncrawl.org/crawl-data/CC-NEWS/2025/01/some.warc.gz",
        f"https://index.example/web/{STAMP}id_/{url_of(1)}",
    ]


def test_a_query_that_turns_out_to_have_pages_is_not_taken_for_its_first() -> None:
    address = "https://index.example/cdx?url=news.example/*"
    files = {address: SPELLINGS["CDXJ"].encode()}
    assert ended(told(address, kind="cdx", place=Shelf(files).place)) == "ok"
    files[f"{address}&showNumPages=true"] = b"2\n"
    found = told(address, kind="cdx", place=Shelf(files).place)
    assert (urls(found), ended(found)) == ([], "paused")


def test_a_query_that_is_refused_is_paused() -> None:
    (only,) = cdx.parts("https://index.example/cdx?url=x", place=Shelf({}, outcome="paused").place)
    assert isinstance(only, Ended)
    assert only.outcome == "paused"


def test_a_record_of_a_warc_is_read_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / "some.warc.gz"
    members = [framed([page(number)], "gzip") for number in range(3)]
    path.write_bytes(b"".join(members))

    def read(offset: int, length: int | None, digest: str | None = DIGEST) -> Capture | Fault | Ended:
        return read_pointer(Pointer(address=str(path), offset=offset, length=length, digest=digest), FILES)

    start, length = len(members[0]), len(members[1])
    for found in (
        read(start, length),
        read(start, None),
        read(start, length, f"sha1:{DIGEST}"),
        read(start, length, None),
    ):
        assert isinstance(found, Capture)
        assert (found.body, found.final_url) == (html(1), url_of(1))
    for offset, count, digest, reason in (
        (start, length, "A" * 32, "wrong_digest"),
        (start, length - 300, DIGEST, "truncated"),
        (start + 9, length, DIGEST, "corrupt"),
        (10**9, length, DIGEST, "truncated"),
        (start, 10**9, DIGEST, "too_large"),
    ):
        found = read(offset, count, digest)
        assert isinstance(found, Fault), reason
        assert found.reason == reason
    missing = read_pointer(Pointer(address=str(tmp_path / "none"), offset=0, length=9, digest=None), FILES)
    assert isinstance(missing, Ended)
    assert missing.outcome == "missing"


def test_a_replayed_page_is_checked_and_unpacked() -> None:
    address = f"https://web.archive.org/web/{STAMP}id_/{url_of(1)}"
    packed = gzip.compress(html(1))
    headers = (
        ("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("x-archive-orig-content-type", "text/html; charset=latin1"),
        ("x-archive-orig-last-modified", "yesterday"),
    )  # fmt: skip
    place = Shelf({address: packed}, headers=headers).place

    def read(digest: str | None) -> Capture | Fault | Ended:
        return read_pointer(Pointer(address=address, offset=None, length=None, digest=digest), place)

    for digest in (sha1(packed).removeprefix("sha1:"), DIGEST, None):
        found = read(digest)
        assert isinstance(found, Capture)
        assert (found.body, found.final_url) == (html(1), url_of(1))
        assert (found.http_charset, found.last_modified, found.digest) == ("latin1", "yesterday", digest)
    wrong = read("A" * 32)
    assert isinstance(wrong, Fault)
    assert wrong.reason == "wrong_digest"
    away = Place(ask=Shelf({}).ask, page_limit_bytes=1_000)
    missing = read_pointer(Pointer(address=address, offset=None, length=None, digest=None), away)
    assert isinstance(missing, Ended)
    assert missing.outcome == "missing"
