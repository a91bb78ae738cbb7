"""Dates as feeds and markup write them, read into UTC with what is known of zone and precision.

Nothing is guessed: which of several dates of an article is right is decided elsewhere.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from dateutil import parser as dateutil_parser

from ingest.records import Precision

LIMIT_CHARS = 100  # a date is shorter; what is longer is prose, or an attack on a parser
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # there was no web before
FUTURE = timedelta(hours=24)  # clocks and zones of publishers are wrong by so much, seldom by more
FARTHEST_OFFSET_S = 14 * 3600  # Pacific/Kiritimati

# Hours from UTC of zone names with one meaning. Left out, as two places use them: CST, IST, BST, AST, NST, SST, GST.
ZONE_HOURS: dict[str, float] = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "WAT": 1, "CET": 1, "MET": 1, "CEST": 2, "MEST": 2,
    "CAT": 2, "SAST": 2, "EET": 2, "EEST": 3, "EAT": 3, "MSK": 3, "TRT": 3, "PKT": 5, "NPT": 5.75, "WIB": 7, "ICT": 7,
    "WITA": 8, "HKT": 8, "SGT": 8, "PHT": 8, "AWST": 8, "WIT": 9, "JST": 9, "KST": 9, "ACST": 9.5, "ACDT": 10.5,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "BRT": -3, "ART": -3, "CLST": -3, "CLT": -4, "EDT": -4, "EST": -5,
    "COT": -5, "PET": -5, "CDT": -5, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8, "AKDT": -8, "AKST": -9, "HST": -10,
}  # fmt: skip
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

COMMENT = re.compile(r"\([^()]*\)")  # RFC 5322 section 3.2.2: `+0100 (CET)`
SUFFIX = re.compile(r"(?:\[[^\[\]]*\])+$")  # RFC 9557 section 4.1: `+01:00[Europe/Berlin]`, as Java writes it
EPOCH = re.compile(r"(\d{10})(\d{3})?")  # seconds or milliseconds since 1970
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")  # with dots, nobody writes the month first
COMPACT = re.compile(r"(\d{8})(\d{4}|\d{6})")
ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
ISO_SPACES = re.compile(r"(?<=\d)\s+(?=[+-]\d|Z$)")
ISO_TIME = re.compile(r"[T ]\d{2}:?\d{2}(?P<seconds>:?\d{2})?")
OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)
RFC_822 = re.compile(
    r"(?:[A-Za-z]{2,9}\.?,?\s*)?(?P<day>\d{1,2})[\s-](?P<month>[A-Za-z]{3,9})\.?,?[\s-](?P<year>\d{4}|\d{2})"
    r"(?:,?\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"(?:\s*(?P<zone>[A-Za-z]{1,5}|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?))?)?",
    re.IGNORECASE,
)
# Two days that share no part: what differs between the readings was not in the text (both are leap years).
BLANKS = (datetime(1904, 1, 1, 0, 0, 0), datetime(1908, 2, 2, 1, 1, 1))  # noqa: DTZ001


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A point in time; with precision `day` it is that day's midnight in UTC and the offset is not known."""

    at: datetime
    offset_s: int | None
    precision: Precision


def read_moment(text: str, *, now: datetime, default_offset_s: int | None = None) -> Moment | None:
    """What `text` says, or None if it is no complete date, ambiguous (03/05/2024), before 1990 or beyond now + 24 h.

    ISO 8601 and RFC 3339, RFC 822/5322 with names of zones, Unix seconds, then what dateutil reads without filling in.
    A time without a zone (or with a name that two zones share) is placed by `default_offset_s`, seconds east of UTC;
    without that its day is all that is known: precision `day`, midnight UTC, no offset.
    """
    if len(text) > LIMIT_CHARS:
        return None
    plain = SUFFIX.sub("", " ".join(COMMENT.sub(" ", text).replace("\u2212", "-").split()))
    plain = YEAR_FIRST.sub(lambda match: f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}", plain, count=1)
    plain = DAY_FIRST.sub(lambda match: f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}", plain, count=1)
    found = _epoch(plain) or _iso(plain) or _rfc_822(plain) or _by_dateutil(plain)
    if found is None:
        return None
    local, precision = found
    moment = _placed(local, precision, default_offset_s)
    return moment if moment is not None and EARLIEST <= moment.at <= now + FUTURE else None


