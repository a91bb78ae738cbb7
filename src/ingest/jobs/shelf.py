"""Where archived pages lie: by how long they are kept, then by the day they came. Writing and removing is elsewhere.

    kept/2026-11-22/20261122T101500Z-3f9a1c20.warc.gz         for ever
    030-days/2026-11-22/20261122T101500Z-8b12c0de.warc.gz     until the last page of that day is thirty days old

What a source's pages were promised stays so: a later change of the catalogue is for later pages.
"""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

FOR_EVER = "kept"
SUFFIX = ".warc.gz"
SPAN = re.compile(r"(?P<days>[0-9]{3,5})-days")


def span_of(keep_pages_days: int | None) -> str:
    """The folder of pages that are kept so long."""
    return FOR_EVER if keep_pages_days is None else f"{keep_pages_days:03}-days"


def new_file(span: str, *, at: datetime, token: str) -> Path:
    """The path of a new WARC file, relative to the raw archive."""
    return Path(span) / f"{at:%Y-%m-%d}" / f"{at:%Y%m%dT%H%M%S}Z-{token}{SUFFIX}"


def successor(path: str, token: str) -> str:
    """What an archive file is called after pages were taken out of it: offsets are others, and so is the name.

    An order that goes through a file again, since it looks for more, gets a name that it has not used.
    """
    before = path.removesuffix(SUFFIX).partition("~")[2]
    return f"{_first_name(path)}~{f'{before}x' if before.startswith(token) else token}{SUFFIX}"


def successors(raw: Path, path: str) -> list[str]:
    """The files that took an archive file's place, oldest first."""
    first = raw / _first_name(path)
    found = sorted(first.parent.glob(f"{first.name}~*{SUFFIX}"), key=lambda one: one.stat().st_mtime_ns)
    return [one.relative_to(raw).as_posix() for one in found]


def _first_name(path: str) -> str:
    return path.removesuffix(SUFFIX).partition("~")[0]


def is_over(span: str, day: str, *, now: datetime) -> bool:
    """Whether every page of a day's folder has been kept as long as its span says; what is no such folder is kept."""
    named = SPAN.fullmatch(span)
    try:
        came_on = date.fromisoformat(day)
    except ValueError:
        return False
    if named is None or day != came_on.isoformat():  # Python reads 20261122 and 2026-W47-7, too
        return False
    return now.date() - came_on > timedelta(days=int(named["days"]))
