"""How results look on a terminal, and to a program that reads them. What is shown is decided by the commands."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import click

from ingest import log

LONGEST_CELL = 300


def as_json(value: object) -> None:
    """One JSON document on stdout; moments in ISO 8601, UUIDs and paths as text."""
    click.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def field(value: object) -> object:
    """A value as CSV has it: lists and maps as JSON."""
    return json.dumps(value, default=_plain, ensure_ascii=False) if isinstance(value, list | dict) else value


def table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, title: str | None = None, is_tight: bool = False
) -> None:
    """A table for people; text from the world cannot steer the terminal. `is_tight`: one space between columns, not two."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(
        title=title,
        title_justify="left",
        box=None,
        header_style="bold",
        pad_edge=False,
        collapse_padding=is_tight,
    )
    for at, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[at], int | float) and not isinstance(row[at], bool) for row in rows)
        # an id is there to be copied, and a day or a number to be read
        is_whole = numeric or (bool(rows) and all(isinstance(row[at], UUID) or type(row[at]) is date for row in rows))
        drawn.add_column(Text(column), justify="right" if numeric else "left", overflow="fold", no_wrap=is_whole)
    for row in rows:
        drawn.add_row(*(Text(_cell(value)) for value in row))
    Console(width=None if sys.stdout.isatty() else 160).print(drawn)


@contextmanager
def progress() -> Iterator[log.Progress]:
    """A progress bar where a person watches, plain log lines where not."""
    if not sys.stderr.isatty():
        log.to_stream()
        yield log.unwatched
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    shown = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    bars: dict[str, Any] = {}
    with shown:

        def step(what: str, done: int, total: int) -> None:
            if what not in bars:
                bars[what] = shown.add_task(what, total=total)
            shown.update(bars[what], completed=done, total=total)

        yield step


def printable(text: str) -> str:
    """Text without control characters: a headline must not move the cursor."""
    return "".join(mark if mark.isprintable() or mark in "\n\t" else "\ufffd" for mark in text)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S%z").removesuffix("+0000") + (
            "Z" if value.utcoffset() is not None else ""
        )
    text = printable(str(value))
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value.isoformat() if isinstance(value, date) else str(value)
