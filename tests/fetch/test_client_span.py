"""Files by ranges: bytes as they are, and what came before a cut."""

import gzip
from collections.abc import Callable

import pytest

from fetch.hostile import Deed, HostileWeb, hang_up, stall
from ingest.fetch.client import Client

HEAD = b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-14/20\r\n"


def test_a_range_is_asked_for_and_nothing_is_unpacked(web: HostileWeb, client: Client) -> None:
    packed = gzip.compress(b"x" * 1_000)
    url = web.page(
        "/a.warc.gz", packed, "Content-Encoding: gzip", "Content-Range: bytes 5-14/20", status="206 Partial Content"
    )
    response = client.get(url, limit_bytes=1_000, accept="file", span=(5, 10))
    assert (response.outcome, response.body) == ("ok", packed)
    assert "\r\nRange: bytes=5-14\r\n" in web.heads[0]
    assert "\r\nAccept-Encoding: identity\r\n" in web.heads[0]


@pytest.mark.parametrize("deed", [hang_up, stall], ids=lambda deed: deed.__name__)
def test_what_came_before_a_cut_is_taken_and_nothing_of_a_whole_file(
    deed: Deed, web: HostileWeb, new_client: Callable[..., Client]
) -> None:
    client = new_client(timeout_s=1.0)
    half = web.does("/half", HEAD + b"Content-Length: 10\r\n\r\n12345", deed)
    response = client.get(half, limit_bytes=1_000, accept="file", span=(5, 10))
    assert (response.outcome, response.body) == ("ok", b"12345")
    assert response.detail
    whole = web.does("/whole", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", deed)
    response = client.get(whole, limit_bytes=1_000, accept="file", span=(0, 10))
    assert response.outcome in ("cut_short", "timeout")
    assert response.body == b""


def test_a_page_that_is_cut_is_no_page_though_it_says_206(web: HostileWeb, client: Client) -> None:
    url = web.does("/a", HEAD + b"Content-Type: text/html\r\nContent-Length: 10\r\n\r\n12345", hang_up)
    response = client.get(url, limit_bytes=1_000, accept="page")
    assert (response.outcome, response.body) == ("cut_short", b"")


def test_more_than_the_limit_is_too_large(web: HostileWeb, client: Client) -> None:
    url = web.does("/a", HEAD + b"\r\n" + b"x" * 5_000)
    assert client.get(url, limit_bytes=1_000, accept="file", span=(5, 10)).outcome == "too_large"
