"""Building: core and mart from raw, for what the new batches touched. The models are SQL files, not here."""

from collections.abc import Sequence

import duckdb

from ingest.errors import ModelError
from ingest.warehouse import edits, sql, stories

Connection = duckdb.DuckDBPyConnection


def build(connection: Connection, *, story_batch: int, everything: bool = False) -> dict[str, int]:
    """Bring all models up to the last loaded batch, in one transaction; returns rows written by model.

    Rows are replaced by the models' touched key, so that building twice, or once for many batches, gives the same rows.
    `everything`, or a change of anything that models are made of (their SQL, macros, comments), rebuilds all from raw.
    What stories.py keeps is made anew only where it is made of something else. `story_batch`: articles in memory at once.
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
        kept = [model for model in found if model.kind == "kept"]
        if _has_changed(connection, "stories/", *(f"models/{model.name.replace('.', '/')}.sql" for model in kept)):
            _empty(connection, kept)
        written = {model.name: _write(connection, model, anew=anew) for model in found if model.kind != "kept"}
        written["core.signature"] = stories.update(connection, batch=story_batch)
        written["core.edit"] = edits.update(connection)
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
    """Make all that stories.py keeps anew from the articles, in one transaction; returns the articles signed."""
    connection.execute("BEGIN")
    try:
        connection.execute("SET VARIABLE since_seq = -1")
        connection.execute("CREATE OR REPLACE TEMP TABLE touched_article AS SELECT article_id FROM core.article")
        _empty(connection, [model for model in sql.models() if model.kind == "kept"])
        _comment(connection, sql.models())
        signed = stories.update(connection, batch=story_batch)
        edits.update(connection)
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
        raise ModelError(
            f"warehouse/models/{model.name.replace('.', '/')}.sql: {error}", "nothing was changed"
        ) from error
    return int(count)


def _empty(connection: Connection, kept: Sequence[sql.Model]) -> None:
    for model in kept:
        _create(connection, model)


def _create(connection: Connection, model: sql.Model) -> None:
    """CREATE TABLE by hand, since CREATE TABLE AS drops the compression of texts."""
    columns = connection.execute(f"DESCRIBE {model.sql}").fetchall()
    declared = ", ".join(
        f'"{name}" {kind}{" USING COMPRESSION zstd" if name in ("text", "description", "summary", "words", "line") else ""}'
        for name, kind, *_ in columns
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
