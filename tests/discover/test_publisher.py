"""Name, country and language are what pages say of themselves, and unknown where they say nothing."""

import pytest

from ingest.discover.home import HomePage, read_home
from ingest.discover.publisher import country_of, language_of, name_of, title_of_feed

HOME = "https://daily.example/"


def page(lang: str = "", *, locale: str = "", title: str = "", name: str = "") -> HomePage:
    return read_home(
        f"<html lang='{lang}'><title>{title}</title><meta property='og:locale' content='{locale}'>"
        f"<meta property='og:site_name' content='{name}'></html>",
        HOME,
    )


@pytest.mark.parametrize(
    ("home_url", "lang", "locale", "country"),
    [
        ("https://www.bbc.co.uk/news", "", "", "GB"),
        ("https://daily.in/", "en-US", "", "IN"),
        ("https://daily.com/", "en-GB", "", "GB"),
        ("https://daily.com/", "pt_BR", "", "BR"),
        ("https://daily.com/", "zh-Hant-TW", "", "TW"),
        ("https://daily.com/", "de", "de_AT", "AT"),
        ("https://daily.com/", "en-US", "en_US", None),
        ("https://daily.com/", "es-419", "", None),
        ("https://daily.tv/", "", "", None),
        ("https://daily.is/", "", "", "IS"),
        ("https://daily.io/", "en", "", None),
        ("http://127.0.0.1:80/", "", "", None),
        ("https://xn--j1ail.xn--p1ai/", "", "", None),
    ],
)
def test_the_country(home_url: str, lang: str, locale: str, country: str | None) -> None:
    assert country_of([page(lang, locale=locale)], home_url) == country


@pytest.mark.parametrize(
    ("lang", "locale", "language"),
    [
        ("en", "", "en"), ("EN_gb", "", "en-GB"), ("en-US", "", "en"), ("sr-latn-rs", "", "sr-Latn-RS"),
        ("", "de_DE", "de-DE"), ("", "", None), ("english", "", None), ("x", "", None),
    ],
)  # fmt: skip
def test_the_language(lang: str, locale: str, language: str | None) -> None:
    assert language_of([page(lang, locale=locale)], ()) == language


@pytest.mark.parametrize(
    ("name", "feed_title", "title", "called"),
    [
        ("Daily", "Feed", "Front", "Daily"),
        ("", "Daily Feed", "Front", "Daily Feed"),
        ("", None, "The Daily | News of the day", "The Daily"),
        ("", None, "Daily – Front page", "Daily"),
        ("", None, "Hi-Fi News", "Hi-Fi News"),
        ("", None, "", "daily.example"),
    ],
)
def test_the_name(name: str, feed_title: str | None, title: str, called: str) -> None:
    assert name_of([page(title=title, name=name)], feed_title, HOME) == called


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("<rss><channel><title>The Daily - RSS</title><item><title>A</title></item></channel></rss>", "The Daily"),
        ("<feed><title type='text'><![CDATA[Daily &amp; Post]]></title><entry/></feed>", "Daily & Post"),
        ("<rss><channel><item><title>A</title></item></channel></rss>", None),
        ('{"title": "x"}', None),
    ],
)
def test_the_title_of_a_feed(text: str, title: str | None) -> None:
    assert title_of_feed(text) == title
