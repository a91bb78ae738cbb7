"""Homes as past versions left them: `python tests/past.py 0001` packs one by the code that is on the path.

A home is made once, before its successor's migration lands, and never made anew: sealed batches, the journal file, the
writer's file with its models built and published, and one batch that still waits to be loaded. What it holds is HELD.
"""

import sys
import tarfile
import tempfile
from pathlib import Path

from ingest.jobs import build, load, publish
from ingest.settings import Settings
from newsroom import MORNING, Newsroom

FOLDER = Path(__file__).parent / "warehouse" / "past"
WORDS = "The harbour council met in the old hall and spoke of boats, nets and the price of ice. "
# what a home holds once it is upgraded and its last batch loaded
HELD = {
    "SELECT count(*), count(*) FILTER (duplicate_of IS NULL), max(revision_count) FROM mart.article": (5, 4, 2),
    "SELECT count(*) FROM core.revision": (6,),
    "SELECT count(*) FROM mart.feed_poll": (4,),
    "SELECT count(*), count(DISTINCT state) FROM mart.ledger": (9, 5),
    "SELECT count(*) FROM raw.batch": (6,),
    "SELECT count(*) FROM raw.quarantine": (1,),
}


def keep(folder: Path, name: str) -> Path:
    """Make a home in `folder` and pack it as `name`.tar.xz."""
    settings = Settings(home=folder / "data", contact="mailto:tests@example.org")
    _live(settings)
    packed = FOLDER / f"{name}.tar.xz"
    with tarfile.open(packed, "w:xz", preset=9) as archive:
        for place in ("stage", "warehouse/writer.duckdb"):
            archive.add(settings.home / place, place)
    return packed


def unpack(packed: Path, home: Path) -> None:
    home.mkdir(parents=True)
    with tarfile.open(packed) as archive:
        archive.extractall(home, filter="data")


def _live(settings: Settings) -> None:
    newsroom = Newsroom(settings)
    urls = [
        f"https://daily.example/{name}" for name in ("harbour", "school", "wall", "lost", "slow", "later", "hollow")
    ]
    newsroom.lists(*urls[:6], published_at=MORNING)
    newsroom.polls(outcome="timeout", failure_count=1)
    newsroom.seals()
    harbour = newsroom.reads(urls[0], WORDS * 3)
    newsroom.reads(urls[1], "The school has a new roof, and the old one is sold. " * 8, authors=("Ann Lee", "Bo Ek"))
    newsroom.rejects(urls[2], "consent_wall")
    newsroom.fails(urls[3], "gone")
    newsroom.fails(urls[4], "timeout")
    newsroom.seals()
    newsroom.lists("https://weekly.example/copy", "https://weekly.example/fair", source_id="weekly", title="Fair")
    newsroom.reads("https://weekly.example/copy", WORDS * 3, source_id="weekly")
    newsroom.reads("https://weekly.example/fair", "Die Messe öffnet am Montag ihre Tore. " * 9, source_id="weekly")
    newsroom.seals()
    newsroom.reads(urls[0], WORDS * 3 + "\nIt ended late.", title="A headline that changed")
    newsroom.looks_again(urls[1])
    newsroom.seals()
    newsroom.extractor_version = "2"
    newsroom.confirms(harbour)
    newsroom.seals()
    newsroom.reads(urls[6], " ")
    newsroom.seals()
    load.run(settings)
    build.run(settings)
    publish.run(settings)
    newsroom.lists("https://daily.example/last")
    newsroom.reads(
        "https://daily.example/last", "The last batch was sealed by one version and loaded by the next. " * 4
    )
    newsroom.seals()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        sys.stdout.write(f"{keep(Path(made), sys.argv[1])}\n")
