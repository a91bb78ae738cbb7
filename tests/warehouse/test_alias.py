"""Addresses of one article: which names of an address tell, and when the same text under two of them is one article."""

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from ingest.jobs import build, load, publish
from ingest.records import Fetch
from ingest.settings import Settings
from ingest.warehouse import sql
from looks import ask, tables
from newsroom import Newsroom

Asked = Callable[[str], list[tuple]]
SITE = "https://daily.example"
TEXT = "The harbour council met in the old hall and spoke of boats, nets and the price of ice. " * 2
SLUGS: list[tuple[str, list[str]]] = [
    ("/news/storm-hits-coast", ["storm-hits-coast"]),
    ("/sport/Storm_Hits_Coast.html?from=home#top", ["storm_hits_coast"]),
    ("/2026/11/22/storm-hits-coast/", ["storm-hits-coast"]),
    ("/storm-hits-coast/amp/", ["storm-hits-coast"]),
    ("/storm-hits-coast.amp.html", ["storm-hits-coast"]),
    ("/storm-hits-coast/index.html", ["storm-hits-coast"]),
    # two long words are enough, two short ones and one word are not
    ("/bundesverfassungsgericht-urteil", ["bundesverfassungsgericht-urteil"]),
    ("/storm-hits", []),
    ("/bundesverfassungsgericht", []),
    ("/top-10-in-7", []),
    ("/news", []),
    ("/", []),
    ("", []),
    # a number that names the article, alone or with words; a short one, a date or one of two names nothing
    ("/n/1234567", ["1234567"]),
    ("/storm-1234567.html", ["1234567"]),
    ("/storm-hits-coast-1234567", ["1234567", "storm-hits-coast-1234567"]),
    ("/20261122-1234567", ["1234567"]),
    ("/video-12345", []),
    ("/weather-20261122", []),
    ("/weather-22112026", []),
    ("/weather-261122", []),
    ("/weather-202611", []),
    ("/234567-1234567", []),
    ("/articles/c2kdk5yxn9zo", ["c2kdk5yxn9zo"]),
    # close writing has no spaces; what is no UTF-8 is taken as it is
    ("/%E6%9D%B1%E4%BA%AC%E3%81%A7%E5%9C%B0%E9%9C%87%E6%B4%A5%E6%B3%A2%E3%81%AE", ["東京で地震津波の"]),
    ("/%E5%9C%B0%E9%9C%87", []),
    ("/shtorm-na-morye-%FF", ["shtorm-na-morye-%ff"]),
    # where the query alone tells articles apart, the address has no name
    ("/story.php?id=12345678", []),
]


def test_an_address_names_its_article_where_it_is_telling() -> None:
    with duckdb.connect() as connection:
        connection.execute((sql.root() / "macros" / "slugs.sql").read_text("utf-8"))
        found = [
            connection.execute("SELECT list_sort(slugs($url))", {"url": SITE + path}).fetchall() for path, _ in SLUGS
        ]
    told = {path: names for (path, _), [(names,)] in zip(SLUGS, found, strict=True)}
    assert told == dict(SLUGS)


# Two entries, each its path, guid, text and source; and the reason for which they are one article
FIRST = {"path": "/news/storm-hits-coast", "guid": None, "text": 0, "source_id": "daily"}
OTHER = "/sport/boats-lie-in-harbour"
PAIRS: list[tuple[dict[str, Any], str | None]] = [
    ({"path": "/sport/storm-hits-coast.html"}, "slug"),
    ({"path": OTHER}, None),
    ({"path": "/sport/storm-hits-coast-2"}, None),
    ({"path": "/sport/storm-hits-coast", "text": 1}, None),
    ({"path": "/sport/storm-hits-coast", "source_id": "weekly"}, None),
    ({"path": OTHER, "guid": "https://daily.example/?p=12345"}, "guid"),
    ({"path": OTHER, "guid": "home"}, None),
    ({"path": "/sport/storm-hits-coast", "guid": "https://daily.example/?p=12345"}, "slug"),
]


