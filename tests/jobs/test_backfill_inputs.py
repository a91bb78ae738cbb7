"""One history by several inputs: sitemaps, WARC, CDX, a list, a folder. Each tells the same articles, and none of them twice."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from shutil import copytree
from typing import Any

import pyarrow.parquet as parquet
import pytest
import requests

from backfills import BOTE, month, published, roomy, wanted
from ingest.demo.web import NewsWeb
from ingest.history import InputKind
from ingest.jobs import backfill, build, load, publish
from ingest.rules.url import identity
from ingest.settings import Settings
from ingest.stage import batch as stage
from inputs.archive_host import ArchiveHost
from looks import ask
from made_warc import Captured, cdx_line, place_warc

LOOPBACK = (ip_network("127.0.0.0/8"),)
Crawls = Callable[[NewsWeb], Settings]


@pytest.fixture
def web() -> Iterator[NewsWeb]:
    """Of yesterday: a day is certified when it is over."""
    with NewsWeb(seed=11, now=datetime.now(UTC) - timedelta(days=1)) as running:
        yield running


@pytest.fixture
def inputs(web: NewsWeb, tmp_path: Path) -> Iterator[dict[InputKind, str | None]]:
    """What the paper's archive lists of the month, as each kind of input has it."""
    first, last = month(web)
    listed = [
        one for one in web.truth()["archived"] if first <= datetime.fromisoformat(one["modified_at"]).date() <= last
    ]
    captures = [captured(one) for one in listed if one["expected"] == "stored"]
    warc = tmp_path / "warc" / "month.warc.gz"
    offsets = place_warc(warc, captures)
    index = [cdx_line(one, warc, offset) for one, offset in zip(captures, offsets, strict=True)]
    (tmp_path / "month.cdxj").write_text("\n".join(index), "utf-8")
    rows = ["url,published", *(f"{one['url']},{one['published_at']}" for one in listed)]
    (tmp_path / "month.csv").write_text("\n".join(rows), "utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, one in enumerate(captures):
        (folder / f"{number}.html").write_bytes(one.body)
    manifest = [
        {"file": f"{number}.html", "url": one.final_url, "captured_at": one.at.isoformat()}
        for number, one in enumerate(captures)
    ]
    (folder / "manifest.jsonl").write_text("\n".join(map(json.dumps, manifest)), "utf-8")
    yield {
        "sitemap": None,
        "warc": str(warc),
        "cdx": str(tmp_path / "month.cdxj"),
        "list": str(tmp_path / "month.csv"),
        "folder": str(folder),
    }


def captured(one: dict[str, Any]) -> Captured:
    """The page as it is now, archived on the day on which it was printed."""
    answer = requests.get(one["url"], timeout=10)
    at = datetime.fromisoformat(one["published_at"]).astimezone(UTC).replace(microsecond=0)
    return Captured(one["url"], at, answer.content, final_url=answer.url)


def bring_in(settings: Settings, web: NewsWeb, kind: InputKind, address: str | None) -> str:
    first, last = month(web)
    (asked,) = backfill.request(
        settings, source_ids=[BOTE], input_kind=kind, input_address=address, from_on=first, to_on=last
    )
    backfill.until_done(settings, request_ids=[asked.request_id])
    return asked.request_id


def told(settings: Settings) -> list[tuple[str, str]]:
    """Articles and their texts, as they are staged."""
    found = []
    for name in stage.sealed(settings.stage):
        batch = stage.open_batch(settings.stage, name)
        if batch.tables.get("extraction"):
            rows = parquet.read_table(batch.folder / "extraction.parquet", columns=["article_id", "content_hash"])
            found += [(row["article_id"], row["content_hash"]) for row in rows.to_pylist()]
    return sorted(found)


def test_each_input_tells_the_same_articles_and_all_of_them_each_once(
    web: NewsWeb, crawls: Crawls, inputs: dict[InputKind, str | None], tmp_path: Path
) -> None:
    settings = roomy(crawls(web))
    archived = {identity(one["canonical_url"]) for one in web.truth()["archived"]}
    alone = {}
    for kind, address in inputs.items():
        home = tmp_path / f"home-{kind}"
        home.mkdir()
        bring_in(replace(settings, home=home), web, kind, address)
        alone[kind] = [one for one in told(replace(settings, home=home)) if one[0] in archived]
    assert len(alone["list"]) == len(set(alone["list"])) > 5
    assert all(articles == alone["list"] for articles in alone.values()), {
        kind: len(one) for kind, one in alone.items()
    }
    for kind in inputs:  # as if five machines had brought it in, none of which knew of the others
        copytree(tmp_path / f"home-{kind}" / "stage", settings.stage, dirs_exist_ok=True)
    load.run(settings)
    build.run(settings)
    assert publish.run(settings)["quarantined"] == []
    proven = backfill.certificate(settings)
    assert [(one.input_kind, one.is_signed) for one in sorted(proven.requests, key=lambda one: one.asked_at)] == [
        (kind, True) for kind in inputs
    ]
    articles = ask(settings, "SELECT article_id::VARCHAR FROM mart.article")
    printed = {one["canonical_url"] for one in wanted(web, BOTE) if one["expected"] == "stored"}
    assert len(articles) == len(set(articles)) == len(printed)


PAGE_OF_FEED = """<rss version="2.0"><channel><title>Daily</title><link>{home}</link>
<generator>https://wordpress.org/?v=6.5</generator>{items}</channel></rss>"""
ITEM = "<item><title>Story {number}</title><link>{home}/{number}</link><pubDate>{day:02} Mar 2019 08:00:00 GMT</pubDate></item>"


def test_pages_of_a_feed_are_read_back_to_the_first_day_that_is_asked_for(settings: Settings) -> None:
    with ArchiveHost({}) as host:
        home = host.url("")
        for number in range(1, 6):  # five pages of two entries, a day each, the newest first
            items = [ITEM.format(home=home, number=day, day=day) for day in (22 - 2 * number, 21 - 2 * number)]
            path = "/feed" if number == 1 else f"/feed?paged={number}"
            host.files[path] = PAGE_OF_FEED.format(home=home, items="".join(items)).encode()
        settings.home.mkdir(parents=True)
        catalogue = settings.home / "sources.toml"
        catalogue.write_text(
            f'[[source]]\nsource_id = "daily"\nname = "Daily"\nhome_url = "{home}/"\ncountry = "IE"\nlanguage = "en"\n'
            f'feeds = ["{home}/feed"]\nhost_delay_s = 0.0\n',
            "utf-8",
        )
        given = replace(roomy(settings), catalogue=catalogue, allow_networks=LOOPBACK)
        backfill.request(
            given,
            source_ids=["daily"],
            input_kind="feed",
            input_address=None,
            from_on=date(2019, 3, 17),
            to_on=date(2019, 3, 19),
        )
        (work,) = backfill.plan(given, on=None)
        summary = backfill.run(given, work=work)
        assert (summary.listed, summary.outside) == (3, 5)
        asked = [path for path, _ in host.asked if path.startswith("/feed")]
        assert asked == ["/feed", "/feed?paged=2", "/feed?paged=3", "/feed?paged=4"]
        (all_of_it,) = backfill.request(
            given,
            source_ids=["daily"],
            input_kind="feed",
            input_address=None,
            from_on=date(2019, 1, 1),
            to_on=date(2019, 3, 31),
        )
        assert backfill.until_done(given, request_ids=[all_of_it.request_id]).parts_done == 6
        published(given)
        assert "/feed?paged=6" in [path for path, _ in host.asked]  # a 404: where the chain ends
        assert backfill.certificate(given, request_ids=[all_of_it.request_id]).is_signed
