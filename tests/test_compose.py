"""The Compose stack, read by the real Docker Compose; no daemon is needed. Nothing is started here."""

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
SECRETS = ("POSTGRES_PASSWORD", "FERNET_KEY", "JWT_SECRET", "API_SECRET_KEY", "ADMIN_PASSWORD")
REQUIRED = (*SECRETS, "INGEST_CONTACT")
RESTARTS = frozenset({"no", "always", "on-failure", "unless-stopped"})


def tool(name: str) -> Path:
    found = TOOLS / name
    if not found.exists():
        pytest.skip(f"{name} is not installed beside {sys.executable}: it comes with the extra `dev`")
    return found


def config(*flags: str, missing: str = "") -> subprocess.CompletedProcess[str]:
    """`docker-compose config` with every required variable but `missing`, and nothing of the person's own."""
    given = {name: f"value-of-{name}" for name in REQUIRED if name != missing}
    return subprocess.run(
        [tool("docker-compose"), "--env-file", os.devnull, "config", *flags],
        cwd=ROOT,
        env={"PATH": os.defpath, **given},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    answer = config("--format", "json")
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)["services"]
    return found


def test_compose_accepts_the_file() -> None:
    answer = config("-q")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


@pytest.mark.parametrize("name", REQUIRED)
def test_nothing_starts_without(name: str) -> None:
    answer = config("-q", missing=name)
    assert answer.returncode != 0
    assert f"required variable {name} is missing" in answer.stderr


def test_no_secret_has_a_default_or_stands_in_a_file() -> None:
    compose = (ROOT / "docker-compose.yml").read_text("utf-8")
    used = set(re.findall(r"\$\{(\w+)", compose))
    assert used - {"AIRFLOW_PORT"} == set(REQUIRED)
    for name in REQUIRED:
        assert re.findall(rf"\${{{name}(?!:\?}})", compose) == []
    example = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    assert set(example) == used
    assert {example[name] for name in REQUIRED} == {""}


def test_whoever_waits_for_health_waits_for_a_service_that_has_a_check(services: dict[str, Any]) -> None:
    for name, service in services.items():
        for other, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert services[other].get("healthcheck", {}).get("test"), f"{name} waits for {other}"


def test_every_restart_value_is_one_that_docker_knows(services: dict[str, Any]) -> None:
    assert {service["restart"] for service in services.values()} <= RESTARTS


def test_every_build_folder_is_there(services: dict[str, Any]) -> None:
    for service in services.values():
        if "build" in service:
            folder = Path(service["build"]["context"])
            assert (folder / service["build"].get("dockerfile", "Dockerfile")).is_file()


def test_the_image_is_built_once_and_never_looked_for_in_a_registry(services: dict[str, Any]) -> None:
    ours = {name: service for name, service in services.items() if service["image"].startswith("news-ingest:")}
    assert {name for name, service in ours.items() if "build" in service} == {"init"}
    assert ours["init"]["pull_policy"] == "build"
    assert {service["pull_policy"] for name, service in ours.items() if name != "init"} == {"never"}
    for name in set(ours) - {"init"}:
        assert services[name]["depends_on"]["init"]["condition"] == "service_completed_successfully", name


def test_all_extracting_workers_together_leave_the_scheduler_room(services: dict[str, Any]) -> None:
    scheduler = services["scheduler"]
    pools = json.loads((ROOT / "dags" / "pools.json").read_text("utf-8"))
    workers = pools["crawl"]["slots"] * load({}).extract_workers
    extracting = workers * int(scheduler["environment"]["INGEST_EXTRACT_MEMORY_BYTES"])
    assert extracting + 2 * 2**30 <= int(scheduler["deploy"]["resources"]["limits"]["memory"])


def test_ports_are_open_to_this_machine_alone(services: dict[str, Any]) -> None:
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert [(port["host_ip"], port["target"]) for port in published] == [("127.0.0.1", 8080)]


def test_every_service_is_bounded_and_says_how_it_is(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}, name
        assert name == "init" or "healthcheck" in service, name


def test_no_health_check_starts_the_airflow_command(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert "airflow" not in service.get("healthcheck", {}).get("test", ["", ""])[1], name


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    answer = subprocess.run(
        [tool("hadolint"), "Dockerfile"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (answer.returncode, answer.stdout) == (0, "")
