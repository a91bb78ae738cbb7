"""Snapshots: each publish has a name that the file itself knows, earlier ones can be opened, and any moment can be asked for."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingest.errors import PublishFailed, SnapshotMissing, WarehouseMissing
from ingest.jobs import load, publish
from ingest.settings import Settings
from ingest.warehouse import load as warehouse
from ingest.warehouse import publish as publishing
from ingest.warehouse import read, snapshot, writer
from killer import killed
from looks import ask
from newsroom import MORNING, Newsroom
from prompt import Prompt
from ready_home import goes_out, move_in, prints

LATE = datetime(2036, 11, 23, 2, 15, 0, 250_000, tzinfo=UTC)  # after whatever the clock says
UNDATED = {"published_at": None, "published_offset_s": None, "published_precision": None, "published_evidence": None}


@pytest.fixture
def ready(tmp_path: Path) -> tuple[Settings, Newsroom]:
    return move_in(tmp_path / "data")


class History:
    """A home of four snapshots, of one to three articles; the text of the first changes with the fourth."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(home=folder / "data", contact="mailto:tests@example.org")
        self.newsroom = Newsroom(self.settings)
        self.ids = []
        for number in range(3):
            prints(self.newsroom, number)
            self.ids.append(goes_out(self.settings))
        self.newsroom.reads("https://daily.example/0", "Number 0 was wrong, and is put right here. " * 4)
        self.newsroom.seals()
        self.ids.append(goes_out(self.settings))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    yield History(tmp_path_factory.mktemp("history"))


def test_a_name_sorts_by_time_and_can_be_read_back() -> None:
    assert snapshot.name(LATE, 42) == "20361123T021500.250Z-000042"
    assert snapshot.moment("20361123T021500.250Z-000042") == LATE
    names = [snapshot.name(LATE + timedelta(milliseconds=ms), 10**6 - ms) for ms in (0, 1, 800, 60_000)]
    assert names == sorted(names)


def test_the_file_says_which_snapshot_it_is(history: History) -> None:
    rows = ask(history.settings, "SELECT snapshot_id, published_through_seq, is_this_file FROM mart.snapshot")
    assert rows == [(name, seq, seq == 4) for seq, name in enumerate(history.ids, start=1)]
    sizes = ask(history.settings, "SELECT file_bytes > 0, elapsed_ms > 0 FROM mart.snapshot")
    assert sizes == [(True, True)] * 3 + [(None, None)]  # a file cannot know how long its own making took


def test_earlier_files_are_kept_by_name_and_cost_no_copying(history: History) -> None:
    kept = snapshot.kept(history.settings.snapshots)
    assert [one.snapshot_id for one in kept] == history.ids[:3]
    for articles, one in enumerate(kept, start=1):
        with read.reader(one.file) as connection:
            assert connection.execute("SELECT count(*) FROM mart.article").fetchall() == [(articles,)]
            assert snapshot.name_of(one.file) == one.snapshot_id


@pytest.mark.parametrize("keep", [0, 1])
def test_so_many_earlier_files_are_kept_as_the_setting_says(ready: tuple[Settings, Newsroom], keep: int) -> None:
    settings = replace(ready[0], keep_snapshots=keep)
    names = [str(publish.run(settings)["snapshot_id"]) for _ in range(3)]
    assert [one.snapshot_id for one in snapshot.kept(settings.snapshots)] == names[2 - keep : 2]


def test_a_snapshot_is_the_published_file_itself_under_a_second_name(ready: tuple[Settings, Newsroom]) -> None:
    settings, _ = ready
    name, inode = snapshot.name_of(settings.published_file), settings.published_file.stat().st_ino
    publish.run(settings)
    assert (settings.snapshots / f"{name}.duckdb").stat().st_ino == inode


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        (lambda ids: ids[1], 1),
        (lambda ids: ids[3], 3),
        (lambda ids: snapshot.moment(ids[2]).isoformat(), 2),
        (lambda ids: f"{snapshot.moment(ids[2]) - timedelta(milliseconds=1):%Y-%m-%dT%H:%M:%S.%f}", 1),
        (lambda _: "2100-01-01", 3),
    ],
    ids=["by name", "the present one", "its own moment", "just before", "any later time"],
)
def test_a_snapshot_is_found_by_name_or_time(history: History, asked, place: int) -> None:
    settings = history.settings
    assert (
        snapshot.as_of(settings.published_file, settings.snapshots, asked(history.ids)).snapshot_id
        == history.ids[place]
    )


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("2020-01-01", "no snapshot is kept that was published by 2020-01-01"),
        ("20200101T000000.000Z-000001", "no snapshot 20200101T000000.000Z-000001 is kept"),
        ("yesterday", "'yesterday' is neither a snapshot nor a time"),
    ],
)
def test_a_snapshot_that_is_not_there_says_which_are(history: History, asked: str, told: str) -> None:
    settings = history.settings
    with pytest.raises(SnapshotMissing, match=told) as raised:
        snapshot.as_of(settings.published_file, settings.snapshots, asked)
    assert history.ids[0] in str(raised.value) or "`ingest snapshots` lists them" in str(raised.value)


