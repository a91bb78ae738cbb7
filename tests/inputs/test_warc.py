"""WARC files: what is a page, what is broken, and that a reading can be gone on with anywhere."""

import gzip
import random
import tracemalloc
import zlib
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.history import Found
from ingest.inputs.place import Place
from inputs.warcs import (
    FILES,
    answer,
    ended,
    framed,
    html,
    page,
    passed,
    reasons,
    record,
    sha1,
    sha1_in_hex,
    told,
    url_of,
    urls,
)

FRAMINGS = ("plain", "gzip", "zstd", "packed")
PAGES = [page(number) for number in range(6)]


def written(folder: Path, body: bytes) -> Path:
    path = folder / "some.warc.gz"
    path.write_bytes(body)
    return path


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_record_is_a_capture_with_all_that_its_archive_knows(framing: str, tmp_path: Path) -> None:
    found = told(written(tmp_path, framed(PAGES, framing)))
    assert urls(found) == [url_of(number) for number in range(6)]
    assert ended(found) == "ok"
    first = found[0]
    assert isinstance(first, Found)
    assert first.captured_at == datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert first.capture is not None
    assert first.capture.body == html(0)
    assert first.capture.record_id == "00000000-0000-4000-8000-000000000000"
    assert first.capture.digest == sha1(html(0))
    assert (first.capture.content_type, first.capture.http_charset) == ("text/html", "utf-8")


