"""Who copied whom: quality and cost beside other tools, and what a build's story step costs by how much is stored.

    .venv/bin/python bench/stories.py [--articles FILE] [--others] [--work FOLDER]
    .venv/bin/python bench/stories.py --scale [--stored 0,100000,1000000] [--batch 1000] [--rounds 5] [--old 0]

The first scores clusters of a file of articles by the shared scorer, articles in a seeded order; each tool is a process of its
own, and its figure is that process's CPU time from the first article to the last cluster. Others' clusters are the connected
components of the pairs that they find; they get texts as they are, and without the lines that a source repeats. `--others`
makes an environment for datasketch and rensa under the --work folder, with the versions below.

The second fills the kept tables by SQL: random keys and lines, words of real texts, 180 days of 200 sources, a fifth of the
articles copies. Then real articles, published within the last four hours, are loaded and built, each round taken back.
"""

import argparse
import gc
import gzip
import hashlib
import json
import random
import re
import subprocess
import sys
import tempfile
import time
import venv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

SHARED = Path(__file__).parents[2] / "shared"
ARTICLES = SHARED / "data" / "stories" / "stories.jsonl.gz"
SCORER = SHARED / "bench" / "score_stories.py"
WORK = Path(__file__).parents[1] / ".cache" / "bench"
VERSIONS = ("datasketch==2.0.0", "rensa==0.5.0")
SEED = 20261122
THRESHOLD = 0.5
PERMUTATIONS = 128
BANDS = 32  # of 4 hashes: pairs of Jaccard .42 are found every other time, and those under the threshold are left out
REPEATED = 3  # articles of a source that hold a line
WORD = re.compile(r"\w+")
DAYS = 180
# Stored rows by table, in the order of filling: `stored` has a row an article, `pool` has real words
ROWS = {
    "core.article": """SELECT article_id, source_id, published_at, title, md5(i::VARCHAR) AS content_hash, 0 AS change_seq
        FROM stored""",
    "core.current": "SELECT article_id, article_id AS fetch_id, 0 AS load_seq FROM stored",
    "core.origin": "SELECT article_id, source_id, 0 AS load_seq, published_at AS fetched_at FROM stored",
    "core.line": """SELECT article_key, source_id, published_at,
        CASE WHEN j < 2 THEN hash(source_id, j) ELSE hash(i, j) END >> 1 AS line_key FROM stored, range(25) AS line(j)""",
    "core.repeated_line": """SELECT DISTINCT source_id, hash(source_id, j) >> 1 AS line_key, 'subscribe to our letter' AS line
        FROM stored, range(2) AS line(j)""",
    "core.signature": """SELECT article_key, article_id, source_id, title, published_at, md5(i::VARCHAR) AS content_hash,
        hash(i, 'text') >> 1 AS text_key, words[cut:] || words[:cut] AS words
        FROM (SELECT stored.*, hash(i, 'cut') % 1000 AS cut FROM stored) JOIN pool ON place = hash(i, 'pool') % pool_count""",
    "core.signature_key": """SELECT article_key, (hash(i, j, 'key') & 4294967295)::UINTEGER AS key, published_at
        FROM stored, range(32) AS key(j)""",
    "core.likeness": """SELECT least(one.article_key, other.article_key) AS article_key,
        greatest(one.article_key, other.article_key) AS other_article_key, 'near' AS likeness_kind, 200 AS matched_count,
        .9 AS share, .9 AS other_share, .8 AS jaccard, 0 AS conflict_count
        FROM stored AS one JOIN stored AS other ON other.i = one.i + 1 WHERE one.i % 5 = 0 ORDER BY one.i""",
    "core.story_article": """SELECT own.article_id, first.article_id AS story_id, own.article_key, first.article_key AS story_key
        FROM stored AS own JOIN stored AS first ON first.i = own.i - (own.i % 5 = 1)::BIGINT ORDER BY own.i""",
}  # fmt: skip
STORED = """CREATE OR REPLACE TEMP TABLE stored AS
SELECT i, article_id, article_key(article_id) AS article_key, 'outlet-' || (hash(i, 'source') % 200) AS source_id,
  'A headline of ' || i AS title,
  $until::TIMESTAMPTZ - to_microseconds((($count - i) * ($days * 86400e6 / $count))::BIGINT) AS published_at
FROM (SELECT i, md5(i::VARCHAR)::UUID AS article_id FROM range($count) AS stored(i))
ORDER BY i
"""
Line = dict[str, Any]
Pair = tuple[int, int]


