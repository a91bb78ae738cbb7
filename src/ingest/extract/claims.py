"""From a page's claims to its fields: whom to believe for address, title, tags, language, picture, kind and access.

Dates are moments.py, people credits.py; reading the claims is markup.py, what a title looks like a rule.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from ingest.extract import jsonld
from ingest.extract.markup import Markup
from ingest.extract.shown import Picture
from ingest.records import CanonicalEvidence, Kind
from ingest.rules import picture, title, topic, url

# Where a value came from: `shown` is what the page shows a reader, `html` the lang attribute
Evidence = Literal["json-ld", "og", "meta", "microdata", "h1", "title", "link", "shown", "html", "byline"]
SECTION_META = (
    "article:section",
    "og:article:section",
    "cxenseparse:section",
    "parsely-section",
    "dc.subject",
    "section",
)
ARTICLE_TAG_META = ("article:tag", "og:article:tag")
KEYWORD_META = (
    "news_keywords", "keywords", "parsely-tags", "sailthru.tags", "cxenseparse:keywords", "tags", "topics", "dc.subject",
)  # fmt: skip
ARTICLE_OG_TYPES = frozenset({"article", "news", "newsarticle", "video.other", "blog"})
IMAGE_META = (
    "og:image",
    "og:image:url",
    "og:image:secure_url",
    "twitter:image",
    "twitter:image:src",
    "thumbnail",
    "image",
)
DESCRIPTION_META = ("og:description", "description", "twitter:description", "dc.description", "sailthru.description")
SITE_META = ("og:site_name", "application-name", "apple-mobile-web-app-title", "al:ios:app_name", "dc.publisher", "publisher",
             "copyright", "cxenseparse:publisher")  # fmt: skip
LANGUAGE_META = ("content-language", "language", "dc.language", "dcterms.language", "og:locale", "inlanguage")
LANGUAGE = re.compile(r"[a-z]{2,3}(?=$|[-_])", re.IGNORECASE)
KINDS: tuple[tuple[str, Kind], ...] = (
    ("liveblogposting", "live"),
    ("opinionnewsarticle", "opinion"),
    ("reviewnewsarticle", "review"),
    ("criticreview", "review"),
    ("podcastepisode", "podcast"),
    ("audioobject", "podcast"),
    ("imagegallery", "gallery"),
    ("videoobject", "video"),
)
OPINION_SECTIONS = frozenset({"opinion", "opinions", "comment", "commentisfree", "kommentar", "meinung", "opinión", "opinião",
                              "editorial", "columns", "debatt", "opinie", "opinia", "мнение"})  # fmt: skip
ORGANIZATIONS = frozenset({"organization", "newsmediaorganization", "corporation"})
SECTION_CHARS = 80
Value = TypeVar("Value")
Claim = tuple[str | None, Evidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """One page's claims with the addresses that judge them; `article` is the JSON-LD object of its article."""

    markup: Markup
    article: jsonld.Node
    page_url: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(Generic[Value]):
    """A value and the kind of claim that gave it; None where nothing did."""

    value: Value
    evidence: Evidence | None


def gather(markup: Markup, *, page_url: str, now: datetime) -> Claims:
    """The claims of a page that was reached under `page_url`."""
    said = (markup.first("og:title"), markup.document_title, *markup.headings)
    addresses = (page_url, url.as_found(markup.canonical_href or "", page_url), markup.first("og:url"))
    article = jsonld.article_of(
        markup.nodes,
        titles=frozenset(title.fold(text) for text in said if text),
        keys=frozenset(address.partition("#")[0].rstrip("/") for address in addresses if address),
    )
    return Claims(markup=markup, article=article, page_url=page_url, now=now)


def canonical_url(page: Claims) -> tuple[str, CanonicalEvidence]:
    """The article's own address: rel=canonical, og:url, else the address the page came from."""
    claims: tuple[tuple[str | None, CanonicalEvidence], ...] = (
        (page.markup.canonical_href, "rel-canonical"),
        (page.markup.first("og:url"), "og-url"),
    )
    for claimed, evidence in claims:
        trusted = url.trusted_canonical(claimed, page.page_url)
        if trusted:
            return url.canonical(trusted), evidence
    return url.canonical(page.page_url), "final-url"


def title_claim(page: Claims) -> Claimed[str | None]:
    markup = page.markup
    kinds = jsonld.types(page.article)
    chosen = title.choose(
        is_article=bool(kinds & jsonld.ARTICLE_TYPES) or (markup.first("og:type") or "").lower() in ARTICLE_OG_TYPES,
        og=markup.first("og:title"),
        twitter=markup.first("twitter:title"),
        headline=jsonld.string(page.article.get("headline")) or jsonld.string(page.article.get("name")),
        document=markup.document_title,
        headings=(*markup.headings, *markup.microdata.get("headline", ())[:1]),
        of_site=title.site(site_names(page), (section(page), *markup.menu)),
    )
    return Claimed(value=chosen[0], evidence=chosen[1]) if chosen else Claimed(value=None, evidence=None)