def chunked(body: bytes) -> bytes:
    pieces = [body[at : at + 100] for at in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


BODY = html(9)
CODED = {
    "gzip": ("Content-Encoding: gzip", gzip.compress(BODY)),
    "x-gzip": ("Content-Encoding: x-gzip", gzip.compress(BODY)),
    "deflate with zlib's wrapping": ("Content-Encoding: deflate", zlib.compress(BODY)),
    "deflate without": ("Content-Encoding: deflate", zlib.compress(BODY)[2:-4]),
    "br": ("Content-Encoding: br", brotli.compress(BODY)),
    "zstd": ("Content-Encoding: zstd", framed([BODY], "zstd")),
    "gzip, taken off by the recorder": ("Content-Encoding: gzip", BODY),
    "br, taken off by the recorder": ("Content-Encoding: br", BODY),
    "chunked": ("Transfer-Encoding: chunked", chunked(BODY)),
    "chunked, taken off by the recorder": ("Transfer-Encoding: chunked", BODY),
    "chunked gzip": ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip", chunked(gzip.compress(BODY))),
    "renamed by Common Crawl": ("X-Crawl-Content-Encoding: br\r\nX-Crawl-Transfer-Encoding: chunked", BODY),
}


@pytest.mark.parametrize("coding", CODED)
def test_codings_are_taken_off_and_any_of_the_bodies_may_have_the_digest(coding: str, tmp_path: Path) -> None:
    header, payload = CODED[coding]
    for digest in (sha1(payload), sha1(BODY), sha1_in_hex(payload), None):
        path = written(
            tmp_path, framed([record("response", url_of(9), answer(payload, header), payload_digest=digest)], "gzip")
        )
        (found, _) = told(path)
        assert isinstance(found, Found), (coding, digest, found)
        assert found.capture is not None
        assert found.capture.body == BODY


OTHERS = {
    "a request": record(
        "request", url_of(1), b"GET / HTTP/1.1\r\n\r\n", content_type="application/http; msgtype=request"
    ),
    "warcinfo": record("warcinfo", "", b"software: x\r\n", content_type="application/warc-fields"),
    "metadata": record("metadata", url_of(1), b"fetchTimeMs: 1\r\n", content_type="application/warc-fields"),
    "a revisit": record("revisit", url_of(1), answer(b"")),
    "a lookup of a name": record("response", "dns:news.example", b"20250101\n", content_type="text/dns"),
    "an image": record("response", url_of(1), answer(b"\x89PNG", content_type="image/png")),
    "no type, and no HTML": record("response", url_of(1), answer(b"%PDF-1.7", content_type=None)),
    "a redirect": record("response", url_of(1), answer(b"", "Location: /x", status="301 Moved")),
    "an error": record("response", url_of(1), answer(b"<html>", status="404 Not Found")),
    "part of a page": record("response", url_of(1), answer(b"<html>", status="206 Partial Content")),
    "an answer to a form": record("response", url_of(1) + "?__wb_method=POST&a=1", answer(b"<html>")),
    "a picture alone": record("resource", url_of(1), b"\x89PNG", content_type="image/png"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_page_is_counted_and_nothing_else(kind: str, tmp_path: Path) -> None:
    found = told(written(tmp_path, framed([PAGES[0], OTHERS[kind], PAGES[2]], "gzip")))
    assert (urls(found), passed(found), ended(found)) == ([url_of(0), url_of(2)], (1, 0), "ok")


def test_an_answer_to_a_post_is_no_page_where_its_request_stands_before_it(tmp_path: Path) -> None:
    post = record(
        "request", url_of(1), b"POST / HTTP/1.1\r\n\r\n", content_type="application/http; msgtype=request",
        more="WARC-Concurrent-To: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n",
    )  # fmt: skip
    found = told(written(tmp_path, framed([post, PAGES[1], PAGES[2]], "gzip")))
    assert (urls(found), passed(found)) == ([url_of(2)], (2, 0))


def test_a_resource_of_html_is_a_page(tmp_path: Path) -> None:
    (found, _) = told(
        written(tmp_path, framed([record("resource", url_of(1), html(1), content_type="text/html")], "gzip"))
    )
    assert isinstance(found, Found)
    assert found.capture is not None
    assert found.capture.body == html(1)


def test_what_is_not_wanted_is_passed_over_by_its_address_alone(tmp_path: Path) -> None:
    broken = page(1, payload_digest=sha1(b"another"))
    found = told(written(tmp_path, framed([PAGES[0], broken, PAGES[2]], "gzip")), wanted="article-2")
    assert (urls(found), passed(found), reasons(found)) == ([url_of(2)], (0, 2), [])


def flipped(body: bytes, at: int) -> bytes:
    return body[:at] + bytes([body[at] ^ 0xFF]) + body[at + 1 :]


GZ = [framed([one], "gzip") for one in PAGES]


def with_third(other: bytes, framing: str = "gzip") -> bytes:
    return framed([*PAGES[:2], other, *PAGES[3:]], framing)


NUL = "\x00"
BROKEN: dict[str, tuple[bytes, list[str]]] = {
    "a byte of a member is wrong": (b"".join([*GZ[:2], flipped(GZ[2], 60), *GZ[3:]]), ["corrupt"]),
    "a member's checksum is wrong": (b"".join([*GZ[:2], flipped(GZ[2], len(GZ[2]) - 6), *GZ[3:]]), ["corrupt"]),
    "a member's first byte is wrong": (b"".join([*GZ[:2], flipped(GZ[2], 0), *GZ[3:]]), ["corrupt"]),
    "a member is cut off": (b"".join([*GZ[:2], GZ[2][:200], *GZ[3:]]), ["corrupt"]),
    "rubbish instead of a member": (b"".join([*GZ[:2], b"rubbish" * 50, *GZ[3:]]), ["corrupt"]),
    "a length of 2 GB": (with_third(page(2, length=2_000_000_000)), ["corrupt"]),
    "a length of 2 GB, plain": (with_third(page(2, length=2_000_000_000), "plain"), ["corrupt"]),
    "a length of 2 GB, zstd": (with_third(page(2, length=2_000_000_000), "zstd"), ["corrupt"]),
    "a length of 2 GB, packed": (with_third(page(2, length=2_000_000_000), "packed"), ["corrupt"]),
    "a length that is too long": (with_third(page(2, length=2_500)), ["corrupt"]),
    "a length that is too long, plain": (with_third(page(2, length=2_500), "plain"), ["corrupt"]),
    "a length that is too short": (with_third(page(2, length=400)), ["corrupt"]),
    "a length that is too short, plain": (with_third(page(2, length=400), "plain"), ["corrupt"]),
    "a length below nothing": (with_third(page(2, length=-5)), ["corrupt"]),
    "a length in words": (with_third(page(2, length="many")), ["corrupt"]),
    "no length": (with_third(PAGES[2].replace(b"Content-Length", b"Discontent-Length")), ["corrupt"]),
    "no version": (with_third(PAGES[2].replace(b"WARC/1.1", b"WORK/1.1", 1)), ["corrupt"]),
    "a wrong digest": (with_third(page(2, payload_digest=sha1(b"x"))), ["wrong_digest"]),
    "a wrong digest of the block": (
        with_third(record("response", url_of(2), answer(html(2)), more=f"WARC-Block-Digest: {sha1(b'x')}\r\n")),
        ["wrong_digest"],
    ),
    "no date": (with_third(PAGES[2].replace(b"WARC-Date", b"WARC-Data")), ["corrupt"]),
    "a record in segments": (with_third(page(2, more="WARC-Segment-Number: 1\r\n")), ["unsupported"]),
    "a recording that broke off": (with_third(page(2, more="WARC-Truncated: disconnect\r\n")), ["truncated"]),
    "a coding nobody knows": (
        with_third(record("response", url_of(2), answer(html(2), "Content-Encoding: sdch"))), ["unsupported"],
    ),
    "a cut gzip in a record": (
        with_third(record("response", url_of(2), answer(gzip.compress(html(2))[:-50], "Content-Encoding: gzip"))),
        ["truncated"],
    ),
    "a bomb in a record": (
        with_third(record("response", url_of(2), answer(gzip.compress(b"<p>" * 3_000_000), "Content-Encoding: gzip"))),
        ["too_large"],
    ),
    "a page too large": (with_third(record("response", url_of(2), answer(b"<p>" * 500_000))), ["too_large"]),
}  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_record_is_a_fault_and_all_others_are_read(fault: str, tmp_path: Path) -> None:
    body, expected = BROKEN[fault]
    found = told(written(tmp_path, body))
    assert (urls(found), reasons(found)) == ([url_of(number) for number in (0, 1, 3, 4, 5)], expected)
    assert ended(found) == "ok"


@pytest.mark.parametrize("framing", ["gzip", "plain", "zstd"])
def test_a_file_that_is_cut_anywhere_loses_no_whole_record_and_says_so(framing: str, tmp_path: Path) -> None:
    whole = framed(PAGES[:3], framing)
    last = len(framed(PAGES[:2], framing))
    for cut in [last + 1, last + 2, last + 7, *range(last + 11, len(whole) - 12, 23)]:
        found = told(written(tmp_path, whole[:cut]))
        assert urls(found)[:2] == [url_of(0), url_of(1)], cut
        is_whole = len(urls(found)) == 3
        assert is_whole or (reasons(found), ended(found)) == (["truncated"], "cut_short"), cut


@pytest.mark.parametrize("framing", FRAMINGS)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(harm=st.sampled_from(["flip", "cut", "insert", "zeros"]), where=st.integers(0, 10**6), size=st.integers(1, 300))
def test_whatever_happens_to_a_few_bytes_all_whole_records_are_read(
    framing: str, harm: str, where: int, size: int, tmp_path: Path
) -> None:
    pieces = [framed([one], framing) for one in PAGES]
    body = framed(PAGES, framing)
    at = where % len(body)
    rest = {
        "flip": bytes([body[at] ^ 8]) + body[at + 1 :],
        "cut": body[at + size :],
        "insert": b"\x8b" * size + body[at:],
    }
    harmed = body[:at] + rest.get(harm, bytes(size) + body[at + size :])
    found = told(written(tmp_path, harmed))
    if framing != "packed":
        assert set(urls(found)) >= {url_of(number) for number, piece in enumerate(pieces) if piece in harmed}


NO_WARC = {
    "empty": b"",
    "HTML": b"<html><body>Not found</body></html>",
    "HTML, packed": gzip.compress(b"<html><body>Not found</body></html>" * 50),
    "zeros": bytes(10_000),
    "noise": random.Random(7).randbytes(300_000),  # noqa: S311
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(500),
    "the beginning of a gzip": b"\x1f\x8b\x08",
}


@pytest.mark.parametrize("kind", NO_WARC)
def test_what_is_no_warc_is_unreadable(kind: str, tmp_path: Path) -> None:
    found = told(written(tmp_path, NO_WARC[kind]))
    assert (len(found), ended(found)) == (1, "unreadable")


def test_padding_behind_the_last_record_is_nothing(tmp_path: Path) -> None:
    assert ended(told(written(tmp_path, framed(PAGES, "gzip") + bytes(600)))) == "ok"
    assert ended(told(written(tmp_path, framed(PAGES, "plain") + b"\r\n\r\n"))) == "ok"


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    assert ended(told(tmp_path / "none.warc.gz")) == "missing"


def test_a_warc_inside_a_page_is_no_record(tmp_path: Path) -> None:
    """What a publisher puts into a page must not be told as another publisher's, however the record around it ends."""
    forged = record("response", "https://other.example/forged", answer(b"<html>forged</html>"))
    around = record(
        "response", url_of(1), answer(gzip.compress(forged, 0) + framed([forged], "gzip"), content_type="image/png")
    )
    for framing in FRAMINGS:
        found = told(written(tmp_path, framed([PAGES[0], around, PAGES[2]], framing)))
        assert urls(found) == [url_of(0), url_of(2)], framing


MIXED = [
    PAGES[0], OTHERS["a request"], PAGES[1], page(2, payload_digest=sha1(b"x")), OTHERS["an image"], OTHERS["a redirect"],
    page(3, length=2_500), PAGES[4], OTHERS["metadata"], PAGES[5],
]  # fmt: skip


@pytest.mark.parametrize("framing", FRAMINGS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choice=st.data())
def test_reading_can_be_gone_on_with_at_any_position_that_was_told(
    framing: str, choice: st.DataObject, tmp_path: Path
) -> None:
    order = choice.draw(st.permutations(MIXED))
    path = written(tmp_path, framed(order, framing))
    everything = told(path)
    place = choice.draw(st.integers(0, len(everything) - 2)) if len(everything) > 1 else 0
    rest = told(path, position=everything[place].position)
    assert urls(rest) == urls(everything[place + 1 :])
    assert reasons(rest) == reasons(everything[place + 1 :])


def test_where_nothing_is_found_places_to_stop_are_told_all_the_same(tmp_path: Path) -> None:
    found = told(written(tmp_path, framed([OTHERS["an image"]] * 4_500, "gzip")))
    assert (len(found), passed(found)) == (4, (4_500, 0))
    assert [one.position for one in found] == [*sorted({one.position for one in found[:-1]}), found[-1].position]


def test_a_record_of_many_megabytes_is_passed_over_in_little_memory(tmp_path: Path) -> None:
    """A true one, not only said to be so."""
    film = record("response", "https://news.example/film.mp4", answer(bytes(64_000_000), content_type="video/mp4"))
    huge = record("response", url_of(2), answer(b"<p>" * 20_000_000))
    path = written(tmp_path, framed([PAGES[0], film, huge, PAGES[3]], "gzip"))
    del film, huge
    tracemalloc.start()
    found = told(path)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (urls(found), reasons(found), passed(found)) == ([url_of(0), url_of(3)], ["too_large"], (1, 0))
    assert peak_bytes < 12_000_000


def test_many_broken_stretches_end_a_reading(tmp_path: Path) -> None:
    stump = framed([PAGES[0]], "gzip")[:150]
    found = told(written(tmp_path, GZ[0] + stump * 1_500))
    assert (urls(found), ended(found)) == ([url_of(0)], "unreadable")


def test_a_page_is_as_large_as_its_place_says(tmp_path: Path) -> None:
    path = written(tmp_path, framed(PAGES[:1], "gzip"))
    assert urls(told(path, place=Place(ask=None, page_limit_bytes=len(html(0))))) == [url_of(0)]
    assert reasons(told(path, place=Place(ask=None, page_limit_bytes=len(html(0)) - 1))) == ["too_large"]
    assert FILES.page_limit_bytes > len(html(0))
