"""What the robots.txt of a host answers (RFC 9309 section 2.3), asked once a day and kept on disk, one small file a host.

What its lines mean is decided elsewhere, as is when to ask again for a page that was denied.
"""

import json
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import quote, urlsplit

from ingest.access import Access
from ingest.fetch.client import Client
from ingest.fetch.response import Response
from ingest.log import event
from ingest.records import Outcome
from ingest.rules.robots import RobotsRules, read_robots
from ingest.rules.robots_path import path_of
from ingest.rules.url import host

RobotsState = Literal["allowed", "denied", "unreachable"]
CACHE_FORMAT = 2
READ_LIMIT_BYTES = 5_000_000  # nothing beyond is even looked at
RULES_LIMIT_BYTES = 500 * 1024  # RFC 9309 section 2.5: what lies behind may be ignored
GOOD_FOR = timedelta(hours=24)  # RFC 9309 section 2.4
ASK_AGAIN = timedelta(hours=1)  # after an answer that was none, where the host named no time
ASK_AGAIN_SOONEST = timedelta(
    minutes=10
)  # where it named one: a host that says "in a second" is not asked every second
OLD_RULES_FOR = timedelta(days=30)  # while robots.txt is unreachable, the last known rules hold (section 2.3.1.4)
HOSTS_IN_MEMORY = 2_000
MEMORY_LIMIT_BYTES = 64_000_000
RULE_BYTES = 800  # what a rule costs in memory, beside its text (measured)
NAME_LIMIT_CHARS = 200  # file systems take 255 bytes, the end of a draft's name included; a host may have 253

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsVerdict:
    """Whether an address may be fetched, and what else its host says of it.

    `crawl_delay_s` is what the host asks between two visits; `not_before_at` until when it wants to be left alone
    (Retry-After of a robots.txt that could not be had); `optouts` are recorded, and decide nothing.
    """

    state: RobotsState
    crawl_delay_s: float | None
    not_before_at: datetime | None
    optouts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsAnswer:
    """How a host answered when it was last asked, and the text that holds: older where the answer was none."""

    origin: str
    asked_at: datetime
    outcome: Outcome
    http_status: int | None
    detail: str | None
    final_url: str  # after redirects; the rules hold for `origin` all the same (section 2.3.1.2)
    not_before_at: datetime | None
    text_at: datetime  # when `text` came
    text: bytes | None = field(repr=False)  # None: not known, nothing may be fetched; b"": all may be

    @property
    def good_until(self) -> datetime:
        """When the host is asked again."""
        if self.text is not None and self.text_at == self.asked_at:
            return self.asked_at + GOOD_FOR
        if self.not_before_at is None:
            return self.asked_at + ASK_AGAIN
        return max(self.not_before_at, self.asked_at + ASK_AGAIN_SOONEST)


class _Known(NamedTuple):
    answer: RobotsAnswer
    rules: RobotsRules | None

    @property
    def cost_bytes(self) -> int:
        return len(self.answer.text or b"") + RULE_BYTES * (self.rules.rule_count if self.rules else 0)


class _Asking:
    """A host that somebody asks right now: others wait for the same answer."""

    __slots__ = ("count", "lock")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.count = 0


