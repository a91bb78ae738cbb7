"""An archive's host on 127.0.0.1: files by ranges, with faults in a given order."""

import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, Self

Fault = Literal["ok", "cut", "reset", "503", "403", "404", "500", "whole", "another range", "changed", "leads inside"]
RANGE = re.compile(r"bytes=(\d+)-(\d+)")


class ArchiveHost:
    """Serves `files` by path; each request takes the next of `faults`, and "ok" when there are none left."""

    def __init__(self, files: dict[str, bytes], *faults: Fault) -> None:
        self.files, self.faults = files, list(faults)
        self.asked: list[tuple[str, str | None]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"


def _handler_of(host: ArchiveHost) -> Callable[..., BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            host.asked.append((self.path, self.headers["Range"]))
            fault = host.faults.pop(0) if host.faults else "ok"
            body = host.files.get(self.path)
            if fault == "leads inside":
                self._send(302, b"", {"Location": "http://169.254.169.254/latest/meta-data/"})
                return
            if fault.isdigit() or body is None:
                self._send(
                    int(fault) if fault.isdigit() else 404, b"", {"Retry-After": "120"} if fault == "503" else {}
                )
                return
            found = RANGE.match(self.headers["Range"] or "")
            if found is None or fault == "whole":
                self._send(200, body, {})
                return
            first = int(found[1]) + (fault == "another range")
            piece = body[first : int(found[2]) + 1]
            if not piece:
                self._send(416, b"", {"Content-Range": f"bytes */{len(body)}"})
                return
            headers = {
                "Content-Range": f"bytes {first}-{first + len(piece) - 1}/{len(body)}",
                "ETag": '"2"' if fault == "changed" else '"1"',
            }
            cut_at = {"cut": len(piece) // 2, "reset": 0}.get(fault)
            self._send(206, piece, headers, cut_at=cut_at)

        def _send(self, status: int, body: bytes, headers: dict[str, str], *, cut_at: int | None = None) -> None:
            self.send_response(status)
            for name, value in (
                {"Content-Type": "application/octet-stream", "Content-Length": str(len(body))} | headers
            ).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[:cut_at])
            if cut_at is not None:
                self.wfile.flush()
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    return Answering
