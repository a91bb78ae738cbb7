"""Train the model that tells an article's blocks from the page's, and say what it is worth on sites it was not trained on.

    .venv/bin/python bench/train_lines.py MANIFEST... --work FOLDER [--write]

The first manifest is of news pages; each of its pages counts NEWS_WEIGHT times. FOLDER keeps an environment with numpy
and lightgbm, the rows, and a model for each of the folds, which are made by site. Printed is token F1 of the whole
reading of each page by the model of its fold, beside what the shipped model would give. With `--write` the
model that is trained on all pages becomes `src/ingest/extract/lines.json`.
"""

import argparse
import gzip
import json
import re
import shutil
import subprocess
import sys
import venv
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from statistics import mean
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from ingest.extract import blocks, charset, claims, credits, lines, markup, page, text, tree
from ingest.extract.cues import NAMES, Said, cues
from ingest.extract.forest import grown

VERSION = "2"
REQUIREMENTS = ("numpy==2.4.6", "lightgbm==4.7.0")
FOLDS = 5
NEWS_WEIGHT = 3.0
LEAST_WORDS = 1.5  # a block of one word counts as much
MOST_SHARE = 0.2  # of a page's weight: a page that is one block is no more than five blocks
SHINGLE = 3
NEAR_CHARS = 12  # between two short lines that follow each other in the gold text
CJK = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
MODEL = Path(__file__).parents[1] / "src" / "ingest" / "extract" / "lines.json"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """A page of a manifest."""

    manifest: str
    page_id: str
    url: str
    body: bytes
    text: str
    weight: float

    @property
    def fold(self) -> int:
        """By site, and the same whatever other pages there are."""
        site = ".".join(urlsplit(self.url).netloc.split(".")[-2:])
        return int(sha256(site.encode()).hexdigest(), 16) % FOLDS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("manifests", nargs="+", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    pages = list(gold(asked.manifests))
    print(f"{len(pages)} pages, {write_rows(pages, asked.work)} rows of {len(NAMES)}", flush=True)
    fit(asked.work)
    report(pages, asked.work)
    if asked.write:
        shutil.copy(asked.work / "lines.json", MODEL)
        print(f"{MODEL}: {MODEL.stat().st_size} bytes")


def gold(manifests: list[Path]) -> Iterator[Gold]:
    for number, manifest in enumerate(manifests):
        for line in manifest.read_text("utf-8").strip().split("\n"):
            entry = json.loads(line)
            yield Gold(
                manifest=manifest.parent.name,
                page_id=entry["id"],
                url=entry.get("url") or "https://page.invalid/article",
                body=gzip.decompress((manifest.parent / entry["file"]).read_bytes()),
                text=entry["text"],
                weight=NEWS_WEIGHT if number == 0 else 1.0,
            )


def opened(one: Gold) -> tuple[HtmlElement, list[blocks.Block], Said]:
    parsed = tree.parse(charset.without_controls(charset.decode(one.body, None)))
    assert parsed is not None, one.page_id
    claimed = claims.gather(markup.read(parsed), page_url=one.url, now=NOW)
    names = credits.read(claimed).authors.value
    return parsed, blocks.read(parsed), page.said_of(claimed, title=claims.title_claim(claimed).value, names=names)


def write_rows(pages: list[Gold], work: Path) -> int:
    """The rows of both models: without and with what trafilatura read."""
    columns: dict[str, array[float]] = defaultdict(lambda: array("f"))
    for one in pages:
        parsed, shown, said = opened(one)
        size = max(50, len(tokens(one.text)))
        wanted = labels(shown, one.text)
        for name, odds in (("alone", None), ("aided", lines.shares(shown, text.fast(parsed)))):
            for row, (label, count) in zip(cues(shown, said, odds), wanted, strict=True):
                if row is not None:
                    columns[f"{name}-rows"].extend(row)
                    columns[f"{name}-labels"].append(label)
                    columns[f"{name}-weights"].append(one.weight * min(max(count, LEAST_WORDS) / size, MOST_SHARE))
                    columns[f"{name}-folds"].append(one.fold)
    for name, values in columns.items():
        (work / f"{name}.f32").write_bytes(values.tobytes())
    (work / "rows.json").write_text(json.dumps({"version": VERSION, "names": NAMES}))
    return len(columns["aided-labels"])


def fit(work: Path) -> None:
    python = work / "env" / "bin" / "python"
    if not python.exists():
        venv.create(work / "env", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *REQUIREMENTS], check=True)
    subprocess.run([python, Path(__file__).with_name("fit_lines.py"), work / "rows.json", work], check=True)


