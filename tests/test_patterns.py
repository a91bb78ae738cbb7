"""Patterns mean the same in every Python that we run on."""

import io
import re
import tokenize
from pathlib import Path

SOURCES = sorted((Path(__file__).parents[1] / "src").rglob("*.py"))
# `(?:a|b)*+`; the repeat of a single character or class is right everywhere
POSSESSIVE_GROUP = re.compile(r"\)(?:[?*+]|\{\d*,?\d*\})\+")
RAW = re.compile(r"(?:r|rb|br)[\"']", re.IGNORECASE)


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python before 3.11.5 (Debian 12 has 3.11.2) goes on from the wrong place after one (CPython issue 106052).

    `(?>(?:a|b)*)` says the same, and is right in all.
    """
    found = [
        f"{path.name}:{token.start[0]}: {token.string}"
        for path in SOURCES
        if POSSESSIVE_GROUP.search(path.read_text("utf-8"))
        for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline)
        if token.type == tokenize.STRING and RAW.match(token.string) and POSSESSIVE_GROUP.search(token.string)
    ]
    assert found == []
