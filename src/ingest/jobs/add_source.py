"""Add a source: look around a publisher's site, try the feeds and sitemaps that may be there, write the best as an entry.

Which answers are worth polling is decided in `discover/rank.py`; nothing is crawled.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from ingest import catalogue_file
from ingest.catalogue import COUNTRY, LANGUAGE, SOURCE_ID, feed_id
from ingest.discover import candidates as places
from ingest.discover.candidates import Candidate
from ingest.discover.home import HomePage
from ingest.discover.rank import Ranked, Tested, is_worth_polling, ranked
from ingest.discover.source_list import address
from ingest.errors import InputError
from ingest.fetch.response import Response
from ingest.jobs.asking import Asking, read_page
from ingest.jobs.by_hand import provisional, rest_between_s
from ingest.jobs.look_around import LookAround
from ingest.jobs.manners import Manners, open_manners
from ingest.jobs.source_entry import ADD_BY_HAND, NOTHING_ADDED, Known, Wish, in_ascii, known_in, table_of
from ingest.log import Progress
from ingest.records import FeedKind, Outcome
from ingest.rules.url import canonical, host, is_home, same_site
from ingest.settings import Settings

NAMED_FEEDS_LIMIT = 18
SITEMAPS_LIMIT = 5
NEWS_OF_INDEX_LIMIT = 2
SECTION_LINKS = 5  # fewer, and a page is no listing of articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One address that was asked, and what came of it."""

    is_taken: bool
    kind: FeedKind
    url: str
    found_by: str
    outcome: Outcome
    entry_count: int
    newest_at: datetime | None
    points: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a look around found; `table` is the entry, or `fault` says why there is none and `remedy` what to do."""

    home_url: str
    lines: tuple[Line, ...]
    request_count: int
    note: str | None  # why the look ended early
    table: dict[str, Any] | None
    fault: str | None
    remedy: str

    @property
    def text(self) -> str:
        return catalogue_file.entry_text(self.table) if self.table else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """What the pages say: `pages` with the front page first."""

    home_url: str
    pages: tuple[HomePage, ...]
    front: Response | None
    given: tuple[Tested, ...]  # the address itself, where it is a feed or a sitemap


def run(settings: Settings, place: str, wish: Wish, *, is_dry_run: bool, progress: Progress) -> Found:
    """Look around the site of `place` (a front page, any other page, a feed or a sitemap) and write what is found.

    InputError where it cannot be looked at; CatalogueError where the catalogue cannot take the entry.
    """
    known = known_in(catalogue_file.sources_in(settings.catalogue))
    owner = known.homes.get(canonical(url)) if (url := address(place)) else None
    if owner and not is_dry_run:
        raise InputError(f"{url} is the front page of {owner!r} already", ADD_BY_HAND)
    with open_manners(settings, access={}, threads=1) as manners:
        found = find(settings, manners, place, wish, known=known, progress=progress)
    if found.table is not None and not is_dry_run:
        catalogue_file.append(settings.catalogue, [found.table])
    return found


def find(settings: Settings, manners: Manners, place: str, wish: Wish, *, known: Known, progress: Progress) -> Found:
    """What a look around finds; nothing is written."""
    url = address(place)
    if url is None:
        raise InputError(f"{place!r} is not a web address", "give a front page, e.g. https://www.example.org/")
    if owner := known.owners.get(feed_id(url)):
        raise InputError(f"{url} is polled for {owner!r} already", NOTHING_ADDED)
    for option, said, form in (
        ("--id", wish.source_id, SOURCE_ID),
        ("--country", wish.country, COUNTRY),
        ("--language", wish.language, LANGUAGE),
    ):
        if said is not None and not form.fullmatch(said):
            raise InputError(f"{option}: {said!r} does not have the form {form.pattern}", NOTHING_ADDED)
    if wish.source_id in known.taken:
        raise InputError(f"the id {wish.source_id!r} is in use", "an id is never reused: give another with --id")
    now = datetime.now(UTC)
    look = LookAround(manners, provisional(url, rest_between_s(settings, url)))
    asking = Asking(settings, look, now, progress)
    site = _site(asking, url)
    also = [Candidate(url=one, kind=kind, found_by="given") for kind, one in wish.also]
    answers = [*site.given, *asking.all(also), *_feeds(asking, site, wish), *_sitemaps(asking, site, wish)]
    chosen = ranked(_distinct(answers), home_url=site.home_url, now=now, owners=known.owners)
    if not any(one.is_taken for one in chosen) and (section := _section(asking, site)):
        chosen = [section, *chosen] if not wish.takes_sections else [replace(section, is_taken=True), *chosen]
    table, fault, remedy = table_of(chosen, home_url=site.home_url, pages=site.pages, wish=wish, known=known)
    return Found(
        home_url=site.home_url,
        lines=tuple(_line(one) for one in chosen),
        request_count=look.request_count,
        note=look.note,
        table=table,
        fault=fault,
        remedy=remedy,
    )


def _site(asking: Asking, url: str) -> _Site:
    response = asking.look.get(url, "page")
    if response is not None and response.outcome == "not_html":
        response = asking.look.again(url, "feed")
    if response is None or response.outcome != "ok":
        told = f"{response.outcome}: {response.detail or response.http_status}" if response else asking.look.note
        raise InputError(f"{url} cannot be looked at: {told}", "try it in a browser; nothing was added")
    tested = _itself(asking, url, response)
    if tested is None:
        return _site_of_page(asking, url, response)
    home_url = _home_of(tested)
    front = asking.look.get(home_url, "page")
    is_there = front is not None and front.outcome == "ok"
    pages = (read_page(front),) if front is not None and is_there else ()
    return _Site(home_url=home_url, pages=pages, front=front if is_there else None, given=(tested,))


def _itself(asking: Asking, url: str, response: Response) -> Tested | None:
    """The address as a feed or a sitemap, if it is one."""
    kinds: tuple[FeedKind, ...] = ("feed", "sitemap")
    tries = (asking.read(Candidate(url=url, kind=kind, found_by="given"), response) for kind in kinds)
    return next((one for one in tries if one.outcome == "ok" and one.route != "text"), None)


def _site_of_page(asking: Asking, url: str, response: Response) -> _Site:
    """The front page is the root of the host, unless the page is a front page itself, or one in another language."""
    page = read_page(response)
    if is_home(url):
        home_url = response.final_url if is_home(response.final_url) else url
        return _Site(home_url=in_ascii(home_url), pages=(page,), front=response, given=())
    root_url = _root(response.final_url)
    root = asking.look.get(root_url, "page")
    if root is not None and root.outcome == "ok":
        front = read_page(root)
        if page.is_article or _primary(page.language) == _primary(front.language):
            return _Site(home_url=root_url, pages=(front, page), front=root, given=())
    return _Site(home_url=in_ascii(url), pages=(page,), front=response, given=())


def _home_of(tested: Tested) -> str:
    """The root of the host that most of its links lead to."""
    links = [entry.url for entry in tested.entries] or list(tested.children) or [tested.candidate.url]
    return Counter(_root(link) for link in links).most_common(1)[0][0]


def _feeds(asking: Asking, site: _Site, wish: Wish) -> list[Tested]:
    """Feeds that the pages name, those of one overview that they link to, and usual paths where none of these will do."""
    named = [one for page in site.pages for one in places.named_feeds(page)]
    named.sort(key=lambda one: one.found_by != "link tag")
    answers = asking.all(named[:NAMED_FEEDS_LIMIT])
    overview = next((page for one in named if (page := asking.page(one.url)) and page.links), None)
    if overview is not None and same_site(overview.url, site.home_url):
        answers += asking.all(places.named_feeds(overview)[:NAMED_FEEDS_LIMIT])
    has_one = any(is_worth_polling(one, home_url=site.home_url, now=asking.now) for one in (*site.given, *answers))
    if wish.tries_all or not has_one:
        for candidate in places.usual_feeds(site.home_url):
            answer = asking.one(candidate)
            answers += [answer] if answer else []
            if answer and not wish.tries_all and is_worth_polling(answer, home_url=site.home_url, now=asking.now):
                break
    return answers


def _sitemaps(asking: Asking, site: _Site, wish: Wish) -> list[Tested]:
    """Sitemaps of robots.txt and of the front page, those for news below an index, usual paths where these lack."""
    listed = asking.look.sitemaps(site.home_url)
    named = places.in_robots(listed, site.home_url)
    named += [one for page in site.pages[:1] for one in places.named_sitemaps(page)]
    named.sort(key=lambda one: "news" not in one.url.lower())
    answers = asking.all(named[:SITEMAPS_LIMIT])
    for wanted, is_enough in (
        (places.usual_news_sitemaps(site.home_url), _is_for_news),
        (places.usual_sitemaps(site.home_url), _is_sitemap),
    ):
        answers += _news_below(asking, answers)
        if not wish.tries_all and any(is_enough(one) for one in (*site.given, *answers)):
            continue
        for candidate in wanted:
            answer = asking.one(candidate)
            answers += [answer] if answer else []
            if answer and not wish.tries_all and _is_sitemap(answer):
                break
    return answers + _news_below(asking, answers)


def _news_below(asking: Asking, answers: Iterable[Tested]) -> list[Tested]:
    below = [new for one in answers for new in places.news_of_index(one.children, one.candidate.url)]
    return asking.all(below[:NEWS_OF_INDEX_LIMIT])


def _is_sitemap(answer: Tested) -> bool:
    return answer.candidate.kind == "sitemap" and answer.outcome == "ok" and answer.listed_count > 0


def _is_for_news(answer: Tested) -> bool:
    return _is_sitemap(answer) and answer.route == "news"


def _section(asking: Asking, site: _Site) -> Ranked | None:
    """The front page as a listing of articles, where it is one; whether to take it is for a person."""
    tested = asking.section(site.home_url, site.front) if site.front else None
    if tested is None or tested.listed_count < SECTION_LINKS:
        return None
    return Ranked(tested=tested, points=0, reasons=("links that look like articles",), is_taken=False)


def _distinct(answers: Iterable[Tested]) -> list[Tested]:
    """One answer an address, where several led to it."""
    kept: dict[tuple[str, str], Tested] = {}
    for one in answers:
        kept.setdefault((one.candidate.kind, feed_id(one.candidate.url)), one)
    return list(kept.values())


def _root(url: str) -> str:
    return f"{urlsplit(url).scheme}://{host(url)}/"


def _primary(tag: str | None) -> str:
    return (tag or "").replace("_", "-").partition("-")[0].lower()


def _line(one: Ranked) -> Line:
    return Line(
        is_taken=one.is_taken,
        kind=one.tested.candidate.kind,
        url=one.tested.candidate.url,
        found_by=one.tested.candidate.found_by,
        outcome=one.tested.outcome,
        entry_count=one.tested.listed_count,
        newest_at=one.tested.newest_at,
        points=one.points,
        reasons=one.reasons,
    )
