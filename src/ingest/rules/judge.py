"""Is this page an article? A table of reasons why not, each with what must be true of a page; no page is read here.

A real article must never be rejected: what is in doubt is kept, and every rule but two asks for a short text first.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from ingest.records import Access, RejectionReason
from ingest.rules import url
from ingest.rules.fingerprint import word_count
from ingest.rules.signs import (
    APOLOGY,
    CHALLENGE,
    CHALLENGE_MACHINERY,
    CHALLENGE_TITLE,
    CHALLENGE_WORD,
    CONSENT,
    CONSENT_ADDRESS,
    CONSENT_BESIDE,
    CONSENT_SUBJECTS,
    JAVASCRIPT,
    LIST_ADDRESS,
    LOGIN,
    LOGIN_ADDRESS,
    LOGIN_PLEA,
    MISSING,
    MISSING_ADDRESS,
    MISSING_PAGE,
    PAYWALL,
    PAYWALL_WORD,
)
from ingest.rules.title import SEPARATOR

STUB_WORDS = 25  # under it a text is no article unless the markup proves one
PROVEN_WORDS = 8  # under it not even then
WALLED_WORDS = 80  # a text that ends at a wall: longer ones are worth having as they are
SHORT_WORDS = 120
MEDIUM_WORDS = 300
SECTION_LINKS = 12
LINKED_SHARE = 0.6
LISTED_SHARE = 0.8  # of 330 real articles without an article's markup none has over 0.69
NAMED_LIST_SHARE = 0.4  # the same, of an address that names a list of stories
WALL_SUBJECTS = 3
WALL_PAGE_WORDS = 150  # menu and all
CHALLENGE_PAGE_WORDS = 60
WALL_PHRASES = 2
PROVEN_WALL_PHRASES = 4  # news about consent walls have an article's markup, too
MENU_LINES = 10
MENU_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a page once it was read. `is_proven`: its markup and its date say that it is an article."""

    listed_url: str
    final_url: str
    title: str
    headings: tuple[str, ...]  # h1 elements
    text: str
    word_count: int
    is_proven: bool
    is_dated: bool  # the page's markup gives a date: walls, error pages and lists of stories have none of their own
    is_many_dated: bool  # the only date is one of many `<time>`
    is_collection: bool  # the markup says that it lists others
    access: Access | None
    page_text: str  # the first thousands of characters that a reader sees
    page_word_count: int
    noscript: str
    headline_link_count: int  # links long enough to be headlines
    linked_share: float  # of the text's lines as long as a headline: those that are the words of a link
    listed_share: float  # the same, with those that stand below such a link, as the excerpts of a list do
    menu_share: float  # of the text's lines: those that are the words of any link
    has_password_field: bool
    script_count: int
    machinery: str  # addresses of its first scripts and frames, or how those begin
    has_empty_root: bool  # an element that scripts are to fill, by its name, with nothing in it


def reason_against(facts: Facts) -> tuple[RejectionReason, str] | None:
    """The first reason why a page is no article, with what showed it; None for an article."""
    for reason, test in RULES:
        shown = test(facts)
        if shown is not None:
            return reason, shown[:200]
    return None


def unreadable(body: bytes) -> str | None:
    """What a body is that can be no HTML page; None if it may be one."""
    if not body.strip():
        return "empty body"
    for mark, name in MAGIC:
        if body.startswith(mark):
            return name
    start = body[:2_000]
    if (
        b"\x00" in start
        and not start.startswith((b"\xff\xfe", b"\xfe\xff"))
        and b"<\x00" not in start
        and b"\x00<" not in start
    ):
        controls = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in start)
        if controls > 0.1 * len(start):
            return f"binary: {controls} control characters in {len(start)} bytes"
    return None


MAGIC = (
    (b"%PDF-", "PDF"),
    (b"\x1f\x8b", "gzip bytes"),
    (b"PK\x03\x04", "ZIP archive"),
    (b"\x89PNG", "PNG picture"),
    (b"\xff\xd8\xff", "JPEG picture"),
    (b"GIF8", "GIF picture"),
    (b"RIFF", "RIFF media"),
    (b"\x28\xb5\x2f\xfd", "zstd bytes"),
    (b"ID3", "MP3"),
    (b"\x00\x00\x00", "MP4 or other media"),
)

# What a line of a consent wall says
WALL = (CONSENT, *CONSENT_SUBJECTS)


