"""What changed between two texts of an article, as a person would say it; which texts those are is decided elsewhere."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from ingest.rules.signature import lines
from ingest.rules.title import fold

ALIKE = 55  # of 100: letters that two paragraphs share where one was made of the other
PARAGRAPHS_LIMIT = 200  # of a text that are paired: a longer one's changes are told as added and removed
# What a changed line may be without being news: counters, times of update, calls to read elsewhere
COUNTER = r"\d[\d.,]*\s*(?:comments?|kommentare?|commentaires?|comentarios?|shares?|views?|likes?|min(?:utes?)?)\b"
FURNITURE = re.compile(
    rf"^(?:{COUNTER}.*|"
    r"(?:last )?updated\b.*|(?:zuletzt )?aktualisiert\b.*|mis à jour\b.*|actualizado\b.*|atualizado\b.*|aggiornato\b.*|"
    r"обновлено\b.*|更新.*|(?:read|see|watch) (?:more|also)\b.*|lesen sie auch\b.*|à lire aussi\b.*|lea también\b.*|"
    r"leia (?:mais|também)\b.*|leggi anche\b.*|related\b.*|more on this\b.*)$",
    re.IGNORECASE,
)
FURNITURE_CHARS = 160
# What of a headline counts or tells a time of update, and is no news: `(3) Storm`, `Storm (12 comments)`, `Storm | Updated 10:15`
TITLE_FURNITURE = re.compile(
    rf"^\(\d{{1,3}}\)\s+|[\s(\[|·–—-]+(?:{COUNTER}(?: read)?|(?:last )?updated:?\s[\d:.,/ apm-]+)[)\]]?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Paragraphs in their order; `changed` are pairs of before and after. `is_trivial`: nothing that a reader would call news."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[tuple[str, str], ...]
    is_trivial: bool


def edit(before: str, after: str, *, title_before: str | None, title_after: str | None) -> Edit:
    """The edit that makes `after` of `before`, paragraph by paragraph; paragraphs that only moved are none."""
    old, new = before.split("\n"), after.split("\n")
    removed, added = _missing(old, new), _missing(new, old)
    changed = _paired(removed, added)
    for one, other in changed:
        removed.remove(one)
        added.remove(other)
    return Edit(
        added=tuple(added),
        removed=tuple(removed),
        changed=tuple(changed),
        is_trivial=_is_same_title(title_before, title_after)
        and all(map(_is_furniture, (*added, *removed)))
        and all(_is_same(one, other) for one, other in changed),
    )


def _missing(from_: Sequence[str], in_: Sequence[str]) -> list[str]:
    """Paragraphs of the one that the other does not have (so often)."""
    left = Counter(in_)
    found = []
    for paragraph in from_:
        if left[paragraph]:
            left[paragraph] -= 1
        else:
            found.append(paragraph)
    return found


def _paired(removed: Sequence[str], added: Sequence[str]) -> list[tuple[str, str]]:
    """Each removed paragraph with the added one that is most like it, none twice, in the order of the new text."""
    if not removed or not added or max(len(removed), len(added)) > PARAGRAPHS_LIMIT:
        return []
    pairs = [
        (fuzz.ratio(one, other, score_cutoff=ALIKE), place, at)
        for place, one in enumerate(removed)
        for at, other in enumerate(added)
    ]
    taken: dict[int, int] = {}
    for score, place, at in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if score and at not in taken and place not in taken.values():
            taken[at] = place
    return [(removed[taken[at]], added[at]) for at in sorted(taken)]


def _is_same_title(before: str | None, after: str | None) -> bool:
    """Whether a headline says what it said: a page that gives none says nothing else."""
    if before is None or after is None:
        return True
    one, other = (fold(TITLE_FURNITURE.sub("", title)) for title in (before, after))
    return (one == other and bool(one)) or fold(before) == fold(after)


def _is_furniture(paragraph: str) -> bool:
    return len(paragraph) <= FURNITURE_CHARS and FURNITURE.match(paragraph.strip()) is not None


def _is_same(before: str, after: str) -> bool:
    """Whether two paragraphs have the same words: quotation marks, dashes, spaces and case are a typesetter's."""
    return lines(before) == lines(after) or (_is_furniture(before) and _is_furniture(after))
