"""What is known of sources from day to day: when each is wont to bring something, learnt once a day; kept in `watch/known.json`.

The file may be deleted at any time: it is learnt anew. What is made of it is elsewhere.
"""

import json
import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import duckdb

from ingest.durable import put_in_place
from ingest.log import event
from ingest.records import Expected, Source
from ingest.rules.silence import Habit, habit
from ingest.settings import Settings
from ingest.warehouse import watch

logger = logging.getLogger(__name__)
Connection = duckdb.DuckDBPyConnection
FOLDER, FILE = "watch", "known.json"
WHOLE = ""  # the name under which all sources together are known
BACK, AHEAD = timedelta(days=14), timedelta(days=1)  # days for which is noted what a source was, and is, to bring
HOUR = timedelta(hours=1)


@dataclass(slots=True, kw_only=True)
class Known:
    """What an earlier run learnt: habits and items an arrival by source on a day, and through which batch pages were read."""

    day: str = ""
    through: tuple[int, str | None] = (0, None)
    habits: dict[str, tuple[Habit, float]] = field(default_factory=dict)


def read(settings: Settings) -> Known:
    """What an earlier run kept; nothing where it cannot be read."""
    try:
        kept = json.loads((settings.home / FOLDER / FILE).read_text("utf-8"))
        habits = {
            source_id: (
                Habit(**one["habit"] | {"began_at": datetime.fromisoformat(one["habit"]["began_at"])}),
                one["items"],
            )
            for source_id, one in kept["habits"].items()
        }
        return Known(day=kept["day"], through=(kept["through"][0], kept["through"][1]), habits=habits)
    except (OSError, ValueError, KeyError, TypeError):
        return Known()


def keep(settings: Settings, known: Known) -> None:
    habits = {
        source_id: {
            "habit": {
                "began_at": made.began_at.isoformat(),
                "hours": [round(one, 4) for one in made.hours],
                "ordinary_count": made.ordinary_count,
                "alarm_count": made.alarm_count,
            },
            "items": items,
        }
        for source_id, (made, items) in known.habits.items()
    }
    part = settings.home / FOLDER / f"{FILE}.part"
    part.write_text(json.dumps({"day": known.day, "through": known.through, "habits": habits}), "utf-8")
    put_in_place(part, settings.home / FOLDER / FILE)


def learn(
    connection: Connection,
    sources: Mapping[str, Source],
    polled: Collection[str],
    *,
    as_of_at: datetime,
) -> dict[str, tuple[Habit, float]]:
    """Habits by source, and of the whole, with the items of an arrival; none of whom too little is known."""
    first = watch.first_polled(connection)
    if not first:
        return {}
    found = {}
    for one in watch.arrivals(connection, polled, as_of_at=as_of_at):
        source = sources.get(one.source_id)
        made = habit(
            one.arrived_at,
            watched_from=first.get(one.source_id, min(first.values())),
            now=as_of_at,
            is_holiday=(_holidays(source.country, as_of_at.year) if source else frozenset()).__contains__,
        )
        if made:
            found[one.source_id] = (made, one.item_count / len(one.arrived_at))
    return found


def expected(connection: Connection, known: Known, as_of_at: datetime) -> Iterator[Expected]:
    """A row a source and day, from the day after the last that was noted."""
    through = watch.expected_through(connection)
    today = as_of_at.date()
    for source_id, (made, items) in known.habits.items():
        if source_id == WHOLE:
            continue
        first = max(today - BACK, through.get(source_id, date.min) + AHEAD, made.began_at.date() + AHEAD)
        for days in range((today + AHEAD - first).days + 1):
            midnight = datetime.combine(first + timedelta(days=days), time(), UTC)
            counts = [made.expected(midnight + hour * HOUR, midnight + (hour + 1) * HOUR) for hour in range(24)]
            yield Expected(
                source_id=source_id,
                expected_on=midnight.date(),
                hour_counts=tuple(round(count * items, 4) for count in counts),
                learnt_at=as_of_at,
            )


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    """Of a country that the calendar does not know, none."""
    import holidays  # a quarter of a second, once a day

    try:
        return frozenset(holidays.country_holidays(country, years=(year - 1, year, year + 1)))
    except NotImplementedError:
        event(logger, "holidays_unknown", country=country)
        return frozenset()
