"""Lists of addresses as an input: text, CSV, JSON lines or Parquet, with what they say of each article.

How a file becomes rows is read elsewhere; the pages are fetched from their publishers.
"""

from collections.abc import Callable, Iterator

from ingest.history import Ended, Fault, Found, Part, Told
from ingest.inputs import named
from ingest.inputs.lines import CutShort
from ingest.inputs.piece import Interrupted
from ingest.inputs.place import Place
from ingest.inputs.row import text_of
from ingest.inputs.table import BadRow, Numbered, Unreadable, rows
from ingest.inputs.tally import Tally
from ingest.rules.url import as_found

ENDINGS = (
    ".txt", ".txt.gz", ".csv", ".csv.gz", ".tsv", ".tsv.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".parquet",
)  # fmt: skip
NONE_AMONG = 1_000  # rows without a single address: the file is something else
DETAIL_LIMIT_CHARS = 200


def parts(address: str, *, place: Place) -> Iterator[Part | Ended]:
    """Lists: one, or those of a folder or a pattern."""
    return named.parts(address, place=place, endings=ENDINGS)


def read(part: Part, *, position: int, place: Place, is_wanted: Callable[[str], bool]) -> Iterator[Told]:
    """What the list holds behind row or line `position`."""
    tally = Tally(position)
    found_count = bad_count = 0
    try:
        with place.open(part.address) as file:
            for numbered in rows(file, position=position):
                tally.position = numbered.position
                told = _told(numbered)
                if isinstance(told, Fault):
                    bad_count += 1
                    if bad_count > NONE_AMONG and not found_count and not position:
                        yield from tally.ended("unreadable", f"no address in {bad_count} rows")
                        return
                elif not is_wanted(told.url):
                    found_count += 1
                    tally.outside_count += 1
                    yield from tally.now_and_then()
                    continue
                else:
                    found_count += 1
                yield told
            yield from tally.ended("ok", None)
    except CutShort as error:
        yield Fault(position=tally.position, reason="truncated", detail=str(error)[:DETAIL_LIMIT_CHARS])
        yield from tally.ended("cut_short", str(error)[:DETAIL_LIMIT_CHARS])
    except Unreadable as error:
        yield from tally.ended("unreadable", str(error))
    except Interrupted as stop:
        yield from tally.interrupted(stop)


def _told(numbered: Numbered) -> Found | Fault:
    row, columns, position = numbered.row, numbered.columns, numbered.position
    if isinstance(row, BadRow):
        return Fault(position=position, reason=row.reason, detail=row.detail)
    said = text_of(row, "url", columns)
    url = as_found(f"https://{said}" if said and said.startswith("www.") else said) if said else None
    if url is None:
        told = f"row {position}: {said!r} is no address" if said else f"row {position} has no address"
        return Fault(position=position, reason="no_address", detail=told[:DETAIL_LIMIT_CHARS])
    return Found(
        position=position,
        url=url,
        published_raw=text_of(row, "published", columns),
        modified_raw=text_of(row, "modified", columns),
        title=text_of(row, "title", columns),
        language=text_of(row, "language", columns),
        captured_at=None,
        capture=None,
        pointer=None,
    )
