"""What of a page's keywords is a topic: marks of content systems, codes and addresses are told apart; no page is read."""

import re
from collections.abc import Iterable, Sequence

from ingest.rules.title import fold, tidy

MOST_TAGS = 40
LONGEST_TAG_CHARS = 80
CODES = 5  # so many or more in capitals are codes of an agency's system (Reuters: `AER`, `INDG08`)
CODE_SHARE = 0.8
CODE = re.compile(r"[A-Z0-9][A-Z0-9:_-]{1,30}")
# Marks that a content system writes for itself: ids, numbers, hosts, flags
MACHINE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{5,}|[0-9a-f]{16,}|_\w+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,4}|"
    r"https?:.*|.*[{}<>].*|true|false|null|none|undefined|n/a",
    re.IGNORECASE,
)
# `Category: News`, `NLP Entity Tokens: India`: facts about the page, not its topics
KIND_PREFIX = re.compile(
    r"(?:nlp [\w ]+|primary [\w-]+|categor(?:y|ies)|(?:sub-?)*sections?|content[ _-]?type|page[ _-]?type|type|format|source|"
    r"authors?|byline|template|channel|region|brand|product|layout)\s*[:=].*",
    re.IGNORECASE,
)
PATH_PREFIX = re.compile(r"^(?:[a-z_-]+/)+(?=\S)")  # `topic/floods`
NUMBERED = re.compile(r"\(\d+\)\s*")
SPLIT = re.compile(r"\s*[,;|、，]\s*")


def split(texts: Sequence[str]) -> list[str]:
    """Keywords one by one: a text that stands alone is a list, several texts are a word each (unless one lists the others)."""
    if len(texts) == 1:
        return SPLIT.split(texts[0])
    return [text for text in texts if len(words := SPLIT.split(text)) == 1 or not set(words) <= set(texts)]


def clean(words: Iterable[str]) -> tuple[str, ...]:
    """Topics, distinct in order."""
    found: dict[str, str] = {}
    for word in words:
        topic = PATH_PREFIX.sub("", NUMBERED.sub("", tidy(word).strip(" #\"'"))).strip()
        if 0 < len(topic) <= LONGEST_TAG_CHARS and not MACHINE.fullmatch(topic) and not KIND_PREFIX.fullmatch(topic):
            found.setdefault(topic.casefold(), topic)
    topics = list(found.values())
    coded = sum(bool(CODE.fullmatch(topic)) for topic in topics)
    return () if coded >= CODES and coded >= CODE_SHARE * len(topics) else tuple(topics[:MOST_TAGS])


def worth(topics: Sequence[str], *, section: str | None, site_names: Iterable[str]) -> int:
    """2 for a list of topics, 1 where it says no more than the section's or the site's name, 0 where it is empty."""
    known = {fold(name) for name in (section or "", *site_names)}
    return 0 if not topics else 2 if any(fold(topic) not in known for topic in topics) else 1


def holds(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether all of `others` are among `some`."""
    return {fold(one) for one in others} <= {fold(one) for one in some}
