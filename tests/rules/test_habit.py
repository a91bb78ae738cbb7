"""What many pages of a source have in common, and when that is worth a rule."""

import pytest

from ingest.rules.habit import CLAIMS, Witness, is_harmless, removable, repeated_lines, title_finding


def a_page(*lines: str, now: str = "Now", **claimed: str) -> Witness:
    """Lines are `text @ selector selector`."""
    parts = [line.partition(" @ ") for line in lines]
    known = {claim: claimed[claim.replace("-", "_")] for claim in CLAIMS if claim.replace("-", "_") in claimed}
    return Witness(
        title=now, title_evidence="og", claimed=known, preferred={claim: known.get(claim, now) for claim in CLAIMS},
        lines=tuple(text for text, _, _ in parts), holders=tuple(tuple(said.split()) for _, _, said in parts),
        metadata=(now,),
    )  # fmt: skip


RIGHT, WRONG, BARE = a_page(h1="Told", og="Now"), a_page(h1="Other", og="Now"), a_page(og="Now")


@pytest.mark.parametrize(
    ("pages", "title_from", "reason"),
    [
        ([(RIGHT, "Told")] * 12, "h1", "right on 12 of 12 pages, what is chosen now is on 0"),
        ([(RIGHT, "told!")] * 12, "h1", "right on 12"),
        ([(RIGHT, "Told")] * 11 + [(RIGHT, None), (RIGHT, " ")], None, "too few pages: the feed gave a title for 11"),
        ([(RIGHT, None)] * 20, None, "gave no titles"),
        ([], None, "gave no titles"),
        ([(RIGHT, "Now")] * 20, None, "nothing is clearly better"),
        ([(RIGHT, "Now")] * 18 + [(RIGHT, "Told")] * 2, None, "nothing is clearly better: 'og'"),
        ([(WRONG, "Told"), (RIGHT, "Told")] * 10, "h1", "right on 10 of 20"),
        ([(RIGHT, "Told")] * 10 + [(WRONG, "Told")] * 10, None, "one half of the time alone"),
        ([(WRONG, "Told"), (BARE, "Now")] * 10 + [(RIGHT, "Told")], None, "nothing is clearly better"),
    ],
)
def test_a_claim_is_proposed_where_the_feed_proves_it(
    pages: list[tuple[Witness, str | None]], title_from: str | None, reason: str
) -> None:
    found = title_finding(pages)
    assert found.title_from == title_from
    assert reason in found.reason


def test_claims_are_counted_where_a_page_has_them() -> None:
    found = title_finding([(RIGHT, "Told"), (BARE, "Now"), (BARE, "Told")])
    scores = {score.claim: (score.page_count, score.equal_count, score.right_count) for score in found.scores}
    assert scores["h1"] == (1, 1, 2)
    assert scores["og"] == (3, 1, 1)
    assert found.right_count == 1


def test_a_line_is_repeated_on_three_pages_and_a_fifth_of_all() -> None:
    often = [a_page("Buy this!", f"Own {number}") for number in range(3)]
    assert [(one.line, one.page_count) for one in repeated_lines(often)] == [("Buy this!", 3)]
    assert repeated_lines(often[:2]) == ()
    rest = [a_page(f"Rest {number}") for number in range(13)]
    assert repeated_lines(often + rest[:12])[0].page_count == 3
    assert repeated_lines(often + rest) == ()
    assert repeated_lines([a_page("Buy this!", "buy THIS"), *often[:1]]) == ()


def test_what_holds_repeated_lines_alone_can_be_removed() -> None:
    pages = [
        a_page(
            f"Own {number} @ div.text",
            "Buy @ p.box div.promo div.text",
            "Now @ b.now div.promo div.text",
            "Again @ div.text",
        )
        for number in range(5)
    ]
    found = removable(pages, repeated_lines(pages))
    assert list(found) == ["div.promo", "b.now", "p.box"]
    assert found["div.promo"] == {"buy", "now"}
    elsewhere = [a_page("Buy @ i"), a_page("Own @ b.now")]
    found = removable([*pages, *elsewhere], repeated_lines(pages))
    assert list(found) == ["div.promo"]  # nine tenths of `Now`, but not of `Buy`; `b.now` holds a story's own line
    assert found["div.promo"] == {"now"}


def test_harm_is_any_other_line_lost_or_won_and_any_field_changed() -> None:
    page, gone = a_page("One", "Buy", "Two"), frozenset({"buy"})
    assert is_harmless(page, a_page("One", "Two"), gone)
    assert is_harmless(page, page, gone)
    for after in (
        a_page("One"),
        a_page("One", "Two", "Three"),
        a_page("Two", "One"),
        a_page("One", "Two", now="Else"),
        None,
    ):
        assert not is_harmless(page, after, gone)
