"""Seconds and memory that a sitemap of 50,000 addresses takes, each kind in a process of its own: `python bench/sitemaps.py`.

No network and no warehouse: the files are made here. Memory is the most that the process held above what it held before
it read: the file itself is in it.
"""

import gzip
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import perf_counter, process_time

from ingest.discover.sitemap import SitemapReading, read_sitemap
from ingest.records import Feed

COUNT = 50_000
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FEED = Feed(
    feed_id="news.example/sitemap.xml", source_id="news", url="https://news.example/sitemap.xml", feed_kind="sitemap"
)
NAMES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
IMAGE = "<image:image><image:loc>https://news.example/images/{n}/large.jpg</image:loc></image:image>"
NEWS = (
    "<news:news><news:publication><news:name>News</news:name><news:language>en</news:language></news:publication>"
    "<news:publication_date>{at}</news:publication_date><news:title>Council agrees on bridge number {n}</news:title></news:news>"
)
LOC = "<url><loc>https://news.example/politics/council-agrees-on-bridge-number-{n}</loc><lastmod>{at}</lastmod>{more}</url>\n"
DAY, ALL = timedelta(days=1), timedelta(days=9_000)


def made(more: str, *, blemish: str = "") -> bytes:
    """An entry every three hours, the newest first."""
    rows = (
        LOC.format(n=n, at=at, more=more.format(n=n, at=at))
        for n in range(COUNT)
        for at in [(NOW - n * timedelta(hours=3)).isoformat()]
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NAMES}>{"".join(rows)}{blemish}</urlset>'.encode()


def read(body: bytes, span: timedelta) -> SitemapReading:
    return read_sitemap(
        body, feed=FEED, poll_id="bench", listed_at=NOW, base_url=FEED.url, http_charset=None, since=NOW - span,
        limit_bytes=60_000_000,
    )  # fmt: skip


KINDS = {
    "a day of a plain file": lambda: (made(IMAGE), DAY),
    "a day of a gzipped file": lambda: (gzip.compress(made(IMAGE)), DAY),
    "all of a gzipped file": lambda: (gzip.compress(made(IMAGE)), ALL),
    "all of a gzipped news file": lambda: (gzip.compress(made(NEWS)), ALL),
    "a day of a broken file": lambda: (made(IMAGE, blemish="<url><loc>https://news.example/?a=1&b=2</loc></url>"), DAY),
}


def peak_bytes() -> int:
    """Of this program alone: ru_maxrss begins with what the process that started it held."""
    status = Path("/proc/self/status").read_text("ascii")
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


def measure(path: str, days: float) -> None:
    read(made_small(), DAY)  # imports and tables
    before_bytes = peak_bytes()
    started, started_cpu = perf_counter(), process_time()
    body = Path(path).read_bytes()
    reading = read(body, timedelta(days=days))
    assert reading.outcome == "ok", reading.detail
    print(
        f"{len(body):>12,} {reading.listed_count:>8,} {len(reading.entries):>8,} {reading.parse_route:>9}"
        f" {perf_counter() - started:6.2f} s {process_time() - started_cpu:6.2f} CPU s"
        f" {(peak_bytes() - before_bytes) / 1e6:+7.1f} MB"
    )


def made_small() -> bytes:
    return b"<urlset><url><loc>https://news.example/2026/11/22/a</loc></url></urlset>"


def main() -> None:
    print(f"{'':28} {'bytes':>12} {'listed':>8} {'taken':>8} {'route':>9}")
    for name, make in KINDS.items():
        body, span = make()
        with NamedTemporaryFile(suffix=".xml") as stream:
            stream.write(body)
            stream.flush()
            print(f"{name:28} ", end="", flush=True)
            subprocess.run([sys.executable, __file__, stream.name, str(span / timedelta(days=1))], check=True)


if __name__ == "__main__":
    measure(sys.argv[1], float(sys.argv[2])) if len(sys.argv) > 1 else main()
