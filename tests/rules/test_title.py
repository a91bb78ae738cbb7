"""Which of a page's titles is the article's."""

import pytest

from ingest.rules.title import choose, tidy

NAMES = ("The Example", "news.example", "example")


def chosen(
    *,
    is_news: bool = True,
    headline: str | None = None,
    h1: tuple[str, ...] = (),
    og: str | None = None,
    doc: str | None = None,
) -> str | None:
    return choose(is_news=is_news, headline=headline, headings=h1, social=(og,), document=doc, site_names=NAMES)


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ({"og": "Storm over", "h1": ("Weather: Storm over",), "headline": "Storm over"}, "Storm over"),
        ({"og": "Storm over | The Example"}, "Storm over"),
        ({"og": "Storm over - Weather - The Example", "h1": ("Storm over",)}, "Storm over"),
        ({"og": "The Example: Storm over"}, "The Example: Storm over"),
        ({"og": "The Example | Storm over"}, "Storm over"),
        ({"og": "Love – and other storms"}, "Love – and other storms"),
        ({"og": "The Example", "h1": ("Storm over",)}, "Storm over"),
        ({"og": "", "headline": "Storm &quot;over&quot;"}, 'Storm "over"'),
        ({"is_news": False, "og": "7 storms: the ultimate list", "h1": ("Seven storms",), "doc": "Seven storms | The Example"},
         "Seven storms"),
        ({"is_news": False, "og": "Storm over", "h1": ("Contact us", "Follow us")}, "Storm over"),
        ({"is_news": False, "og": "Storm over", "h1": ("Storm over by Ana Silva, May 2",)}, "Storm over"),
        ({"is_news": False, "h1": ("Storm over",)}, "Storm over"),
        ({"doc": "Home"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_the_article_s_own_title_is_chosen(given: dict[str, object], title: str | None) -> None:
    assert chosen(**given) == title  # type: ignore[arg-type]


def test_a_title_is_one_line_without_markup() -> None:
    assert tidy(" A <em>big</em>\n storm\u00ad &amp; more ") == "A big storm & more"
    assert tidy("5 < 6 and 7 > 3") == "5 < 6 and 7 > 3"
    assert tidy("Storm \ud83d over\x1b]0;x\x07 &#x81;") == "Storm over]0;x"
