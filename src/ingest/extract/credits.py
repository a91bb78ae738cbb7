"""Who wrote a page, by its claims: people, and the agency that is credited; what looks like a person's name is a rule."""

from collections.abc import Iterator
from typing import Any

from ingest.extract import jsonld
from ingest.extract.claims import ORGANIZATIONS, Claims, each, resolved, site_names
from ingest.rules import author

AUTHOR_META = (
    "author", "parsely-author", "sailthru.author", "cxenseparse:author", "article:author", "article:author_name",
    "byl", "dc.creator", "dcterms.creator", "citation_author", "og:article:author", "creator", "authors", "dc.author",
)  # fmt: skip


def authors(page: Claims) -> tuple[tuple[str, ...], str | None]:
    """People, and the news agency if one is credited; the first kind of claim that names people decides."""
    own = site_names(page)
    credited: list[str] = []
    people: tuple[str, ...] = ()
    for names in _author_claims(page):
        credited += names
        people = people or author.people(names, publishers=own)
    return people, author.agency(credited)


def _author_claims(page: Claims) -> Iterator[list[str]]:
    yield [name for given in each(page.article.get("author")) if (name := _author_name(page, given))]
    for name in AUTHOR_META:
        yield list(page.markup.meta.get(name, ()))
    yield list(page.markup.microdata.get("author", ()))
    yield [name for given in each(page.article.get("creator")) if (name := _author_name(page, given))]
    for byline in page.markup.bylines:
        yield [byline]


def _author_name(page: Claims, given: Any) -> str | None:
    """A name out of `author`; organizations are none, however person-like they sound."""
    named = resolved(page, given)
    if isinstance(named, dict) and jsonld.types(named) and jsonld.types(named) <= ORGANIZATIONS:
        return None
    return jsonld.string(named)
