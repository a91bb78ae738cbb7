"""Habits of a source, by many of its pages: which claim is its title, which lines stand on many pages and around what.

Proposals for a person, never for the record: pages are read in extract/witness.py, a habit holds once it is in the catalogue.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from ingest.records import TitleEvidence
from ingest.rules.title import fold, tidy

LEAST_PAGES = 12  # judged by a title from the feed; on fewer one odd day of a newsroom would decide
GAIN_SHARE = 0.1  # of the pages, that another choice must be right on beyond what is chosen now
REPEATED_PAGES = 3
REPEATED_SHARE = 0.2
HELD_SHARE = 0.9  # of a line's occurrences that stand in elements of one kind
LINES_LIMIT = 50
CLAIMS: tuple[TitleEvidence, ...] = get_args(TitleEvidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What one page says: its title as it is chosen now and by each claim, and its text with what each line stands in."""

    title: str | None
    title_evidence: str | None
    claimed: Mapping[TitleEvidence, str]  # the first reading of each kind of claim that the page has
    preferred: Mapping[TitleEvidence, str | None]  # what would be chosen if a rule preferred that claim
    lines: tuple[str, ...]
    # of each line, selectors of elements: the widest that holds it alone, those around that one, those inside
    holders: tuple[tuple[str, ...], ...]
    metadata: tuple[object, ...]  # what must not change when something is taken out of the page


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleScore:
    """How often a kind of claim is on a page, says what the feed says, and would be right if a rule preferred it."""

    claim: TitleEvidence
    page_count: int
    equal_count: int
    right_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleFinding:
    """What the feed's titles say of the page's; `title_from` is what to propose, or `reason` says why nothing is."""

    judged_count: int
    right_count: int  # of what is chosen now
    scores: tuple[TitleScore, ...]
    title_from: TitleEvidence | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A line that stands in the text of many pages, as it was first seen."""

    line: str
    page_count: int


def title_finding(pages: Sequence[tuple[Witness, str | None]]) -> TitleFinding:
    """Pages in order of time, each with its title in the feed."""
    judged = [(page, fold(tidy(told))) for page, told in pages if told and fold(tidy(told))]
    scores = tuple(_score(claim, judged) for claim in CLAIMS)
    right = _right(judged, None)
    best = max(scores, key=lambda score: score.right_count)  # the first of equals is the most trusted claim
    gain = best.right_count - right
    counts = (
        f"{best.claim!r} would be right on {best.right_count} of {len(judged)} pages, what is chosen now is on {right}"
    )
    half = len(judged) // 2
    agreeing = [_right(part, best.claim) > _right(part, None) for part in (judged[:half], judged[half:])]
    if not judged:
        reason = "its feeds gave no titles for these pages, so nothing tells which claim is right"
    elif len(judged) < LEAST_PAGES:
        reason = f"too few pages: the feed gave a title for {len(judged)}, at least {LEAST_PAGES} are needed"
    elif gain < GAIN_SHARE * len(judged):
        reason = f"nothing is clearly better: {counts}"
    elif not all(agreeing):
        reason = f"{best.claim!r} is better in one half of the time alone: {counts}"
    else:
        reason = counts
    is_better = len(judged) >= LEAST_PAGES and gain >= GAIN_SHARE * len(judged) and all(agreeing)
    return TitleFinding(
        judged_count=len(judged),
        right_count=right,
        scores=scores,
        title_from=best.claim if is_better else None,
        reason=reason,
    )


def repeated_lines(pages: Collection[Witness]) -> tuple[Repeated, ...]:
    """Lines in the text of at least three pages and a fifth of all, the most frequent first; a page is one article."""
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for page in pages:
        for line in page.lines:
            first.setdefault(fold(line), line)
        counts.update(frozenset(map(fold, page.lines)) - {""})
    least = max(REPEATED_PAGES, REPEATED_SHARE * len(pages))
    found = [Repeated(line=first[key], page_count=count) for key, count in counts.most_common() if count >= least]
    return tuple(found[:LINES_LIMIT])


def removable(pages: Iterable[Witness], repeated: Iterable[Repeated]) -> dict[str, frozenset[str]]:
    """Selectors that hold repeated lines (folded) and no other line of the text, those that hold the most first."""
    known = frozenset(fold(one.line) for one in repeated)
    occurrences: Counter[str] = Counter()
    held: Counter[tuple[str, str]] = Counter()
    nearness: dict[str, int] = {}
    refused: set[str] = set()
    for page in pages:
        for line, holders in zip(page.lines, page.holders, strict=True):
            key = fold(line)
            if key not in known:
                refused.update(holders)
                continue
            occurrences[key] += 1
            held.update((selector, key) for selector in holders)
            for place, selector in enumerate(holders):
                nearness[selector] = min(place, nearness.get(selector, place))
    covered: dict[str, set[str]] = {}
    for (selector, key), count in held.items():
        if selector not in refused and count >= HELD_SHARE * occurrences[key]:
            covered.setdefault(selector, set()).add(key)
    weights = {selector: sum(occurrences[key] for key in keys) for selector, keys in covered.items()}
    ranked = sorted(covered, key=lambda selector: (-weights[selector], nearness[selector], selector))
    return {selector: frozenset(covered[selector]) for selector in ranked}


def is_harmless(before: Witness, after: Witness | None, boxed: frozenset[str]) -> bool:
    """Whether a page, read again with more taken out, lost lines that stand in boxes alone (folded), and nothing else."""
    if after is None or after.metadata != before.metadata:
        return False
    others = [line for line in before.lines if fold(line) not in boxed]
    return others == [line for line in after.lines if fold(line) not in boxed]


def remaining(pages: Iterable[Witness], lines: frozenset[str]) -> int:
    """How many times the lines (folded) stand in the texts."""
    return sum(fold(line) in lines for page in pages for line in page.lines)


def _score(claim: TitleEvidence, judged: Sequence[tuple[Witness, str]]) -> TitleScore:
    said = [(fold(page.claimed[claim]), told) for page, told in judged if claim in page.claimed]
    return TitleScore(
        claim=claim,
        page_count=len(said),
        equal_count=sum(one == told for one, told in said),
        right_count=_right(judged, claim),
    )


def _right(judged: Sequence[tuple[Witness, str]], claim: TitleEvidence | None) -> int:
    return sum(fold((page.preferred[claim] if claim else page.title) or "") == told for page, told in judged)
