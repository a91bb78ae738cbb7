"""`ingest backfill` at a prompt: what it costs, what it brings, what is proven of it, and what holes it leaves."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.settings import Settings
from made_warc import Captured, page, write_warc
from prompt import Prompt

SOURCES = """
[[source]]
source_id = "daily"
name = "The Daily"
home_url = "https://daily.example/"
country = "IE"
language = "en"
feeds = ["https://daily.example/feed"]
"""
MORNING = datetime(2019, 3, 5, 8, tzinfo=UTC)
TEXT = (
    "A storm passed over the bay on Tuesday and left the lower streets of the old town under water for most of the day. "
    * 3
)
RANGE = ("--from", "2019-03-01", "--to", "2019-03-31")


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings) -> Prompt:
    settings.home.mkdir(parents=True)
    (settings.home / "sources.toml").write_text(SOURCES, "utf-8")
    monkeypatch.setenv("INGEST_HOME", str(settings.home))
    monkeypatch.setenv("INGEST_CONTACT", settings.contact)
    monkeypatch.setenv("INGEST_CATALOGUE", str(settings.home / "sources.toml"))
    monkeypatch.setenv("INGEST_DISK_PAUSE_BACKFILL_BYTES", "0")
    monkeypatch.setenv("INGEST_DISK_PAUSE_CRAWL_BYTES", "0")
    return Prompt(monkeypatch, capsys)


def test_a_file_of_the_past_is_estimated_brought_in_certified_and_its_holes_are_named(
    prompt: Prompt, tmp_path: Path
) -> None:
    stored = Captured("https://daily.example/storm", MORNING, page("Storm over the bay", TEXT, published_at=MORNING))
    missing = Captured("https://daily.example/gone", MORNING, page("Not found", "404: this page is not here any more."))
    file = write_warc(tmp_path / "of-2019.warc.gz", [stored, missing])
    given = ("backfill", *RANGE, "--input", f"warc:{file}")

    code, out, _ = prompt(*given, "--estimate")
    assert code == 0
    assert "2 brought in, and let go: 1 articles" in out
    assert prompt("backfill", "--list")[0] == 4  # nothing is published, and an estimate is no request
    code, out, _ = prompt(*given)
    assert (code, "2 items listed" in out, "1 articles, 1 rejected" in out) == (0, True, True)
    assert "nothing new was there to bring in" in prompt(*given)[1]
    for step in ("load", "build", "publish"):
        assert prompt(step)[0] == 0

    _, out, _ = prompt("backfill", "--certificate", "--json")
    proven = json.loads(out)
    assert (proven["is_signed"], proven["hole_count"], len(proven["days"])) == (True, 1, 31)
    (request,) = proven["requests"]
    _, out, _ = prompt("backfill", "--certificate")
    assert "https://daily.example/gone" in out
    assert f"ingest backfill --holes {request['request_id']}" in out

    better = missing._replace(body=page("Found again", TEXT.replace("bay", "lake"), published_at=MORNING))
    other = write_warc(tmp_path / "better.warc.gz", [stored, better._replace(at=MORNING.replace(hour=9))])
    code, out, _ = prompt("backfill", "--holes", request["request_id"], "--input", f"warc:{other}")
    assert (code, "1 items listed" in out, "1 articles" in out) == (0, True, True)


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        (["--estimate"], 2, "--from and --to"),
        (["--source", "daily"], 2, "--from and --to"),
        ([*RANGE, "--source", "nobody"], 3, "no source nobody"),
        ([*RANGE], 3, "needs a source"),
        ([*RANGE, "--input", "warc"], 3, "needs an address"),
        ([*RANGE, "--input", "tape:/dev/st0"], 3, "inputs are sitemap"),
        ([*RANGE, "-s", "daily", "--match", "("], 3, "no regular expression"),
        (["--from", "2019-03-02", "--to", "2019-03-01", "-s", "daily"], 3, "no range of days"),
        (["--certificate", "--request", "x"], 4, "no published"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_what_to_do(
    prompt: Prompt, given: list[str], code: int, said: str
) -> None:
    found, _, err = prompt("backfill", *given)
    assert (found, said in err) == (code, True), err
