"""The warehouse by how much it holds: what a load costs, what a publish takes, how large the file is, how long queries run.

    .venv/bin/python bench/warehouse.py [--articles 10000,100000,1000000] [--home FOLDER] [--rounds 3]
    .venv/bin/python bench/warehouse.py --raw

A made history (made_news.py) is staged and brought in by the jobs themselves, 5,000 items a batch while the warehouse is filled.
At each size: five batches of 200 items, built once, as crawls of ten minutes bring them, and then every query of
warehouse/queries, each in a process of its own, first with nothing of the file in DuckDB's memory, then the least of five more.
CPU is of all threads.

`--raw` holds the load of batches against a bare INSERT ... SELECT of the same Parquet files into tables with the same columns,
batch by batch in turns.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from ingest.records import Batch
from ingest.settings import Settings
from ingest.warehouse.writer import STORAGE
from made_news import History

BULK = 5_000  # items a batch while the warehouse is filled
FRESH, CRAWLS = 200, 5  # items a batch and batches a build, where a load is measured
SHARE_READ = 0.93  # of the items are articles
COLUMNS = """
SELECT column_name, data_type
FROM duckdb_columns()
WHERE database_name = 'ours' AND schema_name = 'raw' AND table_name = ?
ORDER BY column_index
"""
PACKED = ("text", "description", "summary", "image_caption")  # as in warehouse/migrations


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--articles", default="10000,100000,1000000")
    asked.add_argument("--home", type=Path, help="an empty folder with room for it all; by default one that is removed")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--raw", action="store_true", help="the raw load beside a bare insert")
    asked.add_argument("--query", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.query:
        print(json.dumps(query(Settings(home=given.home, contact="bench"), given.query)))
        return
    with ExitStack() as stack:
        home = given.home or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = Settings(home=home, contact="mailto:bench@example.org")
        if given.raw:
            raw(settings, given.rounds)
        else:
            grow(settings, [int(size) for size in given.articles.split(",")], given.rounds)


# By how much is stored


def grow(settings: Settings, sizes: list[int], rounds: int) -> None:
    from ingest.jobs import build, load, publish

    items = [int(size / SHARE_READ) for size in sizes]
    history = History(settings, whole=items[-1] + len(sizes) * rounds * FRESH * CRAWLS)
    figures: dict[int, dict[str, Any]] = {}
    times: dict[int, dict[str, list[float]]] = {}
    for size, wanted in zip(sizes, items, strict=True):
        filled: dict[str, float] = defaultdict(float)
        before = history.items
        while history.items < wanted:
            history.stages(min(BULK, wanted - history.items))
            filled["load"] += cpu_s(load.run, settings)
            filled["build"] += cpu_s(build.run, settings)
            shown(f"{history.items:,} items: load {filled['load']:.1f} s, build {filled['build']:.1f} s")
        many = (history.items - before) * SHARE_READ
        filled["publish"] = cpu_s(publish.run, settings)
        figures[size] = fresh(settings, history, rounds) | {
            "bulk load, articles/CPU-s": many / filled["load"], "bulk build, articles/CPU-s": many / filled["build"],
            "published file, MB": settings.published_file.stat().st_size / 1e6,
            "crawl state, MB": settings.state_file.stat().st_size / 1e6,
            "batches, MB": sum(path.stat().st_size for path in settings.stage.rglob("*.parquet")) / 1e6,
            "peak memory of the writer, MB": peak_mb(),
        }  # fmt: skip
        times[size] = queries(settings)
        shown(json.dumps(figures[size]))
    table("", sizes, {name: [figures[size][name] for size in sizes] for name in figures[sizes[0]]})
    for place, name in enumerate(("first, s", "again, s", "peak memory, MB")):
        table(name, sizes, {query: [times[size][query][place] for size in sizes] for query in times[sizes[0]]})


def fresh(settings: Settings, history: History, rounds: int) -> dict[str, float]:
    """CPU milliseconds an article of what a crawl of ten minutes brings, and what publishing it takes."""
    from ingest.jobs import build, load, publish

    told: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for _ in range(CRAWLS):
            history.stages(FRESH)
        for name, job in (("load", load.run), ("build with stories and search", build.run)):
            told[f"{name}, CPU ms an article"].append(1000 * cpu_s(job, settings) / (FRESH * CRAWLS * SHARE_READ))
        began_s = time.perf_counter()
        told["publish, CPU s"].append(cpu_s(publish.run, settings))
        told["publish, wall s"].append(time.perf_counter() - began_s)
    return {name: min(costs) for name, costs in told.items()}


def queries(settings: Settings) -> dict[str, list[float]]:
    from ingest.warehouse import sql

    return {path.stem: asked_alone(settings, path) for path in sql.files("queries")}


def asked_alone(settings: Settings, path: Path) -> list[float]:
    command = [sys.executable, __file__, "--home", settings.home, "--query", path]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return list(json.loads(told))


def query(settings: Settings, path: Path) -> list[float]:
    """Wall seconds of the first time and of the least of five more, and this process's peak memory in MB."""
    from ingest.warehouse.read import reader

    with reader(settings.published_file) as connection:
        walls = []
        for _ in range(6):
            began_s = time.perf_counter()
            connection.execute(path.read_text("utf-8")).fetchall()
            walls.append(time.perf_counter() - began_s)
    return [walls[0], min(walls[1:]), peak_mb()]


