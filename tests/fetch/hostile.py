"""A web server on 127.0.0.1 (or 127.0.0.2 ...) that breaks every promise of HTTP on demand, and a proxy before it."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

Deed = bytes | Callable[[socket.socket, threading.Event], None]


def stall(_: socket.socket, closing: threading.Event) -> None:
    """Say nothing more, and keep the line."""
    closing.wait()


def drip(sock: socket.socket, closing: threading.Event) -> None:
    """A byte now and then, for ever: never silent for long."""
    while not closing.wait(0.01):
        sock.sendall(b"x")


def flood(sock: socket.socket, closing: threading.Event) -> None:
    """A body without end."""
    while not closing.is_set():
        sock.sendall(b"x" * 65_536)


def reset(sock: socket.socket, _: threading.Event) -> None:
    """Hang up without a goodbye (RST)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(_: socket.socket, __: threading.Event) -> None:
    """End the connection properly, but too early."""
    raise ConnectionAbortedError


class HostileWeb:
    """Answers of the server by path; a path may have several, the last one stays."""

    def __init__(self, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.heads: list[str] = []  # of the requests that came, in their order
        self.asked_at: list[float] = []  # when each came, time.monotonic()
        self.connection_count = 0
        self._answers: dict[str, list[tuple[Deed, ...]]] = {}
        self._closing = threading.Event()
        self._address, self._tls = address, tls
        self._listener = socket.create_server((address, 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def url(self, path: str) -> str:
        return f"{'https' if self._tls else 'http'}://{self._address}:{self.port}{path}"

    def does(self, path: str, *deeds: Deed) -> str:
        """Do these things when `path` is asked for: send bytes, or misbehave."""
        self._answers.setdefault(path, []).append(deeds)
        return self.url(path)

    def forget(self, path: str) -> None:
        """What it did until now at `path` is over."""
        self._answers.pop(path, None)

    def page(self, path: str, body: bytes, *headers: str, status: str = "200 OK") -> str:
        """A well-formed answer."""
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
        if not any(header.lower().startswith("content-type") for header in headers):
            lines.append("Content-Type: text/html; charset=utf-8")
        return self.does(path, "\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def redirect(self, path: str, location: str, status: str = "302 Found") -> str:
        return self.page(path, b"", f"Location: {location}", status=status)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connection_count += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
            with sock, sock.makefile("rb") as lines:
                while head := self._head(lines):
                    self.asked_at.append(time.monotonic())
                    self.heads.append(head)
                    answers = self._answers.get(
                        head.split(" ", 2)[1], [(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",)]
                    )
                    deeds = answers.pop(0) if len(answers) > 1 else answers[0]
                    for deed in deeds:
                        sock.sendall(deed) if isinstance(deed, bytes) else deed(sock, self._closing)
                    if b"Content-Length" not in (deeds[0] if deeds and isinstance(deeds[0], bytes) else b""):
                        return
        except OSError:
            return

    @staticmethod
    def _head(lines: object) -> str:
        head = b""
        while (line := lines.readline()) not in (b"\r\n", b""):  # type: ignore[attr-defined]
            head += line
        return head.decode("latin-1")


class Proxy:
    """A proxy on 127.0.0.1: passes on one request a connection, or opens a tunnel; it knows names that nobody else does."""

    def __init__(self, names: dict[str, tuple[str, int]] | None = None) -> None:
        self.heads: list[str] = []
        self._names = names or {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://user:secret@127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with sock, suppress(OSError):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                if not (piece := sock.recv(1)):
                    return
                head += piece
            self.heads.append(head.decode("latin-1"))
            method, target, rest = head.split(b" ", 2)
            place = target if method == b"CONNECT" else target.split(b"/")[2]
            host, _, port = place.decode().partition(":")
            with socket.create_connection(self._names.get(host, (host, int(port or 80)))) as other:
                if method == b"CONNECT":
                    sock.sendall(b"HTTP/1.1 200 Go on\r\n\r\n")
                    threading.Thread(target=self._pump, args=(sock, other), daemon=True).start()
                else:
                    path = b"/" + target.split(b"/", 3)[3]
                    other.sendall(b" ".join([method, path, rest]))
                    other.shutdown(socket.SHUT_WR)
                self._pump(other, sock)

    @staticmethod
    def _pump(source: socket.socket, target: socket.socket) -> None:
        try:
            while piece := source.recv(65_536):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return
