"""Airflow on this machine without Docker: starts `airflow standalone`, drives it over REST, stops it cleanly.

What the DAGs do is not here, and Airflow is not imported: it is a process that we talk to.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Any, Self

import requests

from ingest.demo.loopback import LOOPBACK, free_ports, is_free
from ingest.errors import AirflowFailed, IngestError
from ingest.settings import load

Say = Callable[[str], None]

START_WAIT_S = 300.0  # 20 s on a quiet machine
RUN_WAIT_S = 900.0
DAG_WAIT_S = 120.0  # a new file shows after the refresh interval
STOP_GRACE_S = 60.0  # a task at work gets so long to end
POLL_EVERY_S = 1.0
SAY_EVERY_S = 15.0
REQUEST_TIMEOUT_S = 60.0
LOG_TAIL_LINES = 40
# A shell starts what it puts into the background with SIGINT ignored, and children inherit that.
HEED_SIGINT = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
)
FINISHED = frozenset({"success", "failed"})
COMPONENTS = ("metadatabase", "scheduler", "dag_processor", "triggerer")

# What `airflow standalone` needs beyond its defaults, each learnt from a failure.
AIRFLOW_SETTINGS: dict[str, str] = {
    "CORE__EXECUTOR": "LocalExecutor",
    "CORE__LOAD_EXAMPLES": "False",
    "CORE__PARALLELISM": "4",  # the default forks 32 workers
    "CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
    "API__HOST": LOOPBACK,
    "API__WORKERS": "1",
    "DAG_PROCESSOR__REFRESH_INTERVAL": "10",  # the default shows a new file after 300 s
    "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "30",
    "WORKERS__EXECUTION_API_TIMEOUT": "60",  # the default of 5 s loses first tasks on a busy machine
    "SCHEDULER__ENABLE_HEALTH_CHECK": "False",
    "USAGE_DATA_COLLECTION__ENABLED": "False",
}


class Standalone:
    """A running Airflow in `home/airflow` on 127.0.0.1:`port`; use it as a context manager.

    `environ` is what its processes get (variables of any other Airflow are left out), `open_to_all` leaves out the
    login: for a demo only. AirflowFailed names the log file when it does not start, or a run does not end in time.
    """

    def __init__(
        self, *, home: Path, dags: Path, port: int, environ: Mapping[str, str], open_to_all: bool, say: Say
    ) -> None:
        self.home = home.resolve() / "airflow"
        self.dags = dags.resolve()
        self.port = port
        self.url = f"http://{LOOPBACK}:{port}"
        self.log_file = self.home / "standalone.log"
        self.password_file = self.home / "simple_auth_manager_passwords.json.generated"
        self._open_to_all = open_to_all
        self._environ = environ
        self._say = say
        self.exit_code: int | None = None  # of its leader, once it was stopped
        self._process: subprocess.Popen[bytes] | None = None
        self._session = requests.Session()
        self._session.trust_env = False

    def __enter__(self) -> Self:
        self._start()
        try:
            self.until("Airflow is starting", self._is_healthy, within_s=START_WAIT_S)
            self._log_in()
            self._import_pools()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    # -- what a person does in the UI ------------------------------------------------------------

    def unpause(self, dag_id: str) -> None:
        """Switch a DAG on; waits until Airflow has read its file."""
        self.until(f"Airflow is reading {dag_id}", lambda: self._knows(dag_id), within_s=DAG_WAIT_S)
        self._call("PATCH", f"dags/{dag_id}", {"is_paused": False})

    def trigger(self, dag_id: str, params: Mapping[str, object] | None = None) -> str:
        """Start a run now and return its `run_id`; `params` as in the DAG's form.

        On a paused DAG it waits until `unpause`; then the run that the DAG's clock asks for comes first.
        """
        self.until(f"Airflow is reading {dag_id}", lambda: self._knows(dag_id), within_s=DAG_WAIT_S)
        run = self._call("POST", f"dags/{dag_id}/dagRuns", {"logical_date": None, "conf": dict(params or {})})
        return str(run["dag_run_id"])

    def wait(self, dag_id: str, run_id: str, within_s: float = RUN_WAIT_S) -> str:
        """The state in which the run ended: success or failed."""
        state = ""

        def has_ended() -> bool:
            nonlocal state
            state = str(self._call("GET", f"dags/{dag_id}/dagRuns/{run_id}")["state"])
            return state in FINISHED

        self.until(f"{dag_id} is running", has_ended, within_s=within_s)
        return state

    def clear(self, dag_id: str, run_id: str, within_s: float = RUN_WAIT_S) -> str:
        """Run all tasks of an ended run again, as *Clear* does; the state in which it ends then."""
        self._call("POST", f"dags/{dag_id}/dagRuns/{run_id}/clear", {"dry_run": False, "only_failed": False})
        return self.wait(dag_id, run_id, within_s)

    def backfill(
        self,
        dag_id: str,
        from_on: date,
        to_on: date,
        params: Mapping[str, object] | None = None,
        *,
        again: bool = False,
        at_once: int = 1,
    ) -> int:
        """As the Backfill form does: a run a day of a DAG that is partitioned by day, both ends included; its id.

        `again`: days that were brought in before, too. `at_once`: runs side by side.
        """
        asked = {
            "dag_id": dag_id,
            "from_date": f"{from_on}T00:00:00Z",
            "to_date": f"{to_on}T00:00:00Z",
            "dag_run_conf": dict(params or {}),
            "reprocess_behavior": "completed" if again else "none",
            "max_active_runs": at_once,
        }
        return int(self._call("POST", "backfills", asked)["id"])

    def cancel_backfill(self, backfill_id: int) -> None:
        """Runs that have begun end; the others never begin."""
        self._call("PUT", f"backfills/{backfill_id}/cancel")

    def wait_backfill(self, backfill_id: int, within_s: float = RUN_WAIT_S) -> dict[str, str]:
        """Waits until it is complete; the partitions of its runs and the state in which each ended."""

        def has_ended() -> bool:
            return self._call("GET", f"backfills/{backfill_id}")["completed_at"] is not None

        self.until(f"backfill {backfill_id} is running", has_ended, within_s=within_s)
        dag_id = self._call("GET", f"backfills/{backfill_id}")["dag_id"]
        runs = [run for run in self.runs(str(dag_id)) if run["run_type"] == "backfill"]
        return {run["partition_key"]: run["state"] for run in reversed(runs)}

    def dags_listed(self) -> list[str]:
        return sorted(dag["dag_id"] for dag in self._call("GET", "dags")["dags"])

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """The DAG's newest 50 runs, newest first, as the REST API gives them."""
        return list(self._call("GET", f"dags/{dag_id}/dagRuns?order_by=-run_after&limit=50")["dag_runs"])

    def task_states(self, dag_id: str, run_id: str) -> dict[str, str | None]:
        """`task_id`, or `task_id[name of the mapped task]`, to its state."""
        listed = self._call("GET", f"dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]
        return {_task_name(task): task["state"] for task in listed}

    def import_errors(self) -> list[str]:
        """`file: last lines` of each DAG file that Airflow cannot read."""
        listed = self._call("GET", "importErrors")["import_errors"]
        return [f"{error['filename']}: {error['stack_trace'].strip()}" for error in listed]

    @property
    def pid(self) -> int:
        """Of the process that all others belong to; it leads a process group of its own."""
        if self._process is None:
            raise AirflowFailed("Airflow is not running", "use it as a context manager")
        return self._process.pid

    def login(self) -> tuple[str, str]:
        """User and password, as Airflow has generated them."""
        passwords: dict[str, str] = json.loads(self.password_file.read_text("utf-8"))
        return next(iter(passwords.items()))

    def until_it_ends(self) -> None:
        """Does not return: AirflowFailed when Airflow ends by itself, KeyboardInterrupt when a person stops us."""
        if self._process is not None:
            code = self._process.wait()
            raise self._failure(f"Airflow ended by itself (exit {code})")

    # -- the process -----------------------------------------------------------------------------

    def _start(self) -> None:
        if not is_free(self.port):
            raise AirflowFailed(
                f"port {self.port} on {LOOPBACK} is in use", "stop what listens there, or choose --port"
            )
        self.home.mkdir(parents=True, exist_ok=True)
        airflow = Path(sys.executable).with_name("airflow")
        if not airflow.exists():
            raise AirflowFailed(f"Airflow is not installed beside {sys.executable}", "run: make env")
        with self.log_file.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", HEED_SIGINT, airflow, "standalone"],
                cwd=self.home,
                env=self._airflow_environ(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a process group of its own: stopping it stops all of its processes
            )

    def _airflow_environ(self) -> dict[str, str]:
        worker_log_port, trigger_log_port = free_ports(2)
        here = str(Path(sys.executable).parent)
        no_proxy = self._environ.get("no_proxy") or self._environ.get("NO_PROXY")
        settings = {
            **AIRFLOW_SETTINGS,
            "CORE__DAGS_FOLDER": str(self.dags),
            "CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": str(self._open_to_all),
            "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.password_file),
            "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.home / 'airflow.db'}?timeout=60",
            "API__PORT": str(self.port),
            "API__BASE_URL": f"{self.url}/",
            # two Airflows on one machine would fight for the default ports
            "LOGGING__WORKER_LOG_SERVER_PORT": str(worker_log_port),
            "LOGGING__TRIGGER_LOG_SERVER_PORT": str(trigger_log_port),
        }
        return {
            **{name: value for name, value in self._environ.items() if not name.startswith(("AIRFLOW", "_AIRFLOW"))},
            **{f"AIRFLOW__{name}": value for name, value in settings.items()},
            "AIRFLOW_HOME": str(self.home),
            "PATH": os.pathsep.join([here, self._environ.get("PATH", os.defpath)]),  # standalone calls plain `airflow`
            **dict.fromkeys(("NO_PROXY", "no_proxy"), ",".join(filter(None, [no_proxy, LOOPBACK]))),
            "NO_COLOR": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def _stop(self) -> None:
        if self._process is None:
            return
        # SIGINT to the leader alone: it ends its parts one by one (4 s). Sent to the whole group, it leaves the
        # triggerer waiting for a child that the same signal has already ended.
        for stop, number in ((os.kill, signal.SIGINT), (os.killpg, signal.SIGKILL)):
            try:
                stop(self._process.pid, number)
                self.exit_code = self._process.wait(STOP_GRACE_S)
            except (ProcessLookupError, subprocess.TimeoutExpired, KeyboardInterrupt):
                continue  # an impatient second Ctrl-C goes on to SIGKILL
        self._process = None

    # -- waiting and asking ----------------------------------------------------------------------

    def until(self, what: str, is_done: Callable[[], bool], *, within_s: float) -> None:
        """Ask every POLL_EVERY_S and say so every SAY_EVERY_S; fail when it takes too long or Airflow has ended."""
        began = said = time.monotonic()
        while not is_done():
            now = time.monotonic()
            if self._process is not None and self._process.poll() is not None:
                raise self._failure(f"{what}: Airflow ended by itself (exit {self._process.returncode})")
            if now - began > within_s:
                raise self._failure(f"{what}: still not done after {within_s:.0f} s")
            if now - said >= SAY_EVERY_S:
                said = now
                self._say(f"{what} ({now - began:.0f} s)")
            time.sleep(POLL_EVERY_S)

    def _failure(self, what: str) -> AirflowFailed:
        lines = self.log_file.read_text("utf-8", "replace").splitlines()[-LOG_TAIL_LINES:]
        return AirflowFailed(
            "\n".join([what, *(f"  | {line}" for line in lines)]), f"the whole log is in {self.log_file}"
        )

    def _is_healthy(self) -> bool:
        try:
            health = self._session.get(f"{self.url}/api/v2/monitor/health", timeout=REQUEST_TIMEOUT_S)
            # The first call to the API that tasks use is slow: make it before there is a task.
            tasks = self._session.get(f"{self.url}/execution/health", timeout=REQUEST_TIMEOUT_S)
            if not (health.ok and tasks.ok):
                return False
            parts = health.json()
        except (requests.RequestException, ValueError):
            return False
        return all((parts.get(name) or {}).get("status") == "healthy" for name in COMPONENTS)

    def _log_in(self) -> None:
        if self._open_to_all:
            answer = self._session.get(f"{self.url}/auth/token", timeout=REQUEST_TIMEOUT_S)
        else:
            user, password = self.login()
            given = {"username": user, "password": password}
            answer = self._session.post(f"{self.url}/auth/token", json=given, timeout=REQUEST_TIMEOUT_S)
        answer.raise_for_status()
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def _import_pools(self) -> None:
        """As `airflow pools import dags/pools.json` does, without the ten seconds that its start takes."""
        pools = json.loads((self.dags / "pools.json").read_text("utf-8"))
        entities = [{"name": name, **pool} for name, pool in pools.items()]
        action = {"action": "create", "action_on_existence": "overwrite", "entities": entities}
        self._call("PATCH", "pools", {"actions": [action]})

    def _knows(self, dag_id: str) -> bool:
        if dag_id in self.dags_listed():
            return True
        if errors := self.import_errors():
            raise AirflowFailed(f"Airflow cannot read {self.dags}:\n" + "\n".join(errors), "mend the file it names")
        return False

    def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        try:
            answer = self._session.request(method, f"{self.url}/api/v2/{path}", json=body, timeout=REQUEST_TIMEOUT_S)
        except requests.RequestException as error:
            raise self._failure(f"{method} {path}: {error}") from error
        if not answer.ok:
            raise self._failure(f"{method} {path}: HTTP {answer.status_code}: {answer.text[:500]}")
        found: dict[str, Any] = answer.json()
        return found


def _task_name(task: Mapping[str, Any]) -> str:
    if task["map_index"] < 0:
        return str(task["task_id"])
    return f"{task['task_id']}[{task.get('rendered_map_index') or task['map_index']}]"


def main(argv: list[str] | None = None, out: IO[str] = sys.stdout) -> int:
    """`make up`: the Airflow UI over the real DAGs and sources, until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m ingest.demo.standalone", description=main.__doc__)
    parser.add_argument("--port", type=int, default=8080, help="of the Airflow UI on 127.0.0.1 (default: 8080)")
    parser.add_argument("--dags", type=Path, default=Path("dags"), help="the DAG folder (default: dags)")
    asked = parser.parse_args(argv)

    def say(line: str) -> None:
        print(line, file=out, flush=True)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    try:
        settings = load({"INGEST_CATALOGUE": str(asked.dags / "sources.toml"), **os.environ})
        environ = {
            **os.environ,
            "INGEST_HOME": str(settings.home.resolve()),  # Airflow's tasks run in other folders
            "INGEST_CATALOGUE": str(settings.catalogue.resolve()),
        }
        say("Starting Airflow; this takes about half a minute.")
        with Standalone(
            home=settings.home, dags=asked.dags, port=asked.port, environ=environ, open_to_all=False, say=say
        ) as airflow:
            user, password = airflow.login()
            say(f"\nOpen {airflow.url}   user: {user}   password: {password}")
            say("DAGs are paused until you switch them on: news_load, news_crawl, news_watch and news_upkeep.")
            if not settings.contact.strip():
                say("INGEST_CONTACT is not set, so news_crawl will refuse to fetch. Stop, set it to a web page or an")
                say("e-mail address where webmasters reach you, and start again: INGEST_CONTACT=mailto:... make up")
            say(f"Log: {airflow.log_file}   Stop: Ctrl-C")
            airflow.until_it_ends()
    except KeyboardInterrupt:
        say("Stopped.")
    except IngestError as error:
        say(f"{error}")
        return error.exit_code
    return 0


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
