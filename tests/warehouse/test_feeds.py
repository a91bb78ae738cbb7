"""What the warehouse says of feeds: do they work, did they roll over, where did they move; and of pages that went away."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from newsroom import MORNING, Newsroom

A = "https://daily.example/a"
TEXT = "A text of some words, long enough. " * 5


def test_a_feed_says_since_when_it_fails_and_why(newsroom: Newsroom, asked: Any) -> None:
    read = newsroom.polls()
    first = newsroom.polls(outcome="timeout", failure_count=1, answered_at=read.polled_at)
    newsroom.polls(outcome="tls_error", detail="certificate expired", failure_count=2, answered_at=read.polled_at)
    query = "SELECT state, failing_since_at, outcome, detail, failure_count FROM mart.feed"
    assert asked(query) == [("failing", first.polled_at, "tls_error", "certificate expired", 2)]
    newsroom.polls(outcome="gone", is_retired=True, failure_count=3, answered_at=read.polled_at)
    assert asked("SELECT state, failing_since_at FROM mart.feed") == [("retired", first.polled_at)]
    newsroom.polls(outcome="not_modified")
    assert asked("SELECT state, failing_since_at FROM mart.feed") == [("ok", None)]


def test_a_gap_stays_open_until_a_sitemap_was_read_and_says_what_that_brought(newsroom: Newsroom, asked: Any) -> None:
    gap = newsroom.polls(gap_from_at=MORNING - timedelta(hours=2))
    query = "SELECT gap_from_at, gap_at, refilled_at, found_count FROM mart.feed_gap"
    assert asked(query) == [(MORNING - timedelta(hours=2), gap.polled_at, None, 0)]
    newsroom.lists(A, published_at=MORNING - timedelta(hours=1))
    sitemap = {"feed_kind": "sitemap", "feed_id": "daily.example/sitemap.xml"}
    (poll,) = newsroom._rows["poll"] = [replace(newsroom._rows["poll"][0], **sitemap)]
    newsroom._rows["entry"] = [replace(entry, **sitemap) for entry in newsroom._rows["entry"]]
    assert asked(query) == [(MORNING - timedelta(hours=2), gap.polled_at, poll.polled_at, 1)]


def test_a_move_leaves_an_audit_row(newsroom: Newsroom, asked: Any) -> None:
    newsroom.polls()
    newsroom.polls(next_url="https://new.example/feed")
    newsroom.polls(url="https://new.example/feed", next_url="https://new.example/feed")
    assert asked("SELECT from_url, to_url FROM mart.feed_move") == [
        ("https://daily.example/feed", "https://new.example/feed")
    ]
    assert asked("SELECT url FROM mart.feed") == [("https://new.example/feed",)]


def test_a_page_that_is_gone_keeps_its_text_and_says_when_it_went(newsroom: Newsroom, asked: Any) -> None:
    newsroom.lists(A)
    newsroom.reads(A, TEXT)
    newsroom.seals()
    newsroom.fails(A, "http_error", http_status=404, purpose="second_look")
    gone_at = newsroom.now
    query = "SELECT gone_at, moved_to, length(text) > 100, change_seq FROM mart.article"
    assert asked(query) == [(gone_at, None, True, 2)]
    newsroom.looks_again(A, moved_to="https://daily.example/b")
    assert asked(query) == [(None, "https://daily.example/b", True, 3)]


def test_an_address_that_dies_takes_no_page_away_that_has_another(newsroom: Newsroom, asked: Any) -> None:
    alias = "https://daily.example/old-a"
    newsroom.lists(A, alias)
    newsroom.reads(A, TEXT)
    newsroom.reads(alias, TEXT, canonical_url=A)
    newsroom.seals()
    newsroom.fails(alias, "gone", http_status=410, purpose="second_look")
    assert asked("SELECT gone_at FROM mart.article") == [(None,)]
    newsroom.fails(A, "gone", http_status=410, purpose="second_look")
    gone_at = newsroom.now
    assert asked("SELECT gone_at FROM mart.article") == [(gone_at,)]


def test_a_page_that_moves_is_news_to_readers_of_what_changed(newsroom: Newsroom, asked: Any) -> None:
    newsroom.lists(A)
    newsroom.reads(A, TEXT)
    ((before,),) = asked("SELECT change_seq FROM mart.article")
    newsroom.looks_again(A, moved_to="https://daily.example/b")
    ((after,),) = asked("SELECT change_seq FROM mart.article")
    assert after > before


def test_a_server_that_stumbles_takes_no_page_away(newsroom: Newsroom, asked: Any) -> None:
    newsroom.lists(A)
    newsroom.reads(A, TEXT)
    newsroom.seals()
    newsroom.fails(A, "http_error", http_status=503, purpose="second_look")
    assert asked("SELECT gone_at FROM mart.article") == [(None,)]


def test_a_listing_that_does_not_speak_of_a_headline_takes_it_from_nobody(newsroom: Newsroom, asked: Any) -> None:
    newsroom.lists(A, title="A headline")
    newsroom.lists(A, title="")
    newsroom._rows["entry"][-1] = replace(newsroom._rows["entry"][-1], title=None)
    assert asked("SELECT title FROM core.entry") == [("A headline",)]
