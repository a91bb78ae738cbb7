"""Upkeep: pages go when their time is over, day by day, and nothing else goes."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest import catalogue
from ingest.demo.web import NewsWeb
from ingest.fetch.archive import read_response
from ingest.jobs import crawl, load, publish, reprocess, shelf, upkeep
from ingest.settings import Settings
from looks import ask

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def put(file: Path, *, age: timedelta = timedelta()) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"x" * 1_000)
    os.utime(file, times=2 * ((NOW - age).timestamp(),))
    return file


@pytest.fixture
def stocked(settings: Settings) -> Settings:
    for place in (
        "kept/2020-01-01/a.warc.gz",
        "030-days/2026-10-22/a.warc.gz",
        "030-days/2026-10-22/b.warc.gz",
        "030-days/2026-10-23/a.warc.gz",
        "365-days/2025-11-21/a.warc.gz",
        "365-days/2025-11-22/a.warc.gz",
        "030-days/notes/a.warc.gz",
        "030-days/20200101/a.warc.gz",
        "030-days/9999-12-31/a.warc.gz",
        "what-a-person-put-here/2020-01-01/a.warc.gz",
        "2020-01-01/a.warc.gz",
    ):
        put(settings.raw / place)
    return settings


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_days_go_when_their_last_page_has_been_kept_as_long_as_was_said(stocked: Settings) -> None:
    before = files(stocked.raw)
    summary = upkeep.run(stocked, now=NOW)
    assert summary.days == ("030-days/2026-10-22", "365-days/2025-11-21")
    assert summary.archive_bytes == 3_000
    gone = {"030-days/2026-10-22/a.warc.gz", "030-days/2026-10-22/b.warc.gz", "365-days/2025-11-21/a.warc.gz"}
    assert before - files(stocked.raw) == gone
    assert upkeep.run(stocked, now=NOW).days == ()


def test_what_else_lies_in_a_day_goes_with_it_and_links_are_not_followed(settings: Settings) -> None:
    day = put(settings.raw / "030-days/2026-10-22/more/a.warc.gz").parents[1]
    kept = put(settings.raw / "kept/2020-01-01/a.warc.gz")
    (day / "dead").symlink_to("nowhere")
    (day / "kept").symlink_to(kept.parent)
    assert upkeep.run(settings, now=NOW).days == ("030-days/2026-10-22",)
    assert files(settings.raw) == {"kept/2020-01-01/a.warc.gz"}


def test_a_dry_run_says_the_same_and_removes_nothing(stocked: Settings) -> None:
    put(stocked.home / "hosts" / "old.example", age=timedelta(days=40))
    put(stocked.home / "robots" / "old.robots", age=timedelta(days=40))
    before = files(stocked.home)
    told = upkeep.run(stocked, is_dry_run=True, now=NOW)
    assert files(stocked.home) == before
    assert upkeep.run(stocked, now=NOW) == told
    assert (told.leases, told.robots) == (1, 1)


def test_what_is_known_of_hosts_that_nobody_visits_goes_after_a_month(settings: Settings) -> None:
    for folder in ("hosts", "robots"):
        put(settings.home / folder / "old.example", age=timedelta(days=40))
        put(settings.home / folder / "young.example", age=timedelta(days=20))
    summary = upkeep.run(settings, now=NOW)
    assert (summary.leases, summary.robots) == (1, 1)
    assert files(settings.home) == {"hosts/young.example", "robots/young.example"}


def test_a_home_where_nothing_was_crawled_yet_needs_no_upkeep(settings: Settings) -> None:
    assert upkeep.run(settings, is_dry_run=True, now=NOW).days == ()
    assert upkeep.run(settings, now=NOW).archive_bytes == 0


@pytest.mark.parametrize(
    ("keep_pages_days", "folder"), [(None, "kept"), (1, "001-days"), (30, "030-days"), (36_500, "36500-days")]
)
def test_a_folder_says_how_long_its_pages_are_kept(keep_pages_days: int | None, folder: str) -> None:
    assert shelf.span_of(keep_pages_days) == folder
    assert shelf.is_over(folder, "1900-01-01", now=NOW) is (keep_pages_days is not None)
    assert not shelf.is_over(folder, f"{NOW:%Y-%m-%d}", now=NOW)


def test_a_crawl_shelves_pages_by_their_source_and_outlives_their_end(
    web: NewsWeb, crawls: Callable[[NewsWeb], Settings]
) -> None:
    settings = crawls(web)
    text = settings.catalogue.read_text("utf-8")
    first = '[[source]]\nsource_id = "harbour-gazette"\n'
    assert first in text
    settings.catalogue.write_text(text.replace(first, f"{first}keep_pages_days = 30\n"), "utf-8")
    assert sum(source.keep_pages_days == 30 for source in catalogue.read(settings.catalogue)) == 1
    crawl.run(settings, source_ids=["harbour-gazette", "tidewater-daily"])
    load.run(settings)
    publish.run(settings)
    kept = ask(
        settings,
        "SELECT source_id, archive_path, archive_offset, fetch_id::VARCHAR FROM raw.fetch WHERE outcome = 'ok'",
    )
    spans = {source_id: path.split("/")[0] for source_id, path, _, _ in kept}
    assert spans == {"harbour-gazette": "030-days", "tidewater-daily": "kept"}
    for _, path, offset, fetch_id in kept:
        assert read_response(settings.raw / path, offset).record_id == fetch_id
    upkeep.run(settings, now=datetime.now(UTC) + timedelta(days=40))
    ((lasting,),) = ask(
        settings, "SELECT count(*) FROM raw.fetch WHERE outcome = 'ok' AND source_id = 'tidewater-daily'"
    )
    summary = reprocess.run(settings, everything=True)
    assert (summary.read, summary.confirmed, summary.archive_gone) == (lasting, lasting, len(kept) - lasting)
