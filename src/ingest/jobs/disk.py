"""Disk: whether there is room to go on, and what pauses first where there is not. Nothing is deleted here."""

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ingest.log import event
from ingest.settings import Settings

logger = logging.getLogger(__name__)
Pressure = Literal["none", "pause_backfill", "pause_crawl"]
PAUSED = {"pause_backfill": "backfill", "pause_crawl": "backfill and crawling"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """What is free where the system writes, what is kept free for the next publish, and what each step must find."""

    pressure: Pressure
    free_bytes: int
    publish_bytes: int
    backfill_needs_bytes: int
    crawl_needs_bytes: int

    @property
    def told(self) -> str:
        """One sentence for a person; empty where there is room."""
        if self.pressure == "none":
            return ""
        needed = self.crawl_needs_bytes if self.pressure == "pause_crawl" else self.backfill_needs_bytes
        return (
            f"{PAUSED[self.pressure]} paused: {_gb(self.free_bytes)} free, {_gb(needed)} needed"
            f" ({_gb(self.publish_bytes)} of it for the next publish); make room, and work goes on by itself"
        )


def measure(settings: Settings) -> Disk:
    """The disk of INGEST_HOME now. A publish needs a second copy of the warehouse and of the crawl state for a moment."""
    home = settings.home.absolute()
    free_bytes = shutil.disk_usage(next(place for place in (home, *home.parents) if place.is_dir())).free
    publish_bytes = sum(map(_size, (settings.writer_file, settings.state_file)))
    crawl_needs_bytes = settings.disk_pause_crawl_bytes + publish_bytes
    backfill_needs_bytes = max(settings.disk_pause_backfill_bytes, settings.disk_pause_crawl_bytes) + publish_bytes
    pressure: Pressure = "none"
    if free_bytes < crawl_needs_bytes:
        pressure = "pause_crawl"
    elif free_bytes < backfill_needs_bytes:
        pressure = "pause_backfill"
    return Disk(
        pressure=pressure,
        free_bytes=free_bytes,
        publish_bytes=publish_bytes,
        backfill_needs_bytes=backfill_needs_bytes,
        crawl_needs_bytes=crawl_needs_bytes,
    )


def pressure(settings: Settings) -> Pressure:
    """What must pause now; says so as an error in the log. What is staged is still loaded and published while it fits."""
    disk = measure(settings)
    if disk.pressure != "none":
        event(
            logger,
            "disk_low",
            logging.ERROR,
            folder=settings.home,
            free_bytes=disk.free_bytes,
            backfill_needs_bytes=disk.backfill_needs_bytes,
            crawl_needs_bytes=disk.crawl_needs_bytes,
            paused=PAUSED[disk.pressure],
        )
    return disk.pressure


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _gb(size: int) -> str:
    return f"{size / 1e9:.2f} GB"