# Beside a bare insert


def raw(settings: Settings, rounds: int) -> None:
    """The load job against bare inserts of the same files, in turns; both files are the same DuckDB."""
    import duckdb

    from ingest.jobs import load
    from ingest.warehouse.writer import prepare

    history = History(settings, whole=100_000)
    ours = bare = articles = 0.0
    load.run(settings)

    def insert(batches: list[Batch]) -> None:
        with duckdb.connect(
            str(settings.home / "bare.duckdb"), config={"storage_compatibility_version": STORAGE}
        ) as connection:
            prepare(connection)
            connection.execute(f"ATTACH '{settings.writer_file}' AS ours (READ_ONLY)")
            for batch, name in ((one, name) for one in batches for name in one.tables):
                columns = connection.execute(COLUMNS, [name]).fetchall()
                declared = ", ".join(
                    f'"{column}" {kind} {"USING COMPRESSION zstd" * (column in PACKED)}' for column, kind in columns
                )
                connection.execute(f"CREATE TABLE IF NOT EXISTS main.{name} ({declared})")
                file = batch.folder / f"{name}.parquet"
                connection.execute(
                    f"INSERT INTO main.{name} BY NAME SELECT *, ? AS batch_id, 1 AS load_seq FROM read_parquet('{file}')",
                    [batch.batch_id],
                )

    for _ in range(rounds * 4):
        batches = history.stages(BULK)
        articles += sum(batch.tables.get("extraction", 0) for batch in batches)
        ours += cpu_s(load.run, settings)
        bare += cpu_s(insert, batches)
    print("| | CPU ms an article | times |\n|---|---|---|")
    print(f"| bare insert | {1000 * bare / articles:.3f} | 1.00 |")
    print(f"| load: digests, journal, transaction | {1000 * ours / articles:.3f} | {ours / bare:.2f} |")


# What is printed


def cpu_s(call: Callable[..., object], *given: Any) -> float:
    before = time.process_time()
    call(*given)
    return time.process_time() - before


def peak_mb() -> float:
    """Of this process since it began; getrusage would tell of its parent, too."""
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("utf-8"))
    return int(told[1]) / 1e3 if told else 0.0


def shown(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def table(title: str, sizes: list[int], rows: dict[str, list[float]]) -> None:
    print(f"\n| {title} | {' | '.join(f'{size:,}' for size in sizes)} |\n|---|{'---|' * len(sizes)}")
    for name, values in rows.items():
        print(f"| {name} | {' | '.join(f'{value:,.2f}' if value < 100 else f'{value:,.0f}' for value in values)} |")


if __name__ == "__main__":
    main()
