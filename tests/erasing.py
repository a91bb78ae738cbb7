"""A newsroom with one marked article, whose words lie wherever words can lie; and a search of all files for them."""

import gzip
import zlib
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet

from ingest.fetch.archive import ArchiveWriter
from ingest.fetch.response import Response
from ingest.jobs import build, export, load, publish
from ingest.records import Fetch
from ingest.settings import Settings
from newsroom import Newsroom

MARK = "zyxquillmark"
MARKED = f"https://daily.example/news/{MARK}-of-the-harbour"
ALIAS = f"https://daily.example/mobile/{MARK}"
OTHER, COPY, FAR = "https://daily.example/other", "https://weekly.example/copy", "https://weekly.example/far"
AUTHOR = f"Ada {MARK.title()}"
TEXT = "The find lay in the harbour, said the council that met in the old hall of boats and nets and ropes. " * 4
PLAIN = "The school has a new roof, and the teachers say that it is as dry as it ever was in there. " * 4
SAID = {
    "title": f"{MARK} found", "description": f"A {MARK}.", "authors": (AUTHOR,), "section": MARK, "tags": (MARK,),
    "image_url": f"https://daily.example/{MARK}.jpg", "image_caption": f"The {MARK} at dawn",
    "evidence": {"title": MARK},
}  # fmt: skip
LISTED = {
    "title": f"{MARK} found",
    "summary": f"What a {MARK}!",
    "guid": MARK,
    "tags": (MARK,),
    "authors": (f"By {AUTHOR}",),
}


class Archive:
    """`.keeps()` pages of fetches in one WARC file, and says where."""

    def __init__(self, settings: Settings) -> None:
        self._raw = settings.raw
        self._count = 0

    def keeps(self, newsroom: Newsroom, *fetches: Fetch, orphan: str | None = None, day: str = "2026-11-22") -> str:
        """`orphan`: the address of a page that no batch tells of, since its crawl was killed."""
        self._count += 1
        path = f"kept/{day}/{self._count:08}.warc.gz"
        with ArchiveWriter(self._raw / path) as archive:
            if orphan:
                archive.add(_response(orphan, orphan, newsroom.now), record_id="00000000-0000-4000-8000-000000000000")
            for fetch in fetches:
                offset = archive.add(_response(fetch.url, f"page {fetch.url}", newsroom.now), record_id=fetch.fetch_id)
                kept = replace(fetch, archive_path=path, archive_offset=offset)
                newsroom._rows["fetch"] = [kept if row == fetch else row for row in newsroom._rows["fetch"]]
        return path


def _response(url: str, text: str, at) -> Response:
    body = f"<html><body>{text}</body></html>".encode()
    return Response(
        url=url, final_url=url, hops=(), moved_to=None, outcome="ok", detail=None, http_status=200, is_tls_verified=None,
        headers=(("Content-Type", "text/html"),), body=body, wire_bytes=len(body), elapsed_ms=1, fetched_at=at,
    )  # fmt: skip


def stages(newsroom: Newsroom, settings: Settings) -> None:
    """The marked article with an alias, two revisions, a copy elsewhere, others, and a batch that is quarantined.

    Its first text is the copy's, too, and not marked; its pages, its second text and all else are.
    """
    archive = Archive(settings)
    newsroom.lists(MARKED, **LISTED)
    newsroom.lists(OTHER)
    newsroom.lists(COPY, FAR, source_id="weekly")
    newsroom.seals()
    marked = newsroom.reads(MARKED, TEXT, canonical_url=MARKED, **SAID)
    newsroom._rows["extraction"][-1] = replace(
        newsroom._rows["extraction"][-1], links=(f"https://daily.example/{MARK}/more",)
    )
    other = newsroom.reads(OTHER, PLAIN)
    far = newsroom.reads(FAR, PLAIN.replace("school", "chapel").replace("teachers", "monks") * 2, source_id="weekly")
    archive.keeps(newsroom, marked, other, far, orphan=MARKED)
    newsroom.seals()
    again, other = newsroom.reads(MARKED, TEXT + f"More {MARK}.", **SAID), newsroom.reads(OTHER, PLAIN + "Still.")
    archive.keeps(newsroom, other, again)
    newsroom.lists(ALIAS, **LISTED)
    newsroom.reads(ALIAS, TEXT, canonical_url=MARKED, **SAID)
    newsroom.rejects(MARKED, "consent_wall", title=MARK, authors=(AUTHOR,))
    newsroom.seals()
    newsroom.lists(COPY, source_id="weekly", title="A find")
    newsroom.reads(COPY, TEXT, source_id="weekly")
    newsroom.seals()
    newsroom.reads(MARKED, " ", **SAID)  # fails a check
    newsroom.fails(OTHER, "timeout")
    newsroom.seals()


def publishes(newsroom: Newsroom, settings: Settings) -> None:
    if newsroom._rows:
        newsroom.seals()
    load.run(settings)
    build.run(settings)
    publish.run(settings)


def exports(settings: Settings) -> None:
    for form in ("parquet", "jsonl"):
        export.run(settings, settings.home / "export" / form, form=form, tables=("mart.article", "mart.ledger"))


def holding(home: Path, mark: str = MARK) -> list[str]:
    """Files that hold the mark, as it is or in any way that they are compressed."""
    return sorted(
        path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file() and _holds(path, mark.encode())
    )


def _holds(path: Path, mark: bytes) -> bool:
    raw = path.read_bytes()
    return any(mark in text.lower() for text in (path.name.encode(), raw, *_decoded(path, raw)))


def _decoded(path: Path, raw: bytes) -> list[bytes]:
    if raw[:2] == b"\x1f\x8b":
        return [_unzipped(raw)]
    if raw[:4] == b"PAR1":
        return [repr(parquet.read_table(path).to_pylist()).encode()]
    if raw[8:12] == b"DUCK":
        return [_all_rows(path)]
    return []


def _unzipped(raw: bytes) -> bytes:
    try:
        return gzip.decompress(raw)
    except (EOFError, zlib.error):  # torn
        return zlib.decompressobj(31).decompress(raw)


def _all_rows(path: Path) -> bytes:
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal"
        ).fetchall()
        return b"".join(repr(connection.execute(f"FROM {name}").fetchall()).encode() for (name,) in names)


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
