"""Upkeep of the warehouse: its file is rewritten without holes, whole at any moment, and the whole history is checked."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingest.errors import CompactionFailed
from ingest.jobs import upkeep
from ingest.settings import Settings
from ingest.warehouse import compact, writer
from killer import killed
from looks import ask, tables
from newsroom import Newsroom
from prompt import Prompt
from ready_home import goes_out, move_in, prints

NOW = datetime(2036, 11, 22, tzinfo=UTC)
ROWS = 300_000  # more than two row groups


@pytest.fixture
def ready(tmp_path: Path) -> tuple[Settings, Newsroom]:
    return move_in(tmp_path / "data")


def has_holes(settings: Settings) -> None:
    """Rows that came and went, as in a warehouse of many small loads."""
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=NOW) as connection:
        for name in ("gone", "stays"):
            connection.execute(f"CREATE TABLE raw.{name} AS SELECT hash(i) AS number FROM range(1_000_000) AS t (i)")
            connection.execute("CHECKPOINT")
        connection.execute("DROP TABLE raw.gone; CHECKPOINT")


def test_a_file_with_holes_is_rewritten_and_says_the_same(ready: tuple[Settings, Newsroom]) -> None:
    settings, newsroom = ready
    has_holes(settings)
    before = tables(settings.published_file)
    told = upkeep.run(settings)
    assert told.findings == ()
    assert told.before_bytes is not None and told.after_bytes is not None
    assert told.after_bytes < told.before_bytes * 0.7
    assert tables(settings.published_file) == before
    assert settings.published_file.stat().st_size < told.before_bytes * 0.7
    rewritten = ask(settings, "SELECT before_bytes > after_bytes, elapsed_ms > 0 FROM raw.compaction")
    assert rewritten == [(True, True)]
    (tags,) = ask(settings, "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = 'news'")[0]
    assert tags.startswith("v1.5")
    prints(newsroom, 1)
    goes_out(settings)
    assert ask(settings, "SELECT count(*) FROM mart.article") == [(2,)]


@pytest.mark.parametrize(("holes", "age", "is_due"), [
    (0.25, timedelta(0), True),
    (0.24, timedelta(days=2), False),
    (0.05, timedelta(days=3), True),
    (0.04, timedelta(days=300), False),
])  # fmt: skip
def test_a_file_is_rewritten_where_a_quarter_is_holes_or_after_days(
    monkeypatch: pytest.MonkeyPatch, holes: float, age: timedelta, is_due: bool
) -> None:
    monkeypatch.setattr(compact, "free_share", lambda _: holes)
    monkeypatch.setattr(compact, "compacted_at", lambda _: NOW - age)
    with duckdb.connect() as connection:
        assert upkeep._is_due(connection, NOW) is is_due


def test_rows_keep_their_order_and_texts_their_compression(tmp_path: Path) -> None:
    """DuckDB passes over row groups of other batches by the least and largest load_seq in each."""
    file = tmp_path / "writer.duckdb"
    with writer.lock(file), writer.connect(file, now=NOW) as connection:
        connection.execute("CREATE TABLE raw.many (load_seq BIGINT, text VARCHAR USING COMPRESSION zstd)")
        connection.execute(f"INSERT INTO raw.many SELECT i, repeat('word ' || i % 97, 9) FROM range({ROWS}) AS t (i)")
        connection.execute("DELETE FROM raw.many WHERE load_seq % 3 = 0")
    compact.compact(file, now=NOW, is_proven=lambda connection: bool(connection.execute("SET threads = 4")))
    with duckdb.connect(str(file), read_only=True) as connection:
        backwards = (
            "SELECT count(*) FROM (SELECT load_seq < lag(load_seq) OVER (ORDER BY rowid) AS is_back FROM raw.many)"
        )
        assert connection.execute(f"{backwards} WHERE is_back").fetchall() == [(0,)]
        kinds = "SELECT DISTINCT compression FROM pragma_storage_info('raw.many') WHERE column_name = 'text'"
        assert ("ZSTD",) in connection.execute(f"{kinds} AND segment_type = 'VARCHAR'").fetchall()


def test_a_rewriting_that_is_killed_leaves_a_whole_file(ready: tuple[Settings, Newsroom]) -> None:
    settings, _ = ready
    has_holes(settings)
    before = tables(settings.writer_file)
    assert killed(settings, "upkeep", at="fsync", number=1)
    assert tables(settings.writer_file) == before
    upkeep.run(settings)
    assert tables(settings.published_file) == before
    assert list(settings.writer_file.parent.glob("*.part*")) == []


def test_a_rewritten_file_that_the_checks_dislike_does_not_take_the_place(ready: tuple[Settings, Newsroom]) -> None:
    settings, _ = ready
    before = settings.writer_file.stat().st_ino
    with writer.lock(settings.writer_file), pytest.raises(CompactionFailed, match="stays as it was"):
        compact.compact(settings.writer_file, now=NOW, is_proven=lambda _: False)
    assert settings.writer_file.stat().st_ino == before
    assert list(settings.writer_file.parent.glob("*.part*")) == []


def test_what_the_checks_find_in_the_whole_history_is_an_error_in_the_log(
    ready: tuple[Settings, Newsroom],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings, _ = ready
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=NOW) as connection:
        connection.execute("DELETE FROM raw.extraction")
    with caplog.at_level(logging.ERROR, "ingest"):
        told = upkeep.run(settings)
    assert any("has 0 verdicts" in finding for finding in told.findings)
    assert "history_check_failed check=page_is_judged" in caplog.text
    monkeypatch.setenv("INGEST_HOME", str(settings.home))
    code, _, said = Prompt(monkeypatch, capsys)("upkeep")
    assert (code, "has 0 verdicts" in said) == (6, True)
    assert ask(settings, "SELECT count(*) FROM mart.article") == [(1,)]