def site_names(page: Claims) -> tuple[str, ...]:
    """What the site calls itself: og:site_name, publishers in JSON-LD, the parts of its host name."""
    names = [value for name in SITE_META for value in page.markup.meta.get(name, ())]
    for node in page.markup.nodes:
        if jsonld.types(node) & (ORGANIZATIONS | {"website"}):
            names += filter(None, (jsonld.string(node.get("name")), jsonld.string(node.get("alternateName"))))
        publisher = resolved(page, node.get("publisher"))
        if not (
            isinstance(publisher, dict) and "person" in jsonld.types(publisher)
        ):  # a blog's publisher is its author
            names += filter(None, (jsonld.string(publisher),))
    host = url.host(page.page_url).removeprefix("www.").partition(":")[0]
    labels = host.split(".")
    return tuple(dict.fromkeys((*names, host, *(label for label in labels if len(label) > 2))))


def section_claim(page: Claims) -> Claimed[str | None]:
    claims: Sequence[Claim] = (
        (jsonld.string(page.article.get("articleSection")), "json-ld"),
        *((page.markup.first(name), "meta") for name in SECTION_META),
        *((named, "microdata") for named in page.markup.microdata.get("articlesection", ())[:1]),
    )
    return _first(
        (" ".join(claim.split())[:SECTION_CHARS] if claim and "http" not in claim else None, evidence)
        for claim, evidence in claims
    )


def tags_claim(page: Claims) -> Claimed[tuple[str, ...]]:
    """Topics, distinct in order: article:tag, JSON-LD or meta keywords, then the links to topics that the page shows.

    Where JSON-LD and meta keywords hold each other the difference is marks of a content system (or JSON-LD is cut), and
    the meta tag is believed; where they differ, the meta tag's are words for search engines (102 pages, by publisher).
    """
    markup = page.markup
    article_tags, keywords = (
        next(filter(None, (topic.clean(topic.split(markup.meta.get(name, ()))) for name in names)), ())
        for names in (ARTICLE_TAG_META, KEYWORD_META)
    )
    linked = topic.clean(topic.split(_strings(page.article.get("keywords"))))
    is_same = bool(keywords) and (topic.holds(keywords, linked) or topic.holds(linked, keywords))
    about = [text for name in ("about", "mentions") for text in _strings(page.article.get(name))]
    claims: tuple[tuple[tuple[str, ...], Evidence], ...] = (
        (article_tags, "meta"),
        (keywords if is_same else (), "meta"),
        (linked, "json-ld"),
        (keywords, "meta"),
        (topic.clean(topic.split(markup.microdata.get("keywords", ()))), "microdata"),
        (topic.clean(markup.topics), "link"),
        (topic.clean(about), "json-ld"),
    )
    own, named = section(page), site_names(page)
    ranked = sorted(
        claims, key=lambda claim: -topic.worth(claim[0], section=own, site_names=named)
    )  # sorting is stable
    words, evidence = ranked[0]
    return Claimed(value=words, evidence=evidence) if words else Claimed(value=(), evidence=None)


def image_claim(page: Claims) -> Claimed[str | None]:
    """The lead picture's address: the one claimed, if the article shows it, else the first that it shows."""
    chosen = _picture(page)
    if chosen is None:
        return Claimed(value=None, evidence=None)
    address, is_shown = chosen
    if is_shown:
        return Claimed(value=address, evidence="shown")
    claimed = ((one, name) for name in IMAGE_META for one in page.markup.meta.get(name, ()))
    name = next((name for one, name in claimed if url.as_found(one, page.page_url) == address), None)
    return Claimed(value=address, evidence=_meta_evidence(name) if name else "json-ld")


def image_caption(page: Claims) -> str | None:
    """What stands under the lead picture, or its caption in JSON-LD."""
    chosen = _picture(page)
    if chosen is None:
        return None
    own = picture.marks(chosen[0])
    for shown, addresses in _shown(page):
        if shown.caption and any(picture.marks(address) & own for address in addresses):
            return shown.caption
    objects = (one for one in (*each(page.article.get("image")), *page.markup.nodes) if isinstance(one, dict))
    captions = (
        title.tidy(jsonld.string(one["caption"]))
        for one in objects
        if one.get("caption") and any(picture.marks(address) & own for address in _images(one))
    )
    return next(filter(None, captions), None)


