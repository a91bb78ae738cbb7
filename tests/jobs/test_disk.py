"""Disk watermarks: backfill pauses first, then crawling, with an alert; what is staged is loaded and published all the same."""

import logging
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.jobs import crawl, disk, status
from ingest.settings import Settings
from prompt import Prompt
from ready_home import move_in

PLENTY = 10**15  # more than any disk here has


@pytest.mark.parametrize(("backfill", "crawl", "pressure"), [
    (0, 0, "none"),
    (PLENTY, 0, "pause_backfill"),
    (PLENTY, PLENTY, "pause_crawl"),
    (0, PLENTY, "pause_crawl"),  # crawling is never paused before backfill
])  # fmt: skip
def test_backfill_pauses_first_and_then_crawling(
    settings: Settings, caplog: pytest.LogCaptureFixture, backfill: int, crawl: int, pressure: str
) -> None:
    asked = replace(settings, disk_pause_backfill_bytes=backfill, disk_pause_crawl_bytes=crawl)
    with caplog.at_level(logging.ERROR, "ingest"):
        assert disk.pressure(asked) == pressure
    assert ("disk_low" in caplog.text) is (pressure != "none")
    if pressure != "none":
        assert "free_bytes=" in caplog.text and "needs_bytes=" in caplog.text and "paused=" in caplog.text


def test_a_crawl_on_a_full_disk_says_that_it_is_paused_and_touches_nothing(settings: Settings) -> None:
    full = replace(settings, disk_pause_crawl_bytes=PLENTY)
    assert crawl.run(full).is_paused
    assert crawl.plan(full, source_ids=None) == []
    assert not settings.stage.exists()


def test_what_the_next_publish_needs_is_kept_free(settings: Settings) -> None:
    free_bytes = shutil.disk_usage(settings.home.parent).free
    asked = replace(settings, disk_pause_backfill_bytes=0, disk_pause_crawl_bytes=0)
    asked.writer_file.parent.mkdir(parents=True)
    with asked.writer_file.open("wb") as sparse:
        sparse.truncate(2 * free_bytes)
    told = disk.measure(asked)
    assert (told.pressure, told.publish_bytes) == ("pause_crawl", 2 * free_bytes)


def test_a_person_sees_it_in_the_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, _ = move_in(tmp_path / "data")
    monkeypatch.setenv("INGEST_HOME", str(settings.home))
    monkeypatch.setenv("INGEST_DISK_PAUSE_BACKFILL_BYTES", "0")
    monkeypatch.setenv("INGEST_DISK_PAUSE_CRAWL_BYTES", "0")
    ingest = Prompt(monkeypatch, capsys)
    assert ingest("status")[0] == 0
    monkeypatch.setenv("INGEST_DISK_PAUSE_BACKFILL_BYTES", str(PLENTY))
    code, _, said = ingest("status")
    assert (code, "backfill paused: " in said, "needed" in said) == (7, True, True)
    assert ingest("status", "--json")[0] == 7
    assert status.run(settings).snapshot_id in ingest("snapshots")[1]
