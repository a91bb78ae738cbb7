"""What the demo web knows of every listed entry, and the state its ledger line must end in; nothing is measured here."""

from collections.abc import Mapping
from typing import Any

from ingest.demo.edition import Article, is_healed
from ingest.demo.head import address
from ingest.demo.listing import link, section_entries
from ingest.demo.papers import WAYS, Paper, State, Way

READABLE: tuple[Way, ...] = ("plain", "moved", "amp", "overloaded")


def entries(
    papers: Mapping[str, tuple[Paper, tuple[Article, ...]]], origins: dict[str, str], edition: int
) -> list[dict[str, Any]]:
    """One record an entry; dates are ISO 8601 with the paper's offset, `body` is paragraphs joined by newlines."""
    firsts = _first_copies(papers, origins)
    return [
        _entry(paper, one, origins, edition, firsts.get(one.group or ""), is_twice=one in _listed_twice(paper, printed))
        for paper, printed in papers.values()
        for one in printed
    ]


def expected(one: Article, edition: int) -> tuple[State, str | None]:
    """The ledger's state and reason for an entry of this edition."""
    if one.way == "overloaded" and is_healed(edition):
        return "stored", None
    if one.group:
        return "stored_or_duplicate", None
    _, state, reason = WAYS[one.way]
    return state, reason


def _entry(
    paper: Paper, one: Article, origins: dict[str, str], edition: int, first: str | None, *, is_twice: bool
) -> dict[str, Any]:
    state, reason = expected(one, edition)
    canonical_url = address(origins[one.host], one.path)
    return {
        "id": one.id,
        "source_id": one.source_id,
        "url": link(paper, one, origins),
        "listed_as": [link(paper, one, origins, feed) for feed in (("feed", "section") if is_twice else ("feed",))],
        "canonical_url": canonical_url,
        "way": one.way,
        "title": one.title,
        "body": "\n".join(one.paragraphs) if one.way in READABLE else None,
        "authors": list(one.authors),
        "published_at": one.published_at.isoformat(),
        "modified_at": one.changed_at.isoformat(),
        "edited_at": one.edited_at.isoformat() if one.edited_at else None,
        "language": paper.language,
        "section": one.section,
        "tags": list(one.tags),
        "image_url": origins[one.host] + one.image_path,
        "group": one.group,
        "syndicated_of": first if first != canonical_url else None,
        "expected": state,
        "expected_reason": reason,
    }


def _listed_twice(paper: Paper, printed: tuple[Article, ...]) -> list[Article]:
    """Entries that a section feed repeats, with other tracking parameters."""
    return section_entries(printed) if paper.has_section_feed else []


def _first_copies(papers: Mapping[str, tuple[Paper, tuple[Article, ...]]], origins: dict[str, str]) -> dict[str, str]:
    """group -> canonical URL of the copy printed first."""
    copies = sorted(
        (one for _, printed in papers.values() for one in printed if one.group), key=lambda one: one.published_at
    )
    return {one.group or "": address(origins[one.host], one.path) for one in reversed(copies)}
