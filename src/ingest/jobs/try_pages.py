"""Try the extractor on stored pages: a manifest in, one JSON line a page out. Nothing is fetched, staged or loaded."""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from ingest.errors import InputError
from ingest.extract.page import read_and_judge
from ingest.extract.pool import by_settings
from ingest.records import Metadata, Page, Rejection, Verdict
from ingest.rules.url import as_found
from ingest.settings import Settings

NOWHERE = "https://page.invalid/article"  # the address of a page whose manifest line names none (RFC 6761 section 6.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrySummary:
    """What became of the pages: `rejected` counts them by reason."""

    page_count: int
    article_count: int
    rejected: dict[str, int]


def run(manifest: Path, out: Path, *, settings: Settings, progress: Callable[[int, int], None]) -> TrySummary:
    """Judge every page of the manifest and write one line each, in its order, rejected ones too.

    A manifest line is a JSON object with `id`, `file` (HTML, or .gz of it, relative to the manifest) and, where known,
    `url`. InputError names the file and the line that cannot be used; it is raised before any page is judged.
    """
    lines = _read(manifest)
    now = datetime.now(UTC)
    rejected: Counter[str] = Counter()
    out.parent.mkdir(parents=True, exist_ok=True)
    with (
        out.open("w", encoding="utf-8") as written,
        by_settings(settings) as pool,
    ):
        for done, (page, answer) in enumerate(pool.run(read_and_judge, _pages(lines, now=now)), start=1):
            verdict, reading = (answer, None) if isinstance(answer, Rejection) else answer
            reason = verdict.reason if isinstance(verdict, Rejection) else None
            if reason:
                rejected[reason] += 1
            written.write(
                json.dumps(_line(page.fetch_id, verdict, reading.text if reading else ""), ensure_ascii=False) + "\n"
            )
            progress(done, len(lines))
    return TrySummary(
        page_count=len(lines), article_count=len(lines) - rejected.total(), rejected=dict(rejected.most_common())
    )


def _read(manifest: Path) -> list[tuple[str, str, Path]]:
    """Id, address and file of each line."""
    try:
        text = manifest.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{manifest} cannot be read: {error}", "name a manifest: one JSON object a line") from None
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{manifest}, line {number}"
        try:
            entry = json.loads(line)
            page_id, name = entry["id"], entry["file"]
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{where}: {type(error).__name__}: {error}", 'it needs at least "id" and "file"') from None
        file = manifest.parent / str(name)
        if not file.is_file():
            raise InputError(f"{where}: no file {file}", "files are relative to the manifest")
        found.append((str(page_id), as_found(str(entry.get("url") or "")) or NOWHERE, file))
    return found


def _pages(lines: list[tuple[str, str, Path]], *, now: datetime) -> Iterator[Page]:
    for page_id, address, file in lines:
        yield Page(
            fetch_id=page_id,
            entry_id=page_id,
            source_id="try",
            url=address,
            final_url=address,
            http_charset=None,
            language=None,
            rule=None,
            fetched_at=now,
            body=_body(file),
        )


def _body(file: Path) -> bytes:
    if file.suffix != ".gz":
        return file.read_bytes()
    try:
        return gzip.decompress(file.read_bytes())
    except (OSError, EOFError) as error:
        raise InputError(f"{file} is no gzip file: {error}", "it is named .gz") from None


def _line(page_id: str, verdict: Verdict, text: str) -> dict[str, Any]:
    return {
        "id": page_id,
        "text": text,
        "title": verdict.title,
        "authors": list(verdict.authors),
        "published_at": as_published(verdict),
        "published_precision": verdict.published_precision,
        "language": verdict.language,
        "tags": list(verdict.tags),
        "image_url": verdict.image_url,
        "rejected": verdict.reason if isinstance(verdict, Rejection) else None,
    }


def as_published(found: Metadata) -> str | None:
    """ISO 8601 in the page's own offset; the date alone where no more is known."""
    if found.published_at is None:
        return None
    if found.published_precision == "day":
        return found.published_at.date().isoformat()
    return found.published_at.astimezone(timezone(timedelta(seconds=found.published_offset_s or 0))).isoformat()
