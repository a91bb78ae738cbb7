"""Where the SQL files are and what their headers say. Nothing is run here."""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Literal, cast, get_args

import duckdb

from ingest.errors import ModelError

PACKAGE = Path(__file__).parents[1]
Kind = Literal["table", "view", "kept"]
HEADER = re.compile(r"^-- (?:(?P<key>[a-z][a-z ]*): )?(?P<said>.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One SELECT and its header; `touched_by` names the column by which rows are replaced (tables only).

    Of a `kept` model the SELECT names the columns and gives no row: its rows are kept by a module of this room.
    """

    name: str  # core.article
    says: str  # what a row is
    grain: tuple[str, ...]
    kind: Kind
    touched_by: str | None
    sql: str


def root() -> Path:
    """The folder `warehouse/`: in the wheel beside the package's code, in a checkout beside `src/`."""
    packaged = PACKAGE / "_sql"
    return packaged if packaged.is_dir() else PACKAGE.parents[1] / "warehouse"


def files(folder: str) -> list[Path]:
    return sorted(root().glob(f"{folder}/*.sql"))


def header(path: Path) -> dict[str, str]:
    """The `-- key: value` lines on top of a file; the first line is under the empty key."""
    said: dict[str, str] = {}
    for line in path.read_text("utf-8").splitlines():
        if not (match := HEADER.match(line)):
            break
        said.setdefault(match["key"] if said and match["key"] else "", match["said"] if said else line[3:])
    return said


@cache
def models() -> tuple[Model, ...]:
    """All models, each after those it reads; read once a process."""
    found = {model.name: model for path in files("models/*") for model in [_model(path)]}
    with duckdb.connect() as parser:
        reads = {name: tables_read(parser, model) & found.keys() - {name} for name, model in found.items()}
    return tuple(found[name] for name in TopologicalSorter(reads).static_order())


def tables_read(parser: duckdb.DuckDBPyConnection, model: Model) -> set[str]:
    """Schema-qualified tables that a model reads, by DuckDB's own parser."""
    ((tree,),) = parser.execute("SELECT json_serialize_sql($sql)", {"sql": model.sql}).fetchall()
    parsed = json.loads(tree)
    if parsed["error"]:
        raise ModelError(f"the model {model.name} is not a SELECT: {parsed['error_message']}")
    return {
        f"{node['schema_name']}.{node['table_name']}" for node in _nodes(parsed) if node.get("type") == "BASE_TABLE"
    }


@cache
def checksums() -> dict[str, str]:
    """Of all files that core and mart are made of; read once a process."""
    folders = ("models/*", "macros", "stories", "search")
    made_of = [*(path for folder in folders for path in files(folder)), root() / "touched.sql", root() / "columns.toml"]
    return {path.relative_to(root()).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in made_of}


def comments() -> dict[str, str]:
    """What each column means: one glossary for all tables, since one name means one thing everywhere."""
    return dict(tomllib.loads((root() / "columns.toml").read_text("utf-8"))["columns"])


def _model(path: Path) -> Model:
    said = header(path)
    name = f"{path.parent.name}.{path.stem}"
    kind = said.get("kind")
    if not said.get("", "").startswith(f"{name}: ") or "grain" not in said or kind not in get_args(Kind):
        raise ModelError(
            f"{path}: the header must say '-- {name}: what a row is', '-- grain:' and '-- kind: table|view|kept'"
        )
    if (kind == "table") != ("touched by" in said):
        raise ModelError(f"{path}: a table says '-- touched by: column', a view or a kept model does not")
    sql = path.read_text("utf-8")
    return Model(
        name=name,
        says=said[""].removeprefix(f"{name}: "),
        grain=tuple(column.strip() for column in said["grain"].split(",")),
        kind=cast(Kind, kind),
        touched_by=said.get("touched by"),
        sql=sql,
    )


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
    parts: Iterable[Any] = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for part in parts:
        yield from _nodes(part)
