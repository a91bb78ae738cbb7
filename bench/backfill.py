"""What bringing in a WARC costs: reading, hashing, staging and loading, beside the extractor alone on the same pages.

    .venv/bin/python bench/backfill.py [--pages 8000] [--files 4] [--work FOLDER]

The WARC files are made here, once, out of ../shared/data/pages: each page as often as it takes, its paragraphs' words in
another order each time and at another address, so that no two are alike, among the requests, pictures, redirects, errors and
revisits that stand in real ones. Each measurement is a process of its own, and tells its own CPU time apart from that of
its workers. All is measured in one run, so that ratios hold where absolute figures do not.
"""

import argparse
import base64
import gzip
import hashlib
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from multiprocessing import forkserver
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import timed_judge
from ingest.extract.pool import ExtractorPool
from ingest.history import Found, Part, Passed
from ingest.inputs import warc
from ingest.inputs.place import Place
from ingest.jobs import backfill, load
from ingest.rules.url import host, registrable
from ingest.settings import Settings

PAGES = Path(__file__).parents[2] / "shared" / "data" / "pages"
FROM_ON, TO_ON = date(2025, 1, 1), date(2025, 1, 31)
BEGAN_AT = datetime(2025, 1, 1, 0, 0, 5, tzinfo=UTC)
RUN_OF_TEXT = re.compile(rb">([^<>{}]{60,3000})<")
CLAIM = re.compile(rb"<(?:link|meta)\b[^<>]*\b(?:canonical|og:url)\b[^<>]*>", re.IGNORECASE)
CLAIMED = re.compile(rb"""(\b(?:href|content)\s*=\s*)(?:"https?:[^"<>]*"|'https?:[^'<>]*')""", re.IGNORECASE)
GZIP_LEVEL = 4
PLACE = Place(ask=None, page_limit_bytes=10_000_000)


# The files


def real_pages() -> list[tuple[str, bytes]]:
    found = []
    for manifest in sorted(PAGES.glob("*/manifest.jsonl")):
        for line in manifest.open(encoding="utf-8"):
            row = json.loads(line)
            if row["url"]:
                found.append((row["url"], gzip.decompress((manifest.parent / row["file"]).read_bytes())))
    assert found, f"needs {PAGES}"
    return found


def altered(url: str, body: bytes, copy: int, dice: random.Random) -> tuple[str, bytes]:
    """Another article: its own address, its words in another order."""
    parts = urlsplit(url)
    path, dot, ending = parts.path.rstrip("/").rpartition(".")
    is_ending = dot and ending.lower() in ("html", "htm", "php", "aspx", "shtml")
    path = f"{path}-v{copy}.{ending}" if is_ending else f"{parts.path.rstrip('/')}-v{copy}"
    new = urlunsplit(parts._replace(path=path))

    def shuffled(found: re.Match[bytes]) -> bytes:
        words = found[1].split(b" ")
        dice.shuffle(words)
        return b">" + b" ".join(words) + b"<"

    def own(found: re.Match[bytes]) -> bytes:
        return CLAIMED.sub(lambda one: one[1] + b'"' + new.encode() + b'"', found[0])

    body = body.replace(url.encode(), new.encode()).replace(
        url.replace("/", "\\/").encode(), new.replace("/", "\\/").encode()
    )
    return new, CLAIM.sub(own, RUN_OF_TEXT.sub(shuffled, body))


def record(kind: str, url: str, number: int, block: bytes, *, payload: bytes = b"", content_type: str) -> bytes:
    at = BEGAN_AT + timedelta(seconds=number * 120 % (30 * 86_400))
    digest = base64.b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode()
    said = f"WARC-Payload-Digest: sha1:{digest}\r\n" if payload else ""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number:08d}-0000-4000-8000-{len(block):012d}>\r\n"
        f"WARC-Date: {at:%Y-%m-%dT%H:%M:%SZ}\r\nWARC-Target-URI: {url}\r\nContent-Type: {content_type}\r\n{said}"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n", GZIP_LEVEL, mtime=0)