def _redirect_home(facts: Facts) -> str | None:
    if url.is_home(facts.listed_url) or LIST_ADDRESS.search(facts.final_url):
        return None
    is_long = facts.is_proven and facts.word_count > MEDIUM_WORDS and facts.headline_link_count < SECTION_LINKS
    if is_long and url.host(url.canonical(facts.final_url)) != url.host(url.canonical(facts.listed_url)):
        return None  # a long read on a host of its own
    path, _, query = facts.final_url.partition("?")
    is_noted = url.is_home(path) and query not in facts.listed_url and facts.headline_link_count >= SECTION_LINKS
    is_home = url.is_home(facts.final_url) or (is_noted and not facts.is_dated)  # with a note why: `/?error=404`
    return f"sent to {facts.final_url}" if is_home else None


def _challenge(facts: Facts) -> str | None:
    if facts.is_proven or facts.is_dated or facts.word_count > SHORT_WORDS or facts.page_word_count > MEDIUM_WORDS:
        return None
    opens = facts.page_word_count < 2 * STUB_WORDS and CHALLENGE_TITLE.match(facts.page_text.strip())
    if opens or _is_whole(CHALLENGE_TITLE, facts):
        return f"title {facts.title!r}, {facts.page_word_count} words on the page"
    loaded = CHALLENGE_MACHINERY.search(facts.machinery) if facts.page_word_count < SHORT_WORDS else None
    if loaded:
        return f"it loads {loaded.group()!r}"
    said = (facts.title, facts.page_text, facts.noscript)
    is_tiny = facts.page_word_count < CHALLENGE_PAGE_WORDS
    return _shown(CHALLENGE, *said) or (_shown(CHALLENGE_WORD, *said) if is_tiny else None)


def _consent(facts: Facts) -> str | None:
    sent = _sent(CONSENT_ADDRESS, facts)
    if sent or facts.word_count > MEDIUM_WORDS or facts.headline_link_count > SECTION_LINKS:
        return sent
    if facts.is_proven and facts.word_count > SHORT_WORDS:
        return None
    is_whole = facts.word_count >= STUB_WORDS or facts.is_proven
    said = facts.text if is_whole else f"{facts.text}\n{facts.page_text}"
    walls = sum(word_count(line) for line in said.split("\n") if any(part.search(line) for part in WALL))
    if 2 * walls < word_count(said):
        return None  # a banner's sentence that came along with an article
    found = {match.group().casefold() for match in CONSENT.finditer(f"{facts.title} {said}")}
    beside = {match.group().casefold() for match in islice(CONSENT_BESIDE.finditer(said), 1)}
    least = PROVEN_WALL_PHRASES if facts.is_proven else WALL_PHRASES
    if found and len(found | beside) >= least:
        return ", ".join(sorted(found | beside))
    if facts.is_proven or facts.is_dated or facts.page_word_count > WALL_PAGE_WORDS:
        return None
    subjects = list(filter(None, (_shown(part, facts.title, facts.page_text) for part in CONSENT_SUBJECTS)))
    return ", ".join(subjects) if len(subjects) >= WALL_SUBJECTS else None


def _missing(facts: Facts) -> str | None:
    if facts.is_proven or facts.word_count > SHORT_WORDS:
        return None
    if _is_whole(MISSING, facts):
        return f"title {facts.title!r}"
    places = (facts.title, facts.text[:200] if facts.word_count < 2 * STUB_WORDS else "")
    said = _shown(MISSING_PAGE, *places)
    if said is None and not facts.is_dated:
        said = _shown(MISSING_PAGE, *facts.headings)
        if facts.word_count < 2 * STUB_WORDS:  # hikers are not found either
            said = said or _shown(MISSING, *places, *facts.headings)
    return said or _sent(MISSING_ADDRESS, facts)


def _walled(facts: Facts) -> str | None:
    if facts.access == "free" or facts.word_count >= WALLED_WORDS:
        return None
    is_told = facts.access is not None or facts.word_count < STUB_WORDS
    said = _shown(PAYWALL, facts.text, facts.page_text if is_told else "")
    is_cut = facts.access == "paid" and facts.word_count < 2 * STUB_WORDS
    return said or (_shown(PAYWALL_WORD, facts.text) if is_cut else None)


