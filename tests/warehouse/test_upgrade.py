"""Upgrades: a home of every past version opens, loses nothing and goes on; one of a newer version is left alone and says so."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from ingest.errors import MigrationError, ModelError, WarehouseMissing, WarehouseTooNew
from ingest.jobs import build, load, publish, status
from ingest.settings import Settings
from ingest.warehouse import check, read, sql, writer
from looks import ask
from newsroom import Newsroom
from past import FOLDER, HELD, unpack
from prompt import Prompt
from ready_home import move_in

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PAST = sorted(FOLDER.glob("*.tar.xz"))


@pytest.fixture
def ready(tmp_path: Path) -> tuple[Settings, Newsroom]:
    return move_in(tmp_path / "data")


@pytest.fixture
def another_warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of warehouse/ that a test may add files to, in the place of the real one."""
    copy = tmp_path / "warehouse"
    for path in sql.root().rglob("*.*"):
        if path.suffix in (".sql", ".toml"):
            (copy / path.relative_to(sql.root())).parent.mkdir(parents=True, exist_ok=True)
            (copy / path.relative_to(sql.root())).write_bytes(path.read_bytes())
    monkeypatch.setattr(sql, "root", lambda: copy)
    for known in (sql.models, sql.checksums):
        known.cache_clear()
    return copy


@pytest.fixture(autouse=True)
def forget_sql():
    yield
    for known in (sql.models, sql.checksums):
        known.cache_clear()


@pytest.mark.parametrize("packed", PAST, ids=lambda path: path.name.split(".")[0])
def test_a_home_of_a_past_version_is_upgraded_and_goes_on(packed: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "data", contact="mailto:tests@example.org")
    unpack(packed, settings.home)
    loaded = load.run(settings)
    assert (len(loaded["loaded"]), loaded["quarantined"]) == (1, [])
    before = writer.kept_before(settings.writer_file)
    assert [path.name.split("-")[1][:4] for path in before] == [f"{int(packed.name[:4]) + 1:04}"]
    with duckdb.connect(str(before[0]), read_only=True) as connection:
        assert connection.execute("SELECT max(number) FROM raw.migration").fetchall() == [(int(packed.name[:4]),)]
    build.run(settings)
    assert publish.run(settings)["quarantined"] == []
    assert writer.kept_before(settings.writer_file) == []  # the upgrade is proven
    assert {query: ask(settings, query)[0] for query in HELD} == HELD
    assert ask(settings, "SELECT count(*), bool_or(is_this_file) FROM mart.snapshot") == [(2, True)]
    with read.reader(settings.published_file) as connection:
        assert check.run(connection, since_seq=-1) == []


def test_there_is_a_home_of_every_version_but_this_one() -> None:
    """A new migration: pack a home by `python tests/past.py` at the commit before it."""
    assert {packed.name.split(".")[0] for packed in PAST} >= {"0001"}
    assert all(packed.stat().st_size < 400_000 for packed in PAST)


def test_a_failed_upgrade_leaves_the_file_as_it_was_and_says_which_to_restore(
    ready: tuple[Settings, Newsroom], another_warehouse: Path
) -> None:
    settings, _ = ready
    (another_warehouse / "migrations" / "9000_wrong.sql").write_text(
        "DELETE FROM raw.entry; SELECT nonsense FROM raw.entry", "utf-8"
    )
    with pytest.raises(MigrationError, match=r"9000_wrong\.sql failed(.|\n)*put .*writer\.before-9000_wrong\.duckdb"):
        build.run(settings)
    (before,) = writer.kept_before(settings.writer_file)
    for file in (settings.writer_file, before):
        with duckdb.connect(str(file), read_only=True) as connection:
            assert connection.execute("SELECT count(*) > 0 FROM raw.entry").fetchall() == [(True,)]
    assert ask(settings, "SELECT count(*) FROM mart.article") == [(1,)]
    (another_warehouse / "migrations" / "9000_wrong.sql").unlink()
    publish.run(settings)
    assert writer.kept_before(settings.writer_file) == []


def test_wrong_sql_in_a_model_names_the_file_and_changes_nothing(
    ready: tuple[Settings, Newsroom], another_warehouse: Path
) -> None:
    settings, _ = ready
    (another_warehouse / "models" / "mart" / "wrong.sql").write_text(
        "-- mart.wrong: one row nothing.\n-- grain: entry_id\n-- kind: view\nSELECT nonsense FROM core.entry\n", "utf-8"
    )
    with pytest.raises(ModelError, match=r"warehouse/models/mart/wrong\.sql: .*nonsense(.|\n)*nothing was changed"):
        publish.run(settings)
    assert ask(settings, "SELECT count(*) FROM mart.article") == [(1,)]
    with duckdb.connect(str(settings.writer_file), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM core.article").fetchall() == [(1,)]


def test_a_reader_of_an_older_version_is_told_to_upgrade(
    ready: tuple[Settings, Newsroom],
    another_warehouse: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings, _ = ready
    (another_warehouse / "migrations" / "9000_later.sql").write_text("CREATE TABLE raw.later (number BIGINT)", "utf-8")
    publish.run(settings)
    (another_warehouse / "migrations" / "9000_later.sql").unlink()
    for job in (status.run, publish.run):
        with pytest.raises(WarehouseTooNew, match=r"migration 9000, and this version of ingest knows them up to"):
            job(settings)
    monkeypatch.setenv("INGEST_HOME", str(settings.home))
    code, _, said = Prompt(monkeypatch, capsys)("query", "SELECT 1")
    assert (code, "upgrade ingest" in said) == (4, True)


def test_a_file_that_is_no_warehouse_is_said_to_be_none(settings: Settings) -> None:
    settings.published_file.parent.mkdir(parents=True)
    duckdb.connect(str(settings.published_file)).close()
    with pytest.raises(WarehouseMissing, match="no warehouse of ingest"):
        ask(settings, "SELECT 1")
    settings.published_file.write_bytes(b"not a database " * 1000)
    with pytest.raises(WarehouseMissing, match=r"cannot be opened.*\n.*`ingest publish`"):
        ask(settings, "SELECT 1")
