"""Is this page an article? A table of reasons why not, each with what must be true of a page; no page is read here.

A real article must never be rejected: what is in doubt is kept, and every rule but two asks for a short text first.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from ingest.records import RejectionReason
from ingest.rules import url
from ingest.rules.fingerprint import word_count
from ingest.rules.title import SEPARATOR

STUB_WORDS = 25  # under it a text is no article unless the markup proves one
PROVEN_WORDS = 8  # under it not even then
SHORT_WORDS = 120
MEDIUM_WORDS = 300
SECTION_LINKS = 12
LINKED_SHARE = 0.6
MENU_LINES = 10
MENU_SHARE = 0.5

CHALLENGE = re.compile(
    r"checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|you are human|"
    r"(?:complete|solve|enter|pass)\W+(?:\w+\W+){0,3}(?:re)?captcha|"
    r"access to this page has been denied|pardon our interruption|ddos protection by|enable cookies and reload|\bray id\b",
    re.IGNORECASE,
)
# The same in words that news use as well: only a title made of them alone says so, or a page with hardly another word
CHALLENGE_TITLE = re.compile(
    r"(?:just a moment|attention required|are you a robot|access denied|security check|unusual traffic|bot detection|"
    r"403 forbidden|request blocked|robot check)\b",
    re.IGNORECASE,
)
# What a consent wall says, and no news
CONSENT = re.compile(
    r"we value your privacy|cookie(?:s)? (?:consent|settings|policy)|accept all cookies|"
    r"manage (?:your )?(?:privacy|consent|cookie)|your privacy (?:choices|matters)|consent to (?:the use of )?cookies|"
    r"datenschutz-?einstellungen|mit werbung (?:und tracking )?weiterlesen|werbefrei lesen|cookies akzeptieren|pur-abo|"
    r"(?:our|unsere|nos|nuestros|nossos|nostri|onze) \d{2,4} (?:partner|partenaires|socios|parceiros)|"
    r"information(?:en)? (?:on|auf) (?:a|your|ihrem|einem) (?:device|gerät)|"
    r"gérer (?:mes|les) cookies|acceptez? (?:les )?cookies|aceptar (?:las |y )?cookies|accetta(?:re)? (?:i )?cookie|"
    r"cookies accepteren|privacyinstellingen",
    re.IGNORECASE,
)
# What it says as parliaments do: it counts beside one of the above
CONSENT_BESIDE = re.compile(r"before you continue|einwilligung|zustimm(?:en|ung)|acceptez? (?:les|et)", re.IGNORECASE)
CONSENT_ADDRESS = re.compile(
    r"//consent\.|//cmp\.|/consent(?:[/?]|$)|/cookiewall|/privacy-wall|/collectconsent", re.IGNORECASE
)
# Says that a page, and not a hiker, was not found; between the two stand such words only
BETWEEN = (
    r"(?: (?:you|we|were|are|looking|for|requested|is|was|could|can|has|been|sie|suchen|wurde|konnte|kann|ist|leider|hier|"
    r"demandée|solicitada|ha|sido|foi|pôde|ser|richiesta|die|u|zoekt|is|werd|została|pod|tym|adresem))*"
)
MISSING_PAGE = re.compile(
    r"\b(?:error|http|fehler|erreur|erro)\W{0,3}404\b|\b404\W{0,3}(?:error|fehler|erreur|erro)\b|"
    r"\b(?:page|article|story|content|url|seite|artikel|inhalt|beitrag|página|pagina|articolo|sidan|siden|strona|strony)"
    + BETWEEN
    + r" (?:not (?:be )?(?:found|available)|does not exist|no longer (?:exists|available)|cannot be found|"
    r"nicht (?:mehr )?(?:gefunden|verfügbar|vorhanden)|introuvable|n'existe (?:pas|plus)|no (?:se )?(?:encontrad|existe|"
    r"encuentra)|não (?:foi )?(?:encontrad|existe)|non (?:è stata )?(?:trovat|esiste)|niet (?:gevonden|bestaa)|"
    r"(?:kunde|finns) inte|(?:finnes|blev) ikke|nie (?:znaleziono|istnieje|została znaleziona))|"
    r"nie znaleziono strony|страница не найдена|сторінку не знайдено|sayfa bulunamad|ページが見つかりません|"
    r"页面不存在|페이지를 찾을 수 없",
    re.IGNORECASE,
)
# Says that something was not found: it counts as a whole title, and on a page that has no date of its own
MISSING = re.compile(
    r"\b404\b|not found|does not exist|no longer (?:available|exists)|nicht (?:mehr )?(?:gefunden|verfügbar)|"
    r"n'existe (?:pas|plus)|no (?:se )?(?:encontrad[oa]|encuentra|existe)|não (?:foi )?encontrad[oa]|"
    r"non (?:è stat[oa] )?trovat[oa]|niet gevonden|nie (?:znaleziono|istnieje)|bulunamad\w*|찾을 수 없\w*",
    re.IGNORECASE,
)
LOGIN = re.compile(
    r"(?:log ?in|sign ?in|login|anmelden|einloggen|connexion|se connecter|iniciar sesión|entrar|accedi|"
    r"inloggen|logga in|"
    r"logg inn|zaloguj|войти|ログイン|로그인|登录|登入)\b",
    re.IGNORECASE,
)
APOLOGY = re.compile(r"\b(?:error|http|fehler|erreur|erro|oops|sorry)\b", re.IGNORECASE)
JAVASCRIPT = re.compile(
    r"(?:enable|requires?|activate|turn on|need|aktivieren|activer|activar|ativar|attiva|"
    r"benötigt)\W+(?:\w+\W+){0,3}?java ?script|"
    r"java ?script\W+(?:\w+\W+){0,5}?(?:enabled?|required|disabled|aktivieren|activé|deaktiviert)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a page once it was read. `is_proven`: its markup and its date say that it is an article."""

    listed_url: str
    final_url: str
    title: str
    text: str
    word_count: int
    is_proven: bool
    is_dated: bool  # the page's markup gives a date: walls, error pages and lists of stories have none of their own
    is_collection: bool  # the markup says that it lists others
    is_free: bool | None
    page_text: str  # the first thousands of characters that a reader sees
    page_word_count: int
    noscript: str
    headline_link_count: int  # links long enough to be headlines
    linked_share: float  # of the text's lines: those that are the words of a link as long as a headline
    menu_share: float  # of the text's lines: those that are the words of any link
    has_password_field: bool
    script_count: int


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


