"""The published copy: always open, never half, and documented to the last column."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ingest.errors import QueryError, WarehouseMissing
from ingest.jobs import load, publish
from ingest.settings import Settings
from ingest.warehouse import read, sql
from ingest.warehouse.dictionary import dictionary, written
from ingest.warehouse.steady import steady
from looks import ask
from newsroom import Newsroom
from ready_home import goes_out, move_in, prints

# For each line on stdin, which comes as a publish begins: opens, counts, closes, in a loop, and prints the counts. Through
# ingest, and with DuckDB alone as warehouse/README.md says: should opening fail as the file is replaced, open again
READERS = {
    "ingest": """
import pathlib, sys
from ingest.warehouse.read import reader
for _ in sys.stdin:
    for _ in range(int(sys.argv[2])):
        with reader(pathlib.Path(sys.argv[1])) as connection:
            print(connection.execute("SELECT count(*) FROM mart.article").fetchall()[0][0], flush=True)
""",
    "DuckDB alone": """
import sys
import duckdb
for _ in sys.stdin:
    for _ in range(int(sys.argv[2])):
        try:
            connection = duckdb.connect(sys.argv[1], read_only=True)
        except duckdb.Error:
            connection = duckdb.connect(sys.argv[1], read_only=True)
        with connection:
            print(connection.execute("SELECT count(*) FROM mart.article").fetchall()[0][0], flush=True)
""",
}
PUBLISHES = 10  # by hand, and whenever publishing changes: 50
OPENINGS = 4  # while one publish runs; by hand: 40


def test_readers_in_other_processes_never_fail_while_loads_run(tmp_path: Path) -> None:
    settings, newsroom = move_in(tmp_path / "data")
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", reader, str(settings.published_file), str(OPENINGS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for reader in READERS.values()
    ]  # fmt: skip
    for number in range(1, PUBLISHES + 1):
        prints(newsroom, number)
        load.run(settings)
        for reader in readers:
            print(file=reader.stdin, flush=True)
        publish.run(settings)
    for reader in readers:
        said, faults = reader.communicate(timeout=60)
        counts = [int(count) for count in said.split()]
        assert reader.returncode == 0, faults
        assert counts == sorted(counts)
        assert len(counts) == PUBLISHES * OPENINGS
    assert ask(settings, "SELECT count(*) FROM mart.article") == [(PUBLISHES + 1,)]


def test_a_file_that_is_replaced_while_it_is_opened_is_opened_again(tmp_path: Path) -> None:
    """Another file takes the name at each opening but the last: between DuckDB's own openings that would be a mixture."""
    names = [tmp_path / f"{number}.duckdb" for number in range(4)]
    for number, name in enumerate(names):
        with duckdb.connect(str(name)) as made:
            made.execute(f"CREATE TABLE t AS SELECT {number} AS number")
    published, closed = names.pop(0), []

    def opened() -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(str(published), read_only=True)
        if names:
            names.pop(0).replace(published)
        return connection

    with steady(published, opened, closed=lambda connection: closed.append(connection.close())) as connection:
        assert connection.execute("SELECT number FROM t").fetchall() == [(3,)]
    assert len(closed) == 3


def test_a_copy_that_was_opened_stays_as_it_was(newsroom: Newsroom, settings: Settings) -> None:
    prints(newsroom, 0)
    goes_out(settings)
    with read.reader(settings.published_file) as opened:
        prints(newsroom, 1)
        goes_out(settings)
        assert opened.execute("SELECT count(*) FROM mart.article").fetchall() == [(1,)]
    assert ask(settings, "SELECT count(*) FROM mart.article") == [(2,)]


def test_where_nothing_is_new_a_load_leaves_what_is_out(tmp_path: Path) -> None:
    settings, newsroom = move_in(tmp_path / "data")

    def publishes() -> bool:
        load.run(settings)
        return bool(publish.run(settings, coalesce=True)["published"])

    assert not publishes()
    prints(newsroom, 1)
    assert [publishes(), publishes()] == [True, False]
    for lost in (settings.published_file, settings.state_file):
        lost.write_bytes(b"damaged")
        assert [publishes(), publishes()] == [True, False]
        lost.unlink()
        assert [publishes(), publishes()] == [True, False]
    with duckdb.connect(str(settings.published_file)) as out:
        out.execute("UPDATE raw.model SET checksum = 'of an earlier version' WHERE model LIKE 'models/mart/%'")
    assert [publishes(), publishes()] == [True, False]
    assert publish.run(settings)["published"]


def test_no_warehouse_says_how_to_get_one(settings: Settings) -> None:
    with pytest.raises(WarehouseMissing, match=r"no published warehouse at .*news\.duckdb\n  run `ingest run`"):
        ask(settings, "SELECT 1")
    with pytest.raises(WarehouseMissing, match=r"no warehouse at .*writer\.duckdb"):
        publish.run(settings)


def test_a_day_is_a_utc_day_wherever_the_reader_sits(newsroom: Newsroom, settings: Settings) -> None:
    prints(newsroom, 0)
    goes_out(settings)
    with read.reader(settings.published_file) as connection:
        for zone in ("UTC", "America/Los_Angeles", "Asia/Tokyo"):
            connection.execute(f"SET TimeZone = '{zone}'")
            ((listed_on,),) = connection.execute("SELECT listed_on FROM mart.source_day").fetchall()
            assert str(listed_on) == "2026-11-22"


def test_sql_that_does_not_run_says_why(newsroom: Newsroom, settings: Settings) -> None:
    prints(newsroom, 0)
    goes_out(settings)
    with read.reader(settings.published_file) as connection:
        with pytest.raises(QueryError, match="nonsense"):
            read.query(connection, "SELECT nonsense FROM mart.article")
        with pytest.raises(QueryError, match="read-only"):
            read.query(connection, "DELETE FROM core.article")


def test_every_table_and_column_says_what_it_is(newsroom: Newsroom, settings: Settings) -> None:
    prints(newsroom, 0)
    goes_out(settings)
    mute = """
    SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns()
    WHERE schema_name IN ('raw', 'core', 'mart') AND comment IS NULL
    UNION ALL
    SELECT schema_name || '.' || table_name, NULL FROM duckdb_tables()
    WHERE schema_name IN ('core', 'mart') AND comment IS NULL
    """
    assert ask(settings, mute) == []
    assert set(sql.comments()) == {name for (name,) in ask(settings, "SELECT DISTINCT column_name FROM duckdb_columns()"
        " WHERE schema_name IN ('raw', 'core', 'mart')")}  # fmt: skip


def test_the_data_dictionary_is_what_the_warehouse_says_of_itself(newsroom: Newsroom, settings: Settings) -> None:
    prints(newsroom, 0)
    goes_out(settings)
    readme = (sql.root() / "README.md").read_text("utf-8")
    with read.reader(settings.published_file) as connection:
        assert written(readme, dictionary(connection)) == readme, "run `make docs`"


def test_the_file_is_in_the_format_that_older_duckdb_opens(newsroom: Newsroom, settings: Settings) -> None:
    prints(newsroom, 0)
    goes_out(settings)
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        ((tags,),) = connection.execute("SELECT tags FROM duckdb_databases() WHERE database_name = 'news'").fetchall()
    assert tags["storage_version"].startswith("v1.5")
