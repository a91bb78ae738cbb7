"""Workers that can be killed: whatever a page does to one, the other pages get their verdicts."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from extract.hostile import by_address
from ingest.extract.pool import IN_FLIGHT_PER_WORKER, ExtractorPool
from ingest.records import Extraction, Rejection
from webpage import html, page

MEMORY_BYTES = 500_000_000


@pytest.fixture(scope="module")
def pool() -> Iterator[ExtractorPool]:
    with ExtractorPool(workers=2, timeout_s=60, memory_bytes=MEMORY_BYTES) as started:
        yield started


def outcomes(pool: ExtractorPool, *acts: str) -> list[str]:
    """What becomes of pages that act so, in order."""
    pages = [page("", url=f"https://news.example/{act}") for act in acts]
    answers = list(pool.run(by_address, pages))
    assert [asked for asked, _ in answers] == pages
    return [answer.reason if isinstance(answer, Rejection) else answer for _, answer in answers]


def test_pages_are_judged_in_their_order(pool: ExtractorPool) -> None:
    pages = [page(html(), url=f"https://news.example/{number}") for number in range(20)]
    verdicts = list(pool.judge(iter(pages)))
    assert [asked.url for asked, _ in verdicts] == [asked.url for asked in pages]
    assert all(isinstance(verdict, Extraction) for _, verdict in verdicts)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("eat", "extract_memory"),
        ("killed", "extract_memory"),
        ("die", "extract_crash"),
        ("complain", "extract_crash"),
    ],
)
def test_one_page_s_fault_is_its_own(pool: ExtractorPool, act: str, reason: str) -> None:
    assert outcomes(pool, "read", act, "read", "read", act, "read") == ["read", reason, "read", "read", reason, "read"]


def test_a_page_that_never_ends_is_ended() -> None:
    with ExtractorPool(workers=2, timeout_s=2, memory_bytes=MEMORY_BYTES) as short:
        assert outcomes(short, "read", "spin", "read") == ["read", "extract_timeout", "read"]


def test_pages_are_taken_only_as_fast_as_they_are_judged(pool: ExtractorPool) -> None:
    taken = []

    def arriving() -> "Iterator[object]":
        for number in range(50):
            taken.append(number)
            yield page("", url="https://news.example/read")

    verdicts = pool.run(by_address, arriving())  # type: ignore[arg-type]
    next(verdicts)
    assert len(taken) <= 2 * IN_FLIGHT_PER_WORKER
    assert sum(1 for _ in verdicts) == 49


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "working\n"
        parent.send_signal(signal.SIGKILL)
        # each worker holds this pipe: reading ends when the last of them is gone
        assert parent.stdout.read() == ""


PARENT = """
from extract.hostile import by_address
from ingest.extract.pool import ExtractorPool
from webpage import page

if __name__ == "__main__":
    acts = ["read", "spin", "spin", "spin", "spin", "spin", "spin"]
    with ExtractorPool(workers=2, timeout_s=600, memory_bytes=500_000_000) as pool:
        for _ in pool.run(by_address, [page("", url=f"https://news.example/{act}") for act in acts]):
            print("working", flush=True)
"""
