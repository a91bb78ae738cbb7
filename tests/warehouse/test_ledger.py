"""The ledger's proof: a row that is lost is found and its batch blamed, every state is proven, and days add up."""

from collections.abc import Iterator
from datetime import timedelta
from typing import get_args
from uuid import UUID

import duckdb
import pytest

from ingest.jobs import build, load, publish
from ingest.records import Outcome
from ingest.rules.ladder import allowed_attempts
from ingest.rules.url import identity
from ingest.settings import Settings
from ingest.warehouse import sql
from ingest.warehouse.load import RAW_TABLES, drop_superseded
from ingest.warehouse.state import open_state
from looks import ask
from newsroom import MORNING, Newsroom
from small_warehouse import blamed, builds, doubled, loads, warehouse

A, B, C, D, E, F = (f"https://daily.example/{name}" for name in "abcdef")
COPY = "https://weekly.example/copy"
ERASED = "https://daily.example/erased"
TEXT = "The harbour council met in the old hall and spoke of boats, nets and the price of ice. " * 3
OTHER = "The school has a new roof, and the old one is sold to a man from the hills. " * 4


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Rows in every raw table, and an item in every state."""
    folder = tmp_path_factory.mktemp("ledger")
    newsroom = Newsroom(Settings(home=folder / "home", contact="mailto:tests@example.org"))
    with warehouse(folder / "writer.duckdb") as connection:
        newsroom.lists(A, B, C, D, E, F)
        newsroom.lists(COPY, A, source_id="weekly")
        newsroom.backfills(A, B)
        newsroom.polls(outcome="timeout", failure_count=1)
        loads(connection, newsroom.seals())
        page, other = newsroom.reads(A, TEXT), newsroom.reads(B, OTHER)
        newsroom.rejects(C, "consent_wall")
        newsroom.fails(D, "gone", http_status=410)
        newsroom.fails(E, "timeout")
        newsroom.reads(COPY, TEXT, source_id="weekly")
        loads(connection, newsroom.seals())
        turned_at = newsroom.now
        newsroom.reads(A, TEXT + "It ended late.", published_at=MORNING)
        newsroom.looks_again(B)
        loads(connection, newsroom.seals())
        newsroom.extractor_version = "2"
        newsroom.rereads(other, "New roof. " + OTHER)
        newsroom.confirms(page)
        loads(connection, newsroom.seals())
        newsroom.alarms("quarantined", since_at=turned_at)
        loads(connection, newsroom.seals())
        _erase(connection, ERASED)
        builds(connection)
        drop_superseded(connection, through_seq=4)
        yield connection


def _erase(connection: duckdb.DuckDBPyConnection, url: str) -> None:
    connection.execute(
        "INSERT INTO raw.batch SELECT 6, 'erasure', 'erasure', sealed_at, loaded_at, 1, schema_version, ingest_version"
        " FROM raw.batch LIMIT 1"
    )
    connection.execute(
        "INSERT INTO raw.tombstone BY NAME SELECT uuid() AS tombstone_id, uuid() AS order_id, 'url' AS order_kind,"
        " 'daily' AS source_id, ?::UUID AS entry_id, true AS is_everywhere, [] AS carried_hashes, ? AS listed_at,"
        " ? AS erased_at, 'erasure' AS batch_id, 6 AS load_seq",
        [identity(url), MORNING - timedelta(days=1), MORNING],
    )


@pytest.fixture
def tampered(built: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same, to be tampered with."""
    built.execute("BEGIN")
    yield built
    built.execute("ROLLBACK")


def test_a_sound_warehouse_has_no_finding_and_an_item_in_every_state(built: duckdb.DuckDBPyConnection) -> None:
    assert blamed(built) == {}
    states = built.execute("SELECT state, reason, count(*) FROM mart.ledger GROUP BY ALL ORDER BY ALL").fetchall()
    assert states == [
        ("duplicate", "other_source", 1),
        ("duplicate", "same_text", 1),
        ("failed", "gone", 1),
        ("rejected", "consent_wall", 1),
        ("rejected", "erased", 1),
        ("stored", "article", 1),
        ("stored", "quarantined", 1),
        ("waiting", "not_fetched", 1),
        ("waiting", "timeout", 1),
    ]


