"""Edits in the warehouse: what changed from one revision to the next, whatever the order in which they came."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from ingest.jobs import build, load, publish, rebuild_stories
from ingest.settings import Settings
from ingest.warehouse import edits
from looks import ask, tables
from newsroom import MORNING, Newsroom

Asked = Callable[[str], list[tuple]]
A, B = "https://daily.example/a", "https://daily.example/b"
LEAD = "The harbour council met in the old hall on Monday and spoke of boats, nets and the price of ice."
VOTE = "Nine members voted for the new pier, four against it, and two were absent because of the storm."
VOTE_MENDED = "Eight members voted for the new pier, four against it, and three were absent because of the storm."
QUOTE = "It will cost us dearly, said the mayor, who had been silent until late in the evening."
NOON = MORNING + timedelta(hours=6)
DIFFERENCE = """
SELECT revision_number, title_before, is_retitled, paragraphs_added, paragraphs_removed, paragraphs_changed
FROM mart.revision ORDER BY revision_number
"""
FIRST = (1, None, None, None, None, None)


def text(*paragraphs: str) -> str:
    return "\n".join(paragraphs)


def test_an_edit_says_what_of_the_text_and_the_headline_is_other_than_before(newsroom: Newsroom, asked: Asked) -> None:
    newsroom.reads(A, text(LEAD, VOTE), title="Council backs pier")
    newsroom.reads(A, text(LEAD, VOTE_MENDED, QUOTE), title="Council backs pier")
    newsroom.reads(A, text(LEAD, QUOTE), title="Mayor against pier")
    changed = [{"before": VOTE, "after": VOTE_MENDED}]
    assert asked(DIFFERENCE) == [
        FIRST,
        (2, "Council backs pier", False, [QUOTE], [], changed),
        (3, "Council backs pier", True, [], [VOTE_MENDED], []),
    ]


def test_an_article_that_was_never_changed_has_no_edit(newsroom: Newsroom, asked: Asked) -> None:
    newsroom.reads(A, text(LEAD, VOTE))
    newsroom.reads(A, text(LEAD, "", f"  {VOTE}"))
    newsroom.reads(B, text(LEAD, QUOTE))
    assert asked("SELECT count(*) FROM core.edit") == [(0,)]
    assert asked("SELECT DISTINCT is_trivial, is_stealth FROM mart.revision") == [(None, None)]


HEADLINES = """
SELECT title_before, revision.title, is_retitled, is_reworded, is_trivial, capture_count
FROM mart.revision AS revision JOIN mart.article USING (article_id)
WHERE revision_number > 1 ORDER BY url, revision_number
"""
TO_MAYOR = ("Council", "Mayor", True, False, False)
TO_THREE = ("Storm (2 comments)", "Storm (3 comments)", True, False, True)
# The headlines of an article's captures, and what the revisions after the first say
TITLES: list[tuple[tuple[str | None, ...], list[tuple]]] = [
    (("Council", "Mayor"), [(*TO_MAYOR, 1)]),
    # editors who try two headlines in turn have written two
    (("Council", "Mayor", "Council", "Mayor"), [(*TO_MAYOR, 2)]),
    (("Storm (2 comments)", "Storm (3 comments)"), [(*TO_THREE, 1)]),
    # what a typesetter changes is none
    (("Council – “why now”", 'COUNCIL - "why  now"'), []),
    # a page that gives no headline says nothing of it
    (("Council", None, "Council"), []),
    ((None, "Council", "???"), []),
    (("Council", None, "Mayor"), [(*TO_MAYOR, 1)]),
    ((None, "Council", "Mayor"), [(*TO_MAYOR, 1)]),
]


def test_another_headline_over_the_same_text_is_a_revision(
    newsroom: Newsroom, settings: Settings, asked: Asked
) -> None:
    for number, (titles, _) in enumerate(TITLES):
        for title in titles:
            newsroom.reads(f"{A}{number}", text(LEAD, VOTE), title=title, modified_at=NOON)
    counts = asked("SELECT revision_count FROM mart.article ORDER BY url")
    assert counts == [(1 + len(told),) for _, told in TITLES]
    assert ask(settings, HEADLINES) == [revision for _, told in TITLES for revision in told]
    edits = "SELECT DISTINCT paragraphs_added, paragraphs_removed, paragraphs_changed, is_stealth <> is_trivial FROM core.edit"
    assert ask(settings, edits) == [([], [], [], True)]


def test_headline_and_text_are_counted_together(newsroom: Newsroom, asked: Asked) -> None:
    for title, body in (("Council", VOTE), ("Mayor", VOTE), ("Mayor", QUOTE), ("Council", VOTE), ("Council", QUOTE)):
        newsroom.reads(A, text(LEAD, body), title=title)
    assert asked("SELECT title, is_retitled, is_reworded FROM mart.revision ORDER BY revision_number") == [
        ("Council", None, None),
        ("Mayor", True, False),
        ("Mayor", False, True),
        ("Council", True, False),
    ]


def test_a_headline_of_an_archive_slots_in_by_its_time(newsroom: Newsroom, asked: Asked) -> None:
    newsroom.now = NOON
    newsroom.reads(A, text(LEAD, VOTE), title="Council")
    newsroom.reads(A, text(LEAD, VOTE), title="Mayor")
    newsroom.seals()
    newsroom.now = MORNING
    newsroom.reads(A, text(LEAD, VOTE), title="Harbour")
    titles = "SELECT title_before, title FROM mart.revision ORDER BY revision_number"
    assert asked(titles) == [(None, "Harbour"), ("Harbour", "Council"), ("Council", "Mayor")]


LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    ("before", "after", "is_stealth"),
    [
        (NOON, NOON, True),
        (LATER, NOON, True),
        (NOON, LATER, False),
        (None, NOON, False),
        (NOON, None, None),
        (None, None, None),
    ],
)
def test_an_edit_is_stealthy_where_the_date_of_change_stays_behind(
    newsroom: Newsroom, asked: Asked, before: datetime | None, after: datetime | None, is_stealth: bool | None
) -> None:
    newsroom.reads(A, text(LEAD, VOTE), modified_at=before)
    newsroom.reads(A, text(LEAD, VOTE_MENDED), modified_at=after)
    assert asked("SELECT is_trivial, is_stealth FROM mart.revision WHERE revision_number = 2") == [(False, is_stealth)]


@pytest.mark.parametrize("after", [NOON, LATER, None])
def test_a_counter_or_a_typesetters_change_is_trivial_and_never_stealthy(
    newsroom: Newsroom, asked: Asked, after: datetime | None
) -> None:
    newsroom.reads(A, text(LEAD, "Updated at 10:15", '"Not now", he said.', "12 comments"), modified_at=NOON)
    newsroom.reads(A, text(LEAD, "Updated at 11:40", "“Not now”, he said.", "340 comments"), modified_at=after)
    assert asked("SELECT is_trivial, is_stealth FROM mart.revision WHERE revision_number = 2") == [(True, False)]


def test_a_page_of_an_archive_slots_in_by_its_time_and_turns_the_edit_round(newsroom: Newsroom, asked: Asked) -> None:
    newsroom.now = NOON
    newsroom.reads(A, text(LEAD, VOTE), title="Council backs pier")
    assert asked(DIFFERENCE) == [FIRST]
    newsroom.now = MORNING
    newsroom.reads(A, text(LEAD, VOTE, QUOTE), title="Mayor against pier")
    assert asked(DIFFERENCE) == [FIRST, (2, "Mayor against pier", True, [], [QUOTE], [])]
    newsroom.now = MORNING + timedelta(hours=3)
    newsroom.reads(A, LEAD, title="Council meets")
    assert asked(DIFFERENCE) == [
        FIRST,
        (2, "Mayor against pier", True, [], [VOTE, QUOTE], []),
        (3, "Council meets", True, [VOTE], [], []),
    ]


def test_an_edit_stays_as_it_was_when_its_pages_are_read_again(newsroom: Newsroom, asked: Asked) -> None:
    first = newsroom.reads(A, text(LEAD, VOTE), modified_at=NOON)
    second = newsroom.reads(A, text(LEAD, VOTE, QUOTE), modified_at=NOON)
    edit = "SELECT * FROM core.edit"
    before = asked(edit)
    assert len(before) == 1
    newsroom.extractor_version = "2"
    newsroom.confirms(first)
    newsroom.confirms(second)
    assert asked(edit) == before
    newsroom.extractor_version = "3"
    newsroom.rereads(first, text("By Ann Lee, at the harbour", LEAD, VOTE), modified_at=NOON)
    newsroom.rereads(second, text("By Ann Lee, at the harbour", LEAD, VOTE, QUOTE), modified_at=NOON)
    assert asked(edit) == before


def test_texts_that_no_one_version_has_read_are_not_called_stealthy(newsroom: Newsroom, asked: Asked) -> None:
    """From the first to the last only the quote is new; that the vote is, too, may be the later version's doing."""
    first = newsroom.reads(A, LEAD, modified_at=NOON)
    newsroom.extractor_version = "2"
    second = newsroom.reads(A, text(LEAD, VOTE), modified_at=NOON)
    newsroom.reads(A, text(LEAD, VOTE, QUOTE), modified_at=NOON)
    edit = "SELECT paragraphs_added, is_stealth FROM mart.revision WHERE revision_number = 2"
    assert asked(edit) == [([VOTE, QUOTE], None)]
    newsroom.rereads(first, text(LEAD, VOTE), modified_at=NOON)
    newsroom.confirms(second)
    assert asked(edit) == [([QUOTE], True)]


