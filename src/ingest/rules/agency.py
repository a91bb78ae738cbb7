"""The news agency that a text itself credits: in its dateline, or in a line of credit at its end; names are author.py's.

Only these places are read: an agency that a text quotes (`..., the Reuters agency reported`) is not where it is from.
"""

import re

from ingest.rules.author import AGENCIES

HEAD_CHARS = 120  # of a text: where a dateline ends
TAIL_LINES = 4
TAIL_CHARS = 200  # of a line of credit
NAME = r"[^\W\d_][\w .&'’-]{0,30}"
# Datelines, each with the agency as its group: `LONDON, Nov 2 (Reuters) -`, `Berlin (dpa/lno) –`, `(ANSA) - ROMA -`,
# `Madrid, 2 nov (EFE).-`, `МОСКВА, 22 ноября. /ТАСС/.`, `【ワシントン共同】`, `(서울=연합뉴스)`,
# `新华社北京11月22日电`, `PARIS, AFP —`
DATELINES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^[^!?()]{{0,70}}?\(\s*({NAME})\s*(?:[/|-][^()]{{0,20}})?\)\s*(?:[-–—:.]|$|[A-ZÀ-ÞА-Я])",
        rf"^[^!?()]{{0,70}}?[./]\s*/({NAME})/",
        r"^(?:【|\[|［|（|\()[^】\]］）)]{0,20}?(共同通信|共同|時事通信|時事|ロイター|AFP時事|連合ニュース|新华社|中新社|中央社|연합뉴스|뉴시스|뉴스1)",
        r"^(新华社|中新社|中新网|中央社)[^\s，。]{0,20}?(?:电|電|讯|訊)",
        rf"^[A-ZÀ-ÞА-Я][\w .'’-]{{1,40}}[,:]\s*({NAME})\s*[-–—]\s",
        rf"^({NAME})\s*[-–—]\s+[A-ZÀ-ÞА-Я]",
    )
)
CREDITS = (
    re.compile(rf"^(?:©|\(c\)|copyright)\s*(?:\d{{4}}\s*)?({NAME})", re.IGNORECASE),
    re.compile(
        rf"^(?:quelle|source|sources|fuente|fonte|bron|källa|kilde|lähde|źródło|zdroj|источник|джерело|kaynak|sumber|nguồn|"
        rf"来源|來源|出典|출처)\s*[:：]\s*({NAME}|新华社|中新社|共同通信|연합뉴스)",
        re.IGNORECASE,
    ),
    re.compile(rf"^\(\s*({NAME})\s*(?:/[^()]{{0,40}})?\)\.?$"),
    re.compile(rf"(?:^|\s)(?:with|mit|avec|con|com|met|с)\s+({NAME})\.?$", re.IGNORECASE),
    re.compile(
        rf"\b(The Associated Press|Agence France-Presse|Press Association|{NAME}) (?:contributed to|wrote) this report",
        re.IGNORECASE,
    ),
)
REUTERS = re.compile(
    r"^\(?(?:Reporting|Additional reporting|Writing) by [^;]+;\s*(?:Writing|Editing|Additional reporting) by "
)
# Spellings that stand in datelines alone
DATELINE_NAMES = AGENCIES | {
    "共同": "Kyodo", "時事": "Jiji", "ロイター": "Reuters", "afp時事": "AFP", "тасс": "TASS", "интерфакс": "Interfax",
    "риа новости": "RIA", "укринформ": "Ukrinform", "укрінформ": "Ukrinform", "中新社": "CNS", "中新网": "CNS",
    "뉴시스": "Newsis", "뉴스1": "News1", "рейтер": "Reuters",
    "agi": "AGI", "adnkronos": "Adnkronos", "agerpres": "Agerpres", "mti": "MTI", "hina": "HINA", "sta": "STA",
    "čtk": "ČTK", "ctk": "ČTK",
    "tasr": "TASR", "télam": "Télam", "telam": "Télam", "notimex": "Notimex", "agência brasil": "Agência Brasil",
    "estadão conteúdo": "Estadão Conteúdo", "stt": "STT", "bernama": "Bernama", "cp": "The Canadian Press", "dpa-afx": "dpa",
    "afp/reuters": "AFP",
}  # fmt: skip


def credited(text: str) -> str | None:
    """The agency's usual name, or None; `text` in lines."""
    first, *_ = text.split("\n", 1)
    head = first[:HEAD_CHARS]
    for pattern in DATELINES:
        if (found := pattern.match(head)) and (name := _known(found[1])):
            return name
    for line in reversed(text.split("\n")[-TAIL_LINES:]):
        if len(line) > TAIL_CHARS:
            continue
        if REUTERS.match(line):
            return "Reuters"
        for pattern in CREDITS:
            if (found := pattern.search(line)) and (name := _known(found[1])):
                return name
    return None


def _known(said: str) -> str | None:
    """An agency among what stands in the place of one: `dpa/lno`, `AFP and AP`, `Reuters`."""
    for name in re.split(r"\s*[/,|]\s*|\s+(?:and|und|et|y|e|og|och|en)\s+|\s+-\s*", said.strip()):
        if found := DATELINE_NAMES.get(name.strip(" .").casefold()):
            return found
    return None
