"""From one page to a verdict: the whole reading of small pages, hostile ones too."""

import json
import re
from dataclasses import asdict, fields
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extract.page import judge
from ingest.records import Extraction, Rejection
from webpage import PARAGRAPHS, URL, html, page

NEWS = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Harbour reopens after storm",
  "datePublished": "2026-11-21T18:30:00+01:00", "author": {"@type": "Person", "name": "Ana Silva"},
  "publisher": {"@type": "Organization", "name": "The Example"}}</script>"""
TEXT = "\n".join(PARAGRAPHS)


def read(body: bytes | str, **given: str | None) -> Extraction:
    verdict = judge(page(body, **given))  # type: ignore[arg-type]
    assert isinstance(verdict, Extraction), verdict
    return verdict


def test_an_article_page_gives_its_whole_record() -> None:
    got = read(html(head=NEWS))
    assert (got.title, got.authors, got.language) == ("Harbour reopens after storm", ("Ana Silva",), "en")
    assert got.text == TEXT
    assert got.published_at is not None
    assert (got.published_at.isoformat(), got.published_offset_s) == ("2026-11-21T17:30:00+00:00", 3600)
    assert (got.published_precision, got.published_evidence) == ("second", "json-ld")
    assert (got.canonical_url, got.canonical_evidence, got.kind) == (URL, "final-url", "article")
    assert (got.word_count, got.extractor, got.extractor_version) == (76, "ingest", "3")


@pytest.mark.parametrize(
    "shown", ["", "<h1>Harbour reopens after storm</h1>", "<h1>Harbour reopens</h1><p>Loading…</p>"]
)
def test_an_article_that_only_json_ld_tells_is_read_there(shown: str) -> None:
    head = '<script type="application/ld+json">' + json.dumps(
        {"@type": "NewsArticle", "headline": "Harbour reopens after storm", "datePublished": "2026-11-21T18:30:00+01:00",
         "articleBody": TEXT}
    ) + "</script>"  # fmt: skip
    got = read(html(head=head, body=f'<div id="app">{shown}</div><script src="/app.js"></script>'))
    assert (got.text, got.evidence["text"]) == (TEXT, "article-body")


def test_the_agency_that_the_text_credits_is_told_where_the_markup_names_none() -> None:
    got = read(html(head=NEWS, paragraphs=(f"LONDON, Nov 21 (Reuters) - {PARAGRAPHS[0]}", *PARAGRAPHS[1:])))
    assert (got.agency, got.evidence["agency"]) == ("Reuters", "text")


def test_where_the_text_links_to_is_kept_and_the_menu_is_not() -> None:
    linked = PARAGRAPHS[0].replace(
        "storms", '<a href="/storms">storms</a> and <a href="https://sea.example/log">more</a>'
    )
    got = read(html(head=NEWS, paragraphs=(linked, *PARAGRAPHS[1:])))
    assert got.links == ("https://news.example/storms", "https://sea.example/log")


def test_every_field_says_what_it_was_read_from() -> None:
    got = read(html(head=NEWS))
    assert {name: got.evidence[name] for name in ("title", "authors", "language")} == {
        "title": "json-ld", "authors": "json-ld", "language": "text",
    }  # fmt: skip
    assert got.evidence["text"].startswith("blocks")
    assert set(got.evidence) <= {field.name for field in fields(Extraction)}


def test_the_same_page_gives_the_same_record_whenever_it_is_read() -> None:
    first, second = (read(html(head=NEWS)) for _ in range(2))
    assert first.content_hash == second.content_hash
    assert first.article_id == second.article_id


def test_the_seed_article_comes_through_unchanged(shared: Path) -> None:
    seed = (shared / "seed-article.txt").read_text("utf-8").strip()
    assert read(html(head=NEWS, paragraphs=(seed,))).text == seed


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "<article>" + "".join(f"<p>{p}</p>" for p in PARAGRAPHS) + "<p>a&#x1F;b</p></article>"),
        ("", "<article>" + "".join(f"<p>{p}</p>" for p in PARAGRAPHS) + "<p>a&#31x and &#x1Fz</p></article>"),
        ("", "<div>" * 300 + "".join(f"<p>{p}</p>" for p in PARAGRAPHS) + "</div>" * 300),
        ("", "<article>" + "".join(f"<p>{p}\x00</p>" for p in PARAGRAPHS) + "</article>"),
        ('<meta name="description" content="&#xD83D;">', None),
        ('<script type="application/ld+json">{"@type": "NewsArticle", "headline": </script>', None),
        ('<script type="application/ld+json">' + "[" * 5000 + "</script>", None),
    ],
    ids=["control reference", "the same, unclosed", "300 divs", "NUL bytes", "lone surrogate", "broken JSON-LD", "deep JSON-LD"],
)  # fmt: skip
def test_what_breaks_parsers_costs_no_article(head: str, body: str | None) -> None:
    assert PARAGRAPHS[2] in read(html(head=head, body=body)).text


@pytest.mark.parametrize(("charset", "declared"), [("utf-16", None), ("cp1252", "utf-8"), ("utf-8", "iso-8859-1")])
def test_a_wrong_or_rare_charset_costs_no_character(charset: str, declared: str | None) -> None:
    assert read(html(head=NEWS).encode(charset), http_charset=declared).text == TEXT


def test_a_leading_title_teasers_embeds_and_the_foot_are_no_part_of_the_text() -> None:
    body = (
        "<article><h1>Harbour reopens after storm</h1><p>Harbour reopens after storm</p><p>By Ana Silva</p>"
        f"<p>{PARAGRAPHS[0]}</p><p><a href='/other'>Another story that you might like to read as well</a></p>"
        f"<p>Read more: Ferries are late</p><p>{PARAGRAPHS[1]}</p>"
        "<blockquote class='twitter-tweet'><p>Boats! So many boats in the harbour today, what a sight.</p></blockquote>"
        f"<figure><figcaption>Boats in the harbour, seen from the hill. Photo: Bo Ek</figcaption></figure>"
        f"<p>{PARAGRAPHS[2]}</p><p>{PARAGRAPHS[3]}</p><p>© 2026 The Example. All rights reserved.</p></article>"
    )
    assert read(html(head=NEWS, body=body)).text == TEXT


def test_the_opening_paragraph_beside_the_heading_is_kept() -> None:
    lede = "Ferries sail again, insurers count the damage, and two villages celebrate their volunteers."
    body = (
        f'<main><header><h1>Harbour reopens after storm</h1><h2 class="standfirst">{lede}</h2></header>'
        f'<div class="article-body">{"".join(f"<p>{p}</p>" for p in PARAGRAPHS * 3)}</div></main>'
    )
    assert read(html(head=NEWS, body=body)).text.startswith(f"{lede}\n{PARAGRAPHS[0]}")


def test_an_article_inside_a_pop_up_that_was_never_closed_is_read() -> None:
    long = tuple(f"{paragraph} It was the {number}th time." for number in range(4) for paragraph in PARAGRAPHS)
    text = "".join(f"<p>{paragraph}</p>" for paragraph in long)
    body = f'<aside class="popup newsletter"><div class="popup-inner"><div class="entry">{text}</div></div>'
    assert read(html(head=NEWS, body=body)).text == "\n".join(long)


def test_article_body_of_json_ld_rescues_a_page_that_shows_no_text() -> None:
    script = NEWS.replace('"publisher"', '"articleBody": "' + " ".join(PARAGRAPHS) + '", "publisher"')
    assert read(html(head=script, body='<div id="app"></div>')).text == " ".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "unreadable"),
        (b"  \n ", "unreadable"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "unreadable"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "unreadable"),
        (bytes(range(32)) * 200, "unreadable"),
        (html(body="<h1>Just a moment...</h1><p>Verify you are human by completing the action below.</p>"), "bot_challenge"),
        (html(body="<h1>404</h1><p>Page not found</p>").replace("Harbour reopens after storm", "Page not found"), "soft_404"),
        (html(body="<form><input name=u><input type=password></form>"), "login"),
        (html(body="<div id=app></div><noscript>Please enable JavaScript to read this page.</noscript><script></script>"),
         "needs_javascript"),
        (html(body="<main>" + "".join(f"<h2><a href='/{n}'>A headline of another story, number {n}</a></h2>" for n in range(30))
              + "</main>"), "section_page"),
        (html(body="<p>Short.</p>"), "too_short"),
    ],
)  # fmt: skip
def test_what_is_no_article_is_rejected_with_the_reason(body: bytes | str, reason: str) -> None:
    verdict = judge(page(body))
    assert isinstance(verdict, Rejection), verdict
    assert verdict.reason == reason
    assert verdict.detail


def test_an_article_that_was_sent_to_the_front_page_is_rejected() -> None:
    verdict = judge(page(html(head=NEWS), final_url="https://news.example/"))
    assert isinstance(verdict, Rejection)
    assert verdict.reason == "redirect_home"


@pytest.mark.parametrize("scrap", [0.1, 0.5, 0.9])
def test_a_page_that_was_cut_short_still_gives_a_verdict(scrap: float) -> None:
    whole = html(head=NEWS).encode()
    assert judge(page(whole[: int(len(whole) * scrap)]))


FLASH = "The harbour will stay shut until Monday noon, the harbour master has said."


def chrome(text: str) -> str:
    """A page with all that stands around an article; `text` is its markup."""
    menu = "".join(
        f'<li><a href="/{name}">{name}</a></li>' for name in ("World", "Business", "Culture", "Health", "Sport")
    )
    teasers = "".join(f'<li><a href="/{n}">Another headline about boat number {n}</a></li>' for n in range(14))
    return (
        f'<header class="masthead"><a href="/">The Example</a><nav><ul>{menu}</ul></nav></header>'
        '<header class="article__header"><p class="section">World</p><h1>Harbour reopens after storm</h1>'
        '<p class="byline">By Ana Silva</p><p class="dateline">Published <time>21 November 2026, 18:30</time></p></header>'
        f"{text}<ul class='tags'><li><a href='/t/1'>storms</a></li><li><a href='/t/2'>ports</a></li></ul>"
        f"<aside><h2>Most read</h2><ul>{teasers}</ul></aside><footer><ul>{menu}</ul><p>© The Example.</p></footer>"
    )


@pytest.mark.parametrize(
    "frame",
    [
        '<main><article><div class="article__body"><p>{}</p></div></article></main>',
        '<main><article class="post"><div class="entry-content"><p>{}</p></div></article></main>',
        '<div itemprop="articleBody"><p>{}</p></div>',
        '<div class="story-text">{}</div>',
        '<table><tr><td class="left">World</td><td><div class="texte article-text"><p>{}</p></div></td></tr></table>',
        "<main><article><p>{}</p></article></main>",
    ],
)
@pytest.mark.parametrize("text", [FLASH, PARAGRAPHS[0], " ".join(PARAGRAPHS[:2])])
def test_a_short_article_is_told_from_the_page_around_it(frame: str, text: str) -> None:
    assert read(html(head=NEWS, body=chrome(frame.format(text)))).text == text


@pytest.mark.parametrize(
    "frame",
    [
        '<main><article><div class="article__body"><p>{}</p></div></article></main>',
        "<div>{}</div>",
        "<div><div><p>{}</p></div></div>",
    ],
)
def test_a_stub_is_no_article_whatever_the_page_says_around_it(frame: str) -> None:
    verdict = judge(page(html(head=NEWS, body=chrome(frame.format("More follows soon.")))))
    assert isinstance(verdict, Rejection), verdict
    assert verdict.reason == "too_short"


def test_a_brief_with_a_date_of_its_own_is_kept_between_many_headlines() -> None:
    text = f"{FLASH} Divers had not found the missing mast by Sunday evening, and the search goes on at dawn with two boats."
    head = '<meta property="article:published_time" content="2026-11-21T17:30:00Z">'
    body = chrome(f"<article><p>{text}</p></article>").replace(
        "Harbour reopens after storm", "Missing mast not found after search"
    )
    assert read(html(head=head, body=body)).text == text


# What may stand in JSON strings, and in no field
ROUGH = st.text(
    st.one_of(st.characters(), st.sampled_from("\x00\x07\x0b\r\x1b\x7f\x85\x9f\ud83d\udc00\u2028 a")), max_size=40
)
BANNED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@settings(max_examples=60, deadline=None)
@given(given_texts=st.lists(ROUGH, min_size=9, max_size=9))
def test_no_field_ever_holds_control_characters_or_half_ones(given_texts: list[str]) -> None:
    headline, author, section, tag, image, body, meta, free, shown = given_texts
    article = {
        "@type": "NewsArticle", "datePublished": "2026-11-21T18:30:00Z", "headline": f"Storm {headline}",
        "author": f"Ana {author}",        "articleSection": section, "keywords": [tag, "x"], "image": f"/i{image}.jpg",
        "description": f"D {headline}",
        "articleBody": " ".join([*PARAGRAPHS, body]), "isAccessibleForFree": f"{free}/true", "inLanguage": section,
    }  # fmt: skip
    attribute = "".join(f"&#{ord(character)};" for character in meta)
    head = (
        f'<script type="application/ld+json">{json.dumps(article)}</script><meta name="keywords" content="{attribute}">'
        f'<meta property="og:title" content="Storm {attribute}"><meta name="author" content="Bo {attribute} Ek">'
        f'<meta property="og:description" content="{escape(attribute)}"><link rel="canonical" href="/a{attribute}">'
    )
    page_text = html(head=head, paragraphs=(*PARAGRAPHS, escape(shown))).encode("utf-8", "surrogatepass")
    fields = asdict(read(page_text))
    for name, value in fields.items():
        for text in value if isinstance(value, tuple) else (value,):
            assert not (isinstance(text, str) and BANNED.search(text)), (name, text)
