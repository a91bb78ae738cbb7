"""A disk that runs full or may not be written to: one clear error, the published file stays, and with room all goes on."""

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.errors import DiskFull, NotWritable, WarehouseBroken
from ingest.jobs import build, load, publish, upkeep
from ingest.settings import Settings
from ingest.warehouse import snapshot
from looks import ask
from newsroom import Newsroom
from prompt import Prompt
from ready_home import goes_out, move_in, prints
from small_disk import SmallDisk, files_up_to, small_disk

DISK_MB = 80
LITTLE = 100_000  # less than the text below takes
# long words that nothing compresses, so that a batch with them needs room
LONG_TEXT = " ".join(random.Random(5).randbytes(60).hex() for _ in range(2_500))  # noqa: S311
JOBS: dict[str, Callable[[Settings], object]] = {"load": load.run, "build": build.run, "publish": publish.run}


@dataclass(frozen=True, slots=True)
class Trouble:
    """A home with one published article and a long one staged, and a way to run its disk full."""

    settings: Settings
    newsroom: Newsroom
    little_room: Callable[[], AbstractContextManager[None]]
    tears_blocks: bool  # a limit cuts writes short within a file, which no full disk does


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", size_mb=DISK_MB) as mounted:
        yield mounted


@pytest.fixture
def trouble(request: pytest.FixtureRequest, tmp_path: Path) -> Trouble:
    if request.param == "a limit on files":
        settings, newsroom = move_in(tmp_path / "data")
        return Trouble(settings, newsroom, lambda: files_up_to(LITTLE), tears_blocks=True)
    small: SmallDisk = request.getfixturevalue("disk")
    settings, newsroom = move_in(small.folder / "data")

    @contextmanager
    def full() -> Iterator[None]:
        small.leaves(LITTLE)
        yield
        small.has_room()

    return Trouble(settings, newsroom, full, tears_blocks=False)


@pytest.mark.parametrize(
    ("trouble", "step"),
    [
        ("a small disk", "load"),
        ("a small disk", "build"),
        ("a small disk", "publish"),
        ("a limit on files", "load"),
        ("a limit on files", "publish"),
    ],
    indirect=["trouble"],
)
def test_a_disk_that_runs_full_ends_in_one_clear_error_and_loses_nothing(trouble: Trouble, step: str) -> None:
    settings = trouble.settings
    prints(trouble.newsroom, 1, LONG_TEXT)
    for done in list(JOBS)[: list(JOBS).index(step)]:
        JOBS[done](settings)
    name = snapshot.name_of(settings.published_file)
    with trouble.little_room():
        with pytest.raises(DiskFull, match=r"\d bytes (are )?free(.|\n)*make room and call again"):
            JOBS[step](settings)
        assert ask(settings, "SELECT count(*) FROM mart.article") == [(1,)]
    assert snapshot.name_of(settings.published_file) == name
    assert list(settings.writer_file.parent.glob("*.part*")) == []
    if trouble.tears_blocks:  # the writer's file may be damaged then, and is made anew from the batches
        settings.writer_file.unlink()
        settings.writer_file.with_name("writer.duckdb.wal").unlink(missing_ok=True)
    load.run(settings)
    publish.run(settings)
    assert ask(settings, "SELECT count(*), max(word_count) > 2000 FROM mart.article") == [(2, True)]


def test_a_disk_that_runs_full_while_the_crawl_state_is_written_keeps_the_state_before(disk: SmallDisk) -> None:
    settings, newsroom = move_in(disk.folder / "data")
    prints(newsroom, 1)
    load.run(settings)
    build.run(settings)  # so that the file grows no more
    before = settings.state_file.read_bytes()
    disk.leaves(settings.writer_file.stat().st_size + settings.state_file.stat().st_size // 2)
    with pytest.raises(DiskFull, match=r"crawl_state|ran full"):
        publish.run(settings)
    assert settings.state_file.read_bytes() == before  # what it lacks, a crawl reads from the batches
    assert ask(settings, "SELECT count(*) FROM mart.article") == [(2,)]  # the copy was out by then
    disk.has_room()
    publish.run(settings)
    assert settings.state_file.read_bytes() != before


def test_a_disk_that_runs_full_while_the_warehouse_is_rewritten_keeps_it(
    disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, _ = move_in(disk.folder / "data")
    monkeypatch.setattr(upkeep, "HOLES", -1.0)  # due at once
    before = settings.writer_file.stat().st_ino
    disk.leaves(LITTLE)
    with pytest.raises(DiskFull):
        upkeep.run(settings)
    assert settings.writer_file.stat().st_ino == before
    disk.has_room()
    assert upkeep.run(settings).after_bytes is not None


def test_a_person_sees_what_is_needed_and_what_is_free(
    disk: SmallDisk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, _ = move_in(disk.folder / "data")
    monkeypatch.setenv("INGEST_HOME", str(settings.home))
    disk.leaves(5_000_000)
    code, _, said = Prompt(monkeypatch, capsys)("publish")
    assert code == 7
    assert f"needs {settings.writer_file.stat().st_size:,} bytes" in said
    assert "what was published stays as it is" in said
    assert Prompt(monkeypatch, capsys)("query", "SELECT 1")[0] == 0


@pytest.mark.parametrize("step", ["load", "publish"])
def test_a_folder_that_may_not_be_written_to_is_named(disk: SmallDisk, step: str) -> None:
    settings, newsroom = move_in(disk.folder / "data")
    prints(newsroom, 1)
    disk.closes()
    with pytest.raises(NotWritable, match=rf"{disk.folder}.* may not be written to: .*Read-only(.|\n)*INGEST_HOME"):
        JOBS[step](settings)
    assert ask(settings, "SELECT count(*) FROM mart.article") == [(1,)]
    disk.opens()
    goes_out(settings)
    assert ask(settings, "SELECT count(*) FROM mart.article") == [(2,)]


def test_a_damaged_file_of_the_writer_says_how_to_make_it_anew(tmp_path: Path) -> None:
    settings, _ = move_in(tmp_path / "data")
    with settings.writer_file.open("r+b") as stream:
        stream.seek(12_288 + 1_000)
        stream.write(b"\0" * 100_000)
    with pytest.raises(WarehouseBroken, match=r"writer\.duckdb is damaged(.|\n)*delete it and run `ingest load`"):
        publish.run(settings)
    assert ask(settings, "SELECT count(*) FROM mart.article") == [(1,)]
    settings.writer_file.unlink()
    goes_out(settings)
    assert ask(settings, "SELECT count(*) FROM mart.article") == [(1,)]
