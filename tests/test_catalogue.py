"""A broken catalogue says which file, source and key is wrong, before anything is fetched."""

from pathlib import Path

import pytest

from ingest import catalogue
from ingest.errors import CatalogueError

GOOD = """
[[source]]
source_id = "daily-gazette"
name = "The Daily Gazette"
home_url = "https://gazette.example/"
country = "GB"
language = "en-GB"
feeds = ["https://www.gazette.example/feed/", "http://gazette.example/sport.xml?a=1"]
"""
SECOND = GOOD.replace("daily-gazette", "evening-post").replace("gazette.example", "post.example")

# what is broken -> (the file, words its error must contain)
BROKEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "no TOML": ('[[source]]\nname = "unclosed\n', ("sources.toml is not TOML", "line 2", "nothing was crawled")),
    "an empty file": ("", ("no [[source]]",)),
    "defaults alone": ("[defaults]\npoll_every_s = 60\n", ("no [[source]]",)),
    "an unknown table": (GOOD + "[sources]\n", ("unknown key 'sources'", "[[source]]")),
    "an unknown default": ("[defaults]\npause = 3\n" + GOOD, ("[defaults]", "unknown key 'pause'", "poll_every_s")),
    "an unknown key": (GOOD + 'lang = "en"\n', ("'daily-gazette'", "unknown key 'lang'", "language")),
    "an id twice": (GOOD + GOOD.replace("gazette.example", "other.example"), ("'daily-gazette'", "'source_id'", "twice")),
    "a feed of two sources": (
        GOOD + SECOND.replace("https://www.post.example/feed/", "http://gazette.example/feed"),
        ("'evening-post'", "'feeds'", "also a feed of 'daily-gazette'"),
    ),
    "a feed listed twice": (
        GOOD.replace("http://gazette.example/sport.xml?a=1", "http://gazette.example/feed"),
        ("'daily-gazette'", "'feeds'", "gazette.example/feed"),
    ),
    "a number for a name": (GOOD.replace('"The Daily Gazette"', "7"), ("'daily-gazette'", "'name'", "7", "wrong type")),
    "one feed without a list": (
        GOOD.partition("feeds")[0] + 'feeds = "https://a.example/feed"\n',
        ("'feeds'", "wrong type"),
    ),
    "a word for paused": (GOOD + 'paused = "yes"\n', ("'paused'", "'yes'", "wrong type")),
    "true for seconds": (GOOD + "poll_every_s = true\n", ("'poll_every_s'", "True", "wrong type")),
    "a feed that is no address": (
        GOOD.replace("https://www.gazette.example/feed/", "gazette.example/feed"),
        ("'feeds'", "'gazette.example/feed'", "not a web address", "https://"),
    ),
    "a feed that is no text": (GOOD.replace('"https://www.gazette.example/feed/"', "12"), ("'feeds'", "not a web address")),
    "a home page by ftp": (GOOD.replace("https://gazette.example/", "ftp://a/"), ("'home_url'", "not a web address")),
    "an address that cannot be split": (
        GOOD.replace("https://gazette.example/", "https://[::1/"),
        ("'home_url'", "not a web address"),
    ),
    "no name": (GOOD.replace('name = "The Daily Gazette"\n', ""), ("'daily-gazette'", "'name'", "missing")),
    "no feeds": (GOOD.partition("feeds")[0] + "feeds = []\n", ("'feeds'", "empty")),
    "no id": (GOOD.replace('source_id = "daily-gazette"\n', ""), ("'number 1'", "'source_id'", "missing")),
    "an id with capitals": (GOOD.replace("daily-gazette", "Daily_Gazette"), ("'source_id'", "'Daily_Gazette'")),
    "a country in words": (GOOD.replace('"GB"', '"Britain"'), ("'country'", "'Britain'")),
    "a language in words": (GOOD.replace('"en-GB"', '"English (UK)"'), ("'language'", "'English (UK)'")),
    "no wait between polls": (GOOD + "poll_every_s = 0\n", ("'daily-gazette'", "'poll_every_s'", "at least 1")),
    "a negative delay": (GOOD + "host_delay_s = -0.5\n", ("'host_delay_s'", "at least 0")),
}  # fmt: skip


def written(folder: Path, text: str) -> Path:
    path = folder / "sources.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_good_catalogue_is_read_in_its_order_with_its_defaults(tmp_path: Path) -> None:
    defaults = "[defaults]\npoll_every_s = 900\nhost_delay_s = 3\n"
    first, second = catalogue.read(written(tmp_path, defaults + GOOD + SECOND + "paused = true\nhost_delay_s = 0.5\n"))
    assert (first.source_id, second.source_id) == ("daily-gazette", "evening-post")
    assert (first.poll_every_s, first.host_delay_s, first.is_checked, first.is_paused) == (900, 3.0, True, False)
    assert (second.poll_every_s, second.host_delay_s, second.is_paused) == (900, 0.5, True)
    assert [feed.feed_id for feed in first.feeds] == ["gazette.example/feed", "gazette.example/sport.xml?a=1"]
    assert {feed.source_id for feed in first.feeds} == {"daily-gazette"}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_catalogue_says_what_is_wrong_and_where(tmp_path: Path, fault: str) -> None:
    text, words = BROKEN[fault]
    with pytest.raises(CatalogueError) as caught:
        catalogue.read(written(tmp_path, text))
    for word in ("sources.toml", *words):
        assert word in str(caught.value)


def test_a_file_that_is_not_there_is_named_with_the_setting_that_points_to_it(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as caught:
        catalogue.read(tmp_path / "none.toml")
    assert "none.toml" in str(caught.value)
    assert "INGEST_CATALOGUE" in str(caught.value)


def test_a_file_in_another_charset_is_no_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes(GOOD.replace("Daily", "Dæly").encode("latin-1"))
    with pytest.raises(CatalogueError, match=r"sources\.toml is not TOML"):
        catalogue.read(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('source = "a"\n', ("sources.toml", "source")),
        ('source = ["a"]\n', ("sources.toml", "source")),
        ("defaults = 3\n" + GOOD, ("sources.toml", "defaults")),
        ('[defaults]\npoll_every_s = "often"\n' + GOOD, ("sources.toml", "poll_every_s")),
    ],
)
def test_a_table_of_another_shape_is_an_error_of_ours(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(CatalogueError) as caught:
        catalogue.read(written(tmp_path, text))
    for word in words:
        assert word in str(caught.value)
