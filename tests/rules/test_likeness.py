"""When two texts are one story's, and when they only look like it."""

import random
import re

import pytest

from ingest.records import LikenessKind
from ingest.rules.likeness import Text, compare
from ingest.rules.signature import lines

RNG = random.Random(7)  # noqa: S311
NAMES = [
    "Ana",
    "Bo",
    "Cleo",
    "Dan",
    "Eve",
    "Finn",
    "Gus",
    "Hana",
    "Ivo",
    "Jo",
    "Kim",
    "Lars",
    "Mia",
    "Nils",
    "Olga",
    "Pia",
]
VERBS = ["opened", "closed", "repaired", "inspected", "sold", "bought", "moved", "counted", "painted", "rebuilt"]
THINGS = (
    "the harbour",
    "a northern bridge",
    "two schools",
    "the old market",
    "its ferries",
    "the town hall",
    "every greenhouse",
)
WHY = (
    "after the storm",
    "before winter",
    "in spite of protests",
    "with borrowed money",
    "for the first time",
    "by vote",
)


def prose(count: int, rng: random.Random = RNG) -> list[str]:
    """Sentences that no other call makes."""
    return [
        f"{rng.choice(NAMES)} {rng.choice(NAMES)}son {rng.choice(VERBS)} {rng.choice(THINGS)} {rng.choice(WHY)}, said"
        f" {rng.choice(NAMES)} of {rng.choice(NAMES)}ville."
        for _ in range(count)
    ]


STORY = prose(20)
OTHER = prose(20)


def text(sentences: list[str] | str, *, source_id: str = "daily", title: str = "") -> Text:
    said = sentences if isinstance(sentences, str) else "\n".join(sentences)
    return Text(source_id, title, " ".join(lines(said)).split())


def misread(said: str) -> str:
    """As a scanner reads it: a letter in every fourth word is another."""
    words = said.split(" ")
    return " ".join(word[:-1] + "c" if number % 4 == 0 and len(word) > 2 else word for number, word in enumerate(words))


WEATHER = (
    "Cork will be dry on Monday with {0} mm of rain and {1} km/h of wind from the west. Highs of {2} degrees, lows of {3}. "
    * 2
)

CASES: list[tuple[str, object, object, LikenessKind | None]] = [
    ("the same", STORY, STORY, "exact"),
    ("another layout", STORY, " ".join(STORY).upper(), "exact"),
    ("its beginning", STORY, STORY[:8], "excerpt"),
    ("most of it", STORY, STORY[2:18], "near"),
    ("paragraphs in another order", STORY, STORY[10:] + STORY[:10], "near"),
    ("with more after it", STORY[:12], STORY[:12] + OTHER[:10], "near"),
    ("edited here and there", STORY, [one.replace("said", "told us").replace("storm", "gale") for one in STORY], "near"),
    ("misread", STORY, misread(" ".join(STORY)), "near"),
    ("numbers written otherwise", [*STORY, "It cost 400m."], [*STORY, "It cost 400 million."], "near"),
    ("another story", STORY, OTHER, None),
    ("shared background below another lead", OTHER[:14] + STORY[10:14], STORY, None),
    ("a digest of many", STORY[:2] + OTHER[:2] + prose(12), STORY, None),
    ("some of it in the middle of another", prose(12) + STORY[6:12] + prose(12), STORY, None),
    ("a template with other numbers", WEATHER.format(0, 15, 12, 4), WEATHER.format(3, 25, 17, 9), None),
    ("a teaser", "Two boats sank on Friday.", "Two boats sank on Friday.", None),
    ("nothing", "", "", None),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "kind"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_copies_are_told_from_what_only_looks_like_them(one: str, other: str, kind: LikenessKind | None) -> None:
    found = compare(text(one), text(other, source_id="weekly"))
    assert (found.kind if found and found.kind != "overlap" else None) == kind
    turned = compare(text(other, source_id="weekly"), text(one))
    assert found == turned


def test_what_shares_much_and_is_no_copy_is_noted() -> None:
    found = compare(text(prose(2) + STORY[3:8]), text(OTHER[:14] + STORY[3:8], source_id="weekly"))
    assert found is not None
    assert (found.kind, found.conflict_count) == ("overlap", 0)


def test_a_source_s_own_background_makes_no_copy() -> None:
    found = compare(text(STORY), text(STORY[:10]))
    assert found is not None
    assert found.kind == "overlap"


def test_short_texts_are_one_where_their_titles_are_too() -> None:
    said = "Two boats sank on Friday."
    assert compare(text(said, title="twoboats"), text(said, title="twoboats", source_id="weekly")) is not None
    assert compare(text(said, title="twoboats"), text(said, title="harbour", source_id="weekly")) is None


def test_the_shares_say_how_much_of_it_a_copy_runs() -> None:
    found = compare(text(STORY), text(STORY[:10], source_id="weekly"))
    assert found is not None
    assert found.containment == 1.0
    assert 0.45 < found.coverage < 0.55


def test_a_copy_in_a_script_without_spaces_is_found() -> None:
    said = "港湾は三日間の嵐のあと土曜日に再開し、フェリーはすべて運航を始めたと当局は述べた。北の水路では作業が夜通し続いた。"
    found = compare(text(said), text(re.sub("土曜日", "週末", said), source_id="weekly"))
    assert found is not None
    assert found.kind == "near"
