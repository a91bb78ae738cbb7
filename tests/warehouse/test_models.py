"""Each model by the cases beside it: rows given, rows expected, on one built database whose rows are rolled back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.warehouse import sql
from model_cases import cases, expected, file_of, result
from small_warehouse import warehouse

CASES = list(cases())


@pytest.fixture(scope="module")
def built(empty_warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse(empty_warehouse) as connection:
        yield connection


@pytest.fixture
def given(built: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    built.execute("BEGIN")
    yield built
    built.execute("ROLLBACK")


@pytest.mark.parametrize(("model", "case"), CASES, ids=[f"{model.name}: {case['says']}" for model, case in CASES])
def test_a_model_makes_of_rows_what_its_case_says(
    given: duckdb.DuckDBPyConnection, model: sql.Model, case: Any
) -> None:
    assert result(given, model, case) == expected(case)


@pytest.mark.parametrize("model", sql.models(), ids=lambda model: model.name)
def test_every_model_has_two_cases_or_is_kept_by_python(model: sql.Model) -> None:
    if model.kind == "kept":
        pytest.skip("its SELECT names columns alone; its rows are made by warehouse/stories.py, edits.py or search.py")
    assert sum(one is model for one, _ in CASES) >= 2, f"{file_of(model)} should tell of two cases"


def test_cases_are_no_models() -> None:
    assert not [name for name in sql.checksums() if "cases" in name]


def test_the_topics_that_trend_are_those_of_the_day_best_first(given: duckdb.DuckDBPyConnection) -> None:
    given.execute(
        "INSERT INTO core.topic BY NAME SELECT md5(article::VARCHAR)::UUID AS article_id, 's' || article % 7 AS source_id,"
        " DATE '2026-11-01' + (article % 40)::INTEGER AS topic_on, ['en', 'de'][article // 40 % 2 + 1] AS language,"
        " ['tag', 'word', 'phrase'][topic % 3 + 1] AS topic_kind, 'topic ' || topic AS topic, true AS is_common"
        " FROM range(800) AS article(article), range(30) AS topic(topic) WHERE hash(article * 100 + topic) % 5 = 0"
    )
    told = "language, topic_kind, topic, article_count, source_count, story_count, baseline_count, trend"
    day = "DATE '2026-12-05'"
    every = given.execute(f"SELECT {told} FROM trending({day}, 1000) ORDER BY ALL").fetchall()
    of_the_day = f"SELECT {told} FROM mart.topic_day WHERE topic_on = {day} AND article_count > 1 ORDER BY ALL"
    assert every == given.execute(of_the_day).fetchall()
    assert len(every) > 20
    best = given.execute(f"FROM trending({day}, 3)").fetchall()
    assert (
        best
        == given.execute(
            f"{of_the_day.removesuffix('ORDER BY ALL')} QUALIFY row_number() OVER (PARTITION BY language"
            " ORDER BY trend DESC, article_count DESC, topic_kind, topic) <= 3"
            " ORDER BY trend DESC, article_count DESC, language, topic_kind, topic"
        ).fetchall()
    )
