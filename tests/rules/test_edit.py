"""What changed between two texts."""

import pytest

from ingest.rules.edit import edit

ONE = "The harbour reopened on Saturday after three days of storms."
TWO = "Crews worked through the night to clear the northern channel."
THREE = "Insurers expect claims of about four million."


def test_paragraphs_are_added_removed_and_changed() -> None:
    found = edit(
        "\n".join([ONE, TWO]),
        "\n".join([ONE.replace("three", "four"), THREE]),
        title_before="Harbour reopens",
        title_after="Harbour reopens",
    )
    assert (found.added, found.removed) == ((THREE,), (TWO,))
    assert found.changed == ((ONE, ONE.replace("three", "four")),)
    assert not found.is_trivial


def test_paragraphs_that_only_moved_are_no_change() -> None:
    found = edit(f"{ONE}\n{TWO}", f"{TWO}\n{ONE}", title_before=None, title_after=None)
    assert (found.added, found.removed, found.changed, found.is_trivial) == ((), (), (), True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{ONE}\n12 comments", f"{ONE}\n13 comments"),
        (f'{ONE}\n"Good," he said.', f"{ONE}\n“Good”, he said."),
        (ONE, f"{ONE}\nRead more: Storms of the century"),
        (f"{ONE}\nUpdated 10:15 GMT", f"{ONE}\nUpdated 11:40 GMT"),
        (ONE, ONE.replace(" ", "\u00a0")),
    ],
)
def test_counters_calls_and_typesetting_are_trivial(before: str, after: str) -> None:
    assert edit(before, after, title_before="T", title_after="T").is_trivial


def test_a_number_in_the_news_is_not_trivial() -> None:
    assert not edit(THREE, THREE.replace("four", "five"), title_before="T", title_after="T").is_trivial


@pytest.mark.parametrize(
    ("before", "after", "is_trivial"),
    [
        ("Harbour reopens", "Harbour shut again", False),
        ("Three dead in storm", "Four dead in storm", False),
        ("3 dead in storm", "4 dead in storm", False),
        ("Updated: mayor resigns", "Updated: mayor is shot", False),
        ("Storm (12 comments)", "Calm (340 comments)", False),
        ("12 comments", "13 comments", False),
        ("Storm (12 comments)", "Storm (340 comments)", True),
        ("(3) Storm", "(17) Storm", True),
        ("Storm", "Storm | Updated 10:15 pm", True),
        ("Storm - 3 min read", "Storm - 4 min read", True),
        ("“Storm” – what now", '"Storm" - what now', True),
        ("Ｓｔｏｒｍ", "Storm", True),
        (None, "Storm", True),
    ],
)
def test_of_headlines_only_counters_and_typesetting_are_trivial(
    before: str | None, after: str, is_trivial: bool
) -> None:
    assert edit(ONE, ONE, title_before=before, title_after=after).is_trivial is is_trivial


def test_a_repeated_paragraph_is_told_as_often_as_it_is_missing() -> None:
    assert edit(ONE, f"{ONE}\n{ONE}", title_before=None, title_after=None).added == (ONE,)
