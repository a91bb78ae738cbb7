"""What the robots.txt of a host answers (RFC 9309 section 2.3), asked once a day and kept on disk, one small file a host.

What its lines mean is decided elsewhere, as is when to ask again for a page that was denied.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from ingest.access import Access
from ingest.fetch import robots_answer
from ingest.fetch.client import Client, MayFollow
from ingest.fetch.response import Response
from ingest.fetch.robots_answer import OLD_RULES_FOR, RULES_LIMIT_BYTES, RobotsAnswer
from ingest.log import event
from ingest.rules.robots import RobotsRules, read_robots
from ingest.rules.robots_path import path_of
from ingest.rules.url import host, same_site

RobotsState = Literal["allowed", "denied", "unreachable"]
PROXY_ASKS_FOR_PASSWORD = 407  # the proxy's answer, not the host's
HOSTS_IN_MEMORY = 2_000
MEMORY_LIMIT_BYTES = 64_000_000
RULE_BYTES = 800  # what a rule costs in memory, beside its text (measured)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsVerdict:
    """Whether an address may be fetched, and what else its host says of it.

    `crawl_delay_s` is what the host asks between two visits; `not_before_at` until when it wants to be left alone
    (Retry-After of a robots.txt that could not be had); `good_until` when it is asked for its rules again; `optouts` are
    recorded, and decide nothing.
    """

    state: RobotsState
    crawl_delay_s: float | None
    not_before_at: datetime | None
    good_until: datetime
    optouts: tuple[str, ...]


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


_Key = tuple[str, str]  # origin and terms, these "" for rules


class Robots:
    """The robots.txt of every host we visit; safe for threads. `product` is our product token (RFC 9309, 2.2.1).

    A request for robots.txt goes through the `access` of the visit that needs it first: the proxy of a source is often
    the only way to its hosts. So the rules that were found hold for all sources, a failure only for those that reach the
    host the same way. `may_follow` is asked before a redirect of robots.txt is followed, as in `Client.get`; where it
    says "timeout" (a busy host), the rules are unreachable for a minute.
    """

    def __init__(self, client: Client, *, cache: Path, product: str) -> None:
        self._client = client
        self._folder = cache
        self._product = product
        self._known: OrderedDict[_Key, _Known] = OrderedDict()
        self._known_bytes = 0
        self._asking: dict[_Key, _Asking] = {}
        self._lock = threading.Lock()
        cache.mkdir(parents=True, exist_ok=True)

    def verdict(self, url: str, *, access: Access | None = None, may_follow: MayFollow | None = None) -> RobotsVerdict:
        """May `url` (a web address, as found) be fetched? Asks the host if nothing younger than a day is known."""
        answer, rules = self._ask(url, access, may_follow)
        not_before_at = answer.not_before_at
        if not_before_at is not None and not_before_at <= datetime.now(UTC):
            not_before_at = None
        path = path_of(url)
        return RobotsVerdict(
            state="unreachable" if rules is None else "allowed" if rules.is_allowed(path) else "denied",
            crawl_delay_s=rules.crawl_delay_s if rules else None,
            not_before_at=not_before_at,
            good_until=answer.good_until,
            optouts=rules.optouts(path) if rules else (),
        )

    def is_known(self, url: str, *, access: Access | None = None) -> bool:
        """Whether a verdict on `url` needs no request now."""
        return self._fresh(_origin(url), _terms(url, access)) is not None

    def known_delay_s(self, url: str, *, access: Access | None = None) -> float | None:
        """The crawl delay of the host of `url`, as far as it is known and need not be asked for; makes no request."""
        known = self._fresh(_origin(url), _terms(url, access))
        return known.rules.crawl_delay_s if known and known.rules else None

    def sitemaps(
        self, url: str, *, access: Access | None = None, may_follow: MayFollow | None = None
    ) -> tuple[str, ...]:
        """Addresses that the `Sitemap:` lines of the host of `url` name, at most 100; asks the host if it must."""
        rules = self._ask(url, access, may_follow).rules
        return rules.sitemaps if rules else ()

    def answer(self, url: str, *, access: Access | None = None, may_follow: MayFollow | None = None) -> RobotsAnswer:
        """What the host of `url` answered; asks it if nothing younger than a day is known."""
        return self._ask(url, access, may_follow).answer

    def _ask(self, url: str, access: Access | None, may_follow: MayFollow | None) -> _Known:
        origin, terms = _origin(url), _terms(url, access)
        if known := self._fresh(origin, terms):
            return known
        with self._alone_with((origin, terms)):
            if known := self._fresh(origin, terms):  # somebody else asked meanwhile
                return known
            response = self._client.get(
                f"{origin}/robots.txt",
                limit_bytes=RULES_LIMIT_BYTES + 1,
                accept="robots",
                access=access,
                may_follow=may_follow,
            )
            answer = _understood(response, origin, terms, old=self._old(origin, terms))
            self._keep(answer)
            return self._remember(answer)

    def _fresh(self, origin: str, terms: str) -> _Known | None:
        """What is known in memory or on disk, good, and found by somebody who reaches the host as we do, or rules."""
        now = datetime.now(UTC)
        for key in dict.fromkeys(((origin, ""), (origin, terms))):
            with self._lock:
                known = self._known.get(key)
                if known:
                    self._known.move_to_end(key)
            if (
                (known is None or now >= known.answer.good_until)
                and (kept := self._read(key))
                and now < kept.good_until
            ):
                known = self._remember(kept)
            if known and now < known.answer.good_until and (known.answer.is_rules or key[1] == terms):
                return known
        return None

    def _old(self, origin: str, terms: str) -> RobotsAnswer | None:
        """The youngest text that is known of a host, however it was reached."""
        found = [
            known.answer if known else self._read(key)
            for key in dict.fromkeys(((origin, ""), (origin, terms)))
            for known in [self._known.get(key)]
        ]
        return max((answer for answer in found if answer and answer.text is not None), key=_text_at, default=None)

    def _remember(self, answer: RobotsAnswer) -> _Known:
        known = _Known(answer, None if answer.text is None else read_robots(answer.text, product=self._product))
        key = answer.origin, answer.terms
        with self._lock:
            self._forget(self._known.pop(key, None))
            self._known[key] = known
            self._known_bytes += known.cost_bytes
            while len(self._known) > HOSTS_IN_MEMORY or (
                self._known_bytes > MEMORY_LIMIT_BYTES and len(self._known) > 1
            ):
                self._forget(self._known.popitem(last=False)[1])
        return known

    def _forget(self, known: _Known | None) -> None:
        self._known_bytes -= known.cost_bytes if known else 0

    @contextmanager
    def _alone_with(self, key: _Key) -> Iterator[None]:
        with self._lock:
            asking = self._asking.setdefault(key, _Asking())
            asking.count += 1
        try:
            with asking.lock:
                yield
        finally:
            with self._lock:
                asking.count -= 1
                if not asking.count:
                    del self._asking[key]

    def _read(self, key: _Key) -> RobotsAnswer | None:
        return robots_answer.read(self._folder, *key)

    def _keep(self, answer: RobotsAnswer) -> None:
        try:
            robots_answer.write(self._folder, answer)
        except OSError as error:  # a cache that cannot be written is no cache: the next task asks the host again
            event(logger, "robots_not_kept", logging.WARNING, origin=answer.origin, error=error)


def _origin(url: str) -> str:
    return f"{urlsplit(url).scheme}://{host(url)}"


def _terms(url: str, access: Access | None) -> str:
    """How the host of `url` is reached, in short and without what is secret; "" where nothing is special about it."""
    if access is None:
        return ""
    proxy = urlsplit(access.proxy or "")
    words = [f"by {proxy.hostname}:{proxy.port}"] if access.proxy else []
    if same_site(url, access.site):
        words += [f"of {access.site} {access.ca_file} {access.verify_tls}"]
    return sha256(" ".join(words).encode()).hexdigest()[:16] if words else ""


def _understood(response: Response, origin: str, terms: str, *, old: RobotsAnswer | None) -> RobotsAnswer:
    text = _rules_text(response)
    answer = RobotsAnswer(
        origin=origin,
        terms=terms if text is None else "",
        asked_at=response.fetched_at,
        outcome=response.outcome,
        http_status=response.http_status,
        detail=response.detail,
        final_url=response.final_url,
        not_before_at=response.not_before_at if text is None else None,
        text_at=response.fetched_at,
        text=text,
    )
    if text is None and old is not None and response.fetched_at - old.text_at < OLD_RULES_FOR:
        return replace(answer, text=old.text, text_at=old.text_at)
    return answer


def _rules_text(response: Response) -> bytes | None:
    """RFC 9309 section 2.3.1: rules as they stand; none where there is no such file; None where we cannot know."""
    if response.outcome == "ok":
        return _beginning(response.body)
    status = response.http_status or 0
    is_missing = (
        response.outcome in ("http_error", "gone") and 400 <= status < 500 and status != PROXY_ASKS_FOR_PASSWORD
    )
    return b"" if is_missing or response.outcome == "too_many_redirects" else None


def _beginning(body: bytes) -> bytes:
    """Its whole lines within the limit: half a path is another rule."""
    if len(body) <= RULES_LIMIT_BYTES:
        return body
    kept = body[:RULES_LIMIT_BYTES]
    return kept[: max(kept.rfind(b"\n"), kept.rfind(b"\r")) + 1]


def _text_at(answer: RobotsAnswer) -> datetime:
    return answer.text_at
