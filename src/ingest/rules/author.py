"""Names of people out of what pages give as authors: publishers, addresses, desks and agencies are told apart."""

import html
import re
from collections.abc import Iterable

from ingest.rules.title import one_line

# What a credit says -> the agency's name
AGENCIES = {
    "reuters": "Reuters", "thomson reuters": "Reuters", "ap": "AP", "associated press": "AP", "the associated press": "AP",
    "afp": "AFP", "agence france-presse": "AFP", "agence france presse": "AFP", "dpa": "dpa", "deutsche presse-agentur": "dpa",
    "apa": "APA", "austria presse agentur": "APA", "sda": "Keystone-SDA", "keystone-sda": "Keystone-SDA",
    "keystone sda": "Keystone-SDA", "ansa": "ANSA", "efe": "EFE", "agencia efe": "EFE", "europa press": "Europa Press",
    "lusa": "Lusa", "agência lusa": "Lusa", "agencia lusa": "Lusa", "pap": "PAP", "tass": "TASS", "interfax": "Interfax",
    "xinhua": "Xinhua", "kyodo": "Kyodo", "kyodo news": "Kyodo", "jiji": "Jiji", "jiji press": "Jiji", "yonhap": "Yonhap",
    "連合ニュース": "Yonhap", "연합뉴스": "Yonhap", "bloomberg": "Bloomberg", "bloomberg news": "Bloomberg", "upi": "UPI",
    "pti": "PTI", "press trust of india": "PTI", "ani": "ANI", "ians": "IANS", "pa media": "PA Media",
    "press association": "PA Media", "the canadian press": "The Canadian Press", "canadian press": "The Canadian Press",
    "aap": "AAP", "antara": "ANTARA", "ntb": "NTB", "ritzau": "Ritzau", "tt": "TT", "anp": "ANP", "belga": "Belga",
    "epd": "epd", "kna": "KNA", "sid": "SID", "共同通信": "Kyodo", "時事通信": "Jiji", "新华社": "Xinhua", "中央社": "CNA",
    "cna": "CNA", "anadolu agency": "Anadolu", "anadolu ajansı": "Anadolu", "aa": "Anadolu", "dha": "DHA", "iha": "İHA",
}  # fmt: skip
# A name that holds one of these words is a desk or a publisher, never a person
DESK = re.compile(
    r"\b(staff|editors?|editorial|newsroom|newsdesk|news\s?desk|desk|team|admin|administrator|redaktion|redaction|rédaction|"
    r"redacci[oó]n|reda[cç][aã]o|redazione|redactie|redaktionen|redakcja|redakce|redaksi|редакция|редакція|correspondents?|"
    r"contributors?|contributor network|reporters?|writers?|webmaster|guest author|guest post|agencies|agenturen|agencias|"
    r"agencies?|wires?|newswire|press release|magazine|newspaper|zeitung|online|media|network|channel|tv|radio|"
    r"gmbh|inc|ltd|llc|corporation|foundation|institute|university|association|department|"
    r"dpa-\w+|news|times|post|journal|tribune|herald|gazette|bbc|cnn|unknown|anonymous|n/a|none|null|undefined|author|autor|"
    r"equipo|equipe|équipe|agences?|agenzie?|agencja|agências?|mitarbeiter|newsteam|verlag|press|presse|twitter|facebook|instagram|linkedin|whatsapp|e-?mail|share|follow|website|web|digital|publishing|communications?|marketing|support|council|committee|company|group|"
    r"center|centre|society|academy|agency|bureau|board|service|services|solutions|blog|partner|sponsored)\b",
    re.IGNORECASE,
)
# The same as parts of words, or in scripts without spaces
DESK_INSIDE = re.compile(
    "redac[ct]i|redak[cst]|redaç|rédact|agentur|toimitus|toimetus|szerkesztőség|haber merkezi|ajans|editör|muhabir|ban biên tập|"
    "συντακτική|編集|取材班|新聞社|通信社|報道|デスク|편집국|편집부|취재팀|뉴스|신문사|통신사|온라인팀|닷컴|编辑|編輯|通讯社|通訊社|报社|報社|日报|日報|"
    "晚报|本报讯|综合|هيئة التحرير|فريق التحرير|وكالات|وكالة|خبرگزاری|ویب ڈیسک|מערכת|סוכנויות|डेस्क|ब्यूरो|संवाददाता|"
    "ডেস্ক|প্রতিবেদক|กองบรรณาธิการ|ทีมข่าว"
)
ADDRESS = re.compile(r"https?:|www\.|@|\.(com|org|net|de|at|ch|co|uk|fr|it|es|io)\b|[/\\{}<>=\[\]]", re.IGNORECASE)
OWN_ADDRESS = re.compile(
    r"\(\s*(?:https?:|www\.|[\w-]+\.(?:com|org|net|de|co)\b)", re.IGNORECASE
)  # `The Paper (www.paper.example)`
LEAD_IN = re.compile(
    r"^\s*(?:(?:(?:written|reviewed|posted|published|created|story|words|text|article|analysis|opinion|interview)\s+)?by|"
    r"von|par|por|di|da|door|av|af|autor(?:in|es)?|authors?|auteur|text|texte|od|przez|автор|oleh|penulis)\b\s*:?\s+",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"(?:\s*[|•].*|\s+[·–—].*|\s-\s.*|\((?!\w+\)\s\w).*|,\s*(?:ph\.?d|m\.?d|rd|ms|mba|cfp|dr|jr|sr)\b.*|"
    r"\b(?:updated|published|aktualisiert|posted)\b.*|\s(?:기자|記者|记者))$",
    re.IGNORECASE,
)
JOINTS = re.compile(
    r"\s*(?:;|\||\n|\s/\s|,\s*(?:and|und|et|y|e|en|og|och|i)\s+|,|\s+(?:and|und|et|y|en|og|och|with|mit|avec|&|и|і|та|oraz)\s+|、|・|，)\s*",
    re.IGNORECASE,
)
SLASH = re.compile(r"\s*/\s*")
GLUED_BY = re.compile(r"^[Bb]y(?=[A-Z][a-z])")  # `byScott Miller`, where markup had no space
LIBRARY_ORDER = re.compile(r"[^\W\d_]+, [^\W\d_]+\.?")  # `Silva, Ana`
CREDIT_CHARS = 1_000  # longer is prose
LONGEST_CHARS = 60
MOST_WORDS = 6
MOST_AUTHORS = 30


