"""A paper as it is out in an edition: what it prints, shows and has in its archive; how that is written down is elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ingest.demo.edition import Article, ExtraArticle, archive, articles
from ingest.demo.papers import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """`articles` are in the truth; `archived` ones are older than a crawl asks for. Both newest first."""

    paper: Paper
    edition: int
    articles: tuple[Article, ...]
    archived: tuple[Article, ...]

    def has_guest(self, host: str) -> bool:
        """Whether an article of this paper is on another host than its own."""
        return any(one.host == host for one in self.articles)

    @property
    def in_feed(self) -> tuple[Article, ...]:
        """What its feed shows: all, or the newest."""
        return self.articles[: self.paper.discovery.window_count]

    @property
    def in_section_feed(self) -> tuple[Article, ...]:
        """What its section feed shows, if it has one: each of its entries is in the main feed too."""
        if not self.paper.has_section_feed:
            return ()
        plain = [one for one in self.articles if one.way == "plain"]
        section = min(plain, key=lambda one: one.id).section
        return tuple(one for one in plain if one.section == section)

    def listed_by(self, one: Article) -> Literal["feed", "sitemap", "section"]:
        """What tells of an article first. One that a feed never shows is found in the sitemap of its paper's robots.txt."""
        by = self.paper.discovery.by
        is_shown = one in self.in_feed or one.first_edition < self.edition
        return by if by != "feed" or is_shown else "sitemap"


def issue(paper: Paper, *, seed: int, edition: int, now: datetime, extra: Sequence[ExtraArticle]) -> Issue:
    """The paper in this edition; every text is decided by `seed`, every date by `now`."""
    return Issue(
        paper=paper,
        edition=edition,
        articles=articles(paper, seed=seed, edition=edition, now=now, extra=extra),
        archived=archive(paper, seed=seed, now=now),
    )
