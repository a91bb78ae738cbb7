"""Files of archives on the web, read by ranges through our own client: one lease a host, a rest between requests.

What the files hold is read in `inputs/`.
"""

import math
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.fetch.client import Client
from ingest.fetch.lease import Lease, Leases
from ingest.fetch.response import Response
from ingest.history import PartOutcome
from ingest.inputs.piece import Ask, Piece
from ingest.inputs.place import WHOLE_LIMIT_BYTES, Place
from ingest.records import Outcome
from ingest.rules.url import host
from ingest.settings import Settings

REST_S = 1.0
# What archives ask of robots: the Wayback Machine blocks who asks more than about 15 times a minute for long.
RESTS_S = {"web.archive.org": 4.0, "index.commoncrawl.org": 2.0}
CONTENT_RANGE = re.compile(r"bytes\s+(?:(\d{1,18})-\d{1,18}|\*)/(\d{1,18}|\*)", re.IGNORECASE)
BEHIND_ITS_END = 416  # RFC 9110 section 15.5.17
PARTIAL = 206
GONE = frozenset({404, 410})
# Whoever answers so wants to be left alone for a while: the whole input waits.
WANTS_REST = frozenset({401, 403, 408, 420, 425, 429, 500, 502, 503, 504})
TRANSIENT: frozenset[Outcome] = frozenset(("timeout", "cut_short", "unreachable", "dns_error"))


@contextmanager
def open_place(settings: Settings, *, until_s: float = math.inf, rest_s: float = REST_S) -> Iterator[Place]:
    """A place whose web goes through a client of its own; `until_s`: time.monotonic() after which no request begins.

    `rest_s`: what a host rests between two requests, where nothing longer is known of it.
    """
    with Client(
        user_agent=settings.user_agent,
        timeout_s=settings.fetch_timeout_s,
        connect_timeout_s=settings.connect_timeout_s,
        allow_networks=settings.allow_networks,
        threads=1,
    ) as client:
        ask = _asking(client, Leases(settings.home / "hosts"), until_s=until_s, rest_s=rest_s)
        yield Place(ask=ask, page_limit_bytes=settings.page_limit_bytes)


def _asking(client: Client, leases: Leases, *, until_s: float, rest_s: float) -> Ask:
    def ask(address: str, at: int, count: int) -> Piece:
        place = host(address)
        while not isinstance(lease := leases.take(place), Lease):
            if time.monotonic() + lease > until_s:
                return Piece(
                    outcome="paused", detail=f"{place} rests for {lease:.0f} s more", not_before_at=None, body=b"",
                    size_bytes=None, version=None, headers=(),
                )  # fmt: skip
            time.sleep(lease)
        response: Response | None = None
        try:
            response = client.get(address, limit_bytes=WHOLE_LIMIT_BYTES, accept="file", span=(at, count))
        finally:
            lease.release(_rest_s(place, response, rest_s))
        return piece_of(response, at=at)

    return ask


def piece_of(response: Response, *, at: int) -> Piece:
    """What an answer to a range from `at` is: its bytes, or how the reading goes on without."""
    status = response.http_status
    told = CONTENT_RANGE.match(response.header("content-range") or "")
    size_bytes = int(told[2]) if told and told[2] != "*" else None
    if status == BEHIND_ITS_END:
        return _piece("ok", response, size_bytes=at)
    if response.outcome != "ok":
        return _piece(_outcome(response), response)
    if status != PARTIAL:
        return _piece("ok", response, body=response.body[at:], size_bytes=len(response.body))
    if told is None or told[1] is None or int(told[1]) != at:
        return _piece("unreadable", response)
    is_cut = response.detail is not None
    return _piece(
        "cut_short" if is_cut and size_bytes is None else "ok", response, body=response.body, size_bytes=size_bytes
    )


def _outcome(response: Response) -> PartOutcome:
    status = response.http_status
    if response.outcome in TRANSIENT:
        return "cut_short"
    return "missing" if status in GONE else "paused" if status in WANTS_REST else "unreadable"


def _piece(outcome: PartOutcome, response: Response, *, body: bytes = b"", size_bytes: int | None = None) -> Piece:
    detail = " ".join(str(word) for word in (response.outcome, response.http_status, response.detail) if word)
    return Piece(
        outcome=outcome,
        detail=None if outcome == "ok" else detail,
        not_before_at=None if outcome == "ok" else response.not_before_at,
        body=body,
        size_bytes=size_bytes,
        version=response.etag or response.last_modified,
        headers=response.headers,
    )


def _rest_s(place: str, response: Response | None, rest_s: float) -> float:
    asked_s = 0.0
    if response is not None and response.not_before_at is not None:
        asked_s = (response.not_before_at - response.fetched_at).total_seconds()
    return max(RESTS_S.get(place, rest_s), asked_s)
