"""An article's text line by line: what is tidied, and which lines are the page's and not the article's.

Where the lines come from is no matter here; nothing inside a kept line is rewritten.
"""

import re
import unicodedata
from collections.abc import Collection

from ingest.rules.dateline import is_dateline
from ingest.rules.title import CONTROL, GENERIC, fold

UNSEEN = re.compile("[\u2028\u2029\ufeff]")
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
# The same, followed by the title of what is advertised; a dash after `more` or `watch` is a sentence's
CALL_START = re.compile(
    r"(?:[>»→▶►*•\-–]+\s*)?(?:"
    r"(?:read more|read also|also read|read next|see also|related stor(?:y|ies)|"
    r"lesen sie auch|lesen sie hier|lesen sie dazu|auch interessant|mehr zum thema|hier finden sie außerdem|"
    r"lire aussi|à lire aussi|voir aussi|"
    r"leer también|lee también|lea también|te puede interesar|leia mais|leia também|veja também|leggi anche|lees ook|"
    r"czytaj też|czytaj także|czytaj więcej|zobacz też|zobacz także|les også|läs också|läs även|læs også|"
    r"lue myös|baca juga|"
    r"читайте также|читайте також|čtěte také|citește și|διαβάστε επίσης)\s*[:|>»–-]|"
    r"(?:related|watch|more|listen)\s*[:|>»])\s*\S",
    re.IGNORECASE,
)
PICTURE = (
    r"(?:(?:image|photo|picture)s? credits?|photos?|pictures?|images?|photograph|credits?|fotos?|bild|bilder|symbolbild|"
    r"imagen|imagem|immagine|crédito|crédits?|zdjęcie|фото|kuva)"
)
CREDIT = re.compile(rf"{PICTURE}\s*(?:by\s*)?[:©/]\s*(?P<whose>\S.{{0,100}})", re.IGNORECASE)
CREDIT_TO = re.compile(rf"{PICTURE}\s+(?:by|de)\s+(?P<whose>\S.{{0,100}})", re.IGNORECASE)
SOLICITED = (
    r"(?=.*(?:newsletter|e-?mail|inbox|alert|up to date|updates?\b|daily|weekly|briefing|podcast|channel|whatsapp|telegram|"
    r"free|today|now|here|our|us\b|posts|app\b))"
)
# What pages say about themselves below the text
FOOT = re.compile(
    r"(?:©|\(c\)\s*(?:19|20)\d\d|copyright\s*(?:©|@|:|\(c\)|(?:19|20)\d\d|(?=.*\brights reserved))|"
    r"all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|"
    r"todos os direitos reservados|tutti i diritti(?: sono)? riservati|our standards:|"
    r"follow us(?: on\b| at\b| for\b|\W*$)|folgen sie uns|folgst du uns|síguenos|siga-nos|suivez-nous|seguici|"
    rf"(?:sign up|subscribe)\b{SOLICITED}|join our (?:\S+ ){{0,3}}(?:newsletter|community|channel|group|list|whatsapp|telegram)|"
    r"jetzt abonnieren|abonnieren sie|fehler gefunden\s*\?|do you have a story|(?:got|have) a (?:story|tip)\b[^?]*\?|"
    r"our website is the place|get the latest|download (?:the|our) app|support (?:our|independent) journalism|"
    r"stay informed with|share this(?: \w+)?\W*$|tags?:|filed under|topics?:|schlagwörter:|etiketler|"
    r"無断転載|저작권자|무단전재|기사 url|원문보기|版权所有|責任編輯|责任编辑)",
    re.IGNORECASE,
)
FOOT_LIMIT_CHARS = 400
BYLINE = re.compile(
    r"(?:(?:by|von|par|por|di|door|av|af|od|文)\s*:?\s|(?:by|text|words|texte|texto|testo|автор|文)\s*[:：])\s*(?P<who>\S.{1,70})",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.!?…。！？؟।]['\"’”»)\]]*$")
# Small words that stand between the names of a credit
JOINTS = frozenset({
    "of", "the", "and", "&", "for", "in", "at", "via", "with", "/", "|", "-", "–", "—", "de", "la", "le", "del",
    "der", "den", "van", "von", "du", "des", "di", "da", "do", "dos", "e", "y", "et", "und", "og", "och", "i", "en",
    "mit", "avec", "für", "pour", "para", "per", "x", "min", "read",
})  # fmt: skip
TRAIL = re.compile(r"\s*[>›»/|→]\s*")  # between the steps of a breadcrumb trail


def clean(text: str) -> str:
    """NFC, no control characters, no lone surrogates, no white space at the ends of lines, no empty lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not all(map(str.isprintable, lines)):
        lines = [UNSEEN.sub("", CONTROL.sub("", line)) for line in lines]
    return unicodedata.normalize("NFC", "\n".join(filter(None, map(str.strip, lines))))


def article_lines(text: str, *, titles: Collection[str], names: Collection[str], beside: Collection[str] = ()) -> str:
    """The article's lines of a cleaned text.

    `titles`: what the page calls the article; a leading line that says one again is dropped, with the byline (one of
    `names`), the date line, what the page says `beside` its text (tags, section, captions) and the trail that leads there,
    and so are such lines at the end, where pages put links. Calls to read elsewhere, picture credits and the page's own foot go
    too.
    """
    headings = {fold(title) for title in titles} - {""}
    known = headings | {fold(said) for said in (*beside, *names)}
    kept = _without_head(text.split("\n"), headings, known, names)
    kept = [line for line in kept if not is_call(line) and not is_credit(line)]
    while len(kept) > 1 and (is_foot(kept[-1]) or _is_furniture(kept[-1], known, names)):
        kept.pop()
    return "\n".join(kept)


def is_call(line: str) -> bool:
    """Whether a line only sends the reader elsewhere."""
    bare = line.strip(" -–—•*:.…!>»→|").casefold()
    return bare in CALLS or (len(line) <= 3 * SHORT_CHARS and CALL_START.match(line) is not None)


def is_credit(line: str) -> bool:
    """Whether a line only says whose picture stood there: a sentence that begins alike is none."""
    found = CREDIT.fullmatch(line)
    if found:
        return SENTENCE_END.search(line) is None or _all_named(found["whose"])
    found = CREDIT_TO.fullmatch(line)
    return found is not None and SENTENCE_END.search(line) is None and _all_named(found["whose"])


def is_byline(line: str, *, names: Collection[str]) -> bool:
    """Whether a line only says who wrote the text: one of `names`, or capitalised words that end no sentence."""
    found = BYLINE.fullmatch(line)
    if found is None:
        return False
    whose = fold(found["who"])
    if any(whose.startswith(fold(name)) for name in names if fold(name)):
        return True
    return SENTENCE_END.search(line) is None and _all_named(found["who"])


def _all_named(words: str) -> bool:
    """Whether all words are names, numbers, addresses, or the small words between them."""
    return all(
        word.casefold() in JOINTS or word.startswith(("http", "www.")) or not word.lstrip("(\"'“‘@#©")[:1].islower()
        for word in words.split()
    )


def is_foot(line: str) -> bool:
    return len(line) <= FOOT_LIMIT_CHARS and FOOT.match(line.lstrip("-•* ")) is not None


def _is_furniture(line: str, known: Collection[str], names: Collection[str]) -> bool:
    """Whether a line repeats the article's title, section, caption, author or date, or the trail that leads to it."""
    if (
        fold(line) in known
        or is_dateline(line, names=names)
        or (len(line) <= SHORT_CHARS and is_byline(line, names=names))
    ):
        return True
    steps = [fold(step) for step in TRAIL.split(line)]
    return len(steps) > 1 and all(step in known or step in GENERIC for step in steps)


def _without_head(
    lines: list[str], titles: Collection[str], known: Collection[str], names: Collection[str]
) -> list[str]:
    head = lines[:HEAD_LINES]
    last_title = max((n for n, line in enumerate(head) if fold(line) in titles), default=-1)
    if last_title > 2:
        last_title = -1  # a title further down is a heading of the text
    kept: list[str] = []
    for number, line in enumerate(head):
        is_short = len(line) <= SHORT_CHARS
        if number < last_title and is_short and not SENTENCE_END.search(line):
            continue
        if number <= last_title and fold(line) in titles:
            continue
        if is_short and not kept and _is_furniture(line, known, names):
            continue
        kept.append(line)
    return kept + lines[HEAD_LINES:]
