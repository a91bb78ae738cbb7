"""Is this page an article? A table of reasons why not, each with what must be true of a page; no page is read here.

A real article must never be rejected: what is in doubt is kept, and every rule but two asks for a short text first.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ingest.records import RejectionReason
from ingest.rules import url

STUB_WORDS = 25  # under it a text is no article unless the markup proves one
PROVEN_WORDS = 8  # under it not even then
SHORT_WORDS = 120
MEDIUM_WORDS = 300
SECTION_LINKS = 12
LINKED_SHARE = 0.6

CHALLENGE = re.compile(
    r"just a moment|attention required|checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|"
    r"are you a robot|"
    r"you are human|captcha|access denied|access to this page has been denied|pardon our interruption|ddos protection|"
    r"security check|unusual traffic|bot detection|403 forbidden|request blocked|enable cookies and reload|ray id",
    re.IGNORECASE,
)
CONSENT = re.compile(
    r"we value your privacy|before you continue|cookie(?:s)? (?:consent|settings|policy)|accept all cookies|"
    r"manage (?:your )?(?:privacy|consent|cookie)|your privacy (?:choices|matters)|consent to (?:the use of )?cookies|"
    r"datenschutzeinstellungen|einwilligung|zustimm(?:en|ung)|mit werbung (?:und tracking )?weiterlesen|"
    r"werbefrei lesen|cookies akzeptieren|"
    r"acceptez? (?:les|et)|gérer (?:mes|les) cookies|aceptar (?:las |y )?cookies|accetta(?:re)? (?:i )?cookie|"
    r"cookies accepteren|privacyinstellingen",
    re.IGNORECASE,
)
CONSENT_ADDRESS = re.compile(
    r"//consent\.|//cmp\.|/consent(?:[/?]|$)|/cookiewall|/privacy-wall|/collectconsent", re.IGNORECASE
)
MISSING = re.compile(
    r"\b404\b|(?:page|article|story|content|seite|página|pagina|page) (?:was |could |is |wurde |kann |)?(?:not |"
    r"nicht |no |non |niet |)"
    r"(?:be )?(?:found|gefunden|available|encontrada|trovata|gevonden)|not found|does not exist|"
    r"no longer (?:available|exists)|"
    r"nicht (?:mehr )?(?:gefunden|verfügbar)|page introuvable|n'existe (?:pas|plus)|no (?:se )?(?:encontrad|"
    r"existe|encuentra)|"
    r"não (?:foi )?encontrad|non (?:è stata )?trovat|niet gevonden|sidan (?:kunde|finns) inte|siden (?:finnes|"
    r"blev) ikke|"
    r"nie (?:znaleziono|istnieje)|страница не найдена|сторінку не знайдено|bulunamad|ページが見つかりません|"
    r"页面不存在|찾을 수 없",
    re.IGNORECASE,
)
LOGIN = re.compile(
    r"^(?:log ?in|sign ?in|login|anmelden|einloggen|connexion|se connecter|iniciar sesión|entrar|accedi|"
    r"inloggen|logga in|"
    r"logg inn|zaloguj|войти|ログイン|로그인|登录|登入)\b",
    re.IGNORECASE,
)
JAVASCRIPT = re.compile(
    r"(?:enable|requires?|activate|turn on|need|aktivieren|activer|activar|ativar|attiva|"
    r"benötigt)\W+(?:\w+\W+){0,3}?java ?script|"
    r"java ?script\W+(?:\w+\W+){0,5}?(?:enabled?|required|disabled|aktivieren|activé|deaktiviert)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a page once it was read. `is_proven`: its markup or date says that it is an article."""

    listed_url: str
    final_url: str
    title: str
    text: str
    word_count: int
    is_proven: bool
    is_collection: bool  # the markup says that it lists others
    is_free: bool | None
    page_text: str  # the first thousands of characters that a reader sees
    page_word_count: int
    noscript: str
    headline_link_count: int  # links long enough to be headlines
    linked_share: float  # of the text's lines: those that are the words of a link
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
    if facts.is_proven or facts.word_count > SHORT_WORDS or facts.page_word_count > MEDIUM_WORDS:
        return None
    return _shown(CHALLENGE, facts.title, facts.page_text, facts.noscript)


def _consent(facts: Facts) -> str | None:
    if CONSENT_ADDRESS.search(facts.final_url) and not CONSENT_ADDRESS.search(facts.listed_url):
        return f"sent to {facts.final_url}"
    if facts.is_proven or facts.word_count > MEDIUM_WORDS or facts.headline_link_count > SECTION_LINKS:
        return None
    found = {match.group().casefold() for match in CONSENT.finditer(f"{facts.title} {facts.text}")}
    return ", ".join(sorted(found)) if len(found) >= 2 else None


def _missing(facts: Facts) -> str | None:
    if facts.is_proven or facts.word_count > SHORT_WORDS:
        return None
    head = facts.text[:200] if facts.word_count < 2 * STUB_WORDS else ""
    return _shown(MISSING, facts.title, head)


def _login(facts: Facts) -> str | None:
    if facts.is_proven or facts.word_count > SHORT_WORDS:
        return None
    if LOGIN.search(facts.title):
        return f"title {facts.title!r}"
    return "password field, hardly any text" if facts.has_password_field and facts.word_count < STUB_WORDS else None


def _javascript(facts: Facts) -> str | None:
    if facts.word_count >= STUB_WORDS:
        return None
    shown = _shown(JAVASCRIPT, facts.noscript, facts.text)
    if shown and facts.page_word_count < SHORT_WORDS:
        return shown
    if facts.script_count and facts.word_count == 0 and facts.page_word_count < STUB_WORDS:
        return f"{facts.script_count} scripts, {facts.page_word_count} words"
    return None


def _section(facts: Facts) -> str | None:
    if facts.is_proven or facts.headline_link_count < SECTION_LINKS:
        return None
    hardly_any = facts.word_count < 2 * STUB_WORDS or (facts.is_collection and facts.word_count < MEDIUM_WORDS)
    if hardly_any or facts.linked_share >= LINKED_SHARE:
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
    if facts.word_count < (PROVEN_WORDS if facts.is_proven else STUB_WORDS):
        return f"{facts.word_count} words"
    return None


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
