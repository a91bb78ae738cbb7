"""Lines that say nothing but when something was published: words of dates in many languages; text lines are rules/text.

A line of prose that holds a date (`In 2024 the club won the cup.`) is none: every word must belong to a date.
"""

import re
from collections.abc import Collection

from ingest.rules.moment import MONTHS as SHORT_MONTHS


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# A row a month. Of months that two languages call alike both have the name, so that neither is guessed: `listopada` is
# November in Polish and October in Croatian, which shortens `lipnja` (June) as Polish does `lipca` (July).
MONTH_ROWS = (
    "january januar jänner janvier enero janeiro gennaio januari stycznia ledna января січня ocak ianuarie "
    "ιανουαρίου január tammikuuta",
    "february februar feber février febrero fevereiro febbraio februari lutego února февраля лютого şubat "
    "februarie φεβρουαρίου február helmikuuta",
    "march märz maerz mars marzo março maart marts marca března марта березня mart maret martie μαρτίου március "
    "maaliskuuta",
    "april avril abril aprile kwietnia dubna апреля квітня nisan aprilie απριλίου április huhtikuuta",
    "may mai mayo maio maggio mei maj maja května мая травня mayıs μαΐου május toukokuuta",
    "june juni juin junio junho giugno czerwca června июня червня haziran iunie ιουνίου június kesäkuuta lipnja",
    "july juli juillet julio julho luglio lipca července июля липня temmuz iulie ιουλίου július heinäkuuta srpnja",
    "august août agosto augustus augusti sierpnia srpna августа серпня ağustos agustus αυγούστου augusztus "
    "elokuuta",
    "september septembre septiembre setiembre setembro settembre września září сентября вересня eylül septembrie "
    "σεπτεμβρίου szeptember syyskuuta",
    "october oktober octobre octubre outubro ottobre października října октября жовтня ekim octombrie οκτωβρίου "
    "október lokakuuta listopada",
    "november novembre noviembre novembro listopada listopadu ноября листопада kasım noiembrie νοεμβρίου "
    "marraskuuta",
    "december dezember décembre diciembre dezembro dicembre desember grudnia prosince декабря грудня aralık "
    "decembrie δεκεμβρίου joulukuuta",
)  # fmt: skip
MONTHS = _words(*MONTH_ROWS)
WEEKDAYS = _words(
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag",
    "lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo",
    "segunda terça quarta quinta sexta feira lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "måndag tisdag lördag söndag poniedziałek wtorek środa czwartek piątek sobota niedziela",
    "понедельник вторник среда четверг пятница суббота воскресенье pazartesi salı çarşamba perşembe cuma cumartesi pazar",
    "senin selasa rabu kamis jumat sabtu minggu",
)
NAMES = MONTHS | WEEKDAYS
SHORTEST_NAME = 3  # `Sept.`, `Mo` is too short to tell
# What stands between the numbers of a date and beside it: zones, the clock, ordinals, how long the reading takes
BETWEEN = _words(
    "t z th st nd rd am pm a p m utc gmt cet cest est edt cst cdt mst mdt pst pdt et ist jst kst bst msk wib wita wit",
    "uhr h hs hrs hr u at um à às alle ore kl klo kello o ob om de del di den der des le el la года г року р в о",
    "年 月 日 号 時 时 點 点 分 秒 時間 午前 午後 上午 下午 년 월 일 시 분 초 오전 오후 曜日 火 水 木 金 土 화 수 목 금 토",
    "min mins minute minutes read verfügbar bis",
)
# What opens a line about publication
STAMPS = _words(
    "published posted updated modified stand aktualisiert veröffentlicht geändert erstellt publié mis",
    "modifié publicado actualizado atualizado pubblicato aggiornato publicerad uppdaterad publisert oppdatert publiceret",
    "opdateret gepubliceerd geplaatst bijgewerkt opublikowano aktualizacja publikováno aktualizováno yayınlanma güncelleme",
    "опубликовано обновлено опубліковано оновлено diterbitkan diperbarui julkaistu päivitetty",
    "公開 更新 配信 掲載 発行 发布 發布 更新时间 发布时间 입력 수정 등록 승인 기사입력 최종수정",
)
# What such a line may hold besides
BESIDE = _words(
    "last latest originally first on in date time zuletzt am vom jour dernière mise la em el il op den senast sist sidst",
    "ostatnia ago hour hours days comments",
)
WORDS = re.compile(r"\d+|[^\W\d_]+")
DATE_SHAPE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d)(?!\d)|\d{4}[./-]\d{1,2}[./-]\d{1,2}(?!\d)|\d年\d|\d년 ?\d"
)
LONGEST_CHARS = 120


def is_dateline(line: str, *, names: Collection[str] = ()) -> bool:
    """Whether a line is a date with what belongs to one, or a stamp (`Updated …`, `Stand: …`); `names` may stand in it.

    `names` are those of the article's authors.
    """
    if not line or len(line) > LONGEST_CHARS:
        return False
    words = [word.casefold() for word in WORDS.findall(line)]
    own = {word for name in names for word in name.casefold().split()}
    is_stamp = any(word in STAMPS for word in words[:2])
    known = own | BETWEEN | (STAMPS | BESIDE if is_stamp else set())
    if not words or not all(word.isdigit() or word in known or is_name(word) for word in words):
        return False
    has_year = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", line) is not None
    return is_stamp or DATE_SHAPE.search(line) is not None or (has_year and any(map(is_name, words)))


def is_name(word: str) -> bool:
    """Whether a folded word is a month or a weekday, whole or shortened to three letters or more."""
    return word in NAMES or (len(word) >= SHORTEST_NAME and any(name.startswith(word) for name in NAMES))


def month_number(word: str) -> int | None:
    """1 to 12 by a month's name, whole or shortened to three letters or more; None where languages differ about it."""
    folded = word.casefold()
    if folded in SHORT_MONTHS:
        return SHORT_MONTHS.index(folded) + 1
    rows = [frozenset(row.split()) for row in MONTH_ROWS]
    found = [number for number, names in enumerate(rows, start=1) if folded in names]
    if not found and len(folded) >= SHORTEST_NAME:
        found = [number for number, names in enumerate(rows, 1) if any(name.startswith(folded) for name in names)]
    return found[0] if len(found) == 1 else None
