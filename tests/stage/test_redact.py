"""Rows taken out of sealed batches: they stay sealed, their polls keep their account, and no word of what went is told."""

import json
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from ingest.errors import BatchCorrupt
from ingest.records import Batch
from ingest.rules.url import identity
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.stage.batch import digest
from ingest.stage.redact import redact
from newsroom import MORNING, Newsroom

A, B = "https://daily.example/a", "https://daily.example/b"


@pytest.fixture
def batch(newsroom: Newsroom) -> Batch:
    newsroom.lists(A, B)
    newsroom.lists(A, source_id="weekly")
    newsroom.reads(A, "One text. " * 20)
    newsroom.reads(B, "Another text. " * 20)
    return newsroom.seals()


def take_out(settings: Settings, batch: Batch, url: str, **places: tuple[str, int]) -> dict[str, int] | None:
    gone = identity(url)
    return redact(
        settings.stage,
        batch.batch_id,
        is_gone=lambda _, entry_id: entry_id == gone,
        moved=places,
        orders={"o"},
        now=MORNING,
    )


def column(batch: Batch, table: str, name: str) -> list:
    return parquet.read_table(batch.folder / f"{table}.parquet").column(name).to_pylist()


def test_what_is_gone_leaves_all_tables_and_the_batch_opens(batch: Batch, settings: Settings) -> None:
    assert take_out(settings, batch, A) == {"entry": 2, "extraction": 1, "fetch": 1}
    opened = stage.open_batch(settings.stage, batch.batch_id)
    assert opened.tables == {"source": 2, "poll": 2, "entry": 1, "fetch": 1, "extraction": 1}
    assert column(batch, "entry", "url") == column(batch, "fetch", "url") == column(batch, "extraction", "url") == [B]
    assert column(batch, "poll", "recorded_count") == [1, 0]
    assert column(batch, "poll", "erased_count") == [1, 1]


def test_the_manifest_says_what_was_done_and_not_to_what(batch: Batch, settings: Settings) -> None:
    take_out(settings, batch, A)
    text = (batch.folder / "manifest.json").read_text()
    told = json.loads(text)["redactions"]
    assert told == [
        {"redacted_at": MORNING.isoformat(), "orders": ["o"], "rows": {"entry": 2, "extraction": 1, "fetch": 1}}
    ]
    assert A not in text
    assert list(batch.folder.glob("*.part")) == []


def test_a_batch_with_nothing_of_it_is_not_touched(batch: Batch, settings: Settings) -> None:
    before = {path.name: digest(path) for path in batch.folder.iterdir()}
    assert take_out(settings, batch, "https://daily.example/elsewhere") is None
    assert {path.name: digest(path) for path in batch.folder.iterdir()} == before


def test_a_batch_that_loses_every_row_stays_sealed(batch: Batch, settings: Settings) -> None:
    for url in (A, B):
        take_out(settings, batch, url)
    opened = stage.open_batch(settings.stage, batch.batch_id)
    assert opened.tables == {"source": 2, "poll": 2, "entry": 0, "fetch": 0, "extraction": 0}
    assert column(batch, "poll", "erased_count") == [2, 1]


def test_pages_get_their_new_places(batch: Batch, settings: Settings) -> None:
    fetch_id = column(batch, "fetch", "fetch_id")[1]
    take_out(settings, batch, A, **{fetch_id: ("kept/2026-11-22/b.warc.gz", 70)})
    assert column(batch, "fetch", "archive_path") == ["kept/2026-11-22/b.warc.gz"]
    assert column(batch, "fetch", "archive_offset") == [70]


def test_while_a_file_is_replaced_the_manifest_vouches_for_both(batch: Batch, settings: Settings) -> None:
    """The moment between the two: a reader, or a kill, finds the one file or the other."""
    old = (batch.folder / "entry.parquet").read_bytes()
    was = json.loads((batch.folder / "manifest.json").read_text())["tables"]["entry"]
    take_out(settings, batch, A)
    manifest = json.loads((batch.folder / "manifest.json").read_text())
    new = (batch.folder / "entry.parquet").read_bytes()
    manifest["tables"]["entry"]["was"] = was
    (batch.folder / "manifest.json").write_text(json.dumps(manifest))
    for content in (old, new):
        (batch.folder / "entry.parquet").write_bytes(content)
        stage.open_batch(settings.stage, batch.batch_id)
    (batch.folder / "entry.parquet").write_bytes(new[:100])
    with pytest.raises(BatchCorrupt, match="is not what was sealed"):
        stage.open_batch(settings.stage, batch.batch_id)


def as_version_1(folder: Path) -> None:
    """What an earlier version sealed: polls did not count what is erased."""
    polls = folder / "poll.parquet"
    parquet.write_table(parquet.read_table(polls).drop_columns(["erased_count"]), polls)
    manifest = json.loads((folder / "manifest.json").read_text()) | {"schema_version": 1}
    manifest["tables"]["poll"] |= {"file_bytes": polls.stat().st_size, "file_hash": digest(polls)}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_polls_of_the_first_version_learn_to_count_what_is_erased(batch: Batch, settings: Settings) -> None:
    as_version_1(batch.folder)
    assert stage.open_batch(settings.stage, batch.batch_id).schema_version == 1
    take_out(settings, batch, B)
    assert stage.open_batch(settings.stage, batch.batch_id).schema_version == 3
    assert column(batch, "poll", "erased_count") == [1, 0]


class Killed(BaseException):
    pass


def dies_at(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends right after a file took its name for the `number`th time."""
    replace, calls = Path.replace, []

    def counted(path: Path, target: Path) -> Path:
        replaced = replace(path, target)
        calls.append(path)
        if len(calls) == number:
            raise Killed
        return replaced

    monkeypatch.setattr(Path, "replace", counted)


@pytest.mark.parametrize("kills", [(1, 1), (1, 2), (2, 1), (3, 1), (1, 3), (5, 1)])
def test_a_batch_is_whole_however_often_taking_out_is_killed(
    kills: tuple[int, ...], batch: Batch, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in kills:
        with monkeypatch.context() as killing:
            dies_at(number, killing)
            with suppress(Killed):
                take_out(settings, batch, A)
        assert stage.open_batch(settings.stage, batch.batch_id)
    take_out(settings, batch, A)
    assert stage.open_batch(settings.stage, batch.batch_id).tables["entry"] == 1
    assert column(batch, "poll", "erased_count") == [1, 1]
    manifest = json.loads((batch.folder / "manifest.json").read_text())
    assert len(manifest["redactions"]) == 1
    assert not any("was" in told for told in manifest["tables"].values())
    assert list(batch.folder.glob("*.part")) == []
