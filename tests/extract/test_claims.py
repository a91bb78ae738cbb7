"""What a page claims of its article besides dates and people, and which claim is believed."""

import pytest

from ingest.extract import claims, credits
from webpage import NEWS, URL, gathered, json_ld


def test_the_json_ld_of_another_story_is_not_believed() -> None:
    other = '{"@type": "NewsArticle", "headline": "Another story", "url": "https://news.example/other", "author": "Someone Else", "datePublished": "2026-01-01", "articleBody": "x"}'  # noqa: E501
    page = gathered(json_ld(f"[{other}, {{{NEWS}}}]"))
    assert claims.title_claim(page).value == "Harbour reopens after storm"
    assert credits.read(page).authors.value == ()


def test_a_list_of_other_stories_says_nothing_of_this_one() -> None:
    teasers = (
        f'{{"@type": "NewsArticle", "headline": "Another headline {number}", "url": "https://news.example/{number}",'
        f' "author": "Wrong Man", "datePublished": "2026-01-0{number}T10:00:00Z"}}'
        for number in range(1, 5)
    )
    page = gathered(json_ld(f'{{"@type": "ItemList", "itemListElement": [{", ".join(teasers)}]}}'))
    assert claims.title_claim(page).value == "Harbour reopens after storm"
    assert credits.read(page).authors.value == ()


@pytest.mark.parametrize(
    ("head", "canonical", "evidence"),
    [
        ("", URL, "final-url"),
        ('<link rel="canonical" href="/politics/harbour">', "https://news.example/politics/harbour", "rel-canonical"),
        ('<link rel="canonical" href="https://elsewhere.example/x">', URL, "final-url"),
        ('<link rel="canonical" href=""><link rel="canonical" href="/h">', "https://news.example/h", "rel-canonical"),
        ('<link rel="canonical" href="/"><meta property="og:url" content="https://www.news.example/h?utm_source=x">',
         "https://news.example/h", "og-url"),
    ],
)  # fmt: skip
def test_the_canonical_address_is_believed_only_within_the_site(head: str, canonical: str, evidence: str) -> None:
    assert claims.canonical_url(gathered(head)) == (canonical, evidence)


@pytest.mark.parametrize(("said", "access"), [("[false]", "paid"), ("[true]", "free"), ("[]", None), ("false", "paid")])
def test_whether_it_is_free_is_read_from_a_list_too(said: str, access: str | None) -> None:
    assert claims.access(gathered(json_ld(f'{{{NEWS}, "isAccessibleForFree": {said}}}')))[0] == access


def test_tags_section_picture_and_access_come_with_the_article() -> None:
    page = gathered(
        json_ld(
            f'{{{NEWS}, "keywords": "storms, ports, Storms", "articleSection": "Politics", "isAccessibleForFree": "False"}}'
        )
        + '<meta property="og:image" content="/media/harbour.jpg"><meta name="description" content="Boats &amp;amp; more">'
    )
    assert page.tags.value == ("storms", "ports")
    assert page.section.value == "Politics"
    assert claims.image_claim(page).value == "https://news.example/media/harbour.jpg"
    assert claims.access(page) == ("paid", "json-ld isAccessibleForFree=False")
    assert claims.description_claim(page).value == "Boats & more"
    assert claims.language_claim(page).value == "en"


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
    assert claims.kind(gathered(json_ld(f'{{{script}, "articleSection": "{section}"}}'))).value == kind


def test_the_section_is_read_from_microdata_too() -> None:
    page = gathered(body='<div itemscope><span itemprop="articleSection">World</span><h1>T</h1></div>')
    assert page.section.value == "World"


def test_half_characters_and_commands_in_escapes_reach_no_field() -> None:
    script = (
        '{"@type": "NewsArticle", "headline": "Harbour \\u001b]0;reopens\\u0007 \\ud83d", "articleSection": "Sp\\u0000ort",'
        ' "keywords": ["sto\\udc00rm", "boats \\ud83d\\ude00"],'
        ' "image": {"url": "/a\\u0081.jpg"}, "articleBody": "One.\\n\\ud83dTwo."}'
    )
    page = gathered(json_ld(script), body="<p>Text.</p>")
    assert page.article["headline"] == "Harbour ]0;reopens "
    assert (page.section.value, page.tags.value) == ("Sport", ("storm", "boats 😀"))
    assert (claims.article_body(page), claims.image_claim(page).value) == ("One.\nTwo.", "https://news.example/a.jpg")


@pytest.mark.parametrize(
    ("meta", "linked", "tags", "evidence"),
    [
        ("storms, ports", '["storms", "ports", "comments-enabled"]', ("storms", "ports"), "meta"),
        ("storms, ports, weather", '["storms", "ports"]', ("storms", "ports", "weather"), "meta"),
        ("harbour, reopens, after, storm", '["Weather", "Ferries"]', ("Weather", "Ferries"), "json-ld"),
        ("harbour, ferries", '["Politics"]', ("harbour", "ferries"), "meta"),
        ("", '["Politics"]', ("Politics",), "json-ld"),
    ],
)
def test_keywords_in_meta_tags_and_json_ld_correct_each_other(
    meta: str, linked: str, tags: tuple[str, ...], evidence: str
) -> None:
    script = f'{{{NEWS}, "articleSection": "Politics", "keywords": {linked}}}'
    found = gathered(f'<meta name="keywords" content="{meta}">' + json_ld(script)).tags
    assert (found.value, found.evidence) == (tags, evidence)


def test_every_choice_names_the_claim_it_came_from() -> None:
    head = (
        '<meta property="og:type" content="article"><meta property="og:title" content="Harbour reopens">'
        '<meta property="og:description" content="Boats sail again">'
        '<meta name="section" content="Politics"><meta property="og:image" content="/a.jpg">'
    )
    page = gathered(head)
    chosen = (
        claims.title_claim(page),
        claims.description_claim(page),
        page.section,
        claims.image_claim(page),
        claims.language_claim(page),
        page.tags,
    )
    assert [one.evidence for one in chosen] == ["og", "og", "meta", "og", "html", None]
