"""What a source's rule finds on a page: a table of rules, and what a rule that no longer fits leaves behind."""

from dataclasses import replace
from typing import Any

import pytest

from ingest.extract import ruled
from ingest.extract.page import judge, read_and_judge
from ingest.extract.tree import parse, text_of
from ingest.records import Extraction, Page, PageRule
from webpage import NEWS, PARAGRAPHS, URL, html, json_ld, page

BODY = """
<div class="kicker">Politics</div><h2 class="real">Harbour &amp; <b>sea</b></h2>
<p class="by">By Ana Silva and <a>Bo Lind</a></p><p class="desk">The Example</p>
<p class="wire">Reuters</p>
<time class="out" datetime="2026-11-20T10:30:00+02:00">on Friday</time><span class="day">21.11.2026</span>
<span class="never">yesterday</span>
<div class="story"><p>First line of it.</p><div class="box">Subscribe! <b>Now</b></div> and on it goes
<div class="story"><p>A nested line.</p></div><ul><li>One</li><li>Two</li></ul></div>
<span class="note">A note<br>in two lines</span>
<story-body>Of our <i>own</i> making<p>with a paragraph</p>and an end</story-body>
"""


NAMED = '<meta name="headline" content="Of the head"><meta property="og:site_name" content="The Example">'


def a_rule(**said: Any) -> PageRule:
    empty = PageRule(
        valid_from=None, valid_to=None, body=None, title=None, title_from=None, author=None, published=None, remove=()
    )
    return replace(empty, **said)


def a_page(rule: PageRule | None, *, head: str = "", body: str | None = BODY) -> Page:
    return replace(page(html(head=head, body=body)), rule=rule)


def applied(rule: PageRule | None, *, head: str = "", body: str | None = BODY) -> ruled.Ruled:
    parsed = parse(html(head=head, body=body))
    assert parsed is not None
    by_rule, _ = ruled.apply(a_page(rule, head=head, body=body), parsed)
    return by_rule


LINES = "First line of it.\nSubscribe! Now\nand on it goes\nA nested line.\nOne\nTwo"
KEPT = "First line of it.\nand on it goes\nA nested line."
# what the rule says -> the field, and what is found
FOUND: dict[str, tuple[dict[str, Any], str, Any]] = {
    "a title": ({"title": "h2.real"}, "title", "Harbour & sea"),
    "a title in the head": ({"title": "meta[name=headline]"}, "title", "Of the head"),
    "a claim": ({"title_from": "h1"}, "title_from", "h1"),
    "people, credits divided": ({"author": "p.by"}, "authors", ("Ana Silva", "Bo Lind")),
    "several credits": ({"author": "p.desk, p.by"}, "authors", ("Ana Silva", "Bo Lind")),
    "an agency": ({"author": "p.wire"}, "agency", "Reuters"),
    "no people where the publisher is credited": ({"author": "p.desk"}, "authors", ()),
    "lines, nested ones once": ({"body": ".story"}, "body", LINES),
    "without what is removed": ({"body": ".story", "remove": (".box", "li")}, "body", KEPT),
    "an inline element": ({"body": "span.note"}, "body", "A note\nin two lines"),
    "an element of their own": ({"body": "story-body"}, "body", "Of our own making\nwith a paragraph\nand an end"),
    "several elements in the page's order": ({"body": "li, .kicker"}, "body", "Politics\nOne\nTwo"),
}  # fmt: skip


@pytest.mark.parametrize("case", FOUND)
def test_a_rule_finds(case: str) -> None:
    said, field, value = FOUND[case]
    found = applied(a_rule(**said), head=NAMED)
    assert getattr(found, field) == value
    assert found.missed == {}


@pytest.mark.parametrize(
    ("selector", "at", "offset_s", "precision"),
    [
        ("time.out", "2026-11-20T08:30:00+00:00", 7_200, "second"),
        (".day", "2026-11-21T00:00:00+00:00", None, "day"),
        (".never, .day", "2026-11-21T00:00:00+00:00", None, "day"),
        ("meta[name=when]", "2026-11-19T00:00:00+00:00", None, "day"),
    ],
)
def test_a_rule_finds_a_date_and_no_zone_is_made_up(
    selector: str, at: str, offset_s: int | None, precision: str
) -> None:
    found = applied(a_rule(published=selector), head='<meta name="when" content="2026-11-19T23:15:00">').published
    assert found is not None
    assert (found.at.isoformat(), found.offset_s, found.precision) == (at, offset_s, precision)


@pytest.mark.parametrize(
    ("shown", "at", "precision"),
    [
        ("22.11.2026, 10:30 Uhr", "2026-11-22T00:00:00+00:00", "day"),
        ("Published: Nov 21, 2026", "2026-11-21T00:00:00+00:00", "day"),
        ("Veröffentlicht am 21. November 2026 um 10:30 Uhr", "2026-11-21T00:00:00+00:00", "day"),
        ("2026年11月21日", "2026-11-21T00:00:00+00:00", "day"),
        ("Published 21 November 2026 at 10:30 GMT, updated today", "2026-11-21T10:30:00+00:00", "minute"),
        ("Published on 03/05/2024", None, None),
    ],
)
def test_a_date_is_read_as_it_is_shown_to_readers(shown: str, at: str | None, precision: str | None) -> None:
    found = applied(a_rule(published=".when"), body=f'<p class="when">{shown}</p>')
    moment = found.published
    assert (moment and moment.at.isoformat(), moment and moment.precision) == (at, precision)
    assert found.missed == ({} if at else {"rule.published": ".when"})


