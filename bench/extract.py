"""What is read of pages, and at what cost: this extractor beside trafilatura and, on request, four others.

    .venv/bin/python bench/extract.py MANIFEST... [--pages N] [--others] [--work FOLDER] [--out FOLDER]

Each tool is a process of its own that answers a page a line, so that none profits from another's caches; the pages go round
them one by one, each page beginning with another tool. What it took is the process's own CPU time, first page aside; so the
ratios hold where absolute figures do not. Quality is told by the functions of ../shared/bench/score_pages.py. `--others`
makes an environment a tool under the --work folder, with the versions below.
"""

import argparse
import ast
import base64
import gzip
import json
import random
import re
import signal
import statistics
import subprocess
import sys
import time
import venv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SCORER = Path(__file__).parents[2] / "shared" / "bench" / "score_pages.py"
WORK = Path(__file__).parents[1] / ".cache" / "bench"
SEED = 20261122
NOWHERE = "https://page.invalid/article"  # the address of a page whose line names none
LIMIT_S = 60  # of wall time: a page that takes a tool longer counts as one that it raised on
HERE = {"ingest", "trafilatura", "trafilatura fast", "trafilatura with metadata"}
MEASURE = "trafilatura with metadata"  # what the others' CPU time is compared with
OTHERS = {
    "newspaper4k": ("newspaper4k[ja]==0.9.6", "lxml_html_clean==0.4.5"),
    "news-please": ("news-please==1.6.16", "newspaper4k[ja]", "lxml_html_clean==0.4.5"),
    "readability-lxml": ("readability-lxml==0.9", "lxml_html_clean==0.4.5"),
    "resiliparse": ("resiliparse==2.0.1",),
}
# What is scored, and what of a prediction it is about
METRICS = {
    "text F1": "text", "title": "title", "authors": "authors", "day": "published_at", "timestamp": "published_at",
    "language": "language", "tags F1": "tags", "image": "image_url",
}  # fmt: skip
META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
Line = dict[str, Any]
Read = Callable[[bytes, str], Line]


# The tools: each takes a page's bytes and address, and gives a prediction line; only what a tool says itself is told


def ingest() -> Read:
    from ingest.extract.page import read_and_judge
    from ingest.jobs.try_pages import as_published
    from ingest.records import Page

    now = datetime.now(UTC)

    def read(body: bytes, url: str) -> Line:
        ids = dict.fromkeys(("fetch_id", "entry_id", "source_id"), "bench")
        page = Page(
            **ids, url=url, final_url=url, http_charset=None, language=None, rule=None, fetched_at=now, body=body
        )
        verdict, reading = read_and_judge(page)
        return {name: getattr(verdict, name) for name in ("title", "authors", "language", "tags", "image_url")} | {
            "text": reading.text if reading else "",
            "published_at": as_published(verdict),
        }

    return read


def trafilatura(*, fast: bool, with_metadata: bool) -> Read:
    from trafilatura import bare_extraction

    def read(body: bytes, url: str) -> Line:
        found = bare_extraction(body, url=url, fast=fast, with_metadata=with_metadata, include_comments=False)
        if found is None:
            return {}
        return {
            "text": found.text,
            "title": found.title,
            "authors": found.author.split("; ") if found.author else [],
            "published_at": found.date,
            "language": found.language,
            "tags": found.tags,
            "image_url": found.image,
        }

    return read


def newspaper4k() -> Read:
    from newspaper import Article

    def read(body: bytes, url: str) -> Line:
        article = Article(url, fetch_images=False)
        article.download(input_html=decoded(body))
        article.parse()
        return {
            "text": article.text,
            "title": article.title,
            "authors": article.authors,
            "published_at": as_written(article.publish_date),
            "language": article.meta_lang,
            "tags": sorted(article.tags or article.meta_keywords or ()),
            "image_url": article.top_image,
        }

    return read


def news_please() -> Read:
    from newsplease import NewsPlease

    def read(body: bytes, url: str) -> Line:
        article = NewsPlease.from_html(decoded(body), url=url, fetch_images=False)
        return {
            "text": article.maintext,
            "title": article.title,
            "authors": article.authors,
            "published_at": as_written(article.date_publish),
            "language": article.language,
            "image_url": article.image_url,
        }

    return read


