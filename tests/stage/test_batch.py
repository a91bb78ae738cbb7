"""Batches: sealed whole or not at all, and never trusted without their checksum."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from ingest.errors import BatchCorrupt, BatchTooNew
from ingest.records import Batch
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.stage.schema import TABLES, arrow_schema
from newsroom import Newsroom


@pytest.fixture
def batch(newsroom: Newsroom) -> Batch:
    newsroom.lists("https://daily.example/a", "https://daily.example/b")
    return newsroom.seals()


def test_a_sealed_batch_is_found_and_opens_as_it_was(batch: Batch, settings: Settings) -> None:
    assert list(stage.sealed(settings.stage)) == [batch.batch_id]
    assert stage.open_batch(settings.stage, batch.batch_id) == batch
    assert batch.tables == {"source": 1, "poll": 1, "entry": 2}


def test_batches_are_found_oldest_first(newsroom: Newsroom, settings: Settings) -> None:
    made = []
    for number in range(3):
        newsroom.lists(f"https://daily.example/{number}")
        made.append(newsroom.seals().batch_id)
    assert list(stage.sealed(settings.stage)) == made


def test_a_batch_without_a_manifest_does_not_exist(batch: Batch, settings: Settings) -> None:
    (batch.folder / "manifest.json").unlink()
    assert list(stage.sealed(settings.stage)) == []


def truncate(folder: Path) -> None:
    whole = (folder / "entry.parquet").read_bytes()
    (folder / "entry.parquet").write_bytes(whole[: len(whole) // 2])


def flip(folder: Path) -> None:
    whole = bytearray((folder / "entry.parquet").read_bytes())
    whole[len(whole) // 2] ^= 1
    (folder / "entry.parquet").write_bytes(whole)


def remove(folder: Path) -> None:
    (folder / "entry.parquet").unlink()


def garble(folder: Path) -> None:
    (folder / "manifest.json").write_text("{}")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (truncate, "is not what was sealed"),
        (flip, "is not what was sealed"),
        (remove, "entry.parquet is missing"),
        (garble, "manifest.json cannot be read"),
    ],
)
def test_a_damaged_batch_is_refused_with_the_file_and_the_fault(batch: Batch, settings: Settings, damage, said) -> None:
    damage(batch.folder)
    with pytest.raises(BatchCorrupt, match=said):
        stage.open_batch(settings.stage, batch.batch_id)


def test_a_batch_of_a_newer_version_is_not_corrupt_but_waits(batch: Batch, settings: Settings) -> None:
    manifest = batch.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"schema_version": 3', '"schema_version": 99'))
    with pytest.raises(BatchTooNew, match="schema version 99 is newer"):
        stage.open_batch(settings.stage, batch.batch_id)


def test_half_an_emoji_costs_a_question_mark_and_no_row(newsroom: Newsroom) -> None:
    newsroom.lists("https://daily.example/a", title="Rain \ud83d at last")
    newsroom.lists("https://daily.example/b", title="Sun – “always”")
    titles = parquet.read_table(newsroom.seals().folder / "entry.parquet").column("title").to_pylist()
    assert titles == ["Rain ? at last", "Sun – “always”"]


def test_a_null_where_the_record_forbids_it_is_our_fault(settings: Settings) -> None:
    row = TABLES["source"](  # type: ignore[call-arg]
        source_id=None, name="n", home_url="h", country="IE", language="en", seen_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    with pytest.raises(TypeError, match=r"SourceSeen\.source_id holds a null"):
        stage.seal(
            settings.stage,
            batch_kind="listing",
            rows={"source": [row]},
            now=datetime(2026, 1, 1, tzinfo=UTC),
            token="0",  # noqa: S106
        )


def test_staged_columns_are_the_records_fields(batch: Batch) -> None:
    for table in batch.tables:
        assert parquet.read_schema(batch.folder / f"{table}.parquet").names == arrow_schema(TABLES[table]).names


def test_the_manifest_of_version_1_stays_readable(settings: Settings, batch: Batch) -> None:
    """Pinned: a batch sealed by any released version opens in this one."""
    assert set(json.loads((batch.folder / "manifest.json").read_text())) == {
        "batch_id", "batch_kind", "sealed_at", "schema_version", "tables",
    }  # fmt: skip
