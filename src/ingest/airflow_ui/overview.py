"""Which sources the overview shows, and in what order: by what was asked for in its address. Nothing is read or written here."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from ingest.airflow_ui.read import Overview, Row

STATES = ("failing", "blocked", "quiet", "paused", "new", "healthy")  # the sick ones come first
PAGE_SIZE = 100
SHOWN_ALARMS = 20
LONG_AGO = datetime.min.replace(tzinfo=UTC)
FAR_AHEAD = datetime.max.replace(tzinfo=UTC)
FIELDS = ("state", "country", "language", "text", "sort", "page")

Key = Callable[[Row], Any]


def sickness(source: Row) -> tuple[int, int]:
    """By state; and a healthy source with an open alarm comes before all that are well."""
    place = STATES.index(source["state"]) if source["state"] in STATES else len(STATES)
    return (place if not source["open_alarm_count"] else min(place, STATES.index("quiet"))), -source["open_alarm_count"]


SORTS: Mapping[str, tuple[str, Key]] = {
    "state": ("Sick first", sickness),
    "name": ("Name", lambda _: 0),
    "poll": ("Next poll", lambda source: source["next_poll_at"] or FAR_AHEAD),
    "article": ("Longest without an article", lambda source: source["last_article_at"] or LONG_AGO),
    "volume": ("Most articles in 7 days", lambda source: -source["article_count_7d"]),
    "rejected": ("Most rejections in 7 days", lambda source: -sum(count for _, count in source["reasons"])),
    "waiting": ("Most waiting", lambda source: -source["waiting_count"]),
    "quarantined": ("Most quarantined", lambda source: -source["quarantined_count"]),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asked to see; empty: everything."""

    state: str = ""
    country: str = ""
    language: str = ""
    text: str = ""
    sort: str = "state"
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        """Whether it is less than all of them."""
        return bool(self.state or self.country or self.language or self.text)

    def link(self, **changes: Any) -> str:
        """The address of the overview as it is shown, but for `changes`."""
        asked = {name: getattr(self, name) for name in FIELDS} | {"page": 1} | changes
        told = {name: value for name, value in asked.items() if value not in ("", None, DEFAULTS[name])}
        return f"?{urlencode(told)}" if told else "?"


DEFAULTS = {name: getattr(Asked(), name) for name in FIELDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One page of the overview, and how many there are of all."""

    asked: Asked
    sources: Sequence[Row]
    found_count: int
    page_count: int
    state_counts: Mapping[str, int]
    countries: Sequence[str]
    languages: Sequence[str]
    totals: Mapping[str, int]


def shown(overview: Overview, asked: Asked) -> Shown:
    """The sources that were asked for; a page that is not there is the last one."""
    words = asked.text.casefold().split()
    found = [source for source in overview.sources if _fits(source, asked, words)]
    _, key = SORTS.get(asked.sort, SORTS["state"])
    found.sort(key=lambda source: (key(source), (source["source_name"] or source["source_id"]).casefold()))
    page_count = max(-(-len(found) // PAGE_SIZE), 1)
    page = min(max(asked.page, 1), page_count)
    return Shown(
        asked=replace(asked, page=page),
        sources=found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        found_count=len(found),
        page_count=page_count,
        state_counts=Counter(source["state"] for source in overview.sources),
        countries=sorted({source["country"] for source in overview.sources if source["country"]}),
        languages=sorted({source["source_language"] for source in overview.sources if source["source_language"]}),
        totals={name: sum(source[name] or 0 for source in overview.sources) for name in TOTALS}
        | {"rejected_count_7d": sum(count for source in overview.sources for _, count in source["reasons"])},
    )


TOTALS = ("article_count_1d", "article_count_7d", "waiting_count", "quarantined_count", "open_alarm_count")


def _fits(source: Row, asked: Asked, words: Sequence[str]) -> bool:
    said = f"{source['source_id']} {source['source_name'] or ''} {source['cause'] or ''}".casefold()
    return (
        (not asked.state or source["state"] == asked.state)
        and (not asked.country or source["country"] == asked.country)
        and (not asked.language or source["source_language"] == asked.language)
        and all(word in said for word in words)
    )
