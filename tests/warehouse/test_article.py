"""What an article's row is made of: the page's word first, then the listing's, each with its evidence; dates that disagree."""

from datetime import timedelta
from typing import Any

import pytest

from newsroom import MORNING, Newsroom

A = "https://daily.example/a"
TEXT = "A text of some words, long enough. " * 5
NOTHING_SAID = {"title": None, "description": None, "authors": (), "tags": (), "image_url": None, "evidence": {}}
FEED_SAYS = {
    "summary": "In short.",
    "authors": ("Bo Ray",),
    "tags": ("Boats",),
    "image_url": "https://daily.example/a.jpg",
}
FILLED = "SELECT title, description, authors, tags, image_url, evidence FROM mart.article"


def test_what_the_page_does_not_say_the_feed_fills_in_and_is_named_for_it(newsroom: Newsroom, asked: Any) -> None:
    newsroom.lists(A, title="Told by the feed", **FEED_SAYS, latitude=1.0, longitude=2.0)
    newsroom.reads(A, TEXT, **NOTHING_SAID)
    places = ("title", "description", "authors", "tags", "image_url", "latitude", "longitude")
    assert asked(FILLED) == [
        ("Told by the feed", "In short.", ["Bo Ray"], ["Boats"], FEED_SAYS["image_url"], dict.fromkeys(places, "feed"))
    ]


def test_the_listing_that_told_of_a_field_is_named_whoever_listed_first(newsroom: Newsroom, asked: Any) -> None:
    newsroom.lists(A, title=None, summary="In short.")
    newsroom.lists(A, title="Told by the sitemap", feed_kind="sitemap")
    newsroom.reads(A, TEXT, **NOTHING_SAID)
    assert asked("SELECT title, description, evidence FROM mart.article") == [
        ("Told by the sitemap", "In short.", {"title": "sitemap", "description": "feed"})
    ]


def test_the_feed_never_overwrites_the_page(newsroom: Newsroom, asked: Any) -> None:
    newsroom.lists(A, title="Told by the feed", **FEED_SAYS)
    newsroom.reads(
        A, TEXT, title="On the page", description="Page.", tags=("Ice",), image_url="https://daily.example/b.jpg"
    )
    assert asked(FILLED) == [
        ("On the page", "Page.", ["Ann Lee"], ["Ice"], "https://daily.example/b.jpg", {"title": "og"})
    ]


@pytest.mark.parametrize(
    ("told", "people"),
    [
        (
            ("Bo Ray", "mail@daily.example", "News Desk", "admin", "Ana María de la Cruz"),
            ["Bo Ray", "Ana María de la Cruz"],
        ),
        (("Daily Staff", "https://daily.example/bo ray"), []),
        (("Harbour Gazette",), []),
        (("By Ann Lee and Bo Ray", "莫言"), ["Ann Lee", "Bo Ray", "莫言"]),
    ],
)
def test_of_the_names_that_a_feed_gives_only_people_become_authors(
    newsroom: Newsroom, asked: Any, told: tuple[str, ...], people: list[str]
) -> None:
    newsroom.lists(A, source_id="harbour-gazette", authors=told)
    newsroom.reads(A, TEXT, source_id="harbour-gazette", authors=(), evidence={})
    evidence = {"authors": "feed"} if people else {}
    assert asked("SELECT authors, evidence FROM mart.article") == [(people, evidence)]


def days(count: float) -> timedelta:
    return timedelta(days=count)


DAY = {"published_precision": "day"}


