"""What the page News sources costs, over a published warehouse of any size: CPU seconds of a reading and of a page, and memory.

    .venv/bin/python bench/sources_page.py HOME [--sources N]

HOME is an INGEST_HOME (bench/warehouse.py leaves one with --home). A reading happens once a publish. `--sources` shows that many
instead, as copies of those that are there, in a copy of the file.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import duckdb

from ingest.airflow_ui import read, source
from ingest.settings import Settings
from stand_in_airflow import StandInAirflow

ROUNDS = 5
COPIES = """
CREATE TEMP TABLE copy AS SELECT 'copy-' || k || '-' AS prefix FROM range($copies) AS numbers(k);
INSERT INTO raw.source SELECT one.* REPLACE (prefix || source_id AS source_id) FROM raw.source AS one, copy;
INSERT INTO raw.poll
  SELECT one.* REPLACE (prefix || source_id AS source_id, prefix || feed_id AS feed_id, uuid() AS poll_id)
  FROM raw.poll AS one, copy;
INSERT INTO mart.ledger
  SELECT one.* REPLACE (prefix || source_id AS source_id, uuid() AS entry_id) FROM mart.ledger AS one, copy;
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("home", type=Path)
    asked.add_argument("--sources", type=int)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = multiplied(given.home, Path(folder), given.sources) if given.sources else given.home
        os.environ |= {"INGEST_HOME": str(home), "INGEST_CONTACT": "mailto:bench@example.org"}
        before = memory()
        measure(Settings(home=home, contact="mailto:bench@example.org").published_file)
        if not given.sources:  # copying took more
            print(f"memory: {memory() - before:.0f} MB more than before the first reading")


def measure(file: Path) -> None:
    airflow = StandInAirflow()
    overview, overview_s = timed(lambda: read.overview(file))
    listed_count = sum(day.listed_count for one in overview.sources for day in one["days"])
    print(f"sources {len(overview.sources)}, items {listed_count} in 14 days, file {file.stat().st_size / 1e6:.0f} MB")
    print(f"reading of the overview   {overview_s:.3f} CPU-s")
    some = overview.sources[:: max(len(overview.sources) // ROUNDS, 1)][:ROUNDS]
    readings = [timed(lambda one=one: source.details(file, one))[1] for one in some]
    print(f"reading of a source       {max(readings):.3f} CPU-s at most of {len(some)}")
    for path in ("/", "/?sort=volume&page=2", "/?state=healthy", f"/source/{some[0]['source_id']}"):
        answers = [timed(lambda path=path: airflow.answers(path)) for _ in range(ROUNDS)]
        size, cost = len(answers[0][0].content), min(cost for _, cost in answers)
        print(f"page {path:30} {cost:.3f} CPU-s, {size / 1000:.0f} kB")


def multiplied(home: Path, folder: Path, sources: int) -> Path:
    """A home with a copy of the published file, in which each source is there several times."""
    file = Settings(home=folder, contact="bench").published_file
    file.parent.mkdir(parents=True)
    shutil.copy(Settings(home=home, contact="bench").published_file, file)
    with duckdb.connect(str(file)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        ((there,),) = connection.execute("SELECT count(DISTINCT source_id) FROM raw.poll").fetchall()
        for statement in COPIES.replace("$copies", str(max(sources // there - 1, 0))).split(";")[:-1]:
            connection.execute(statement)
    return folder


def timed(does: Callable[[], Any]) -> tuple[Any, float]:
    began_s = time.process_time()
    return does(), time.process_time() - began_s


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