@pytest.mark.parametrize("table", [*RAW_TABLES, "batch"])
def test_whichever_row_is_lost_it_is_found_and_its_batch_blamed(built: duckdb.DuckDBPyConnection, table: str) -> None:
    rows = built.execute(f"SELECT rowid, batch_id FROM raw.{table}").fetchall()
    assert rows
    whole = (sql.root() / "checks" / "batch_is_whole.sql").read_text("utf-8")
    built.execute("SET VARIABLE since_seq = -1")
    for rowid, batch_id in rows:
        built.execute("BEGIN")
        built.execute(f"DELETE FROM raw.{table} WHERE rowid = {rowid}")
        found = built.execute(whole).fetchall()
        built.execute("ROLLBACK")
        assert [blame for blame, _ in found] == [batch_id]
    assert blamed(built) == {}


TAMPERING = {
    "a failure with attempts left": f"UPDATE mart.ledger SET state = 'failed', next_attempt_at = NULL WHERE url = '{E}'",
    "a failure that is planned again": f"UPDATE mart.ledger SET next_attempt_at = listed_at WHERE url = '{D}'",
    "a failure that was never tried": f"UPDATE mart.ledger SET fetch_count = 0 WHERE url = '{D}'",
    "nothing is waited for": f"UPDATE mart.ledger SET next_attempt_at = NULL WHERE url = '{E}'",
    "stored, and no article": f"DELETE FROM core.article WHERE url = '{B}'",
    "stored for another source": f"UPDATE core.article SET source_id = 'weekly' WHERE url = '{B}'",
    "stored for another item": f"UPDATE core.article SET entry_id = '{UUID(int=9)}' WHERE url = '{B}'",
    "stored, and a duplicate": f"UPDATE core.article SET duplicate_of = '{UUID(int=9)}' WHERE url = '{B}'",
    "stored, and held back without a word": f"UPDATE mart.ledger SET reason = 'article' WHERE url = '{A}'",
    "quarantined by nobody": "DELETE FROM core.suspect",
    "a duplicate without a target": f"UPDATE mart.ledger SET duplicate_of = NULL WHERE url = '{COPY}'",
    "a duplicate of nothing": f"UPDATE mart.ledger SET duplicate_of = '{UUID(int=9)}' WHERE url = '{COPY}'",
    "rejected without a verdict": f"DELETE FROM core.verdict WHERE entry_id = '{identity(C)}'",
    "rejected for another reason": f"UPDATE mart.ledger SET reason = 'too_short' WHERE url = '{C}'",
    "erased by nobody": "DELETE FROM raw.tombstone",
    "in no state": f"UPDATE mart.ledger SET state = NULL WHERE url = '{A}'",
    "in a state that is none": f"UPDATE mart.ledger SET state = 'lost' WHERE url = '{A}'",
    "without a reason": f"UPDATE mart.ledger SET reason = NULL WHERE url = '{A}'",
}


@pytest.mark.parametrize("change", TAMPERING.values(), ids=TAMPERING)
def test_a_state_that_nothing_proves_is_found(tampered: duckdb.DuckDBPyConnection, change: str) -> None:
    tampered.execute(change)
    assert "ledger_states_hold" in {check for checks in blamed(tampered).values() for check in checks}


@pytest.mark.parametrize(
    "wrong",
    [
        "listed_count - 1 AS listed_count",
        "stored_count + 1 AS stored_count",
        "0 AS waiting_count",
        "MAP {} AS rejected_reasons",
        "MAP {'gone': 2} AS failed_reasons",
    ],
)
def test_a_day_that_does_not_add_up_is_found(tampered: duckdb.DuckDBPyConnection, wrong: str) -> None:
    (day,) = (model for model in sql.models() if model.name == "mart.source_day")
    tampered.execute(f"CREATE OR REPLACE VIEW mart.source_day AS SELECT * REPLACE ({wrong}) FROM ({day.sql})")
    assert blamed(tampered) == {None: {"source_day_adds_up"}}


