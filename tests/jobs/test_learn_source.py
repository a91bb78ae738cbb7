"""Learning a source's habits from its archive: what is proposed, when nothing is, and that nothing is written."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest import catalogue
from ingest.fetch.archive import ArchiveWriter
from ingest.fetch.response import Response
from ingest.jobs import build, learn_source, load, publish
from ingest.jobs.learn_source import Learnt
from ingest.log import unwatched
from ingest.rules.page_rule import rule_at
from ingest.settings import Settings
from looks import ask
from newsroom import MORNING, Newsroom
from prompt import Prompt

SOURCE = """
[[source]]
source_id = "daily"
name = "Daily"
home_url = "https://daily.example/"
country = "IE"
language = "en"
feeds = ["https://daily.example/feed"]
"""
PLACES = ("Dunmore", "Kilrush", "Ballina", "Wexford", "Tralee", "Sligo", "Ennis", "Navan", "Athlone", "Clonmel", "Youghal",
          "Bantry", "Kinsale", "Cobh", "Tuam", "Birr")  # fmt: skip
SUBJECTS = ("harbour", "school", "bridge", "library", "market", "theatre", "hospital", "railway")
BACKGROUND = (
    "The county council has been at odds with the ministry over money for coastal towns since the floods of last year."
)
BOX = (
    "Our editors choose the stories of the day for you every morning, and send them before you have had your breakfast."
)
LATER = datetime(2026, 11, 30, 9, tzinfo=UTC)


def told(number: int) -> str:
    return f"{PLACES[number]} opens its {SUBJECTS[number % 8]} again"


def made(number: int, *, heading: str, box: str) -> str:
    """A page whose og:title is written for search engines."""
    place, subject = PLACES[number], SUBJECTS[number % 8]
    sold = f"Five things you must know about {place} {subject} number {number}"
    lines = (
        f"The {subject} of {place} opened its doors again on Monday, {number + 3} months after the storm that had closed it.",
        f"Some {number * 7 + 40} people stood in the rain of {place} to see the mayor cut the ribbon and to hear the band play.",
        BACKGROUND,
        f"Work on the roof took {number + 2} crews all of the summer, said the head of the {subject}, who thanked them all.",
        f"Visitors to {place} may come at any hour until Sunday; after that the {subject} closes at six, as it did before.",
    )
    text = "".join(f"<p>{line}</p>" for line in lines[:3]) + box + "".join(f"<p>{line}</p>" for line in lines[3:])
    return (
        f'<html lang="en"><head><title>{sold}</title><meta property="og:title" content="{sold}">'
        f'<meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="2026-11-{number + 1:02}T08:00:00Z">'
        f"</head><body><nav><a href=/>Home</a></nav><article><h1>{heading}</h1>"
        f'<div class="text md:w-1/2">{text}</div></article></body></html>'
    )


class Archive:
    """A newsroom whose pages are in the raw archive; `.publishes()` makes the warehouse of them."""

    def __init__(self, newsroom: Newsroom, settings: Settings) -> None:
        self.newsroom = newsroom
        self.settings = settings
        self._file = ArchiveWriter(settings.raw / "2026" / "a.warc.gz")

    def keeps(self, url: str, title: str | None, html: str) -> None:
        self.newsroom.lists(url, title=title)
        fetch = self.newsroom.reads(url, f"A text at {url}.")
        response = Response(
            url=url, final_url=url, hops=(), moved_to=None, outcome="ok", detail=None, http_status=200, is_tls_verified=None,
            headers=(("Content-Type", "text/html; charset=utf-8"),), body=html.encode(), wire_bytes=1, elapsed_ms=1,
            fetched_at=fetch.fetched_at,
        )  # fmt: skip
        offset = self._file.add(response, record_id=fetch.fetch_id)
        self.newsroom._rows["fetch"][-1] = replace(fetch, archive_path="2026/a.warc.gz", archive_offset=offset)

    def publishes(self) -> None:
        self._file.close()
        self.newsroom.seals()
        load.run(self.settings)
        build.run(self.settings)
        publish.run(self.settings)

    def close(self) -> None:
        self._file.close()


@pytest.fixture
def archive(settings: Settings, tmp_path: Path, newsroom: Newsroom) -> Iterator[Archive]:
    settings = replace(settings, catalogue=tmp_path / "sources.toml")
    settings.catalogue.write_text(SOURCE, "utf-8")
    kept = Archive(newsroom, settings)
    yield kept
    kept.close()


def learnt(archive: Archive, pages_limit: int = 60) -> Learnt:
    return learn_source.run(archive.settings, "daily", pages_limit=pages_limit, now=LATER, progress=unwatched)


def fill(archive: Archive, count: int, *, box: str = "", heading: Callable[[int], str] = told, **changes: Any) -> None:
    for number in range(count):
        title = changes["title"](number) if "title" in changes else told(number)
        archive.keeps(f"https://daily.example/{number}", title, made(number, heading=heading(number), box=box))
    archive.publishes()


def test_a_rule_is_proposed_for_titles_and_for_what_stands_on_every_page(archive: Archive) -> None:
    fill(archive, 16, box=f'<div class="zone x2"><p class="line">{BOX}</p></div>')
    before = archive.settings.catalogue.read_bytes()
    found = learnt(archive)
    assert (found.page_count, found.lost_count) == (16, 0)
    assert (found.title.title_from, found.title.judged_count, found.title.right_count) == ("h1", 16, 0)
    scores = {score.claim: (score.page_count, score.equal_count, score.right_count) for score in found.title.scores}
    assert scores["h1"] == (16, 16, 16)
    assert scores["og"] == (16, 0, 0)
    assert scores["json-ld"] == (0, 0, 0)
    assert {(one.line, one.page_count) for one in found.repeated} == {(BOX, 16), (BACKGROUND, 16)}
    assert found.remove == ("div.zone",)
    assert found.rule is not None
    assert found.rule.splitlines() == [
        "[[source.rules]]", f"valid_from = {MORNING:%Y-%m-%d}", 'title_from = "h1"', 'remove = ["div.zone"]',
    ]  # fmt: skip
    assert archive.settings.catalogue.read_bytes() == before
    archive.settings.catalogue.write_text(SOURCE + found.rule, "utf-8")
    again = learnt(archive)
    assert (again.title.right_count, again.rule) == (16, None)
    assert [one.line for one in again.repeated] == [BACKGROUND]


def test_one_selector_takes_all_the_lines_of_a_box(archive: Archive) -> None:
    second = "Listen to the evening programme of our newsroom on all the usual channels, or read it here a day later."
    fill(archive, 6, box=f'<div id="zone7"><p class="a">{BOX}</p><p class="b">{second}</p></div>')
    found = learnt(archive)
    assert {one.line for one in found.repeated} == {BOX, second, BACKGROUND}
    assert found.remove == ("div#zone7",)
    assert found.title.title_from is None
    assert "too few pages: the feed gave a title for 6, at least 12" in found.title.reason
    assert found.rule is not None
    assert "title_from" not in found.rule


def test_a_class_that_holds_the_text_of_one_page_is_refused(archive: Archive) -> None:
    for number in range(8):
        own = f'<p class="x">Only {PLACES[number]} has this paragraph, and it belongs to the story that is told there.</p>'
        box = f'<p class="x">{BOX}</p>' + (own if number == 3 else "")
        archive.keeps(f"https://daily.example/{number}", told(number), made(number, heading=told(number), box=box))
    archive.publishes()
    found = learnt(archive)
    assert {one.line for one in found.repeated} == {BOX, BACKGROUND}
    assert (found.remove, found.rule, found.note) == ((), None, "")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": lambda _: None}, "its feeds gave no titles"),
        ({"title": lambda _: "Another title altogether"}, "nothing is clearly better"),
        ({"heading": lambda number: told(number) if number % 16 == 0 else "Opinion"}, "nothing is clearly better"),
        (
            {"heading": lambda number: told(number) if number < 7 else "Opinion of the day"},
            "one half of the time alone",
        ),
    ],
)
def test_no_title_is_proposed_without_a_witness_a_gain_and_both_halves(
    archive: Archive, changes: dict[str, Any], reason: str
) -> None:
    fill(archive, 14, **changes)
    found = learnt(archive)
    assert (found.title.title_from, found.rule) == (None, None)
    assert reason in found.title.reason


def test_few_pages_and_none_are_said_to_be_too_few(archive: Archive) -> None:
    fill(archive, 11)
    assert "too few pages" in learnt(archive).title.reason
    few = learnt(archive, pages_limit=2)
    assert (few.page_count, few.first_on, few.repeated) == (2, MORNING.date(), ())


def test_pages_that_are_gone_from_the_archive_are_counted(archive: Archive) -> None:
    fill(archive, 3)
    (archive.settings.raw / "2026" / "a.warc.gz").unlink()
    found = learnt(archive)
    assert (found.page_count, found.lost_count, found.first_on, found.rule) == (0, 3, None, None)


def test_the_handbooks_query_finds_the_pages_that_a_rule_no_longer_fits(archive: Archive) -> None:
    archive.newsroom.reads("https://daily.example/a", "A text.", evidence={"title": "og", "rule.body": "div.story"})
    archive.newsroom.rejects("https://daily.example/b", "too_short", evidence={"rule.body": "div.story"})
    archive.newsroom.reads("https://daily.example/c", "Another text.", evidence={"title": "rule"})
    archive.publishes()
    handbook = (Path(__file__).parents[2] / "dags" / "README.md").read_text("utf-8")
    (sql,) = re.findall(r"```sql\n(.*?)```", handbook.partition("## When a source is read badly")[2], re.DOTALL)
    assert [row[:4] for row in ask(archive.settings, sql)] == [("daily", "rule.body", "div.story", 2)]


RULE = '[[source.rules]]\nvalid_from = {}\nauthor = "b"\nremove = ["nav"]\n'


@pytest.mark.parametrize(
    ("rules", "span", "note"),
    [
        (RULE.format("2026-01-01"), {"valid_from": LATER.date()}, "end that one with valid_to = 2026-11-30"),
        (
            RULE.format("2026-01-01") + "valid_to = 2026-12-31\n",
            {"valid_from": LATER.date(), "valid_to": date(2026, 12, 31)},
            "end that one with valid_to = 2026-11-30",
        ),
        (RULE.format("2026-11-30"), {"valid_from": LATER.date()}, "in the place of the rule that holds from today"),
        (
            RULE.format("2026-01-01") + "valid_to = 2026-11-25\n" + RULE.format("2027-01-01"),
            {"valid_from": date(2026, 11, 25), "valid_to": date(2027, 1, 1)},
            "paste it below source 'daily'",
        ),
    ],
)
def test_a_proposal_fits_between_the_rules_that_are_there(
    archive: Archive, rules: str, span: dict[str, date], note: str
) -> None:
    archive.settings.catalogue.write_text(SOURCE + rules, "utf-8")
    fill(archive, 12)
    found = learnt(archive)
    assert found.rule is not None
    assert note in found.note
    (source,) = catalogue.read(archive.settings.catalogue)
    (proposed,) = catalogue.parse(tomllib.loads(SOURCE + found.rule), "the proposal")[0].rules
    assert {key: getattr(proposed, key) for key in span} == span
    holds = rule_at(source.rules, LATER)
    assert (proposed.author, proposed.remove) == ((holds.author, holds.remove) if holds else (None, ()))


def test_a_person_sees_figures_reasons_and_a_rule_to_paste(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("home", "catalogue"):
        monkeypatch.setenv(f"INGEST_{name.upper()}", str(getattr(archive.settings, name)))
    prompt = Prompt(monkeypatch, capsys, "sources", "learn")
    code, _, err = prompt("daily")
    assert (code, "no published warehouse" in err) == (4, True)
    fill(archive, 12, box=f"<div class=zone>{BOX}\x1b[31m</div>")
    code, out, err = prompt("daily")
    assert code == 0, err
    lines = [" ".join(line.split()) for line in out.splitlines()]
    for line in (
        "12 pages of 'daily', captured from 2026-11-22 to 2026-11-22",
        "h1 12 12 12",
        "chosen now 12 0 0",
        "title: 'h1' would be right on 12 of 12 pages, what is chosen now is on 0",
        f"12 {BACKGROUND}",
        "div.zone: nothing but such lines is lost where it is removed",
        'title_from = "h1"',
        "paste it below source 'daily' in the catalogue",
    ):
        assert line in lines
    assert "\x1b" not in out
    assert prompt("nobody")[0] == 3
    told_to_programs = json.loads(prompt("daily", "--pages", "3", "--json")[1])
    assert (told_to_programs["page_count"], told_to_programs["title"]["title_from"]) == (3, None)
    assert "no rule to propose" in prompt("daily", "--pages", "2")[1]
