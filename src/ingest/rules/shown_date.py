"""A date within what a page shows its readers: `Published: Nov 21, 2026`, `am 21. November 2026 um 10:30 Uhr`.

Dates that are written for machines, and which dates are believed at all, are rules/moment.
"""

import re
from datetime import datetime

from ingest.rules.dateline import month_number
from ingest.rules.moment import ZONE_HOURS, Moment, read_moment

LONGEST_CHARS = 200  # longer is prose, and its dates are of what it tells
TIME = (
    r"(?:\D{1,8}?(?P<time>\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:\s?[AaPp]\.?[Mm]\b)?)\.?"
    rf"(?:\s?(?P<zone>(?:UTC|GMT)?[+-]\d{{1,2}}(?::?\d\d)?|(?:{'|'.join(ZONE_HOURS)})\b))?)?"
)
DATES = (
    r"(?<!\d)(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)",
    r"(?<!\d)(?P<year>\d{4}) ?[年년] ?(?P<month>\d{1,2}) ?[月월] ?(?P<day>\d{1,2}) ?[日일]",
    r"(?<![\d.])(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\. ?(?P<year>\d{4})(?!\d)",  # with dots, nobody writes the month first
    r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?[ -](?:de |di )?(?P<month>[^\W\d_]{3,15})\.?,?[ -](?:de |del )?"
    r"(?P<year>\d{4})(?!\d)",
    r"(?P<month>[^\W\d_]{3,15})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})(?!\d)",
)
PATTERNS = tuple(re.compile(date + TIME) for date in DATES)


def read(text: str, *, now: datetime) -> Moment | None:
    """The earliest day that `text` names (what else it names is an update), or None; 03/05/2024 is never guessed."""
    if len(text) > LONGEST_CHARS:
        return None
    plain = " ".join(text.split())
    found = [moment for pattern in PATTERNS for one in pattern.finditer(plain) if (moment := _moment(one, now))]
    return min(found, key=lambda moment: moment.at.date(), default=None)


def _moment(found: re.Match[str], now: datetime) -> Moment | None:
    month = int(found["month"]) if found["month"].isdigit() else month_number(found["month"])
    if month is None:
        return None
    day = f"{found['year']}-{month:02}-{int(found['day']):02}"
    timed = " ".join(filter(None, (day, found["time"], found["zone"])))
    return read_moment(timed, now=now) or read_moment(day, now=now)
