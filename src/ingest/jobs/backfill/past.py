"""What all steps of a backfill share: the look at the past, the sources of a request, and the lock on a part."""

import fcntl
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from ingest.errors import BatchCorrupt, BatchTooNew
from ingest.history import Request
from ingest.log import event
from ingest.records import Batch, Source
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.warehouse.requests import Requests
from ingest.warehouse.state import STATE_TABLES, CrawlState, open_state

logger = logging.getLogger(__name__)


@contextmanager
def open_past(settings: Settings, *, now: datetime) -> Iterator[tuple[CrawlState, Requests]]:
    """What crawls and backfills know, from one look at what is published and what is sealed."""

    def pending(held: set[str]) -> list[Batch]:
        found = []
        for batch_id in stage.sealed(settings.stage):
            if batch_id not in held:
                try:
                    found.append(stage.open_batch(settings.stage, batch_id, tables=STATE_TABLES))
                except (BatchCorrupt, BatchTooNew) as error:  # the loader deals with it
                    event(logger, "batch_passed_over", logging.WARNING, batch_id=batch_id, finding=error)
        return found

    with open_state(settings.state_file, pending, now=now) as state:
        yield state, Requests(state, now=now)


def sources_of(request: Request, sources: Sequence[Source]) -> list[Source]:
    """The sources that a request is for; none where its own left the catalogue."""
    return [source for source in sources if request.source_id in (None, source.source_id)]


class PartLocks:
    """Parts that nobody else is at work on, and nobody else will be, until this is closed."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.home / "backfill"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._files: dict[str, IO[str]] = {}

    @property
    def part_ids(self) -> set[str]:
        return set(self._files)

    def take(self, part_id: str) -> bool:
        """Whether the part is ours from now on."""
        if part_id not in self._files and (file := _locked(self._path(part_id))):
            self._files[part_id] = file
        return part_id in self._files

    def close(self) -> None:
        for part_id, file in self._files.items():
            self._path(part_id).unlink(missing_ok=True)
            file.close()
        self._files.clear()

    def _path(self, part_id: str) -> Path:
        return self._folder / f"{part_id}.lock"


def _locked(path: Path) -> IO[str] | None:
    """The open file, locked; None where another holds it, or just let go of it."""
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.exists() and path.stat().st_ino == os.fstat(file.fileno()).st_ino:
            return file
    except BlockingIOError:
        pass
    file.close()
    return None
