"""The whole stack with Celery under a Docker engine, once: built, started, crawled with, checked, taken down (`make test-stack`).

Uses the Docker engine that is there, else starts one by hand for itself; what then stands in for what is in README.md.
"""

import argparse
import base64
import json
import os
import platform
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from ingest.demo.web import NewsWeb
from ingest.jobs.demo_result import result
from ingest.settings import load as load_settings
from ingest.stage import batch as stage
from ingest.warehouse.state import journaled

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COMPOSE = Path(sys.executable).with_name("docker-compose")
PROJECT = "news-stack-test"  # not that of docker-compose.yml: a stack in use here stays as it is
IMAGE = "news-ingest:stack-test"
BASE = "python:3.11-slim-bookworm"
STAND_INS = {"postgres:16-bookworm": "postgres.Dockerfile", "redis:7-bookworm": "redis.Dockerfile"}
PORTS = (5432, 6379, 8080, 8793, 8794, 8795, 8974)  # the services', on this machine's own network
ENGINE = ("--iptables=false", "--bridge=none", "--storage-driver", "overlay2")
URL = "http://127.0.0.1:8080"
UP_WITHIN_S, RUN_WITHIN_S, ENGINE_WITHIN_S = 1200, 900, 60
# what each task must have run on: its Celery queue, and the one container whose worker takes from it
PLACES = {
    "news_crawl": ("crawl", "worker-crawl"),
    "news_load": ("duckdb", "worker-duckdb"),
}
LEDGER = "SELECT source_id, state, reason, count(*) AS items FROM mart.ledger GROUP BY ALL ORDER BY ALL"
MEMORY = "{{.Name}} {{.MemUsage}}"
FIGURES: dict[str, str] = {}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--keep", action="store_true", help="leave the stack up when it is done (engine of its own: no)"
    )
    keep = parser.parse_args().keep
    busy = [port for port in PORTS if not is_free(port)]
    if busy:
        sys.exit(f"ports {busy} are in use on this machine; the stack needs them all")
    began = time.monotonic()
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="news-stack-")))
        place.chmod(0o755)  # containers read the catalogue as another user
        engine(stack, place)
        FIGURES["engine"] = docker("version", "--format", "{{.Server.Version}}")
        FIGURES["compose"] = said([COMPOSE, "version", "--short"])
        FIGURES["image"] = timed("building the image", build)
        web = stack.enter_context(NewsWeb(seed=7))
        catalogue = place / "catalogue"
        catalogue.mkdir()
        (catalogue / "sources.toml").write_text(web.catalogue(), "utf-8")
        environ = environment(catalogue)
        try:
            FIGURES["all services healthy"] = timed("starting the stack", lambda: up(environ))
            airflow = Airflow(environ["ADMIN_PASSWORD"])
            FIGURES["crawl"] = timed("news_crawl on worker-crawl", lambda: crawl(airflow))
            FIGURES["load"] = timed(
                "news_load on worker-duckdb, until all is published", lambda: loaded(airflow, place)
            )
            settings = replace(load_settings({}), home=place / "home")
            FIGURES["in DuckDB"] = result(settings, web.truth()["entries"], next_steps=()).verdict
            FIGURES["memory"] = "; ".join(sorted(docker("stats", "--no-stream", "--format", MEMORY).splitlines()))
            FIGURES["backup and restore"] = timed("backup, loss, restore", lambda: lost_and_restored(environ, place))
            FIGURES["all services healthy again"] = timed("starting the stack again", lambda: up(environ))
            FIGURES["runs that Airflow remembers"] = str(len(Airflow(environ["ADMIN_PASSWORD"]).runs("news_crawl")))
        except BaseException:
            if not keep:
                tell_what_happened(environ)
            raise
        finally:
            if not keep:
                compose(environ, "down", "--volumes", "--timeout", "30")
    FIGURES["altogether"] = f"{time.monotonic() - began:.0f} s"
    say(f"\n{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.release()}, {os.cpu_count()} cores:")
    for name, figure in FIGURES.items():
        say(f"- {name}: {figure}")
    return 0


# -- the engine and its images ---------------------------------------------------------------------


def engine(stack: ExitStack, place: Path) -> None:
    """The engine that answers, with images as Compose pulls them; else one of our own, with stand-ins."""
    if subprocess.run(["docker", "version"], capture_output=True, check=False).returncode == 0:
        say("the Docker engine that is here; base images are pulled")
        return
    if os.getuid() != 0 or not all(map(shutil.which, ("docker", "dockerd", "debootstrap"))):
        sys.exit("no Docker engine answers; as root, this starts one by itself: apt-get install docker.io debootstrap")
    say("no Docker engine answers: starting one, with stand-ins for the base images (README.md)")
    stack.enter_context(own_engine(place))
    FIGURES["stand-ins"] = timed("making stand-ins", lambda: stand_ins(place))


