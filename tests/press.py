"""Sources with a made history, whose polls and pages go straight into a published file: for what watches them. Time is told."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from ingest.records import Fetch
from ingest.settings import Settings
from ingest.stage import batch as stage
from newsroom import Newsroom
from small_warehouse import builds, loads, warehouse

SOURCE = """
[[source]]
source_id = "{source_id}"
name = "{source_id}"
home_url = "https://{source_id}.example/"
country = "IE"
language = "en"
feeds = ["https://{source_id}.example/feed"]
"""
WORDS = "The harbour council met in the old hall and spoke of boats, nets and the price of ice. " * 8


class Press:
    """`.brings()`, `.polls()`, `.reads()` stage; `.goes_out()` loads and builds it all, with what the watch staged."""

    def __init__(self, home: Path, *source_ids: str) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.settings = Settings(home=home, contact="mailto:tests@example.org", catalogue=home / "sources.toml")
        self.newsroom = Newsroom(self.settings)
        self.sources = list(source_ids)
        self.lists_sources()
        self._count = 0

    def lists_sources(self, *, paused: Sequence[str] = (), absent: Sequence[str] = ()) -> None:
        """Write the catalogue."""
        kept = [source_id for source_id in self.sources if source_id not in absent]
        told = [
            SOURCE.format(source_id=source_id) + ("paused = true\n" if source_id in paused else "")
            for source_id in kept
        ]
        self.settings.catalogue.write_text("".join(told) or "source = []\n", "utf-8")

    def brings(self, source_id: str, moments: Sequence[datetime], *, until: datetime | None = None) -> None:
        """A new item at each of these moments; and a poll that found none at `until`."""
        for at in moments:
            self._count += 1
            self.newsroom.now = at
            self.newsroom.lists(f"https://{source_id}.example/{self._count}", source_id=source_id)
        if until:
            self.polls(source_id, until)

    def polls(self, source_id: str, at: datetime, **changes: Any) -> None:
        """A poll that brings nothing new."""
        told = {"polled_at": at, "answered_at": at, "next_poll_at": at + timedelta(minutes=10), **changes}
        self.newsroom.now = at
        self.newsroom.polls(source_id=source_id, **told)

    def reads(self, source_id: str, at: datetime, *, words: str = WORDS, **said: Any) -> Fetch:
        """A new item and its page."""
        self._count += 1
        url = f"https://{source_id}.example/{self._count}"
        self.newsroom.now = at
        self.newsroom.lists(url, source_id=source_id)
        told = {"published_at": at, "description": "What it says.", "image_url": "https://example.org/a.jpg", **said}
        return self.newsroom.reads(url, f"{self._count} {words}", source_id=source_id, **told)

    def goes_out(self) -> None:
        """What is staged and not held yet."""
        if self.newsroom._rows:
            self.newsroom.seals()
        self.settings.published_file.parent.mkdir(parents=True, exist_ok=True)
        with warehouse(self.settings.published_file) as connection:
            held = {one for (one,) in connection.execute("SELECT batch_id FROM raw.batch").fetchall()}
            owed = [name for name in stage.sealed(self.settings.stage) if name not in held]
            loads(connection, *(stage.open_batch(self.settings.stage, name) for name in owed))
            builds(connection)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.settings.published_file)) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()
