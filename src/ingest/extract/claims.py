"""From a page's claims to its fields: whom to believe for address, title, tags, language, picture, kind and access.

Dates are moments.py, people credits.py; reading the claims is markup.py, what a title looks like a rule.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.extract import jsonld
from ingest.extract.markup import Markup
from ingest.records import CanonicalEvidence, Kind
from ingest.rules import title, url

SECTION_META = (
    "article:section",
    "og:article:section",
    "cxenseparse:section",
    "parsely-section",
    "dc.subject",
    "section",
)
TAG_META = (
    "article:tag",
    "og:article:tag",
    "news_keywords",
    "parsely-tags",
    "sailthru.tags",
    "keywords",
    "cxenseparse:keywords",
)
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
MOST_TAGS = 40
LONGEST_TAG_CHARS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """One page's claims with the addresses that judge them; `article` is the JSON-LD object of its article."""

    markup: Markup
    article: jsonld.Node
    page_url: str
    now: datetime


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


def title_of(page: Claims) -> str | None:
    markup = page.markup
    return title.choose(
        is_news=any("news" in name for name in jsonld.types(page.article)),
        headline=jsonld.string(page.article.get("headline")) or jsonld.string(page.article.get("name")),
        headings=(*markup.headings, *markup.microdata.get("headline", ())[:1]),
        social=(markup.first("og:title"), markup.first("twitter:title")),
        document=markup.document_title,
        site_names=site_names(page),
    )


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


def section(page: Claims) -> str | None:
    given = page.article.get("articleSection")
    claims = (
        jsonld.string(given),
        *(page.markup.first(name) for name in SECTION_META),
        *page.markup.microdata.get("articlesection", ())[:1],
    )
    return next(
        (" ".join(claim.split())[:LONGEST_TAG_CHARS] for claim in claims if claim and "http" not in claim), None
    )


def tags(page: Claims) -> tuple[str, ...]:
    """Topics, distinct in order: the first kind of claim that gives any."""
    claims: list[Iterable[str]] = [_words(page.article.get("keywords"))]
    claims += [_words(list(page.markup.meta.get(name, ()))) for name in TAG_META]
    claims.append(_words(list(page.markup.microdata.get("keywords", ()))))
    for claim in claims:
        found: dict[str, str] = {}
        for tag in claim:
            found.setdefault(tag.casefold(), tag)
        if found:
            return tuple(found.values())[:MOST_TAGS]
    return ()


def image_url(page: Claims) -> str | None:
    claims = [
        page.markup.first(*IMAGE_META),
        *_images(page.article.get("image")),
        *_images(page.article.get("thumbnailUrl")),
    ]
    return next((found for claim in claims if claim and (found := url.as_found(claim, page.page_url))), None)


def description(page: Claims) -> str | None:
    claims = (*(page.markup.first(name) for name in DESCRIPTION_META), jsonld.string(page.article.get("description")))
    return next((text for claim in claims if (text := title.tidy(claim))), None)


def claimed_language(page: Claims) -> str | None:
    """The language the page says it is in: JSON-LD, the html element, meta."""
    claims = (
        _language_name(page.article.get("inLanguage")),
        page.markup.html_language,
        page.markup.first(*LANGUAGE_META),
    )
    return next((found[0].lower() for claim in claims if claim and (found := LANGUAGE.match(claim.strip()))), None)


def kind(page: Claims) -> Kind:
    types = jsonld.types(page.article)
    for name, found in KINDS:
        if name in types and not ("newsarticle" in types and found == "video"):
            return found
    if (section(page) or "").casefold() in OPINION_SECTIONS:
        return "opinion"
    return "video" if (page.markup.first("og:type") or "").startswith("video") and not types else "article"


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


def _words(given: Any) -> list[str]:
    words: list[str] = []
    for one in each(given):
        text = jsonld.string(one)
        if text:
            words += [text] if isinstance(given, list) and len(given) > 1 else re.split(r"\s*[,;|、，]\s*", text)
    return [word for word in (title.tidy(word).strip(" #\"'") for word in words) if 0 < len(word) <= LONGEST_TAG_CHARS]


def _images(given: Any) -> Iterator[str]:
    for picture in each(given):
        claims = each((picture.get("url") or picture.get("contentUrl")) if isinstance(picture, dict) else picture)
        yield from (claim for claim in claims[:1] if isinstance(claim, str))


def _language_name(given: Any) -> str | None:
    if isinstance(given, dict):
        given = given.get("alternateName") or given.get("name")
    return jsonld.string(given)
