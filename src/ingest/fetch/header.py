"""What the headers of an answer say: how long it stays fresh, when to come back, what use of it is reserved.

Pure: lines in, values out. Whether that is heeded is decided elsewhere.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

Lines = Sequence[tuple[str, str]]  # (name, value), in their order and spelling

LONGEST_WAIT = timedelta(days=1)  # some hosts ask for years by mistake
JITTER_SHARE = 0.1
LONGEST_JITTER_S = 60.0
LONGEST_FRESH_S = 2**31  # RFC 9111 section 1.2.2
DIRECTIVE = re.compile(r'([^\s=,;"]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s,"]*))?')
NO_FRESHNESS = frozenset({"no-cache", "no-store"})
# TDMRep, final report of W3C's community group of 2024-05-10, section "TDM Header Field in HTTP Responses".
TDM_HEADER = "tdm-reservation"
# IETF: Content-Usage of draft-ietf-aipref-attach (a dictionary, RFC 9651) with train-ai of draft-ietf-aipref-vocab;
# Content-Signal of contentsignals.org (2025). Servers mix their words, and mean the same.
USAGE_HEADERS = frozenset({"content-usage", "content-signal", "content-signals"})
TRAINING = re.compile(r"(?:^|[,\s])(?:train-ai|ai-train)\s*=\s*\"?no?\b")
# Words of X-Robots-Tag, for all crawlers or (`name: noai`) for one: noai and noimageai are DeviantArt's of 2022, noml is
# of noml.info (2023). `noindex` for a crawler of AI says nothing of our use.
ROBOTS_WORDS = frozenset({"noai", "noimageai", "noml"})
WORD = re.compile(r"[\w-]+")


def fresh_s(lines: Lines, *, fetched_at: datetime) -> int | None:
    """Seconds that an answer says it stays fresh, 0 if it must be asked for anew; None if it says nothing usable.

    RFC 9111 section 4.2.1 for a cache that is not shared (`s-maxage` is not for us): max-age less Age, else Expires less
    Date. An Expires that is a number means the past (section 5.3); other nonsense says nothing.
    """
    directives = _directives(_joined(lines, "cache-control"))
    if any(name in NO_FRESHNESS and value is None for name, value in directives):
        return 0
    ages = [value or "" for name, value in directives if name == "max-age"]
    if ages:
        return max(0, min(int(ages[0][:12]), LONGEST_FRESH_S) - _age_s(lines)) if _is_number(ages[0]) else None
    expires = _joined(lines, "expires")
    if re.fullmatch(r"-?\d+", expires, re.ASCII):
        return 0
    until = moment(expires)
    if until is None:
        return None
    lasts = until - (moment(_joined(lines, "date")) or fetched_at)
    return max(0, min(int(lasts.total_seconds()), LONGEST_FRESH_S) - _age_s(lines))


def not_before_at(lines: Lines, *, url: str, fetched_at: datetime) -> datetime | None:
    """When the host wants to be visited again (RFC 9110 section 10.2.3, seconds or a date), a day away at most.

    Up to a tenth, at most a minute, is added, so that what was refused together does not come back together; it depends
    on the address and the moment alone.
    """
    asked = _joined(lines, "retry-after")
    if _is_number(asked):
        wait_s = float(asked[:9])
    elif until := moment(asked):
        wait_s = (until - fetched_at).total_seconds()
    else:
        return None
    if wait_s <= 0:
        return None
    wait_s = min(wait_s, LONGEST_WAIT.total_seconds())
    share = int.from_bytes(sha256(f"{url} {fetched_at.isoformat()}".encode()).digest()[:8], "big") / 2**64
    return fetched_at + timedelta(seconds=wait_s + share * min(JITTER_SHARE * wait_s, LONGEST_JITTER_S))


def optouts(lines: Lines) -> tuple[str, ...]:
    """Where a header reserves text mining or AI training, sorted: `header:tdm-reservation`, `header:noai`."""
    found = set()
    for name, value in ((name.lower(), value.lower()) for name, value in lines):
        if name == TDM_HEADER and value.strip() == "1":
            found.add("header:tdm-reservation")
        elif name in USAGE_HEADERS and TRAINING.search(value):
            found.add("header:ai-train")
        elif name == "x-robots-tag":
            found |= {f"header:{word}" for word in ROBOTS_WORDS.intersection(WORD.findall(value))}
    return tuple(sorted(found))


def moment(text: str) -> datetime | None:
    """An HTTP date (RFC 9110 section 5.6.7) in any of the dialects that servers write."""
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _directives(text: str) -> list[tuple[str, str | None]]:
    """Names in lower case, values bare, also where they were quoted (RFC 9111 section 5.2)."""
    return [
        (match[1].lower(), match[2].strip('"') if match[2] is not None else None) for match in DIRECTIVE.finditer(text)
    ]


def _age_s(lines: Lines) -> int:
    age = _joined(lines, "age")
    return int(age[:12]) if _is_number(age) else 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _joined(lines: Lines, name: str) -> str:
    """All lines of a header as one (RFC 9110 section 5.3)."""
    return ", ".join(value for header, value in lines if header.lower() == name).strip()
