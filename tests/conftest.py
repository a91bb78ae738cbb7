"""What all tests share: settings of a home of their own, the shared data where it is there, a browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from demo_day import demo_day
from ingest.settings import Settings
from newsroom import Newsroom

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of a file of tests, and closed behind it: two of Playwright's in a process do not go together."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (apt-get install chromium)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield running
        running.close()
