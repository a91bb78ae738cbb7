"""`ingest sources` at the prompt: what a person sees, and the codes that scripts get."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import catalogue
from prompt import Prompt
from small_site import SmallSite, alternate, articles, home


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sources.toml"


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, file: Path) -> Prompt:
    monkeypatch.setenv("INGEST_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("INGEST_CONTACT", "mailto:tests@example.org")
    monkeypatch.setenv("INGEST_CATALOGUE", str(file))
    monkeypatch.setenv("INGEST_ALLOW_NETWORKS", "127.0.0.0/8")
    return Prompt(monkeypatch, capsys)


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as served:
        served.page("/", home(alternate("/feed/"), alternate("/comments/feed/"), name="Gaz\x1b[31mette"))
        served.rss("/feed/", articles(1, 2))
        served.rss("/comments/feed/", articles(1, 2))
        yield served


def test_a_source_is_added_to_a_catalogue_that_is_not_there_yet(prompt: Prompt, site: SmallSite, file: Path) -> None:
    code, out, err = prompt("sources", "add", site.origin, "--name", "The Gazette")
    assert code == 0, err
    lines = out.splitlines()
    assert lines[0].split() == ["kind", "address", "found", "by", "answer", "entries", "newest", "points", "why"]
    assert lines[1].startswith("*  feed  /feed/")
    assert "-100 comments" in lines[2]
    assert all(len(line) <= 160 for line in lines)
    assert f"written to {file}" in out
    (source,) = catalogue.read(file)
    assert (source.source_id, source.name) == ("the-gazette", "The Gazette")
    assert prompt("sources")[1].startswith("source")


def test_a_dry_run_prints_the_entry_and_nothing_that_steers_the_terminal(
    prompt: Prompt, site: SmallSite, file: Path
) -> None:
    code, out, _ = prompt("sources", "add", site.origin, "--dry-run")
    assert code == 0
    assert "[[source]]" in out
    assert "not written (--dry-run)" in out
    assert "\x1b" not in out
    assert not file.exists()


def test_what_programs_read_is_one_document(prompt: Prompt, site: SmallSite) -> None:
    code, out, _ = prompt("sources", "add", site.origin, "--dry-run", "--json", "--id", "gaz", "--country", "ie")
    assert code == 0
    found = json.loads(out)
    assert (found["table"]["source_id"], found["table"]["country"]) == ("gaz", "IE")
    assert [line["is_taken"] for line in found["lines"]][:2] == [True, False]


def test_a_source_that_is_there_is_code_3(prompt: Prompt, site: SmallSite) -> None:
    prompt("sources", "add", site.origin)
    code, _, err = prompt("sources", "add", f"{site.origin}/feed/")
    assert code == 3
    assert "is polled for" in err
    assert "Traceback" not in err


def test_usual_addresses_that_gave_nothing_are_counted_and_shown_with_all(prompt: Prompt, site: SmallSite) -> None:
    _, few, _ = prompt("sources", "add", site.origin, "--dry-run")
    _, many, _ = prompt("sources", "add", site.origin, "--dry-run", "--all")
    assert "usual addresses gave nothing" in few
    assert "/news-sitemap.xml" not in few
    assert "/news-sitemap.xml" in many


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "no such thing"], "is not a web address"),
        (["add", "http://127.0.0.1:2/"], "cannot be looked at"),
        (["import", "no-such-file"], "no-such-file cannot be read"),
        (["export"], "no catalogue at"),
    ],
)
def test_what_cannot_be_done_is_one_message(prompt: Prompt, words: list[str], said: str) -> None:
    code, _, err = prompt("sources", *words)
    assert code == 3
    assert said in err
    assert "Traceback" not in err


def test_a_list_is_imported_with_its_account_and_exported_again(prompt: Prompt, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text(
        "name,url,feed,country,language\nA,https://a.example,https://a.example/rss,GB,en\nB,,,,\n", "utf-8"
    )
    code, out, err = prompt("sources", "import", str(listed))
    assert code == 0, err
    assert "2 lines = 1 added + 0 known + 1 refused" in out
    assert "no address in it" in out
    code, out, _ = prompt("sources", "export")
    assert 'xmlUrl="https://a.example/rss"' in out
    assert prompt("sources", "export", "--toml")[1].startswith('[[source]]\nsource_id = "a"')
    code, out, _ = prompt("sources", "export", "--csv", str(tmp_path / "out.csv"))
    assert code == 0
    assert "https://a.example/rss" in (tmp_path / "out.csv").read_text("utf-8")