class Measured(Exception):
    """Raised after the step that is measured, so that the build takes it back."""


# The tools: each takes texts, and gives pairs of their places


def exact(texts: list[str]) -> Iterator[Pair]:
    first: dict[bytes, int] = {}
    for place, text in enumerate(texts):
        yield first.setdefault(hashlib.sha256(" ".join(text.split()).encode()).digest(), place), place


def datasketch(texts: list[str]) -> Iterator[Pair]:
    from datasketch import MinHash, MinHashLSH

    index, hashes = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS), []
    for place, text in enumerate(texts):
        own = MinHash(num_perm=PERMUTATIONS)
        own.update_batch([shingle.encode() for shingle in shingles(text)])
        hashes.append(own)
        yield from ((other, place) for other in index.query(own) if hashes[other].jaccard(own) >= THRESHOLD)
        index.insert(place, own)


def rensa(texts: list[str]) -> Iterator[Pair]:
    from rensa import RMinHash, RMinHashLSH

    index, hashes = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=BANDS), []
    for place, text in enumerate(texts):
        own = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
        own.update(list(shingles(text)))
        hashes.append(own)
        yield from ((other, place) for other in index.query(own) if hashes[other].jaccard(own) >= THRESHOLD)
        index.insert(place, own)


TOOLS: dict[str, Callable[[list[str]], Iterator[Pair]]] = {
    "exact hash": exact,
    "datasketch": datasketch,
    "rensa": rensa,
}


def shingles(text: str) -> set[str]:
    words = WORD.findall(text.casefold())
    return {" ".join(words[start : start + 3]) for start in range(max(1, len(words) - 2))}


def without_repeated(articles: list[Line]) -> list[str]:
    """The texts without lines that three articles of their source have."""
    holding: dict[tuple[str, str], int] = defaultdict(int)
    for article in articles:
        for line in set(article["text"].split("\n")):
            holding[article["source_id"], line] += 1
    return [
        "\n".join(line for line in one["text"].split("\n") if holding[one["source_id"], line] < REPEATED)
        for one in articles
    ]


def components(count: int, pairs: Iterable[Pair]) -> list[int]:
    parent = list(range(count))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = place = parent[parent[place]]
        return place

    for one, other in pairs:
        parent[root(one)] = root(other)
    return [root(place) for place in range(count)]


def answer(tool: str, is_cleaned: bool, articles: Path, out: Path) -> None:
    """What a process of one tool does: it writes clusters and prints its CPU time in seconds."""
    given = shuffled(articles)
    before = time.process_time()
    texts = without_repeated(given) if is_cleaned else [one["text"] for one in given]
    clusters = components(len(texts), TOOLS[tool](texts))
    cpu_s = time.process_time() - before
    lines = ({"article_id": one["article_id"], "story_id": story} for one, story in zip(given, clusters, strict=True))
    out.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    print(cpu_s)


def ours(articles: Path, out: Path) -> tuple[float, float]:
    """CPU seconds of the story step, and of all that brings articles into the warehouse."""
    from ingest.jobs import try_stories

    step, before = [0.0], time.process_time()
    with timed_update(lambda cpu_s, _: step.append(cpu_s)):
        try_stories.run(articles, out, settings=settings(Path()), batch=1000, shuffle=SEED, progress=lambda *_: None)
    return sum(step), time.process_time() - before


# Stored articles, and a batch beside them


