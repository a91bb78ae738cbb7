"""The house itself: documents that keep up, a lock without hosts, doors that open one way, a start without Airflow."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.cli import COMMANDS
from ingest.jobs import build, load, publish
from ingest.settings import Settings
from ingest.warehouse import read
from newsroom import Newsroom

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
SQL_BLOCKS = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command.name))
def test_the_readme_mentions_every_command(command) -> None:
    assert f"`ingest {command.name}`" in README


@pytest.mark.parametrize("dag", sorted((ROOT / "dags").glob("news_*.py")), ids=lambda path: path.stem)
def test_the_ops_handbook_mentions_every_dag(dag: Path) -> None:
    if "@dag" in dag.read_text("utf-8"):
        assert f"`{dag.stem}`" in (ROOT / "dags" / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("house"), contact="mailto:tests@example.org")
    newsroom = Newsroom(settings)
    newsroom.lists("https://daily.example/a")
    newsroom.reads("https://daily.example/a", "The election results are in, and the hall is full. " * 3)
    newsroom.seals()
    load.run(settings)
    build.run(settings)
    publish.run(settings)
    return settings


@pytest.mark.parametrize("sql", SQL_BLOCKS, ids=range(len(SQL_BLOCKS)))
def test_the_sql_of_the_readme_runs_and_finds_something(sql: str, published: Settings) -> None:
    with read.reader(published.published_file) as connection:
        assert read.query(connection, sql)[1]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_every_version_with_hashes_and_names_no_host(name: str) -> None:
    lock = (ROOT / name).read_text("utf-8")
    assert not re.search(r"https?://|--index-url|--find-links", lock)
    pinned = re.findall(r"^([a-z0-9][\w.\-\[\]]*)==\S+.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert len(pinned) > 100
    for block in re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]:
        assert "==" in block.splitlines()[0]
        assert "--hash=sha256:" in block


def test_what_is_tested_is_what_runs() -> None:
    run, tested = (
        set(re.findall(r"^[a-z0-9][\w.\-]*==\S+", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert run < tested


def test_every_link_in_the_documents_leads_somewhere() -> None:
    for document in ("README.md", "dags/README.md", "warehouse/README.md", "src/ingest/README.md"):
        text = (ROOT / document).read_text("utf-8")
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert ((ROOT / document).parent / target).exists(), f"{document}: {target}"


def test_help_comes_without_heavy_imports() -> None:
    """A prompt that takes a second to say what it can do is a prompt that nobody asks."""
    heavy = "trafilatura duckdb requests pyarrow rich lxml airflow"
    code = f"import sys, ingest.cli; print([name for name in {heavy.split()!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_the_library_and_the_prompt_never_import_airflow() -> None:
    code = (
        "import pkgutil, importlib, sys, ingest\n"
        "for found in pkgutil.walk_packages(ingest.__path__, 'ingest.'):\n"
        "    if 'airflow_ui' not in found.name and '__main__' not in found.name: importlib.import_module(found.name)\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] == 'airflow'))"
    )
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