def test_before_the_first_publish_there_is_no_snapshot(settings: Settings) -> None:
    with pytest.raises(WarehouseMissing, match="run `ingest run`"):
        snapshot.standing(settings.published_file, settings.snapshots)


def test_a_person_lists_snapshots_and_asks_one(
    history: History, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INGEST_HOME", str(history.settings.home))
    ingest = Prompt(monkeypatch, capsys)
    code, said, _ = ingest("snapshots", "--json")
    assert (code, [one["snapshot_id"] for one in json.loads(said)]) == (0, history.ids)
    count = "SELECT count(*) AS articles FROM mart.article"
    assert ingest("query", "--csv", count, "--as-of", history.ids[0])[:2] == (0, "articles\r\n1\r\n")
    assert ingest("query", "--csv", count, "--as-of", "2100-01-01")[:2] == (0, "articles\r\n3\r\n")
    code, _, fault = ingest("query", count, "--as-of", "2020-01-01")
    assert (code, "kept are: " + history.ids[0] in fault) == (4, True)


def agrees_with_its_snapshots(settings: Settings) -> None:
    """The newest file tells each batch's articles as that batch's snapshot does."""
    what = "article_id, source_id, title, text, published_at, word_count, language, url"
    for one in snapshot.standing(settings.published_file, settings.snapshots):
        with read.reader(one.file) as connection:
            then = connection.execute(f"SELECT {what} FROM mart.article ORDER BY article_id").fetchall()
            ((seq,),) = connection.execute("SELECT max(load_seq) FROM raw.batch").fetchall()
        moment = one.published_at + timedelta(milliseconds=1)
        for through in (seq, f"load_seq_at(TIMESTAMPTZ '{moment.isoformat()}')"):
            assert ask(settings, f"SELECT {what} FROM articles_as_of({through}) ORDER BY article_id") == then


def test_articles_as_of_a_batch_are_those_of_the_snapshot_of_that_batch(history: History) -> None:
    """Also what a snapshot that is not kept any more said: the newest file knows."""
    agrees_with_its_snapshots(history.settings)
    assert ask(history.settings, "SELECT load_seq_at(TIMESTAMPTZ '2020-01-01')") == [(None,)]


def test_articles_as_of_a_batch_know_aliases_dates_of_feeds_and_what_was_read_before(
    ready: tuple[Settings, Newsroom],
) -> None:
    settings, newsroom = replace(ready[0], keep_snapshots=9), ready[1]
    storm, twin, calm = (
        f"https://daily.example/{path}" for path in ("news/storm-hits-coast", "home/storm-hits-coast", "calm")
    )
    newsroom.lists(storm, calm, title="As listed", published_at=MORNING - timedelta(hours=3))
    pages = [newsroom.reads(url, f"{url} had a day. " * 20, title=None, **UNDATED) for url in (storm, calm)]
    steps = [
        lambda: None,
        lambda: (newsroom.lists(twin), newsroom.reads(twin, f"{storm} had a day. " * 20)),  # another address
        lambda: newsroom.lists(calm, title="Listed anew", published_at=MORNING),
        lambda: (
            setattr(newsroom, "extractor_version", "2"),
            newsroom.rereads(pages[0], "Read otherwise by now. " * 20),
        ),
        lambda: newsroom.rerejects(pages[1], "error_page"),
        lambda: newsroom.rereads(pages[1], "An article after all. " * 20, published_at=MORNING),
    ]
    counts = []
    for step in steps:
        step()
        newsroom.seals()
        goes_out(settings)
        counts.append(ask(settings, "SELECT count(*) FROM mart.article")[0][0])
    assert counts == [3, 3, 3, 3, 2, 3]
    assert ask(settings, "SELECT count(*) FROM mart.alias")[0][0] > 0
    agrees_with_its_snapshots(settings)


def test_two_snapshots_side_by_side_tell_what_changed(history: History) -> None:
    """As warehouse/README.md says it, with DuckDB alone."""
    settings = history.settings
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{settings.published_file}' AS news (READ_ONLY)")
        connection.execute(f"ATTACH '{settings.snapshots / history.ids[1]}.duckdb' AS before (READ_ONLY)")
        changed = connection.execute(
            """
            SELECT news.url, before.article_id IS NULL AS is_new, before.text <> news.text AS is_edited
            FROM news.mart.article AS news
            LEFT JOIN before.mart.article AS before USING (article_id)
            WHERE news.change_seq > (SELECT max(published_through_seq) FROM before.mart.snapshot)
            ORDER BY news.url
            """
        ).fetchall()
        assert changed == [("https://daily.example/0", False, True), ("https://daily.example/2", True, None)]
        connection.execute("USE before")  # macros look for their tables in the file that is in use
        assert connection.execute("SELECT count(*) FROM search_articles('harbour', 9)").fetchall() == [(2,)]
        connection.execute("USE news")
        assert connection.execute("SELECT count(*) FROM search_articles('harbour', 9)").fetchall() == [(2,)]


@pytest.mark.parametrize("at", ["hardlink", "replace"])
def test_a_publish_that_is_killed_leaves_a_whole_file_and_the_next_one_goes_out(
    ready: tuple[Settings, Newsroom], at: str
) -> None:
    settings, newsroom = ready
    first = snapshot.name_of(settings.published_file)
    prints(newsroom, 1)
    load.run(settings)
    assert killed(settings, "publish", at=at, number=1)
    is_out = at == "replace"
    assert ask(settings, "SELECT count(*) FROM mart.article") == [(2 if is_out else 1,)]
    said = snapshot.name_of(settings.published_file)
    last = publish.run(settings)["snapshot_id"]
    known = [name for (name,) in ask(settings, "SELECT snapshot_id FROM mart.snapshot")]
    assert known == ([first, said, last] if is_out else [first, last])
    assert [one.snapshot_id for one in snapshot.kept(settings.snapshots)] == known[:-1]


def test_a_clock_that_goes_back_makes_no_older_snapshot(ready: tuple[Settings, Newsroom]) -> None:
    settings, _ = ready
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=LATE) as connection:
        names = [
            publishing.publish(
                connection, settings.writer_file, places=publish.places(settings), now=moment, began_s=0.0
            ).snapshot_id
            for moment in (LATE, LATE - timedelta(hours=1), LATE)
        ]
    assert names == [snapshot.name(LATE + timedelta(milliseconds=ms), 1) for ms in range(3)]


