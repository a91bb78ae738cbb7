"""Who wrote a page, by its claims: people, and the agency that is credited; what looks like a person's name is a rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.extract import jsonld
from ingest.extract.claims import ORGANIZATIONS, Claimed, Claims, Evidence, each, resolved
from ingest.rules import author

AUTHOR_META = (
    "author", "parsely-author", "sailthru.author", "cxenseparse:author", "article:author", "article:author_name",
    "byl", "dc.creator", "dcterms.creator", "citation_author", "og:article:author", "creator", "authors", "dc.author",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """People, and the news agency if one is credited."""

    authors: Claimed[tuple[str, ...]]
    agency: Claimed[str | None]


def read(page: Claims) -> Credits:
    """The first kind of claim that names people decides; the first that credits an agency names it.

    Where JSON-LD or meta tags credit an agency and nobody else, a byline on the page is another story's or an editor's.
    """
    own, organizations = page.site_names, _organizations(page)
    agency: Claimed[str | None] = Claimed(value=None, evidence=None)
    for names, evidence in _author_claims(page):
        if evidence == "byline" and agency.value:
            break
        if agency.value is None and (credited := author.agency(names)):
            agency = Claimed(value=credited, evidence=evidence)
        people = author.people([name for name in names if name not in organizations], publishers=own)
        if people:
            return Credits(authors=Claimed(value=people, evidence=evidence), agency=agency)
    return Credits(authors=Claimed(value=(), evidence=None), agency=agency)


def _author_claims(page: Claims) -> Iterator[tuple[list[str], Evidence]]:
    yield [name for given in _given(page, "author") for name in _names(given)], "json-ld"
    for name in AUTHOR_META:
        yield list(page.markup.meta.get(name, ())), "meta"
    yield list(page.markup.microdata.get("author", ())), "microdata"
    yield [name for given in _given(page, "creator") for name in _names(given)], "json-ld"
    for byline in page.markup.bylines:
        yield [byline], "byline"


def _given(page: Claims, field: str) -> Iterator[Any]:
    """What a field holds, one by one; an ordered list is `{"@list": [...]}` (JSON-LD 1.1 section 4.3.1)."""
    for given in each(page.article.get(field)):
        listed = given.get("@list") if isinstance(given, dict) else None
        yield from (resolved(page, one) for one in (each(listed) or [given]))


def _names(given: Any) -> list[str]:
    """The names that one value gives: `name` may hold several."""
    named = given.get("name") if isinstance(given, dict) else given
    found = map(jsonld.string, named) if isinstance(named, list) else [_name(given)]
    return [name for name in found if name]


def _name(given: Any) -> str | None:
    """A name out of `author`: a text, or an object with `name`, or with the parts of one (schema.org/Person)."""
    named = jsonld.string(given)
    if named or not isinstance(given, dict):
        return named
    parts = (jsonld.string(given.get(part)) for part in ("givenName", "additionalName", "familyName"))
    return " ".join(filter(None, parts)) or None


def _organizations(page: Claims) -> frozenset[str]:
    """Names that JSON-LD gives to organizations, which are no people however person-like they sound."""
    given = (one for field in ("author", "creator") for one in _given(page, field))
    found = (one for one in given if isinstance(one, dict) and jsonld.types(one) and jsonld.types(one) <= ORGANIZATIONS)
    return frozenset(name for one in found for name in _names(one))