def test_the_edits_of_an_article_that_is_none_any_more_are_gone(newsroom: Newsroom, asked: Asked) -> None:
    pages = [newsroom.reads(A, text(LEAD, VOTE)), newsroom.reads(A, text(LEAD, QUOTE))]
    newsroom.reads(B, text(LEAD, VOTE))
    newsroom.reads(B, text(LEAD, VOTE, QUOTE))
    assert asked("SELECT count(*) FROM core.edit") == [(2,)]
    newsroom.extractor_version = "2"
    for page in pages:
        newsroom.rerejects(page, "login")
    assert asked("SELECT url FROM core.edit JOIN mart.article USING (article_id)") == [(B,)]


def test_a_batch_that_is_taken_out_takes_its_edits_with_it(newsroom: Newsroom, settings: Settings) -> None:
    newsroom.reads(A, text(LEAD, VOTE))
    newsroom.seals()
    newsroom.reads(A, text(LEAD, QUOTE))
    newsroom.reads(B, " ")
    hollow = newsroom.seals()
    load.run(settings)
    assert build.run(settings)["core.edit"] == 1
    assert publish.run(settings)["quarantined"] == [hollow.batch_id]
    assert ask(settings, "SELECT count(*) FROM core.edit") == [(0,)]


def changes(newsroom: Newsroom, settings: Settings) -> None:
    """Six articles of up to four revisions, each batch built by itself."""
    for round_ in range(4):
        for number in range(6):
            paragraphs = [LEAD, VOTE, QUOTE, VOTE_MENDED][: 1 + round_ * number % 4]
            newsroom.reads(f"https://daily.example/{number}", text(*paragraphs, f"It is story {number}."))
        newsroom.seals()
        load.run(settings)
        build.run(settings)
    publish.run(settings)


@pytest.mark.parametrize("words", [1, 100, edits.WORDS_AT_ONCE])
def test_a_rebuild_gives_the_same_edits_however_many_texts_are_in_memory(
    newsroom: Newsroom, settings: Settings, monkeypatch: pytest.MonkeyPatch, words: int
) -> None:
    changes(newsroom, settings)
    before = tables(settings.published_file)
    assert len(before["core.edit"]) == 10
    monkeypatch.setattr(edits, "WORDS_AT_ONCE", words)
    assert build.run(settings, everything=True)["core.edit"] == 10
    publish.run(settings)
    assert tables(settings.published_file) == before


def test_making_the_stories_anew_leaves_the_edits_as_they_were(newsroom: Newsroom, settings: Settings) -> None:
    changes(newsroom, settings)
    before = tables(settings.published_file)["core.edit"]
    rebuild_stories.run(settings)
    publish.run(settings)
    assert tables(settings.published_file)["core.edit"] == before
