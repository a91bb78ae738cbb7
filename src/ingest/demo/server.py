"""HTTP/1.1 servers on loopback, one address a host, each in its thread; what they answer is handed to them."""

import socket
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import TCPServer, ThreadingMixIn
from threading import Lock, Thread
from time import monotonic
from typing import Any

from ingest.demo.answer import Answer, on_the_wire
from ingest.demo.site import path_of

IDLE_S = 30.0  # a kept-alive connection that says nothing is closed
LOG_LENGTH = 200_000
STOP_POLL_S = 0.05
PORT_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One line of the web's log; `path` is as it was asked for, query included, `at_s` is monotonic seconds."""

    host: str
    path: str
    status: int
    at_s: float


Log = deque[Request]


class _Conversation(BaseHTTPRequestHandler):
    """One connection; GET and HEAD are what a news site answers."""

    protocol_version = "HTTP/1.1"
    server_version = "demo-news-web"
    sys_version = ""
    timeout = IDLE_S
    wbufsize = 65536  # headers and body leave in one packet: two of them wait 40 ms for a delayed ACK
    disable_nagle_algorithm = True
    server: "Server"

    def do_GET(self) -> None:
        self._reply(with_body=True)

    def do_HEAD(self) -> None:
        self._reply(with_body=False)

    def _reply(self, *, with_body: bool) -> None:
        status, headers, body = on_the_wire(self.server.answer(path_of(self.path)), dict(self.headers))
        self.server.log.append(Request(host=self.server.authority, path=self.path, status=status, at_s=monotonic()))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Requests are in the web's own log."""


class Server(ThreadingMixIn, HTTPServer):
    """One host. Its threads are joined when it closes, so its open connections are shut first."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], answer: Callable[[str], Answer], log: Log) -> None:
        self.answer = answer
        self.log = log
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__(address, _Conversation)
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": STOP_POLL_S}, daemon=True)

    def server_bind(self) -> None:
        """Without HTTPServer's reverse look-up of the address, which may wait for a name server."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    @property
    def authority(self) -> str:
        return f"{self.server_name}:{self.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Accept no more, hang up on everyone, wait for the threads."""
        self.shutdown()
        with self._lock:
            for connection in self._open:
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
        self._thread.join()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, peer = super().get_request()
        with self._lock:
            self._open.add(connection)
        return connection, peer

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in mid-answer is no fault of ours; it gets no traceback."""


def start(answers: Sequence[Callable[[str], Answer]], log: Log) -> list[Server]:
    """A started server for each of `answers`: 127.0.0.2, .3, ... on one port, else ports of 127.0.0.1 (macOS)."""
    servers = _on_addresses(answers, log) or [Server(("127.0.0.1", 0), answer, log) for answer in answers]
    for server in servers:
        server.start()
    return servers


def stop(servers: Sequence[Server]) -> None:
    """Stop all of them at once: each needs up to STOP_POLL_S to notice."""
    with ThreadPoolExecutor(max_workers=max(1, len(servers))) as pool:
        list(pool.map(Server.stop, servers))


def _on_addresses(answers: Sequence[Callable[[str], Answer]], log: Log) -> list[Server]:
    for _ in range(PORT_TRIES):
        servers: list[Server] = []
        port = 0
        try:
            for number, answer in enumerate(answers, start=2):
                servers.append(Server((f"127.0.0.{number}", port), answer, log))
                port = servers[0].server_port
        except OSError:
            for server in servers:
                server.server_close()
            if not servers:
                return []  # such addresses cannot be bound here
        else:
            return servers
    return []