@pytest.mark.parametrize("fault", ["another file", "half a file"])
def test_a_copy_that_is_not_what_the_writer_says_does_not_go_out(
    ready: tuple[Settings, Newsroom], tmp_path: Path, fault: str
) -> None:
    settings, _ = ready
    name = snapshot.name_of(settings.published_file)
    other = tmp_path / "other.duckdb"
    whole = settings.published_file.read_bytes()
    other.write_bytes(whole if fault == "another file" else whole[: len(whole) // 3])
    with (
        writer.lock(settings.writer_file),
        writer.connect(settings.writer_file, now=LATE) as connection,
        pytest.raises(PublishFailed, match=r"news\.part (says .*, the writer|cannot be opened)"),
    ):
        publishing.publish(connection, other, places=publish.places(settings), now=LATE, began_s=0.0)
    assert snapshot.name_of(settings.published_file) == name
    assert not settings.published_file.with_suffix(".part").exists()
    publish.run(settings)
    assert ask(settings, "SELECT count(*) FROM mart.snapshot") == [(2,)]


def test_a_batch_that_takes_an_earlier_place_is_checked_and_no_snapshot_is_forgotten(
    ready: tuple[Settings, Newsroom],
) -> None:
    settings, newsroom = ready
    prints(newsroom, 1)
    goes_out(settings)
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=LATE) as connection:
        newsroom.reads("https://daily.example/0", "An earlier place. " * 9)
        warehouse.load(connection, newsroom.seals(), load_seq=1, version="1", now=LATE)
        assert publishing.published_through(connection) == 0
    publish.run(settings)
    assert ask(settings, "SELECT published_through_seq FROM mart.snapshot") == [(1,), (2,), (2,)]
