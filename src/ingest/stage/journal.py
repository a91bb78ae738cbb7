"""The journal file beside the batches: the order in which they were loaded, so that a lost warehouse can be replayed.

One JSON line a verdict, appended and synced *before* the warehouse commits: a line without a commit is a load that is
still owed, and keeps its place in the order. A line that a kill tore is not a line.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from ingest.durable import sync

JOURNAL = "journal.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`load_seq` is the batch's place in the order; 0 for one that was quarantined before it had any.

    A batch that was released from quarantine gets a place at the end when it is loaded.
    """

    load_seq: int
    batch_id: str
    verdict: Literal["loaded", "quarantined", "released"]
    finding: str
    schema_version: int
    ingest_version: str
    written_at: str


def read(stage: Path) -> dict[str, Line]:
    """The last line written of each batch, in the order of `load_seq`."""
    path = stage / JOURNAL
    text = path.read_text("utf-8") if path.exists() else ""
    lines = [Line(**json.loads(line)) for line in text.splitlines(keepends=True) if line.endswith("\n")]
    last = {line.batch_id: line for line in lines}
    return {line.batch_id: line for line in sorted(last.values(), key=lambda line: line.load_seq)}


def next_seq(lines: Iterable[Line]) -> int:
    return max((line.load_seq for line in lines), default=0) + 1


def append(stage: Path, line: Line) -> None:
    """Append and sync one line; a torn line before it is cut off first."""
    path = stage / JOURNAL
    stage.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        size_bytes = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size_bytes - 1))
        if stream.read() not in (b"", b"\n"):
            stream.seek(0)
            stream.truncate(stream.read().rfind(b"\n") + 1)
        stream.write(json.dumps(asdict(line)).encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    if not size_bytes:
        sync(stage)  # the file is new: so must its name be


def line(batch: str, *, load_seq: int, schema_version: int, version: str, now: datetime, finding: str = "") -> Line:
    """A verdict on a batch: loaded, or quarantined where there is a finding."""
    return Line(
        load_seq=load_seq,
        batch_id=batch,
        verdict="quarantined" if finding else "loaded",
        finding=finding,
        schema_version=schema_version,
        ingest_version=version,
        written_at=now.isoformat(),
    )


def reword(stage: Path, findings: Mapping[str, str]) -> None:
    """Put other words for the findings of these batches, at once: a finding may quote what is to be erased."""
    path = stage / JOURNAL
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines(keepends=True) if line.endswith("\n")]
    worded = [
        line | {"finding": findings[line["batch_id"]]} if line["batch_id"] in findings else line for line in lines
    ]
    if worded != lines:
        part = stage / f"{JOURNAL}.part"
        part.write_text("".join(json.dumps(line) + "\n" for line in worded), "utf-8")
        sync(part)
        part.replace(path)
        sync(stage)
