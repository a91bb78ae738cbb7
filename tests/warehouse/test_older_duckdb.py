"""Two versions of DuckDB, the oldest that we admit and the one that we lock, read and write the same files."""

import json
from pathlib import Path

from ingest.settings import Settings
from ingest.warehouse import sql
from looks import ask
from older_duckdb import MACROS, asks, goes_on, older
from ready_home import move_in


def test_every_macro_is_asked() -> None:
    assert {path.stem for path in sql.files("macros")} == set(MACROS), "tests/older_duckdb.py: MACROS"


def test_the_older_one_reads_all_that_the_newer_one_wrote(tmp_path: Path) -> None:
    settings, _ = move_in(tmp_path / "data")
    assert json.loads(older("asks", str(settings.published_file))) == asks(settings.published_file)


def test_a_file_that_the_older_one_made_goes_on_under_the_newer_one(settings: Settings) -> None:
    older("goes_on", str(settings.home), "1")
    goes_on(settings.home, 2)
    assert ask(settings, "SELECT count(*) FROM mart.article") == [(2,)]
    assert ask(settings, "SELECT count(*) FROM search_articles('harbour', 9)") == [(2,)]
    declared = """SELECT count(*) FROM duckdb_tables() WHERE sql LIKE '%"text" VARCHAR USING COMPRESSION ZSTD%'"""
    assert ask(settings, declared)[0][0] > 0
