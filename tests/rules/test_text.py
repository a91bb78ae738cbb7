"""Lines of a text: which are the article's."""

import pytest

from ingest.rules.text import article_lines, clean, is_call

FIRST = "The harbour reopened on Saturday after three days of storms, officials said."
SECOND = "Crews worked through the night to clear the northern channel."


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a  \n\n\n b\t\n", "a\nb"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("cafe\u0301 “x” – y / z", "café “x” – y / z"),
        ("a\x00b\x1fc\u2028", "abc"),
        ("", ""),
    ],
)
def test_text_is_tidied_at_its_edges_only(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    "head",
    [
        ["Harbour reopens"],
        ["Weather", "Harbour reopens", "By Ana Silva"],
        ["HARBOUR REOPENS", "Ana Silva", "21 November 2026, 18:30"],
        ["Stand: 21.11.2026, 18:30 Uhr"],
        [],
    ],
)
def test_title_byline_and_date_above_the_text_are_dropped(head: list[str]) -> None:
    lines = article_lines("\n".join([*head, FIRST, SECOND]), titles=["Harbour reopens"], names=["Ana Silva"])
    assert lines == f"{FIRST}\n{SECOND}"


@pytest.mark.parametrize(
    "line",
    [
        "Read more",
        "READ MORE:",
        "Lesen Sie auch: Sturm im Norden",
        "Advertisement",
        "Les også: Båtene er tilbake",
        "関連記事",
    ],
)
def test_a_line_that_only_sends_the_reader_elsewhere_is_dropped(line: str) -> None:
    assert is_call(line)
    assert article_lines(f"{FIRST}\n{line}\n{SECOND}", titles=[], names=[]) == f"{FIRST}\n{SECOND}"


@pytest.mark.parametrize(
    "line",
    [
        "Read more carefully, he said: the letter has two pages.",
        "Related costs fell by a third.",
        "Photo albums were saved from the flood.",
        "More than 200 people came.",
        "Copyright law is what the case is about.",
        "Watch out, she shouted.",
        "2026",
    ],
)
def test_a_sentence_that_looks_like_a_call_stays(line: str) -> None:
    assert line in article_lines(f"{FIRST}\n{line}\n{SECOND}", titles=[], names=[]).split("\n")


def test_the_page_s_own_foot_is_cut_off_from_the_end() -> None:
    foot = "Sign up for our newsletter today\n© 2026 The Example"
    assert article_lines(f"{FIRST}\n{SECOND}\n{foot}", titles=[], names=[]) == f"{FIRST}\n{SECOND}"
    assert article_lines("© 2026", titles=[], names=[]) == "© 2026"
