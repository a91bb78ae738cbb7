"""Resident memory of one process while it reads 5,000 real pages: `python bench/memory.py MANIFEST... [--pages N]`.

The manifests' pages go round as often as it takes. A worker of the pool is such a process, and is replaced after 500 pages.
Growth is told against what is held after the first 500, when every model, table and cache is loaded. Linux only.
"""

import argparse
import gc
import gzip
import json
import os
import re
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

from ingest.extract.page import read_and_judge
from ingest.records import Page
from ingest.rules.url import as_found

STEP = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifests", nargs="+", type=Path)
    parser.add_argument("--pages", type=int, default=5_000)
    asked = parser.parse_args()
    named = [
        (
            str(line["id"]),
            as_found(str(line.get("url") or "")) or "https://page.invalid/",
            manifest.parent / line["file"],
        )
        for manifest in asked.manifests
        for line in map(json.loads, filter(str.strip, manifest.read_text("utf-8").split("\n")))
    ]
    print(f"{len(named)} pages, {asked.pages} readings in one process\n")
    print(f"| {'pages':>6} | resident MB | since {STEP} | most MB |\n|---|---|---|---|")
    first = 0.0
    for done, (page_id, url, file) in enumerate(islice(cycle(named), asked.pages), start=1):
        read_and_judge(page(page_id, url, gzip.decompress(file.read_bytes())))
        if done % STEP == 0:
            gc.collect()
            resident = megabytes("VmRSS")
            first = first or resident
            print(
                f"| {done:>6,} | {resident:.0f} | {resident / first - 1:+.1%} | {megabytes('VmHWM'):.0f} |", flush=True
            )


def page(page_id: str, url: str, body: bytes) -> Page:
    return Page(
        fetch_id=page_id,
        entry_id=page_id,
        source_id="bench",
        url=url,
        final_url=url,
        http_charset=None,
        language=None,
        rule=None,
        fetched_at=datetime.now(UTC),
        body=body,
    )


def megabytes(name: str) -> float:
    """A line of /proc/self/status: VmRSS is what is resident now, VmHWM the most that ever was."""
    status = Path(f"/proc/{os.getpid()}/status").read_text("ascii")
    found = re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)
    assert found, f"no {name} in {status}"
    return int(found[1]) / 1000


if __name__ == "__main__":
    main()
