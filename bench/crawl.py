"""What crawling costs, over a web of many hosts on this machine whose pages are real ones.

    .venv/bin/python bench/crawl.py [--hosts 64] [--pages 30] [--made]

The web is a process of its own, with an address (127.0.x.y) a host, and answers as fast as it can; no host wants a rest.
Each measurement is a process of its own too, and tells its own CPU time apart from that of its workers. Pages are those
of ../shared/data/pages, compressed as they are stored; `--made` makes some instead. Everything is measured in one run, so
that ratios hold where absolute figures do not.
"""

import argparse
import asyncio
import gzip
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from ipaddress import ip_network
from multiprocessing import forkserver
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import duckdb
import feedparser
import requests

import feeds
from ingest import catalogue
from ingest.fetch.pace import in_turn
from ingest.jobs import crawl
from ingest.jobs.manners import PUT_OFF, open_manners
from ingest.rules.url import host
from ingest.settings import Settings

PAGES = Path(__file__).parents[2] / "shared" / "data" / "pages"
PORT = 8_600
FEEDS = 64
ROBOTS = b"User-agent: *\n" + b"".join(b"Disallow: /private/%d/\n" % number for number in range(30))
ENTRY = (
    "<item><title>Story number {n}</title><link>http://{host}/story/{n}</link><guid>{host}/{n}</guid>"
    "<pubDate>{at:%a, %d %b %Y %H:%M:%S} +0000</pubDate><description>What happened at {n}, in a sentence.</description></item>"
)
COUNTS = "/counts"  # what the web was asked for, by kind


# The web


def address(number: int) -> str:
    return f"127.0.{1 + number // 200}.{1 + number % 200}:{PORT}"


def serve(hosts: int, pages: int, is_made: bool, *, past: int = 0) -> None:
    """Answers for ever; says how many bodies it has when it is ready. `past`: pages that no feed shows any more."""
    bodies = made_pages() if is_made else [path.read_bytes() for path in sorted(PAGES.glob("*/html/*.gz"))]
    asked: Counter[str] = Counter()
    answers = {
        f"{address(number)}/story/{page}": whole(bodies[(number * pages + page) % len(bodies)], "text/html", "gzip")
        for number in range(hosts)
        for page in range(pages + past)
    }

    def answer(place: str, path: str, head: bytes) -> bytes:
        if path == COUNTS:
            return whole(json.dumps(asked).encode(), "application/json")
        kind = path.split("/")[1]
        is_known = kind == "feed" and b"if-none-match" in head.lower()
        asked[kind] += 1
        if kind == "robots.txt":
            return whole(ROBOTS, "text/plain")
        if kind == "feed":
            return (
                b"HTTP/1.1 304 Not Modified\r\n\r\n" if is_known else whole(feed(place, pages), "application/rss+xml")
            )
        return answers[place + path]

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        place = ":".join(map(str, writer.get_extra_info("sockname")))
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(answer(place, head.split(b" ", 2)[1].decode(), head))
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    async def listen() -> None:
        for number in range(hosts):
            await asyncio.start_server(talk, *address(number).split(":"))
        print(len(bodies), flush=True)
        await asyncio.Event().wait()

    asyncio.run(listen())


def whole(body: bytes, media_type: str, coding: str = "identity") -> bytes:
    lines = ("HTTP/1.1 200 OK", f"Content-Type: {media_type}", f"Content-Encoding: {coding}", 'ETag: "1"')
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def feed(place: str, pages: int) -> bytes:
    at = datetime.now(UTC)
    entries = "".join(ENTRY.format(n=number, host=place, at=at) for number in range(pages))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{place}</title>{entries}</channel></rss>'.encode()


def made_pages() -> list[bytes]:
    draw = random.Random(7)
    words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 11))) for _ in range(20_000)]

    def page(number: int) -> str:
        text = "".join(f"<p>{' '.join(draw.choices(words, k=60))}.</p>" for _ in range(10))
        return (
            f"<html><title>{number}</title><nav>{'<a href=/x>News</a>' * 100}</nav><h1>Story {number}</h1>{text}</html>"
        )

    return [gzip.compress(page(number).encode()) for number in range(500)]


