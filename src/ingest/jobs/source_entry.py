"""An entry of the catalogue out of what a look around found, or why there is none. Nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ingest import catalogue, catalogue_file
from ingest.catalogue import feed_id
from ingest.discover.home import HomePage
from ingest.discover.publisher import country_of, language_of, name_of, tags_of
from ingest.discover.rank import Ranked
from ingest.errors import CatalogueError
from ingest.records import FeedKind, Source
from ingest.rules.url import canonical, host

KEYS: dict[FeedKind, str] = {kind: key for key, kind in catalogue.FEED_KEYS.items()}
NOTHING_ADDED = "nothing was added"
ADD_BY_HAND = "add what is new to its entry by hand; --dry-run shows what there is"

Entry = tuple[dict[str, Any] | None, str | None, str]  # the table; or None, why there is none, what to do


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person says of the source; None: to be found out."""

    source_id: str | None = None
    name: str | None = None
    country: str | None = None
    language: str | None = None
    also: tuple[tuple[FeedKind, str], ...] = ()  # addresses to try besides
    tries_all: bool = False  # every usual address, whatever was found
    takes_sections: bool = False  # the front page's own links, where nothing else is there


@dataclass(slots=True, kw_only=True)
class Known:
    """What the catalogue holds, and what was added to it meanwhile."""

    owners: dict[str, str]  # feed_id -> source_id
    homes: dict[str, str]  # canonical home_url -> source_id
    taken: set[str]  # source_ids

    def add(self, table: Mapping[str, Any]) -> None:
        source_id = table["source_id"]
        self.taken.add(source_id)
        self.homes[canonical(table["home_url"])] = source_id
        self.owners |= {feed_id(url): source_id for key in KEYS.values() for url in table.get(key, ())}


def known_in(sources: Iterable[Source]) -> Known:
    sources = tuple(sources)
    return Known(
        owners={feed.feed_id: source.source_id for source in sources for feed in source.feeds},
        homes={canonical(source.home_url): source.source_id for source in sources},
        taken={source.source_id for source in sources},
    )


def table_of(answers: Sequence[Ranked], *, home_url: str, pages: Sequence[HomePage], wish: Wish, known: Known) -> Entry:
    """The entry of those that are taken, the best first."""
    owned = next((one for one in answers if one.owner), None)
    if owned and not any(_is(one, "feed") for one in answers):
        return None, f"{owned.tested.candidate.url} is polled for {owned.owner!r} already", NOTHING_ADDED
    if owner := known.homes.get(canonical(home_url)):
        return None, f"{home_url} is the front page of {owner!r} already", ADD_BY_HAND
    best = next((one.tested for one in answers if one.is_taken), None)
    polled = {kind: [in_ascii(one.tested.candidate.url) for one in answers if _is(one, kind)] for kind in KEYS}
    if not any(polled.values()):
        has_section = any(one.tested.candidate.kind == "section" for one in answers)
        remedy = "with --sections the links of its front page are taken instead" if has_section else NOTHING_ADDED
        return None, f"{home_url} offers no feed or sitemap that lists articles", remedy
    country = wish.country or country_of(pages, home_url)
    language = wish.language or language_of(pages, best.entries if best else ())
    tags = ", ".join(dict.fromkeys(tags_of(pages))) or "none"
    for key, said in (("country", country), ("language", language)):
        if said is None:
            told = (
                f"its pages declare the language tags: {tags}"
                if key == "country"
                else "neither its pages nor its feeds say it"
            )
            return None, f"the {key} of {host(home_url)} is not known: {told}", f"say it with --{key}"
    title = best.candidate.title if best and best.candidate.kind == "feed" else None
    name = wish.name or name_of(pages, title, home_url)
    table = {
        "source_id": wish.source_id or catalogue_file.new_source_id(name, home_url, known.taken),
        "name": name,
        "home_url": home_url,
        "country": country,
        "language": language,
        **{KEYS[kind]: urls for kind, urls in polled.items()},
        "checked": True,
    }
    return checked(table)


def checked(table: dict[str, Any]) -> Entry:
    """The entry if the catalogue would take it by itself."""
    try:
        catalogue.parse({"source": [table]}, "the entry")
    except CatalogueError as error:
        return None, error.message, error.remedy
    return table, None, ""


def in_ascii(url: str) -> str:
    """The same address with its host in ASCII, as the catalogue wants it."""
    return urlsplit(url)._replace(netloc=host(url)).geturl()


def _is(one: Ranked, kind: FeedKind) -> bool:
    return one.is_taken and one.tested.candidate.kind == kind
