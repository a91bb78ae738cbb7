"""The crawl-state file: brought up by what is new, it says what one made from the whole history would say."""

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from ingest.jobs import load, publish
from ingest.settings import Settings
from ingest.warehouse import publish_state
from looks import ask
from newsroom import MORNING, Newsroom
from ready_home import move_in, prints

Rows = dict[str, list[str]]


def said(settings: Settings) -> tuple[Rows, int]:
    """All rows of the state, and how often the file was brought up since it was made."""
    with duckdb.connect(str(settings.state_file), read_only=True) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        rows = {name: sorted(map(repr, connection.execute(f"FROM {name}").fetchall())) for name in names}
        ((updates,),) = connection.execute("SELECT updates FROM made_of").fetchall()
    del rows["made_of"]
    return rows, updates


def publishes(settings: Settings) -> tuple[Rows, int]:
    load.run(settings)
    publish.run(settings)
    return said(settings)


def as_made_from_all(settings: Settings) -> Rows:
    settings.state_file.unlink()
    publish.run(settings)
    rows, updates = said(settings)
    assert updates == 0
    return rows


@pytest.fixture
def ready(tmp_path: Path) -> tuple[Settings, Newsroom]:
    return move_in(tmp_path / "data")


def test_a_state_that_was_brought_up_is_as_one_made_from_all(ready: tuple[Settings, Newsroom]) -> None:
    settings, newsroom = ready
    prints(newsroom, 1)
    newsroom.lists("https://daily.example/0", "https://daily.example/2", title="It says something else now")
    newsroom.looks_again("https://daily.example/0")
    newsroom.seals()
    newsroom.fails("https://daily.example/2", "timeout", next_attempt_at=MORNING + timedelta(hours=1))
    newsroom.seals()
    rows, updates = publishes(settings)
    assert updates == 1
    newsroom.lists("https://weekly.example/0", source_id="weekly")
    newsroom.reads("https://daily.example/2", "It came late. " * 9)
    newsroom.seals()
    rows, updates = publishes(settings)
    assert updates == 2
    assert {name: len(found) for name, found in rows.items()}["visited"] == 3
    assert as_made_from_all(settings) == rows


def test_a_batch_that_is_taken_out_has_the_state_made_anew(ready: tuple[Settings, Newsroom]) -> None:
    settings, newsroom = ready
    prints(newsroom, 1)
    newsroom.reads("https://daily.example/hollow", " ")
    newsroom.seals()
    rows, _ = publishes(settings)
    assert len(rows["visited"]) == 2
    assert as_made_from_all(settings) == rows
    with duckdb.connect(str(settings.writer_file)) as connection:
        connection.execute("DELETE FROM raw.fetch WHERE url LIKE '%/1'")
        connection.execute("DELETE FROM raw.extraction WHERE url LIKE '%/1'")
    publish.run(settings)
    rows, updates = said(settings)
    assert (len(rows["visited"]), updates) == (1, 0)


def test_the_state_is_made_anew_now_and_then(ready: tuple[Settings, Newsroom], monkeypatch: pytest.MonkeyPatch) -> None:
    settings, _ = ready
    monkeypatch.setattr(publish_state, "UPDATES", 1)
    assert [publishes(settings)[1] for _ in range(3)] == [1, 0, 1]


def test_damaged_files_are_made_anew(ready: tuple[Settings, Newsroom]) -> None:
    settings, _ = ready
    rows, _ = publishes(settings)
    for file in (settings.state_file, settings.published_file):
        whole = file.read_bytes()
        file.unlink()
        file.write_bytes(b"\x07" * 12_288 + whole[12_288 : len(whole) // 2])
    settings.state_file.with_suffix(".part.wal").write_bytes(b"what a killed publish logged")
    assert publishes(settings) == (rows, 0)
    assert ask(settings, "SELECT count(*) > 0 FROM mart.article") == [(True,)]
