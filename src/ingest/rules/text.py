"""An article's text line by line: what is tidied, and which lines are the page's and not the article's.

Where the lines come from is no matter here; nothing inside a kept line is rewritten.
"""

import re
import unicodedata
from collections.abc import Collection

from ingest.rules.title import fold

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
HEAD_LINES = 6  # titles, bylines and dates stand above the text, within so many lines
SHORT_CHARS = 80

# Lines of their own that call to go elsewhere; folded by `str.casefold`, with punctuation at the end dropped
CALLS = frozenset({
    "read more", "read also", "also read", "see also", "more on this", "related", "related articles", "related stories",
    "related content", "recommended", "advertisement", "advertising", "ad", "article content", "story continues below",
    "advertisement - continue reading below", "sign up", "subscribe", "subscribe now", "share", "share this article",
    "back to top", "table of contents", "listen to this article", "loading", "embed", "watch", "watch live", "comments",
    "most read", "most popular", "trending", "more from", "learn more", "click here", "copy link", "print", "save",
    "mehr zum thema", "lesen sie auch", "auch interessant", "weiterlesen", "anzeige", "werbung",
    "das könnte sie auch interessieren",
    "artikel teilen", "teilen", "link kopieren", "ähnliche artikel", "kommentar abgeben", "mehr dazu", "zum thema",
    "lire aussi", "à lire aussi", "lire la suite", "publicité", "partager", "sur le même sujet", "voir aussi",
    "leer más", "lee también", "te puede interesar", "publicidad", "noticias relacionadas", "noticia relacionada",
    "compartir",
    "leia mais", "leia também", "veja também", "publicidade", "continua após a publicidade", "notícias relacionadas",
    "leggi anche", "leggi di più", "pubblicità", "condividi", "potrebbe interessarti", "articoli correlati",
    "lees ook", "lees meer", "advertentie", "deel dit artikel", "czytaj więcej", "czytaj też", "czytaj także",
    "reklama",
    "zobacz także", "zobacz też", "les også", "les mer", "annonse", "annons", "läs också", "läs mer", "läs även",
    "annonce",
    "læs også", "læs mere", "lue myös", "mainos", "baca juga", "iklan", "ilgili haberler", "reklam", "читайте также",
    "читайте також", "реклама", "подробнее", "číst více", "čtěte také", "přečtěte si také", "olvass tovább", "hirdetés",
    "citește și", "citeşte şi", "διαβάστε επίσης", "اقرأ أيضا", "اقرأ أيضاً", "関連記事", "続きを読む", "広告",
    "相关阅读", "相關新聞",
    "延伸閱讀", "관련기사", "관련 기사", "광고",
})  # fmt: skip
# The same, followed by the title of what is advertised
CALL_START = re.compile(
    r"(?:[>»→▶►*•\-–]+\s*)?(?:read more|read also|also read|read next|see also|related|related story|watch|listen|more|"
    r"lesen sie auch|lesen sie hier|lesen sie dazu|auch interessant|mehr zum thema|hier finden sie außerdem|"
    r"lire aussi|à lire aussi|voir aussi|"
    r"leer también|lee también|lea también|te puede interesar|leia mais|leia também|veja também|leggi anche|lees ook|"
    r"czytaj też|czytaj także|czytaj więcej|zobacz też|zobacz także|les også|läs också|läs även|læs også|"
    r"lue myös|baca juga|"
    r"читайте также|читайте також|čtěte také|citește și|διαβάστε επίσης)\s*[:|>»–-]\s*\S",
    re.IGNORECASE,
)
CREDIT = re.compile(
    r"(?:photos?|pictures?|images?|image credit|photo credit|photograph|credit|fotos?|bild|bilder|symbolbild|"
    r"foto de|imagen|"
    r"imagem|immagine|crédito|crédits?|photo by|zdjęcie|фото|kuva|©)\s*(?:by|:|©|/|de)\s*\S.{0,100}",
    re.IGNORECASE,
)
# What pages say about themselves below the text
FOOT = re.compile(
    r"(?:©|\(c\)\s*(?:19|20)\d\d|copyright\b|all rights reserved|alle rechte vorbehalten|tous droits réservés|"
    r"todos los derechos|"
    r"todos os direitos|tutti i diritti|our standards:|follow us|folgen sie uns|folgst du|síguenos|siga-nos|"
    r"suivez-nous|seguici|"
    r"sign up (?:for|to)|subscribe (?:to|now|today)|join our|jetzt abonnieren|abonnieren sie|fehler gefunden|"
    r"do you have a story|got a (?:story|tip)|have a (?:story|tip)|our website is the place|get the latest|"
    r"download (?:the|our) app|"
    r"support (?:our|independent) journalism|stay informed with|share this|tags?:|filed under|topics?:|"
    r"schlagwörter:|etiketler|"
    r"無断転載|저작권자|무단전재|기사 url|원문보기|版权所有|責任編輯|责任编辑)",
    re.IGNORECASE,
)
FOOT_LIMIT_CHARS = 400
BYLINE = re.compile(
    r"(?:by|von|par|por|di|door|av|af|text|od|автор)\s*:?\s+\S.{1,70}|"
    r"(?:last updated|updated|published|posted|stand|aktualisiert|veröffentlicht|publié|publicado|actualizado|"
    r"pubblicato|"
    r"publicerad|uppdaterad|publisert|oppdatert|gepubliceerd|opublikowano|yayınlanma|güncelleme|опубликовано)\b.{0,80}",
    re.IGNORECASE,
)
DATE_LINE = re.compile(r"(?=.*\d)(?:[\d\s:.,/|•·–()年月日時分秒-]|[^\W\d_]{1,12}\.?(?=[\s,.]|$)){4,45}")
DIGITS = re.compile(r"\d")


