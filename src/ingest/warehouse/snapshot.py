"""Snapshots: published files by name, the earlier ones kept as hard links, and which of them held at a moment."""

import contextlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingest.durable import sync
from ingest.errors import SnapshotMissing, WarehouseMissing
from ingest.warehouse.read import connected

MOMENT = "%Y%m%dT%H%M%S"
NAME = re.compile(r"(?P<second>\d{8}T\d{6})\.(?P<ms>\d{3})Z-\d{6,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A published file that can be opened."""

    snapshot_id: str
    file: Path
    file_bytes: int

    @property
    def published_at(self) -> datetime:
        return moment(self.snapshot_id)


def name(published_at: datetime, load_seq: int) -> str:
    """20261123T021500.250Z-000042: sorts by time, to the millisecond."""
    at = published_at.astimezone(UTC)
    return f"{at:{MOMENT}}.{at.microsecond // 1000:03}Z-{load_seq:06}"


def moment(snapshot_id: str) -> datetime:
    """When a snapshot was published, read off its name."""
    if not (match := NAME.fullmatch(snapshot_id)):
        raise ValueError(snapshot_id)
    second = datetime.strptime(match["second"], MOMENT).replace(tzinfo=UTC)
    return second.replace(microsecond=int(match["ms"]) * 1000)


def name_of(file: Path) -> str | None:
    """What a published file calls itself; None where it cannot say (broken, or of before snapshots had names)."""
    with contextlib.suppress(duckdb.Error), connected(file) as connection:
        ((found,),) = connection.execute("SELECT max(snapshot_id) FROM raw.publish").fetchall()
        return None if found is None else str(found)
    return None


def retire(published: Path, folder: Path, *, keep: int) -> None:
    """Before `published` is replaced: give it a second name in `folder` (no copy), and let go of all but `keep` of these."""
    if keep and published.exists() and (snapshot_id := name_of(published)):
        folder.mkdir(exist_ok=True)
        with contextlib.suppress(FileExistsError):  # a publish was killed after this step
            (folder / f"{snapshot_id}.duckdb").hardlink_to(published)
    earlier = kept(folder)
    for snapshot in earlier[: max(0, len(earlier) - keep)]:
        snapshot.file.unlink()
    if folder.is_dir():
        sync(folder)


def kept(folder: Path) -> list[Snapshot]:
    """Earlier published files, oldest first."""
    files = [path for path in folder.glob("*.duckdb") if NAME.fullmatch(path.stem)]
    return [Snapshot(snapshot_id=path.stem, file=path, file_bytes=path.stat().st_size) for path in sorted(files)]


def standing(published: Path, folder: Path) -> list[Snapshot]:
    """All published files that can be opened, oldest first; the last is the published one. Raises WarehouseMissing."""
    if not published.exists():
        raise WarehouseMissing(
            f"no published warehouse at {published}",
            "run `ingest run` (or `make demo`), or set INGEST_HOME to where it is",
        )
    now = [
        Snapshot(snapshot_id=found, file=published, file_bytes=published.stat().st_size)
        for found in [name_of(published)]
        if found
    ]
    return [*(one for one in kept(folder) if all(one.snapshot_id != other.snapshot_id for other in now)), *now]


def as_of(published: Path, folder: Path, asked: str) -> Snapshot:
    """The snapshot of that name, or the newest published by that time (ISO 8601; UTC where it names no offset)."""
    found = standing(published, folder)
    if NAME.fullmatch(asked):
        chosen = [one for one in found if one.snapshot_id == asked]
    else:
        at = _read_time(asked)
        chosen = [one for one in found if one.published_at <= at]
    if not chosen:
        raise SnapshotMissing(
            f"no snapshot {asked} is kept"
            if NAME.fullmatch(asked)
            else f"no snapshot is kept that was published by {asked}",
            f"kept are: {', '.join(one.snapshot_id for one in found) or 'none'}; INGEST_KEEP_SNAPSHOTS says how many, and"
            " articles_as_of(load_seq) of the newest tells what was known before",
        )
    return chosen[-1]


def _read_time(asked: str) -> datetime:
    try:
        at = datetime.fromisoformat(asked)
    except ValueError:
        raise SnapshotMissing(
            f"{asked!r} is neither a snapshot nor a time",
            "`ingest snapshots` lists them; a time is written 2026-11-23T02:15:00+00:00 or 2026-11-23",
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
