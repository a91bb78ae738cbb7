"""A base takes the place of old batches: a replay, an erasure and a crawl see no difference, whatever is killed."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet
import pytest

import erasing
from ingest.errors import BatchCorrupt, BatchTooNew, InputError
from ingest.fetch.archive import read_response
from ingest.jobs import base, crawl, erase, load, obedience, publish, retention, upkeep
from ingest.settings import Settings
from ingest.stage import journal
from ingest.stage.batch import digest
from ingest.warehouse import doom, writer
from ingest.warehouse.tombstone import tombstones
from killer import killed
from looks import ask, tables
from newsroom import MORNING, Newsroom

LATER = max(datetime.now(UTC), MORNING) + timedelta(days=2)
TABLES = "SELECT table_name FROM duckdb_columns() WHERE schema_name = 'raw' AND column_name = 'batch_id'"
CLOCKLESS = "COLUMNS(lambda name: name NOT IN ('loaded_at', 'quarantined_at'))"
PAGES = "SELECT fetch_id::VARCHAR, archive_path, archive_offset FROM raw.fetch WHERE archive_path IS NOT NULL"


def batches(settings: Settings) -> set[str]:
    return {folder.name for folder in settings.stage.glob("[0-9]*/*")}


def bases(settings: Settings) -> list[str]:
    return sorted(folder.name for folder in settings.stage.glob("base/*"))


def raw(settings: Settings) -> dict[str, list[str]]:
    """All that core and mart are functions of."""
    with duckdb.connect(str(settings.writer_file), read_only=True) as connection:
        names = [name for (name,) in connection.execute(TABLES).fetchall()]
        return {
            name: sorted(map(repr, connection.execute(f"SELECT {CLOCKLESS} FROM raw.{name}").fetchall()))
            for name in names
        }


def replayed(settings: Settings) -> dict[str, list[str]]:
    shutil.rmtree(settings.writer_file.parent)
    load.run(settings)
    return raw(settings)


@pytest.fixture(scope="module")
def old_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four old batches and one that is quarantined, then a young one, and one that is old and was loaded last: all published."""
    settings = Settings(home=tmp_path_factory.mktemp("old") / "data", contact="mailto:tests@example.org")
    newsroom = Newsroom(settings)
    erasing.stages(newsroom, settings)
    newsroom.now = LATER - timedelta(hours=3)
    newsroom.looks_again(erasing.OTHER)
    newsroom.seals()
    load.run(settings)
    newsroom.now = MORNING + timedelta(hours=1)
    newsroom.lists("https://daily.example/found-late")
    newsroom.seals()
    load.run(settings)
    publish.run(settings)
    return settings.home


@pytest.fixture
def old(old_home: Path, tmp_path: Path) -> Settings:
    shutil.copytree(old_home, tmp_path / "data")
    settings = Settings(home=tmp_path / "data", contact="mailto:tests@example.org", keep_batches_days=1)
    return replace(settings, catalogue=settings.home / "none.toml")


def test_old_batches_go_and_a_replay_gives_the_same_tables(old: Settings) -> None:
    before, staged = tables(old.published_file), batches(old)
    assert base.run(replace(old, keep_batches_days=None), now=LATER).batches == 0
    told = base.run(old, is_dry_run=True, now=LATER)
    assert (told.batches, batches(old), bases(old)) == (4, staged, [])
    done = upkeep.run(old, now=LATER)
    assert (done.batches, done.batch_bytes) == (4, told.batch_bytes)
    assert done.base_bytes == sum(file.stat().st_size for file in old.stage.glob("base/*/*.parquet"))
    assert bases(old) == ["000000000004-001"]
    assert len(batches(old)) == 3  # what is quarantined, what is young, and what was loaded after it
    assert load.run(old) == {"loaded": [], "quarantined": [], "row_count": 0}
    assert base.run(old, now=LATER).batches == 0
    kept = raw(old)
    assert replayed(old) == kept
    publish.run(old)
    assert tables(old.published_file) == before


def test_what_was_released_since_is_there_after_a_replay(old: Settings) -> None:
    base.run(old, now=LATER)
    ((name,),) = ask(old, "SELECT batch_id FROM raw.quarantine")
    assert load.run(old, again=[name])["loaded"] == [name]
    kept = raw(old)
    assert replayed(old) == kept


def test_what_a_base_has_replaced_is_not_released(old: Settings) -> None:
    base.run(old, now=LATER)
    first = next(iter(journal.read(old.stage).values()))
    taken_out = replace(first, verdict="quarantined", finding="some check: of today")
    journal.append(old.stage, taken_out)
    with pytest.raises(InputError, match="a base has replaced"):
        load.run(old, again=[first.batch_id])


def test_a_kill_loses_nothing_and_the_next_upkeep_goes_on(old: Settings) -> None:
    before = raw(old)
    base.run(old, now=LATER)
    half_written = old.stage / "base" / "000000000007-001"
    half_written.mkdir()
    (half_written / "fetch.parquet").write_bytes(b"half")
    assert killed(old, "base", at="replace", number=1, now=LATER + timedelta(days=2))  # sealed, and nothing removed yet
    assert bases(old) == ["000000000004-001", "000000000007-001"]
    half_removed = next(old.stage.glob("[0-9]*/*-listing-*"))
    (half_removed / "manifest.json").unlink()
    assert base.run(old, now=LATER + timedelta(days=2)).batches == 2
    assert bases(old) == ["000000000007-001"]
    assert len(batches(old)) == 1
    assert replayed(old) == before


