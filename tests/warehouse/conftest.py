"""What was staged, published and asked."""

from typing import Any

import pytest

from ingest.jobs import build, load, publish
from ingest.settings import Settings
from looks import ask
from newsroom import Newsroom


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