@contextmanager
def own_engine(place: Path) -> Iterator[None]:
    host = f"unix://{place}/docker.sock"
    folders = ["--data-root", place / "engine", "--exec-root", place / "exec", "--pidfile", place / "dockerd.pid"]
    with (place / "dockerd.log").open("wb") as log:
        dockerd = subprocess.Popen(
            ["dockerd", *ENGINE, *folders, "--host", host], stdout=log, stderr=log, start_new_session=True
        )
        os.environ["DOCKER_HOST"] = host
        try:
            until("the engine answers", lambda: not dockerd.poll() and is_up(), within_s=ENGINE_WITHIN_S)
            yield
        finally:
            dockerd.send_signal(signal.SIGTERM)
            dockerd.wait(60)
            subprocess.run(["umount", place / "exec/netns/default"], capture_output=True, check=False)  # it leaves this
            del os.environ["DOCKER_HOST"]


def is_up() -> bool:
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


def stand_ins(place: Path) -> str:
    """Debian itself for the Python image, and on it Debian's PostgreSQL and Redis."""
    root = place / "debian"
    packages = "python3,python3-venv,ca-certificates"
    done(["debootstrap", "--variant=minbase", f"--include={packages}", "bookworm", root])
    (root / "usr/bin/python").symlink_to("python3")
    bundle = Path("etc/ssl/certs/ca-certificates.crt")  # whom this machine trusts
    shutil.copy(Path("/") / bundle, root / bundle)
    trust = f"ENV PIP_CERT=/{bundle} SSL_CERT_FILE=/{bundle} PIP_ROOT_USER_ACTION=ignore"
    packed = subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE)
    done(["docker", "import", "--change", trust, "-", BASE], stdin=packed.stdout)
    if packed.wait():
        sys.exit("the stand-in for the base image cannot be packed")
    shutil.rmtree(root)
    for image, file in STAND_INS.items():
        build_image(image, HERE / file, HERE)
    return ", ".join(f"{image} {size(image)}" for image in (BASE, *STAND_INS))


def build() -> str:
    build_image(IMAGE, ROOT / "Dockerfile", ROOT)
    return f"{size(IMAGE)}, of which the base is {size(BASE)}"


def build_image(tag: str, dockerfile: Path, folder: Path) -> None:
    """By the classic builder: the Dockerfile asks for nothing else."""
    environ = {**os.environ, "DOCKER_BUILDKIT": "0"}
    done(["docker", "build", "--network", "host", "--tag", tag, "--file", dockerfile, folder], env=environ)


def size(image: str) -> str:
    return f"{int(docker('image', 'inspect', '--format', '{{.Size}}', image)) / 1e6:.0f} MB"


# -- the stack -------------------------------------------------------------------------------------


def environment(catalogue: Path) -> dict[str, str]:
    """What .env would hold: secrets of this run alone."""
    names = ("ADMIN_PASSWORD", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "JWT_SECRET", "API_SECRET_KEY")
    return {
        **os.environ,
        **{name: secrets.token_hex(32) for name in names},
        "FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "INGEST_CONTACT": "mailto:stack-test@example.org",
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "COMPOSE_PROFILES": "celery",
        "STACK_CATALOGUE": str(catalogue),
    }


def compose(environ: Mapping[str, str], *command: str) -> str:
    return in_compose(environ, *command, stdout=subprocess.PIPE).stdout.decode().strip()


def in_compose(environ: Mapping[str, str], *command: str, **streams: Any) -> subprocess.CompletedProcess[bytes]:
    files = ["--file", ROOT / "docker-compose.yml", "--file", HERE / "compose.yml"]
    whole = [COMPOSE, "--project-name", PROJECT, "--env-file", os.devnull, *files, *command]
    answer = subprocess.run(whole, env=environ, stderr=subprocess.PIPE, check=False, **streams)
    if answer.returncode:
        raise RuntimeError(f"docker compose {' '.join(command)}: {answer.stderr.decode()[-3000:]}")
    return answer


def up(environ: Mapping[str, str]) -> str:
    compose(environ, "up", "--detach", "--wait", "--wait-timeout", str(UP_WITHIN_S))
    told = json.loads(f"[{','.join(compose(environ, 'ps', '--format', 'json').splitlines())}]")
    return ", ".join(sorted(f"{one['Service']} {one['Health']}" for one in told))


def crawl(airflow: "Airflow") -> str:
    run_id = airflow.triggers("news_crawl")
    state = airflow.ended("news_crawl", run_id)
    tasks = airflow.ran_where("news_crawl", run_id)
    if state != "success":
        sys.exit(f"news_crawl ended as {state}: {tasks}")
    return "; ".join(tasks)


def loaded(airflow: "Airflow", place: Path) -> str:
    """Waits until nothing is owed in a copy of the containers' home; returns the runs that the asset caused."""
    home = place / "home"

    def is_published() -> bool:
        shutil.rmtree(home, ignore_errors=True)
        docker("cp", f"{PROJECT}-worker-duckdb-1:/srv/news", str(home))
        settings = replace(load_settings({}), home=home)
        return settings.published_file.exists() and not set(stage.sealed(settings.stage)) - journaled(
            settings.state_file
        )

    until("all is published", is_published, within_s=RUN_WITHIN_S)
    runs = [run for run in airflow.runs("news_load") if run["run_type"] == "asset_triggered"]
    if not runs:
        sys.exit("no run of news_load was caused by the asset")
    airflow.ended("news_load", runs[0]["dag_run_id"])
    return f"{len(runs)} runs by asset: " + "; ".join(airflow.ran_where("news_load", runs[0]["dag_run_id"]))