def test_an_item_that_is_missing_or_was_never_listed_is_found(tampered: duckdb.DuckDBPyConnection) -> None:
    tampered.execute(f"DELETE FROM mart.ledger WHERE url = '{A}'")
    tampered.execute(f"UPDATE mart.ledger SET entry_id = '{UUID(int=9)}' WHERE url = '{F}'")
    assert {"ledger_has_every_item", "ledger_has_no_stranger"} <= blamed(tampered)[None]


@pytest.mark.parametrize(
    "model", [model for model in sql.models() if model.kind != "view"], ids=lambda model: model.name
)
def test_one_row_is_one_thing(built: duckdb.DuckDBPyConnection, model: sql.Model) -> None:
    assert doubled(built, model) == []


def test_sql_allows_as_many_attempts_as_the_ladder(built: duckdb.DuckDBPyConnection) -> None:
    cases = [(outcome, status) for outcome in get_args(Outcome) for status in (None, *range(100, 600))]
    told = built.execute(
        "SELECT allowed_attempts(outcome, status) FROM"
        " (SELECT unnest($outcomes) AS outcome, unnest($statuses) AS status, generate_subscripts($outcomes, 1) AS place)"
        " ORDER BY place",
        {"outcomes": [outcome for outcome, _ in cases], "statuses": [status for _, status in cases]},
    ).fetchall()
    assert [count for (count,) in told] == [allowed_attempts(outcome, status) for outcome, status in cases]


def test_a_batch_that_gives_up_too_early_is_taken_out(newsroom: Newsroom, settings: Settings) -> None:
    newsroom.lists(A, B)
    newsroom.seals()
    newsroom.reads(A, TEXT)
    newsroom.seals()
    newsroom.fails(B, "timeout", attempt=4, next_attempt_at=None)
    early = newsroom.seals()
    load.run(settings)
    build.run(settings)
    assert publish.run(settings)["quarantined"] == [early.batch_id]
    assert ask(settings, "SELECT state, reason FROM mart.ledger ORDER BY url") == [
        ("stored", "article"),
        ("waiting", "not_fetched"),
    ]


LOOKS: dict[Outcome, tuple[str, str]] = {
    "timeout": ("waiting", "page_lost"),
    "http_error": ("waiting", "page_lost"),
    "not_modified": ("waiting", "page_lost"),
    "gone": ("failed", "gone"),
    "robots_denied": ("failed", "robots_denied"),
}


def test_a_look_at_a_page_that_no_batch_holds_starts_over_unless_none_would_be_found(
    newsroom: Newsroom, settings: Settings
) -> None:
    newsroom.lists(A)
    for outcome in LOOKS:
        newsroom.looks_again(f"https://daily.example/{outcome}", outcome=outcome, attempt=2, http_status=500)
    newsroom.seals()
    load.run(settings)
    build.run(settings)
    assert publish.run(settings)["quarantined"] == []
    told = ask(settings, "SELECT split_part(url, '/', -1), state, reason FROM mart.ledger WHERE fetch_count > 0")
    assert {outcome: (state, reason) for outcome, state, reason in told} == LOOKS
    with open_state(settings.state_file, lambda _: [], now=newsroom.now) as crawl:
        late = newsroom.now + timedelta(days=30)
        owed = crawl.due(now=late, source_ids=["daily"], active_ids=["daily"])
    assert {(visit.purpose, visit.url.rsplit("/", 1)[-1]) for visit in owed} == {
        (None, "a"), (None, "timeout"), (None, "http_error"), (None, "not_modified"),
    }  # fmt: skip