def scale(articles: Path, sizes: list[int], batch: int, rounds: int, old: int) -> None:
    """The sizes take turns, since others use the machine too; of each size the least is told, and the middle one of the ratios.

    `old`: articles of the batch that were published 90 days ago.
    """
    from ingest.jobs import try_stories
    from ingest.warehouse import build, writer

    real, now = shuffled(articles), datetime.now(UTC).replace(microsecond=0)
    taken: dict[int, list[tuple[float, float]]] = defaultdict(list)
    written: dict[int, dict[str, int]] = {}
    with ExitStack() as stack:
        stored = {}
        for count in sizes:
            home = settings(Path(stack.enter_context(tempfile.TemporaryDirectory())))
            stack.enter_context(writer.lock(home.writer_file))
            stored[count] = stack.enter_context(writer.connect(home.writer_file, now=now))
            build.build(stored[count], story_batch=batch)
            written[count] = fill(stored[count], real, count, now) if count else {}
            try_stories._load(stored[count], home, recent(real[:batch], now, old), load_seq=1, now=now)
            stored[count].execute("CHECKPOINT")
        for number in range(rounds + 1):
            for count, connection in stored.items():
                cost = cost_of_build(connection, batch)
                if number:  # the first learns words and reads from disk
                    taken[count].append(cost)
    print("| stored | CPU ms a batch | wall ms a batch | CPU ms an article | articles/s | times a batch at 0 |")
    print("|---|---|---|---|---|---|")
    for count in sizes:
        cpu_s, wall_s = map(min, zip(*taken[count], strict=True))
        ratio = median(one / first for (one, _), (first, _) in zip(taken[count], taken[sizes[0]], strict=True))
        print(f"| {count:,} | {1000 * cpu_s:.0f} | {1000 * wall_s:.0f} | {1000 * cpu_s / batch:.2f} | {batch / cpu_s:.0f} |"
              f" {ratio:.2f} |")  # fmt: skip
    for count in filter(None, sizes):
        print(f"\n| {count:,} stored | bytes on disk | an article |\n|---|---|---|")
        for table, size in written[count].items():
            each = f", {size / count / 32:.1f} a key" if table == "core.signature_key" else ""
            print(f"| {table} | {size:,} | {size / count:.1f}{each} |")


def cost_of_build(connection: Any, batch: int) -> tuple[float, float]:
    """CPU and wall seconds of the story step of a build, which is taken back."""
    from ingest.warehouse import build

    taken: list[tuple[float, float]] = []

    def note(cpu_s: float, wall_s: float) -> None:
        taken.append((cpu_s, wall_s))
        raise Measured

    gc.collect()  # no size pays for what another left
    with timed_update(note), suppress(Measured):
        build.build(connection, story_batch=batch)
    return taken[0]


def fill(connection: Any, real: list[Line], count: int, now: datetime) -> dict[str, int]:
    """Bytes on disk by table."""
    from ingest.rules.signature import lines

    connection.execute("CREATE OR REPLACE TEMP TABLE pool (place BIGINT, words VARCHAR)")
    words = [text for one in real if (text := "\n".join(lines(one["text"])))]
    connection.execute(
        "INSERT INTO pool SELECT * FROM (SELECT unnest(range(len($words))), unnest($words))", {"words": words}
    )
    connection.execute(STORED, {"until": now - timedelta(hours=4), "count": count, "days": DAYS})
    written = {}
    for table, rows in ROWS.items():
        before = used_bytes(connection)
        connection.execute(f"INSERT INTO {table} BY NAME {rows.replace('pool_count', str(len(words)))}")
        written[table] = used_bytes(connection) - before
    return written


def used_bytes(connection: Any) -> int:
    connection.execute("CHECKPOINT")
    query = "SELECT used_blocks * block_size FROM pragma_database_size() WHERE database_name = current_database()"
    ((size,),) = connection.execute(query).fetchall()
    return int(size)


def recent(articles: list[Line], now: datetime, old: int) -> list[Line]:
    step = timedelta(hours=4) / len(articles)
    return [
        one | {"published_at": (now - place * step - timedelta(days=90 * (place < old))).isoformat()}
        for place, one in enumerate(articles)
    ]