def readability() -> Read:
    from lxml.html import fromstring
    from readability import Document

    def read(body: bytes, url: str) -> Line:
        document = Document(body, url=url)
        blocks = fromstring(document.summary()).xpath("//p|//h2|//h3|//h4|//li|//pre|//td|//div[not(*)]")
        return {"text": "\n".join(block.text_content() for block in blocks), "title": document.short_title()}

    return read


def resiliparse() -> Read:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding
    from resiliparse.parse.html import HTMLTree

    def read(body: bytes, _: str) -> Line:
        tree = HTMLTree.parse_from_bytes(body, detect_encoding(body))
        kept = {"alt_texts": False, "links": False, "form_fields": False, "noscript": False, "list_bullets": False}
        return {"text": extract_plain_text(tree, main_content=True, **kept), "title": tree.title}

    return read


TOOLS: dict[str, Callable[[], Read]] = {
    "ingest": ingest,
    "trafilatura": lambda: trafilatura(fast=False, with_metadata=False),
    "trafilatura fast": lambda: trafilatura(fast=True, with_metadata=False),
    "trafilatura with metadata": lambda: trafilatura(fast=False, with_metadata=True),
    "newspaper4k": newspaper4k,
    "news-please": news_please,
    "readability-lxml": readability,
    "resiliparse": resiliparse,
}


def decoded(body: bytes) -> str:
    """For tools that want text: by the charset that the page names, else UTF-8."""
    named = META_CHARSET.search(body[:4096])
    try:
        return body.decode(named[1].decode() if named else "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def as_written(at: datetime | None) -> str | None:
    """A date as ISO 8601; midnight without a zone is a day."""
    if at is None:
        return None
    return at.date().isoformat() if at.tzinfo is None and (at.hour, at.minute) == (0, 0) else at.isoformat()


# A tool's process


def answer(name: str) -> None:
    """One JSON line out for each page that comes in: the prediction, the CPU time it took, or what was raised."""
    out, sys.stdout = sys.stdout, sys.stderr  # tools print
    read = TOOLS[name]()
    signal.signal(signal.SIGALRM, out_of_time)
    for line in sys.stdin:
        page = json.loads(line)
        body, told, raised = base64.b64decode(page["body"]), {}, None
        signal.alarm(LIMIT_S)
        began_s = time.process_time()
        try:
            told = read(body, page["url"])
        except Exception as error:  # noqa: BLE001  whatever it is, it is counted
            raised = f"{type(error).__name__}: {error}"
        cpu_s = time.process_time() - began_s
        signal.alarm(0)
        out.write(json.dumps({"told": told, "cpu_ms": cpu_s * 1000, "raised": raised}, default=list) + "\n")
        out.flush()


def out_of_time(*_: object) -> None:
    raise TimeoutError(f"over {LIMIT_S} s")


@dataclass(slots=True)
class Tool:
    """A tool's process, and what it said so far: a prediction for each page asked, in order."""

    name: str
    process: "subprocess.Popen[str]"
    told: list[Line] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)

    def ask(self, page: Line) -> Line:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"url": page["url"], "body": page["body"]}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} died on {page['id']}: see above for what it said")
        return dict(json.loads(line))

    def read(self, page: Line) -> None:
        said = self.ask(page)
        self.told.append({"id": page["id"]} | said["told"])
        self.cpu_ms.append(said["cpu_ms"])
        if said["raised"]:
            self.raised.append(f"{page['id']}: {said['raised']}"[:200])


def started(name: str, work: Path) -> Tool:
    python = Path(sys.executable) if name in HERE else environment(name, work)
    command = [str(python), __file__, f"--answer={name}"]
    quiet = None if name in HERE else subprocess.DEVNULL
    return Tool(name, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet, text=True))


