"""Which files an address means (one, a folder, a pattern, a list of paths), the newest first, and the day in a name.

Nothing of the files is read here, but for lists of paths.
"""

import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from urllib.parse import urljoin, urlsplit

from ingest.history import Ended, Part
from ingest.inputs.bucket import BUCKET
from ingest.inputs.piece import Interrupted
from ingest.inputs.place import WEB, Place

PATHS = re.compile(r"\.paths(?:\.txt)?(?:\.gz)?$", re.IGNORECASE)  # `warc.paths.gz`, as Common Crawl lists a month
# Paths in such lists begin at the bucket's root, and a list that was downloaded has lost it.
ROOTS = {"crawl-data/": "https://data.commoncrawl.org/", "cc-index/": "https://data.commoncrawl.org/"}
LIST_LIMIT_BYTES = 268_435_456  # unpacked: a main crawl of Common Crawl has 100,000 paths, in 14 MB
# CC-NEWS-20250101020153-00001.warc.gz; 2025-01-01; 20250101. A day of a longer number is none.
DAY = re.compile(
    r"(?<!\d)(?P<year>19\d\d|20\d\d)(?P<mark>[-_.]?)(?P<month>\d\d)(?P=mark)(?P<day>\d\d)(?=\d{6}(?!\d)|(?!\d))"
)
MOMENT = re.compile(r"(?<!\d)(?:19|20)\d{12}(?!\d)")


def parts(address: str, *, place: Place, endings: Iterable[str]) -> Iterator[Part | Ended]:
    """The files of an address, those of folders and lists by their endings; Ended where it cannot be read or has none."""
    try:
        names = _names(address, place, tuple(endings))
        sizes = [place.size_bytes(names[0])] if names == [address] else None
    except Interrupted as stop:
        yield Ended(position=0, outcome=stop.outcome, detail=stop.detail, not_before_at=stop.not_before_at)
        return
    if not names:
        yield Ended(position=0, outcome="missing", detail=f"no file in {address}", not_before_at=None)
    for name in sorted(names, key=_newness, reverse=True):
        yield Part(address=name, part_on=day_of(name), size_bytes=sizes[0] if sizes else _size(name, place))


def day_of(name: str) -> date | None:
    """The day in a file's name: the last one there, since folders stand before it."""
    for found in reversed(list(DAY.finditer(name))):
        try:
            return date(int(found["year"]), int(found["month"]), int(found["day"]))
        except ValueError:
            continue
    return None


def _names(address: str, place: Place, endings: tuple[str, ...]) -> list[str]:
    found = place.names(address)
    if found is not None:
        return [name for name in found if name.lower().endswith(endings)]
    if PATHS.search(address):
        return list(dict.fromkeys(_listed(address, place)))
    return [address]


def _listed(address: str, place: Place) -> Iterator[str]:
    text = _unpacked(place.whole(address)).decode("utf-8", "replace")
    for line in text.splitlines():
        path = line.strip()
        if path and not path.startswith("#"):
            yield resolved(path, address)


def resolved(path: str, address: str) -> str:
    """Where a file is that the one at `address` names: absolute as it is; below the root that the list's own address shows;
    Common Crawl's; else beside it. What comes from elsewhere names no file of this machine.
    """
    is_far = address.startswith((*WEB, BUCKET))
    if path.startswith((*WEB, BUCKET)) or (path.startswith(("/", "file:")) and not is_far):
        return path
    path = urlsplit(path).path if path.startswith("file:") else path
    top = path.partition("/")[0] + "/"
    root, has_top, _ = address.partition(f"/{top}")
    if top != "/" and has_top and is_far:
        return f"{root}/{path}"
    if top in ROOTS:
        return ROOTS[top] + path
    if address.startswith(WEB):
        return urljoin(address, path)
    return f"{address.rpartition('/')[0] or '.'}/{path.lstrip('/')}"


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            text = file.read(LIST_LIMIT_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise Interrupted("unreadable", f"a list of paths whose gzip is broken: {error}") from error
    return text


def _size(name: str, place: Place) -> int | None:
    """Of many files none is visited for its size alone, and one that is gone says so when it is read."""
    if name.startswith((*WEB, BUCKET)):
        return None
    try:
        return place.size_bytes(name)
    except Interrupted:
        return None


def _newness(name: str) -> tuple[str, str]:
    moments = MOMENT.findall(name)
    on = day_of(name)
    return (moments[-1] if moments else on.strftime("%Y%m%d") if on else "", name)