@contextmanager
def web(given: argparse.Namespace) -> Iterator[int]:
    """The web, while it runs; how many different pages it has."""
    process = subprocess.Popen(again("serve", given), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def asked() -> dict[str, int]:
    with urlopen(f"http://{address(0)}{COUNTS}") as answer:  # our own web
        return dict(json.load(answer))


# What is measured, each in a process of its own


def cpu_s(who: int = resource.RUSAGE_SELF) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def plain(settings: Settings, urls: list[str]) -> dict[str, Any]:
    """requests alone: no robots, no leases, no deadline, no archive. Hosts side by side, as many threads as ours has."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", requests.adapters.HTTPAdapter(pool_connections=len(urls), pool_maxsize=64))
    by_host: dict[str, list[str]] = {}
    for url in urls:
        by_host.setdefault(host(url), []).append(url)

    def visit(of_host: list[str]) -> int:
        return sum(len(session.get(url, timeout=30).content) for url in of_host)

    with ThreadPoolExecutor(settings.fetch_threads) as pool:
        return {"body_bytes": sum(pool.map(visit, by_host.values()))}


def fetch(settings: Settings, urls: list[str]) -> dict[str, Any]:
    """The client, robots, leases and pace, as a crawl uses them; nothing is kept."""
    sources = {host(source.home_url): source for source in catalogue.read(settings.catalogue)}
    sizes: Counter[str] = Counter()
    with open_manners(settings, access={}, threads=settings.fetch_threads) as manners:
        visits = in_turn(
            urls,
            lambda url: manners.visit(
                sources[host(url)],
                url,
                accept="page",
                etag=None,
                last_modified=None,
            ),
            host_of=host,
            delay_s_of=lambda url: manners.rest_s(sources[host(url)], url),
            put_off=lambda url, wait_s: PUT_OFF if manners.is_put_off(url, wait_s) else None,
            leases=manners.leases,
            threads=settings.fetch_threads,
        )
        with closing(visits):
            for _, visited in visits:
                assert visited.response is not None and visited.response.outcome == "ok"
                sizes["wire_bytes"] += visited.response.wire_bytes
                sizes["body_bytes"] += len(visited.response.body)
    return dict(sizes)


def whole_crawl(settings: Settings, _: list[str]) -> dict[str, Any]:
    """`jobs.crawl.run`, and when it had polled: the rest is pages."""
    marks: dict[str, tuple[float, float]] = {}

    def progress(what: str, done: int, total: int) -> None:
        if done in (1, total):
            marks[f"{what} {'first' if done == 1 else 'last'}"] = (time.perf_counter(), cpu_s())

    began = (time.perf_counter(), cpu_s())
    summary = crawl.run(settings, poll_all=True, progress=progress)
    ended = (time.perf_counter(), cpu_s())
    polled = marks["feeds polled last"]
    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # waits for it, so that its workers' time is known
    return summary.as_dict() | {
        "poll_s": polled[0] - began[0], "poll_cpu_s": polled[1] - began[1], "page_s": ended[0] - polled[0],
        "page_cpu_s": ended[1] - polled[1], "start_cpu_s": marks["feeds polled first"][1] - began[1],
    }  # fmt: skip


MEASURED = {"plain": plain, "fetch": fetch, "whole_crawl": whole_crawl}


def measure(name: str, home: Path, given: argparse.Namespace) -> None:
    """In a process of its own: what it did, and what it used."""
    settings = replace(
        Settings(home=home, catalogue=home / "sources.toml", contact="mailto:bench@example.org"),
        allow_networks=(ip_network("127.0.0.0/8"),),
        fetch_threads=given.threads,
    )
    urls = [f"http://{address(number)}/story/{page}" for page in range(given.pages) for number in range(given.hosts)]
    began, began_cpu = time.perf_counter(), cpu_s()
    told = MEASURED[name](settings, urls)
    told |= {"elapsed_s": time.perf_counter() - began, "cpu_s": cpu_s() - began_cpu}
    told |= {"workers_cpu_s": cpu_s(resource.RUSAGE_CHILDREN), "threads": threading.active_count()}
    print(json.dumps(told | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def again(name: str, given: argparse.Namespace, home: Path | None = None, threads: int = 32) -> list[str]:
    asked_for = [f"--hosts={given.hosts}", f"--pages={given.pages}", f"--threads={threads}", f"--step={name}"]
    return [
        sys.executable,
        __file__,
        *asked_for,
        *(["--made"] if given.made else []),
        *([f"--home={home}"] if home else []),
    ]


def measured(name: str, given: argparse.Namespace, home: Path, threads: int = 32) -> dict[str, Any]:
    done = subprocess.run(again(name, given, home, threads), stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


# What is printed


def main() -> None:
    known = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known.add_argument("--hosts", type=int, default=64)
    known.add_argument("--pages", type=int, default=30, help="of each host")
    known.add_argument("--made", action="store_true", help="make pages instead of reading real ones")
    for name in ("--step", "--threads", "--home"):
        known.add_argument(name, help=argparse.SUPPRESS)
    given = known.parse_args()
    given.threads = int(given.threads or 0)
    if given.step == "serve":
        serve(given.hosts, given.pages, given.made)
    elif given.step:
        measure(given.step, Path(given.home), given)
    elif not given.made and not any(PAGES.glob("*/html/*.gz")):
        sys.exit(f"no pages at {PAGES}: --made makes some")
    else:
        with web(given) as body_count:
            count = given.hosts * given.pages
            print(f"{os.cpu_count()} cores; {given.hosts} hosts x {given.pages} pages, {body_count} of them different")
            fetching(given, count)
            crawling(given, count)
        reading()


def fetching(given: argparse.Namespace, count: int) -> None:
    print(
        "\n| fetching alone | pages/s | CPU ms a page | wire bytes a page | body bytes a page |\n|---|---|---|---|---|"
    )
    for name, threads in (("plain", 32), ("fetch", 32), ("fetch", 64)):
        with new_home(given) as home:
            told = measured(name, given, home, threads)
        title = {"plain": "requests alone", "fetch": "client, robots, leases, pace"}[name]
        wire = f"{told['wire_bytes'] / count:,.0f}" if "wire_bytes" in told else ""
        print(
            f"| {title}, {threads} threads | {count / told['elapsed_s']:.0f} | {1000 * told['cpu_s'] / count:.2f} | {wire}"
            f" | {told['body_bytes'] / count:,.0f} |",
            flush=True,
        )


def crawling(given: argparse.Namespace, count: int) -> None:
    with new_home(given) as home:
        before = asked()
        first = measured("whole_crawl", given, home)
        after = asked()
        assert first["fetched"] == count and first["extracted"] + first["rejected"] == count, first
        assert after["story"] - before["story"] == count, "a page was asked for more than once"
        ((fetches, entries),) = staged(home, "fetch", "count(*), count(DISTINCT entry_id)")
        sizes = {name: sum(path.stat().st_size for path in (home / name).rglob("*.*")) for name in ("stage", "raw")}
        second = measured("whole_crawl", given, home)
        ((parses, same),) = staged(home, "poll", "count(parse_route), count(*) FILTER (outcome = 'not_modified')")
    polls = given.hosts
    assert (second["polls"], second["unchanged_polls"], second["targets"], same) == (polls, polls, 0, polls), second
    assert parses == polls, "the second crawl parsed"
    rows = {
        "polls/s, feeds read": polls / first["poll_s"],
        "CPU ms a poll, feeds read": 1000 * (first["poll_cpu_s"] - first["start_cpu_s"]) / (polls - 1),
        "pages/s": count / first["page_s"],
        "CPU ms a page, crawl task (fetch, archive, stage)": 1000 * first["page_cpu_s"] / count,
        "CPU ms a page, workers (extract, judge)": 1000 * first["workers_cpu_s"] / count,
        "bytes staged a page": sizes["stage"] / count,
        "bytes archived a page": sizes["raw"] / count,
        "first fetches an article": fetches / entries,
        "share of pages that became articles": first["extracted"] / count,
        "peak memory of the crawl task, MB": first["peak_mb"],
        "polls/s, all 304": polls / second["poll_s"],
        "CPU ms a poll, all 304": 1000 * (second["poll_cpu_s"] - second["start_cpu_s"]) / (polls - 1),
        "CPU ms before the first poll, whatever follows": 1000 * second["start_cpu_s"],
    }
    print("\n| the whole crawl, 32 threads, 2 workers | |\n|---|---|")
    for name, figure in rows.items():
        print(f"| {name} | {figure:,.{0 if figure >= 100 else 1 if figure >= 10 else 2}f} |")


def reading() -> None:
    """Feeds as bench/feeds.py makes them, by turns, so that a machine that slows down slows both."""
    bodies = [feeds.made().replace(b"news.example", b"paper-%d.example" % number) for number in range(FEEDS)]
    blemished = [body.replace(b"utm_source=rss", b"id=1&utm_source=rss") for body in bodies]
    print(f"\n| {FEEDS} feeds of 50 entries | ours, feeds/s | feedparser, feeds/s | ratio |\n|---|---|---|---|")
    for name, given in (("well-formed", bodies), ("a bare ampersand in every link", blemished)):
        pairs = [(timed(feeds.read, body), timed(feedparser.parse, BytesIO(body))) for body in given]
        ours_s, theirs_s = map(sum, zip(*pairs, strict=True))
        print(f"| {name} | {FEEDS / ours_s:.0f} | {FEEDS / theirs_s:.0f} | {theirs_s / ours_s:.1f} |", flush=True)


def timed(read: Callable[[Any], object], body: object) -> float:
    began_s = time.process_time()
    read(body)
    return time.process_time() - began_s


@contextmanager
def new_home(given: argparse.Namespace) -> Iterator[Path]:
    """A folder with a catalogue of one source a host, and nothing known of any."""
    with tempfile.TemporaryDirectory() as folder:
        tables = (
            f'[[source]]\nsource_id = "s{number}"\nname = "Paper {number}"\nhome_url = "http://{address(number)}/"\n'
            f'country = "ZZ"\nlanguage = "en"\nhost_delay_s = 0\nfeeds = ["http://{address(number)}/feed"]\n'
            for number in range(given.hosts)
        )
        (Path(folder) / "sources.toml").write_text("".join(tables), "utf-8")
        yield Path(folder)


def staged(home: Path, table: str, columns: str) -> list[tuple[Any, ...]]:
    """Of all rows of a table in all sealed batches."""
    files = f"{home}/stage/*/*/{table}.parquet"
    return duckdb.sql(f"SELECT {columns} FROM read_parquet('{files}', union_by_name = true)").fetchall()


if __name__ == "__main__":
    main()
