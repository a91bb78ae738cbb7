"""What is read of real pages may not get worse: floors below what was measured, by the shared scorer. No time is asserted."""

import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from ingest.jobs import try_pages
from ingest.settings import Settings

# Pages read, and the floors: measured on 2026-11-22, less about half a page in a hundred, a page or two where fewer are scored
FLOORS: dict[str, tuple[int, dict[str, float]]] = {
    "fundus": (127, {
        "text F1": 0.974, "title": 0.86, "authors": 0.91, "day": 0.984, "timestamp": 0.98, "language": 0.98, "tags F1": 0.81,
        "image": 0.93,
    }),
    "wcxb_dev": (150, {"text F1": 0.95}),
}  # fmt: skip
REJECTED = {"fundus": 1, "wcxb_dev": 0}  # at most: the one is an empty shell indeed
SCORE = re.compile(r"^(?:text: F1 |(title|authors|day|timestamp|language|tags F1|image): )([\d.]+)", re.MULTILINE)


@pytest.fixture(scope="session")
def scorer(shared: Path) -> Path:
    found = shared.parent / "bench" / "score_pages.py"
    if not found.is_file():
        pytest.skip(f"no shared scorer at {found}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("pages", FLOORS)
def test_quality_on_real_pages_does_not_fall(
    pages: str, shared: Path, scorer: Path, settings: Settings, tmp_path: Path
) -> None:
    folder = shared / "pages" / pages
    if not folder.is_dir():
        pytest.skip(f"no shared pages at {folder}")
    count, floors = FLOORS[pages]
    manifest, out = sample(folder, count, tmp_path), tmp_path / "predictions.jsonl"
    summary = try_pages.run(manifest, out, settings=settings, progress=lambda _done, _total: None)
    told = subprocess.run([sys.executable, scorer, manifest, out], capture_output=True, text=True, check=True)
    figures = {name or "text F1": float(figure) for name, figure in SCORE.findall(told.stdout)}
    fallen = [
        f"{name} {figures[name]:.4f} is under the floor {floor}"
        for name, floor in floors.items()
        if figures[name] < floor
    ]
    assert not fallen, f"{pages}, {count} pages: {'; '.join(fallen)}"
    assert sum(summary.rejected.values()) <= REJECTED[pages], f"{pages}: articles were rejected: {summary.rejected}"


def sample(folder: Path, count: int, out: Path) -> Path:
    """A manifest of so many lines, by the hash of their ids, whose files are absolute."""
    lines = [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").split("\n") if line.strip()]
    chosen = sorted(lines, key=lambda line: sha256(line["id"].encode()).digest())[:count]
    manifest = out / "manifest.jsonl"
    manifest.write_text(
        "".join(json.dumps(line | {"file": str(folder / line["file"])}) + "\n" for line in chosen), "utf-8"
    )
    return manifest