def report(pages: list[Gold], work: Path) -> None:
    forests = [grown(json.loads((work / f"fold{fold}.json").read_text())) for fold in range(FOLDS)]
    scores: dict[str, list[float]] = defaultdict(list)
    for one in pages:
        parsed, shown, said = opened(one)
        read, _ = page.read_text(parsed, shown, said, forests[one.fold], body=None)
        scores[one.manifest].append(f1(read, one.text))
    for manifest, values in scores.items():
        print(f"{manifest}: text F1 {mean(values):.4f} on {len(values)} pages of sites that were left out")


def tokens(said: str) -> list[str]:
    return re.findall(r"\w+", CJK.sub(lambda found: f" {found.group()} ", said.lower()))


def f1(predicted: str, wanted: str) -> float:
    got, gold_tokens = tokens(predicted), tokens(wanted)
    common = sum((Counter(got) & Counter(gold_tokens)).values())
    return 2 * common / (len(got) + len(gold_tokens)) if got or gold_tokens else 1.0


def labels(found: list[blocks.Block], wanted: str) -> list[tuple[float, int]]:
    """For each block the share of it that stands in the gold text, and its words.

    Blocks of fewer than five words are the article's where they continue, in the gold text, the block before or after.
    """
    words = [tokens(block.text) for block in found]
    gold_tokens = tokens(wanted)
    whole = f" {' '.join(gold_tokens)} "
    lines = {tuple(tokens(line)) for line in wanted.split("\n")}
    shingles = set(zip(*(gold_tokens[n:] for n in range(SHINGLE)), strict=False))
    shares = [0.0] * len(found)
    ends: dict[int, tuple[int, int]] = {}
    for n, own in enumerate(words):
        if len(own) >= 5:
            parts = list(zip(*(own[k:] for k in range(SHINGLE)), strict=False))
            shares[n] = sum(part in shingles for part in parts) / len(parts)
            place = whole.find(f" {' '.join(own)} ") if shares[n] >= 0.5 else -1
            if place >= 0:
                ends[n] = place, place + len(" ".join(own)) + 1
    if ends:
        long = sorted(ends)
        for n in _followers(words, whole, ends, range(long[0], len(found)), is_forward=True):
            shares[n] = 1.0
        for n in _followers(words, whole, ends, range(long[-1], -1, -1), is_forward=False):
            shares[n] = 1.0
        for n in range(max(0, long[0] - 3), min(len(found), long[-1] + 4)):
            if 0 < len(words[n]) < 5 and tuple(words[n]) in lines:
                shares[n] = 1.0
    return [(share, len(own)) for share, own in zip(shares, words, strict=True)]


def _followers(
    words: list[list[str]], whole: str, ends: dict[int, tuple[int, int]], order: range, *, is_forward: bool
) -> Iterator[int]:
    at: int | None = None
    for n in order:
        if n in ends:
            at = ends[n][1] if is_forward else ends[n][0]
        elif at is not None and 0 < len(words[n]) < 5:
            own = f" {' '.join(words[n])} "
            place = whole.find(own, at) if is_forward else whole.rfind(own, 0, at + 1)
            gap = place - at if is_forward else at + 1 - (place + len(own))
            if place >= 0 and gap <= NEAR_CHARS:
                ends[n] = place, place + len(own) - 1
                at = ends[n][1] if is_forward else ends[n][0]
                yield n


if __name__ == "__main__":
    sys.exit(main())
