"""From a page's claims to its fields: whom to believe for address, title, tags, language, picture, kind and access.

Dates are moments.py, people credits.py; reading the claims is markup.py, what a title looks like a rule.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from ingest.extract import jsonld
from ingest.extract.markup import Markup
from ingest.extract.shown import Picture
from ingest.records import Access, CanonicalEvidence, Kind, TitleEvidence
from ingest.rules import picture, title, topic, url

# Where a value came from: `shown` is what the page shows a reader, `html` the lang attribute, `rule` the catalogue's rule
Evidence = Literal[
    "json-ld", "og", "meta", "microdata", "h1", "title", "link", "shown", "html", "byline", "time", "section", "rule",
]  # fmt: skip
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
# What `isAccessibleForFree` and `article:content_tier` say
ACCESS: dict[str, Access] = {
    "true": "free", "yes": "free", "free": "free", "metered": "metered", "false": "paid", "no": "paid", "locked": "paid",
}  # fmt: skip
VIDEO_PATH = re.compile(r"//[^/]+/(?:[^?#]*/)?videos?/", re.IGNORECASE)
SECTION_CHARS = 80
Value = TypeVar("Value")
Claim = tuple[str | None, Evidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(Generic[Value]):
    """A value and the kind of claim that gave it; None where nothing did."""

    value: Value
    evidence: Evidence | None


@dataclass(frozen=True, kw_only=True)
class Claims:
    """One page's claims with the addresses that judge them; `article` is the JSON-LD object of its article.

    What several readers ask is read once.
    """

    markup: Markup
    article: jsonld.Node
    page_url: str
    now: datetime

    @cached_property
    def section(self) -> Claimed[str | None]:
        return _section(self)

    @cached_property
    def tags(self) -> Claimed[tuple[str, ...]]:
        return _tags(self)

    @cached_property
    def site_names(self) -> tuple[str, ...]:
        """What the site calls itself: og:site_name, publishers in JSON-LD, the parts of its host name."""
        return _site_names(self)

    @cached_property
    def shown_pictures(self) -> list[tuple[Picture, list[str]]]:
        """The pictures that the article shows, with their absolute addresses."""
        return _shown(self)

    @cached_property
    def picture(self) -> tuple[str, bool] | None:
        """The lead picture's address, and whether the article shows it."""
        return _picture(self)


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


def title_claim(page: Claims, *, title_from: TitleEvidence | None = None) -> Claimed[str | None]:
    """The article's title; `title_from` is the claim that the source's rule prefers."""
    kinds = jsonld.types(page.article)
    og_type = (page.markup.first("og:type") or "").lower()
    is_article = bool(kinds & jsonld.ARTICLE_TYPES) or og_type in ARTICLE_OG_TYPES
    return _first([title.choose(title_readings(page), is_article=is_article, title_from=title_from) or (None, "title")])


def title_readings(page: Claims) -> tuple[tuple[str, TitleEvidence], ...]:
    """Every claim that can be the title, in the order of trust."""
    markup = page.markup
    return title.readings(
        og=markup.first("og:title"),
        twitter=markup.first("twitter:title"),
        headline=jsonld.string(page.article.get("headline")) or jsonld.string(page.article.get("name")),
        document=markup.document_title,
        headings=(*markup.headings, *markup.microdata.get("headline", ())[:1]),
        of_site=title.site(page.site_names, (page.section.value, *markup.menu)),
    )


def _site_names(page: Claims) -> tuple[str, ...]:
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


def _section(page: Claims) -> Claimed[str | None]:
    claims: Sequence[Claim] = (
        (jsonld.string(page.article.get("articleSection")), "json-ld"),
        *((page.markup.first(name), "meta") for name in SECTION_META),
        *((named, "microdata") for named in page.markup.microdata.get("articlesection", ())[:1]),
    )
    return _first(
        (" ".join(claim.split())[:SECTION_CHARS] if claim and "http" not in claim else None, evidence)
        for claim, evidence in claims
    )


def _tags(page: Claims) -> Claimed[tuple[str, ...]]:
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
    own, named = page.section.value, page.site_names
    ranked = sorted(
        claims, key=lambda claim: -topic.worth(claim[0], section=own, site_names=named)
    )  # sorting is stable
    words, evidence = ranked[0]
    return Claimed(value=words, evidence=evidence) if words else Claimed(value=(), evidence=None)


def image_claim(page: Claims) -> Claimed[str | None]:
    """The lead picture's address: the one claimed, if the article shows it, else the first that it shows."""
    chosen = page.picture
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
    chosen = page.picture
    if chosen is None:
        return None
    own = picture.marks(chosen[0])
    for shown, addresses in page.shown_pictures:
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


def kind(page: Claims) -> Claimed[Kind]:
    """What sort of piece it is; an `article` without evidence where nothing says more."""
    types = jsonld.types(page.article)
    for name, found in KINDS:
        if name in types and not ("newsarticle" in types and found == "video"):
            return Claimed(value=found, evidence="json-ld")
    if (page.section.value or "").casefold() in OPINION_SECTIONS:
        return Claimed(value="opinion", evidence="section")
    if (page.markup.first("og:type") or "").startswith("video") and not types:
        return Claimed(value="video", evidence="og")
    has_video = any("videoobject" in jsonld.types(node) for node in page.markup.nodes)
    if has_video and VIDEO_PATH.search(page.page_url) and "newsarticle" not in types:
        return Claimed(value="video", evidence="json-ld")
    return Claimed(value="article", evidence=None)


def access(page: Claims) -> tuple[Access | None, str | None]:
    """Who may read all of the article, and what says so; None where nothing does.

    A part that is not free makes the whole paid for; publishers say that of metered pages too, so `metered` is believed.
    """
    tier = (page.markup.first("article:content_tier") or "", "meta article:content_tier")
    parts: list[jsonld.Node] = [part for part in each(page.article.get("hasPart")) if isinstance(part, dict)]
    parts += [node for node in page.markup.nodes if "webpageelement" in jsonld.types(node)]
    claims = (
        *((tier,) if tier[0].strip().lower() == "metered" else ()),
        (_free(page.article), "json-ld isAccessibleForFree"),
        tier,
        (next(iter(page.markup.microdata.get("isaccessibleforfree", ())), ""), "microdata isAccessibleForFree"),
        *((_free(part), "json-ld WebPageElement isAccessibleForFree") for part in parts),
    )
    for value, evidence in claims:
        found = ACCESS.get(value.strip().lower().rsplit("/", 1)[-1])
        if found and not ("WebPageElement" in evidence and found == "free"):
            return found, f"{evidence}={title.one_line(value)[:40]}"
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


def _free(node: jsonld.Node) -> str:
    """`isAccessibleForFree` as it is written, or the first of a list."""
    given = node.get("isAccessibleForFree", "")
    return str(given[0] if isinstance(given, list) and given else given)


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
    return picture.choose(claimed, [addresses for _, addresses in page.shown_pictures])


def _images(given: Any) -> Iterator[str]:
    for one in each(given):
        claims = each((one.get("url") or one.get("contentUrl")) if isinstance(one, dict) else one)
        yield from (claim for claim in claims[:1] if isinstance(claim, str))


def _language_name(given: Any) -> str | None:
    if isinstance(given, dict):
        given = given.get("alternateName") or given.get("name")
    return jsonld.string(given)
