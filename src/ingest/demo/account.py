"""Holds a ledger against the demo web's truth, item by item. Where the ledger comes from is not known here."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ingest.rules.url import identity

Told = Mapping[tuple[str, str], tuple[str, str]]  # (source_id, entry_id) -> (state, reason)


def differences(truth: Sequence[Mapping[str, Any]], told: Told) -> list[str]:
    """One line for each item that is missing, unasked for, or in another state than the truth's; none: all agree."""
    wanted = {(entry["source_id"], identity(entry["url"])): entry for entry in truth}
    found = [_difference(entry, told.get(key)) for key, entry in wanted.items()]
    strangers = [f"{key[0]} {key[1]} is in the ledger, and was never listed" for key in told.keys() - wanted.keys()]
    return [line for line in found if line] + _groups(wanted, told) + strangers


def wrongly_listed(truth: Sequence[Mapping[str, Any]], listed_by: Mapping[tuple[str, str], str]) -> list[str]:
    """One line for each item that something else brought to light than the truth says: a feed, a sitemap, a section page."""
    return [
        f"{entry['url']} should be listed by a {entry['listed_by']}, and is by a {kind}"
        for entry in truth
        if (kind := listed_by.get((entry["source_id"], identity(entry["url"])))) not in (None, entry["listed_by"])
    ]


def wrongly_joined(truth: Sequence[Mapping[str, Any]], story_of: Mapping[tuple[str, str], str]) -> list[str]:
    """One line for each story that is not one text of the truth: copies told apart, or texts made one."""
    texts = {
        key: entry["group"] or entry["url"]
        for entry in truth
        if (key := (entry["source_id"], identity(entry["url"]))) in story_of
    }
    stories, joined = (
        _gathered((texts[key], story_of[key]) for key in texts),
        _gathered((story_of[key], texts[key]) for key in texts),
    )
    return [
        *(f"{text} is told as {len(found)} stories" for text, found in sorted(stories.items()) if len(found) > 1),
        *(
            f"{' and '.join(sorted(found))} are told as one story"
            for _, found in sorted(joined.items())
            if len(found) > 1
        ),
    ]


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, value in pairs:
        found.setdefault(name, set()).add(value)
    return found


def _difference(entry: Mapping[str, Any], told: tuple[str, str] | None) -> str | None:
    if told is None:
        return f"{entry['url']} was listed, and is not in the ledger"
    state, reason = told
    expected, expected_reason = entry["expected"], entry["expected_reason"]
    if expected == "unknown":
        return None
    if state not in expected.split("_or_") or (expected_reason and reason != expected_reason):
        return f"{entry['url']} should be {expected} ({expected_reason or 'any reason'}), and is {state} ({reason})"
    return None


def _groups(wanted: Mapping[tuple[str, str], Mapping[str, Any]], told: Told) -> list[str]:
    """Of the copies of one text exactly one is stored."""
    stored = Counter(entry["group"] for key, entry in wanted.items() if key in told and told[key][0] == "stored")
    groups = {entry["group"] for entry in wanted.values() if entry.get("group")}
    return [
        f"group {group}: {stored[group]} copies are stored, not 1" for group in sorted(groups) if stored[group] != 1
    ]
