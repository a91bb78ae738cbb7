"""The servers say what HTTP asks them to, and leave nothing open."""

import socket
from collections import deque

import pytest
import requests

from ingest.demo import server
from ingest.demo.answer import Answer
from ingest.demo.server import Log

PAGE = Answer(status=200, content_type="text/html; charset=utf-8", body="<p>Grüße</p>".encode() * 50)


def echo(path: str) -> Answer:
    return PAGE if path == "/é b" else Answer(status=404, content_type="text/plain", body=path.encode())


def test_paths_are_decoded_and_queries_ignored() -> None:
    log: Log = deque()
    running = server.start([echo], log)
    try:
        answer = requests.get(f"http://{running[0].authority}/%C3%A9%20b?utm_source=x", timeout=10)
        assert answer.content == PAGE.body
        assert [(one.path, one.status) for one in log] == [("/%C3%A9%20b?utm_source=x", 200)]
    finally:
        server.stop(running)


@pytest.mark.parametrize(("accepts", "encoding"), [("gzip, deflate", "gzip"), ("identity", None)])
def test_a_body_is_packed_only_for_those_who_can_unpack_it(accepts: str, encoding: str | None) -> None:
    running = server.start([lambda _: PAGE], deque())
    try:
        answer = requests.get(f"http://{running[0].authority}/", headers={"Accept-Encoding": accepts}, timeout=10)
        assert answer.headers.get("Content-Encoding") == encoding
        assert answer.content == PAGE.body
    finally:
        server.stop(running)


def test_hosts_have_addresses_of_their_own_on_one_port_or_ports_of_their_own() -> None:
    running = server.start([echo, echo, echo], deque())
    try:
        assert len({one.authority for one in running}) == 3
        assert all(one.server_name.startswith("127.0.0.") for one in running)
    finally:
        server.stop(running)


def test_stopping_hangs_up_on_a_client_that_says_nothing() -> None:
    running = server.start([echo], deque())
    with socket.create_connection(running[0].server_address[:2], timeout=10) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 404"
        server.stop(running)
        while client.recv(4096):
            pass


def test_a_head_request_gets_the_headers_alone() -> None:
    running = server.start([lambda _: PAGE], deque())
    try:
        with requests.Session() as client:
            answer = client.head(f"http://{running[0].authority}/", headers={"Accept-Encoding": "identity"})
            assert answer.headers["Content-Length"] == str(len(PAGE.body))
            assert client.get(f"http://{running[0].authority}/").content == PAGE.body
    finally:
        server.stop(running)
