"""When a page was published and modified, by its claims: which is believed."""

from datetime import UTC, datetime

import pytest

from ingest.extract import moments
from webpage import NEWS, gathered, json_ld


@pytest.mark.parametrize(
    ("head", "body", "day", "evidence"),
    [
        ('<meta property="article:published_time" content="2026-11-20T08:00:00Z">', None, "2026-11-20", "meta"),
        ('<meta name="DC.date.issued" content="2026-11-19">', None, "2026-11-19", "meta"),
        (
            "",
            '<div itemscope><h1>T</h1><meta itemprop="datePublished" content="2026-11-18"></div>',
            "2026-11-18",
            "microdata",
        ),
        ("", '<article><h1>T</h1><time datetime="2026-11-17T10:00:00Z">today</time></article>', "2026-11-17", "time"),
        ("", '<aside><time datetime="2026-11-16">x</time></aside>', None, None),
        ('<meta name="date" content="2031-01-01">', None, None, None),  # the future
        ('<meta name="date" content="next Tuesday">', None, None, None),
    ],
)
def test_dates_are_found_with_their_evidence(
    head: str, body: str | None, day: str | None, evidence: str | None
) -> None:
    published = moments.published(gathered(head, body))
    assert (published and published[0].at.date().isoformat(), published and published[1]) == (day, evidence)


def test_a_more_exact_claim_of_the_same_day_replaces_a_bare_day() -> None:
    head = json_ld('{"@type": "NewsArticle", "headline": "Harbour reopens after storm", "datePublished": "2026-11-21"}')
    published = moments.published(
        gathered(head + '<meta property="article:published_time" content="2026-11-21T09:15:00Z">')
    )
    assert published is not None
    assert (published[0].precision, published[1]) == ("second", "meta")


@pytest.mark.parametrize(
    ("given", "modified"),
    [
        ('"2026-11-22T09:00:00Z"', datetime(2026, 11, 22, 9, 0, tzinfo=UTC)),
        ('"2026-11-22T10:00+01:00"', datetime(2026, 11, 22, 9, 0, tzinfo=UTC)),
        ('"2026-11-22T18:00:00"', None),  # no zone: its midnight would lie before the publication
        ('"2026-11-22"', None),
        ('"2031-01-01T00:00:00Z"', None),
        ("null", None),
    ],
)
def test_only_a_moment_says_when_a_page_was_modified(given: str, modified: datetime | None) -> None:
    page = gathered(json_ld(f'{{{NEWS}, "dateModified": {given}}}'))
    assert moments.modified(page).value == modified


def test_a_meta_tag_says_when_the_page_was_modified_where_json_ld_names_a_day_only() -> None:
    head = json_ld(f'{{{NEWS}, "dateModified": "2026-11-22"}}')
    page = gathered(head + '<meta property="article:modified_time" content="2026-11-22T08:00:00Z">')
    assert moments.modified(page).value == datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def test_dates_that_contradict_the_chosen_one_are_kept() -> None:
    head = json_ld(f"{{{NEWS}}}") + '<meta name="date" content="2026-11-21"><meta name="dc.date" content="2025-01-01">'
    page = gathered(head)
    chosen = moments.published(page)
    assert chosen is not None
    assert moments.contradictions(page, chosen[0]) == {"meta": datetime(2025, 1, 1, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2026/11/21/harbour", "2026-11-21"),
        ("/news/2026-11-21-harbour", "2026-11-21"),
        ("/harbour_2026_11_21.html", "2026-11-21"),
        ("/20261121/harbour", "2026-11-21"),
        ("/news/20261121", "2026-11-21"),
        ("/n1/2026/1121/c1002-1.html", "2026-11-21"),
        ("/202611/21/harbour", "2026-11-21"),
        ("/story-20110415.html", None),
        ("/a/20110415-harbour", None),
        ("/120110415/", None),
        ("/2026/11/harbour", None),
        ("/1066/10/14/hastings", None),
        ("/2026/13/21/harbour", None),
        ("/story-20261399", None),
        ("/harbour?from=2026-11-21", None),
        ("/", None),
    ],
)
def test_a_day_in_the_address_is_read_and_an_id_is_not(path: str, day: str | None) -> None:
    assert moments.url_date(f"https://news.example{path}") == day


def test_a_date_that_json_ld_gives_as_a_number_is_read() -> None:
    found = moments.published(gathered(json_ld('{"@type": "NewsArticle", "datePublished": 1795197600}')))
    assert found is not None
    assert found[0].at == datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
