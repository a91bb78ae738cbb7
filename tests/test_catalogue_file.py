"""The catalogue that is deployed is one the crawler accepts, as wide as we say; entries are added and nothing is lost."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import catalogue, catalogue_file
from ingest.errors import CatalogueError

FILE = Path(__file__).parent.parent / "dags" / "sources.toml"


def test_it_covers_many_countries_and_languages() -> None:
    sources = catalogue.read(FILE)
    assert len(sources) >= 60
    assert len({source.country for source in sources}) >= 20
    assert len({source.language.partition("-")[0] for source in sources}) >= 12


def test_tv7_is_in_it_with_its_feed() -> None:
    tv7 = next(source for source in catalogue.read(FILE) if source.source_id == "tv7-israel-news")
    assert (tv7.home_url, tv7.country, tv7.language) == ("https://www.tv7israelnews.com/", "IL", "en")
    assert [feed.url for feed in tv7.feeds] == ["https://www.tv7israelnews.com/feed/"]


def test_every_address_is_https() -> None:
    for source in catalogue.read(FILE):
        assert all(url.startswith("https://") for url in (source.home_url, *(feed.url for feed in source.feeds)))


def test_nobody_is_polled_in_a_hurry() -> None:
    for source in catalogue.read(FILE):
        assert source.poll_every_s >= 300, source.source_id
        assert source.host_delay_s >= 1.0, source.source_id


def test_its_comment_explains_every_key() -> None:
    comment = FILE.read_text("utf-8").partition("[defaults]")[0]
    explained = set(re.findall(r"^#   ([a-z_]+) ", comment, flags=re.MULTILINE))
    assert explained == set(catalogue.SOURCE_KEYS)
    of_rules = set(re.findall(r"^#     ([a-z_]+) ", comment, flags=re.MULTILINE))
    assert of_rules == set(catalogue.RULE_KEYS)
    assert "Never reused" in comment


TABLE: dict[str, Any] = {
    "source_id": "daily-gazette",
    "name": "The Daily Gazette",
    "home_url": "https://gazette.example/",
    "country": "GB",
    "language": "en",
    "feeds": ["https://gazette.example/feed"],
    "checked": False,
}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_whatever_a_publisher_is_called_is_read_back_the_same(name: str) -> None:
    (entry,) = tomllib.loads(catalogue_file.entry_text(TABLE | {"name": name}))["source"]
    assert entry == TABLE | {"name": name}


def test_the_example_of_its_comment_is_a_rule() -> None:
    comment = FILE.read_text("utf-8").partition("[defaults]")[0]
    example = "".join(re.findall(r"^# {7}(\S.*\n)", comment, flags=re.MULTILINE))
    (source,) = catalogue.parse(tomllib.loads(catalogue_file.entry_text(TABLE) + example), "the example")
    assert len(source.rules) == 1


def test_a_source_is_read_back_the_same_from_what_is_written_of_it() -> None:
    rules: list[dict[str, Any]] = [
        {"valid_to": date(2026, 1, 1), "body": "p", "title": 'h1[lang="en"]'},
        {"valid_from": date(2026, 1, 1), "title_from": "og", "remove": ["a", "b"]},
    ]
    hours = {"schedule": "0 6,18 * * 1-5", "timezone": "Europe/Berlin"}
    table = TABLE | hours | {"look_after_s": [], "keep_pages_days": 9, "rules": rules}
    (source,) = catalogue.parse({"source": [table]}, "a table")
    assert catalogue_file.table_of(source) == table
    assert catalogue.parse(tomllib.loads(catalogue_file.entry_text(table)), "its text") == (source,)


def test_many_addresses_stand_one_a_line() -> None:
    feeds = [f"https://gazette.example/a/long/path/to/section-{number}/feed.xml" for number in range(3)]
    text = catalogue_file.entry_text(TABLE | {"feeds": feeds})
    assert max(len(line) for line in text.splitlines()) < 120
    assert tomllib.loads(text)["source"][0]["feeds"] == feeds


def test_entries_are_added_to_the_deployed_file_and_every_other_line_stays(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes(FILE.read_bytes())
    sources = catalogue_file.append(path, [TABLE, TABLE | {"source_id": "b", "feeds": ["https://b.example/f"]}])
    assert path.read_bytes().startswith(FILE.read_bytes())
    assert [source.source_id for source in sources[-2:]] == ["daily-gazette", "b"]
    assert catalogue.read(path) == sources


@pytest.mark.parametrize("change", [{"source_id": "tv7-israel-news"}, {"country": "Britain"}, {"feeds": []}])
def test_an_entry_that_the_catalogue_would_refuse_changes_nothing(tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes(FILE.read_bytes())
    with pytest.raises(CatalogueError):
        catalogue_file.append(path, [TABLE | change])
    assert path.read_bytes() == FILE.read_bytes()
    assert [one.name for one in tmp_path.iterdir()] == ["sources.toml"]


@pytest.mark.parametrize("key", ["name", "home_url", "feeds"])
def test_half_a_character_is_named_and_nothing_is_left_behind(tmp_path: Path, key: str) -> None:
    path = tmp_path / "sources.toml"
    text = "https://gazette.example/\ud800"
    with pytest.raises(CatalogueError, match=r"sources\.toml"):
        catalogue_file.append(path, [TABLE | {key: [text] if key == "feeds" else text}])
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(CatalogueError) as caught:
        catalogue_file.append(path, [TABLE | {"name": "A\ud800B"}])
    assert r'''U+D800 is half a character, in 'name = "A\ud800B"''' in str(caught.value)


def test_a_file_that_cannot_be_replaced_leaves_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(catalogue_file.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        catalogue_file.append(tmp_path / "sources.toml", [TABLE])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[defaults]\npoll_every_s = 900\n", "# no newline"])
def test_the_first_entry_of_a_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(text, "utf-8")
    assert catalogue_file.sources_in(path) == ()
    (source,) = catalogue_file.append(path, [TABLE])
    assert path.read_text("utf-8").startswith(text)
    assert catalogue.read(path) == (source,)


@pytest.mark.parametrize(
    ("name", "home_url", "taken", "source_id"),
    [
        ("The Daily Gazette", "https://gazette.example/", (), "the-daily-gazette"),
        ("O’Globo São Paulo", "https://oglobo.example/", (), "oglobo-sao-paulo"),
        ("هسبريس", "https://www.hespress.com/", (), "hespress"),
        ("هسبريس", "http://127.0.0.1/", (), "127-0-0"),
        ("Post", "https://www.evening.co.uk/", ("post",), "post-evening"),
        ("Post", "https://post.example/", ("post",), "post-2"),
        ("Post", "https://post.example/", ("post", "post-2"), "post-3"),
        ("A very long name of a newspaper that nobody would ever say in full", "https://a.b/", (),
         "a-very-long-name-of-a-newspaper-that"),
    ],
)  # fmt: skip
def test_an_id_is_made_of_the_name_and_never_used_twice(
    name: str, home_url: str, taken: tuple[str, ...], source_id: str
) -> None:
    assert catalogue_file.new_source_id(name, home_url, taken) == source_id
    assert catalogue.SOURCE_ID.fullmatch(source_id)
