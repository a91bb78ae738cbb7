"""Saved pages come back byte for byte under unique local addresses."""

import gzip
import json
import tomllib
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest
import requests

from ingest import catalogue
from ingest.demo import pages
from ingest.demo.web import NewsWeb
from ingest.errors import InputError

FUNDUS = Path("../shared/data/pages/fundus")
ADDRESSES = (
    "https://one.example/politik/wahl-2026?ref=rss",
    "https://two.example/politik/wahl-2026",
    "https://three.example/",
    "https://three.example/feed.xml",
    "https://four.example/%E8%A8%98%E4%BA%8B/1%20a",
    "https://five.example",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = []
    for number, url in enumerate(ADDRESSES):
        (tmp_path / f"{number}.html.gz").write_bytes(gzip.compress(f"<p>page {number} \xe9".encode("latin-1")))
        lines.append(
            json.dumps({"id": f"p{number}", "url": url, "file": f"{number}.html.gz", "title": f"A & B \x1f {url}"})
        )
    (tmp_path / "manifest.jsonl").write_text("\n".join(lines), "utf-8")
    return tmp_path


def test_every_saved_page_is_listed_once_and_served_as_saved(folder: Path) -> None:
    with NewsWeb(seed=1, pages=folder) as web, requests.Session() as client:
        client.trust_env = False
        source = catalogue.parse(tomllib.loads(web.catalogue()), "demo")[-1]
        parsed = feedparser.parse(BytesIO(client.get(source.feeds[0].url).content))
        truth = [one for one in web.truth()["entries"] if one["source_id"] == pages.SOURCE_ID]
        assert not parsed.bozo
        assert [entry.link for entry in parsed.entries] == [one["url"] for one in truth]
        assert len({one["url"] for one in truth}) == len(ADDRESSES)
        assert urlsplit(truth[0]["url"]).path == "/politik/wahl-2026"
        assert urlsplit(truth[4]["url"]).path == "/%E8%A8%98%E4%BA%8B/1%20a"
        for number, one in enumerate(truth):
            answer = client.get(one["url"])
            assert answer.headers["Content-Type"] == "text/html"
            assert answer.content == f"<p>page {number} \xe9".encode("latin-1")
            assert (one["original_url"], one["expected"]) == (ADDRESSES[number], "unknown")
        assert client.get(f"{web.origins[pages.SOURCE_ID]}/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (None, "no manifest.jsonl"),
        ('{"id": "a", "url": "https://a.example/1"}', "line 1 is no page: KeyError('file')"),
        ('{"id": "a", "url": "https://a.example/1", "file": "a"}\nnot json', "line 2 is no page"),
    ],
)
def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path, manifest: str | None, said: str) -> None:
    if manifest is not None:
        (tmp_path / "manifest.jsonl").write_text(manifest, "utf-8")
    with pytest.raises(InputError) as caught:
        NewsWeb(seed=1, pages=tmp_path)
    assert said in str(caught.value)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.skipif(not FUNDUS.is_dir(), reason="the saved publishers' pages are not beside the project")
def test_real_pages_are_served_whole() -> None:
    with NewsWeb(seed=1, pages=FUNDUS) as web, requests.Session() as client:
        client.trust_env = False
        truth = [one for one in web.truth()["entries"] if one["source_id"] == pages.SOURCE_ID]
        assert len({one["url"] for one in truth}) == len(truth) > 100
        for one in truth[:10]:
            assert b"<" in client.get(one["url"]).content
