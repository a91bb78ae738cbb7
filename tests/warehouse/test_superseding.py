"""Pages that are read again: the last verdict counts, no revision comes of it, and who is not concerned stays as it was."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import SettingsError
from ingest.jobs import build, load, publish
from ingest.settings import Settings
from ingest.settings import load as load_settings
from looks import ask, tables
from newsroom import Newsroom

A, B, C = (f"https://daily.example/{name}" for name in "abc")
TEXT = "The harbour council met in the old hall and spoke of boats, nets and the price of ice. " * 2
EDIT = TEXT + "It ended late."
BETTER = "Old hall, harbour. " + TEXT
BETTER_EDIT = BETTER + "It ended late."
ARTICLES = "SELECT url, text, revision_count, extractor_version, change_seq FROM mart.article ORDER BY url"


def test_the_last_verdict_counts_and_makes_no_revision(newsroom: Newsroom, asked: Any) -> None:
    newsroom.lists(A, B)
    page, other = newsroom.reads(A, TEXT), newsroom.reads(B, "Another text, on schools. " * 5)
    before = asked(ARTICLES)
    newsroom.extractor_version = "2"
    newsroom.rereads(page, BETTER)
    newsroom.confirms(other)
    after = asked(ARTICLES)
    assert after[0] == (A, BETTER, 1, "2", 2)
    assert after[1] == (*before[1][:3], "2", before[1][4])
    assert asked("SELECT revision_number, text, capture_count FROM mart.revision WHERE text LIKE '%ice%'") == [
        (1, BETTER, 1)
    ]


def test_an_edit_stays_an_edit_when_all_its_pages_are_read_again(newsroom: Newsroom, asked: Any) -> None:
    first, second = newsroom.reads(A, TEXT), newsroom.reads(A, EDIT)
    assert asked("SELECT count(*) FROM mart.revision") == [(2,)]
    newsroom.extractor_version = "2"
    newsroom.rereads(first, BETTER)
    newsroom.rereads(second, BETTER_EDIT)
    assert asked("SELECT revision_number, text, capture_count FROM mart.revision ORDER BY revision_number") == [
        (1, BETTER, 1),
        (2, BETTER_EDIT, 1),
    ]


def test_what_a_new_version_reads_otherwise_is_no_edit_until_one_version_has_read_both(
    newsroom: Newsroom, asked: Any
) -> None:
    count = "SELECT revision_count, change_seq FROM mart.article"
    first = newsroom.reads(A, TEXT)
    newsroom.seals()
    newsroom.extractor_version = "2"
    newsroom.reads(A, BETTER)
    assert asked(count) == [(1, 2)]
    assert asked("SELECT text, capture_count FROM mart.revision ORDER BY revision_number") == [(TEXT, 2)]
    assert asked("SELECT text FROM mart.article") == [(BETTER,)]
    newsroom.rereads(first, BETTER)
    assert asked(count) == [(1, 3)]
    newsroom.reads(A, BETTER_EDIT)
    assert asked(count) == [(2, 4)]


def test_a_confirmation_may_show_an_edit_that_a_change_of_version_had_hidden(newsroom: Newsroom, asked: Any) -> None:
    first = newsroom.reads(A, TEXT)
    newsroom.seals()
    newsroom.extractor_version = "2"
    newsroom.reads(A, EDIT)
    assert asked("SELECT revision_count FROM mart.article") == [(1,)]
    newsroom.confirms(first)
    assert asked("SELECT revision_count, change_seq FROM mart.article") == [(2, 3)]


def test_a_confirmation_hides_no_edit(newsroom: Newsroom, asked: Any) -> None:
    """It says that two versions read the page alike, so the older comparison holds."""
    first = newsroom.reads(A, TEXT)
    newsroom.reads(A, EDIT)
    before = asked("SELECT revision_count, change_seq FROM mart.article")
    newsroom.extractor_version = "2"
    newsroom.confirms(first)
    assert asked("SELECT revision_count, change_seq FROM mart.article") == before == [(2, 1)]


def test_a_rule_is_part_of_what_reads_a_page(newsroom: Newsroom, asked: Any) -> None:
    newsroom.reads(A, TEXT)
    newsroom.reads(A, BETTER, rule_hash="r1")
    assert asked("SELECT revision_count, rule_hash FROM mart.article") == [(1, "r1")]
    newsroom.reads(A, BETTER_EDIT, rule_hash="r1")
    assert asked("SELECT revision_count FROM mart.article") == [(2,)]


def test_a_text_that_comes_back_is_the_revision_that_it_was(newsroom: Newsroom, asked: Any) -> None:
    for text in (TEXT, EDIT, TEXT):
        newsroom.reads(A, text)
    newsroom.extractor_version = "2"
    newsroom.reads(A, BETTER)
    assert asked("SELECT text, capture_count FROM mart.revision ORDER BY revision_number") == [(TEXT, 3), (EDIT, 1)]


HEADLINES = "SELECT title, is_retitled, is_reworded, capture_count FROM mart.revision ORDER BY revision_number"


def test_a_headline_that_a_new_version_reads_otherwise_is_no_edit_until_one_version_has_read_both(
    newsroom: Newsroom, asked: Any
) -> None:
    first = newsroom.reads(A, TEXT, title="Council | Daily")
    newsroom.extractor_version = "2"
    newsroom.reads(A, TEXT, title="Council")
    assert asked(HEADLINES) == [("Council | Daily", None, None, 2)]
    newsroom.reads(A, TEXT, title="Mayor")
    edited = [("Council | Daily", None, None, 2), ("Mayor", True, False, 1)]
    assert asked(HEADLINES) == edited
    newsroom.rereads(first, TEXT, title="Council")
    assert asked(HEADLINES) == [("Council", None, None, 2), ("Mayor", True, False, 1)]
    newsroom.extractor_version = "3"
    newsroom.reads(A, BETTER, title="The Mayor")
    assert asked(HEADLINES) == [("Council", None, None, 2), ("Mayor", True, False, 2)]


def test_an_edit_of_the_text_is_none_of_the_headline_that_a_later_version_reads(newsroom: Newsroom, asked: Any) -> None:
    newsroom.reads(A, TEXT, title="Council | Daily")
    newsroom.extractor_version = "2"
    newsroom.reads(A, TEXT, title="Council")
    newsroom.reads(A, EDIT, title="Council")
    assert asked(HEADLINES) == [("Council | Daily", None, None, 2), ("Council", False, True, 1)]
    newsroom.reads(A, EDIT, title="Mayor")
    assert asked(HEADLINES)[2:] == [("Mayor", True, False, 1)]
    assert asked("SELECT is_trivial, paragraphs_changed FROM mart.revision WHERE is_retitled") == [(False, [])]


def test_a_confirmation_may_show_an_edit_of_a_headline(newsroom: Newsroom, asked: Any) -> None:
    first = newsroom.reads(A, TEXT, title="Council")
    newsroom.seals()
    newsroom.extractor_version = "2"
    newsroom.reads(A, TEXT, title="Mayor")
    assert asked("SELECT revision_count, change_seq FROM mart.article") == [(1, 2)]
    newsroom.confirms(first)
    assert asked("SELECT revision_count, change_seq FROM mart.article") == [(2, 3)]


def test_an_article_may_turn_out_to_be_none_and_come_back(newsroom: Newsroom, asked: Any) -> None:
    newsroom.lists(A)
    page = newsroom.reads(A, TEXT)
    ((article_id,),) = asked("SELECT article_id FROM mart.article")
    newsroom.extractor_version = "2"
    newsroom.rerejects(page, "login", title="Please sign in")
    assert asked("SELECT * FROM mart.article") == []
    assert asked("SELECT state, reason, title FROM mart.ledger") == [("rejected", "login", "Please sign in")]
    assert asked("SELECT count(*) FROM core.posted") == [(0,)]
    newsroom.extractor_version = "3"
    newsroom.rereads(page, BETTER, canonical_url=B)
    assert asked("SELECT article_id, text, canonical_url FROM mart.article") == [(article_id, BETTER, B)]
    assert asked("SELECT state, article_id FROM mart.ledger") == [("stored", article_id)]


def test_a_rejected_page_may_turn_out_to_be_an_article(newsroom: Newsroom, asked: Any) -> None:
    newsroom.lists(A)
    page = newsroom.rejects(A, "too_short")
    assert asked("SELECT state FROM mart.ledger") == [("rejected",)]
    newsroom.extractor_version = "2"
    newsroom.rereads(page, TEXT)
    assert asked("SELECT state, article.change_seq FROM mart.ledger JOIN mart.article USING (article_id)") == [
        ("stored", 2)
    ]


def test_a_page_that_is_rejected_by_now_leaves_the_article_to_its_other_address(newsroom: Newsroom, asked: Any) -> None:
    newsroom.lists(A, B)
    page = newsroom.reads(A, TEXT)
    newsroom.reads(B, TEXT, canonical_url=A)
    newsroom.seals()
    newsroom.rerejects(page, "consent_wall")
    assert asked("SELECT url, state, reason FROM mart.ledger ORDER BY url") == [
        (A, "rejected", "consent_wall"),
        (B, "stored", "article"),
    ]


def test_an_article_keeps_its_id_whatever_address_a_later_version_reads(newsroom: Newsroom, asked: Any) -> None:
    newsroom.lists(A, B)
    page = newsroom.reads(A, TEXT)
    newsroom.reads(B, EDIT)
    ids = asked("SELECT article_id FROM mart.article ORDER BY url")
    newsroom.extractor_version = "2"
    newsroom.rereads(page, BETTER, canonical_url=B)
    assert asked("SELECT article_id FROM mart.article ORDER BY url") == ids


STORIES = "SELECT source_id, duplicate_of IS NULL, change_seq FROM mart.article ORDER BY source_id"


@pytest.fixture
def copies(newsroom: Newsroom) -> dict[str, Any]:
    """One text on three sites, and another on a fourth."""
    pages = {}
    for name, text in (("w", TEXT), ("x", TEXT), ("y", TEXT), ("z", BETTER)):
        newsroom.lists(f"https://{name}.example/a", source_id=name)
        pages[name] = newsroom.reads(f"https://{name}.example/a", text, source_id=name)
        newsroom.seals()
    newsroom.extractor_version = "2"
    return pages


def test_when_the_first_of_a_text_leaves_the_next_carries_it(
    copies: dict[str, Any], newsroom: Newsroom, asked: Any
) -> None:
    assert asked(STORIES) == [("w", True, 1), ("x", False, 2), ("y", False, 3), ("z", True, 4)]
    newsroom.rereads(copies["w"], EDIT)
    assert asked(STORIES) == [("w", True, 5), ("x", True, 5), ("y", False, 5), ("z", True, 4)]


def test_when_an_earlier_article_comes_to_a_text_it_carries_it(
    copies: dict[str, Any], newsroom: Newsroom, asked: Any
) -> None:
    asked(STORIES)
    newsroom.rereads(copies["x"], BETTER)
    assert asked(STORIES) == [("w", True, 1), ("x", True, 5), ("y", False, 3), ("z", False, 5)]


def test_a_later_copy_that_leaves_or_comes_is_news_of_nobody_else(
    copies: dict[str, Any], newsroom: Newsroom, asked: Any
) -> None:
    asked(STORIES)
    newsroom.rereads(copies["y"], EDIT)
    newsroom.rereads(copies["z"], TEXT)
    assert asked(STORIES) == [("w", True, 1), ("x", False, 2), ("y", True, 5), ("z", False, 5)]


def test_a_carrier_that_is_no_article_any_more_hands_its_text_on(
    copies: dict[str, Any], newsroom: Newsroom, asked: Any
) -> None:
    asked(STORIES)
    newsroom.rerejects(copies["w"], "paywall_stub")
    assert asked(STORIES) == [("x", True, 5), ("y", False, 5), ("z", True, 4)]


def test_a_carrier_whose_text_stays_is_news_of_nobody_else(
    copies: dict[str, Any], newsroom: Newsroom, asked: Any
) -> None:
    newsroom.rereads(copies["w"], EDIT)
    before = asked(STORIES)
    newsroom.extractor_version = "3"
    newsroom.rereads(copies["w"], EDIT, title="Another headline")
    assert asked(STORIES) == [("w", True, 6), *before[1:]]


def test_an_article_that_comes_back_takes_no_text_from_those_who_carry_it(
    copies: dict[str, Any], newsroom: Newsroom, settings: Settings, asked: Any
) -> None:
    newsroom.rerejects(copies["w"], "paywall_stub")
    asked(STORIES)
    newsroom.reads("https://w.example/a", BETTER, source_id="w")
    assert asked(STORIES) == [("w", False, 6), ("x", True, 5), ("y", False, 5), ("z", True, 4)]
    build.run(settings, everything=True)
    assert asked(STORIES) == [("w", False, 6), ("x", True, 5), ("y", False, 5), ("z", True, 4)]


@pytest.fixture
def reread(copies: dict[str, Any], newsroom: Newsroom) -> Newsroom:
    """Batches with every turn that a verdict can take."""
    page = newsroom.reads(A, TEXT)
    wall = newsroom.rejects(B, "too_short")
    newsroom.reads(A, EDIT)
    newsroom.seals()
    newsroom.extractor_version = "3"
    newsroom.rereads(copies["w"], EDIT)
    newsroom.confirms(copies["x"])
    newsroom.rerejects(copies["y"], "login")
    newsroom.rereads(wall, TEXT)
    newsroom.seals()
    newsroom.rereads(page, BETTER, canonical_url=C)
    newsroom.rereads(copies["y"], TEXT)
    newsroom.seals()
    newsroom.extractor_version = "4"
    newsroom.rereads(copies["w"], TEXT)
    newsroom.confirms(copies["y"])
    newsroom.seals()
    return newsroom


def everything(settings: Settings) -> dict[str, list[str]]:
    load.run(settings)
    build.run(settings)
    publish.run(settings)
    return tables(settings.published_file)


def one_by_one(settings: Settings, home: Path, **changes: Any) -> Settings:
    """The same batches, each loaded and published by itself."""
    slow = replace(settings, home=home, **changes)
    for folder in sorted(settings.stage.glob("*/*/manifest.json")):
        batch = folder.parent
        shutil.copytree(batch, slow.stage / batch.parent.name / batch.name)
        everything(slow)
    return slow


def test_one_build_of_all_is_a_build_a_batch_and_a_replay(reread: Newsroom, settings: Settings, tmp_path: Path) -> None:
    at_once = everything(settings)
    slow = one_by_one(settings, tmp_path / "slow")
    assert tables(slow.published_file) == at_once
    shutil.rmtree(slow.writer_file.parent)
    assert everything(slow) == at_once


def test_superseded_verdicts_can_be_dropped_and_the_tables_are_the_same(
    reread: Newsroom, settings: Settings, tmp_path: Path
) -> None:
    at_once = everything(settings)
    thrifty = one_by_one(settings, tmp_path / "thrifty", keep_superseded=False)
    load.run(thrifty)  # what the last batch replaced goes once that is published
    publish.run(thrifty)
    assert tables(thrifty.published_file) == at_once
    held = "SELECT (SELECT count(*) FROM raw.extraction), (SELECT count(*) FROM raw.rejection)"
    assert ask(settings, held) == [(11, 2)]
    assert ask(thrifty, held) == [(7, 0)]
    build.run(thrifty, everything=True)
    publish.run(thrifty)
    assert tables(thrifty.published_file) == at_once
    shutil.rmtree(thrifty.writer_file.parent)
    assert everything(thrifty) == at_once


def test_what_is_not_published_yet_drops_nothing(newsroom: Newsroom, settings: Settings, asked: Any) -> None:
    """A reprocess batch that fails its checks is taken out, and what counted before counts again."""
    thrifty = replace(settings, keep_superseded=False)
    page = newsroom.reads(A, TEXT)
    before = asked(ARTICLES)
    newsroom.extractor_version = "2"
    newsroom.rereads(page, " ")
    hollow = newsroom.seals()
    load.run(thrifty)
    assert publish.run(thrifty)["quarantined"] == [hollow.batch_id]
    assert ask(thrifty, ARTICLES) == before


@pytest.mark.parametrize(("said", "keeps"), [("false", False), ("0", False), ("Yes", True)])
def test_dropping_is_a_setting(said: str, keeps: bool) -> None:
    assert load_settings({"INGEST_KEEP_SUPERSEDED": said}).keep_superseded is keeps
    with pytest.raises(SettingsError, match="INGEST_KEEP_SUPERSEDED='perhaps' cannot be used"):
        load_settings({"INGEST_KEEP_SUPERSEDED": "perhaps"})


@pytest.mark.parametrize("is_missing", [True, False])
def test_a_later_verdict_needs_a_page_that_arrived(newsroom: Newsroom, settings: Settings, is_missing: bool) -> None:
    newsroom.reads(B, TEXT)
    pages = newsroom.seals()
    page = newsroom.reads(A, TEXT)
    newsroom._rows = {}
    newsroom.rereads(page, BETTER) if is_missing else newsroom.confirms(page)
    stray = newsroom.seals()
    load.run(settings)
    assert publish.run(settings)["quarantined"] == [stray.batch_id]
    assert ask(settings, "SELECT batch_id FROM raw.batch") == [(pages.batch_id,)]


def test_two_verdicts_on_a_page_in_one_batch_are_none(newsroom: Newsroom, settings: Settings) -> None:
    page = newsroom.reads(A, TEXT)
    newsroom.seals()
    newsroom.rereads(page, BETTER)
    newsroom.rerejects(page, "login")
    double = newsroom.seals()
    load.run(settings)
    assert publish.run(settings)["quarantined"] == [double.batch_id]
    assert ask(settings, "SELECT text FROM mart.article") == [(TEXT,)]
