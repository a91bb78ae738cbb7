"""What a page's markup claims, and whom to believe: JSON-LD, OpenGraph, meta tags, microdata, time elements."""

from datetime import UTC, datetime

import pytest

from ingest.extract import claims
from ingest.extract.markup import read
from ingest.extract.tree import parse
from webpage import NOW, URL, html


def gathered(head: str = "", body: str | None = None, page_url: str = URL) -> claims.Claims:
    tree = parse(html(head=head, body=body))
    assert tree is not None
    return claims.gather(read(tree), page_url=page_url, now=NOW)


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


NEWS = '"@type": "NewsArticle", "headline": "Harbour reopens after storm", "datePublished": "2026-11-21T18:30:00+01:00"'


@pytest.mark.parametrize(
    "script",
    [
        f"{{{NEWS}}}",
        f"[{{{NEWS}}}]",
        f'{{"@context": "https://schema.org", "@graph": [{{"@type": "WebSite"}}, {{{NEWS}}}]}}',
        f"<!-- {{{NEWS}}} -->",
        f"//<![CDATA[\n{{{NEWS}}}\n//]]>",
        f"{{{NEWS},}}",
        f'{{{NEWS}, "description": "two\nlines"}};',
        f'{{"@type": "WebSite"}}{{{NEWS}}}',
        '{"@type": ["Article", "http://schema.org/NewsArticle"], ' + NEWS.partition(", ")[2] + "}",
    ],
)
def test_json_ld_is_read_however_it_is_written(script: str) -> None:
    published = claims.published(gathered(json_ld(script)))
    assert published is not None
    moment, evidence = published
    assert (moment.at, moment.offset_s, moment.precision) == (
        datetime(2026, 11, 21, 17, 30, tzinfo=UTC),
        3600,
        "second",
    )
    assert evidence == "json-ld"


def test_the_json_ld_of_another_story_is_not_believed() -> None:
    other = '{"@type": "NewsArticle", "headline": "Another story", "url": "https://news.example/other", "author": "Someone Else", "datePublished": "2026-01-01", "articleBody": "x"}'  # noqa: E501
    page = gathered(json_ld(f"[{other}, {{{NEWS}}}]"))
    assert claims.title_of(page) == "Harbour reopens after storm"
    assert claims.authors(page) == ((), None)


@pytest.mark.parametrize(
    ("head", "body", "day", "evidence"),
    [
        ('<meta property="article:published_time" content="2026-11-20T08:00:00Z">', None, "2026-11-20", "meta"),
        ('<meta name="DC.date.issued" content="2026-11-19">', None, "2026-11-19", "meta"),
        (
            "",
            '<div itemscope><h1>T</h1><meta itemprop="datePublished" content="2026-11-18"></div>',
            "2026-11-18",
            "microdata",
        ),
        ("", '<article><h1>T</h1><time datetime="2026-11-17T10:00:00Z">today</time></article>', "2026-11-17", "time"),
        ("", '<aside><time datetime="2026-11-16">x</time></aside>', None, None),
        ('<meta name="date" content="2031-01-01">', None, None, None),  # the future
        ('<meta name="date" content="next Tuesday">', None, None, None),
    ],
)
def test_dates_are_found_with_their_evidence(
    head: str, body: str | None, day: str | None, evidence: str | None
) -> None:
    published = claims.published(gathered(head, body))
    assert (published and published[0].at.date().isoformat(), published and published[1]) == (day, evidence)


def test_a_more_exact_claim_of_the_same_day_replaces_a_bare_day() -> None:
    head = json_ld('{"@type": "NewsArticle", "headline": "Harbour reopens after storm", "datePublished": "2026-11-21"}')
    published = claims.published(
        gathered(head + '<meta property="article:published_time" content="2026-11-21T09:15:00Z">')
    )
    assert published is not None
    assert (published[0].precision, published[1]) == ("second", "meta")


@pytest.mark.parametrize(
    ("given", "names", "agency"),
    [
        ('{"@type": "Person", "name": "Ana Silva"}', ("Ana Silva",), None),
        (
            '[{"@type": "Person", "name": "Ana Silva"}, {"@type": "Organization", "name": "Wire Desk"}]',
            ("Ana Silva",),
            None,
        ),
        ('"By Ana Silva and Bo Ek"', ("Ana Silva", "Bo Ek"), None),
        ('{"@type": "Organization", "name": "The Example"}', (), None),
        ('"Reuters"', (), "Reuters"),
        ('{"@id": "#ana"}', ("Ana Silva",), None),
    ],
)
def test_authors_are_people_and_agencies_are_told_apart(given: str, names: tuple[str, ...], agency: str | None) -> None:
    graph = f'[{{{NEWS}, "author": {given}}}, {{"@type": "Person", "@id": "#ana", "name": "Ana Silva"}}]'
    page = gathered('<meta property="og:site_name" content="The Example">' + json_ld(graph))
    assert claims.authors(page) == (names, agency)


def test_a_visible_byline_is_read_where_the_markup_names_nobody() -> None:
    page = gathered(body='<article><h1>T</h1><span class="article__author">Von Ana Silva</span><p>Text.</p></article>')
    assert claims.authors(page)[0] == ("Ana Silva",)


@pytest.mark.parametrize(
    ("head", "canonical", "evidence"),
    [
        ("", URL, "final-url"),
        ('<link rel="canonical" href="/politics/harbour">', "https://news.example/politics/harbour", "rel-canonical"),
        ('<link rel="canonical" href="https://elsewhere.example/x">', URL, "final-url"),
        ('<link rel="canonical" href="/"><meta property="og:url" content="https://www.news.example/h?utm_source=x">',
         "https://news.example/h", "og-url"),
    ],
)  # fmt: skip
def test_the_canonical_address_is_believed_only_within_the_site(head: str, canonical: str, evidence: str) -> None:
    assert claims.canonical_url(gathered(head)) == (canonical, evidence)


def test_tags_section_picture_and_access_come_with_the_article() -> None:
    page = gathered(
        json_ld(
            f'{{{NEWS}, "keywords": "storms, ports, Storms", "articleSection": "Politics", "isAccessibleForFree": "False"}}'
        )
        + '<meta property="og:image" content="/media/harbour.jpg"><meta name="description" content="Boats &amp;amp; more">'
    )
    assert claims.tags(page) == ("storms", "ports")
    assert claims.section(page) == "Politics"
    assert claims.image_url(page) == "https://news.example/media/harbour.jpg"
    assert claims.access(page) == (False, "json-ld isAccessibleForFree=False")
    assert claims.description(page) == "Boats & more"
    assert claims.claimed_language(page) == "en"


@pytest.mark.parametrize(
    ("kind_type", "section", "kind"),
    [
        ("NewsArticle", "Sport", "article"),
        ("LiveBlogPosting", "Sport", "live"),
        ("OpinionNewsArticle", "", "opinion"),
        ("NewsArticle", "Opinion", "opinion"),
    ],
)
def test_the_kind_is_what_the_markup_calls_it(kind_type: str, section: str, kind: str) -> None:
    script = NEWS.replace("NewsArticle", kind_type)
    assert claims.kind(gathered(json_ld(f'{{{script}, "articleSection": "{section}"}}'))) == kind


def test_a_day_in_the_address_is_read() -> None:
    assert claims.url_date("https://news.example/2026/11/21/harbour") == "2026-11-21"
    assert claims.url_date("https://news.example/story-20261399") is None
