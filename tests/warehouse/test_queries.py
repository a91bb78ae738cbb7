"""The handbook's queries: each answers its question on the demo's day, and the handbook lists it with that question."""

import re
from pathlib import Path

import duckdb
import pytest

from ingest.settings import Settings
from ingest.warehouse import read, sql
from prompt import Prompt

QUERIES = sql.files("queries")
README = (sql.root() / "README.md").read_text("utf-8")


def header(query: Path) -> list[str]:
    """The comment lines above the SQL."""
    lines = query.read_text("utf-8").splitlines()
    return [line.removeprefix("-- ") for line in lines[: next(i for i, line in enumerate(lines) if line[:2] != "--")]]


def test_there_are_queries_enough() -> None:
    assert len(QUERIES) >= 25


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_each_query_answers_its_question_on_the_demos_day(query: Path, demo: Settings) -> None:
    question, *notes = header(query)
    assert question.endswith("?")
    assert f"| {question} | `{query.name}` |" in README
    with read.reader(demo.published_file) as connection:
        columns, rows = read.query(connection, query.read_text("utf-8"))
    assert len(set(columns)) == len(columns)
    assert rows or any(note.startswith("none is right") for note in notes)


def test_the_ledger_adds_up_by_its_query(demo: Settings) -> None:
    with read.reader(demo.published_file) as connection:
        rows = read.query(connection, (sql.root() / "queries" / "does_the_ledger_add_up.sql").read_text("utf-8"))[1]
    assert sum(row[1] for row in rows) > 100
    assert {row[-1] for row in rows} == {0}


@pytest.mark.parametrize("recipe", re.findall(r"```sql\n(.*?)```", README, re.DOTALL), ids=["attach", "two snapshots"])
def test_the_recipes_of_the_handbook_run(recipe: str, demo: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(demo.home.parent)
    name = next(demo.snapshots.glob("*.duckdb"), demo.published_file).relative_to(demo.home.parent)
    with duckdb.connect() as connection:
        connection.execute(recipe.replace("data/warehouse/snapshots/<snapshot_id>.duckdb", str(name)))


def test_search_finds_its_tables_where_a_session_is(demo: Settings) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{demo.published_file}' AS news (READ_ONLY)")
        assert connection.execute("USE news; FROM search_articles('council')").fetchall()


def test_a_file_of_the_handbook_is_run_as_it_says(
    demo: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INGEST_HOME", str(demo.home))
    asked = (sql.root() / "queries" / "languages.sql").read_text("utf-8")
    code, told, _ = Prompt(monkeypatch, capsys)("query", asked, "--csv")
    assert code == 0
    assert len(told.splitlines()) > 1
