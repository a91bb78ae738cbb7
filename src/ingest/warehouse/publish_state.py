"""The crawl-state file: made from the whole history, or brought up from the one before by what new batches touched.

What its tables say is in warehouse/state/; who reads it is state.py.
"""

import hashlib
from pathlib import Path

import duckdb

from ingest.durable import put_in_place
from ingest.warehouse import sql, writer
from ingest.warehouse.clone import clone, must_fit
from ingest.warehouse.read import connected

Connection = duckdb.DuckDBPyConnection
# Tables of one row an entry, which are nearly all of the file: only the rows of touched entries are written anew. Of 1 M
# entries the whole costs 6 CPU-seconds, 2,000 touched ones 1 (measured).
BY_ENTRY = ("listed", "visited", "captured", "requested")
ADDING = ("listing", "pages", "reprocess", "request", "watch")  # batches that add rows; any other may take some away
UPDATES = 144  # then the file is made anew, since replaced rows leave holes: once a day of publishing every ten minutes
MADE_OF = "CREATE OR REPLACE TABLE crawl_state.made_of (checksum VARCHAR, entry_count BIGINT, fetch_count BIGINT, updates BIGINT)"
COUNTS = "SELECT (SELECT count(*) FROM raw.entry) + (SELECT count(*) FROM raw.listed), (SELECT count(*) FROM raw.fetch)"
FRESH = """
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT load_seq, batch_kind FROM raw.batch WHERE batch_id NOT IN (SELECT batch_id FROM crawl_state.journal)
"""
# rows of the past that the file is made of, if nothing was taken away: what there is now, less what is fresh
PAST_COUNTS = """
SELECT
  (SELECT count(*) FROM raw.entry WHERE load_seq NOT IN (SELECT load_seq FROM fresh))
    + (SELECT count(*) FROM raw.listed WHERE load_seq NOT IN (SELECT load_seq FROM fresh)),
  (SELECT count(*) FROM raw.fetch WHERE load_seq NOT IN (SELECT load_seq FROM fresh))
"""
TOUCHED = """
CREATE OR REPLACE TEMP TABLE touched AS
SELECT entry_id FROM raw.entry WHERE load_seq IN (SELECT load_seq FROM fresh)
UNION
SELECT entry_id FROM raw.fetch WHERE load_seq IN (SELECT load_seq FROM fresh)
UNION
SELECT entry_id FROM raw.listed WHERE load_seq IN (SELECT load_seq FROM fresh)
"""


def publish_state(connection: Connection, state: Path) -> bool:
    """Replace the crawl-state file atomically; returns whether it was brought up rather than made from the whole history.

    Raises DiskFull with the file before in place.
    """
    unfinished = state.with_suffix(".part")
    if state.exists():
        must_fit(state.parent, state.stat().st_size, f"the crawl state, {state},")
    connection.execute("SET VARIABLE is_whole = true")
    try:
        try:
            is_update = state.exists() and _bring_up(connection, state, unfinished)
        except duckdb.Error:  # a damaged one is made anew; what else is wrong comes up again there
            connection.execute("DETACH DATABASE IF EXISTS crawl_state")
            is_update = False
        if not is_update:
            _make(connection, unfinished)
        put_in_place(unfinished, state)
    except BaseException:  # what it took of a full disk is needed
        connection.execute("DETACH DATABASE IF EXISTS crawl_state")
        _remove(unfinished)
        raise
    return is_update


def is_current(state: Path) -> bool:
    """Whether there is a file, and today's SQL says what it is."""
    if not state.exists():
        return False
    try:
        with connected(state) as made:
            return made.execute("SELECT checksum FROM made_of").fetchall() == [(_checksum(),)]
    except duckdb.Error:
        return False


def _make(connection: Connection, unfinished: Path) -> None:
    _remove(unfinished)
    _attach(connection, unfinished)
    for path in sql.files("state"):
        connection.execute(f"CREATE TABLE crawl_state.{path.stem} AS {path.read_text('utf-8')}")
    _close(connection, updates=0)


def _bring_up(connection: Connection, state: Path, unfinished: Path) -> bool:
    """Write the rows of touched entries anew in a copy; False where the copy cannot be trusted to be all but that."""
    _remove(unfinished)  # a log that a killed publish left would be read into the copy
    clone(state, unfinished)
    _attach(connection, unfinished)
    updates = _updates(connection)
    if updates is None:
        connection.execute("DETACH crawl_state")
        return False
    connection.execute(TOUCHED)
    for path in sql.files("state"):
        if path.stem not in BY_ENTRY:
            connection.execute(f"CREATE OR REPLACE TABLE crawl_state.{path.stem} AS {path.read_text('utf-8')}")
    _write_touched(connection)
    _close(connection, updates=updates + 1)
    return True


def _updates(connection: Connection) -> int | None:
    """How often the file was brought up since it was made; None where it must be made anew."""
    standing = {
        name
        for (name,) in connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'crawl_state'"
        ).fetchall()
    }
    if standing != {"made_of", *(path.stem for path in sql.files("state"))}:
        return None
    ((checksum, entry_count, fetch_count, updates),) = connection.execute("FROM crawl_state.made_of").fetchall()
    connection.execute(FRESH)
    others = connection.execute(
        "SELECT 1 FROM fresh WHERE batch_kind NOT IN $kinds", {"kinds": list(ADDING)}
    ).fetchall()
    is_all_there = connection.execute(PAST_COUNTS).fetchall() == [(entry_count, fetch_count)]
    return int(updates) if is_all_there and checksum == _checksum() and not others and updates < UPDATES else None


def _write_touched(connection: Connection) -> None:
    """Replace the rows of touched entries: their queries see, under raw, these entries alone with all of their history."""
    ((writer_name,),) = connection.execute("SELECT current_database()").fetchall()
    connection.execute("ATTACH ':memory:' AS narrowed; CREATE SCHEMA narrowed.raw")
    try:
        for table in ("entry", "fetch", "listed"):
            connection.execute(
                f"CREATE TABLE narrowed.raw.{table} AS"
                f" SELECT * FROM {writer_name}.raw.{table} WHERE entry_id IN (SELECT entry_id FROM touched)"
            )
        connection.execute("USE narrowed")
        for name in BY_ENTRY:
            query = (sql.root() / "state" / f"{name}.sql").read_text("utf-8")
            connection.execute(f"DELETE FROM crawl_state.{name} WHERE entry_id IN (SELECT entry_id FROM touched)")
            connection.execute(f"INSERT INTO crawl_state.{name} BY NAME {query}")
    finally:
        connection.execute(f"USE {writer_name}")
        connection.execute("DETACH narrowed")


def _close(connection: Connection, *, updates: int) -> None:
    connection.execute(MADE_OF)
    ((entry_count, fetch_count),) = connection.execute(COUNTS).fetchall()
    connection.execute(
        "INSERT INTO crawl_state.made_of VALUES (?, ?, ?, ?)", [_checksum(), entry_count, fetch_count, updates]
    )
    connection.execute("CHECKPOINT crawl_state")
    connection.execute("DETACH crawl_state")


def _attach(connection: Connection, file: Path) -> None:
    quoted = str(file).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS crawl_state (STORAGE_VERSION '{writer.STORAGE}')")


def _checksum() -> str:
    """Of the files that say what the state is."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sql.files("state"))).hexdigest()[:16]


def _remove(unfinished: Path) -> None:
    for path in (unfinished, unfinished.with_name(f"{unfinished.name}.wal")):
        path.unlink(missing_ok=True)
