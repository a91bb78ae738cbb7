"""`ingest query|status` at the prompt: an answer that fits the screen, and why there may be none."""

import pytest

from ingest.settings import Settings
from prompt import Prompt

STRANGER = "5f0c6f8e-7f0b-4c55-9d3c-0d2f6b1f7a11"


@pytest.fixture
def prompt(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings, demo: Settings
) -> Prompt:
    monkeypatch.setenv("INGEST_HOME", str(settings.home))
    settings.published_file.parent.mkdir(parents=True)
    settings.published_file.hardlink_to(demo.published_file)
    return Prompt(monkeypatch, capsys)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (f"FROM near('{STRANGER.upper()}', 5)", f"no rows: no article, entry or story has the id {STRANGER.upper()}"),
        (f"SELECT title FROM mart.article WHERE article_id = '{STRANGER}'::UUID", f"has the id {STRANGER}"),
        (
            "FROM search_articles('council', source_id := 'harbor-gazette')",
            "no rows: no source has the id harbor-gazette",
        ),
        ("SELECT * FROM mart.article WHERE source_id = 'nobody' AND title = 'x'", "no source has the id nobody"),
        ("FROM search_articles('nosuchword', source_id := 'harbour-gazette')", ""),
        ("SELECT * FROM mart.article WHERE source_id LIKE 'harbour%' AND title = 'x'", ""),
        ("SELECT count(*) FROM mart.article WHERE source_id = 'nobody'", ""),  # an answer: none
    ],
)
def test_an_empty_answer_says_what_was_asked_for_and_is_not_there(prompt: Prompt, sql: str, said: str) -> None:
    code, _, err = prompt("query", sql)
    assert code == 0
    assert said in err if said else "no rows" not in err


@pytest.mark.parametrize("form", ["--csv", "--json"])
def test_what_a_program_reads_stays_as_it_is(prompt: Prompt, form: str) -> None:
    _, out, err = prompt("query", form, f"SELECT title FROM near('{STRANGER}', 5)")
    assert out.strip() == ("title" if form == "--csv" else "[]")
    assert STRANGER in err


def test_status_fits_a_screen_of_eighty(prompt: Prompt) -> None:
    code, out, _ = prompt("status")
    assert code == 0
    assert "harbour-gazette" in out
    assert max(len(line.rstrip()) for line in out.splitlines() if not line.startswith("published")) <= 80
