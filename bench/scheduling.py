"""What Airflow costs a crawl, and whether the past holds up the present: 200 sources due at once, in a real `airflow standalone`.

    .venv/bin/python bench/scheduling.py [--hosts 200] [--pages 3]

The web is that of bench/crawl.py, a process of its own with an address a host; one host more takes a request and never answers.
Processor time is that of all processes of its session, waited-for children included. What Airflow uses while it has nothing to do
is measured before, and the same crawl without Airflow, by as many processes, in the same run: the rest is what scheduling costs.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

import crawl as web
from ingest.demo.loopback import LOOPBACK, free_port
from ingest.demo.standalone import Standalone

DAGS = Path(__file__).parents[1] / "dags"
STUCK = "stuck"
PLAN = """
import json
from ingest.jobs import crawl
from ingest.settings import load
print(json.dumps(crawl.plan(load(), source_ids=None)))
"""
PLAIN = """
import json, sys
from ingest.jobs import crawl
from ingest.settings import load
summary = crawl.run(load(), source_ids=sys.argv[1].split(","))
print(json.dumps(summary.as_dict()))
"""
IDLE_S = 60.0
PAST = 30  # pages of each host that its feed shows no more


def main() -> None:
    known = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known.add_argument("--hosts", type=int, default=200)
    known.add_argument("--pages", type=int, default=3, help="of each host")
    known.add_argument("--step", help=argparse.SUPPRESS)
    given = known.parse_args()
    given.made, given.threads = True, 0
    if given.step == "serve":
        web.serve(given.hosts, given.pages, given.made, past=PAST)
    with web_of(given), stuck_host() as stuck, tempfile.TemporaryDirectory(prefix="bench-airflow-") as folder:
        print(f"{os.cpu_count()} cores; {given.hosts} sources x {given.pages} pages, and one host that never answers\n")
        alone = without_airflow(given, Path(folder) / "alone", stuck)
        with_it = through_airflow(given, Path(folder) / "airflow", stuck)
    told(given, alone, with_it)


@contextmanager
def web_of(given: argparse.Namespace) -> Iterator[None]:
    command = [sys.executable, __file__, f"--hosts={given.hosts}", f"--pages={given.pages}", "--step=serve"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        process.stdout.readline()
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def stuck_host() -> Iterator[str]:
    """Takes connections and says nothing."""
    with socket.create_server((LOOPBACK, 0)) as server:
        held: list[socket.socket] = []

        def hold() -> None:
            with suppress(OSError):
                while True:
                    held.append(server.accept()[0])

        threading.Thread(target=hold, daemon=True).start()
        yield f"{LOOPBACK}:{server.getsockname()[1]}"
        for one in held:
            one.close()


def settled(home: Path, hosts: int, stuck: str) -> dict[str, str]:
    """A catalogue of one source a host, all due; the environment of whoever crawls it."""
    home.mkdir(parents=True)
    places = [(f"s{number:03}", web.address(number)) for number in range(hosts)] + [(STUCK, stuck)]
    (home / "sources.toml").write_text(
        "[defaults]\nhost_delay_s = 0\npoll_every_s = 600\n"
        + "".join(
            f'[[source]]\nsource_id = "{name}"\nname = "Paper {name}"\nhome_url = "http://{place}/"\ncountry = "ZZ"\n'
            f'language = "en"\nfeeds = ["http://{place}/feed"]\n'
            for name, place in places
        ),
        "utf-8",
    )
    return {
        "INGEST_HOME": str(home / "data"),
        "INGEST_CATALOGUE": str(home / "sources.toml"),
        "INGEST_CONTACT": "mailto:bench@example.org",
        "INGEST_ALLOW_NETWORKS": "127.0.0.0/8",
        "INGEST_DISK_PAUSE_BACKFILL_BYTES": "0",
        "INGEST_DISK_PAUSE_CRAWL_BYTES": "0",
    }


def without_airflow(given: argparse.Namespace, home: Path, stuck: str) -> dict[str, float]:
    """The jobs that the DAG runs, each in a process of its own, two at a time as in the pool."""
    environ = os.environ | settled(home, given.hosts, stuck)
    began, used = time.monotonic(), children_cpu_s()
    done = subprocess.run([sys.executable, "-c", PLAN], env=environ, capture_output=True, text=True, check=True)
    batches = json.loads(done.stdout)
    gate = threading.Semaphore(2)

    def crawl(batch: list[str]) -> None:
        with gate:
            subprocess.run([sys.executable, "-c", PLAIN, ",".join(batch)], env=environ, capture_output=True, check=True)

    threads = [threading.Thread(target=crawl, args=[batch]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"batches": len(batches), "elapsed_s": time.monotonic() - began, "cpu_s": children_cpu_s() - used}


def through_airflow(given: argparse.Namespace, home: Path, stuck: str) -> dict[str, Any]:
    environ = os.environ | settled(home, given.hosts, stuck)
    told: dict[str, Any] = {}
    with Standalone(home=home, dags=DAGS, port=free_port(), environ=environ, open_to_all=True, say=say) as airflow:
        airflow.until("Airflow is reading the DAGs", lambda: "news_crawl" in airflow.dags_listed(), within_s=300)
        began, used = time.monotonic(), session_cpu_s(airflow.pid)
        time.sleep(IDLE_S)
        told["idle_cpu"] = (session_cpu_s(airflow.pid) - used) / (time.monotonic() - began)
        told["first"] = crawled(airflow, lambda: airflow.unpause("news_crawl"))  # by its clock: all are due
        told["tasks"] = len(airflow.task_states("news_crawl", told["first"]["run_id"]))
        told["hosts"] = delays(home)
        told["again"] = crawled(airflow, lambda: polled_again(airflow, given))
        told["beside"] = beside_a_backfill(airflow, home, given)
    return told


def say(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)


def polled_again(airflow: Standalone, given: argparse.Namespace) -> None:
    airflow.trigger("news_crawl", {"source_ids": [f"s{number:03}" for number in range(given.hosts)]})


def crawled(airflow: Standalone, begin: Callable[[], None]) -> dict[str, Any]:
    """The run of news_crawl that `begin` brings about."""
    before = {run["dag_run_id"] for run in airflow.runs("news_crawl")}
    used, began = session_cpu_s(airflow.pid), time.monotonic()
    begin()

    def new() -> list[dict[str, Any]]:
        return [run for run in airflow.runs("news_crawl") if run["dag_run_id"] not in before]

    airflow.until("a crawl is queued", lambda: bool(new()), within_s=300)
    run_id = new()[-1]["dag_run_id"]
    assert airflow.wait("news_crawl", run_id) == "success"
    (run,) = [one for one in new() if one["dag_run_id"] == run_id]
    return {
        "run_id": run_id,
        "elapsed_s": time.monotonic() - began,
        "cpu_s": session_cpu_s(airflow.pid) - used,
        "wait_s": seconds(run["queued_at"], run["start_date"]),
        "whole_s": seconds(run["queued_at"], run["end_date"]),
    }


def beside_a_backfill(airflow: Standalone, home: Path, given: argparse.Namespace) -> dict[str, Any]:
    """The same crawl, while days of the past are brought in from the same machine."""
    days = [datetime.now(UTC).date() - timedelta(days=number) for number in (4, 3, 2)]  # yesterday is the clock's own
    past = home / "past.csv"
    with past.open("w", encoding="utf-8") as stream:
        stream.write("url,published_at\n")
        for page in range(PAST):
            for number in range(given.hosts):
                stream.write(f"http://{web.address(number)}/story/{given.pages + page},{days[page % 3]}T12:00:00Z\n")
    airflow.unpause("news_backfill")
    asked = {"input_kind": "list", "input_address": str(past)}
    backfill = airflow.backfill("news_backfill", days[0], days[-1], asked)
    airflow.until("the backfill works", lambda: is_working(airflow), within_s=300)
    told = crawled(airflow, lambda: polled_again(airflow, given))
    told["was_working"] = is_working(airflow)
    airflow.cancel_backfill(backfill)
    return told


def is_working(airflow: Standalone) -> bool:
    runs = [run["dag_run_id"] for run in airflow.runs("news_backfill") if run["state"] == "running"]
    tasks = [airflow.task_states("news_backfill", run_id) for run_id in runs]
    return any(state == "running" and name.startswith("bring_in") for task in tasks for name, state in task.items())


def delays(home: Path) -> dict[str, float]:
    """When each host was done with, in seconds after the crawl's first poll; the stuck one's apart."""
    files = f"{home}/data/stage/*/*/fetch.parquet"
    rows = duckdb.sql(
        f"SELECT source_id, max(fetched_at) FROM read_parquet('{files}', union_by_name = true) GROUP BY source_id"
    ).fetchall()
    polls = f"{home}/data/stage/*/*/poll.parquet"
    first, last_stuck = duckdb.sql(
        f"SELECT min(polled_at), max(polled_at + to_milliseconds(elapsed_ms)) FILTER (source_id = '{STUCK}')"
        f" FROM read_parquet('{polls}', union_by_name = true)"
    ).fetchall()[0]
    done = [(at - first).total_seconds() for _, at in rows]
    return {"hosts": len(rows), "last_s": max(done), "stuck_s": (last_stuck - first).total_seconds()}


def seconds(begins: str, ends: str) -> float:
    return (datetime.fromisoformat(ends) - datetime.fromisoformat(begins)).total_seconds()


def session_cpu_s(leader: int) -> float:
    """Of all processes of the session, those that ended and were waited for included."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader:
                ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def children_cpu_s() -> float:
    used = os.times()
    return used.children_user + used.children_system


