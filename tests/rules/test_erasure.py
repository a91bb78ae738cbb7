"""Authors whose articles are erased are known by a hash alone, however pages and feeds write their names."""

import pytest

from ingest.rules.erasure import author_hash, author_hashes, is_by


@pytest.mark.parametrize(
    "credit", ["Ada Quill", "ADA QUILL", "  ada  quill ", "By Ada Quill", "Ada Quill and Bo Lind", "Bo Lind; Ada Quill"]
)
def test_a_credit_names_its_author_however_it_is_written(credit: str) -> None:
    assert author_hash("Ada Quill") in author_hashes([credit])


@pytest.mark.parametrize("credit", ["Ada Quillam", "Quill", "Bo Lind", "", "Ada", "The Ada Quill Foundation"])
def test_another_name_is_another_author(credit: str) -> None:
    assert author_hash("Ada Quill") not in author_hashes([credit])


def test_an_order_may_hold_for_one_source_alone() -> None:
    authors = {(author_hash("Ada Quill"), "daily")}
    assert is_by(["Ada Quill"], "daily", authors)
    assert not is_by(["Ada Quill"], "weekly", authors)
    assert is_by(["Ada Quill"], "weekly", {(author_hash("Ada Quill"), None)})


def test_the_hash_of_a_name_is_pinned() -> None:
    """Tombstones of any version are obeyed by all later ones."""
    assert author_hash("Ada Quill") == "a1:6851b62c6478c22c859041c969a4926e"
