"""What the tests of the page share: a published warehouse with a source of each state."""

from pathlib import Path

import pytest

from ingest.settings import Settings
from watched_sources import every_state


@pytest.fixture(scope="session")
def every_state_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published; to be read alone."""
    home = tmp_path_factory.mktemp("sources")
    return every_state(Settings(home=home / "data", contact="mailto:tests@example.org"))
