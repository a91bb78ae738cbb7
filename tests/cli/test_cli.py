"""The prompt: every command works without Airflow, says what happened, and exits with a code that means it."""

import json
from pathlib import Path

import click
import pytest

from ingest.cli import COMMANDS, cli
from ingest.demo.web import NewsWeb
from ingest.settings import Settings
from ingest.warehouse import writer
from prompt import Prompt

FEED = """<rss version="2.0"><channel><title>T</title>
<item><title>Rain \x1b[31mat last</title><link>https://daily.example/rain</link>
<pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate></item>
<item><title>No address</title></item></channel></rss>"""


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings) -> Prompt:
    monkeypatch.setenv("INGEST_HOME", str(settings.home))
    monkeypatch.setenv("INGEST_CONTACT", settings.contact)
    return Prompt(monkeypatch, capsys)


@pytest.fixture
def crawling(prompt: Prompt, settings: Settings, monkeypatch: pytest.MonkeyPatch):
    with NewsWeb(seed=3) as web:
        settings.home.mkdir(parents=True)
        catalogue = settings.home / "sources.toml"
        catalogue.write_text(web.catalogue(), "utf-8")
        monkeypatch.setenv("INGEST_CATALOGUE", str(catalogue))
        monkeypatch.setenv("INGEST_ALLOW_NETWORKS", "127.0.0.0/8")
        yield prompt


def test_the_steps_one_by_one_and_questions_after(crawling: Prompt) -> None:
    code, out, _ = crawling("crawl", "--source", "harbour-gazette", "--json")
    crawled = json.loads(out)
    assert (code, crawled["polls"]) == (0, 2)
    for step in ("load", "build", "check", "publish"):
        code, out, err = crawling(step)
        assert code == 0, err
    code, out, _ = crawling("query", "SELECT count(*) AS articles FROM mart.article", "--json")
    assert json.loads(out) == [{"articles": crawled["extracted"] - 1}]  # two addresses of one article
    code, out, _ = crawling("query", "SELECT title, url FROM mart.article ORDER BY title LIMIT 1", "--csv")
    header, row = out.splitlines()
    assert header == "title,url"
    code, out, _ = crawling("status")
    assert code == 0
    assert "harbour-gazette" in out
    code, out, _ = crawling("explain", row.rsplit(",", 1)[1])
    assert code == 0
    for stage in ("listed", "fetched", "extracted", "article", "ledger"):
        assert f"\n{stage}" in out
    assert "stored" in out


def test_run_does_it_all(crawling: Prompt) -> None:
    code, out, err = crawling("run")
    assert code == 0, err
    assert "crawl: polls 15" in out
    code, out, _ = crawling("query")
    assert "mart.article" in out