def _placed(local: datetime, precision: Precision, default_offset_s: int | None) -> Moment | None:
    offset = local.utcoffset()
    offset_s = default_offset_s if offset is None else round(offset.total_seconds())
    if precision == "day" or offset_s is None:
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
        return Moment(at=midnight, offset_s=None, precision="day")
    try:
        at = local.replace(tzinfo=UTC) - timedelta(seconds=offset_s)
    except OverflowError:
        return None
    return Moment(at=at, offset_s=offset_s, precision=precision)


def _epoch(text: str) -> tuple[datetime, Precision] | None:
    match = EPOCH.fullmatch(text)
    return (datetime.fromtimestamp(int(match[1]), UTC), "second") if match else None


def _iso(text: str) -> tuple[datetime, Precision] | None:
    compact = COMPACT.fullmatch(text)
    text = f"{compact[1]}T{compact[2]}" if compact else ISO_SPACES.sub("", text.upper())
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    time = ISO_TIME.search(text)
    return _checked(local), ("day" if time is None else "second" if time["seconds"] else "minute")


def _rfc_822(text: str) -> tuple[datetime, Precision] | None:
    match = RFC_822.fullmatch(text)
    if match is None or match["month"][:3].lower() not in MONTHS:
        return None
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 2000 if year < 50 else 1900  # RFC 5322 section 4.3
    month = MONTHS.index(match["month"][:3].lower()) + 1
    precision: Precision = "day" if match["hour"] is None else "second" if match["second"] else "minute"
    try:
        local = datetime(
            year,
            month,
            int(match["day"]),
            int(match["hour"] or 0),
            int(match["minute"] or 0),
            min(int(match["second"] or 0), 59),  # a leap second
            tzinfo=_zone(match["zone"] or ""),
        )
    except ValueError:
        return None
    return local, precision


def _by_dateutil(text: str) -> tuple[datetime, Precision] | None:
    """Only what every order of day, month and year, and every blank filled in, read alike."""
    if text.isdigit():
        return None
    text = ISO_DATE.sub(_in_words, text, count=1)
    readings = []
    for blank, day_first, year_first in ((BLANKS[0], False, False), (BLANKS[1], True, False), (BLANKS[1], False, True)):
        try:
            reading = dateutil_parser.parse(
                text, default=blank, dayfirst=day_first, yearfirst=year_first, tzinfos=_dateutil_zone
            )
        except (ValueError, ArithmeticError, TypeError, AttributeError, IndexError):  # dateutil raises each of them
            return None
        readings.append(_checked(reading))
    first, *others = readings
    if any(other.date() != first.date() for other in others):
        return None
    if others[0].hour != first.hour:
        return first, "day"
    return first, "second" if others[0].second == first.second else "minute"


def _in_words(match: re.Match[str]) -> str:
    month = int(match[2])
    return f"{match[3]} {MONTHS[month - 1]} {match[1]}" if 1 <= month <= 12 else match[0]


def _dateutil_zone(name: str | None, offset_s: int | None) -> tzinfo | None:
    if offset_s is not None:
        return timezone(timedelta(seconds=offset_s)) if abs(offset_s) <= FARTHEST_OFFSET_S else None
    return _zone(name or "")


def _checked(local: datetime) -> datetime:
    """Without its zone, if no place on Earth has it."""
    offset = local.utcoffset()
    return local.replace(tzinfo=None) if offset and abs(offset.total_seconds()) > FARTHEST_OFFSET_S else local


def _zone(text: str) -> tzinfo | None:
    hours = ZONE_HOURS.get(text.upper())
    if hours is not None:
        return timezone(timedelta(hours=hours))
    match = OFFSET.fullmatch(text)
    if match is None:
        return None
    offset_s = int(match[2]) * 3600 + int(match[3] or 0) * 60
    if offset_s > FARTHEST_OFFSET_S:
        return None
    return timezone(timedelta(seconds=-offset_s if match[1] == "-" else offset_s))
