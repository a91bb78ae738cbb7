"""The notebooks run from top to bottom on the published file, without a browser."""

import runpy
from pathlib import Path

import pytest

from ingest.settings import Settings
from ingest.warehouse import sql
from looks import ask

FIRST_LOOK = sql.root() / "notebooks" / "first_look.py"


def test_the_first_look_shows_coverage_edits_and_volume(demo: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INGEST_HOME", str(demo.home))
    monkeypatch.setenv("MARIMO_SKIP_UPDATE_CHECK", "1")
    outputs, found = runpy.run_path(str(FIRST_LOOK))["app"].run()
    assert len(outputs) == 4
    assert set(found["coverage"]["source_name"]) <= {
        name for (name,) in ask(demo, "SELECT source_name FROM core.source")
    }
    assert len(found["coverage"]) > 1
    ((edits,),) = ask(demo, "SELECT count(*) FROM mart.revision WHERE revision_number > 1 AND NOT is_trivial")
    assert len(found["edits"]) == edits > 0
    ((articles,),) = ask(demo, "SELECT count(*) FROM core.article")
    assert found["by_source"].sum() == articles
    assert found["chart"].axes[0].get_xlabel() == "articles"
    found["news"].close()


@pytest.mark.parametrize("notebook", sorted(FIRST_LOOK.parent.glob("*.py")), ids=lambda path: path.stem)
def test_each_notebook_says_what_it_is_for_and_is_in_the_handbook(notebook: Path) -> None:
    assert notebook.read_text("utf-8").startswith('"""')
    assert f"notebooks/{notebook.name}" in (sql.root() / "README.md").read_text("utf-8")
