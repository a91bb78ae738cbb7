"""What all tests share: settings of a home of their own, and the shared data where it is there."""

from pathlib import Path

import pytest

from demo_day import demo_day
from ingest.settings import Settings
from newsroom import Newsroom

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "data", contact="mailto:tests@example.org")


@pytest.fixture
def newsroom(settings: Settings) -> Newsroom:
    return Newsroom(settings)


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"no shared test data at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The demo's day, published; to be read alone."""
    return demo_day(tmp_path_factory.mktemp("demo") / "data")
