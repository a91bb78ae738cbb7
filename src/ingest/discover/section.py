"""Section pages read into entries: the links that a selector names, or that look like articles.

For publishers without a feed. Nothing is fetched here, and no date is guessed: only what a card's `<time>` says.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from bs4 import BeautifulSoup

from ingest.discover.charset import decode
from ingest.discover.entry import Said, entry_of
from ingest.discover.links import Link, Links, links_of
from ingest.discover.repair import ROOT
from ingest.discover.text import Text
from ingest.records import Entry, Feed
from ingest.rules.sitemap import path_date
from ingest.rules.url import as_found, canonical, is_home, same_site
from ingest.rules.url_names import ARTICLE_NAMES

PAGE_LIMIT_BYTES = 2_000_000  # what stands behind them is read by nobody: the largest front pages have half of it
# What parsers do with a tag may grow with the number of those before it (measured: 2 MB of `<b></p>` take 2 minutes).
# The largest of 918 saved pages has 9,770.
TAGS_LIMIT = 50_000
MOST = 500
FEED_START = re.compile(r"\s*+(?>(?:<\?xml[^>]*+>\s*+)?)" + ROOT.pattern, re.IGNORECASE)
META_CHARSET = re.compile(rb"""<meta\s[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,30})""", re.IGNORECASE)

# Segments of a path that lead to no article.
OTHER_PAGES = frozenset({
    "tag", "tags", "topic", "topics", "thema", "themen", "category", "categories", "kategorie", "author", "authors", "autor",
    "autoren", "auteur", "contributor", "contributors", "profile", "profiles", "people", "person", "by", "staff",
    "team", "user", "users",
    "login", "log-in", "signin", "sign-in", "signup", "sign-up", "register", "logout", "account", "my-account", "konto",
    "subscribe", "subscription", "subscriptions", "abo", "abonnement", "newsletter", "newsletters", "membership", "donate",
    "about", "about-us", "contact", "contact-us", "kontakt", "privacy", "privacy-policy", "cookies", "cookie-policy", "terms",
    "terms-of-use", "terms-of-service", "terms-and-conditions", "legal", "imprint", "impressum", "datenschutz", "agb",
    "accessibility", "help", "faq", "advertise", "advertising", "careers", "search", "suche", "recherche", "archive", "archives",
    "rss", "feed", "feeds", "sitemap", "shop", "cart", "apps", "share", "sharer", "wp-admin", "wp-login.php", "cdn-cgi", "page",
})  # fmt: skip
MEDIA_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|pdf|mp[34]|m4[av]|mov|webm|ogg|wav|zip|gz|xml|rss|atom|json|css|js|ics|epub|docx?|xlsx?"
    r"|pptx?|csv)$",
    re.IGNORECASE,
)
SLUG_END = re.compile(r"\.(?:s?html?|php|aspx?|jsp|cms|ece|amp)$", re.IGNORECASE)
SLUG_WORD = re.compile(r"[^\W\d_]+")
NUMBER = re.compile(r"(?<!\d)\d{5,}(?!\d)")
CODE = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{8,}", re.IGNORECASE)  # of letters and digits mixed
CLOSE_WRITING = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # no blanks between words
CLOSE_CHARS = 3  # of which about so many make a word
MANY_WORDS, SOME_WORDS = 4, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionReading:
    """What one visit's page lists, in its order; `unlinked_count` selected links have no address that can be used."""

    outcome: Literal["ok", "not_a_feed"]
    detail: str | None
    parse_route: Literal["section"] | None
    entries: tuple[Entry, ...]
    unlinked_count: int


class _Found(NamedTuple):
    """A link, where it leads and what tells that place from others."""

    link: Link
    url: str
    key: str


@dataclass(slots=True, kw_only=True)
class _Story:
    """All links of a page that lead to one place."""

    url: str
    links: list[Link] = field(default_factory=list)

    def headline(self) -> str | None:
        """As a heading says it, as the first link of several words does, or as its image is called."""
        headings = [link.heading for link in self.links if link.heading]
        texts = sorted((link.text for link in self.links if link.text), key=lambda text: _words(text) < MANY_WORDS)
        return next(iter([*headings, *texts, *(link.label for link in self.links if link.label.strip())]), None)


def read_section(
    body: bytes,
    *,
    feed: Feed,
    poll_id: str,
    listed_at: datetime,
    base_url: str,
    http_charset: str | None,
    selector: str | None,
) -> SectionReading:
    """Links of the page's first 2 MB: exactly those that the CSS `selector` names, or else those that look like articles."""
    try:
        page, fault = _page(body, http_charset)
        found = links_of(page)
        selected = _selected(page, selector) if selector else None
    except Exception as error:  # noqa: BLE001  the edge: the parsers' own failures on hostile pages have no end
        return _none(f"{type(error).__name__}: {error}", 0)
    base_url = (as_found(found.base_href, base_url) if found.base_href else None) or base_url
    if selected is None:
        stories = _stories(found, base_url, feed.url, listed_at)
        unlinked_count, remedy = 0, "no link looks like an article: name them by section_links, a CSS selector"
    else:
        stories, unlinked_count = _chosen(found, selected, base_url)
        remedy = f"section_links {selector!r} selects no link: look at the page, and mend the selector"
    entries = _entries(stories, found, feed=feed, poll_id=poll_id, listed_at=listed_at)
    if not entries:
        return _none(
            "a feed: list it under 'feeds'" if FEED_START.match(page) else f"{remedy}; {fault}" if fault else remedy,
            unlinked_count,
        )
    return SectionReading(
        outcome="ok",
        detail=fault,
        parse_route="section",
        entries=entries,
        unlinked_count=unlinked_count,
    )


