"""The Compose stack, read by the real Docker Compose, with and without Celery. No daemon is needed: nothing is started here."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ingest.settings import load

ROOT = Path(__file__).resolve().parents[1]
TOOLS = Path(sys.executable).parent
SECRETS = ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "FERNET_KEY", "JWT_SECRET", "API_SECRET_KEY", "ADMIN_PASSWORD")
REQUIRED = (*SECRETS, "INGEST_CONTACT")
RESTARTS = frozenset({"no", "always", "on-failure", "unless-stopped"})
# what Compose itself reads of .env
COMPOSE_OWN = frozenset({"COMPOSE_PROFILES"})
# by profile: the executor that goes with it, and the services in which tasks run
PROFILES: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("LocalExecutor", ("scheduler",)),
    "celery": ("CeleryExecutor", ("worker-crawl", "worker-duckdb")),
}
EXTRACTS_NOT = "duckdb_writer"  # the one pool whose tasks start no extracting processes
WITHOUT_CELERY = {"api-server", "dag-processor", "init", "postgres", "scheduler", "triggerer"}
Services = dict[str, dict[str, Any]]


def tool(name: str) -> Path:
    found = TOOLS / name
    if not found.exists():
        pytest.skip(f"{name} is not installed beside {sys.executable}: it comes with the extra `dev`")
    return found


def config(*flags: str, profile: str = "", missing: str = "") -> subprocess.CompletedProcess[str]:
    """`docker-compose config` with every required variable but `missing`, and nothing of the person's own."""
    given = {name: f"value-of-{name}" for name in REQUIRED if name != missing}
    return subprocess.run(
        [tool("docker-compose"), "--env-file", os.devnull, "config", *flags],
        cwd=ROOT,
        env={
            "PATH": os.defpath,
            "COMPOSE_PROFILES": profile,
            "AIRFLOW__CORE__EXECUTOR": PROFILES[profile][0],
            **given,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def read(profile: str) -> Services:
    answer = config("--format", "json", profile=profile)
    assert answer.returncode == 0, answer.stderr
    found: Services = json.loads(answer.stdout)["services"]
    return found


@pytest.fixture(scope="module", params=PROFILES, ids=["without-celery", "celery"])
def profile(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def services(profile: str) -> Services:
    return read(profile)


@pytest.fixture(scope="module")
def celery() -> Services:
    return read("celery")


def flag(command: list[str], name: str) -> str:
    return command[command.index(name) + 1]


def test_compose_accepts_the_file(profile: str) -> None:
    answer = config("-q", profile=profile)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


@pytest.mark.parametrize("name", REQUIRED)
def test_nothing_starts_without(name: str) -> None:
    answer = config("-q", missing=name)
    assert answer.returncode != 0
    assert f"required variable {name} is missing" in answer.stderr


def test_no_secret_has_a_default_or_stands_in_a_file() -> None:
    compose = (ROOT / "docker-compose.yml").read_text("utf-8")
    for name in REQUIRED:
        assert re.findall(rf"\${{{name}(?!:\?}})", compose) == []


def test_the_example_has_every_variable_that_is_used_and_no_other() -> None:
    """What is required is empty there; what is not says the default that the file has, too."""
    compose = (ROOT / "docker-compose.yml").read_text("utf-8")
    defaults = dict(re.findall(r"(?<!\$)\$\{(\w+):-([^}]*)\}", compose))
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", compose))
    example = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    assert used - set(defaults) == set(REQUIRED)
    assert set(example) == used | COMPOSE_OWN
    assert example == {**dict.fromkeys((*REQUIRED, *COMPOSE_OWN), ""), **defaults}


def test_the_profile_decides_which_services_there_are(profile: str, services: Services) -> None:
    workers = {"redis", "worker-crawl", "worker-duckdb"} if profile == "celery" else set()
    assert set(services) == WITHOUT_CELERY | workers


def test_every_airflow_service_runs_with_the_executor_of_dot_env(profile: str, services: Services) -> None:
    executor, _ = PROFILES[profile]
    told = {one["environment"]["AIRFLOW__CORE__EXECUTOR"] for name, one in services.items() if is_ours(one)}
    assert told == {executor}


@pytest.mark.airflow
def test_tasks_go_to_queues_that_workers_take_from(celery: Services, tmp_path: Path) -> None:
    """A task in a queue that nobody takes from waits for ever. The queues are what the DAG files read of the environment."""
    pytest.importorskip("airflow", reason="needs the extra `airflow`")
    given = celery["dag-processor"]["environment"]
    code = "import news_shared as shared; print(shared.CRAWL_QUEUE, shared.BACKFILL_QUEUE, shared.WRITER_QUEUE)"
    environ = {name: value for name, value in given.items() if name.startswith("NEWS_")}
    answer = python(code, {**environ, "PYTHONPATH": str(ROOT / "dags"), "AIRFLOW_HOME": str(tmp_path)})
    assert answer.returncode == 0, answer.stderr
    workers = {name: service["command"] for name, service in celery.items() if name.startswith("worker-")}
    taken = {name: set(flag(command, "--queues").split(",")) for name, command in workers.items()}
    crawl, backfill, writer = answer.stdout.split()
    assert taken == {"worker-crawl": {crawl, backfill, "default"}, "worker-duckdb": {writer}}
    assert len({crawl, backfill, writer, "default"}) == 4


@pytest.mark.airflow
def test_every_executor_that_is_named_can_be_imported(tmp_path: Path) -> None:
    """Celery's provider imports inner parts of Celery: a lock that fits by its own account still may not fit."""
    pytest.importorskip("celery", reason="needs the extra `celery`")
    code = "import airflow.providers.celery.executors.celery_executor, airflow.executors.local_executor, redis, statsd"
    answer = python(code, {"AIRFLOW_HOME": str(tmp_path)})
    assert answer.returncode == 0, answer.stderr


def python(code: str, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.defpath, **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def is_ours(service: dict[str, Any]) -> bool:
    return str(service["image"]).startswith("news-ingest:")


def test_whoever_waits_for_health_waits_for_a_service_that_has_a_check(services: Services) -> None:
    for name, service in services.items():
        for other, wait in service.get("depends_on", {}).items():
            if other not in services:
                assert not wait["required"], f"{name} waits for {other}, which is not there"
            elif wait["condition"] == "service_healthy":
                assert services[other].get("healthcheck", {}).get("test"), f"{name} waits for {other}"


def test_every_restart_value_is_one_that_docker_knows(services: Services) -> None:
    assert {service["restart"] for service in services.values()} <= RESTARTS


def test_every_build_folder_is_there(services: Services) -> None:
    for service in services.values():
        if "build" in service:
            folder = Path(service["build"]["context"])
            assert (folder / service["build"].get("dockerfile", "Dockerfile")).is_file()


def test_the_image_is_built_once_and_never_looked_for_in_a_registry(services: Services) -> None:
    ours = {name: service for name, service in services.items() if is_ours(service)}
    assert {name for name, service in ours.items() if "build" in service} == {"init"}
    assert ours["init"]["pull_policy"] == "build"
    assert {service["pull_policy"] for name, service in ours.items() if name != "init"} == {"never"}
    for name in set(ours) - {"init"}:
        assert services[name]["depends_on"]["init"]["condition"] == "service_completed_successfully", name


def test_all_extracting_processes_together_leave_room_to_who_runs_them(profile: str, services: Services) -> None:
    pools = json.loads((ROOT / "dags" / "pools.json").read_text("utf-8"))
    slots = sum(pool["slots"] for name, pool in pools.items() if name != EXTRACTS_NOT)
    runner = services[PROFILES[profile][1][0]]
    extracting = slots * load({}).extract_workers * int(runner["environment"]["INGEST_EXTRACT_MEMORY_BYTES"])
    assert extracting + 2 * 2**30 <= int(runner["deploy"]["resources"]["limits"]["memory"])


def test_the_warehouse_has_one_worker_of_one_process(celery: Services) -> None:
    worker = celery["worker-duckdb"]
    queue = worker["environment"]["NEWS_WRITER_QUEUE"]
    assert flag(worker["command"], "--queues") == queue
    assert flag(worker["command"], "--concurrency") == "1"
    assert worker["deploy"]["replicas"] == 1


def test_redis_asks_for_its_password_and_is_open_to_the_services_alone(celery: Services) -> None:
    redis = celery["redis"]
    assert "requirepass" in redis["command"][2]
    assert "value-of-REDIS_PASSWORD" not in json.dumps(redis["command"])  # arguments can be read by all of the host
    assert "ports" not in redis
    for name in ("scheduler", "worker-crawl", "worker-duckdb"):
        assert ":value-of-REDIS_PASSWORD@redis:" in celery[name]["environment"]["AIRFLOW__CELERY__BROKER_URL"]


def test_ports_are_open_to_this_machine_alone(services: Services) -> None:
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert [(port["host_ip"], port["target"]) for port in published] == [("127.0.0.1", 8080)]


def test_every_service_is_bounded_and_says_how_it_is(services: Services) -> None:
    for name, service in services.items():
        assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}, name
        assert name == "init" or "healthcheck" in service, name


def test_every_limit_of_cpus_fits_a_machine_of_one_but_for_what_dot_env_says(services: Services) -> None:
    """Docker starts no service that may have more CPUs than there are."""
    said = {name: float(service["deploy"]["resources"]["limits"]["cpus"]) for name, service in services.items()}
    runners = {"scheduler", "worker-crawl", "worker-duckdb"} & set(services)
    assert {name for name, cpus in said.items() if cpus > 1} == runners


def test_no_health_check_starts_the_airflow_command(services: Services) -> None:
    for name, service in services.items():
        test = service.get("healthcheck", {}).get("test", ["", ""])
        assert not re.match(r"\s*airflow\b", test[1]), name


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    answer = subprocess.run(
        [tool("hadolint"), "Dockerfile"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (answer.returncode, answer.stdout) == (0, "")