def told(given: argparse.Namespace, alone: dict[str, float], told: dict[str, Any]) -> None:
    first, again, beside, hosts = told["first"], told["again"], told["beside"], told["hosts"]
    idle_s = told["idle_cpu"] * first["elapsed_s"]
    overhead_s = first["cpu_s"] - idle_s - alone["cpu_s"]
    rows = {
        "tasks of the run": told["tasks"],
        "CPU-s of the crawl alone, without Airflow": alone["cpu_s"],
        "CPU-s through Airflow": first["cpu_s"],
        "of it what Airflow uses while nothing is to be done": idle_s,
        "CPU-s a source for scheduling and running its tasks": overhead_s / given.hosts,
        "seconds from queued to done, first crawl": first["whole_s"],
        "seconds from queued to done, nothing new": again["whole_s"],
        "seconds from the first poll until the last other host was done with": hosts["last_s"],
        "seconds until the host that never answers was given up": hosts["stuck_s"],
        "seconds from queued to started, beside a backfill": beside["wait_s"],
        "seconds from queued to done, beside a backfill": beside["whole_s"],
    }
    print(f"| {given.hosts} sources due at once | |\n|---|---|")
    for name, figure in rows.items():
        print(f"| {name} | {figure:,.3f} |")
    print("the backfill was", "still at work" if beside["was_working"] else "OVER before the crawl was", "then")
    assert hosts["hosts"] == given.hosts, hosts


if __name__ == "__main__":
    main()
