"""The demo news web: real HTTP servers on loopback that hold papers, their faults and their truth; no pipeline here."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from ingest.demo import pages as saved
from ingest.demo import server, site, sitemap, sources, truth
from ingest.demo.answer import Answer, Host
from ingest.demo.edition import ExtraArticle
from ingest.demo.issue import Issue, issue
from ingest.demo.papers import HEALED_IN, PAPERS, TICKER, WIRE, Paper
from ingest.demo.server import Log, Request

__all__ = ["ExtraArticle", "NewsWeb", "Paper", "Request"]

EDITIONS = (1, 2)


class NewsWeb:
    """A context manager: its servers answer from `with` to the end of the block.

    `seed` decides every text; `now` (default: the clock, in full hours) decides the dates, since articles are hours old.
    Edition 2 is later that day: new articles, edited ones, one more agency copy; the overloaded host answers, a feed has
    moved for good, and another shows the last of its new articles alone: the truth has them all, since its sitemap does.
    `is_overloaded_once`: that host refuses a page once and answers who comes again, in edition 1 too, so that the truth of
    edition 2 holds however often a clock has crawled before.
    """

    def __init__(
        self,
        *,
        seed: int,
        edition: int = 1,
        pages: Path | None = None,
        extra_articles: Sequence[ExtraArticle] = (),
        now: datetime | None = None,
        is_overloaded_once: bool = False,
    ) -> None:
        self.papers = PAPERS
        self.origins: dict[str, str] = {}
        self._seed = seed
        self._edition = edition
        self._now = now or datetime.now(UTC)
        self._extra = tuple(extra_articles)
        self._saved = saved.read(pages) if pages else ()
        self._log: Log = Log(maxlen=server.LOG_LENGTH)
        self._servers: list[server.Server] = []
        self._hosts: dict[str, Host] = {}
        self._is_overloaded_once = is_overloaded_once
        self._recovered: Host | None = None
        self._refused: set[str] = set()
        self._issues: dict[str, Issue] = {}

    def __enter__(self) -> Self:
        keys = [*(paper.source_id for paper in self.papers), TICKER, WIRE, *([saved.SOURCE_ID] if self._saved else [])]
        self._servers = server.start([partial(self._answer, key) for key in keys], self._log)
        self.origins = {key: f"http://{one.authority}" for key, one in zip(keys, self._servers, strict=True)}
        self.turn_to(self._edition)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        server.stop(self._servers)
        self._servers = []

    @property
    def edition(self) -> int:
        return self._edition

    @property
    def requests(self) -> tuple[Request, ...]:
        """The log so far, oldest first."""
        return tuple(self._log)

    def fetch_count(self, url: str) -> int:
        """How often this very URL, query included, was asked for."""
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return sum(1 for one in self.requests if (one.host, one.path) == (parts.netloc, path))

    def turn_to(self, edition: int) -> None:
        """Print another edition; every host turns at once."""
        if edition not in EDITIONS:
            raise ValueError(f"edition {edition}: there are {EDITIONS}")
        self._edition = edition
        self._issues = {
            paper.source_id: issue(
                paper,
                seed=self._seed,
                edition=edition,
                now=self._now,
                extra=self._extra if paper is self.papers[0] else (),
            )
            for paper in self.papers
        }
        hosts = site.hosts(self._issues, self.origins)
        healed = {key: replace(one, edition=HEALED_IN) for key, one in self._issues.items() if one.has_guest(TICKER)}
        self._recovered = site.hosts(healed, self.origins)[TICKER]
        hosts[WIRE] = self._wire
        if self._saved:
            hosts[saved.SOURCE_ID] = partial(saved.answer, self._saved, self.origins[saved.SOURCE_ID])
        self._hosts = hosts

    def catalogue(self) -> str:
        """A sources.toml with every paper, to be polled as often as one likes (see sources.py)."""
        return sources.catalogue(self.origins)

    def truth(self) -> dict[str, Any]:
        """Every entry listed by this edition with the state its ledger line must end in (see truth.py).

        `unasked`: addresses that a crawl has no reason to ask for. `archived`: entries that a backfill alone brings in.
        """
        entries = truth.entries(self._issues, self.origins)
        if self._saved:
            entries += saved.truth(self._saved, self.origins[saved.SOURCE_ID])
        unasked = [
            url for one in self._issues.values() for url in sitemap.unasked(one, self.origins[one.paper.source_id])
        ]
        return {
            "seed": self._seed,
            "edition": self._edition,
            "origins": dict(self.origins),
            "entries": entries,
            "unasked": unasked,
            "archived": truth.archived(self._issues, self.origins),
        }

    def _answer(self, key: str, path: str) -> Answer:
        host = self._hosts.get(key)
        if host is None or self._recovered is None:
            return Answer(status=503, content_type="text/plain", body=b"not printed yet\n")
        answer = host(path)
        if key == TICKER and answer.status == 503:
            if self._is_overloaded_once and path in self._refused:
                return self._recovered(path)
            self._refused.add(path)
        return answer

    def _wire(self, path: str) -> Answer:
        if path == "/truth.json":
            body = json.dumps(self.truth(), ensure_ascii=False, indent=1).encode()
            return Answer(status=200, content_type="application/json", body=body)
        if path == "/sources.toml":
            return Answer(status=200, content_type="text/plain; charset=utf-8", body=self.catalogue().encode())
        return Answer(status=404, content_type="text/plain", body=b"/truth.json or /sources.toml\n")