def environment(name: str, work: Path) -> Path:
    """The Python of a tool's own environment; made, once, where it is missing."""
    folder = work / name
    python, versions = folder / "bin" / "python", folder / "versions"
    wanted = "\n".join(OTHERS[name])
    if not versions.is_file() or versions.read_text("utf-8") != wanted:
        print(f"making {folder}", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-qq", *OTHERS[name]], check=True)
        versions.write_text(wanted, "utf-8")
    return python


# Pages and scores


def pages_of(manifest: Path, count: int | None) -> list[Line]:
    """A manifest's lines, or a sample of them that is the same in each run."""
    lines = [json.loads(line) for line in manifest.read_text("utf-8").split("\n") if line.strip()]
    return lines if count is None or count >= len(lines) else random.Random(SEED).sample(lines, count)


def with_bodies(lines: Iterable[Line], manifest: Path) -> Iterator[Line]:
    for line in lines:
        body = (manifest.parent / line["file"]).read_bytes()
        whole = gzip.decompress(body) if line["file"].endswith(".gz") else body
        yield line | {"url": line.get("url") or NOWHERE, "body": base64.b64encode(whole).decode()}


def scorer() -> dict[str, Any]:
    """The functions of the shared scorer, which runs its `main` when it is imported."""
    if not SCORER.is_file():
        sys.exit(f"no scorer at {SCORER}: this bench needs the shared folder beside the project")
    tree = ast.parse(SCORER.read_text("utf-8"))
    tree.body = [node for node in tree.body if not isinstance(node, ast.Expr)]
    functions: dict[str, Any] = {}
    exec(compile(tree, SCORER, "exec"), functions)  # noqa: S102
    return functions


def scores(gold: list[Line], told: list[Line], score: dict[str, Any]) -> dict[str, float]:
    found: dict[str, list[float]] = defaultdict(list)
    for page, line in zip(gold, told, strict=True):
        if page.get("text") is not None:
            found["text F1"].append(score["token_scores"](line.get("text"), page["text"])[2])
        for name, value in score["fields"](page, line):
            found[name].append(value)
    return {name: statistics.fmean(values) for name, values in found.items()}


# What is printed


def main() -> None:
    known = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known.add_argument("manifests", nargs="*", type=Path, metavar="MANIFEST")
    known.add_argument("--pages", type=int, help="of each manifest, a sample of so many")
    known.add_argument("--others", action="store_true", help=", ".join(OTHERS))
    known.add_argument("--work", type=Path, default=WORK, help="where the others' environments are")
    known.add_argument("--out", type=Path, help="folder for the predictions, a file a tool and manifest")
    known.add_argument("--answer", choices=TOOLS, help=argparse.SUPPRESS)
    given = known.parse_args()
    if given.answer:
        answer(given.answer)
        return
    if not given.manifests:
        known.error("name a manifest: one JSON object a line, as ../shared/data/pages/*/manifest.jsonl")
    score = scorer()
    for manifest in given.manifests:
        tools = run(manifest, [name for name in TOOLS if name in HERE or given.others], given)
        show(manifest, tools, pages_of(manifest, given.pages), score)
        if given.out:
            write(given.out, manifest, tools)


def run(manifest: Path, names: list[str], given: argparse.Namespace) -> list[Tool]:
    """Every tool over every page, page by page, each page beginning with another tool."""
    with ExitStack() as stack:
        tools = [started(name, given.work) for name in names]
        for tool in tools:
            stack.enter_context(tool.process)
        for number, page in enumerate(with_bodies(pages_of(manifest, given.pages), manifest)):
            if number == 0:
                for tool in tools:
                    tool.ask(page)  # what a first page loads is not the page's cost
            first = number % len(tools)
            for tool in (*tools[first:], *tools[:first]):
                tool.read(page)
    return tools


def show(manifest: Path, tools: list[Tool], gold: list[Line], score: dict[str, Any]) -> None:
    rows = {tool.name: scores(gold, tool.told, score) for tool in tools}
    metrics = [name for name in METRICS if any(name in row for row in rows.values())]
    measure_ms = next(statistics.fmean(tool.cpu_ms) for tool in tools if tool.name == MEASURE)
    print(f"\n{manifest.parent.name}: {len(gold)} pages")
    print(f"| tool | {' | '.join(metrics)} | raised | CPU ms a page | median | times as fast |")
    print(f"|---{'|---' * len(metrics)}|---|---|---|---|")
    for tool in tools:
        quality = " | ".join(
            f"{rows[tool.name][name]:.3f}" if any(line.get(METRICS[name]) for line in tool.told) else "-"
            for name in metrics
        )
        mean_ms, median_ms = statistics.fmean(tool.cpu_ms), statistics.median(tool.cpu_ms)
        cost = f"{mean_ms:.1f} | {median_ms:.1f} | {measure_ms / mean_ms:.2f}"
        print(f"| {tool.name} | {quality} | {len(tool.raised)} | {cost} |", flush=True)
    for tool in tools:
        for raised in tool.raised[:5]:
            print(f"{tool.name} raised on {raised}")


def write(folder: Path, manifest: Path, tools: list[Tool]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for tool in tools:
        lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in tool.told)
        (folder / f"{manifest.parent.name}-{tool.name.replace(' ', '-')}.jsonl").write_text(lines, "utf-8")


if __name__ == "__main__":
    main()
