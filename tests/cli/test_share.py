"""`ingest export|report` at the prompt: what is written, what is said, and what cannot be done."""

import json
from pathlib import Path

import pytest

from ingest.settings import Settings
from prompt import Prompt


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings) -> Prompt:
    monkeypatch.setenv("INGEST_HOME", str(settings.home))
    return Prompt(monkeypatch, capsys)


@pytest.fixture
def published(settings: Settings, demo: Settings) -> None:
    """The demo's published file, in a home of its own."""
    settings.published_file.parent.mkdir(parents=True)
    settings.published_file.hardlink_to(demo.published_file)


@pytest.mark.usefixtures("published")
def test_an_export_and_its_increment_say_what_they_wrote(prompt: Prompt, tmp_path: Path) -> None:
    code, out, err = prompt(
        "export", "--to", str(tmp_path / "out"), "--format", "jsonl", "--no-text", "-t", "mart.story"
    )
    assert code == 0, err
    assert "rows of mart.story in 1 files" in out
    code, out, err = prompt("export", "--to", str(tmp_path / "out"), "--incremental", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert (told["form"], told["tables"], told["export_number"]) == ("jsonl", ["mart.story"], 2)


@pytest.mark.usefixtures("published")
def test_a_report_says_where_it_is(prompt: Prompt, tmp_path: Path) -> None:
    code, out, err = prompt("report", "--out", str(tmp_path / "news.html"))
    assert code == 0, err
    assert f"in {tmp_path / 'news.html'} (" in out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["export", "--to", "OUT"], 4, "no published warehouse"),
        (["report", "--out", "OUT/report.html"], 4, "no published warehouse"),
        (["export"], 2, "Missing option '--to'"),
        (["export", "--to", "OUT", "--incremental", "--since-change-seq", "1"], 2, "leave out --since-change-seq"),
        (["export", "--to", "OUT", "--format", "xlsx"], 2, "'xlsx' is not one of"),
        (["report", "--since", "yesterday"], 2, "does not match the format"),
    ],
)
def test_what_cannot_be_done_is_one_message_and_a_code(
    prompt: Prompt, tmp_path: Path, words: list[str], code: int, said: str
) -> None:
    got, _, err = prompt(*(word.replace("OUT", str(tmp_path / "out")) for word in words))
    assert got == code
    assert said in err
    assert "Traceback" not in err


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "words",
    [["report", "--out", "/proc/x"], ["export", "--to", "/proc/x"], ["report", "--out", "FILE/report.html"],
     ["export", "--to", "FILE/sub/folder"], ["report", "--out", f"OUT/{'x' * 300}.html"]],
)  # fmt: skip
def test_a_place_where_nothing_can_be_made_is_named(prompt: Prompt, tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "file").write_text("a file, and no folder", "utf-8")
    given = [word.replace("FILE", str(tmp_path / "file")).replace("OUT", str(tmp_path)) for word in words]
    code, _, err = prompt(*given)
    assert code == 7
    assert f"{given[-1]} cannot be made" in err
    assert "choose another place" in err
    assert "Traceback" not in err
