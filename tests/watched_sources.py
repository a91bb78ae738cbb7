"""A published warehouse with a source of each state, alarms, habits and decisions: what the page News sources is tried on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from ingest.settings import Settings
from newsroom import Newsroom
from small_warehouse import builds, loads, warehouse

DAYS = 20  # of history
WORDS = "The harbour council met in the old hall and spoke of boats, nets and the price of ice. " * 3
ALARM = """
INSERT INTO raw.alarm BY NAME
SELECT
  $alarm_id::UUID AS alarm_id, $source_id AS source_id, $alarm_kind AS alarm_kind, $change AS change, $since_at AS since_at,
  $ended_at AS ended_at, $cause AS cause, $actor AS actor, $reason AS reason, $noted_at AS noted_at, 'watch' AS batch_id,
  99 AS load_seq
"""
EXPECTED = """
INSERT INTO raw.expected
SELECT $source_id, $today::DATE - back::INTEGER, list_resize([]::DOUBLE[], 24, $hourly), $today, 'watch', 99
FROM range(30) AS past(back)
"""
PUBLISHED = """
INSERT INTO raw.publish BY NAME
SELECT $now AS published_at, 1 AS published_through_seq, 1 AS checked_through_seq, 1 AS elapsed_ms, 1 AS file_bytes,
  '20261122T060000Z' AS snapshot_id
"""


class Sources:
    """`.reports()`, `.fails()`, ... make history up to now; `.publishes()` builds it into a file."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.now = datetime.now(UTC).replace(microsecond=0)
        self._newsroom = Newsroom(settings)
        self._alarms: list[dict[str, Any]] = []
        self._expected: list[dict[str, Any]] = []

    def reports(self, source_id: str, *, days: int = DAYS, until: int = 0, a_day: int = 1, **told: Any) -> None:
        """Articles every day, from `days` ago until `until` days ago."""
        for back in range(days, until, -1):
            with self._at(self.now - timedelta(days=back - 1, hours=1)) as newsroom:
                urls = [f"https://{source_id}.example/{back}-{number}" for number in range(a_day)]
                newsroom.lists(*urls, source_id=source_id)
                for url in urls:
                    said = {"published_at": newsroom.now, "title": f"Harbour news {url[-4:]}"} | told
                    newsroom.reads(url, f"{url} {WORDS}", source_id=source_id, **said)

    def rejects(self, source_id: str, reason: Any, *, count: int = 1, **said: Any) -> None:
        """Pages of today that are no articles."""
        with self._at(self.now - timedelta(hours=2)) as newsroom:
            urls = [f"https://{source_id}.example/{reason}-{number}" for number in range(count)]
            newsroom.lists(*urls, source_id=source_id)
            for url in urls:
                newsroom.rejects(url, reason, source_id=source_id, **said)

    def polls(self, source_id: str, *, hours: float = 0.1, **changes: Any) -> None:
        """A poll so many hours ago that brings nothing."""
        with self._at(self.now - timedelta(hours=hours)) as newsroom:
            newsroom.polls(source_id=source_id, **changes)

    def knows(self, source_id: str, *, hours: float) -> None:
        with self._at(self.now - timedelta(hours=hours)) as newsroom:
            newsroom.knows(source_id)

    def expects(self, source_id: str, a_day: float) -> None:
        self._expected.append({"source_id": source_id, "hourly": a_day / 24, "today": self.now})

    def alarms(
        self,
        source_id: str | None,
        alarm_kind: str,
        cause: str,
        *,
        hours: float = 5,
        actor: str | None = None,
        reason: str | None = None,
        over: bool = False,
    ) -> None:
        """An alarm, or a decision, since so many hours ago; `over`: for half of the time it has been cleared."""
        alarm = {
            "alarm_id": str(uuid4()), "source_id": source_id, "alarm_kind": alarm_kind, "cause": cause, "actor": actor,
            "reason": reason, "since_at": self.now - timedelta(hours=hours),
        }  # fmt: skip
        half = self.now - timedelta(hours=hours / 2)
        self._alarms.append(alarm | {"change": "opened", "ended_at": None, "noted_at": alarm["since_at"]})
        if over:
            self._alarms.append(alarm | {"change": "cleared", "ended_at": half, "noted_at": half})

    def publishes(self) -> Path:
        file = self.settings.published_file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        with warehouse(file) as connection:
            loads(connection, self._newsroom.seals())
            for alarm in self._alarms:
                connection.execute(ALARM, alarm)
            for expected in self._expected:
                connection.execute(EXPECTED, expected)
            builds(connection)
            connection.execute(PUBLISHED, {"now": self.now})
        return file

    @contextmanager
    def _at(self, moment: datetime) -> Iterator[Newsroom]:
        self._newsroom.now = moment
        yield self._newsroom


def every_state(settings: Settings) -> Path:
    """A healthy source and a sick one of each kind; newest poll minutes ago."""
    sources = Sources(settings)
    sources.reports("daily", a_day=3)
    sources.rejects("daily", "paywall_stub", count=2)
    sources.expects("daily", 3.5)
    sources.polls("daily")
    sources.reports("island-times", until=6, a_day=4)
    sources.polls("island-times")
    sources.expects("island-times", 4)
    sources.alarms("island-times", "silent", "nothing new for 5 days, where 20 were to be expected", hours=130)
    sources.reports("harbour-post", until=2)
    dead = {"outcome": "dns_error", "http_status": None, "detail": "no such host",
            "answered_at": sources.now - timedelta(days=2)}  # fmt: skip
    for count, hours in enumerate((9.0, 3.0, 0.2), start=1):
        sources.polls("harbour-post", hours=hours, failure_count=count, **dead)
    sources.alarms("harbour-post", "failing", "none of 1 feeds can be read: dns_error", hours=9)
    sources.reports("walled", until=3)
    sources.rejects("walled", "bot_challenge", count=12)
    sources.polls("walled")
    sources.reports("resting", until=4)
    sources.alarms("resting", "paused", "paused", actor="ann", reason="their server moves house", hours=90)
    sources.knows("coming", hours=2)
    sources.polls("fresh")
    sources.reports("fresh", days=1)
    sources.alarms("daily", "silent", "nothing new for 30 hours", hours=200, over=True)
    return sources.publishes()
