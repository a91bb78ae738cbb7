"""Loading: once or not at all, in an order that survives kills, damage and the loss of the warehouse."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.errors import InputError, WriterBusy
from ingest.jobs import build, load, publish
from ingest.settings import Settings
from ingest.warehouse import writer
from ingest.warehouse.state import open_state
from killer import killed
from looks import ask, tables
from newsroom import MORNING, Newsroom

WORDS = "The harbour council met in the old hall and spoke of boats, nets and the price of ice. "


@pytest.fixture
def staged(newsroom: Newsroom) -> Newsroom:
    """Four batches with every state: stored, revised, duplicate, rejected, failed, waiting."""
    urls = [f"https://daily.example/{name}" for name in ("harbour", "school", "wall", "lost", "slow", "later")]
    newsroom.lists(*urls)
    newsroom.seals()
    newsroom.reads(urls[0], WORDS * 3)
    newsroom.reads(urls[1], "The school has a new roof. " * 8)
    newsroom.rejects(urls[2], "consent_wall")
    newsroom.fails(urls[3], "gone")
    newsroom.fails(urls[4], "timeout", next_attempt_at=MORNING + timedelta(hours=1))
    newsroom.seals()
    newsroom.lists("https://weekly.example/copy", source_id="weekly")
    newsroom.reads("https://weekly.example/copy", WORDS * 3, source_id="weekly")
    newsroom.seals()
    newsroom.reads(urls[0], WORDS * 3 + "It ended late.")
    newsroom.seals()
    return newsroom


def everything(settings: Settings) -> dict[str, list[str]]:
    load.run(settings)
    build.run(settings)
    publish.run(settings)
    return tables(settings.published_file)


def test_every_item_ends_in_exactly_one_state(staged: Newsroom, settings: Settings) -> None:
    everything(settings)
    assert ask(settings, "SELECT state, reason, count(*) FROM mart.ledger GROUP BY ALL ORDER BY ALL") == [
        ("duplicate", "same_text", 1),
        ("failed", "gone", 1),
        ("rejected", "consent_wall", 1),
        ("stored", "article", 2),
        ("waiting", "not_fetched", 1),
        ("waiting", "timeout", 1),
    ]
    assert ask(settings, "SELECT revision_count FROM mart.article WHERE url LIKE '%harbour'") == [(2,)]


def test_loading_twice_adds_nothing(staged: Newsroom, settings: Settings) -> None:
    before = everything(settings)
    assert load.run(settings) == {"loaded": [], "quarantined": [], "row_count": 0}
    assert everything(settings) == before


def test_one_build_of_many_batches_is_many_builds_of_one(staged: Newsroom, settings: Settings, tmp_path: Path) -> None:
    at_once = everything(settings)
    one_by_one = Settings(home=tmp_path / "slow", contact=settings.contact)
    for folder in sorted(settings.stage.glob("*/*/manifest.json")):
        batch = folder.parent
        shutil.copytree(batch, one_by_one.stage / batch.parent.name / batch.name)
        everything(one_by_one)
    assert tables(one_by_one.published_file) == at_once


# fsync: a journal line is on disk, its batch not committed; replace: the copy is out, the crawl state is not
@pytest.mark.parametrize(
    ("job", "at", "number"),
    [
        ("load", "fsync", 1),
        ("load", "fsync", 2),
        ("load", "fsync", 4),
        ("publish", "fsync", 1),
        ("publish", "replace", 1),
    ],
)
def test_a_kill_and_a_rerun_give_the_same_tables(
    staged: Newsroom, settings: Settings, tmp_path: Path, job, at, number
) -> None:
    undisturbed = Settings(home=tmp_path / "undisturbed", contact=settings.contact)
    shutil.copytree(settings.stage, undisturbed.stage)
    if job == "publish":
        load.run(settings)
    assert killed(settings, job, at=at, number=number)
    assert everything(settings) == everything(undisturbed)


def test_a_lost_warehouse_is_replayed_in_the_order_of_the_journal(
    staged: Newsroom, settings: Settings, newsroom: Newsroom
) -> None:
    before = everything(settings)
    late = settings.stage / "2026-11-22" / "20261122T055900000000Z-pages-0000late"
    newsroom.reads("https://daily.example/later", "A text that an earlier moment staged. " * 5)
    shutil.move(newsroom.seals().folder, late)  # a batch older by its name than those loaded before it
    after = everything(settings)
    assert after != before
    shutil.rmtree(settings.writer_file.parent)
    assert everything(settings) == after


def test_a_truncated_batch_is_quarantined_and_the_others_go_out(staged: Newsroom, settings: Settings) -> None:
    pages = min(settings.stage.glob("*/*-pages-*/extraction.parquet"))
    pages.write_bytes(pages.read_bytes()[:100])
    assert load.run(settings)["quarantined"] == [pages.parent.name]
    everything(settings)
    assert ask(
        settings, "SELECT batch_id, finding LIKE '%extraction.parquet is not what was sealed%' FROM raw.quarantine"
    ) == [(pages.parent.name, True)]
    assert ask(settings, "SELECT count(*) FROM mart.ledger WHERE state = 'waiting'") == [(5,)]
    shutil.rmtree(settings.writer_file.parent)
    everything(settings)
    assert ask(settings, "SELECT batch_id FROM raw.quarantine") == [(pages.parent.name,)]


def test_what_was_mended_is_released_and_loaded_last_whatever_is_killed(staged: Newsroom, settings: Settings) -> None:
    pages = min(settings.stage.glob("*/*-pages-*/extraction.parquet"))
    whole = pages.read_bytes()
    pages.write_bytes(whole[:100])
    everything(settings)
    batch_id = pages.parent.name
    assert load.run(settings, again=[batch_id])["quarantined"] == [batch_id]
    before = shutil.copy(settings.writer_file, settings.home / "before.duckdb")
    pages.write_bytes(whole)
    assert killed(settings, "load", at="fsync", number=1, again=[batch_id])  # noted, and not carried out
    everything(settings)
    assert ask(settings, "SELECT state, count(*) FROM mart.ledger GROUP BY state ORDER BY state") == [
        ("failed", 1), ("rejected", 1), ("stored", 3), ("waiting", 2)  # the copy was there first, and stays what it is
    ]  # fmt: skip
    assert ask(settings, "SELECT batch_id FROM raw.batch ORDER BY load_seq DESC LIMIT 1") == [(batch_id,)]
    assert ask(settings, "FROM raw.quarantine") == []
    released = tables(settings.published_file)
    shutil.rmtree(settings.writer_file.parent)
    assert everything(settings) == released
    assert load.run(settings, again=[batch_id])["loaded"] == []
    shutil.copy(before, settings.writer_file)  # a file of before the release comes back
    assert everything(settings) == released
    with pytest.raises(InputError, match="no batch no-such-batch was ever loaded or quarantined"):
        load.run(settings, again=[batch_id, "no-such-batch"])


def test_a_batch_whose_pages_came_again_since_is_not_released(newsroom: Newsroom, settings: Settings) -> None:
    newsroom.lists("https://daily.example/a")
    newsroom.seals()
    count, now = newsroom._count, newsroom.now
    newsroom.reads("https://daily.example/a", WORDS * 3)
    torn = newsroom.seals()
    pages = torn.folder / "extraction.parquet"
    whole = pages.read_bytes()
    pages.write_bytes(whole[:100])
    load.run(settings)
    newsroom._count, newsroom.now = count, now + timedelta(minutes=1)
    newsroom.reads("https://daily.example/a", WORDS * 3)  # the same page, read from its archive once more
    newsroom.seals()
    sound = everything(settings)
    pages.write_bytes(whole)
    assert load.run(settings, again=[torn.batch_id])["quarantined"] == [torn.batch_id]
    assert ask(settings, "SELECT count(*) FROM mart.article") == [(1,)]
    everything(settings)
    assert ask(settings, "SELECT finding FROM raw.quarantine") == [
        ("1 of its pages were brought in by another batch since: it would tell them twice",)
    ]
    assert tables(settings.published_file) == sound


def test_a_batch_that_a_lost_journal_does_not_know_is_released_all_the_same(
    staged: Newsroom, settings: Settings
) -> None:
    pages = min(settings.stage.glob("*/*-pages-*/extraction.parquet"))
    whole = pages.read_bytes()
    pages.write_bytes(whole[:100])
    everything(settings)
    pages.write_bytes(whole)
    (settings.stage / "journal.jsonl").unlink()
    assert load.run(settings, again=[pages.parent.name])["loaded"] == [pages.parent.name]


def test_a_batch_that_fails_a_check_is_taken_out_and_the_rest_goes_out(staged: Newsroom, settings: Settings) -> None:
    sound = everything(settings)
    staged.lists("https://daily.example/hollow")
    staged.reads("https://daily.example/hollow", " ")
    hollow = staged.seals()
    load.run(settings)
    assert publish.run(settings)["quarantined"] == [hollow.batch_id]
    assert tables(settings.published_file) == sound
    assert ask(settings, "SELECT finding FROM raw.quarantine") == [
        ("text_is_there: https://daily.example/hollow has no text",)
    ]
    assert load.run(settings)["loaded"] == []


def test_a_page_without_a_verdict_is_a_hole_that_is_found(staged: Newsroom, settings: Settings) -> None:
    staged.fails("https://daily.example/later", "ok")
    hole = staged.seals()
    load.run(settings)
    assert publish.run(settings)["quarantined"] == [hole.batch_id]
    assert ask(settings, "SELECT state FROM mart.ledger WHERE url LIKE '%later'") == [("waiting",)]


def test_a_kill_while_a_batch_is_taken_out_leaves_no_row_of_it(staged: Newsroom, settings: Settings) -> None:
    sound = everything(settings)
    staged.lists("https://daily.example/hollow")
    staged.reads("https://daily.example/hollow", " ")
    staged.seals()
    load.run(settings)
    assert killed(settings, "publish", at="fsync", number=1)  # the journal says quarantined, the warehouse does not yet
    publish.run(settings)
    assert tables(settings.published_file) == sound


def test_values_that_do_not_fit_quarantine_their_batch_alone(staged: Newsroom, settings: Settings) -> None:
    staged.fails("https://daily.example/later", "timeout")
    staged._rows["fetch"] = [replace(staged._rows["fetch"][0], fetch_id="no-uuid")]
    unfit = staged.seals()
    staged.lists("https://daily.example/after")
    staged.seals()
    told = load.run(settings)
    assert told["quarantined"] == [unfit.batch_id]
    assert len(told["loaded"]) == 5
    assert load.run(settings)["loaded"] == []


def test_a_page_whose_batch_was_taken_out_is_owed_again(staged: Newsroom, settings: Settings) -> None:
    first = min(settings.stage.glob("*/*-pages-*"))
    staged.looks_again("https://daily.example/school")
    staged.seals()
    shutil.rmtree(first)
    everything(settings)
    assert ask(settings, "SELECT state, reason FROM mart.ledger WHERE url LIKE '%school'") == [("waiting", "page_lost")]
    with open_state(settings.state_file, lambda _: [], now=staged.now) as state:
        (owed,) = [
            visit
            for visit in state.due(now=staged.now, source_ids=["daily"], active_ids=["daily"])
            if "school" in visit.url
        ]
    assert (owed.purpose, owed.etag, owed.body_hash) == (None, None, None)


def test_a_lost_journal_does_not_hide_what_is_loaded_after_it(staged: Newsroom, settings: Settings) -> None:
    everything(settings)
    (settings.stage / "journal.jsonl").unlink()
    staged.lists("https://daily.example/fresh")
    staged.reads("https://daily.example/fresh", "A fresh text of some length, on ships. " * 4)
    staged.seals()
    everything(settings)
    assert ask(settings, "SELECT state FROM mart.ledger WHERE url LIKE '%fresh'") == [("stored",)]


def test_what_the_ledger_calls_waiting_is_what_a_crawl_owes(staged: Newsroom, settings: Settings) -> None:
    """Also after the batch of a page was taken out, and its second try failed for good."""
    staged.looks_again("https://daily.example/school")
    staged.seals()
    shutil.rmtree(min(settings.stage.glob("*/*-pages-*")))
    for _ in range(2):
        everything(settings)
        waiting = {url for (url,) in ask(settings, "SELECT url FROM mart.ledger WHERE state = 'waiting'")}
        late = staged.now + timedelta(days=30)
        with open_state(settings.state_file, lambda _: [], now=late) as state:
            active = ["daily", "weekly"]
            assert {visit.url for visit in state.due(now=late, source_ids=active, active_ids=active)} == waiting
        staged.fails("https://daily.example/school", "gone")
        staged.seals()


def test_an_article_whose_address_moves_keeps_its_history(newsroom: Newsroom, settings: Settings) -> None:
    newsroom.lists("https://daily.example/slug")
    newsroom.reads("https://daily.example/slug", WORDS)
    newsroom.seals()
    newsroom.reads("https://daily.example/slug", WORDS + "More.", canonical_url="https://daily.example/better-slug")
    newsroom.seals()
    everything(settings)
    assert ask(settings, "SELECT state, count(*) FROM mart.ledger GROUP BY ALL") == [("stored", 1)]
    assert ask(settings, "SELECT revision_count, canonical_url FROM mart.article") == [
        (2, "https://daily.example/better-slug")
    ]


def test_an_updated_agency_text_is_a_text_of_its_own(newsroom: Newsroom, settings: Settings) -> None:
    """W prints the first text, X copies it and updates, Y prints the update: X is no copy any more, and nothing chains.

    A story is of the texts as they are now.
    """
    for name, text in (("w", WORDS), ("x", WORDS), ("x", WORDS + "Update."), ("y", WORDS + "Update.")):
        newsroom.lists(f"https://{name}.example/a", source_id=name)
        newsroom.reads(f"https://{name}.example/a", text, source_id=name)
        newsroom.seals()
    everything(settings)
    rows = ask(
        settings, "SELECT source_id, duplicate_of IS NULL, story_id = article_id FROM mart.article ORDER BY source_id"
    )
    assert rows == [("w", True, True), ("x", True, True), ("y", True, False)]


def test_a_second_writer_is_told_who_the_first_is(settings: Settings) -> None:
    with writer.lock(settings.writer_file), pytest.raises(WriterBusy, match=r"is being written by process \d+"):
        load.run(settings)
