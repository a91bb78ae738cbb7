"""What a job says while it works: log lines as `event key=value`, and progress for whoever watches.

Events are past participles; values are quoted when they hold a space.
"""

import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TextIO

Progress = Callable[[str, int, int], None]  # (what, done, of how many)


def unwatched(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Event:
    """The argument of an event's log record: a text for readers, and name and fields for handlers that count."""

    name: str
    fields: Mapping[str, object]

    def __str__(self) -> str:
        return " ".join([self.name, *(f"{key}={_value(value)}" for key, value in self.fields.items())])


def event(logger: logging.Logger, name: str, /, level: int = logging.INFO, **fields: object) -> None:
    """Log `name` with its fields, e.g. `batch_sealed batch_id=... entry_count=12`."""
    if logger.isEnabledFor(level):
        logger.log(level, "%s", Event(name, fields))


def to_stream(stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """Send `ingest` events to a stream; Airflow does this by itself, the CLI calls it once."""
    target = logging.StreamHandler(stream)
    target.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    logger = logging.getLogger("ingest")
    logger.handlers[:] = [target]
    logger.setLevel(level)
    logger.propagate = False


def _value(value: object) -> str:
    text = str(value)
    return repr(text) if not text or any(mark in text for mark in ' "\n=') else text
