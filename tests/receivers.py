"""Where messages go in tests: a webhook and a mail server on 127.0.0.1 that keep what they are given, and can refuse it."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Webhook:
    """`.received`: JSON documents; `.is_refusing`: answers 503."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.is_refusing = False
        self.address = ""


class MailServer:
    """`.received`: (title, body) of mails."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str]] = []
        self.address = ""


@contextmanager
def webhook() -> Iterator[Webhook]:
    kept = Webhook()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if not kept.is_refusing:
                kept.received.append(json.loads(body))
            self.send_response(503 if kept.is_refusing else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        kept.address = f"json://127.0.0.1:{server.server_port}/secretpathpart"
        yield from _serving(server, kept)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """As much of RFC 5321 as a sender needs."""
    kept = MailServer()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 ready\r\n")
            while line := self.rfile.readline().strip().upper():
                if line == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    text = b"".join(iter(self.rfile.readline, b".\r\n"))
                    mail = message_from_bytes(text, policy=policy.default)
                    part = mail.get_body(("plain",))
                    kept.received.append((mail["Subject"], part.get_content() if part else ""))
                self.wfile.write(b"221 bye\r\n" if line == b"QUIT" else b"250 fine\r\n")
                if line == b"QUIT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        kept.address = (
            f"mailto://127.0.0.1:{server.server_address[1]}/ops@example.org?from=news@example.org&mode=insecure"
        )
        yield from _serving(server, kept)


def _serving(server: socketserver.BaseServer, kept: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
