"""Building: core and mart from raw, for what the new batches touched. The models are SQL files, not here."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import duckdb

from ingest.errors import ModelError
from ingest.warehouse import edits, search, sql, stories

Connection = duckdb.DuckDBPyConnection
PACKED = ("text", "description", "summary", "words", "line")


class Keeper(NamedTuple):
    """A module that keeps the rows of kept models; they are emptied when one of these models or files changed."""

    update: Callable[..., int]
    models: tuple[str, ...]  # the first counts what was written
    made_of: tuple[str, ...]  # beginnings of names of files


KEEPERS = {
    "stories": Keeper(
        stories.update,
        ("core.signature", "core.signature_key", "core.line", "core.repeated_line", "core.likeness", "core.story_article",
         "core.story_doubt"),
        ("stories/", "macros/article_key.sql"),
    ),
    "edits": Keeper(edits.update, ("core.edit",), ()),
    "search": Keeper(
        search.update,
        ("core.posting", "core.posted", "core.posting_run", "core.common_term"),
        ("search/", "macros/terms.sql"),
    ),
}  # fmt: skip


def build(connection: Connection, *, story_batch: int, everything: bool = False) -> dict[str, int]:
    """Bring all models up to the last loaded batch, in one transaction; returns rows written by model.

    Rows are replaced by the models' touched key, so that building twice, or once for many batches, gives the same rows.
    `everything`, or a change of anything that models are made of (their SQL, macros, comments), rebuilds all from raw.
    What is kept is made anew only where it is made of something else. `story_batch`: articles in memory at once.
    """
    found = sql.models()
    connection.execute("BEGIN")
    try:
        _macros(connection, "scalar")
        built_through_seq = _built_through(connection)
        anew = everything or built_through_seq is None or _changed(connection)
        since_seq = -1 if anew else built_through_seq
        connection.execute("SET VARIABLE since_seq = $since", {"since": since_seq})
        connection.execute((sql.root() / "touched.sql").read_text("utf-8"))
        for keeper in KEEPERS.values():
            if _has_changed(connection, *keeper.made_of, *map(_file, keeper.models)):
                _empty(connection, keeper)
        written = {model.name: _write(connection, model, anew=anew) for model in found if model.kind != "kept"}
        written |= _keep(connection, KEEPERS.values(), story_batch)
        _macros(connection, "table")
        if anew:
            _retire(connection, found)
            _comment(connection, found)
            _note_checksums(connection)
        connection.execute(
            "DELETE FROM raw.build; INSERT INTO raw.build SELECT coalesce(max(load_seq), 0) FROM raw.batch"
        )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return written


def rebuild_stories(connection: Connection, *, story_batch: int) -> int:
    """Make all that is kept of stories and edits anew, in one transaction; returns the articles signed."""
    keepers = [KEEPERS["stories"], KEEPERS["edits"]]
    connection.execute("BEGIN")
    try:
        connection.execute("SET VARIABLE since_seq = -1")
        connection.execute("CREATE OR REPLACE TEMP TABLE touched_article AS SELECT article_id FROM core.article")
        for keeper in keepers:
            _empty(connection, keeper)
        _comment(connection, sql.models())
        signed = _keep(connection, keepers, story_batch)["core.signature"]
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return signed


def forget(connection: Connection) -> None:
    """Make the next build start from raw: to be called in the transaction that takes rows out of it."""
    connection.execute("DELETE FROM raw.build")


def _built_through(connection: Connection) -> int | None:
    ((seq,),) = connection.execute("SELECT max(built_through_seq) FROM raw.build").fetchall()
    return seq if seq is None else int(seq)


def _changed(connection: Connection) -> bool:
    return _has_changed(connection, "")


def _has_changed(connection: Connection, *beginnings: str) -> bool:
    """Whether files whose names begin so are others than at the last build."""
    before = dict(connection.execute("SELECT model, checksum FROM raw.model").fetchall())
    names = {name for name in before.keys() | sql.checksums().keys() if name.startswith(beginnings)}
    return any(before.get(name) != sql.checksums().get(name) for name in names)


def _note_checksums(connection: Connection) -> None:
    connection.execute("DELETE FROM raw.model")
    for name, checksum in sql.checksums().items():
        connection.execute("INSERT INTO raw.model VALUES (?, ?)", [name, checksum])


def _write(connection: Connection, model: sql.Model, *, anew: bool) -> int:
    try:
        if model.kind == "view":
            if anew:
                connection.execute(f"CREATE OR REPLACE VIEW {model.name} AS {model.sql}")
            return 0
        if anew:
            _create(connection, model)
        key = model.touched_by
        built = f"built_{str(key).removesuffix('_id')}"
        connection.execute(f"DELETE FROM {model.name} WHERE {key} IN (SELECT {key} FROM {built})")
        ((count,),) = connection.execute(f"INSERT INTO {model.name} BY NAME {model.sql}").fetchall()
    except duckdb.Error as error:
        raise ModelError(f"warehouse/{_file(model.name)}: {error}", "nothing was changed") from error
    return int(count)


def _keep(connection: Connection, keepers: Iterable[Keeper], story_batch: int) -> dict[str, int]:
    written = {}
    for keeper in keepers:
        given = {"batch": story_batch} if keeper.update is stories.update else {}
        written[keeper.models[0]] = keeper.update(connection, **given)
    return written


def _empty(connection: Connection, keeper: Keeper) -> None:
    for model in sql.models():
        if model.name in keeper.models:
            _create(connection, model)


def _file(name: str) -> str:
    return f"models/{name.replace('.', '/')}.sql"


def _create(connection: Connection, model: sql.Model) -> None:
    """CREATE TABLE by hand, since CREATE TABLE AS drops the compression of texts."""
    columns = connection.execute(f"DESCRIBE {model.sql}").fetchall()
    declared = ", ".join(
        f'"{name}" {kind}{" USING COMPRESSION zstd" if name in PACKED else ""}' for name, kind, *_ in columns
    )
    connection.execute(f"DROP TABLE IF EXISTS {model.name}; CREATE TABLE {model.name} ({declared})")


def _macros(connection: Connection, kind: str) -> None:
    """Scalar macros serve the models and come before them; table macros read them and come after."""
    for path in sql.files("macros"):
        if sql.header(path)["kind"] == kind:
            connection.execute(path.read_text("utf-8"))


def _retire(connection: Connection, found: tuple[sql.Model, ...]) -> None:
    """Drop what no model file stands for any more."""
    standing = connection.execute(
        "SELECT table_schema || '.' || table_name, table_type FROM information_schema.tables"
        " WHERE table_schema IN ('stg', 'core', 'mart')"
    ).fetchall()
    for name, kind in standing:
        if name not in {model.name for model in found}:
            connection.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} {name}")


def _comment(connection: Connection, found: tuple[sql.Model, ...]) -> None:
    """Put what the headers and the glossary say on tables, views and columns."""
    glossary = sql.comments()
    for model in found:
        kind = "VIEW" if model.kind == "view" else "TABLE"
        connection.execute(f"COMMENT ON {kind} {model.name} IS {_quoted(model.says)}")
    columns = connection.execute(
        "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE schema_name IN ('raw', 'stg', 'core', 'mart')"
    ).fetchall()
    for schema, table, column in columns:
        if said := glossary.get(column):
            connection.execute(f'COMMENT ON COLUMN {schema}.{table}."{column}" IS {_quoted(said)}')


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
