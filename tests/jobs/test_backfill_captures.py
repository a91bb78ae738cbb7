"""Backfills from captures: pages that archives hold, of any time and in any order, become revisions in capture order."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from random import Random
from shutil import rmtree

import pytest

from ingest.jobs import backfill, build, load, publish
from ingest.settings import Settings
from inputs.archive_host import ArchiveHost
from killed_backfill import killed
from looks import ask
from made_warc import Captured, cdx_line, page, place_warc, write_warc

SOURCES = """
[[source]]
source_id = "daily"
name = "The Daily"
home_url = "https://daily.example/"
country = "IE"
language = "en"
feeds = ["https://daily.example/feed"]

[[source]]
source_id = "weekly"
name = "The Weekly"
home_url = "https://weekly.example/"
country = "GB"
language = "en"
feeds = ["https://weekly.example/feed"]
"""
LOOPBACK = (ip_network("127.0.0.0/8"),)
KILLS = int(os.environ.get("KILLS", "2"))
STORM = "https://daily.example/2019/03/05/storm-over-the-bay"
MORNING = datetime(2019, 3, 5, 8, tzinfo=UTC)
FIRST = (
    "A storm passed over the bay on Tuesday and left the lower streets of the old town under water for most of the day.",
    "The mayor said that the pumps had worked through the night, and that nobody had been hurt in the flooding so far.",
    "Schools stay closed until Thursday, the council said, and the ferries to the islands run again from the weekend on.",
)
FIRST_DAY, LAST_DAY = date(2019, 1, 1), date(2019, 12, 31)
# all but the numbers and times of batches, which are each run's own
OF_EITHER_RUN = (
    "SELECT * EXCLUDE (captured_seq, load_seq, read_seq, shifted_seq) FROM core.verdict ORDER BY fetch_id",
    "SELECT * EXCLUDE (batch_id, load_seq) FROM core.revision ORDER BY ALL",
    "SELECT * EXCLUDE (batch_id, change_seq) FROM core.article ORDER BY article_id",
    "SELECT * EXCLUDE (listed_at, change_seq) FROM core.entry ORDER BY entry_id",
    "SELECT * EXCLUDE (request_id) FROM mart.backfill_day ORDER BY ALL",
    "SELECT sum(found_count), sum(outside_count), sum(fault_count) FROM raw.part",
)
LATER = (
    "Late in the evening the council added that the bridge to the harbour is closed to lorries until further notice.",
)


@pytest.fixture
def daily(settings: Settings) -> Settings:
    settings.home.mkdir(parents=True)
    catalogue = settings.home / "sources.toml"
    catalogue.write_text(SOURCES, "utf-8")
    return replace(settings, catalogue=catalogue, disk_pause_backfill_bytes=0, disk_pause_crawl_bytes=0)


def brings_in(settings: Settings, file: Path, *, source_ids: Sequence[str] = (), first: date = date(2019, 1, 1)) -> str:
    """One WARC file, all the way into the staging area."""
    (asked,) = backfill.request(
        settings,
        source_ids=source_ids,
        input_kind="warc",
        input_address=str(file),
        from_on=first,
        to_on=date(2019, 12, 31),
    )
    for work in backfill.plan(settings, on=None, request_ids=[asked.request_id]):
        backfill.run(settings, work=work)
    return asked.request_id


def published(settings: Settings) -> None:
    load.run(settings)
    build.run(settings)
    assert publish.run(settings)["quarantined"] == []


def storm(hours: int) -> Captured:
    """The page as it was so many hours after its first capture: with a paragraph more from the fourth on."""
    told = FIRST if hours < 4 else (*FIRST, *LATER)
    return Captured(STORM, MORNING + timedelta(hours=hours), page("Storm over the bay", *told, published_at=MORNING))


def test_captures_are_articles_of_their_time_with_what_their_archive_says_of_them(
    daily: Settings, tmp_path: Path
) -> None:
    file = write_warc(tmp_path / "of-2019.warc.gz", [storm(1), storm(5)])
    request_id = brings_in(daily, file)
    published(daily)
    ((title, first_seen_at, fetched_at, revisions),) = ask(
        daily, "SELECT title, first_seen_at, fetched_at, revision_count FROM mart.article"
    )
    assert (title, revisions) == ("Storm over the bay", 2)
    assert (first_seen_at, fetched_at) == (MORNING + timedelta(hours=1), MORNING + timedelta(hours=5))
    rows = ask(
        daily,
        "SELECT fetched_at, ingested_at > TIMESTAMPTZ '2020-01-01', capture_address, capture_record_id, next_attempt_at"
        " FROM raw.fetch ORDER BY fetched_at",
    )
    assert [row[:3] + row[4:] for row in rows] == [(storm(hours).at, True, str(file), None) for hours in (1, 5)]
    assert all(record_id for *_, record_id, _ in rows)
    proven = backfill.certificate(daily, request_ids=[request_id])
    assert proven.is_signed
    assert [(day.counted_on, day.listed_count, day.added_count) for day in proven.days if day.listed_count] == [
        (date(2019, 3, 5), 1, 1)
    ]


def test_captures_that_arrive_in_any_order_tell_one_history(daily: Settings, tmp_path: Path) -> None:
    files = {hours: write_warc(tmp_path / f"{hours}.warc.gz", [storm(hours)]) for hours in (0, 2, 5)}
    told = []
    for number, order in enumerate(((0, 2, 5), (5, 0, 2))):
        settings = replace(daily, home=tmp_path / f"home-{number}")
        for hours in order:
            brings_in(settings, files[hours])
            if number:  # one build of all, and one a capture
                load.run(settings)
                build.run(settings)
        published(settings)
        told.append(
            ask(
                settings,
                "SELECT revision_number, first_seen_at, last_seen_at, capture_count, title, is_reworded"
                " FROM core.revision ORDER BY revision_number",
            )
        )
    assert told[0] == [
        (1, MORNING, MORNING + timedelta(hours=2), 2, "Storm over the bay", None),
        (2, MORNING + timedelta(hours=5), MORNING + timedelta(hours=5), 1, "Storm over the bay", True),
    ]
    assert told[1] == told[0]


def test_a_capture_is_brought_in_once_however_often_and_in_whatever_file_it_comes(
    daily: Settings, tmp_path: Path
) -> None:
    one, other = (write_warc(tmp_path / name, [storm(1)]) for name in ("one.warc.gz", "other.warc.gz"))
    brings_in(daily, one)
    brings_in(daily, one)
    second = brings_in(daily, other)
    published(daily)
    assert ask(daily, "SELECT count(*) FROM raw.fetch") == [(1,)]
    proven = backfill.certificate(daily, request_ids=[second])
    assert proven.is_signed
    assert sum(day.held_count for day in proven.days) == 1


def test_addresses_are_told_apart_by_host_and_days_before_anything_is_kept(daily: Settings, tmp_path: Path) -> None:
    captures = [
        storm(1),
        Captured("https://www.weekly.example/a-quiet-week", MORNING, page("A quiet week", *FIRST)),
        Captured("https://elsewhere.example/a", MORNING, page("Elsewhere", *FIRST)),
        Captured("https://daily.example/", MORNING, page("Front page", *FIRST)),
        Captured("https://daily.example/late", MORNING + timedelta(days=400), page("Late", *FIRST)),
    ]
    file = write_warc(tmp_path / "mixed.warc.gz", captures)
    brings_in(daily, file)
    published(daily)
    assert ask(daily, "SELECT source_id, count(*) FROM mart.ledger GROUP BY ALL ORDER BY ALL") == [
        ("daily", 1),
        ("weekly", 1),
    ]
    assert ask(daily, "SELECT sum(found_count), sum(outside_count) FROM raw.part") == [(4, 3)]


def test_a_backfill_that_is_killed_at_any_moment_comes_to_the_same_end(daily: Settings, tmp_path: Path) -> None:
    """`KILLS=20` for a longer test: each kill and what follows it take some seconds."""
    captures = [
        Captured(f"https://daily.example/{number}", MORNING + timedelta(minutes=number), page(f"Story {number}", *told))
        for number in range(10 * KILLS)
        for told in [(f"This is what happened at number {number} of the high street. {FIRST[0]}", *FIRST[1:])]
    ]
    file = write_warc(tmp_path / "many.warc.gz", [*captures, storm(1), storm(5)])
    small = replace(daily, batch_pages=6)
    ends = []
    for name, rng in (("whole", None), ("killed", Random(7))):  # noqa: S311
        settings = replace(small, home=tmp_path / name)
        backfill.request(
            settings, source_ids=(), input_kind="warc", input_address=str(file), from_on=FIRST_DAY, to_on=LAST_DAY
        )
        moments = None if rng else killed(settings, 0)
        kills = 0
        while rng and kills < KILLS and killed(settings, rng.randint(1, 40)) is None:
            kills += 1
        assert kills == (KILLS if rng else 0)
        assert killed(settings, 0) is not None
        assert moments is None or moments > 60
        published(settings)
        assert backfill.certificate(settings).is_signed
        ends.append([ask(settings, look) for look in OF_EITHER_RUN])
        fetches = ask(settings, "SELECT count(*), count(DISTINCT fetch_id) FROM raw.fetch")
        assert fetches == [(len(captures) + 2, len(captures) + 2)]
    assert ends[0] == ends[1]


def test_an_archive_is_not_asked_every_night_for_what_is_done(daily: Settings, tmp_path: Path) -> None:
    settings = replace(daily, allow_networks=LOOPBACK)
    file = write_warc(tmp_path / "a.warc.gz", [storm(1)])
    with ArchiveHost({"/warc.paths": b"a.warc.gz\n", "/a.warc.gz": file.read_bytes()}) as archive:
        address = archive.url("/warc.paths")
        (asked,) = backfill.request(
            settings, source_ids=(), input_kind="warc", input_address=address, from_on=FIRST_DAY, to_on=LAST_DAY
        )
        assert backfill.until_done(settings).extracted == 1
        before = len(archive.asked)
        assert backfill.plan(settings, on=None) == []
        assert len(archive.asked) == before
        assert backfill.plan(settings, on=None, request_ids=[asked.request_id]) == []
        assert len(archive.asked) == before + 1


def test_an_archive_that_wants_to_be_left_alone_pauses_its_input_and_is_gone_on_with_later(
    daily: Settings, tmp_path: Path
) -> None:
    settings = replace(daily, allow_networks=LOOPBACK)
    captures = [
        Captured(
            f"https://daily.example/{number}", MORNING + timedelta(minutes=number), page(f"Story {number}", *FIRST)
        )
        for number in range(3)
    ]
    offsets = place_warc(tmp_path / "far.warc.gz", captures)
    with ArchiveHost({"/far.warc.gz": (tmp_path / "far.warc.gz").read_bytes()}, "ok", "503") as archive:
        listing = tmp_path / "listing.cdxj"
        rows = [cdx_line(one, archive.url("/far.warc.gz"), at) for one, at in zip(captures, offsets, strict=True)]
        listing.write_text("\n".join(rows), "utf-8")
        (asked,) = backfill.request(
            settings, source_ids=(), input_kind="cdx", input_address=str(listing), from_on=FIRST_DAY, to_on=LAST_DAY
        )
        (work,) = backfill.plan(settings, on=None)
        first = backfill.run(settings, work=work)
        assert (first.listed, first.fetched, first.failed, first.put_off) == (3, 1, 1, 1)
        assert len(archive.asked) == 2
        assert backfill.until_done(settings).fetched == 0
        assert len(archive.asked) == 2
        rmtree(settings.home / "hosts")  # its rest is over by then
        later = datetime.now(UTC) + timedelta(hours=2)
        (work,) = backfill.plan(settings, on=None, now=later)
        assert backfill.run(settings, work=work, now=later).fetched == 2
    published(settings)
    assert backfill.certificate(settings, request_ids=[asked.request_id]).is_signed
