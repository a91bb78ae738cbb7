"""The writer: migrations once and unedited, one process at a time."""

from datetime import UTC, datetime

import pytest

from ingest.errors import MigrationError, WarehouseTooNew
from ingest.settings import Settings
from ingest.warehouse import writer

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def change_journal(settings: Settings, statement: str) -> None:
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=NOW) as connection:
        connection.execute(statement)


def test_migrations_run_once(settings: Settings) -> None:
    change_journal(settings, "INSERT INTO raw.build VALUES (7)")
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=NOW) as connection:
        assert connection.execute("SELECT built_through_seq FROM raw.build").fetchall() == [(7,)]
        assert connection.execute("SELECT count(*) = count(DISTINCT number) FROM raw.migration").fetchall() == [(True,)]


def test_an_edited_migration_is_refused(settings: Settings) -> None:
    change_journal(settings, "UPDATE raw.migration SET checksum = 'another' WHERE number = 1")
    with pytest.raises(MigrationError, match=r"0001_raw\.sql was edited after it ran here"):
        change_journal(settings, "SELECT 1")


def test_a_warehouse_of_a_newer_version_is_refused(settings: Settings) -> None:
    change_journal(settings, "INSERT INTO raw.migration VALUES (9999, 'later', 'x', now())")
    with pytest.raises(WarehouseTooNew, match="migration 9999"):
        change_journal(settings, "SELECT 1")
