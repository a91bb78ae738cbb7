"""What the demo web knows of every listed entry, and the state its ledger line must end in; nothing is measured here."""

from collections.abc import Mapping
from typing import Any

from ingest.demo.edition import Article, is_healed
from ingest.demo.head import address
from ingest.demo.issue import Issue
from ingest.demo.listing import link
from ingest.demo.papers import PAST_WAYS, WAYS, State, Way

READABLE: tuple[Way, ...] = ("plain", "moved", "amp", "overloaded")


def entries(issues: Mapping[str, Issue], origins: dict[str, str]) -> list[dict[str, Any]]:
    """One record an entry; dates are ISO 8601 with the paper's offset, `body` is paragraphs joined by newlines."""
    firsts = _first_copies(issues, origins)
    return [
        _entry(issue, one, origins, firsts.get(one.group or "")) for issue in issues.values() for one in issue.articles
    ]


def archived(issues: Mapping[str, Issue], origins: dict[str, str]) -> list[dict[str, Any]]:
    """One record an entry that only the archives of a paper list, and the state in which a backfill of it must end."""
    return [
        {
            "id": one.id,
            "source_id": one.source_id,
            "url": address(origins[one.host], one.listed_path),
            "listed_by": "archive",
            "canonical_url": address(origins[one.host], one.path),
            "way": one.way,
            "title": one.title,
            "body": "\n".join(one.paragraphs) if one.way in READABLE else None,
            "published_at": one.published_at.isoformat(),
            "modified_at": one.changed_at.isoformat(),
            "group": None,
            "expected": PAST_WAYS[one.way][1],
            "expected_reason": PAST_WAYS[one.way][2],
        }
        for issue in issues.values()
        for one in issue.archived
    ]


def expected(one: Article, edition: int) -> tuple[State, str | None]:
    """The ledger's state and reason for an entry of this edition."""
    if one.way == "overloaded" and is_healed(edition):
        return "stored", None
    if one.group:
        return "stored_or_duplicate", None
    _, state, reason = WAYS[one.way]
    return state, reason


def _entry(issue: Issue, one: Article, origins: dict[str, str], first: str | None) -> dict[str, Any]:
    state, reason = expected(one, issue.edition)
    canonical_url = address(origins[one.host], one.path)
    feeds = ("feed", "section") if one in issue.in_section_feed else ("feed",)
    return {
        "id": one.id,
        "source_id": one.source_id,
        "url": link(issue.paper, one, origins),
        "listed_as": [link(issue.paper, one, origins, feed) for feed in feeds],
        "listed_by": issue.listed_by(one),
        "canonical_url": canonical_url,
        "way": one.way,
        "title": one.title,
        "body": "\n".join(one.paragraphs) if one.way in READABLE else None,
        "authors": list(one.authors),
        "published_at": one.published_at.isoformat(),
        "modified_at": one.changed_at.isoformat(),
        "edited_at": one.edited_at.isoformat() if one.edited_at else None,
        "language": issue.paper.language,
        "section": one.section,
        "tags": list(one.tags),
        "image_url": origins[one.host] + one.image_path,
        "group": one.group,
        "syndicated_of": first if first != canonical_url else None,
        "expected": state,
        "expected_reason": reason,
    }


def _first_copies(issues: Mapping[str, Issue], origins: dict[str, str]) -> dict[str, str]:
    """group -> canonical URL of the copy printed first."""
    copies = sorted(
        (one for issue in issues.values() for one in issue.articles if one.group), key=lambda one: one.published_at
    )
    return {one.group or "": address(origins[one.host], one.path) for one in reversed(copies)}