class Robots:
    """The robots.txt of every host we visit; safe for threads. `product` is our product token (RFC 9309, 2.2.1).

    A request for robots.txt goes through the `access` of the visit that needs it first: the proxy of a source is often
    the only way to its hosts.
    """

    def __init__(self, client: Client, *, cache: Path, product: str) -> None:
        self._client = client
        self._folder = cache
        self._product = product
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._known_bytes = 0
        self._asking: dict[str, _Asking] = {}
        self._lock = threading.Lock()
        cache.mkdir(parents=True, exist_ok=True)

    def verdict(self, url: str, *, access: Access | None = None) -> RobotsVerdict:
        """May `url` (a web address, as found) be fetched? Asks the host if nothing younger than a day is known."""
        known = self._ask(url, access)
        not_before_at = known.answer.not_before_at
        if not_before_at is not None and not_before_at <= datetime.now(UTC):
            not_before_at = None
        if known.rules is None:
            return RobotsVerdict(state="unreachable", crawl_delay_s=None, not_before_at=not_before_at, optouts=())
        path = path_of(url)
        return RobotsVerdict(
            state="allowed" if known.rules.is_allowed(path) else "denied",
            crawl_delay_s=known.rules.crawl_delay_s,
            not_before_at=not_before_at,
            optouts=known.rules.optouts(path),
        )

    def is_known(self, url: str) -> bool:
        """Whether a verdict on `url` needs no request now."""
        return self._fresh(_origin(url)) is not None

    def sitemaps(self, url: str, *, access: Access | None = None) -> tuple[str, ...]:
        """Addresses that the `Sitemap:` lines of the host of `url` name, at most 100; asks the host if it must."""
        rules = self._ask(url, access).rules
        return rules.sitemaps if rules else ()

    def answer(self, url: str, *, access: Access | None = None) -> RobotsAnswer:
        """What the host of `url` answered; asks it if nothing younger than a day is known."""
        return self._ask(url, access).answer

    def _ask(self, url: str, access: Access | None) -> _Known:
        origin = _origin(url)
        if known := self._fresh(origin):
            return known
        with self._alone_with(origin):
            if known := self._fresh(origin):  # somebody else asked meanwhile
                return known
            stale = self._known.get(origin)
            answer = self._asked(origin, access, stale.answer if stale else self._read(origin))
            self._write(answer)
            return self._remember(answer)

    def _fresh(self, origin: str) -> _Known | None:
        """What is known in memory or on disk, and good."""
        now = datetime.now(UTC)
        with self._lock:
            if (known := self._known.get(origin)) and now < known.answer.good_until:
                self._known.move_to_end(origin)
                return known
        answer = self._read(origin)
        return self._remember(answer) if answer and now < answer.good_until else None

    def _remember(self, answer: RobotsAnswer) -> _Known:
        known = _Known(answer, None if answer.text is None else read_robots(answer.text, product=self._product))
        with self._lock:
            self._forget(self._known.pop(answer.origin, None))
            self._known[answer.origin] = known
            self._known_bytes += known.cost_bytes
            while len(self._known) > HOSTS_IN_MEMORY or (
                self._known_bytes > MEMORY_LIMIT_BYTES and len(self._known) > 1
            ):
                self._forget(self._known.popitem(last=False)[1])
        return known

    def _forget(self, known: _Known | None) -> None:
        self._known_bytes -= known.cost_bytes if known else 0

    @contextmanager
    def _alone_with(self, origin: str) -> Iterator[None]:
        with self._lock:
            asking = self._asking.setdefault(origin, _Asking())
            asking.count += 1
        try:
            with asking.lock:
                yield
        finally:
            with self._lock:
                asking.count -= 1
                if not asking.count:
                    del self._asking[origin]

    def _asked(self, origin: str, access: Access | None, old: RobotsAnswer | None) -> RobotsAnswer:
        response = self._client.get(
            f"{origin}/robots.txt", limit_bytes=READ_LIMIT_BYTES, accept="robots", access=access
        )
        text = _rules_text(response)
        answer = RobotsAnswer(
            origin=origin,
            asked_at=response.fetched_at,
            outcome=response.outcome,
            http_status=response.http_status,
            detail=response.detail,
            final_url=response.final_url,
            not_before_at=response.not_before_at if text is None else None,
            text_at=response.fetched_at,
            text=text,
        )
        is_old_good = old is not None and old.text is not None and response.fetched_at - old.text_at < OLD_RULES_FOR
        if text is None and old is not None and is_old_good:
            return replace(answer, text=old.text, text_at=old.text_at)
        return answer

    def _path(self, origin: str) -> Path:
        name = quote(origin.replace("://", "_"), safe="")
        if len(name) > NAME_LIMIT_CHARS:
            name = sha256(origin.encode()).hexdigest()[:32]
        return self._folder / f"{name}.json"

    def _read(self, origin: str) -> RobotsAnswer | None:
        try:
            kept = json.loads(self._path(origin).read_text("utf-8"))
            if kept.pop("format") != CACHE_FORMAT or kept["origin"] != origin:
                return None
            for name in ("asked_at", "text_at", "not_before_at"):
                kept[name] = kept[name] and datetime.fromisoformat(kept[name])
            if kept["text"] is not None:
                kept["text"] = kept["text"].encode("utf-8", "surrogateescape")
            return RobotsAnswer(**kept)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):  # a cache that cannot be read is no cache
            return None

    def _write(self, answer: RobotsAnswer) -> None:
        path = self._path(answer.origin)
        kept = {name: getattr(answer, name) for name in answer.__slots__}
        for name in ("asked_at", "text_at", "not_before_at"):
            kept[name] = kept[name] and kept[name].isoformat()
        if answer.text is not None:
            kept["text"] = answer.text.decode("utf-8", "surrogateescape")
        draft = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        try:
            draft.write_text(json.dumps({"format": CACHE_FORMAT, **kept}), "utf-8")
            draft.replace(path)
        except OSError as error:  # a cache that cannot be written is no cache: the next task asks the host again
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            event(logger, "robots_not_kept", logging.WARNING, origin=answer.origin, error=error)


def _origin(url: str) -> str:
    return f"{urlsplit(url).scheme}://{host(url)}"


def _rules_text(response: Response) -> bytes | None:
    """RFC 9309 section 2.3.1: rules as they stand; none where there is no such file; None where we cannot know."""
    if response.outcome == "ok":
        return response.body[:RULES_LIMIT_BYTES]
    status = response.http_status or 0
    is_missing = response.outcome in ("http_error", "gone") and 400 <= status < 500
    return b"" if is_missing or response.outcome == "too_many_redirects" else None