def people(given: Iterable[str], *, publishers: Iterable[str]) -> tuple[str, ...]:
    """Distinct names of people in the order given; `publishers` are names that belong to the site itself."""
    own = frozenset(_fold(name) for name in publishers if name)
    found: dict[str, str] = {}
    for text in given:
        for name in _without_place(_split(text)):
            folded = _fold(name)
            if is_person(name) and folded not in own and folded not in AGENCIES:
                found.setdefault(folded, name)
    return tuple(found.values())[:MOST_AUTHORS]


def agency(given: Iterable[str]) -> str | None:
    """The first news agency among the credits, by its usual name."""
    for text in given:
        for name in (text, *_split(text)):
            if _fold(name) in AGENCIES:
                return AGENCIES[_fold(name)]
    return None


def is_person(name: str) -> bool:
    """Whether a cleaned text can be a person's name. Initials of agencies (`dpa`, `jwe/AFP`) are none."""
    if (
        not 2 <= len(name) <= LONGEST_CHARS
        or len(name.split()) > MOST_WORDS
        or ADDRESS.search(name)
        or DESK.search(name)
        or DESK_INSIDE.search(name.casefold())
    ):
        return False
    if not any(map(str.isalpha, name)) or any(map(str.isdigit, name)):
        return False
    if name.isascii() and (len(name) <= 3 or name.islower()):
        return False
    return not (name.isupper() and " " not in name and name.isascii() and len(name) <= 5)


def _split(text: str) -> list[str]:
    if len(text) > CREDIT_CHARS:
        return []
    plain = LEAD_IN.sub("", GLUED_BY.sub("", one_line(html.unescape(text).replace("\u00ad", ""))))
    if OWN_ADDRESS.search(plain):
        return []
    if LIBRARY_ORDER.fullmatch(plain):
        last, first = plain.split(", ", 1)
        return [f"{first} {last}"]
    parts = (part for name in JOINTS.split(plain) for part in _beside_agency(name))
    names = (TAIL.sub("", LEAD_IN.sub("", part)).strip(" .,:;-–—\"'") for part in parts)
    return [name for name in names if name]


def _beside_agency(name: str) -> list[str]:
    """`Ana Silva/AFP`, `dpa/lno`: what a slash parts where an agency stands beside it; in an address it parts nothing."""
    parts = SLASH.split(name)
    return parts if any(_fold(part) in AGENCIES for part in parts) and not ADDRESS.search(" ".join(parts)) else [name]


def _without_place(names: list[str]) -> list[str]:
    """`Anna Martel, Lea Wagner, Nairobi`: one word after full names is where they were."""
    is_place = len(names) > 1 and " " not in names[-1] and all(" " in name for name in names[:-1])
    return names[:-1] if is_place else names


def _fold(name: str) -> str:
    return " ".join(name.casefold().replace(".", " ").split())
