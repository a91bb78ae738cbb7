"""What of a text tells it from others."""

from unicodedata import normalize

from hypothesis import given
from hypothesis import strategies as st

from ingest.rules.signature import KEY_MASK, KEYS, WORD, WORDS_LIMIT, keys, line_key, lines, shingles, text_key


def test_words_are_told_whatever_their_case_form_and_punctuation() -> None:
    assert lines("The “HARBOUR”, re-opened!\n\n  —  \nﬁve boats") == ["the harbour re opened", "five boats"]


def test_a_number_and_its_unit_are_two_words() -> None:
    assert lines("400m pesos ($136m)") == ["400 m pesos 136 m"]


@given(st.text("abC1٣²_ \t-'.,’\u00a0\u0301\n", max_size=60))
def test_words_are_what_the_pattern_finds_in_each_line(text: str) -> None:
    folded = normalize("NFKC", text).casefold()
    assert lines(text) == [" ".join(found) for line in folded.split("\n") if (found := WORD.findall(line))]


def test_scripts_without_spaces_are_taken_by_the_character() -> None:
    assert lines("港が再開した") == ["港 が 再 開 し た"]


def test_layout_makes_no_other_line() -> None:
    assert line_key("read more here") == line_key("readmore here") != line_key("read more there")


def test_a_text_is_the_same_with_its_lines_cut_elsewhere() -> None:
    assert text_key(["one two", "three"]) == text_key(["one", "two three"])


def test_a_book_is_compared_by_its_beginning() -> None:
    assert len(" ".join(lines("\n".join(["word " * 100] * 200))).split()) <= WORDS_LIMIT


def test_a_single_endless_line_is_kept() -> None:
    assert lines("word " * (2 * WORDS_LIMIT))


def test_hashes_do_not_change_between_processes() -> None:
    assert shingles(["the", "harbour", "reopened"]) == [10159595126153358540]


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h"]), max_size=80))
def test_keys_are_few_and_follow_from_the_shingles_whatever_their_order(words: list[str]) -> None:
    found = shingles(words)
    assert len(found) == max(0, len(words) - 2)
    assert sorted(keys(found)) == sorted(keys(found[::-1]))
    assert len(keys(found)) <= KEYS


@given(st.lists(st.integers(0, 2**64 - 1), max_size=200), st.integers(0, 64))
def test_keys_are_the_smallest_however_the_shingles_are_spread(found: list[int], shift: int) -> None:
    found = [shingle >> shift for shingle in found]
    assert list(keys(found)) == [shingle & KEY_MASK for shingle in sorted(set(found))[:KEYS]]