def answered(url: str, number: int, body: bytes, media_type: str, status: str = "200 OK") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nDate: Wed, 01 Jan 2025 00:00:05 GMT\r\nServer: nginx\r\nContent-Type: {media_type}\r\n"
        f"Cache-Control: max-age=60\r\nX-Crawl-Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    block = head.encode() + body
    return record("response", url, number, block, payload=body, content_type="application/http; msgtype=response")


def among(url: str, number: int, dice: random.Random) -> Iterator[bytes]:
    """What else stands in a crawl's file beside a page."""
    asked = f"GET {urlsplit(url).path} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\nUser-Agent: bench\r\n\r\n".encode()
    yield record("request", url, number, asked, content_type="application/http; msgtype=request")
    if number % 2 == 0:
        yield answered(f"{url}/picture.jpg", number, dice.randbytes(12_000), "image/jpeg")
    if number % 10 == 0:
        yield answered(f"{url}/old", number, b"", "text/html", "301 Moved Permanently")
        yield answered(f"{url}/gone", number, b"<html>Not found</html>", "text/html", "404 Not Found")
    if number % 25 == 0:
        yield record(
            "revisit", url, number, b"HTTP/1.1 200 OK\r\n\r\n", content_type="application/http; msgtype=response"
        )


def make(folder: Path, pages_count: int, files: int) -> None:
    """`pages_count` pages in so many files, and a catalogue of all their sites."""
    pages = real_pages()
    folder.mkdir(parents=True, exist_ok=True)
    sites = sorted({registrable(host(url)) for url, _ in pages})
    lines = ["[defaults]\npoll_every_s = 600\nhost_delay_s = 1.0\n"]
    for number, site in enumerate(sites):
        lines.append(
            f'[[source]]\nsource_id = "site-{number}"\nname = "{site}"\nhome_url = "https://{site}/"\ncountry = "US"\n'
            f'language = "en"\nfeeds = ["https://{site}/feed"]\n'
        )
    (folder / "sources.toml").write_text("\n".join(lines), encoding="utf-8")
    for file in range(files):
        name, records = f"CC-NEWS-202501{file + 1:02}000000-{file:05}.warc", 1
        with (folder / f"{name}.gz").open("wb") as stream:
            stream.write(record("warcinfo", "", file, b"software: bench\r\n", content_type="application/warc-fields"))
            for number in range(file, pages_count, files):
                dice = random.Random(number)
                url, body = pages[number % len(pages)]
                copy = number // len(pages)
                url, body = altered(url, body, copy, dice) if copy else (url, body)
                media_type = "text/html; charset=utf-8" if copy else "text/html"
                members = [*among(url, number, dice), answered(url, number, body, media_type)]
                records += len(members)
                stream.writelines(members)
        (folder / f"{name}.count").write_text(str(records), "ascii")
    (folder / "made.json").write_text(json.dumps({"pages": pages_count, "files": files, "sites": len(sites)}))


# What is measured, each in a process of its own


