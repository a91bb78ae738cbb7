"""A real `airflow standalone` over a few papers of the demo web: its catalogue, its settings, and the processes at its work."""

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ingest import catalogue_file
from ingest.demo.loopback import free_port
from ingest.demo.standalone import Standalone
from ingest.demo.web import NewsWeb

DAGS = Path(__file__).resolve().parents[1] / "dags"
CATALOGUE = "sources.toml"


def prints(home: Path, web: NewsWeb, papers: Mapping[str, Mapping[str, object]]) -> None:
    """The catalogue of these papers, each with what is other than in the web's own."""
    tables = {one["source_id"]: one for one in tomllib.loads(web.catalogue())["source"]}
    entries = (catalogue_file.entry_text(tables[key] | changes) for key, changes in papers.items())
    (home / CATALOGUE).write_text(web.catalogue().partition("[[source]]")[0] + "\n".join(entries), "utf-8")


def standalone(home: Path) -> Standalone:
    """Not started yet; what it writes is under `home / "data"`, however full the disk is."""
    environ = {
        "INGEST_HOME": str(home / "data"),
        "INGEST_CATALOGUE": str(home / CATALOGUE),
        "INGEST_CONTACT": "mailto:test@example.org",
        "INGEST_ALLOW_NETWORKS": "127.0.0.0/8",
        "INGEST_DISK_PAUSE_BACKFILL_BYTES": "0",
        "INGEST_DISK_PAUSE_CRAWL_BYTES": "0",
    }
    return Standalone(
        home=home, dags=DAGS, port=free_port(), environ=os.environ | environ, open_to_all=False, say=print
    )


def holders(folder: Path) -> set[int]:
    """Processes that have a file below `folder` open."""
    found = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if link.readlink().is_relative_to(folder):
                found.add(int(link.parts[2]))
    return found
