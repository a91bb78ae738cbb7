"""Trying a page: files packed and plain, the rule of a day, and limits that hold."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.errors import InputError
from ingest.jobs import try_page
from ingest.records import Extraction
from ingest.settings import Settings
from webpage import NEWS, PARAGRAPHS, URL, html, json_ld

CATALOGUE = """
[[source]]
source_id = "gazette"
name = "Gazette"
home_url = "https://gazette.example/"
country = "GB"
language = "en"
feeds = ["https://gazette.example/feed"]
rules = [{ valid_from = 2026-01-01, body = "p.only" }, { valid_to = 2026-01-01, author = "b" }]
"""
PAGE = html(
    head=json_ld(f"{{{NEWS}}}"), body="".join(f'<p class="only">{line}</p>' for line in PARAGRAPHS) + "<b>Ana Silva</b>"
)


@pytest.fixture
def ruled(settings: Settings, tmp_path: Path) -> Settings:
    (tmp_path / "sources.toml").write_text(CATALOGUE, "utf-8")
    return replace(settings, catalogue=tmp_path / "sources.toml")


def tried(settings: Settings, file: Path, at: datetime | None = None) -> try_page.PageTrial:
    return try_page.run(settings, str(file), source_id="gazette", url=URL, at=at)


def test_a_packed_file_is_read_by_the_rule_of_the_day(ruled: Settings, tmp_path: Path) -> None:
    file = tmp_path / "page.html.gz"
    file.write_bytes(gzip.compress(PAGE.encode()))
    new = tried(ruled, file, datetime(2026, 1, 1, tzinfo=UTC))
    assert isinstance(new.record, Extraction)
    assert (new.text, new.reason, new.canonical_url) == ("\n".join(PARAGRAPHS), None, URL)
    assert [(step.key, step.found_count) for step in new.steps] == [("body", 4)]
    old = tried(ruled, file, datetime(2025, 12, 31, tzinfo=UTC))
    assert (old.record.authors, old.record.evidence["authors"]) == (("Ana Silva",), "rule")
    assert tried(ruled, file).rule == new.rule


def test_a_file_that_is_too_large_packed_or_not_is_refused(ruled: Settings, tmp_path: Path) -> None:
    small = replace(ruled, page_limit_bytes=1_000)
    for name, body in (("page.html", b"a" * 1_001), ("page.html.gz", gzip.compress(b"a" * 1_001))):
        (tmp_path / name).write_bytes(body)
        with pytest.raises(InputError, match="1000 bytes"):
            tried(small, tmp_path / name)


def test_a_page_that_takes_too_long_is_a_verdict(ruled: Settings, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(
        PAGE.replace("</p>", "</p>" + "<p>Words that take a worker far longer than this.</p>" * 3_000, 1), "utf-8"
    )
    found = tried(replace(ruled, extract_cpu_s=0.005), file)
    assert (found.reason, found.text, found.steps) == ("extract_timeout", "", ())
