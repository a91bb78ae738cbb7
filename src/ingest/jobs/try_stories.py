"""Try stories: articles of a file go through the warehouse's own tables and code, in batches; nothing else is touched."""

import gzip
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import duckdb

from ingest.errors import InputError
from ingest.records import NOTHING, Extraction, Fetch
from ingest.rules.fingerprint import content_hash, word_count
from ingest.rules.moment import read_moment
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.warehouse import build, load, writer

EXTRACTOR = "given"
STORIES = """
SELECT article.url, first.url AS story_url
FROM core.story_article AS joined
JOIN core.article AS article ON article.article_id = joined.article_id
JOIN core.article AS first ON first.article_id = joined.story_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoriesSummary:
    """What became of the articles; `story_count` counts those of more than one article."""

    article_count: int
    story_count: int
    alone_count: int


def run(
    articles: Path,
    out: Path,
    *,
    settings: Settings,
    batch: int,
    shuffle: int | None,
    progress: Callable[[int, int], None],
) -> StoriesSummary:
    """Find the stories among the articles and write a JSON line `article_id`, `story_id` each, in the file's order.

    A line is a JSON object with `article_id`, `source_id`, `text` and, where known, `title` and `published_at`.
    InputError names the file and the line that cannot be used.
    """
    given = _read(articles)
    order = list(range(len(given)))
    if shuffle is not None:
        random.Random(shuffle).shuffle(order)  # noqa: S311
    with TemporaryDirectory(prefix="ingest-stories-") as folder:
        home = replace(settings, home=Path(folder))
        now = datetime.now(UTC)
        with writer.lock(home.writer_file), writer.connect(home.writer_file, now=now) as connection:
            for start in range(0, len(order), batch):
                part = [given[place] for place in order[start : start + batch]]
                _load(connection, home, part, load_seq=start // batch + 1, now=now)
                build.build(connection, story_batch=settings.story_batch)
                progress(min(start + batch, len(order)), len(order))
            story_of = dict(connection.execute(STORIES).fetchall())
    out.parent.mkdir(parents=True, exist_ok=True)
    names = {_url(one): str(one["article_id"]) for one in given}
    with out.open("w", encoding="utf-8") as written:
        for one in given:
            line = {"article_id": one["article_id"], "story_id": names[story_of[_url(one)]]}
            written.write(json.dumps(line, ensure_ascii=False) + "\n")
    sizes: dict[str, int] = {}
    for story in story_of.values():
        sizes[story] = sizes.get(story, 0) + 1
    alone_count = sum(size == 1 for size in sizes.values())
    return StoriesSummary(article_count=len(given), story_count=len(sizes) - alone_count, alone_count=alone_count)


def _read(articles: Path) -> list[Mapping[str, Any]]:
    try:
        body = articles.read_bytes()
        text = (gzip.decompress(body) if articles.suffix == ".gz" else body).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"{articles} cannot be read: {error}", "name a file of one JSON object a line") from None
    return list(_checked(articles, text))


def _checked(articles: Path, text: str) -> Iterator[Mapping[str, Any]]:
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{articles}, line {number}"
        try:
            one = json.loads(line)
            missing = [name for name in ("article_id", "source_id", "text") if not isinstance(one.get(name), str)]
        except (ValueError, AttributeError) as error:
            raise InputError(f"{where} is no JSON object: {error}", "one JSON object a line") from None
        if missing:
            raise InputError(f"{where}: no text in {', '.join(missing)}", "a line needs article_id, source_id and text")
        if one["article_id"] in seen:
            raise InputError(f"{where}: article_id {one['article_id']!r} is there twice", "an article is one line")
        seen.add(one["article_id"])
        yield one


def _url(one: Mapping[str, Any]) -> str:
    return f"urn:article:{one['article_id']}"


def _load(
    connection: duckdb.DuckDBPyConnection,
    home: Settings,
    part: Sequence[Mapping[str, Any]],
    *,
    load_seq: int,
    now: datetime,
) -> None:
    """A batch of pages, as a crawl would have sealed it."""
    rows = [_rows(one, now) for one in part]
    sealed = stage.seal(
        home.stage,
        batch_kind="pages",
        rows={"fetch": [fetch for fetch, _ in rows], "extraction": [extraction for _, extraction in rows]},
        now=now,
        token=f"{load_seq:08x}",
    )
    load.load(connection, sealed, load_seq=load_seq, version=EXTRACTOR, now=now)


def _rows(one: Mapping[str, Any], now: datetime) -> tuple[Fetch, Extraction]:
    url, source_id, text = _url(one), one["source_id"], one["text"]
    identity = str(uuid5(NAMESPACE_URL, url))
    moment = read_moment(str(one.get("published_at") or ""), now=now)
    said = replace(
        NOTHING,
        title=one.get("title") or None,
        language=one.get("language"),
        published_at=moment.at if moment else None,
        published_precision=moment.precision if moment else None,
        published_evidence="meta" if moment else None,
    )
    fetch = Fetch(
        fetch_id=identity, entry_id=identity, source_id=source_id, feed_id=source_id, purpose="new", attempt=1, host=source_id,
        url=url, final_url=url, modified_at=None, fetched_at=now, outcome="ok", detail=None, http_status=200, content_type=None,
        etag=None, last_modified=None, body_hash=None, wire_bytes=0, body_bytes=0, elapsed_ms=0, robots=None, optouts=(),
        is_tls_verified=None, moved_to=None, archive_path=None, archive_offset=None, not_before_at=None, next_attempt_at=None,
        ingested_at=None, capture_address=None, capture_record_id=None, capture_digest=None,
    )  # fmt: skip
    extraction = Extraction(
        **asdict(said), fetch_id=identity, entry_id=identity, source_id=source_id, url=url, fetched_at=now, extractor=EXTRACTOR,
        extractor_version="1", rule_hash=None, record_hash=identity, extract_ms=0, article_id=identity, canonical_url=url,
        canonical_evidence="listed-url", text=text, content_hash=content_hash(text), word_count=word_count(text), links=(),
    )  # fmt: skip
    return fetch, extraction
