"""When a page says that it was published and modified: which claim is believed, in which order; reading a date is a rule."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from urllib.parse import urlsplit

from ingest.extract import jsonld
from ingest.extract.claims import Claim, Claimed, Claims
from ingest.records import PublishedEvidence
from ingest.rules.moment import Moment, read_moment

PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "article:published", "datepublished",
    "date.published", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "article:post_date",
    "published_time", "publish-date", "publish_date", "publishdate", "publication_date", "pubdate", "published",
    "article.published", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date", "dc.date.created",
    "dcterms.date", "citation_publication_date", "citation_date", "bt:pubdate", "ptime", "date", "originalpublicationdate",
    "og:regdate", "article:create_at", "date_published", "published_at", "releasedate", "created",
)  # fmt: skip
MODIFIED_META = (
    "article:modified_time", "og:updated_time", "article:modified", "datemodified", "dcterms.modified", "dc.date.modified",
    "last-modified", "lastmod", "modified_time", "revised",
)  # fmt: skip
DISAGREEMENT = timedelta(days=1)
DAY = r"(?P<m>0[1-9]|1[0-2])%s(?P<d>0[1-9]|[12]\d|3[01])"
# Days in a path: with separators (`2026-11-22-storm`), or as segments of their own (`/20261122/`, `/2026/1122/`)
PATH_DATES = (
    re.compile(r"(?<!\d)(?P<y>199\d|20\d\d)(?P<sep>[-/_.])" + DAY % "(?P=sep)" + r"(?!\d)"),
    re.compile(r"(?<=/)(?P<y>199\d|20\d\d)/?" + DAY % "/?" + r"(?=/|$)"),
)


def published(page: Claims) -> tuple[Moment, PublishedEvidence] | None:
    """The first believable date; a later one of the same day that is more exact replaces it."""
    found: tuple[Moment, PublishedEvidence] | None = None
    for text, evidence in _published_claims(page):
        moment = read_moment(text, now=page.now)
        if moment is None:
            continue
        if found is None:
            found = moment, evidence
        elif found[0].precision == "day" != moment.precision and _day(moment) == _day(found[0]):
            return moment, evidence
        if found[0].precision != "day":
            break
    return found


def contradictions(page: Claims, chosen: Moment) -> dict[str, datetime]:
    """The page's other believable dates of publication, over a day from the chosen one: the first of each kind of claim."""
    found: dict[str, datetime] = {}
    claims: Iterator[tuple[str | None, PublishedEvidence]] = chain(
        _published_claims(page), [(url_date(page.page_url), "url")]
    )
    for text, evidence in claims:
        moment = read_moment(text, now=page.now) if text and evidence not in found else None
        if moment and abs(moment.at - chosen.at) > DISAGREEMENT:
            found[evidence] = moment.at
    return found


def modified(page: Claims) -> Claimed[datetime | None]:
    """The first claim that names a moment; a day alone is none, as its midnight may lie before the publication."""
    claims: Iterator[Claim] = chain(
        [(_dated(page.article.get("dateModified")), "json-ld")],
        ((value, "meta") for name in MODIFIED_META for value in page.markup.meta.get(name, ())),
        ((value, "microdata") for value in page.markup.microdata.get("datemodified", ())),
        ((time.value, "time") for time in page.markup.times if time.is_modified and not time.is_furniture),
    )
    moments = ((read_moment(text, now=page.now), evidence) for text, evidence in claims if text)
    found = next(((moment.at, evidence) for moment, evidence in moments if moment and moment.precision != "day"), None)
    return Claimed(value=found[0], evidence=found[1]) if found else Claimed(value=None, evidence=None)


def url_date(address: str) -> str | None:
    """The day that an address' path names (`/2026/11/22/`), as ISO 8601; eight digits inside a name are an id."""
    path = urlsplit(address).path
    found = next(filter(None, (pattern.search(path) for pattern in PATH_DATES)), None)
    return f"{found['y']}-{found['m']}-{found['d']}" if found else None


def _published_claims(page: Claims) -> Iterator[tuple[str, PublishedEvidence]]:
    markup = page.markup
    for name in ("datePublished", "dateCreated", "uploadDate"):
        text = _dated(page.article.get(name))
        if text:
            yield text, "json-ld"
    for name in PUBLISHED_META:
        for text in markup.meta.get(name, ()):
            yield text, "meta"
    for name in ("datepublished", "datecreated"):
        for text in markup.microdata.get(name, ()):
            yield text, "microdata"
    times = [time for time in markup.times if not time.is_furniture and not time.is_modified]
    for time in sorted(times, key=lambda time: not time.is_published):
        yield time.value, "time"
        break


def _day(moment: Moment) -> str:
    return (moment.at + timedelta(seconds=moment.offset_s or 0)).date().isoformat()


def _dated(given: object) -> str | None:
    """A date as JSON-LD has it, Unix seconds as a number too."""
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else jsonld.string(given)
