"""The report: one page that opens offline in a real browser, on a phone and a screen, and lets no headline out."""

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from ingest.errors import InputError
from ingest.jobs import build, load, publish, report
from ingest.settings import Settings
from looks import ask
from newsroom import MORNING, Newsroom

ATTACK = "</title><script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\"> {0} $x^2$"
SEEN = "[document.documentElement.scrollWidth, window.innerWidth, document.title, document.body.innerText]"


@pytest.fixture(scope="module")
def page(demo: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report") / "report.html"
    report.run(demo, out)
    return out


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse whose every text is an attack, with words that no line can hold."""
    settings = Settings(home=tmp_path_factory.mktemp("attacked") / "data", contact="mailto:tests@example.org")
    newsroom = Newsroom(settings)
    for source_id in ("daily", "other"):
        url = f"https://{source_id}.example/a"
        newsroom.lists(url, source_id=source_id)
        newsroom.reads(
            url, "The council met, and the ferry was late. " * 5, source_id=source_id, title=ATTACK + "x" * 400,
            tags=(ATTACK,), authors=(ATTACK,), published_at=MORNING,
        )  # fmt: skip
    newsroom.lists("https://daily.example/b")
    newsroom.rejects("https://daily.example/b", "soft_404", title=ATTACK)
    newsroom.seals()
    load.run(settings)
    build.run(settings)
    publish.run(settings)
    out = settings.home / "report.html"
    report.run(settings, out)
    return out


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
@pytest.mark.parametrize("which", ["page", "attacked"])
def test_it_opens_offline_without_a_request_an_error_or_a_line_too_wide(
    browser: Browser, request: pytest.FixtureRequest, which: str, width: int, scheme: str
) -> None:
    path: Path = request.getfixturevalue(which)
    requested: list[str] = []
    said: list[str] = []
    with browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True) as context:
        opened = context.new_page()
        opened.on("request", lambda one: requested.append(one.url))
        opened.on("console", lambda one: said.append(one.text))
        opened.on("pageerror", lambda one: said.append(str(one)))
        opened.goto(path.as_uri())
        scroll_width, inner_width, title, text = opened.evaluate(SEEN)
        charts = opened.locator("svg[role=img]").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().width)"
        )
    assert requested == [path.as_uri()]
    assert said == []
    assert scroll_width <= inner_width
    assert title.startswith("News from ")
    assert len(charts) == 4
    assert min(charts) > 250
    assert "every item is accounted for" in text
    if which == "attacked":
        assert "</title><script>" in text


def test_its_first_lines_are_the_warehouses_own_numbers(page: Path, demo: Settings) -> None:
    text = page.read_text("utf-8")
    ((listed,),) = ask(demo, "SELECT count(*) FROM mart.ledger")
    ((snapshot_id,),) = ask(demo, "SELECT snapshot_id FROM mart.snapshot WHERE is_this_file")
    assert f"{listed} listed = " in text
    assert f"Snapshot {snapshot_id}" in text
    for (reason,) in ask(demo, "SELECT DISTINCT reason FROM mart.ledger WHERE state IN ('rejected', 'failed')"):
        assert reason in text
    assert "tidewater-daily" in text.partition("<h2>Gaps")[2]


def test_it_brings_all_it_needs(page: Path) -> None:
    text = page.read_text("utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(http|@font-face", text)
    assert set(re.findall(r'https?://[^"<\s]+', text)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert page.stat().st_size < 2_000_000
    assert all(len(alt) > 30 for alt in re.findall(r'role="img" aria-label="([^"]*)"', text))


def test_the_days_may_be_chosen(demo: Settings, tmp_path: Path) -> None:
    summary = report.run(demo, tmp_path / "old.html", since=date(2020, 1, 1), until=date(2020, 1, 8))
    assert (summary.article_count, summary.listed_count) == (0, 0)
    assert "News from 1 January 2020 to 7 January 2020" in (tmp_path / "old.html").read_text("utf-8")
    with pytest.raises(InputError, match="no day lies from 2020-01-08 to before 2020-01-08"):
        report.run(demo, tmp_path / "none.html", since=date(2020, 1, 8), until=date(2020, 1, 8))
    assert not (tmp_path / "none.html").exists()