def _login(facts: Facts) -> str | None:
    if facts.is_proven or facts.word_count > SHORT_WORDS:
        return None
    opens = LOGIN.match(facts.title) is not None and not facts.is_dated
    if _is_whole(LOGIN, facts) or (opens and (facts.has_password_field or facts.word_count < STUB_WORDS)):
        return f"title {facts.title!r}"
    if facts.has_password_field and facts.word_count < STUB_WORDS:
        return "password field, hardly any text"
    plea = _shown(LOGIN_PLEA, facts.title, facts.text) if facts.word_count < STUB_WORDS else None
    return plea or _sent(LOGIN_ADDRESS, facts)


def _javascript(facts: Facts) -> str | None:
    if facts.word_count >= STUB_WORDS:
        return None
    is_short = facts.word_count < _least_words(facts)  # many pages have such a noscript, with an article beside it
    shown = _shown(JAVASCRIPT, facts.noscript if is_short else "", facts.text)
    if shown and facts.page_word_count < SHORT_WORDS:
        return shown
    if facts.script_count and is_short and facts.has_empty_root:
        return f"{facts.script_count} scripts, and an empty element that they are to fill"
    if facts.script_count and facts.word_count == 0 and facts.page_word_count < STUB_WORDS:
        return f"{facts.script_count} scripts, {facts.page_word_count} words"
    return None


def _section(facts: Facts) -> str | None:
    if facts.is_proven or facts.headline_link_count < SECTION_LINKS:
        return None
    hardly_any = facts.word_count < (2 * STUB_WORDS if not facts.is_dated else STUB_WORDS if facts.is_many_dated else 0)
    is_own = facts.is_dated and not facts.is_many_dated  # articles list what is related to them, too
    is_list = facts.is_collection and not is_own and facts.word_count < MEDIUM_WORDS
    least_share = NAMED_LIST_SHARE if LIST_ADDRESS.search(facts.final_url) else LISTED_SHARE
    is_listed = facts.linked_share >= LINKED_SHARE or facts.listed_share >= least_share
    if hardly_any or is_list or (is_listed and "\n" in facts.text):
        return (
            f"{facts.headline_link_count} headlines linked, {facts.listed_share:.0%} of the lines are such or below one"
        )
    return None


def _paid(facts: Facts) -> str | None:
    if facts.access == "paid" and facts.word_count < STUB_WORDS:
        return f"{facts.word_count} words, the rest is paid for"
    return None


def _no_text(facts: Facts) -> str | None:
    return f"{facts.page_word_count} words on the page" if facts.word_count == 0 else None


def _too_short(facts: Facts) -> str | None:
    if facts.word_count < _least_words(facts):
        return f"{facts.word_count} words"
    lines = facts.text.split("\n")
    is_menu = len(lines) >= MENU_LINES and facts.menu_share >= MENU_SHARE and facts.word_count <= SHORT_WORDS
    if is_menu and max(map(word_count, lines)) < STUB_WORDS:
        return f"{len(lines)} lines, {facts.menu_share:.0%} of them are links, and none has {STUB_WORDS} words"
    return None


def _least_words(facts: Facts) -> int:
    return PROVEN_WORDS if facts.is_proven else STUB_WORDS


def _is_whole(pattern: re.Pattern[str], facts: Facts) -> bool:
    """Whether a part of the title is made of what the pattern says and no word of news; of a dated page, the first part."""
    parts = SEPARATOR.split(facts.title)  # the site's name may stand before or behind
    return any(
        pattern.search(part) is not None and not any(map(str.isalpha, pattern.sub("", APOLOGY.sub("", part))))
        for part in (parts[:1] if facts.is_dated else parts)
    )


def _sent(pattern: re.Pattern[str], facts: Facts) -> str | None:
    """The address that a redirect led to, where it says what the listed one does not."""
    is_sent = pattern.search(facts.final_url) and not pattern.search(facts.listed_url)
    return f"sent to {facts.final_url}" if is_sent else None


def _shown(pattern: re.Pattern[str], *places: str) -> str | None:
    return next((f"it says {found.group()!r}" for place in places if (found := pattern.search(place))), None)


# In the order asked: the more telling reason first
RULES: tuple[tuple[RejectionReason, Callable[[Facts], str | None]], ...] = (
    ("consent_wall", _consent),
    ("redirect_home", _redirect_home),
    ("bot_challenge", _challenge),
    ("soft_404", _missing),
    ("paywall_stub", _walled),
    ("login", _login),
    ("needs_javascript", _javascript),
    ("section_page", _section),
    ("paywall_stub", _paid),
    ("no_text", _no_text),
    ("too_short", _too_short),
)
