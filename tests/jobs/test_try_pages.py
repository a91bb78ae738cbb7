"""Trying stored pages: one line a page in the manifest's order, and errors that name file and line."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import InputError
from ingest.jobs import try_pages
from ingest.settings import Settings
from webpage import URL, html

HEAD = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Harbour reopens after storm",
  "datePublished": "2025-11-21T18:30:00+01:00", "author": {"@type": "Person", "name": "Ana Silva"}}</script>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pages = {
        "zipped.html.gz": gzip.compress(html(head=HEAD).encode()),
        "plain.html": html(head=DAY).encode(),
        "bad.html": b"%PDF-",
    }
    for name, body in pages.items():
        (tmp_path / name).write_bytes(body)
    return tmp_path


DAY = '<meta name="date" content="2025-11-20">'


def tried(folder: Path, settings: Settings, *lines: object) -> tuple[try_pages.TrySummary, list[dict[str, Any]]]:
    manifest, out = folder / "manifest.jsonl", folder / "out" / "predictions.jsonl"
    manifest.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    seen: list[tuple[int, int]] = []
    summary = try_pages.run(manifest, out, settings=settings, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(number, len(seen)) for number in range(1, len(seen) + 1)]
    return summary, [json.loads(line) for line in out.read_text("utf-8").split("\n") if line]


def test_every_page_gets_a_line_in_order(folder: Path, settings: Settings) -> None:
    summary, lines = tried(
        folder,
        settings,
        {"id": "a", "file": "zipped.html.gz", "url": URL, "note": "text with \u2028 in it"},
        {"id": "b", "file": "bad.html", "url": URL},
        "",
        {"id": "c", "file": "plain.html"},
    )
    assert (summary.page_count, summary.article_count, summary.rejected) == (3, 2, {"unreadable": 1})
    assert [(line["id"], line["rejected"]) for line in lines] == [("a", None), ("b", "unreadable"), ("c", None)]
    assert lines[0]["title"] == "Harbour reopens after storm"
    assert lines[0]["authors"] == ["Ana Silva"]
    assert [line["published_at"] for line in lines] == ["2025-11-21T18:30:00+01:00", None, "2025-11-20"]
    assert [line["text"][:11] for line in lines] == ["The harbour", "", "The harbour"]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("{broken", "line 2: JSONDecodeError"),
        ('{"id": "x"}', "line 2: KeyError: 'file'"),
        ('["a"]', "line 2: TypeError"),
        ('{"id": "x", "file": "gone.html"}', "gone.html"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_named_with_its_line(
    folder: Path, settings: Settings, line: str, names: str
) -> None:
    with pytest.raises(InputError) as caught:
        tried(folder, settings, {"id": "a", "file": "plain.html"}, line)
    assert names in str(caught.value)
    assert "manifest.jsonl" in str(caught.value)
    assert not (folder / "out").exists()


def test_a_missing_manifest_is_named(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(InputError, match=r"nowhere\.jsonl"):
        try_pages.run(
            tmp_path / "nowhere.jsonl", tmp_path / "out", settings=settings, progress=lambda _done, _total: None
        )
