"""The folder of an export: its manifest, and files that are there whole or not at all. What is in the files is elsewhere."""

import errno
import fcntl
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from ingest.durable import put_in_place
from ingest.errors import InputError, NotWritable

Form = Literal["parquet", "csv", "jsonl"]
Kind = Literal["rows", "removed", "state"]

NAME = "manifest.json"
LATEST = "latest.sql"
LOCK = ".lock"
SPILL = ".spill"  # what does not fit into memory while an export runs
FORMAT_VERSION = 1
OWN = {NAME, LATEST, LOCK, SPILL}
CHUNK_BYTES = 1 << 20
# what a system says where no file can be made at all, whoever asks: in /proc, below a file, under too long a name
NOWHERE = {errno.ENOENT, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.EINVAL, errno.ENAMETOOLONG, errno.ELOOP}
# as `_copy` and `erase` name them, finished or not
OUR_NAME = re.compile(
    r"((part|(removed|state)-mart\.\w+)-\d{5,}(-without-\d{5,})?\.(parquet|csv|jsonl)|manifest\.json|latest\.sql)(\.part)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of the set. `path` is relative to the folder; `kind`: rows of the table, keys that are gone, or what the
    next increment compares with."""

    table: str
    kind: Kind
    path: str
    row_count: int
    file_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All that an export holds, consistent by itself: who reads the manifest first reads one state of the warehouse."""

    format_version: int
    form: Form
    has_text: bool
    tables: tuple[str, ...]
    export_number: int  # of the last export into the folder; rows carry the number of the one that wrote them
    since_change_seq: int  # rows changed after it; -1: all
    through_seq: int  # load_seq of the last batch in it
    through_batch_id: str | None
    snapshot_id: str | None
    written_at: str  # ISO 8601, UTC
    version: str  # of the program
    files: tuple[File, ...]

    def of(self, table: str, kind: Kind) -> tuple[File, ...]:
        return tuple(file for file in self.files if (file.table, file.kind) == (table, kind))


def read(folder: Path) -> Manifest | None:
    """The folder's manifest; None where nothing was exported to it. InputError for a folder that holds something else."""
    path = folder / NAME
    if not path.exists():
        strangers = [one.name for one in folder.iterdir() if one.name not in OWN] if folder.is_dir() else []
        if strangers and not all(_is_ours(folder / name) for name in strangers):
            raise InputError(f"{folder} is not empty, and not an export's ({min(strangers)})", "choose another folder")
        return None
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if told["format_version"] != FORMAT_VERSION:
            raise InputError(f"{path} is of format {told['format_version']}, and this version writes {FORMAT_VERSION}")
        files = tuple(File(**one) for one in told.pop("files"))
        return Manifest(**{**told, "tables": tuple(told["tables"])}, files=files)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} cannot be read: {error}", "export to another folder") from None


def seal(folder: Path, manifest: Manifest, *, latest_sql: str | None) -> None:
    """Write the manifest, the last act of an export, and then remove what it does not name."""
    if latest_sql is not None:
        whole(folder / LATEST, lambda path: path.write_text(latest_sql, "utf-8"))
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1) + "\n"
    whole(folder / NAME, lambda path: path.write_text(text, "utf-8"))
    sweep(folder, manifest)


def sweep(folder: Path, manifest: Manifest | None) -> None:
    """Remove files of exports that were replaced, or killed before their manifest."""
    shutil.rmtree(folder / SPILL, ignore_errors=True)
    named = {file.path for file in manifest.files} if manifest else set()
    for path in sorted(folder.rglob("*"), reverse=True):
        relative = path.relative_to(folder).as_posix()
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif relative not in named | OWN and _is_ours(path):
            path.unlink()


def whole(path: Path, write: Callable[[Path], object]) -> None:
    """The file under its name once all of it is on the disk. Raises NotWritable where there can be no file."""
    unfinished = path.with_name(path.name + ".part")
    with _somewhere(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write(unfinished)
        put_in_place(unfinished, path)


def file_of(folder: Path, path: Path, *, table: str, kind: Kind, row_count: int) -> File:
    with path.open("rb") as stream:
        digest = hashlib.sha256()
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return File(
        table=table, kind=kind, path=path.relative_to(folder).as_posix(), row_count=row_count,
        file_bytes=path.stat().st_size, sha256=digest.hexdigest(),
    )  # fmt: skip


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """One export into a folder at a time. Raises NotWritable where there can be no folder."""
    with _somewhere(folder):
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / LOCK).open("a")
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"another export writes to {folder}", "wait for it to end") from None
        yield


@contextmanager
def _somewhere(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in NOWHERE:
            raise
        raise NotWritable(f"{path} cannot be made: {error}", "choose another place") from error


def _is_ours(path: Path) -> bool:
    """By its name: `<table>[/<month>]/part-00001-000.parquet`, finished or not; folders by what is in them."""
    if path.is_dir():
        return all(_is_ours(one) for one in path.iterdir())
    return OUR_NAME.fullmatch(path.name) is not None