def test_reprocess_says_what_came_of_the_pages_and_what_to_do_next(
    crawling: Prompt, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawling("run", "--source", "harbour-gazette")
    monkeypatch.setenv("INGEST_CONTACT", "")  # nothing is fetched
    code, out, err = crawling("reprocess", "--since", "2026-01-01")
    assert (code, out) == (
        0,
        "0 pages read again: 0 say the same, 0 something else, 0 became articles, 0 are none any more\n",
    ), err
    code, out, _ = crawling("reprocess", "--since", "2026-01-01", "--all", "--dry-run", "--json")
    chosen = json.loads(out)["chosen"]
    assert chosen > 10
    code, out, _ = crawling("reprocess", "--since", "2026-01-01", "--all")
    assert code == 0
    assert f"{chosen} pages read again: {chosen} say the same" in out
    assert "1 batches sealed; now run `ingest load`, `ingest build` and `ingest publish`" in out
    for step in ("load", "build", "publish"):
        assert crawling(step)[0] == 0
    code, out, _ = crawling("query", "SELECT url FROM mart.article LIMIT 1", "--csv")
    code, out, _ = crawling("explain", out.splitlines()[1])
    assert "\nconfirmed" in out


def test_upkeep_says_what_it_removes(prompt: Prompt, settings: Settings) -> None:
    day = settings.raw / "007-days" / "2026-01-01"
    day.mkdir(parents=True)
    (day / "a.warc.gz").write_bytes(bytes(2_000_000))
    for words, verb in ((("upkeep", "--dry-run"), "would be removed"), (("upkeep",), "removed")):
        assert day.exists()
        code, out, _ = prompt(*words)
        assert code == 0
        assert f"007-days/2026-01-01 {verb}\n{verb}: 1 days of archived pages (2.0 MB)" in out
    assert not day.exists()


def test_a_url_that_was_never_listed_is_said_to_be_so(crawling: Prompt) -> None:
    crawling("run", "--source", "harbour-gazette")
    code, _, err = crawling("explain", "https://nowhere.example/x")
    assert (code, err.strip()) == (1, "never listed by any source")


def test_try_url_prints_the_canonical_form_and_the_identity(prompt: Prompt) -> None:
    code, out, _ = prompt(
        "try", "url", "HTTP://www.Daily.example/a?utm_source=x&b=1#top", "https://daily.example/a?b=1", "--json"
    )
    first, second = json.loads(out)
    assert code == 0
    assert first["article_id"] == second["article_id"]
    assert first["canonical_url"] == "https://daily.example/a?b=1"


def test_try_feed_reads_a_file_and_lets_no_headline_steer_the_terminal(prompt: Prompt, tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(FEED.replace("\x1b", "&#27;"))
    code, out, _ = prompt("try", "feed", str(tmp_path / "feed.xml"))
    assert code == 0
    assert "1 entries" in out
    assert "1 without an address" in out
    assert "https://daily.example/rain" in out
    assert "\x1b" not in out


def test_sources_lists_the_catalogue(prompt: Prompt) -> None:
    code, out, _ = prompt("sources", "--json")
    assert code == 0
    assert "tv7-israel-news" in {source["source_id"] for source in json.loads(out)}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["query", "SELECT 1"], 4, "no published warehouse"),
        (["status"], 4, "no published warehouse"),
        (["publish"], 4, "no warehouse at"),
        (["check"], 4, "no warehouse at"),
        (["try", "url", "mailto:a@b"], 3, "is not a web address"),
        (["try", "feed", "no-such-file.xml"], 3, "no-such-file.xml cannot be read"),
        (["crawl", "--source", "nowhere"], 3, "no source nowhere"),
        (["reprocess"], 2, "Missing option '--since'"),
        (["reprocess", "--since", "yesterday"], 2, "does not match the format"),
        (["reprocess", "--since", "2026-01-01"], 4, "no published warehouse"),
        (["cralw"], 2, "No such command 'cralw'"),
        (["query", "--nonsense"], 2, "No such option"),
    ],
)
def test_what_cannot_be_done_is_one_message_and_a_code(prompt: Prompt, words: list[str], code: int, said: str) -> None:
    got, _, err = prompt(*words)
    assert got == code
    assert said in err
    assert "Traceback" not in err


def test_a_broken_catalogue_is_named_with_its_line(
    prompt: Prompt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "sources.toml"
    broken.write_text("[[source]]\nsource_id = \n")
    monkeypatch.setenv("INGEST_CATALOGUE", str(broken))
    code, _, err = prompt("crawl")
    assert code == 3
    assert f"{broken} is not TOML" in err
    assert "line 2" in err


def test_an_unknown_setting_is_refused(prompt: Prompt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INGEST_HOEM", "x")
    code, _, err = prompt("sources")
    assert code == 3
    assert "unknown setting INGEST_HOEM" in err


def test_a_second_writer_is_told_the_pid_of_the_first(prompt: Prompt, settings: Settings) -> None:
    with writer.lock(settings.writer_file):
        code, _, err = prompt("load")
    assert code == 5
    assert "is being written by process" in err


def test_wrong_sql_is_code_2(crawling: Prompt) -> None:
    crawling("run", "--source", "harbour-gazette")
    code, _, err = crawling("query", "SELEC 1")
    assert code == 2
    assert "syntax error" in err


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command.name))
def test_every_command_says_what_it_does(command: click.Command) -> None:
    assert command.help
    assert cli.get_command(click.Context(cli), str(command.name)) is command
