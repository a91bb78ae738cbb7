"""A publisher's whole archive: an index of 500 sitemaps of 50,000 addresses each, of which a backfill wants one day.

    .venv/bin/python bench/large_archive.py [--files 500] [--addresses 50000]

A process of its own serves it on 127.0.0.1, a file made when it is asked for. Every file lists one page of the wanted day among
pages of twenty other years; one is cut off in the middle, one is a page of HTML, one is not there. What is told is of the process
that reads: its time, its memory at tenths of the run, and what became of all that was listed.
"""

import argparse
import gzip
import multiprocessing
import resource
import tempfile
import time
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from multiprocessing.connection import Connection
from pathlib import Path

from backfill import Watch, cpu_s, row
from ingest.jobs import backfill, build, load, publish
from ingest.settings import Settings
from ingest.warehouse.read import reader

WANTED_ON = date(2025, 3, 14)
OTHER_DAYS = [f"{date(2001, 1, 1) + timedelta(days=number)}" for number in range(20 * 365)]
CUT, HTML, MISSING = 3, 5, 7  # numbers of the files that are faulty
HEAD = '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
PAGE = """<!doctype html><html lang="en"><head><title>{title}</title><meta property="article:published_time"
content="2025-03-14T09:00:00Z"></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"""
WORDS = "The harbour board of town {number} met on Friday and put off the vote on dredging part {part} of the channel."
FAULTS = """
SELECT string_split(part_address, '/')[-1] || ': ' || outcome, coalesce(detail, '') || ', ' || found_count || ' listed'
FROM mart.backfill_part WHERE is_unread ORDER BY part_address
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--addresses", type=int, default=50_000)
    given = parser.parse_args()
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(given.files, given.addresses, there), daemon=True
    )
    server.start()
    with tempfile.TemporaryDirectory(prefix="ingest-sitemap-") as folder:
        bring_in(Path(folder), here.recv(), given.files, given.addresses)
    server.kill()


def serve(files: int, addresses: int, told: Connection) -> None:
    class Site(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            origin = f"http://127.0.0.1:{self.server.server_address[1]}"
            status, kind, body = answer(self.path, origin, files, addresses)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as site:
        told.send(f"http://127.0.0.1:{site.server_address[1]}")
        site.serve_forever()


def answer(path: str, origin: str, files: int, addresses: int) -> tuple[int, str, bytes]:
    name = path.rpartition("/")[2]
    if path == "/sitemap.xml":
        parts = "".join(f"<sitemap><loc>{origin}/sitemap-{number}.xml.gz</loc></sitemap>" for number in range(files))
        return 200, "application/xml", f"{HEAD.replace('urlset', 'sitemapindex')}{parts}</sitemapindex>".encode()
    if name.startswith("sitemap-"):
        number = int(name.removeprefix("sitemap-").removesuffix(".xml.gz"))
        body = gzip.compress(listed(origin, number, addresses), 1)
        match number:
            case n if n == MISSING:
                return 404, "text/html", b"Not found"
            case n if n == HTML:
                return 200, "text/html", b"<html><body>Our archive has moved</body></html>"
            case n if n == CUT:
                return 200, "application/gzip", body[: len(body) // 2]
        return 200, "application/gzip", body
    if name.startswith("story-"):
        number = int(name.removeprefix("story-"))
        paragraphs = "".join(f"<p>{WORDS.format(number=number, part=part)}</p>" for part in range(12))
        return 200, "text/html", PAGE.format(title=f"Vote on channel {number}", paragraphs=paragraphs).encode()
    return 404, "text/plain", b"Not found"


def listed(origin: str, number: int, addresses: int) -> bytes:
    lines = [HEAD]
    for place in range(addresses):
        one = number * addresses + place
        day = f"{WANTED_ON}" if place == number % addresses else OTHER_DAYS[one % len(OTHER_DAYS)]
        lines.append(f"<url><loc>{origin}/{day.replace('-', '/')}/story-{one}</loc><lastmod>{day}</lastmod></url>")
    return "\n".join([*lines, "</urlset>"]).encode()


def bring_in(home: Path, origin: str, files: int, addresses: int) -> None:
    catalogue = home / "sources.toml"
    catalogue.write_text(
        f'[[source]]\nsource_id = "archive"\nname = "Archive"\nhome_url = "{origin}/"\ncountry = "GB"\nlanguage = "en"\n'
        f'sitemaps = ["{origin}/sitemap.xml"]\nhost_delay_s = 0.0\n',
        "utf-8",
    )
    settings = Settings(
        home=home / "data", catalogue=catalogue, contact="mailto:bench@example.org", allow_networks=(ip_network("127.0.0.0/8"),),
        disk_pause_backfill_bytes=0, disk_pause_crawl_bytes=0,
    )  # fmt: skip
    backfill.request(
        settings, source_ids=["archive"], input_kind="sitemap", input_address=None, from_on=WANTED_ON, to_on=WANTED_ON
    )
    seen_mb: list[float] = []
    began, began_cpu = time.perf_counter(), cpu_s()
    with Watch(seen_mb):
        told = [backfill.run(settings, work=work).as_dict() for work in backfill.plan(settings, on=None)]
    ran_s, ran_cpu_s = time.perf_counter() - began, cpu_s() - began_cpu
    load.run(settings)
    build.run(settings)
    publish.run(settings)
    row("", "")
    row("---", "---")
    row("sitemaps, addresses", f"{files:,}, {files * addresses:,}")
    row("seconds", round(ran_s))
    row("CPU s of the reader", round(ran_cpu_s))
    row("CPU µs an address", 1e6 * ran_cpu_s / (files * addresses))
    if seen_mb:
        tenths = (seen_mb[len(seen_mb) * number // 10] for number in range(10))
        row("MB resident, at tenths of the run", ", ".join(str(round(seen)) for seen in tenths))
    row("most MB", round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
    for name in ("listed", "fetched", "extracted"):
        row(name, sum(one[name] for one in told))
    with reader(settings.published_file) as connection:
        for faults in connection.execute(FAULTS).fetchall():
            row(*faults)


if __name__ == "__main__":
    main()
