"""What robots.txt says (RFC 9309), asked once a day and kept on disk, one small file a host.

When to ask again for a page that was denied is decided elsewhere.
"""

import json
import logging
import os
import threading
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import isfinite
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import quote, urlsplit

from protego import Protego
from requests.exceptions import InvalidURL
from requests.utils import requote_uri

from ingest.fetch.client import Client
from ingest.fetch.response import Response
from ingest.log import event
from ingest.rules.url import host

RobotsState = Literal["allowed", "denied", "unreachable"]
CACHE_FORMAT = 1
READ_LIMIT_BYTES = 5_000_000  # nothing beyond is even looked at
RULES_LIMIT_BYTES = 500 * 1024  # RFC 9309 section 2.5: what lies behind may be ignored
GOOD_FOR = timedelta(hours=24)  # RFC 9309 section 2.4
ASK_AGAIN = timedelta(hours=1)  # after an answer that was none
OLD_RULES_FOR = timedelta(days=30)  # while robots.txt is unreachable, the last known rules hold (section 2.3.1.4)
LONGEST_DELAY_S = 86_400.0
HOSTS_IN_MEMORY = 2_000
NAME_LIMIT_CHARS = 200  # file systems take 255 bytes, the end of a draft's name included; a host may have 253

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsVerdict:
    """Whether an address may be fetched; `crawl_delay_s` is what the host asks between two visits."""

    state: RobotsState
    crawl_delay_s: float | None


class _Kept(NamedTuple):
    """What is known of one host: `text` is None if its rules are not known; "" allows all."""

    asked_at: datetime
    text_at: datetime
    text: str | None
    rules: Protego


class Robots:
    """The robots.txt of every host we visit; safe for threads. `product` is our product token (RFC 9309, 2.2.1)."""

    def __init__(self, client: Client, *, cache: Path, product: str) -> None:
        self._client = client
        self._folder = cache
        self._product = product
        self._kept: dict[str, _Kept] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()
        cache.mkdir(parents=True, exist_ok=True)

    def verdict(self, url: str) -> RobotsVerdict:
        """May `url` (a web address, as found) be fetched? Asks the host if nothing younger than a day is known."""
        origin = f"{urlsplit(url).scheme}://{host(url)}"
        with self._lock:
            lock = self._locks[origin]
        with lock:
            kept = self._known(origin)
        if kept.text is None:
            return RobotsVerdict(state="unreachable", crawl_delay_s=None)
        delay_s = kept.rules.crawl_delay(self._product)
        try:
            escaped = requote_uri(url)
        except InvalidURL:
            escaped = quote(url, safe="/:?&=%#")
        return RobotsVerdict(
            state="allowed" if kept.rules.can_fetch(escaped, self._product) else "denied",
            crawl_delay_s=min(delay_s, LONGEST_DELAY_S) if delay_s and isfinite(delay_s) and delay_s > 0 else None,
        )

    def _known(self, origin: str) -> _Kept:
        kept = self._kept.get(origin) or self._read(origin)
        if kept is None or not _is_fresh(kept):
            kept = self._asked(origin, kept)
            self._write(origin, kept)
        with self._lock:
            if len(self._kept) >= HOSTS_IN_MEMORY:
                self._kept.clear()
            self._kept[origin] = kept
        return kept

    def _asked(self, origin: str, old: _Kept | None) -> _Kept:
        response = self._client.get(f"{origin}/robots.txt", limit_bytes=READ_LIMIT_BYTES, accept="robots")
        text = _rules_text(response)
        if text is not None:
            return _kept(response.fetched_at, response.fetched_at, text)
        if old is not None and old.text is not None and response.fetched_at - old.text_at < OLD_RULES_FOR:
            return old._replace(asked_at=response.fetched_at)
        return _kept(response.fetched_at, response.fetched_at, None)

    def _path(self, origin: str) -> Path:
        name = quote(origin.replace("://", "_"), safe="")
        if len(name) > NAME_LIMIT_CHARS:
            name = sha256(origin.encode()).hexdigest()[:32]
        return self._folder / f"{name}.json"

    def _read(self, origin: str) -> _Kept | None:
        try:
            kept = json.loads(self._path(origin).read_text("utf-8"))
            if kept["format"] != CACHE_FORMAT:
                return None
            return _kept(
                datetime.fromisoformat(kept["asked_at"]), datetime.fromisoformat(kept["text_at"]), kept["text"]
            )
        except (OSError, ValueError, KeyError, TypeError):  # a cache that cannot be read is no cache
            return None

    def _write(self, origin: str, kept: _Kept) -> None:
        path = self._path(origin)
        text = json.dumps(
            {
                "format": CACHE_FORMAT,
                "asked_at": kept.asked_at.isoformat(),
                "text_at": kept.text_at.isoformat(),
                "text": kept.text,
            }
        )
        draft = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        try:
            draft.write_text(text, "utf-8")
            draft.replace(path)
        except OSError as error:  # a cache that cannot be written is no cache: the next task asks the host again
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            event(logger, "robots_not_kept", logging.WARNING, origin=origin, error=error)


def _kept(asked_at: datetime, text_at: datetime, text: str | None) -> _Kept:
    return _Kept(asked_at, text_at, text, Protego.parse(text or ""))


def _is_fresh(kept: _Kept) -> bool:
    is_answer = kept.text is not None and kept.text_at == kept.asked_at
    return datetime.now(UTC) - kept.asked_at < (GOOD_FOR if is_answer else ASK_AGAIN)


def _rules_text(response: Response) -> str | None:
    """RFC 9309 section 2.3.1: rules as they stand; none where there is no such file; None where we cannot know."""
    if response.outcome == "ok":
        return response.body[:RULES_LIMIT_BYTES].decode("utf-8-sig", "replace")
    status = response.http_status or 0
    is_missing = response.outcome in ("http_error", "gone") and 400 <= status < 500
    return "" if is_missing or response.outcome == "too_many_redirects" else None
