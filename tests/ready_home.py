"""A home with one article loaded, built and published: made once a session, copied for each test that needs one."""

import atexit
import shutil
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from ingest.jobs import load, publish
from ingest.settings import Settings
from newsroom import Newsroom

WORDS = "The harbour council met in the old hall and spoke of boats, nets and the price of ice. "


def prints(newsroom: Newsroom, number: int, text: str = WORDS * 3) -> None:
    """One batch with one article, listed and read."""
    url = f"https://daily.example/{number}"
    newsroom.lists(url)
    newsroom.reads(url, f"Number {number}. {text}")
    newsroom.seals()


def goes_out(settings: Settings) -> str:
    """Load, build (which publishing does), publish; the snapshot's name."""
    load.run(settings)
    return str(publish.run(settings)["snapshot_id"])


def move_in(home: Path) -> tuple[Settings, Newsroom]:
    """A home of its own in which article 0 is published, and a newsroom that goes on from there."""
    shutil.copytree(_model(), home)
    settings = Settings(home=home, contact="mailto:tests@example.org")
    newsroom = Newsroom(settings)
    newsroom.now += timedelta(hours=1)
    newsroom._count = 1_000  # ids go on where the first newsroom's do not reach
    return settings, newsroom


@cache
def _model() -> Path:
    folder = Path(mkdtemp(prefix="ready-home-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    home = folder / "data"
    settings = Settings(home=home, contact="mailto:tests@example.org")
    prints(Newsroom(settings), 0)
    goes_out(settings)
    return home