def cpu_s(who: int = resource.RUSAGE_SELF) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def most_mb(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


def told(files: Sequence[Path]) -> Iterator[Any]:
    for path in files:
        part = Part(address=str(path), part_on=None, size_bytes=None)
        yield from warc.read(part, position=0, place=PLACE, is_wanted=lambda _: True)


def reading(files: Sequence[Path], _: Path) -> dict[str, Any]:
    """Records read, digests checked, bodies hashed."""
    pages = records = 0
    for one in told(files):
        if isinstance(one, Found) and one.capture:
            hashlib.sha256(one.capture.body).hexdigest()
            pages, records = pages + 1, records + 1
        elif isinstance(one, Passed):
            records += one.unusable_count
    return {"pages": pages, "records": records}


def passing(files: Sequence[Path], _: Path) -> dict[str, Any]:
    """Nothing is wanted: what it costs to look for one publisher in a file of all."""
    for path in files:
        part = Part(address=str(path), part_on=None, size_bytes=None)
        for _one in warc.read(part, position=0, place=PLACE, is_wanted=lambda _: False):
            pass
    return {}


def time_the_extractor(folder: Path) -> None:
    """All workers that start from now on note there what the extractor took."""
    folder.mkdir(parents=True)
    os.environ[timed_judge.FOLDER] = str(folder)
    ExtractorPool.judge = lambda self, pages: self.run(timed_judge.timed, pages)  # type: ignore[method-assign]


def extractor_s(folder: Path) -> float:
    return sum(float(line) for path in folder.iterdir() for line in path.read_text("ascii").split())


def whole(files: Sequence[Path], home: Path, workers: int) -> dict[str, Any]:
    """`jobs.backfill.run`: listed, archived, judged, sealed; and `jobs.load.run` after it."""
    settings = Settings(
        home=home, catalogue=files[0].parent / "sources.toml", contact="mailto:bench@example.org", extract_workers=workers,
        disk_pause_backfill_bytes=0, disk_pause_crawl_bytes=0,
    )  # fmt: skip
    for path in files:
        backfill.request(
            settings, source_ids=(), input_kind="warc", input_address=str(path), from_on=FROM_ON, to_on=TO_ON
        )
    work = [part_id for group in backfill.plan(settings, on=None) for part_id in group]
    memory: list[float] = []
    time_the_extractor(home / "times")
    began, began_cpu = time.perf_counter(), cpu_s()
    with Watch(memory):
        summary = backfill.run(settings, work=work)
    counts = {name: value for name, value in summary.as_dict().items() if isinstance(value, int)}
    ran_s, ran_cpu_s = time.perf_counter() - began, cpu_s() - began_cpu
    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # waits for it, so that its workers' time is known
    loading_began = cpu_s()
    loaded = load.run(settings)
    return counts | {
        "run_s": ran_s, "run_cpu_s": ran_cpu_s, "judged_cpu_s": extractor_s(home / "times"),
        "load_cpu_s": cpu_s() - loading_began, "rows": loaded["row_count"],
        "staged_bytes": size_bytes(settings.stage), "archived_bytes": size_bytes(settings.raw),
        "warehouse_bytes": settings.writer_file.stat().st_size, "memory_mb": memory,
        "records": sum(int(path.with_suffix(".count").read_text("ascii")) for path in files),
    }  # fmt: skip


class Watch:
    """Resident memory of this process, ten times a run at least."""

    def __init__(self, seen_mb: list[float]) -> None:
        self._seen_mb, self._over = seen_mb, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(5.0):
            status = Path("/proc/self/status").read_text("ascii")
            self._seen_mb.append(int(status.partition("VmRSS:")[2].split()[0]) / 1024)


def size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def step(name: str, files: Sequence[Path], home: Path, workers: int) -> None:
    began, began_cpu = time.perf_counter(), cpu_s()
    match name:
        case "reading":
            said = reading(files, home)
        case "passing":
            said = passing(files, home)
        case _:
            said = whole(files, home, workers)
    said |= {"elapsed_s": time.perf_counter() - began, "cpu_s": cpu_s() - began_cpu}
    said |= {"workers_cpu_s": cpu_s(resource.RUSAGE_CHILDREN)}
    said |= {"peak_mb": most_mb(resource.RUSAGE_SELF), "worker_peak_mb": most_mb(resource.RUSAGE_CHILDREN)}
    print(json.dumps(said))


def begun(
    name: str, files: Sequence[Path], home: Path, *, workers: int = 2, core: int | None = None
) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, f"--step={name}", f"--home={home}", f"--workers={workers}", *map(str, files)]
    command += [f"--core={core}"] if core is not None else []
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = process.communicate()
    assert process.returncode == 0, f"{process.args!r} ended with {process.returncode}"
    return dict(json.loads(out.splitlines()[-1]))


def row(*cells: object) -> None:
    shown = (
        f"{cell:,.2f}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else cell for cell in cells
    )
    print("|", " | ".join(map(str, shown)), "|", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--pages", type=int, default=8_000, help="with what stands among them 2.7 times as many records"
    )
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "ingest-backfill-bench")
    parser.add_argument("--make", action="store_true", help="make the files, and nothing more")
    parser.add_argument("--step")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--core", type=int)
    parser.add_argument("paths", nargs="*", type=Path)
    given = parser.parse_args()
    if given.core is not None:
        os.sched_setaffinity(0, {given.core})
    if given.step:
        step(given.step, given.paths, given.home, given.workers)
        return
    folder = given.work / f"{given.pages}-in-{given.files}"
    if not (folder / "made.json").exists():
        make(folder, given.pages, given.files)
    if not given.make:
        report(sorted(folder.glob("*.warc.gz")))