def test_one_text_of_one_source_is_one_article_where_slug_or_guid_agree(
    newsroom: Newsroom, settings: Settings, asked: Asked
) -> None:
    for number, (changes, _) in enumerate(PAIRS):
        other = FIRST | changes
        for one in (FIRST | {"guid": other["guid"]}, other):
            at, body = (
                f"https://{one['source_id']}-{number}.example{one['path']}",
                TEXT * (1 + number) + str(one["text"]),
            )
            newsroom.lists(at, source_id=f"{one['source_id']}-{number}", guid=one["guid"])
            newsroom.reads(at, body, source_id=f"{one['source_id']}-{number}")
    aliases = asked("SELECT url, alias_reason FROM mart.alias ORDER BY listed_at")
    joined = [
        (f"{SITE.replace('daily', f'daily-{number}')}{changes['path']}", why)
        for number, (changes, why) in enumerate(PAIRS)
        if why
    ]
    assert aliases == joined
    assert ask(settings, "SELECT count(*), count(duplicate_of) FROM mart.article") == [
        (2 * len(PAIRS) - len(joined), 4)
    ]
    ledger = "SELECT count(*) FROM mart.ledger WHERE reason = 'same_article' AND duplicate_of = article_id"
    assert ask(settings, ledger) == [(len(joined),)]
    assert ask(settings, "SELECT DISTINCT revision_count FROM mart.article") == [(1,)]


def test_what_an_address_says_daily_is_another_article_each_day(newsroom: Newsroom, asked: Asked) -> None:
    for day in (20, 21, 22):
        newsroom.lists(f"{SITE}/2026/11/{day}/weather-for-the-coast", title=f"Weather of the {day}th")
        newsroom.reads(f"{SITE}/2026/11/{day}/weather-for-the-coast", TEXT, title=f"Weather of the {day}th")
    assert asked("SELECT count(*) FROM mart.alias") == [(0,)]
    assert asked("SELECT title FROM mart.article ORDER BY title") == [
        (f"Weather of the {day}th",) for day in (20, 21, 22)
    ]


def history(newsroom: Newsroom, *, seed: int) -> list[Path]:
    """Batches in which addresses of a few texts are met again and again, and read again by later versions."""
    rng = random.Random(seed)  # noqa: S311
    places = (
        ("/a/storm-hits-coast", None),
        ("/b/storm-hits-coast", "tag:daily,2026:1"),
        ("/c/calm-at-the-coast", "tag:daily,2026:1"),
        ("/d/calm-at-the-coast", None),
    )
    pages: list[tuple[Fetch, str]] = []
    sealed = []
    for round_ in range(1, 5):
        for _ in range(4):
            path, guid = rng.choice(places)
            body = f"{TEXT} {rng.randrange(2)}"
            first = f"{SITE}{places[0][0]}" if rng.random() < 0.2 else None
            source_id = rng.choice(("daily", "daily", "weekly"))
            at = f"https://{source_id}.example{path}-{body[-1]}"
            newsroom.lists(at, source_id=source_id, guid=guid)
            said = body + rng.choice(("", "", "", " Edited."))
            page = newsroom.reads(at, said, source_id=source_id, canonical_url=first)
            pages.append((page, body))
        sealed.append(newsroom.seals().folder)
        newsroom.extractor_version = str(round_ + 1)
        for page, body in rng.sample(pages, 2):
            if rng.random() < 0.4:
                newsroom.rerejects(page, "login")
            else:
                newsroom.rereads(page, rng.choice((body, f"Old hall. {body}", f"{TEXT} 1")))
        sealed.append(newsroom.seals().folder)
    return sealed


def everything(settings: Settings) -> dict[str, list[str]]:
    load.run(settings)
    build.run(settings)
    publish.run(settings)
    return tables(settings.published_file)


def test_homes_are_the_same_batch_by_batch_at_once_and_after_a_replay(
    newsroom: Newsroom, settings: Settings, tmp_path: Path
) -> None:
    """Where superseded verdicts are dropped, too: what is left of them tells the homes."""
    sealed = history(newsroom, seed=11)
    at_once = everything(settings)
    assert {"slug", "guid"} <= {reason for (reason,) in ask(settings, "SELECT alias_reason FROM mart.alias")}
    slow = replace(settings, home=tmp_path / "slow", keep_superseded=False)
    homes: dict[str, str] = {}
    for folder in sealed:
        shutil.copytree(folder, slow.stage / folder.parent.name / folder.name)
        everything(slow)
        told = dict(ask(slow, "SELECT entry_id, article_id FROM core.verdict WHERE article_id IS NOT NULL"))
        assert homes.items() <= told.items()  # nothing later moves a home
        homes = told
    assert tables(slow.published_file) == at_once
    build.run(slow, everything=True)
    publish.run(slow)
    assert tables(slow.published_file) == at_once
