"""What one batch costs at the warehouse, by how much is stored: load, build, check and publish, in CPU milliseconds an article.

    .venv/bin/python bench/load.py [--stored 0,20000,60000] [--batch 200]

Articles are synthetic: 350 words drawn by a fixed seed from 20,000 made-up ones, two in ten copies of an earlier text.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from ingest.jobs import build, load, publish
from ingest.settings import Settings
from newsroom import Newsroom

WORDS_A_TEXT = 350
BULK = 2_000  # articles a batch while the warehouse is filled


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--stored", default="0,20000,60000")
    asked.add_argument("--batch", type=int, default=200)
    given = asked.parse_args()
    draw = random.Random(7)
    words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 11))) for _ in range(20_000)]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), contact="mailto:bench@example.org")
        newsroom = Newsroom(settings)
        print("| stored | load | build | check and publish | file MB |\n|---|---|---|---|---|")
        stored = 0
        for wanted in map(int, given.stored.split(",")):
            while stored < wanted:
                stage(newsroom, draw, words, stored, min(BULK, wanted - stored))
                stored += min(BULK, wanted - stored)
                load.run(settings)
            build.run(settings)
            publish.run(settings) if stored else None
            stage(newsroom, draw, words, stored, given.batch)
            stored += given.batch
            costs = [cpu_ms(job.run, settings) / given.batch for job in (load, build, publish)]
            file_mb = settings.published_file.stat().st_size / 1e6
            print(f"| {stored:,} | {costs[0]:.2f} | {costs[1]:.2f} | {costs[2]:.2f} | {file_mb:.0f} |", flush=True)


def stage(newsroom: Newsroom, draw: random.Random, words: list[str], start: int, count: int) -> None:
    urls = [f"https://daily.example/{start + number}" for number in range(count)]
    newsroom.lists(*urls)
    texts: list[str] = []
    for url in urls:
        is_copy = texts and draw.random() < 0.2
        texts.append(draw.choice(texts) if is_copy else " ".join(draw.choices(words, k=WORDS_A_TEXT)))
        newsroom.reads(url, texts[-1])
    newsroom.seals()


def cpu_ms(call, *given) -> float:
    before = time.process_time()
    call(*given)
    return 1000 * (time.process_time() - before)


main()