class timed_update:
    """While it is entered, each story step of a build tells `note` its CPU and wall seconds."""

    def __init__(self, note: Callable[[float, float], object]) -> None:
        self.note = note

    def __enter__(self) -> None:
        from ingest.warehouse import build, stories

        self.keeper, timed = build.KEEPERS["stories"], self._update
        stories.update = timed
        build.KEEPERS["stories"] = self.keeper._replace(update=timed)

    def __exit__(self, *_: object) -> None:
        from ingest.warehouse import build, stories

        build.KEEPERS["stories"] = self.keeper
        stories.update = self.keeper.update

    def _update(self, *given: Any, **named: Any) -> int:
        cpu_s, wall_s = time.process_time(), time.perf_counter()
        count = self.keeper.update(*given, **named)
        self.note(time.process_time() - cpu_s, time.perf_counter() - wall_s)
        return count


# What is printed


def settings(home: Path) -> Any:
    from ingest.settings import Settings

    return Settings(home=home, contact="mailto:bench@example.org")


def shuffled(articles: Path) -> list[Line]:
    body = articles.read_bytes()
    text = (gzip.decompress(body) if articles.suffix == ".gz" else body).decode("utf-8")
    given = [json.loads(line) for line in text.split("\n") if line.strip()]
    random.Random(SEED).shuffle(given)
    return given


def environment(work: Path) -> Path:
    """The Python of the others' environment; made, once, where it is missing."""
    folder = work / "stories"
    python, versions = folder / "bin" / "python", folder / "versions"
    if not versions.is_file() or versions.read_text("utf-8") != "\n".join(VERSIONS):
        print(f"making {folder}", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-qq", *VERSIONS], check=True)
        versions.write_text("\n".join(VERSIONS), "utf-8")
    return python


def compare(articles: Path, python: Path | None) -> None:
    count = len(shuffled(articles))
    print(f"{count} articles\n| tool | precision | recall | F1 | CPU ms an article |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "clusters.jsonl"
        step_s, whole_s = ours(articles, out)
        show(f"ingest, its story step (all: {1000 * whole_s / count:.2f})", articles, out, step_s / count)
        for tool in TOOLS if python else ("exact hash",):
            for cleaned in ("", "without repeated lines"):
                command = [python or sys.executable, __file__, "--answer", tool, "--cleaned", cleaned]
                command += ["--articles", articles, "--out", out]
                told = subprocess.run(command, check=True, capture_output=True, text=True)
                show(f"{tool} {cleaned}".strip(), articles, out, float(told.stdout) / count)


def show(tool: str, articles: Path, out: Path, cpu_s: float) -> None:
    told = subprocess.run([sys.executable, SCORER, articles, out], check=True, capture_output=True, text=True).stdout
    figures = [re.search(rf"{name} ([\d.]+)", told)[1] for name in ("precision", "recall", "F1")]  # type: ignore[index]
    print(f"| {tool} | {' | '.join(figures)} | {1000 * cpu_s:.2f} |", flush=True)


def main() -> None:
    known = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known.add_argument(
        "--articles", type=Path, default=ARTICLES, help="JSON lines with article_id, source_id, text, story"
    )
    known.add_argument("--others", action="store_true", help=", ".join(VERSIONS))
    known.add_argument("--work", type=Path, default=WORK, help="where the others' environment is")
    known.add_argument("--scale", action="store_true", help="cost of a batch by how much is stored")
    known.add_argument("--stored", default="0,100000,1000000")
    known.add_argument("--batch", type=int, default=1000)
    known.add_argument("--rounds", type=int, default=5, help="of each size")
    known.add_argument("--old", type=int, default=0, help="articles of the batch that were published 90 days ago")
    known.add_argument("--answer", choices=TOOLS, help=argparse.SUPPRESS)
    known.add_argument("--cleaned", help=argparse.SUPPRESS)
    known.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    given = known.parse_args()
    if not given.articles.is_file():
        known.error(f"{given.articles} is not there: name a file with --articles")
    if given.answer:
        answer(given.answer, bool(given.cleaned), given.articles, given.out)
    elif given.scale:
        scale(given.articles, [int(size) for size in given.stored.split(",")], given.batch, given.rounds, given.old)
    elif not SCORER.is_file():
        known.error(f"no scorer at {SCORER}: this bench needs the shared folder beside the project")
    else:
        compare(given.articles, environment(given.work) if given.others else None)


if __name__ == "__main__":
    main()