def looks_like_article(url: str, link: Link, *, section_url: str, now: datetime) -> bool:
    """By its address and its words: one of them must say it plainly, and the other not speak against it."""
    parts = urlsplit(url)
    segments = [segment for segment in unquote(parts.path).lower().split("/") if segment]
    section = urlsplit(canonical(section_url)).path
    if link.is_aside or is_home(url) or not same_site(url, section_url) or not OTHER_PAGES.isdisjoint(segments):
        return False
    if MEDIA_FILE.search(parts.path) or (section + "/").startswith(urlsplit(canonical(url)).path + "/"):
        return False  # the section itself, or what is above it
    by_address = _strength_of_address(url, segments, parts.query, now)
    return min(by_address, by_words := _strength_of_words(link)) > 0 and by_address + by_words > 2


def _strength_of_address(url: str, segments: list[str], query: str, now: datetime) -> int:
    if any(name.lower() in ARTICLE_NAMES and value for name, value in parse_qsl(query)):
        return 2
    if not segments or set(dict(parse_qsl(query))) & {"page", "paged", "offset", "start"}:
        return 0
    slug = SLUG_END.sub("", segments[-1])
    words = len(SLUG_WORD.findall(slug))
    if words >= MANY_WORDS or _words(slug) >= MANY_WORDS or any(map(NUMBER.search, segments[-2:])) or CODE.search(slug):
        return 2
    if path_date(url, now=now) is not None and len(segments) > 2:
        return 2
    return 1 if words >= SOME_WORDS else 0


def _strength_of_words(link: Link) -> int:
    words = _words(link.heading or link.text or link.label)
    if words >= MANY_WORDS or (link.heading and words):
        return 2
    return 1 if words >= SOME_WORDS else 0


def _words(text: str) -> int:
    close = len(CLOSE_WRITING.findall(text))
    return len(text.split()) + close // CLOSE_CHARS


def _page(body: bytes, http_charset: str | None) -> tuple[str, str | None]:
    """The text within the limits, and what was cut off."""
    said = META_CHARSET.search(body[:4_096])
    page = decode(body[:PAGE_LIMIT_BYTES], http_charset or (said[1].decode("ascii") if said else None))
    end = 0
    for _ in range(TAGS_LIMIT):
        end = page.find("<", end) + 1
        if not end:
            break
    else:
        return page[: end - 1], f"more than {TAGS_LIMIT} tags: what stands behind them was not read"
    is_cut = len(body) > PAGE_LIMIT_BYTES
    return page, f"larger than {PAGE_LIMIT_BYTES} bytes: what stands behind them was not read" if is_cut else None


def _selected(page: str, selector: str) -> list[str]:
    """Addresses as written, of the links that are selected, or that stand in or around what is."""
    hrefs = []
    for one in BeautifulSoup(page, "lxml").select(selector, limit=2 * MOST):
        link = one if one.name == "a" else one.find("a", href=True) or one.find_parent("a", href=True)
        if link is not None and link.get("href"):
            hrefs.append(str(link["href"]))
    return hrefs


def _addressed(found: Links, base_url: str) -> list[_Found]:
    addressed = ((link, as_found(link.href, base_url)) for link in found.links)
    return [_Found(link, url, canonical(url)) for link, url in addressed if url]


def _stories(found: Links, base_url: str, section_url: str, now: datetime) -> list[_Story]:
    """Of a place that is linked several times, one link that looks like an article is enough."""
    links = _addressed(found, base_url)
    keys = {one.key for one in links if looks_like_article(one.url, one.link, section_url=section_url, now=now)}
    return _grouped(links, keys)


def _chosen(found: Links, selected: list[str], base_url: str) -> tuple[list[_Story], int]:
    addresses = [as_found(href, base_url) for href in dict.fromkeys(selected)]
    keys = {canonical(url) for url in addresses if url}
    return _grouped(_addressed(found, base_url), keys), addresses.count(None)


def _grouped(links: list[_Found], keys: Collection[str]) -> list[_Story]:
    stories: dict[str, _Story] = {}
    for one in links:
        if one.key in keys:
            stories.setdefault(one.key, _Story(url=one.url)).links.append(one.link)
    return list(stories.values())[:MOST]


def _entries(
    stories: list[_Story], found: Links, *, feed: Feed, poll_id: str, listed_at: datetime
) -> tuple[Entry, ...]:
    keepers: dict[int, set[str]] = {}  # card -> the stories that are in it
    for story in stories:
        for link in story.links:
            if link.card is not None:
                keepers.setdefault(link.card, set()).add(story.url)
    entries = {}
    for story in stories:
        own = [link.card for link in story.links if link.card is not None and len(keepers[link.card]) == 1]
        headline = story.headline()
        said = Said(
            base_url=story.url,
            links=(story.url,),
            guid=None,
            title=Text(headline, "plain") if headline else None,
            summary=None,
            authors=(),
            tags=(),
            language=None,
            images=(),
            published=next((found.times[card] for card in own if card in found.times), None),
            updated=None,
        )
        entry = entry_of(said, feed=feed, poll_id=poll_id, listed_at=listed_at)
        if entry is not None:
            entries[entry.entry_id] = entry
    return tuple(entries.values())


def _none(detail: str, unlinked_count: int) -> SectionReading:
    return SectionReading(
        outcome="not_a_feed", detail=detail[:300], parse_route=None, entries=(), unlinked_count=unlinked_count
    )