def report(files: list[Path]) -> None:
    with tempfile.TemporaryDirectory(prefix="ingest-backfill-") as scratch:
        homes = (Path(scratch) / str(number) for number in range(100))
        read, skipped = (ended(begun(name, files, next(homes))) for name in ("reading", "passing"))
        row("", "")
        row("---", "---")
        row("records", read["records"])
        row("pages among them", read["pages"])
        row("records/s of a core, digests checked, bodies hashed", round(read["records"] / read["cpu_s"]))
        row("CPU ms a record", 1000 * read["cpu_s"] / read["records"])
        row("CPU ms a page", 1000 * read["cpu_s"] / read["pages"])
        row("records/s of a core, all passed over by their addresses", round(read["records"] / skipped["cpu_s"]))
        print()
        run = ended(begun("whole", files, next(homes)))
        compared(run)
        print()
        of_memory_and_disk(run)
        print()
        in_parallel(files, homes)


def compared(run: dict[str, Any]) -> None:
    """The extractor is timed within the workers of the same run: what slows the machine slows all alike."""
    articles = run["extracted"]
    own, workers, load_s = (1000 * run[name] for name in ("run_cpu_s", "workers_cpu_s", "load_cpu_s"))
    judged = 1000 * run["judged_cpu_s"]
    row("", "")
    row("---", "---")
    row("records", run["records"])
    row("pages among them", run["targets"])
    row("articles", articles)
    row("rejected", run["rejected"])
    row("CPU ms an article: the extractor alone", judged / articles)
    row("CPU ms an article: its workers beside it, and their start", (workers - judged) / articles)
    row("CPU ms an article: reading, hashing, archiving, staging", own / articles)
    row("CPU ms an article: loading", load_s / articles)
    row("CPU ms an article beyond the extractor alone", (own + workers + load_s - judged) / articles)
    row("articles/s of a core", articles / ((own + workers + load_s) / 1000))
    row("records/s of a core", run["records"] / ((own + workers + load_s) / 1000))


def in_parallel(files: list[Path], homes: Iterator[Path]) -> None:
    """A process (with its worker) on a core, two on two."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    free = [ended(begun("whole", [files[0]], next(homes), workers=1))]
    one = [ended(begun("whole", [files[0]], next(homes), workers=1, core=cores[0]))]
    both = zip(files[:2], cores, strict=True)
    two = [ended(each) for each in [begun("whole", [path], next(homes), workers=1, core=core) for path, core in both]]
    row("", "pages/s", "CPU ms a page")
    row("---", "---", "---")
    for name, runs in {
        "a process with a worker, free to use all cores": free,
        "a process with a worker, on one core": one,
        "two, each on a core of its own": two,
    }.items():
        row(name, pages_per_s(runs), cpu_ms_a_page(runs))
    row("ratio of two cores to one", pages_per_s(two) / pages_per_s(one), cpu_ms_a_page(two) / cpu_ms_a_page(one))


def pages_per_s(runs: Sequence[dict[str, Any]]) -> float:
    rates: list[float] = [each["targets"] / each["run_s"] for each in runs]
    return sum(rates)


def cpu_ms_a_page(runs: Sequence[dict[str, Any]]) -> float:
    used_s: float = sum(each["run_cpu_s"] + each["workers_cpu_s"] for each in runs)
    page_count: int = sum(each["targets"] for each in runs)
    return 1000 * used_s / page_count


def of_memory_and_disk(run: dict[str, Any]) -> None:
    seen = run["memory_mb"]
    row("", "")
    row("---", "---")
    row(
        "MB resident, at tenths of the run", ", ".join(str(round(seen[len(seen) * tenth // 10])) for tenth in range(10))
    )
    row("most MB", round(run["peak_mb"]))
    row("most MB of a worker", round(run["worker_peak_mb"]))
    for name in ("staged", "archived", "warehouse"):
        row(f"{name} bytes an article", run[f"{name}_bytes"] // run["extracted"])


if __name__ == "__main__":
    main()