def description_claim(page: Claims) -> Claimed[str | None]:
    claims: Sequence[Claim] = (
        *((page.markup.first(name), _meta_evidence(name)) for name in DESCRIPTION_META),
        (jsonld.string(page.article.get("description")), "json-ld"),
    )
    return _first((title.tidy(text), evidence) for text, evidence in claims)


def language_claim(page: Claims) -> Claimed[str | None]:
    """The language the page says it is in: JSON-LD, the html element, meta."""
    claims: Sequence[Claim] = (
        (_language_name(page.article.get("inLanguage")), "json-ld"),
        (page.markup.html_language, "html"),
        (page.markup.first(*LANGUAGE_META), "meta"),
    )
    codes = ((LANGUAGE.match((claim or "").strip()), evidence) for claim, evidence in claims)
    return _first((found[0].lower() if found else None, evidence) for found, evidence in codes)


def kind(page: Claims) -> Kind:
    types = jsonld.types(page.article)
    for name, found in KINDS:
        if name in types and not ("newsarticle" in types and found == "video"):
            return found
    if (section(page) or "").casefold() in OPINION_SECTIONS:
        return "opinion"
    return "video" if (page.markup.first("og:type") or "").startswith("video") and not types else "article"


def title_of(page: Claims) -> str | None:
    return title_claim(page).value


def section(page: Claims) -> str | None:
    return section_claim(page).value


def tags(page: Claims) -> tuple[str, ...]:
    return tags_claim(page).value


def image_url(page: Claims) -> str | None:
    return image_claim(page).value


def description(page: Claims) -> str | None:
    return description_claim(page).value


def claimed_language(page: Claims) -> str | None:
    return language_claim(page).value


def access(page: Claims) -> tuple[bool | None, str | None]:
    """Whether all of the article may be read for nothing, and what says so; None where nothing does."""
    says = {"true": True, "false": False, "yes": True, "no": False, "free": True, "locked": False, "metered": None}
    claims = (
        (str(page.article.get("isAccessibleForFree", "")), "json-ld isAccessibleForFree"),
        (page.markup.first("article:content_tier") or "", "meta article:content_tier"),
        (next(iter(page.markup.microdata.get("isaccessibleforfree", ())), ""), "microdata isAccessibleForFree"),
    )
    for value, evidence in claims:
        free = says.get(value.strip().lower().rsplit("/", 1)[-1])
        if free is not None:
            return free, f"{evidence}={title.one_line(value)[:40]}"
    return None, None


def article_body(page: Claims) -> str | None:
    """`articleBody` as JSON-LD has it, line breaks kept."""
    body = page.article.get("articleBody")
    return body if isinstance(body, str) else None


def resolved(page: Claims, given: Any) -> Any:
    """`{"@id": ...}` replaced by the object of that id, where the page has it."""
    if isinstance(given, dict) and "name" not in given and isinstance(given.get("@id"), str):
        return next((node for node in page.markup.nodes if node.get("@id") == given["@id"] and "name" in node), given)
    return given


def each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _meta_evidence(name: str) -> Evidence:
    return "og" if name.startswith("og:") else "meta"


def _first(claims: Iterable[Claim]) -> Claimed[str | None]:
    found = next(((text, evidence) for text, evidence in claims if text), None)
    return Claimed(value=found[0], evidence=found[1]) if found else Claimed(value=None, evidence=None)


def _strings(given: Any) -> list[str]:
    return [text for one in each(given) if (text := jsonld.string(one))]


def _shown(page: Claims) -> list[tuple[Picture, list[str]]]:
    """The pictures that the article shows, with their absolute addresses."""
    found = ((one, [url.as_found(address, page.page_url) for address in one.addresses]) for one in page.markup.pictures)
    return [(one, kept) for one, addresses in found if (kept := [address for address in addresses if address])]


def _picture(page: Claims) -> tuple[str, bool] | None:
    written = (
        *(value for name in IMAGE_META for value in page.markup.meta.get(name, ())),
        *_images(page.article.get("image")),
        *_images(page.article.get("thumbnailUrl")),
    )
    claimed = [address for one in written if (address := url.as_found(one, page.page_url))]
    return picture.choose(claimed, [addresses for _, addresses in _shown(page)])


def _images(given: Any) -> Iterator[str]:
    for one in each(given):
        claims = each((one.get("url") or one.get("contentUrl")) if isinstance(one, dict) else one)
        yield from (claim for claim in claims[:1] if isinstance(claim, str))


def _language_name(given: Any) -> str | None:
    if isinstance(given, dict):
        given = given.get("alternateName") or given.get("name")
    return jsonld.string(given)
