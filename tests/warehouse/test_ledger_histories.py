"""Histories as they come: whatever is listed, fetched, retried, read again, late, killed or replayed, the ledger is right."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.records import Batch, Fetch, Outcome
from ingest.rows import Row
from ingest.rules.ladder import ANSWERED, next_purpose
from ingest.settings import Settings
from ingest.warehouse import check, load
from ledger_model import account
from newsroom import Newsroom
from small_warehouse import builds, loads, warehouse

SOURCES = ("daily", "weekly")
URLS = tuple(f"https://daily.example/{name}" for name in "abcd")
TEXTS = tuple(f"{words} and it was told in the old hall. " * 4 for words in ("Boats came", "Ice was sold"))
FAULTS: tuple[tuple[Outcome, int | None], ...] = (
    ("timeout", None), ("http_error", 404), ("http_error", 503), ("http_error", 403), ("gone", 410), ("robots_denied", None),
    ("robots_unreachable", None), ("not_html", 200),
)  # fmt: skip
MARKS = (
    "state",
    "reason",
    "duplicate_of",
    "change_seq",
    "next_attempt_at",
    "fetch_count",
    "title",
    "published_at",
    "listed_on",
)

source, url, text = st.integers(0, 1), st.integers(0, len(URLS) - 1), st.integers(0, len(TEXTS) - 1)
visit = st.one_of(
    st.tuples(st.just("reads"), source, url, text, st.booleans()),
    st.tuples(st.just("reads"), source, url, text, st.just(False)),
    st.tuples(st.just("rejects"), source, url),
    st.tuples(st.just("fails"), source, url, st.integers(0, len(FAULTS) - 1), st.integers(1, 6), st.booleans()),
    st.tuples(st.just("looks"), source, url),
)
step = st.one_of(
    st.tuples(st.just("lists"), source, st.lists(url, min_size=1, max_size=3, unique=True)),
    st.tuples(st.just("visits"), st.lists(visit, min_size=1, max_size=4)),
    st.tuples(st.just("visits"), st.lists(visit, min_size=1, max_size=4)),
    st.tuples(
        st.just("reprocesses"), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=3)
    ),
    st.tuples(st.just("loads"), st.permutations(range(4)), st.integers(1, 4)),
    st.tuples(st.just("publishes")),
    st.tuples(st.just("drops")),
    st.tuples(st.just("is killed"), st.booleans()),
)


class History:
    """`.lists()`, `.visits()` and `.reprocesses()` seal batches, `.loads()`, `.publishes()`, `.drops()`, `.is_killed()` work."""

    def __init__(self, folder: Path, empty: Path) -> None:
        self.newsroom = Newsroom(Settings(home=folder / "home", contact="mailto:tests@example.org"))
        self.waiting: list[tuple[Batch, dict[str, list[Row]]]] = []  # sealed, and not loaded
        self.loaded: list[tuple[int, Batch, dict[str, list[Row]]]] = []
        self.published_seq = 0
        self._folder, self._empty = folder, empty
        self._stack = ExitStack()
        self._pages: list[Fetch] = []
        self._last: dict[str, Fetch] = {}
        self.connection = self._open(shutil.copy(empty, folder / "writer.duckdb"))

    def close(self) -> None:
        self._stack.close()

    def lists(self, source: int, urls: list[int]) -> None:
        self.newsroom.lists(*(URLS[url] for url in urls), source_id=SOURCES[source])
        self._seal()

    def visits(self, visits: list[tuple[Any, ...]]) -> None:
        for verb, source, url, *rest in visits:
            last = self._last.get(URLS[url])
            if last is None or last.outcome in ANSWERED or last.purpose == "second_look" or last.next_attempt_at:
                getattr(self, f"_{verb}")(SOURCES[source], URLS[url], *rest)
        self._seal()

    def reprocesses(self, reread: list[tuple[int, int]]) -> None:
        """Pages whose batch is loaded, each once a batch; another version than any before reads them."""
        self.loads(list(range(len(self.waiting))), len(self.waiting))
        held = {id(row) for _, _, tables in self.loaded for row in tables.get("fetch", ())}
        pages = [page for page in self._pages if id(page) in held]
        self.newsroom.extractor_version = str(int(self.newsroom.extractor_version) + 1)
        chosen = {at % len(pages): how for at, how in reread if pages}
        for at, verdict in chosen.items():
            page = pages[at]
            if verdict < len(TEXTS):
                self.newsroom.rereads(page, TEXTS[verdict])
            elif verdict == len(TEXTS):
                self.newsroom.rerejects(page, "too_short")
            else:
                self.newsroom.confirms(page)
        self._seal()

    def loads(self, order: list[int], count: int) -> None:
        """Up to `count` batches, late ones and early ones."""
        for batch, rows in [self.waiting[at] for at in order if at < len(self.waiting)][:count]:
            loads(self.connection, batch)
            self.loaded.append((load.last_seq(self.connection), batch, rows))
            self.waiting.remove((batch, rows))

    def publishes(self) -> None:
        """Build and check; the ledger is what the model tells."""
        builds(self.connection)
        assert check.run(self.connection, since_seq=self.published_seq) == []
        self.published_seq = load.last_seq(self.connection)
        assert self._told() == account((seq, rows) for seq, _, rows in self.loaded)

    def drops(self) -> None:
        """What later verdicts superseded goes, once it is published."""
        self.loads(list(range(len(self.waiting))), len(self.waiting))
        self.publishes()
        load.drop_superseded(self.connection, through_seq=self.published_seq)

    def is_killed(self, is_in_build: bool) -> None:
        """Between steps, or in the midst of a build: what was not committed is gone."""
        self.connection.execute("BEGIN")
        if is_in_build:
            self.connection.execute("DELETE FROM mart.ledger; DELETE FROM core.article; DELETE FROM raw.build")
        self._stack.close()
        self.connection = self._open(self._folder / "writer.duckdb")

    def ends(self) -> None:
        """All is loaded; the whole history is sound, sums up, and a replay of it gives the same rows."""
        while self.waiting:
            self.loads([0], 1)
        self.publishes()
        assert check.run(self.connection, since_seq=-1) == []
        states = Counter(one.state for one in account((seq, rows) for seq, _, rows in self.loaded).values())
        summed = self.connection.execute(
            "SELECT sum(stored_count), sum(duplicate_count), sum(rejected_count), sum(failed_count), sum(waiting_count),"
            " sum(listed_count) FROM mart.source_day"
        ).fetchall()
        wanted = [states[state] for state in ("stored", "duplicate", "rejected", "failed", "waiting")]
        assert [int(count or 0) for count in summed[0]] == [*wanted, sum(wanted)]
        rows = self._rows()
        self._stack.close()
        self.connection = self._open(shutil.copy(self._empty, self._folder / "replayed.duckdb"))
        loads(self.connection, *(batch for _, batch, _ in self.loaded))
        builds(self.connection)
        assert self._rows() == rows

    def _reads(self, source_id: str, url: str, text: int, is_alias: bool) -> None:
        page = self.newsroom.reads(url, TEXTS[text], source_id=source_id, canonical_url=URLS[0] if is_alias else None)
        self._pages.append(page)
        self._last[url] = page

    def _rejects(self, source_id: str, url: str) -> None:
        page = self.newsroom.rejects(url, "consent_wall", source_id=source_id)
        self._pages.append(page)
        self._last[url] = page

    def _fails(self, source_id: str, url: str, fault: int, times: int, is_planned: bool) -> None:
        """So many times in a row, as far as the ladder goes; a look goes no ladder."""
        outcome, http_status = FAULTS[fault]
        last = self._last.get(url)
        for _ in range(times):
            purpose, attempt = next_purpose(last.purpose, last.attempt, last.outcome) if last else ("new", 1)
            changes: dict[str, Any] = {"purpose": purpose, "attempt": attempt, "http_status": http_status}
            if purpose == "second_look":
                is_last = outcome in ("gone", "robots_denied") or not is_planned
                changes["next_attempt_at"] = None if is_last else self.newsroom.now + timedelta(hours=1)
            self.newsroom.fails(url, outcome, source_id=source_id, **changes)
            last = self._last[url] = self.newsroom._rows["fetch"][-1]
            if last.next_attempt_at is None:
                return

    def _looks(self, source_id: str, url: str) -> None:
        if (last := self._last.get(url)) and last.outcome in ANSWERED:
            self.newsroom.looks_again(url, source_id=source_id)
            self._last[url] = self.newsroom._rows["fetch"][-1]

    def _seal(self) -> None:
        rows = {table: list(found) for table, found in self.newsroom._rows.items()}
        if rows:
            self.waiting.append((self.newsroom.seals(), rows))

    def _open(self, file: Path) -> duckdb.DuckDBPyConnection:
        return self._stack.enter_context(warehouse(file))

    def _told(self) -> Mapping[tuple[str, str], tuple[Any, ...]]:
        rows = self.connection.execute(
            "SELECT source_id, entry_id::VARCHAR, state, reason, duplicate_of::VARCHAR FROM mart.ledger"
        ).fetchall()
        return {(source_id, entry_id): tuple(rest) for source_id, entry_id, *rest in rows}

    def _rows(self) -> list[tuple[Any, ...]]:
        return self.connection.execute(
            f"SELECT source_id, entry_id, {', '.join(MARKS)} FROM mart.ledger ORDER BY source_id, entry_id"
        ).fetchall()


@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(step, min_size=14, max_size=24))
def test_the_ledger_is_right_whatever_comes_when(empty_warehouse: Path, steps: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder), empty_warehouse)
        try:
            history.lists(0, [0, 1, 2, 3])
            history.lists(1, [0, 1])
            for verb, *told in steps:
                getattr(history, verb.replace(" ", "_"))(*told)
            history.ends()
        finally:
            history.close()