def test_what_a_selector_does_not_find_is_told_but_not_what_was_not_there_to_remove() -> None:
    found = applied(a_rule(title="h4", author=".nobody", published=".never", body="#story", remove=("dl",)))
    assert found.missed == {
        "rule.title": "h4", "rule.author": ".nobody", "rule.published": ".never", "rule.body": "#story",
    }  # fmt: skip
    assert [(step.key, step.found_count, step.said) for step in found.steps] == [
        ("remove", 0, None), ("title", 0, None), ("author", 0, None), ("published", 1, None), ("body", 0, None),
    ]  # fmt: skip


def test_text_behind_a_removed_element_stays() -> None:
    parsed = parse("<body><p>One <i>two</i> three</p><div><b>four</b> five</div><i>six</i></body>")
    assert parsed is not None
    found, _ = ruled.apply(a_page(a_rule(remove=("i", "div b", "html", "nav"))), parsed)
    assert text_of(parsed) == "One three five"
    assert [(step.selector, step.found_count) for step in found.steps] == [
        ("i", 2),
        ("div b", 1),
        ("html", 0),
        ("nav", 0),
    ]


def test_the_steps_of_a_page_are_told_by_themselves() -> None:
    (step,) = ruled.steps(a_page(a_rule(body=".story")))
    assert (step.key, step.selector, step.found_count) == ("body", ".story", 2)
    assert ruled.steps(a_page(None)) == ()
    assert ruled.steps(replace(a_page(a_rule(body="p")), body=b"")) == ()


HEAD = json_ld(f'{{{NEWS}, "author": {{"@type": "Person", "name": "Cy Dale"}}}}')
ARTICLE = (
    '<article><h1>Another wording of it</h1><p class="by">Ana Silva</p><time class="out" datetime="2026-11-20T10:30Z"></time>'
    + '<section class="text">'
    + "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    + '<p class="box">This line is sold to the readers of this page in all its many words.</p></section></article>'
)


def judged(**said: Any) -> Extraction:
    verdict = judge(a_page(a_rule(**said), head=HEAD, body=ARTICLE))
    assert isinstance(verdict, Extraction)
    return verdict


def test_the_record_says_what_came_from_the_rule() -> None:
    found = judged(title="h1", author=".by", published=".out", body=".text", remove=(".box",))
    assert (found.title, found.authors) == ("Another wording of it", ("Ana Silva",))
    assert (found.published_evidence, found.published_offset_s) == ("rule", 0)
    assert found.text == "\n".join(PARAGRAPHS)
    assert [found.evidence[field] for field in ("title", "authors", "text")] == ["rule"] * 3
    assert found.rule_hash is not None


def test_a_title_beats_the_claim_that_is_preferred_which_beats_the_usual_choice() -> None:
    assert judged(remove=("nav",)).title == "Harbour reopens after storm"
    assert judged(title_from="h1").title == "Another wording of it"
    assert judged(title_from="h1", title=".by").title == "Ana Silva"


def test_a_rule_that_no_longer_fits_leaves_the_usual_reading_and_its_traces() -> None:
    usual, found = judged(remove=(".box",)), judged(title=".gone", body=".gone", remove=(".box", ".gone"))
    assert (found.title, found.text) == (usual.title, usual.text)
    assert found.evidence == usual.evidence | {"rule.title": ".gone", "rule.body": ".gone"}


@pytest.mark.parametrize(
    ("credit", "authors", "agency"),
    [("The Example", (), None), ("Reuters", (), "Reuters"), ("Ana Silva", ("Ana Silva",), None)],
)
def test_whom_a_rule_credits_overrules_every_claim_even_where_that_is_nobody(
    credit: str, authors: tuple[str, ...], agency: str | None
) -> None:
    claims = json_ld(f'{{{NEWS}, "author": [{{"@type": "Person", "name": "Cy Dale"}}, "dpa"]}}')
    body = ARTICLE.replace("Ana Silva", credit)
    named = '<meta property="og:site_name" content="The Example">' + claims
    verdict = judge(a_page(a_rule(author=".by"), head=named, body=body))
    assert (verdict.authors, verdict.agency) == (authors, agency)
    assert (verdict.evidence["authors"], verdict.evidence["agency"]) == ("rule", "rule")
    unheard = judge(a_page(a_rule(author=".gone"), head=named, body=body))
    assert (unheard.authors, unheard.agency) == (("Cy Dale",), "dpa")


def test_a_body_of_which_nothing_is_the_article_s_leaves_the_usual_reading_and_its_trace() -> None:
    usual, found = judged(remove=("nav",)), judged(body="h1")
    assert found.text == usual.text
    assert found.evidence == usual.evidence | {"rule.body": "h1"}


def test_a_claim_that_is_preferred_and_not_there_is_a_miss() -> None:
    assert judged(title_from="og").evidence["rule.title_from"] == "og"
    assert "rule.title_from" not in judged(title_from="h1").evidence
    assert "rule.title_from" not in judged(title_from="og", title="h1").evidence


def test_a_rule_that_removes_nothing_leaves_the_same_record() -> None:
    usual, found = judge(a_page(None, head=HEAD, body=ARTICLE)), judged(remove=(".gone",))
    assert found.record_hash == usual.record_hash
    assert found.rule_hash != usual.rule_hash


def test_a_thousand_nested_matches_are_read_once() -> None:
    deep = a_page(a_rule(body="div"), body="<div>" * 1_000 + "A line in the middle of it all." + "</div>" * 1_000)
    verdict, reading = read_and_judge(deep)
    assert verdict.url == URL
    assert reading is None or reading.text == "A line in the middle of it all."
