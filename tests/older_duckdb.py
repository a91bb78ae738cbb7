"""The oldest DuckDB that pyproject.toml admits, in a process of its own: `make env` puts it into .uv/duckdb.

`python tests/older_duckdb.py asks FILE` reads all that a published file offers; `goes_on HOME` stages, loads, builds, publishes.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ingest.settings import Settings
from ingest.warehouse import read, sql
from newsroom import Newsroom
from ready_home import goes_out, prints

FOLDER = Path(__file__).parents[1] / ".uv" / "duckdb"
RELATIONS = (
    "SELECT table_schema || '.' || table_name FROM information_schema.tables"
    " WHERE table_schema IN ('raw', 'core', 'mart') ORDER BY ALL"
)
# how each macro is called; a macro that is not here fails the test that asks all of them
MACROS = {
    "articles_as_of": "SELECT * FROM articles_as_of(1)",
    "load_seq_at": "SELECT load_seq_at(now())",
    "allowed_attempts": "SELECT allowed_attempts('timeout', NULL)",
    "near": "SELECT * FROM near((SELECT min(article_id) FROM core.article), 5)",
    "trending": "SELECT * FROM trending(DATE '2026-11-22', 5)",
    "article_key": "SELECT article_key(article_id) FROM core.article",
    "folded_line": "SELECT folded_line(title) FROM core.article",
    "kinds": "SELECT kinds('feed', NULL, 'feed', NULL, NULL, NULL)",
    "people": "SELECT people(['By Ann Lee and Bo Ek'], 'daily')",
    "search_articles": "SELECT * EXCLUDE score FROM search_articles('harbour', 5)",
    "slugs": "SELECT slugs('https://daily.example/2026/11/22/storm-hits-coast')",
    "is_certain_time": "SELECT is_certain_time('second', 'feed', false)",
    "terms": "SELECT terms('Ice, nets')",
}


def older(*words: str) -> str:
    """What `python tests/older_duckdb.py WORDS` prints under the older DuckDB; skips where that is not installed."""
    if not (FOLDER / "duckdb").is_dir():
        pytest.skip(f"no older DuckDB in {FOLDER}: `make env` puts it there")
    if Path(duckdb.__file__).is_relative_to(FOLDER.resolve()):
        pytest.skip("this run is the older DuckDB's own")
    path = os.pathsep.join([str(FOLDER), *sys.path])
    ended = subprocess.run(
        [sys.executable, __file__, *words],
        env={**os.environ, "PYTHONPATH": path},
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    version, said = ended.stdout.splitlines()
    assert version != duckdb.__version__
    return said


def asks(file: Path) -> dict[str, int | str]:
    """Rows of every table, view and query, and what every macro says."""
    with read.reader(file) as connection:
        names = [name for (name,) in connection.execute(RELATIONS).fetchall()]
        answers: dict[str, int | str] = {}
        for name in names:
            answers[name] = len(connection.execute(f"SELECT * FROM {name}").fetchall())
        for path in sql.files("queries"):
            answers[path.name] = len(connection.execute(path.read_text("utf-8")).fetchall())
        for path in sql.files("macros"):
            answers[path.stem] = repr(sorted(map(repr, connection.execute(MACROS[path.stem]).fetchall())))
    return answers


def goes_on(home: Path, number: int) -> str:
    """Stage article `number` in a home, old or new, and publish it."""
    settings = Settings(home=home, contact="mailto:tests@example.org")
    newsroom = Newsroom(settings)
    newsroom._count = 1_000 * (1 + number)
    prints(newsroom, number)
    return goes_out(settings)


if __name__ == "__main__":
    print(duckdb.__version__)
    if sys.argv[1] == "asks":
        print(json.dumps(asks(Path(sys.argv[2]))))
    else:
        print(goes_on(Path(sys.argv[2]), int(sys.argv[3])))