def clean(text: str) -> str:
    """NFC, no control characters, no white space at the ends of lines, no empty lines."""
    plain = CONTROL.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    return "\n".join(filter(None, (line.strip() for line in plain.split("\n"))))


def article_lines(text: str, *, titles: Collection[str], names: Collection[str]) -> str:
    """The article's lines of a cleaned text.

    `titles`: what the page calls the article; a leading line that says one again is dropped, with the byline (one of
    `names`) and the date line beside it. Calls to read elsewhere, picture credits and the page's own foot go too.
    """
    lines = text.split("\n")
    kept = _without_head(lines, {fold(title) for title in titles} - {""}, {fold(name) for name in names} - {""})
    kept = [line for line in kept if not is_call(line) and not CREDIT.fullmatch(line)]
    while len(kept) > 1 and len(kept[-1]) <= FOOT_LIMIT_CHARS and FOOT.match(kept[-1].lstrip("-•* ")):
        kept.pop()
    return "\n".join(kept)


def is_call(line: str) -> bool:
    """Whether a line only sends the reader elsewhere."""
    bare = line.strip(" -–—•*:.…!>»→|").casefold()
    return bare in CALLS or (len(line) <= 3 * SHORT_CHARS and CALL_START.match(line) is not None)


def _without_head(lines: list[str], titles: set[str], names: set[str]) -> list[str]:
    head = lines[:HEAD_LINES]
    last_title = max((n for n, line in enumerate(head) if fold(line) in titles), default=-1)
    if last_title > 2:
        last_title = -1  # a title further down is a heading of the text
    kept: list[str] = []
    for number, line in enumerate(head):
        if number < last_title and len(line) <= SHORT_CHARS:
            continue
        if fold(line) in titles and number <= last_title:
            continue
        if len(line) <= SHORT_CHARS and not kept and (BYLINE.fullmatch(line) or fold(line) in names or _is_date(line)):
            continue
        kept.append(line)
    return kept + lines[HEAD_LINES:]


def _is_date(line: str) -> bool:
    return len(DIGITS.findall(line)) >= 4 and DATE_LINE.fullmatch(line) is not None
