"""Each class of page that is no article has its reason, in many vendors' and languages' words; articles like them are read."""

from collections import Counter
from typing import get_args

import pytest

from extract import made_articles, made_errors, made_pages, made_phrases
from extract.made_articles import MadeArticle
from extract.made_pages import Made
from ingest.extract.page import read_and_judge
from ingest.records import Extraction, Rejection, RejectionReason
from webpage import page

PAGES = (*made_pages.PAGES, *made_phrases.PAGES, *made_errors.PAGES)
CLASSES = frozenset(get_args(RejectionReason)) - {
    "no_text", "too_short", "unreadable", "extract_timeout", "extract_memory", "extract_crash",
}  # fmt: skip


@pytest.mark.parametrize("made", PAGES, ids=lambda made: f"{made.reason}: {made.name}")
def test_a_page_that_is_no_article_says_why(made: Made) -> None:
    verdict, _ = read_and_judge(page(made.html, url=made.url, final_url=made.final_url))
    assert isinstance(verdict, Rejection), verdict
    assert (verdict.reason, bool(verdict.detail)) == (made.reason, True), verdict.detail


@pytest.mark.parametrize("made", made_articles.ARTICLES, ids=lambda made: made.name)
def test_an_article_that_looks_like_something_else_is_read(made: MadeArticle) -> None:
    verdict, _ = read_and_judge(page(made.html, url=made.url))
    assert isinstance(verdict, Extraction), f"{verdict.reason}: {verdict.detail}"
    assert made.says in verdict.text
    assert (verdict.kind, verdict.access, bool(verdict.access_evidence)) == (made.kind, made.access, bool(made.access))


def test_a_rejected_page_keeps_what_its_markup_says() -> None:
    made = next(one for one in made_errors.PAGES if one.name == "player and five words")
    verdict, _ = read_and_judge(page(made.html))
    assert isinstance(verdict, Rejection)
    assert (verdict.kind, verdict.title, verdict.published_evidence) == ("video", "Boats leave the harbour", "json-ld")


def test_every_class_is_tried_on_six_pages() -> None:
    counted = Counter(made.reason for made in PAGES)
    assert {reason for reason in CLASSES if counted[reason] < 6} == set()
