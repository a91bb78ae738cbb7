"""`ingest search|near` at a prompt: what is found, narrowed and refused."""

import json

import pytest

from ingest.jobs import load, publish
from ingest.settings import Settings
from newsroom import Newsroom
from prompt import Prompt

TEXT = "The ferry to the islands leaves the harbour at noon, says the harbour master, and the ferry is full."


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings) -> Prompt:
    monkeypatch.setenv("INGEST_HOME", str(settings.home))
    monkeypatch.setenv("INGEST_CONTACT", settings.contact)
    return Prompt(monkeypatch, capsys)


def test_articles_are_found_by_words_and_by_likeness(prompt: Prompt, newsroom: Newsroom) -> None:
    assert prompt("search", "ferry")[0] == 4  # nothing is published yet
    for source_id, language, more in (("daily", "en", "Bread ran out."), ("echo", "de", "The mayor waits.")):
        url = f"https://{source_id}.example/ferry"
        newsroom.lists(url, source_id=source_id)
        newsroom.reads(
            url, f"{TEXT} {more}", source_id=source_id, language=language, title=f"Of the ferry \x1b[31m {more}"
        )
    newsroom.seals()
    load.run(newsroom.settings)
    publish.run(newsroom.settings)

    code, out, _ = prompt("search", "FERRY", "mayor", "--json")
    (found,) = json.loads(out)
    assert (code, found["source_id"]) == (0, "echo")
    for narrowed in (["--language", "en"], ["--source", "daily"], ["-k", "1", "--until", "2027-01-01", "bread"]):
        _, out, _ = prompt("search", "ferry", *narrowed, "--json")
        assert [one["source_id"] for one in json.loads(out)] == ["daily"]
    _, out, _ = prompt("search", '"ferry is full"', "--since", "2026-11-23", "--json")
    assert json.loads(out) == []
    code, out, _ = prompt("search", "ferry")
    assert "\x1b" not in out
    assert "Of the ferry" in out

    _, out, _ = prompt("near", found["article_id"], "--json")
    assert [(one["source_id"], one["is_same_story"]) for one in json.loads(out)] == [("daily", False)]


@pytest.mark.parametrize(
    "words", [("search",), ("search", "x", "-k", "0"), ("near", "x"), ("search", "x", "--since", "May")]
)
def test_what_cannot_be_asked_is_code_2(prompt: Prompt, words: tuple[str, ...]) -> None:
    assert prompt(*words)[0] == 2