def test_a_replay_that_is_killed_begins_again(old: Settings) -> None:
    before = raw(old)
    base.run(old, now=LATER)
    shutil.rmtree(old.writer_file.parent)
    assert killed(old, "load", at="base_load", number=1)  # its rows are in, and not committed
    load.run(old)
    assert raw(old) == before


def test_a_batch_that_was_published_just_now_stays_for_who_reads_the_state_before(old: Settings) -> None:
    assert base.run(old, now=datetime.now(UTC)).batches == 0


def test_what_the_journal_owes_a_place_holds_back_what_comes_after(old: Settings) -> None:
    place = journal.read(old.stage)
    ((third,),) = ask(old, "SELECT batch_id FROM raw.batch WHERE load_seq = 3")
    with writer.lock(old.writer_file), writer.connect(old.writer_file, now=LATER) as connection:
        connection.execute("DELETE FROM raw.batch WHERE load_seq = 3")
    assert place[third].verdict == "loaded"
    base.run(old, now=LATER)
    assert bases(old) == ["000000000002-001"]


def test_a_crawl_knows_the_same_of_the_past(old: Settings) -> None:
    newsroom = Newsroom(old)
    newsroom.now = LATER
    newsroom.lists("https://daily.example/pending")
    newsroom.seals()  # not loaded
    active = ["daily", "weekly"]

    def known() -> tuple[object, ...]:
        with crawl._state(old, now=LATER) as state:
            return state.feeds(), state.due(now=LATER + timedelta(days=9), source_ids=active, active_ids=active)

    before = known()
    assert base.run(old, now=LATER + timedelta(days=2)).batches == 6
    assert known() == before


def test_a_batch_that_is_quarantined_later_stays_so_and_its_rows_are_kept(old: Settings) -> None:
    base.run(old, now=LATER)
    ((batch_id,),) = ask(old, "SELECT batch_id FROM raw.batch WHERE load_seq = 4")
    with writer.lock(old.writer_file), writer.connect(old.writer_file, now=LATER) as connection:
        publish._take_out(old, connection, batch_id, "a check of a later version")
    before = raw(old)
    assert base.run(old, now=LATER + timedelta(days=2)).batches == 0
    assert replayed(old) == before
    assert batch_id in "".join(before["quarantine"])


def test_a_base_of_an_older_version_gets_defaults_and_a_newer_one_waits(old: Settings) -> None:
    base.run(old, now=LATER)
    (folder,) = old.stage.glob("base/*")
    manifest = json.loads((folder / "manifest.json").read_text())
    polls = folder / "poll.parquet"
    parquet.write_table(parquet.read_table(polls).drop_columns(["erased_count"]), polls)
    manifest["tables"]["poll"]["file_hash"] = digest(polls)
    newer = manifest | {"schema_version": manifest["schema_version"] + 1}
    shutil.rmtree(old.writer_file.parent)
    for told, fault in ((newer, BatchTooNew), (manifest | {"tables": {"poll": {"file_hash": "x"}}}, BatchCorrupt)):
        (folder / "manifest.json").write_text(json.dumps(told))
        with pytest.raises(fault, match="base"):
            load.run(old)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    load.run(old)
    with writer.connect(old.writer_file, now=LATER) as connection:
        assert connection.execute("SELECT DISTINCT erased_count FROM raw.poll").fetchall() == [(0,)]


def test_what_is_erased_is_in_no_base(old: Settings) -> None:
    """A load takes it out of raw and base, upkeep out of all else; a page that no batch tells of lies among the others."""
    base.run(old, now=LATER)
    assert any(path.startswith("stage/base/") for path in erasing.holding(old.home))
    asked = erase.order(url=erasing.MARKED)
    with writer.lock(old.writer_file), writer.connect(old.writer_file, now=LATER) as connection:
        doom.choose(connection, asked)
        obedience.seal(old, tombstones(connection, asked, now=LATER))
    load.run(old)
    assert bases(old) == ["000000000004-002"]
    assert not any(path.startswith("stage/") for path in erasing.holding(old.home) if "journal" not in path)
    assert not any("cannot be read" in one for one in retention.run(old).remains)
    assert erasing.holding(old.home) == []
    pages = ask(old, PAGES)
    assert pages
    for fetch_id, path, offset in pages:
        assert read_response(old.raw / path, offset).record_id == fetch_id
    kept = raw(old)
    assert replayed(old) == kept


def test_a_warehouse_that_lacks_the_base_has_no_archive_file_swept(old: Settings) -> None:
    base.run(old, now=LATER)
    kept = sorted(old.raw.rglob("*.warc.gz"))
    old.writer_file.unlink()
    with writer.lock(old.writer_file), writer.connect(old.writer_file, now=LATER):
        pass  # made, and not loaded yet
    assert retention.run(old, now=LATER + timedelta(days=2)).unnamed_files == []
    assert sorted(old.raw.rglob("*.warc.gz")) == kept != []
