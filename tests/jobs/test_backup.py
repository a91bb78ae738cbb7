"""A backup of a home at work is whole at any moment, costs what is new, and comes back as the same warehouse."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from ingest.demo.web import NewsWeb
from ingest.errors import InputError, WriterBusy
from ingest.fetch.archive import read_response
from ingest.jobs import backup, crawl, erase, load, publish
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.warehouse import writer
from looks import ask, tables
from ready_home import goes_out, move_in, prints

PAGES = "SELECT fetch_id::VARCHAR, archive_path, archive_offset FROM raw.fetch WHERE archive_path IS NOT NULL"
LEDGER = "SELECT source_id, state, reason, count(*) FROM mart.ledger GROUP BY ALL ORDER BY ALL"


def restored(settings: Settings, folder: Path, home: Path, *, is_replayed: bool = False) -> Settings:
    there = replace(settings, home=home)
    account = backup.restore(there, folder, is_replayed=is_replayed)
    assert account["load"]["quarantined"] == account["publish"]["quarantined"] == []
    return there


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_backup_of_a_home_at_work_is_whole(
    web: NewsWeb, crawls: Callable[[NewsWeb], Settings], tmp_path: Path
) -> None:
    """A crawl stages and archives, loads and publishes follow it, and backups are made one after the other meanwhile."""
    settings, folder, has_ended = crawls(web), tmp_path / "kept", Event()
    settings = replace(settings, batch_pages=10)
    first, *others = [paper.source_id for paper in web.papers[:4]]
    crawl.run(settings, source_ids=[first])
    load.run(settings)
    publish.run(settings)

    def goes_on() -> None:
        try:
            crawl.run(settings, source_ids=others)
        finally:
            has_ended.set()

    def loads() -> None:
        for _ in range(3):
            with suppress(WriterBusy):  # a backup's second pass; Airflow tries again
                load.run(settings)
                publish.run(settings)

    def through_seq(home: Settings) -> int:
        return int(ask(home, "SELECT max(load_seq) FROM raw.batch")[0][0])

    workers = [Thread(target=goes_on), Thread(target=loads)]
    for worker in workers:
        worker.start()
    made = 0
    while not has_ended.is_set():
        backup.run(settings, folder)
        made += 1
    for worker in workers:
        worker.join()
    assert made

    mid = restored(settings, folder, tmp_path / "mid")
    anew = restored(settings, folder, tmp_path / "anew", is_replayed=True)
    assert tables(mid.published_file) == tables(anew.published_file)
    assert set(stage.sealed(mid.stage)) <= set(stage.sealed(settings.stage))
    for fetch_id, path, offset in ask(mid, PAGES):
        assert read_response(mid.raw / path, offset).record_id == fetch_id

    load.run(settings)
    publish.run(settings)
    last = backup.run(settings, folder)
    assert last.removed_files == 0
    end = restored(settings, folder, tmp_path / "end")
    assert tables(end.published_file) == tables(settings.published_file)
    assert ask(end, LEDGER) == ask(settings, LEDGER) != []
    assert through_seq(end) == through_seq(settings)
    assert through_seq(mid) <= through_seq(end)


def test_a_restored_home_goes_on_where_the_lost_one_was(tmp_path: Path) -> None:
    """Batches that were sealed after the last publish come with it, and later ones take later places."""
    settings, newsroom = move_in(tmp_path / "data")
    prints(newsroom, 1)
    load.run(settings)
    prints(newsroom, 2)
    backup.run(settings, tmp_path / "kept")
    there = restored(settings, tmp_path / "kept", tmp_path / "there")
    newsroom.settings = there
    prints(newsroom, 3)
    goes_out(there)
    assert ask(there, "SELECT DISTINCT split_part(url, '/', 4) FROM mart.article ORDER BY ALL") == [
        (f"{n}",) for n in range(4)
    ]
    assert ask(there, "SELECT count(*), count(DISTINCT load_seq), max(load_seq) FROM raw.batch") == [(4, 4, 4)]


def test_a_second_backup_copies_only_what_is_new(tmp_path: Path) -> None:
    settings, newsroom = move_in(tmp_path / "data")
    first = backup.run(settings, tmp_path / "kept")
    assert first.copied_bytes > 0
    again = backup.run(settings, tmp_path / "kept")
    assert (again.copied_files, again.copied_bytes, again.removed_files) == (0, 0, 0)
    assert (again.file_count, again.file_bytes) == (first.file_count, first.file_bytes)
    before = set(stage.sealed(settings.stage))
    prints(newsroom, 1)
    third = backup.run(settings, tmp_path / "kept")
    (batch,) = set(stage.sealed(settings.stage)) - before
    assert third.copied_files == len(list(stage.folder_of(settings.stage, batch).iterdir()))
    assert third.copied_bytes < first.copied_bytes


def test_what_is_erased_leaves_the_backup_with_the_next_one(tmp_path: Path) -> None:
    settings, newsroom = move_in(tmp_path / "data")
    prints(newsroom, 1, "An unmistakable sentence about marzipan. " * 8)
    goes_out(settings)
    backup.run(settings, tmp_path / "kept")
    erase.run(settings, erase.order(url="https://daily.example/1"))
    backup.run(settings, tmp_path / "kept")
    there = restored(settings, tmp_path / "kept", tmp_path / "there")
    assert ask(there, "SELECT count(*) FROM mart.article") == [(1,)]
    assert list(stage.sealed(there.stage)) == list(stage.sealed(settings.stage))


DIES = """
import os, pathlib, signal, sys
from ingest import settings
from ingest.jobs import backup
number, replace = [int(sys.argv[1])], pathlib.Path.replace
def dying(path, target):
    number[0] -= 1
    if not number[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(path, target)
pathlib.Path.replace = dying
backup.run(settings.load(), pathlib.Path(sys.argv[2]))
"""


@pytest.mark.parametrize("number", [2, 5], ids=["published", "manifest"])
def test_a_backup_that_was_killed_can_be_restored_and_gone_on_with(tmp_path: Path, number: int) -> None:
    settings, newsroom = move_in(tmp_path / "data")
    kept = tmp_path / "kept"
    backup.run(settings, kept)
    prints(newsroom, 1)
    goes_out(settings)
    environ = {**os.environ, "INGEST_HOME": str(settings.home), "INGEST_CONTACT": settings.contact}
    ended = subprocess.run([sys.executable, "-c", DIES, str(number), kept], env=environ, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert json.loads((kept / backup.MARKER).read_text())["finished_at"] is None
    half = restored(settings, kept, tmp_path / "half")
    assert ask(half, "SELECT count(*) FROM mart.article")[0][0] in (1, 2)
    backup.run(settings, kept)
    assert not list(kept.rglob("*.part"))
    assert files(kept / "stage") == files(settings.stage)
    assert files(kept / "warehouse") == {"news.duckdb": settings.published_file.read_bytes()}


def test_while_a_load_goes_on_a_backup_waits_for_it(tmp_path: Path) -> None:
    """In the end it gives up, and what it copied beside the load need not be copied again."""
    settings, _ = move_in(tmp_path / "data")
    with writer.lock(settings.writer_file), pytest.raises(WriterBusy):
        backup.run(settings, tmp_path / "kept", wait_s=0)
    assert backup.run(settings, tmp_path / "kept").copied_files == 0


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    settings, _ = move_in(tmp_path / "data")
    backup.run(settings, tmp_path / "kept")
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    for refused, words in (
        (lambda: backup.run(settings, other), "something else than a backup"),
        (lambda: backup.run(settings, settings.home / "kept"), "would be lost with it"),
        (lambda: backup.run(replace(settings, home=tmp_path / "none"), tmp_path / "kept"), "nothing to back up"),
        (lambda: backup.restore(settings, tmp_path / "kept"), "is not empty"),
        (lambda: backup.restore(replace(settings, home=tmp_path / "new"), other), "holds no backup"),
    ):
        with pytest.raises(InputError, match=words):
            refused()
    assert (other / "thesis.txt").read_text() == "years of work"
