"""All that a page says of its article beside the text, each field with what it was read from; the text is text.py's."""

from collections.abc import Callable
from typing import Any, Final

from ingest.extract import claims, credits, language, moments, optouts
from ingest.extract.claims import Claimed, Claims, Value
from ingest.extract.credits import Credits
from ingest.extract.ruled import Ruled
from ingest.records import Metadata, Page, PublishedEvidence
from ingest.rules.moment import Moment

RULE: Final = "rule"  # the evidence of what the catalogue's rule for the source found
Searched = Callable[[], tuple[Moment, PublishedEvidence] | None]


def read(claimed: Claims, ruled: Ruled, *, searched: Searched) -> Metadata:
    """The metadata of a page but its language, which the text decides; `searched` looks for a date where none is claimed."""
    title = _by_rule(ruled.title) if ruled.title else claims.title_claim(claimed, title_from=ruled.title_from)
    by_rule = Credits(authors=_by_rule(ruled.authors), agency=_by_rule(ruled.agency))
    people = by_rule if ruled.has_credits else credits.read(claimed)  # the rule may say that it is nobody
    found: dict[str, Claimed[Any]] = {
        "title": title,
        "description": claims.description_claim(claimed),
        "authors": people.authors,
        "agency": people.agency,
        "section": claimed.section,
        "tags": claimed.tags,
        "image_url": claims.image_claim(claimed),
        "modified_at": moments.modified(claimed),
        "kind": claims.kind(claimed),
    }
    dated: tuple[Moment, PublishedEvidence] | None = (ruled.published, RULE) if ruled.published else None
    moment, evidence = dated or moments.published(claimed) or searched() or (None, None)
    missed = dict(ruled.missed)
    if ruled.title_from and title.evidence not in (RULE, ruled.title_from):
        missed["rule.title_from"] = ruled.title_from
    access, access_evidence = claims.access(claimed)
    return Metadata(
        **{name: one.value for name, one in found.items()},
        language=None,
        language_confidence=None,
        image_caption=claims.image_caption(claimed),
        published_at=moment.at if moment else None,
        published_offset_s=moment.offset_s if moment else None,
        published_precision=moment.precision if moment else None,
        published_evidence=evidence,
        published_contradictions=moments.contradictions(claimed, moment) if moment else {},
        access=access,
        access_evidence=access_evidence,
        optouts=optouts.reserved(claimed.markup),
        evidence={name: one.evidence for name, one in found.items() if one.evidence} | missed,
    )


def spoken(page: Page, claimed: Claims, said: str) -> tuple[str | None, float | None, dict[str, str]]:
    """The language of what a page says, how sure that is, and what tells it, as a piece of `evidence`."""
    claim = claims.language_claim(claimed)
    code, confidence = language.detect(said, claimed=claim.value or page.language)
    if code is None:
        return None, None, {}
    told = (claim.evidence or "catalogue") if confidence is None and code == (claim.value or page.language) else "text"
    return code, confidence, {"language": told}


def _by_rule(value: Value) -> Claimed[Value]:
    return Claimed(value=value, evidence=RULE)
