"""Which of a site's feeds are worth polling: points by a table of rules, and no entry polled for twice.

Addresses are asked elsewhere; here are their answers, as values.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from ingest.catalogue import feed_id
from ingest.discover.candidates import Candidate
from ingest.records import Entry, Outcome
from ingest.rules.url import same_site

FLOOR_POINTS = 20  # below it an answer is no feed of articles
MORE_FEEDS = 5  # besides the best one
NEW_SHARE = 0.1  # of a further feed's entries that no chosen feed has; twins differ by an article that came meanwhile

COMMENTS = re.compile(r"comments?(?:[/_.=-]|$)|[=/-]comments?\b|kommentare|commentaires|comentarios", re.IGNORECASE)
COMMENTS_TITLE = re.compile(r"\b(?:comments?|kommentare?|commentaires?|comentarios?|commenti)\b", re.IGNORECASE)
COMMENT_GUID = re.compile(r"#comment-?\d", re.IGNORECASE)
PODCAST = re.compile(r"podcast|/audio/", re.IGNORECASE)
AUDIO = re.compile(rb"""<enclosure\b[^>]{0,500}?type\s*=\s*["']audio/""", re.IGNORECASE)
PART = re.compile(
    r"/(?:category|categories|cat|tags?|topics?|sections?|rubrique|rubrik|author|authors|profile|users?|label)/",
    re.IGNORECASE,
)
NO_ARTICLES = re.compile(
    r"(?:author|categor|tag|page|product|image|video|user|taxonom|rubri)[a-z]*s?[-_]?(?:sitemap|\d|\.)"
    r"|sitemap[-_](?:author|categor|tag|page|product|image|video|user|taxonom|rubri)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What came of asking a candidate. `listed_count` counts what it lists, `entries` may be fewer (by age)."""

    candidate: Candidate
    outcome: Outcome
    detail: str | None
    route: str | None = None
    entries: tuple[Entry, ...] = ()
    children: tuple[str, ...] = ()
    listed_count: int = 0
    audio_count: int = 0

    @property
    def newest_at(self) -> datetime | None:
        """Of the dates that it tells."""
        told = [moment for entry in self.entries for moment in (entry.published_at or entry.modified_at,) if moment]
        return max(told, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    tested: Tested
    points: int
    reasons: tuple[str, ...]
    is_taken: bool
    owner: str | None = None  # the source that it is polled for already


class _Facts(NamedTuple):
    """What the rules ask of a tested candidate."""

    tested: Tested
    own_share: float  # of its addresses, those on the home page's site
    age: timedelta | None
    dated_share: float
    summary_share: float


class _Rule(NamedTuple):
    points: int
    reason: str
    holds: Callable[[_Facts], bool]


FEED_RULES = (
    _Rule(-100, "lists nothing", lambda facts: facts.tested.listed_count == 0),
    _Rule(-100, "comments", lambda facts: _is_of_comments(facts.tested)),
    _Rule(-100, "a podcast", lambda facts: _is_podcast(facts.tested)),
    _Rule(30, "own articles", lambda facts: facts.own_share >= 0.8),
    _Rule(-40, "articles of others", lambda facts: facts.own_share < 0.2),
    _Rule(20, "fresh", lambda facts: _is_within(facts.age, 0, 2)),
    _Rule(10, "two weeks old", lambda facts: _is_within(facts.age, 2, 14)),
    _Rule(-30, "silent for 3 months", lambda facts: _is_within(facts.age, 90, None)),
    _Rule(10, "10+ entries", lambda facts: facts.tested.listed_count >= 10),
    _Rule(5, "30+ entries", lambda facts: facts.tested.listed_count >= 30),
    _Rule(10, "dated", lambda facts: facts.dated_share >= 0.8),
    _Rule(5, "summaries", lambda facts: facts.summary_share >= 0.5),
    _Rule(10, "named by the page", lambda facts: facts.tested.candidate.found_by == "link tag"),
    _Rule(10, "asked for", lambda facts: facts.tested.candidate.found_by == "given"),
    _Rule(-15, "a part of the site", lambda facts: PART.search(_path(facts.tested)) is not None),
    _Rule(-5, "not well-formed", lambda facts: facts.tested.route in ("repaired", "tolerant")),
)
SITEMAP_RULES = (
    _Rule(-100, "lists nothing", lambda facts: facts.tested.listed_count == 0),
    _Rule(-100, "no articles by its name", lambda facts: NO_ARTICLES.search(_path(facts.tested)) is not None),
    _Rule(40, "for news", lambda facts: facts.tested.route == "news"),
    _Rule(15, "an index", lambda facts: facts.tested.route == "index"),
    _Rule(30, "own addresses", lambda facts: facts.own_share >= 0.8),
    _Rule(-40, "addresses of others", lambda facts: facts.own_share < 0.2),
    _Rule(20, "fresh", lambda facts: _is_within(facts.age, 0, 2)),
    _Rule(-30, "silent for 3 months", lambda facts: _is_within(facts.age, 90, None)),
)


def ranked(answers: Sequence[Tested], *, home_url: str, now: datetime, owners: Mapping[str, str]) -> list[Ranked]:
    """All answers, the best first, those to be polled marked: feeds, then one sitemap; what failed comes last.

    `owners`: feed_id -> source_id of what is polled already; such a feed is not taken, nor are others that list the same.
    """
    good = [_ranked(one, home_url, now, owners) for one in answers if one.outcome == "ok"]
    feeds = _chosen_feeds([one for one in good if one.tested.candidate.kind == "feed"])
    maps = [one for one in good if one.tested.candidate.kind == "sitemap"]
    failed = [
        Ranked(tested=one, points=0, reasons=(one.detail or one.outcome,), is_taken=False)
        for one in answers
        if one.outcome != "ok"
    ]
    return feeds + _chosen_sitemap(maps, has_feed=any(one.is_taken for one in feeds)) + failed


def is_worth_polling(tested: Tested, *, home_url: str, now: datetime) -> bool:
    """Whether a feed would do as a source's only one."""
    return tested.outcome == "ok" and _ranked(tested, home_url, now, {}).points >= FLOOR_POINTS


def audio_count(body: bytes) -> int:
    """Enclosures with sound in a feed's body."""
    return len(AUDIO.findall(body))


def _ranked(tested: Tested, home_url: str, now: datetime, owners: Mapping[str, str]) -> Ranked:
    entries = tested.entries
    addresses = [entry.url for entry in entries] or list(tested.children)
    count = max(1, len(entries))
    facts = _Facts(
        tested=tested,
        own_share=sum(same_site(url, home_url) for url in addresses) / len(addresses) if addresses else 0.5,
        age=now - tested.newest_at if tested.newest_at else None,
        dated_share=sum(entry.published_at is not None for entry in entries) / count,
        summary_share=sum(entry.summary is not None for entry in entries) / count,
    )
    rules = [rule for rule in (FEED_RULES if tested.candidate.kind == "feed" else SITEMAP_RULES) if rule.holds(facts)]
    owner = owners.get(feed_id(tested.candidate.url))
    said = [f"polled for {owner!r} already"] if owner else []
    return Ranked(
        tested=tested,
        points=sum(rule.points for rule in rules),
        reasons=(*said, *(f"{rule.points:+d} {rule.reason}" for rule in rules)),
        is_taken=False,
        owner=owner,
    )


def _chosen_feeds(feeds: list[Ranked]) -> list[Ranked]:
    """The best, and those that list what it does not: a twin in another format adds nothing."""
    covering = [one for one in feeds if one.owner]
    chosen: list[Ranked] = []
    rest: list[Ranked] = []
    for one in sorted((one for one in feeds if not one.owner), key=lambda one: -one.points):
        listed = _ids(one)
        covered = {entry_id for other in (*covering, *chosen) for entry_id in _ids(other)}
        is_new = len(listed - covered) > NEW_SHARE * len(listed)
        if one.points < FLOOR_POINTS or len(chosen) > MORE_FEEDS:
            rest.append(one)
        elif is_new:
            chosen.append(replace(one, is_taken=True))
        else:
            twin = next(other for other in (*covering, *chosen) if _ids(other) & listed)
            rest.append(replace(one, reasons=(f"lists what {_path(twin.tested)} lists", *one.reasons)))
    return chosen + sorted(covering + rest, key=lambda one: -one.points)


def _chosen_sitemap(maps: list[Ranked], *, has_feed: bool) -> list[Ranked]:
    """That for news; else an index; else, where there is no feed, any that lists articles."""
    good = sorted((one for one in maps if one.points >= FLOOR_POINTS), key=lambda one: -one.points)
    wanted = ("news", "index") if has_feed else ("news", "index", "urlset", "repaired", "text")
    best = next((one for route in wanted for one in good if one.tested.route == route), None)
    rest = sorted((one for one in maps if one is not best), key=lambda one: -one.points)
    return ([replace(best, is_taken=best.owner is None)] if best else []) + rest


def _is_of_comments(tested: Tested) -> bool:
    title, entries = tested.candidate.title or "", tested.entries
    said = sum(COMMENT_GUID.search(entry.guid or "") is not None for entry in entries)
    return bool(COMMENTS.search(_path(tested)) or COMMENTS_TITLE.search(title) or (entries and said > len(entries) / 2))


def _is_podcast(tested: Tested) -> bool:
    is_sound = 0 < tested.listed_count < 2 * tested.audio_count
    return is_sound or PODCAST.search(_path(tested)) is not None


def _is_within(age: timedelta | None, from_days: float, to_days: float | None) -> bool:
    """Half-open; an age is below zero where a clock is wrong."""
    days = None if age is None else max(0.0, age / timedelta(days=1))
    return days is not None and days >= from_days and (to_days is None or days < to_days)


def _ids(one: Ranked) -> set[str]:
    return {entry.entry_id for entry in one.tested.entries}


def _path(tested: Tested) -> str:
    parts = urlsplit(tested.candidate.url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
