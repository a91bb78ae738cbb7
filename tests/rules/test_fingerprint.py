"""Fingerprints: literal values are pinned, since a silent change would make every text a new revision."""

import pytest

from ingest.rules.fingerprint import content_hash, word_count


def test_the_hash_is_versioned_and_pinned() -> None:
    assert content_hash("Café – 5 °C") == "t1:f9ba5539336e00ab5cb9edf646cefce0"


@pytest.mark.parametrize("other", ["Cafe\u0301  –\n5 °C ", "Café – 5 °C\n", "\tCafé – 5 °C"])
def test_layout_and_unicode_form_make_no_new_text(other: str) -> None:
    assert content_hash(other) == content_hash("Café – 5 °C")


@pytest.mark.parametrize("other", ["Café – 5 °c", "Café - 5 °C", "Cafe – 5 °C", ""])
def test_any_other_character_makes_a_new_text(other: str) -> None:
    assert content_hash(other) != content_hash("Café – 5 °C")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("— … !", 0),
        ("Don’t panic: 3,500 well-known towels.", 5),
        ("日本の新聞", 5),
        ("東京 Tokyo 2026", 4),
        ("한국 신문", 2),
    ],
)
def test_words_are_counted_as_readers_count_them(text: str, count: int) -> None:
    assert word_count(text) == count
