"""Search: all words, best first, accents and case aside, in languages without spaces too."""

import pytest

from ingest.jobs import load, publish
from ingest.settings import Settings
from looks import ask
from newsroom import Newsroom

TEXTS = {
    "envoy": ("UN envoy steps down", "Staffan de Mistura told the Security Council that he would leave next month."),
    "port": (
        "A new port",
        "The envoy of the port authority met the council twice, and the port was on the table both times.",
    ),
    "cafe": ("Café culture", "Das Café in Zürich öffnet früh und schließt spät."),
    "tokyo": ("東京の天気", "明日の東京は雨が降るでしょう。"),
}


@pytest.fixture
def searched(newsroom: Newsroom, settings: Settings) -> Settings:
    for name, (title, text) in TEXTS.items():
        newsroom.lists(f"https://daily.example/{name}")
        newsroom.reads(f"https://daily.example/{name}", text, title=title)
    newsroom.seals()
    load.run(settings)
    publish.run(settings)
    return settings


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Mistura", ["envoy"]),
        ("mistura COUNCIL", ["envoy"]),
        ("envoy", ["envoy", "port"]),  # in a title it counts for more
        ("port council", ["port"]),
        ("cafe zurich", ["cafe"]),
        ("東京", ["tokyo"]),
        ("nowhere", []),
        ("envoy nowhere", []),
        ("", []),
    ],
)
def test_the_words_find_the_articles_that_hold_them_all(searched: Settings, words: str, found: list[str]) -> None:
    urls = [url for (url,) in ask(searched, f"SELECT url FROM search_articles('{words}', 10)")]
    assert [url.rsplit("/", 1)[1] for url in urls] == found


def test_k_bounds_the_answer(searched: Settings) -> None:
    assert len(ask(searched, "FROM search_articles('envoy', 1)")) == 1