def lost_and_restored(environ: Mapping[str, str], place: Path) -> str:
    """As dags/README.md says under "Backup and restore"."""
    kept, dump = place / "backup", place / "airflow.dump"
    kept.mkdir()
    os.chown(kept, 10001, 10001)
    once = ("run", "--rm", "--no-deps", "--volume", f"{kept}:/backup", "scheduler", "ingest")
    backup = compose(environ, *once, "backup", "/backup/news")
    database = ("exec", "-T", "postgres")
    with dump.open("wb") as stream:
        in_compose(environ, *database, "pg_dump", "-U", "airflow", "--format", "custom", "airflow", stdout=stream)
    before = compose(environ, *once, "query", "--json", LEDGER)
    compose(environ, "down", "--timeout", "60")
    docker("volume", "rm", f"{PROJECT}_news", f"{PROJECT}_postgres")
    restored = compose(environ, *once, "restore", "/backup/news")
    compose(environ, "up", "--detach", "--wait", "postgres")
    into = ("pg_restore", "-U", "airflow", "--clean", "--if-exists", "--dbname", "airflow")
    with dump.open("rb") as stream:
        in_compose(environ, *database, *into, stdin=stream)
    after = compose(environ, *once, "query", "--json", LEDGER)
    if after != before:
        sys.exit(f"the ledger after the restore is not that before: {before} / {after}")
    return f"{backup}; {restored}; the ledger is the same"


class Airflow:
    """Its REST API, as the admin whom `init` made."""

    def __init__(self, password: str) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        given = {"username": "admin", "password": password}
        answer = self._session.post(f"{URL}/auth/token", json=given, timeout=60)
        answer.raise_for_status()
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        until("the DAGs are read", lambda: PLACES.keys() <= self._listed(), within_s=RUN_WITHIN_S)
        if errors := self._ask("GET", "importErrors")["import_errors"]:
            sys.exit(f"Airflow cannot read the DAGs: {errors}")
        for dag_id in reversed(PLACES):
            self._ask("PATCH", f"dags/{dag_id}", {"is_paused": False})

    def triggers(self, dag_id: str) -> str:
        return str(self._ask("POST", f"dags/{dag_id}/dagRuns", {"logical_date": None, "conf": {}})["dag_run_id"])

    def ended(self, dag_id: str, run_id: str) -> str:
        def state() -> str:
            return str(self._ask("GET", f"dags/{dag_id}/dagRuns/{run_id}")["state"])

        until(f"{dag_id} ends", lambda: state() in ("success", "failed"), within_s=RUN_WITHIN_S)
        return state()

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        return list(self._ask("GET", f"dags/{dag_id}/dagRuns?order_by=run_after&limit=50")["dag_runs"])

    def ran_where(self, dag_id: str, run_id: str) -> list[str]:
        """`task state seconds`, each held against the queue and the container that PLACES names."""
        told = []
        for task in self._ask("GET", f"dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]:
            found = (task["queue"], task["hostname"])
            if task["state"] not in ("skipped", "upstream_failed", None) and found != PLACES[dag_id]:
                sys.exit(f"{dag_id}.{task['task_id']} ran in {found}, not in {PLACES[dag_id]}")
            told.append(f"{task['task_id']} {task['state']} in {task['duration'] or 0:.1f} s")
        return told

    def _listed(self) -> set[str]:
        return {dag["dag_id"] for dag in self._ask("GET", "dags")["dags"]}

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        answer = self._session.request(method, f"{URL}/api/v2/{path}", json=body, timeout=60)
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: HTTP {answer.status_code}: {answer.text[:500]}")
        found: dict[str, Any] = answer.json()
        return found


def tell_what_happened(environ: Mapping[str, str]) -> None:
    for command in (["ps", "--all"], ["logs", "--tail", "40", "--no-color"]):
        say(compose(environ, *command))


# -- small things ----------------------------------------------------------------------------------


def say(line: str) -> None:
    print(line, flush=True)


def timed(what: str, work: Callable[[], str]) -> str:
    say(f"{what} ...")
    began = time.monotonic()
    found = work()
    told = f"{time.monotonic() - began:.0f} s ({found})"
    say(f"{what}: {told}")
    return told


def until(what: str, is_done: Callable[[], bool], *, within_s: float) -> None:
    ends = time.monotonic() + within_s
    while not is_done():
        if time.monotonic() > ends:
            raise RuntimeError(f"{what}: not within {within_s} s")
        time.sleep(2)


def docker(*command: str) -> str:
    return said(["docker", *command])


def said(command: list[Any], **options: Any) -> str:
    answer = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if answer.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {answer.stderr[-3000:]}")
    return answer.stdout.strip()


def done(command: list[Any], **options: Any) -> None:
    """Its output is shown only where it fails."""
    said(command, **options)


def is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