def _redirect_home(facts: Facts) -> str | None:
    if url.is_home(facts.final_url) and not url.is_home(facts.listed_url):
        return f"sent to {facts.final_url}"
    return None


def _challenge(facts: Facts) -> str | None:
    if facts.is_proven or facts.is_dated or facts.word_count > SHORT_WORDS or facts.page_word_count > MEDIUM_WORDS:
        return None
    opens = facts.page_word_count < 2 * STUB_WORDS and CHALLENGE_TITLE.match(facts.page_text.strip())
    if opens or _is_whole(CHALLENGE_TITLE, facts.title):
        return f"title {facts.title!r}, {facts.page_word_count} words on the page"
    return _shown(CHALLENGE, facts.title, facts.page_text, facts.noscript)


def _consent(facts: Facts) -> str | None:
    if CONSENT_ADDRESS.search(facts.final_url) and not CONSENT_ADDRESS.search(facts.listed_url):
        return f"sent to {facts.final_url}"
    if facts.is_proven or facts.word_count > MEDIUM_WORDS or facts.headline_link_count > SECTION_LINKS:
        return None
    said = f"{facts.title} {facts.text}"
    found = {match.group().casefold() for match in CONSENT.finditer(said)}
    beside = {match.group().casefold() for match in islice(CONSENT_BESIDE.finditer(said), 1)}
    return ", ".join(sorted(found | beside)) if found and len(found | beside) >= 2 else None


def _missing(facts: Facts) -> str | None:
    if facts.is_proven or facts.word_count > SHORT_WORDS:
        return None
    if _is_whole(MISSING, facts.title):
        return f"title {facts.title!r}"
    head = facts.text[:200] if facts.word_count < 2 * STUB_WORDS else ""
    return _shown(MISSING_PAGE, facts.title, head) or (None if facts.is_dated else _shown(MISSING, facts.title, head))


def _login(facts: Facts) -> str | None:
    if facts.is_proven or facts.word_count > SHORT_WORDS:
        return None
    opens = LOGIN.match(facts.title) is not None and not facts.is_dated
    if _is_whole(LOGIN, facts.title) or (opens and (facts.has_password_field or facts.word_count < STUB_WORDS)):
        return f"title {facts.title!r}"
    return "password field, hardly any text" if facts.has_password_field and facts.word_count < STUB_WORDS else None


def _javascript(facts: Facts) -> str | None:
    if facts.word_count >= STUB_WORDS:
        return None
    is_short = facts.word_count < _least_words(facts)  # many pages have such a noscript, with an article beside it
    shown = _shown(JAVASCRIPT, facts.noscript if is_short else "", facts.text)
    if shown and facts.page_word_count < SHORT_WORDS:
        return shown
    if facts.script_count and facts.word_count == 0 and facts.page_word_count < STUB_WORDS:
        return f"{facts.script_count} scripts, {facts.page_word_count} words"
    return None


def _section(facts: Facts) -> str | None:
    if facts.is_proven or facts.headline_link_count < SECTION_LINKS:
        return None
    hardly_any = facts.word_count < 2 * STUB_WORDS and not facts.is_dated
    is_list = facts.is_collection and facts.word_count < MEDIUM_WORDS
    if hardly_any or is_list or (facts.linked_share >= LINKED_SHARE and "\n" in facts.text):
        return f"{facts.headline_link_count} headlines linked, {facts.linked_share:.0%} of the lines are links"
    return None


def _paywall(facts: Facts) -> str | None:
    return (
        f"{facts.word_count} words, the rest is paid for"
        if facts.is_free is False and facts.word_count < STUB_WORDS
        else None
    )


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


def _is_whole(pattern: re.Pattern[str], title: str) -> bool:
    """Whether a title, without the site's name after it, is made of what the pattern says and no word of news."""
    first = SEPARATOR.split(title)[0]
    return pattern.search(first) is not None and not any(map(str.isalpha, pattern.sub("", APOLOGY.sub("", first))))


def _shown(pattern: re.Pattern[str], *places: str) -> str | None:
    return next((f"it says {found.group()!r}" for place in places if (found := pattern.search(place))), None)


# In the order asked: the more telling reason first
RULES: tuple[tuple[RejectionReason, Callable[[Facts], str | None]], ...] = (
    ("redirect_home", _redirect_home),
    ("bot_challenge", _challenge),
    ("consent_wall", _consent),
    ("soft_404", _missing),
    ("login", _login),
    ("needs_javascript", _javascript),
    ("section_page", _section),
    ("paywall_stub", _paywall),
    ("no_text", _no_text),
    ("too_short", _too_short),
)
