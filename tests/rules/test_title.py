"""Which of a page's titles is the article's."""

import pytest

from ingest.records import TitleEvidence
from ingest.rules.title import choose, readings, site, tidy

SITE = site(("The Example", "news.example", "example", "東京新聞デジタル", "한국일보"), ("National", "정치"))


def chosen(
    *,
    is_article: bool = True,
    title_from: TitleEvidence | None = None,
    headline: str | None = None,
    h1: tuple[str, ...] = (),
    og: str | None = None,
    twitter: str | None = None,
    doc: str | None = None,
) -> tuple[str, str] | None:
    given = readings(og=og, twitter=twitter, headline=headline, document=doc, headings=h1, of_site=SITE)
    return choose(given, is_article=is_article, title_from=title_from)


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ({"og": "Storm over", "h1": ("Weather: Storm over",), "headline": "Storm over"}, "Storm over"),
        ({"og": "The Example", "h1": ("Storm over",)}, "Storm over"),
        ({"og": "", "headline": "Storm &quot;over&quot;"}, 'Storm "over"'),
        ({"og": "Love – and other storms"}, "Love – and other storms"),
        ({"is_article": False, "og": "7 storms: the ultimate list", "h1": ("Seven storms",), "doc": "Seven storms | The Example"},
         "Seven storms"),
        ({"is_article": False, "og": "Storm over", "h1": ("Contact us", "Follow us")}, "Storm over"),
        ({"is_article": False, "og": "Storm over", "h1": ("Storm over by Ana Silva, May 2",)}, "Storm over"),
        ({"is_article": False, "h1": ("Storm over",)}, "Storm over"),
        ({"doc": "Home"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_the_article_s_own_title_is_chosen(given: dict[str, object], title: str | None) -> None:
    found = chosen(**given)  # type: ignore[arg-type]
    assert (found and found[0]) == title


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ({"og": "Storm over | The Example"}, "Storm over"),
        ({"og": "The Example | Storm over"}, "Storm over"),
        ({"og": "Storm over - Weather - The Example", "h1": ("Storm over",)}, "Storm over"),
        ({"og": "Storm over - National | Example Online"}, "Storm over"),
        ({"og": "Storm over | The Example | 28.04.2026"}, "Storm over"),
        ({"og": "Storm over * The Example * by Ana Silva"}, "Storm over"),
        ({"og": "Storm over the harbour|news.example"}, "Storm over the harbour"),
        ({"og": "港で嵐、三日ぶりにフェリー再開　発表：東京新聞デジタル"}, "港で嵐、三日ぶりにフェリー再開 発表"),
        ({"og": "폭풍 뒤 항구 다시 열려… 여객선 사흘 만에 출항-정치ㅣ한국일보"}, "폭풍 뒤 항구 다시 열려… 여객선 사흘 만에 출항"),
        ({"og": "The Example: Storm over"}, "The Example: Storm over"),
        ({"og": "Storm-proof harbours - what they cost"}, "Storm-proof harbours - what they cost"),
    ],
)  # fmt: skip
def test_the_site_s_name_is_cut_off_with_its_section_and_date(given: dict[str, object], title: str) -> None:
    found = chosen(**given)  # type: ignore[arg-type]
    assert found is not None
    assert found[0] == title


def test_a_heading_does_not_shorten_what_the_headline_says_too() -> None:
    whole = "Storm over the harbour - what we know"
    assert chosen(og=whole, headline=whole, h1=("Storm over the harbour",)) == (whole, "og")
    assert chosen(og=whole, h1=("Storm over the harbour",)) == ("Storm over the harbour", "og")


def test_a_title_that_markup_cut_at_a_quotation_mark_is_completed() -> None:
    assert chosen(og="Marathon: winners and", h1=('Marathon: winners and "royal visitors"',)) == (
        'Marathon: winners and "royal visitors"',
        "og",
    )


@pytest.mark.parametrize(
    ("given", "evidence"),
    [
        ({"og": "Storm over", "h1": ("Storm",)}, "og"),
        ({"twitter": "Storm over", "h1": ("Storm",)}, "meta"),
        ({"headline": "Storm over", "doc": "Storm over"}, "json-ld"),
        ({"doc": "Storm over", "h1": ("Storm",)}, "title"),
        ({"h1": ("Storm",)}, "h1"),
    ],
)
def test_the_claim_that_gave_the_title_is_named(given: dict[str, object], evidence: str) -> None:
    found = chosen(**given)  # type: ignore[arg-type]
    assert found is not None
    assert found[1] == evidence


def test_a_title_is_one_line_without_markup() -> None:
    assert tidy(" A <em>big</em>\n storm\u00ad &amp; more ") == "A big storm & more"
    assert tidy("5 < 6 and 7 > 3") == "5 < 6 and 7 > 3"
    assert tidy("Storm \ud83d over\x1b]0;x\x07 &#x81;") == "Storm over]0;x"
