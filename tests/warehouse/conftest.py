"""What was staged, published and asked."""

from pathlib import Path
from typing import Any

import pytest

from ingest.jobs import build, load, publish
from ingest.settings import Settings
from looks import ask
from newsroom import Newsroom
from small_warehouse import builds, warehouse


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A writer's file with all models built over nothing: to be copied, or given rows that are rolled back."""
    file = tmp_path_factory.mktemp("empty") / "writer.duckdb"
    with warehouse(file) as connection:
        builds(connection)
        connection.execute("CHECKPOINT")
    return file


@pytest.fixture
def asked(newsroom: Newsroom, settings: Settings) -> Any:
    """Seals what was staged, publishes, and answers with the rows of a query."""

    def of(sql: str) -> list[tuple]:
        if newsroom._rows:
            newsroom.seals()
        load.run(settings)
        build.run(settings)
        assert publish.run(settings)["quarantined"] == []
        return ask(settings, sql)

    return of
