"""The page **News sources**: what it says of sick, quiet and healthy sources, and that the world's text stays text."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from ingest.airflow_ui import sources_page

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TABLES = """
CREATE SCHEMA mart;
CREATE TABLE mart.feed_poll (source_id TEXT, feed_id TEXT, polled_at TIMESTAMPTZ, outcome TEXT, detail TEXT,
    http_status INTEGER, entry_count INTEGER, next_poll_at TIMESTAMPTZ);
CREATE TABLE mart.ledger (source_id TEXT, entry_id TEXT, url TEXT, listed_at TIMESTAMPTZ, state TEXT, reason TEXT,
    next_attempt_at TIMESTAMPTZ);
"""


class Warehouse:
    """A published file, filled with polls and ledger rows; hours count back from NOW."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with duckdb.connect(str(file)) as connection:
            connection.execute(TABLES)

    def polled(
        self,
        source_id: str,
        feed_id: str,
        outcomes: dict[float, str],
        detail: str | None = None,
        pause: timedelta = timedelta(minutes=10),
    ) -> None:
        with duckdb.connect(str(self.file)) as connection:
            for hours, outcome in outcomes.items():
                at = NOW - timedelta(hours=hours)
                row = [source_id, feed_id, at, outcome, detail, 500, 1, at + pause]
                connection.execute("INSERT INTO mart.feed_poll VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def listed(self, source_id: str, state: str, hours: float = 1) -> None:
        with duckdb.connect(str(self.file)) as connection:
            row = [source_id, "e", "https://example.org/", NOW - timedelta(hours=hours), state, None, None]
            connection.execute("INSERT INTO mart.ledger VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def line(self, source_id: str) -> sources_page.SourceLine:
        return next(line for line in sources_page.read(self.file) if line.source_id == source_id)

    def page(self) -> str:
        return sources_page.table(sources_page.read(self.file), NOW - timedelta(minutes=5), NOW)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "news.duckdb")


class Cells(HTMLParser):
    """The text of every table row, cell by cell."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, text: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += text


def test_a_source_whose_every_feed_fails_is_failing_since_the_first_bad_poll(warehouse: Warehouse) -> None:
    warehouse.polled("a", "a/feed", {5: "ok", 4: "timeout", 3: "http_error"}, "503 Service Unavailable")
    warehouse.listed("a", "stored")
    line = warehouse.line("a")
    assert sources_page.state(line, NOW) == "failing"
    assert line.failing_since_at == NOW - timedelta(hours=4)
    assert line.cause == "a/feed: http_error (503 Service Unavailable)"


def test_a_feed_that_never_answered_is_failing_since_its_first_poll(warehouse: Warehouse) -> None:
    warehouse.polled("a", "a/feed", {9: "dns_error", 8: "dns_error"})
    assert warehouse.line("a").failing_since_at == NOW - timedelta(hours=9)


def test_one_bad_feed_of_two_is_partly_failing(warehouse: Warehouse) -> None:
    warehouse.polled("a", "a/one", {1: "ok"})
    warehouse.polled("a", "a/two", {1: "timeout"})
    assert sources_page.state(warehouse.line("a"), NOW) == "partly failing"


def test_not_modified_is_an_answer_and_ends_a_failure(warehouse: Warehouse) -> None:
    warehouse.polled("a", "a/feed", {3: "timeout", 1: "not_modified"})
    warehouse.listed("a", "stored")
    line = warehouse.line("a")
    assert (sources_page.state(line, NOW), line.failing_since_at) == ("ok", None)


def test_a_source_with_nothing_new_for_days_is_quiet(warehouse: Warehouse) -> None:
    warehouse.polled("a", "a/feed", {1: "ok"})
    warehouse.listed("a", "stored", hours=24 * 4)
    assert sources_page.state(warehouse.line("a"), NOW) == "quiet"


def test_every_ledger_state_is_counted_in_its_own_column(warehouse: Warehouse) -> None:
    warehouse.polled("a", "a/feed", {1: "ok"})
    for count, state in enumerate(sources_page.LEDGER_STATES, start=1):
        for _ in range(count):
            warehouse.listed("a", state)
    head, row = Cells(warehouse.page()).rows
    assert head == list(sources_page.HEADINGS)
    assert row == ["a", "ok", "60 min ago", "50 min ago", "60 min ago", "1", "2", "3", "4", "5"]


def test_a_feed_that_was_replaced_no_longer_makes_its_source_sick(warehouse: Warehouse) -> None:
    warehouse.polled("a", "a/old", {27: "ok", 26: "http_error"})
    warehouse.polled("a", "a/new", {25: "ok", 1: "ok"})
    warehouse.listed("a", "stored")
    line = warehouse.line("a")
    assert (sources_page.state(line, NOW), line.feed_count, line.cause) == ("ok", 1, None)


def test_a_feed_that_is_put_off_for_days_since_it_fails_is_seen_failing(warehouse: Warehouse) -> None:
    warehouse.polled("a", "a/slow", {100: "http_error"}, pause=timedelta(days=8))
    warehouse.polled("a", "a/good", {1: "ok"})
    line = warehouse.line("a")
    assert (sources_page.state(line, NOW), line.feed_count) == ("partly failing", 2)


def test_a_source_that_nobody_polls_any_more_keeps_its_last_state(warehouse: Warehouse) -> None:
    warehouse.polled("a", "a/feed", {500: "timeout"})
    assert sources_page.state(warehouse.line("a"), NOW) == "failing"


def test_the_next_poll_is_the_earliest_of_its_feeds(warehouse: Warehouse) -> None:
    warehouse.polled("a", "a/one", {2: "ok", 1: "ok"}, pause=timedelta(hours=4))
    warehouse.polled("a", "a/two", {1: "ok"}, pause=timedelta(hours=9))
    assert Cells(warehouse.page()).rows[1][2:4] == ["60 min ago", "in 3 h"]


def test_sick_sources_come_first_and_the_tally_says_how_many(warehouse: Warehouse) -> None:
    for name in ("a", "b", "c"):
        warehouse.polled(name, f"{name}/feed", {1: "timeout" if name == "c" else "ok"})
        warehouse.listed(name, "stored")
    page = warehouse.page()
    assert [row[0] for row in Cells(page).rows[1:]] == ["c", "a", "b"]
    assert "3 sources: 1 failing, 2 ok." in page


def test_a_source_that_is_listed_but_was_never_polled_still_shows(warehouse: Warehouse) -> None:
    warehouse.listed("a", "waiting")
    assert Cells(warehouse.page()).rows[1][2:5] == ["never", "never", "never"]


def test_an_empty_warehouse_is_a_page_too(warehouse: Warehouse) -> None:
    assert "0 sources: none yet." in warehouse.page()


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&lt;b&gt;"])
def test_text_from_the_world_stays_text(warehouse: Warehouse, evil: str) -> None:
    warehouse.polled(evil, evil, {1: "timeout"}, evil)
    cells = Cells(warehouse.page())
    assert cells.tags.isdisjoint({"script", "img"})
    assert cells.rows[1][0] == evil
    assert evil in cells.rows[1][1]
    for page in (sources_page.unreadable(evil), sources_page.nothing_published(Path(evil))):
        assert Cells(page).tags.isdisjoint({"script", "img"})


def test_the_page_asks_for_nothing_from_elsewhere(warehouse: Warehouse) -> None:
    warehouse.polled("a", "a/feed", {1: "ok"})
    page = warehouse.page()
    assert not any(mark in page for mark in ("http://", "https://", "src=", "href=", "url("))
    assert "width=device-width" in page


def test_before_the_first_publish_the_page_says_what_to_switch_on(tmp_path: Path) -> None:
    page = sources_page.nothing_published(tmp_path / "news.duckdb")
    assert "Nothing published yet" in page
    assert "news_crawl" in page
