"""Workers that can be killed: whatever a page does to one, the other pages get their verdicts."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extract.hostile import by_address, killed_once, orphaned_once
from ingest.extract.pool import IN_FLIGHT_PER_WORKER, PAGES_PER_WORKER, ExtractorPool
from ingest.records import Extraction, Page, Rejection
from webpage import NEWS, PARAGRAPHS, html, json_ld, page

MEMORY_BYTES = 500_000_000


@pytest.fixture(scope="module")
def pool() -> Iterator[ExtractorPool]:
    with ExtractorPool(workers=2, timeout_s=60, cpu_s=30, memory_bytes=MEMORY_BYTES) as started:
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
        ("lose-itself", "extract_crash"),
    ],
)
def test_one_page_s_fault_is_its_own(pool: ExtractorPool, act: str, reason: str) -> None:
    assert outcomes(pool, "read", act, "read", "read", act, "read") == ["read", reason, "read", "read", reason, "read"]


@pytest.mark.parametrize("reader", [killed_once, orphaned_once])
def test_what_takes_a_worker_once_costs_no_page(reader: Callable[[Page], str], tmp_path: Path) -> None:
    pages = [page(str(tmp_path / "made")) for _ in range(6)]
    with ExtractorPool(workers=2, timeout_s=60, cpu_s=30, memory_bytes=MEMORY_BYTES) as pool:
        assert [answer for _, answer in pool.run(reader, pages)] == ["read"] * 6


@pytest.mark.parametrize(
    ("act", "timeout_s", "cpu_s", "detail"),
    [
        ("spin", 60, 1, "over 1 CPU-seconds"),
        ("spin-in-c", 60, 1, "over 1 CPU-seconds"),
        ("wait", 2, 30, "over 2 s"),
    ],
)
def test_a_page_that_never_ends_is_ended_by_the_limit_that_it_meets(
    act: str, timeout_s: float, cpu_s: float, detail: str
) -> None:
    with ExtractorPool(workers=2, timeout_s=timeout_s, cpu_s=cpu_s, memory_bytes=MEMORY_BYTES) as short:
        pages = [page("", url=f"https://news.example/{name}") for name in ("read", act, "read")]
        first, ended, last = (answer for _, answer in short.run(by_address, pages))
    assert (first, last) == ("read", "read")
    assert isinstance(ended, Rejection)
    assert (ended.reason, ended.detail) == ("extract_timeout", detail)


def test_cpu_time_is_counted_page_by_page() -> None:
    with ExtractorPool(workers=1, timeout_s=60, cpu_s=0.5, memory_bytes=MEMORY_BYTES) as pool:
        assert outcomes(pool, *["work"] * 4) == ["worked"] * 4  # a quarter of a second each, in one worker


@pytest.mark.parametrize(("act", "is_replaced"), [("read", False), ("eat", True), ("spin", True), ("die", True)])
def test_a_worker_over_a_limit_is_replaced(act: str, is_replaced: bool) -> None:
    with ExtractorPool(workers=1, timeout_s=60, cpu_s=1, memory_bytes=MEMORY_BYTES) as single:
        before, _, after = outcomes(single, "pid", act, "pid")
    assert (before != after) == is_replaced


def test_a_worker_is_replaced_after_so_many_pages() -> None:
    with ExtractorPool(workers=1, timeout_s=60, cpu_s=30, memory_bytes=MEMORY_BYTES) as single:
        pids = outcomes(single, *["pid"] * PAGES_PER_WORKER)
    assert len(pids) == PAGES_PER_WORKER
    assert len(set(pids)) == 2  # the pool's own question, whether its worker is up, was the first page of the first


@pytest.mark.parametrize(
    ("act", "reason"),
    [("spin", "extract_timeout"), ("eat", "extract_memory"), ("die", "extract_crash"), ("complain", "extract_crash")],
)
def test_metadata_survives_where_the_text_fails(act: str, reason: str) -> None:
    body = html(head=json_ld("{" + NEWS + ', "author": {"@type": "Person", "name": "Ana Silva"}}'))
    with ExtractorPool(workers=2, timeout_s=60, cpu_s=1, memory_bytes=MEMORY_BYTES) as pool:
        ((_, answer),) = pool.run(by_address, [page(body, url=f"https://news.example/{act}")])
    assert isinstance(answer, Rejection)
    assert (answer.reason, answer.title, answer.authors) == (reason, "Harbour reopens after storm", ("Ana Silva",))
    assert answer.published_at is not None
    assert (answer.language, answer.published_evidence) == ("en", "json-ld")


def test_a_page_whose_markup_is_too_much_is_rejected_all_the_same() -> None:
    attributes = " ".join(f"a{number}=''" for number in range(200_000))  # quadratic in libxml2
    with ExtractorPool(workers=1, timeout_s=60, cpu_s=1, memory_bytes=MEMORY_BYTES) as pool:
        (_, endless), (_, after) = pool.judge([page(html(body=f"<div {attributes}>x</div>")), page(html())])
    assert isinstance(endless, Rejection)
    assert (endless.reason, endless.detail, endless.title) == ("extract_timeout", "over 1 CPU-seconds", None)
    assert isinstance(after, Extraction)
    assert after.text == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize("act", ["read", "complain"])
def test_pages_are_taken_only_as_fast_as_they_are_judged(pool: ExtractorPool, act: str) -> None:
    taken = []

    def arriving() -> "Iterator[object]":
        for number in range(50):
            taken.append(number)
            yield page("", url=f"https://news.example/{act}")

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
    with ExtractorPool(workers=2, timeout_s=600, cpu_s=600, memory_bytes=500_000_000) as pool:
        for _ in pool.run(by_address, [page("", url=f"https://news.example/{act}") for act in acts]):
            print("working", flush=True)
"""