@pytest.mark.parametrize(
    ("page", "feed_at", "evidence", "contradictions"),
    [
        # the page's own moment wins; the feed's is kept where it is of another day
        ({}, MORNING + days(2), "json-ld", {"feed": MORNING + days(2)}),
        ({}, MORNING + days(0.9), "json-ld", {}),
        # a day that was only read off the page gives way, and is kept
        (DAY | {"published_evidence": "text"}, MORNING + days(3), "feed", {"text": MORNING}),
        # a day is a day somewhere on earth
        (DAY, MORNING + days(1.4), "feed", {}),
        (DAY, MORNING + days(1.6), "json-ld", {"feed": MORNING + days(1.6)}),
        # the catalogue's rule is a person's word
        (DAY | {"published_evidence": "rule"}, MORNING + days(1), "rule", {}),
        # what the page says against itself is kept too
        (
            {"published_contradictions": {"meta": MORNING - days(9)}},
            MORNING + days(2),
            "json-ld",
            {"meta": MORNING - days(9), "feed": MORNING + days(2)},
        ),
        ({"published_at": None, "published_evidence": None}, MORNING + days(2), "feed", {}),
        # a witness of the date that was taken does not contradict it
        (
            {
                "published_evidence": "text",
                "published_contradictions": {"url": MORNING + days(2), "meta": MORNING - days(9)},
            },
            MORNING + days(2),
            "feed",
            {"text": MORNING, "meta": MORNING - days(9)},
        ),
    ],
)
def test_dates_that_disagree_are_kept_as_evidence(
    newsroom: Newsroom, asked: Any, page: dict, feed_at, evidence, contradictions
) -> None:
    newsroom.lists(A, published_at=feed_at, published_precision="second")
    newsroom.reads(A, TEXT, **page)
    assert asked(
        "SELECT published_evidence, published_at, published_contradictions, is_published_disputed FROM mart.article"
    ) == [(evidence, feed_at if evidence == "feed" else MORNING, contradictions, bool(contradictions))]


def test_of_two_days_the_page_s_own_counts(newsroom: Newsroom, asked: Any) -> None:
    newsroom.lists(A, published_at=MORNING + days(1), published_precision="day", feed_kind="sitemap")
    newsroom.reads(A, TEXT, **DAY)
    assert asked("SELECT published_at, published_evidence FROM mart.article") == [(MORNING, "json-ld")]


def test_that_a_page_is_where_it_was_is_no_news(newsroom: Newsroom, asked: Any) -> None:
    seq = "SELECT moved_to, gone_at IS NULL, change_seq FROM mart.article"
    newsroom.reads(A, TEXT)
    assert asked(seq) == [(None, True, 1)]
    for load_seq in (2, 2):
        newsroom.looks_again(A, moved_to="https://daily.example/b")
        assert asked(seq) == [("https://daily.example/b", True, load_seq)]
    newsroom.fails(A, "gone", http_status=410)
    assert asked(seq) == [(None, False, 4)]
    for load_seq in (5, 5):
        newsroom.looks_again(A)
        assert asked(seq) == [(None, True, load_seq)]


@pytest.mark.parametrize(("access", "is_free"), [("free", True), ("paid", False), ("metered", None), (None, None)])
def test_metered_is_neither_free_nor_paid(newsroom: Newsroom, asked: Any, access, is_free) -> None:
    newsroom.reads(
        A,
        TEXT,
        access=access,
        access_evidence="json-ld",
        image_caption="Boats",
    )
    assert asked("SELECT access, is_free, access_evidence, image_caption, links FROM mart.article") == [
        (access, is_free, "json-ld", "Boats", [])
    ]


def test_a_page_whose_text_could_not_be_read_still_says_what_it_is(newsroom: Newsroom, asked: Any) -> None:
    newsroom.lists(A, "https://daily.example/b", title="Told by the feed", published_at=MORNING - days(1))
    newsroom.rejects(A, "extract_timeout", title="On the page", published_at=MORNING)
    newsroom.rejects("https://daily.example/b", "no_text")
    newsroom.lists("https://daily.example/c", title="Not fetched")
    assert asked("SELECT state, title, published_at FROM mart.ledger ORDER BY url") == [
        ("rejected", "On the page", MORNING),
        ("rejected", "Told by the feed", MORNING - days(1)),
        ("waiting", "Not fetched", None),
    ]


def test_what_began_as_the_same_wall_and_says_something_of_its_own_by_now_is_no_duplicate(
    newsroom: Newsroom, asked: Any
) -> None:
    """The second repeats the first only as long as its text is still the one that the first began with."""
    other = "https://daily.example/minister-resigns-over-the-harbour"
    newsroom.lists(A, other)
    for url in (A, other):
        newsroom.reads(url, "Please subscribe to read this article in full. " * 5)
    assert asked("SELECT count(*) FROM mart.article WHERE duplicate_of IS NOT NULL") == [(1,)]
    for number, url in enumerate((A, other)):
        newsroom.reads(url, f"Text number {number}, which has much to say of the harbour. " * 9)
    assert asked("SELECT count(duplicate_of) FROM mart.article") == [(0,)]
    assert asked("SELECT DISTINCT state FROM mart.ledger") == [("stored",)]
