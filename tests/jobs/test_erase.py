"""Erasing: no file holds a word of what was erased, nothing brings it back, and all else is as it was."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from erasing import (
    ALIAS,
    AUTHOR,
    COPY,
    FAR,
    LISTED,
    MARK,
    MARKED,
    OTHER,
    SAID,
    TEXT,
    Archive,
    _response,
    exports,
    holding,
    stages,
)  # fmt: skip
from ingest.errors import InputError
from ingest.fetch.archive import ArchiveWriter, read_response
from ingest.jobs import build, crawl, erase, load, obedience, publish, retention, upkeep
from ingest.rules.erasure import author_hash
from ingest.rules.url import identity
from ingest.settings import Settings
from ingest.warehouse import build as warehouse
from ingest.warehouse import check, doom, writer
from ingest.warehouse.tombstone import Order, tombstones
from killer import killed
from looks import ask, tables
from newsroom import MORNING, Newsroom
from small_site import SmallSite
from webpage import html

# what may differ between a warehouse that was erased and one that was replayed: the order of search's runs
UNORDERED = ("core.posted", "core.posting", "core.posting_run")
CARRIER = f"SELECT article_id::VARCHAR, duplicate_of, change_seq FROM mart.article WHERE url = '{COPY}'"
PAGES = """
SELECT fetch_id::VARCHAR, archive_path, archive_offset FROM raw.fetch WHERE archive_path IS NOT NULL ORDER BY fetch_id
"""
UNTOUCHED = (
    f"SELECT * EXCLUDE (archive_path, archive_offset) FROM mart.article WHERE url IN ('{OTHER}', '{FAR}') ORDER BY url"
)


def goes_out(settings: Settings) -> None:
    load.run(settings)
    build.run(settings)
    assert publish.run(settings)["quarantined"] == []


def comparable(settings: Settings) -> dict[str, list[str]]:
    return {name: rows for name, rows in tables(settings.published_file).items() if name not in UNORDERED}


def ordered(settings: Settings, order: Order) -> None:
    """What is left of an order whose process was killed as soon as it was sealed: loads obey it, upkeep finishes it."""
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=MORNING) as connection:
        warehouse.build(connection, story_batch=settings.story_batch)
        doom.choose(connection, order)
        obedience.seal(settings, tombstones(connection, order, now=MORNING))


def as_built(settings: Settings, query: str) -> list[tuple]:
    """What the writer's file says, which passes all checks."""
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=MORNING) as connection:
        warehouse.build(connection, story_batch=settings.story_batch)
        assert check.run(connection, since_seq=-1) == []
        return connection.execute(query).fetchall()


def must_find_pages(settings: Settings) -> None:
    """Every page that is left is where its fetch says."""
    pages = ask(settings, PAGES)
    assert pages
    for fetch_id, path, offset in pages:
        assert read_response(settings.raw / path, offset).record_id == fetch_id


@pytest.fixture(scope="module")
def marked_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("marked") / "data"
    settings = Settings(home=home, contact="mailto:tests@example.org", catalogue=home / "none.toml")
    newsroom = Newsroom(settings)
    stages(newsroom, settings)
    load.run(settings)
    publish.run(settings)
    newsroom.looks_again(OTHER)
    newsroom.seals()
    goes_out(settings)  # so that the first is kept as a snapshot
    exports(settings)
    return home


@pytest.fixture
def marked(marked_home: Path, tmp_path: Path) -> Settings:
    home = tmp_path / "data"
    shutil.copytree(marked_home, home)
    register = home / "exports.jsonl"
    register.write_text(register.read_text().replace(str(marked_home), str(home)))
    return Settings(home=home, contact="mailto:tests@example.org", catalogue=home / "none.toml")


def test_no_file_holds_a_word_of_it_and_a_replay_gives_the_same_tables(marked: Settings) -> None:
    before = holding(marked.home)
    assert {path.split("/")[0] for path in before} == {"raw", "stage", "warehouse", "export"}
    assert {
        "stage/journal.jsonl",
        "warehouse/news.duckdb",
        "warehouse/writer.duckdb",
        "warehouse/crawl_state.duckdb",
    } <= {*before}
    ((carrier, duplicate_of, old_seq),) = ask(marked, CARRIER)
    assert duplicate_of is not None
    others = ask(marked, UNTOUCHED)
    report = erase.run(marked, erase.order(url=f"{MARKED}?utm_source=newsletter", reason="asked for"))
    assert holding(marked.home) == holding(marked.home, AUTHOR.lower()) == []
    assert [(article_id, source_id) for article_id, source_id, _ in report.copies] == [(carrier, "weekly")]
    assert (report.entries, report.pages, len(report.snapshots)) == (2, 3, 2)
    assert ask(marked, UNTOUCHED) == others
    must_find_pages(marked)
    ((_, is_copy, change_seq),) = ask(marked, CARRIER)
    assert is_copy is None  # it carries the text now, and says that it changed
    assert change_seq > old_seq
    erased = ask(
        marked, "SELECT entry_id::VARCHAR, url, title FROM mart.ledger WHERE reason = 'erased' ORDER BY listed_at"
    )
    assert erased == [(identity(MARKED), None, None), (identity(ALIAS), None, None)]
    once = comparable(marked)
    shutil.rmtree(marked.writer_file.parent)
    goes_out(marked)
    assert comparable(marked) == once


@pytest.mark.parametrize(
    ("asked", "urls"),
    [
        ({"article_id": identity(MARKED)}, {MARKED, ALIAS}),
        ({"author": AUTHOR.upper()}, {MARKED, ALIAS}),
        ({"author": AUTHOR, "source_id": "weekly"}, set()),
        ({"source_id": "daily"}, {MARKED, ALIAS, OTHER}),
        ({"url": ALIAS}, {MARKED, ALIAS}),
        ({"url": MARKED, "with_copies": True}, {MARKED, ALIAS, COPY}),
        ({"url": "https://daily.example/never-seen"}, set()),
    ],
)
def test_an_order_names_these_and_a_dry_run_leaves_them(marked_home: Path, asked: dict, urls: set[str]) -> None:
    settings = Settings(home=marked_home)
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=MORNING) as connection:
        doom.choose(connection, erase.order(**asked))
        found = connection.execute(
            "SELECT DISTINCT url FROM raw.entry JOIN doomed USING (source_id, entry_id)"
        ).fetchall()
    assert {url for (url,) in found} == urls


def test_a_source_that_was_erased_brings_nothing_more(newsroom: Newsroom, settings: Settings) -> None:
    for source_id, urls in (("daily", [MARKED]), ("weekly", [FAR])):
        newsroom.lists(*urls, source_id=source_id)
        newsroom.reads(urls[0], TEXT + MARK * (source_id == "daily"), source_id=source_id)
    newsroom.seals()
    load.run(settings)
    ordered(settings, erase.order(source_id="daily"))
    newsroom.lists(f"https://daily.example/{MARK}-2", **LISTED)
    newsroom.reads(f"https://daily.example/{MARK}-2", TEXT + MARK)
    newsroom.lists(FAR, source_id="weekly", title="Told otherwise")
    newsroom.seals()
    goes_out(settings)
    assert [path for path in holding(settings.home) if not path.startswith("warehouse/")] == []
    assert ask(settings, "SELECT DISTINCT source_id FROM mart.article") == [("weekly",)]
    assert ask(settings, "SELECT state, reason, count(*) FROM mart.ledger GROUP BY ALL ORDER BY ALL") == [
        ("rejected", "erased", 1),
        ("stored", "article", 1),
    ]
    assert ask(settings, "SELECT recorded_count, erased_count FROM raw.poll ORDER BY polled_at DESC LIMIT 2") == [
        (1, 0),
        (0, 1),
    ]


def test_an_erasure_that_was_killed_is_finished_by_upkeep(marked: Settings) -> None:
    """The kill comes when all files are rewritten, and the journal's finding and the raw layer are not."""
    ordered(marked, erase.order(author=AUTHOR))
    assert killed(marked, "retention", at="replace", number=21)
    assert holding(marked.home)
    retention.run(marked)
    assert holding(marked.home) == []
    must_find_pages(marked)
    assert obedience.unfinished(marked) == []


def test_what_arrives_late_is_taken_out_before_it_is_loaded(newsroom: Newsroom, settings: Settings) -> None:
    """A page that names the erased article, one by the erased author, and one in an archive file that was rewritten meanwhile."""
    archive = Archive(settings)
    moved, written = f"https://daily.example/{MARK}-moved", f"https://daily.example/{MARK}-column"
    newsroom.lists(MARKED, **LISTED)
    newsroom.lists(OTHER)
    newsroom.lists(moved, written, title=MARK)
    newsroom.seals()
    shared = [newsroom.reads(MARKED, TEXT, **SAID), newsroom.reads(OTHER, TEXT.replace("find", "boat"))]
    late = newsroom.reads(
        "https://daily.example/late", TEXT.replace("find", "net")
    )  # judged after the batch was sealed
    archive.keeps(newsroom, *shared, late)
    rows, newsroom._rows = newsroom._rows, {}
    newsroom._rows = {"fetch": rows["fetch"][:2], "extraction": rows["extraction"][:2]}
    newsroom.seals()
    goes_out(settings)
    ordered(settings, erase.order(author=AUTHOR))
    load.run(settings)
    again = newsroom.reads(MARKED, TEXT + MARK)
    named = newsroom.reads(moved, TEXT + MARK, canonical_url=MARKED)
    by_author = newsroom.reads(written, MARK * 50, authors=("Bo Lind", AUTHOR))
    archive.keeps(newsroom, again, named, by_author)
    newsroom._rows["fetch"] += rows["fetch"][2:]
    newsroom._rows["extraction"] += rows["extraction"][2:]
    newsroom.seals()
    goes_out(settings)
    must_find_pages(settings)
    assert ask(settings, "SELECT url FROM mart.article ORDER BY url") == [("https://daily.example/late",), (OTHER,)]
    assert ask(settings, "SELECT count(*) FROM mart.ledger WHERE reason = 'erased'") == [(3,)]
    assert [path for path in holding(settings.home) if not path.startswith("warehouse/")] == []
    retention.run(settings)
    assert holding(settings.home) == []


def test_a_feed_that_lists_it_still_does_not_bring_it_back(settings: Settings) -> None:
    with SmallSite() as site:
        settings.home.mkdir()
        catalogue = settings.home / "sources.toml"
        catalogue.write_text(
            '[[source]]\nsource_id = "small"\nname = "Small"\ncountry = "IE"\nlanguage = "en"\nhost_delay_s = 0\n'
            f'home_url = "{site.origin}/"\nfeeds = ["{site.origin}/feed"]\n'
        )
        settings = replace(settings, catalogue=catalogue, allow_networks=(ip_network("127.0.0.0/8"),))
        site.rss("/feed", ["/a", "/b"])
        for place in ("/a", "/b", "/c"):
            site.page(
                place, html(paragraphs=tuple(f"{line} So it was told of {place}." for line in TEXT.split(". ") * 3))
            )
        crawl.run(settings, source_ids=["small"], poll_all=True)
        goes_out(settings)
        ordered(settings, erase.order(url=f"{site.origin}/a"))
        site.rss("/feed", ["/a", "/b", "/c"], age=timedelta(hours=2))
        asked = len(site.asked)
        crawl.run(settings, source_ids=["small"], poll_all=True)
        goes_out(settings)
        assert site.asked[asked:] == ["/feed", "/c"]
        assert ask(settings, "SELECT url[-2:] FROM mart.article ORDER BY url") == [("/b",), ("/c",)]
        last = "SELECT entry_count, known_count, recorded_count, erased_count FROM raw.poll ORDER BY polled_at DESC LIMIT 1"
        assert ask(settings, last) == [(3, 2, 2, 1)]


def test_articles_go_when_their_source_keeps_them_no_longer(newsroom: Newsroom, settings: Settings) -> None:
    settings.home.mkdir()
    settings = replace(settings, catalogue=settings.home / "sources.toml")
    settings.catalogue.write_text(
        '[[source]]\nsource_id = "daily"\nname = "Daily"\ncountry = "IE"\nlanguage = "en"\nkeep_articles_days = 30\n'
        'home_url = "https://daily.example/"\nfeeds = ["https://daily.example/feed"]\n'
    )
    newsroom.lists(MARKED, OTHER)
    newsroom.lists(COPY, source_id="weekly")
    newsroom.reads(MARKED, TEXT + MARK)
    newsroom.reads(OTHER, TEXT.replace("find", "boat"))
    newsroom.reads(COPY, TEXT.replace("find", "net"), source_id="weekly")
    newsroom.seals()
    newsroom.now += timedelta(days=20)
    newsroom.reads(OTHER, TEXT.replace("find", "boat") + "More.")
    newsroom.seals()
    goes_out(settings)
    assert retention.run(settings, now=MORNING + timedelta(days=32), is_dry_run=True).expired == {"daily": 1}
    assert retention.run(settings, now=MORNING + timedelta(days=32)).expired == {"daily": 1}
    assert ask(settings, "SELECT url FROM mart.article ORDER BY url") == [(OTHER,), (COPY,)]
    assert retention.run(settings, now=MORNING + timedelta(days=32), is_dry_run=True).expired == {}


def test_archive_files_that_no_batch_names_go_after_a_day(marked: Settings) -> None:
    left = marked.raw / "kept" / "2026-11-22" / "left.warc.gz"
    ArchiveWriter(left).close()
    at = datetime.now(UTC)
    with ArchiveWriter(left.with_name("open.warc.gz")):
        assert retention.run(marked, now=at).unnamed_files == []
        assert retention.run(marked, now=at + timedelta(days=2)).unnamed_files == ["kept/2026-11-22/left.warc.gz"]
    must_find_pages(marked)


@pytest.mark.parametrize("asked", [{"url": "mailto:x"}, {"article_id": "seven"}, {"author": " "}, {}])
def test_an_order_that_names_nothing_is_refused(asked: dict) -> None:
    with pytest.raises(InputError):
        erase.order(**asked)


def test_an_article_that_nobody_knows_is_refused(marked: Settings) -> None:
    with pytest.raises(InputError, match="no article"):
        erase.run(marked, erase.order(article_id=identity("https://daily.example/never")), is_dry_run=True)


def test_an_article_that_keeps_another_sources_pages_says_what_these_say(
    newsroom: Newsroom, settings: Settings
) -> None:
    original, taken_over = "https://weekly.example/b", "https://daily.example/b"
    newsroom.reads(original, TEXT, source_id="weekly")
    newsroom.seals()
    newsroom.reads(taken_over, TEXT + MARK, canonical_url=original)
    newsroom.seals()
    load.run(settings)
    ordered(settings, erase.order(source_id="daily"))
    load.run(settings)
    said = as_built(settings, "SELECT url, source_id, text FROM mart.article")
    assert said == [(original, "weekly", TEXT)]
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=MORNING) as connection:
        connection.execute("DELETE FROM raw.fetch")
        assert "built_of_what_is_loaded" in {finding.check for finding in check.run(connection, since_seq=-1)}


def test_an_article_goes_with_all_its_addresses_when_one_names_its_author(
    newsroom: Newsroom, settings: Settings
) -> None:
    """In a capture, a rejected page or a listing; and what else the same batch brings of it."""
    pairs = {name: (f"https://daily.example/{name}", f"https://daily.example/m/{name}") for name in ("a", "b", "c")}
    for name, (url, alias) in pairs.items():
        newsroom.lists(url, alias)
        newsroom.reads(url, TEXT + name)
        newsroom.reads(alias, TEXT + name, canonical_url=url)
    newsroom.seals()
    newsroom.buries(None, author_hash=author_hash(AUTHOR))
    newsroom.seals()
    load.run(settings)
    newsroom.reads(pairs["a"][0], TEXT + MARK, authors=(AUTHOR,))
    newsroom.reads(pairs["a"][1], TEXT + MARK, canonical_url="https://daily.example/moved")
    newsroom.rejects(pairs["b"][0], "consent_wall", authors=(AUTHOR,))
    newsroom.lists(pairs["c"][0], authors=(AUTHOR,))
    newsroom.seals()
    load.run(settings)
    left = "SELECT (SELECT count(*) FROM raw.fetch), (SELECT count(*) FROM raw.extraction), count(*) FROM raw.entry"
    assert as_built(settings, left) == [(0, 0, 0)]


def test_a_page_of_a_living_article_may_name_an_erased_one(newsroom: Newsroom, settings: Settings) -> None:
    """And an entry that was never seen is of the article that its first page names."""
    new = "https://daily.example/new"
    newsroom.lists(MARKED, OTHER, new)
    newsroom.reads(MARKED, TEXT)
    newsroom.reads(OTHER, TEXT.replace("find", "boat"))
    newsroom.seals()
    load.run(settings)
    ordered(settings, erase.order(article_id=identity(MARKED)))
    newsroom.reads(OTHER, TEXT, canonical_url=MARKED)
    newsroom.reads(new, TEXT.replace("find", "net"))
    newsroom.reads(new, TEXT, canonical_url=MARKED)
    newsroom.seals()
    load.run(settings)
    assert as_built(settings, "SELECT url FROM mart.article ORDER BY url") == [(new,), (OTHER,)]


def test_an_article_is_found_by_each_address_that_its_pages_named_and_these_are_forbidden(
    newsroom: Newsroom, settings: Settings
) -> None:
    landed, canonical, unread = (f"https://daily.example/{name}" for name in ("landed/1", "canonical", "unread"))
    newsroom.lists(MARKED, OTHER, unread)
    newsroom.reads(OTHER, TEXT.replace("find", "boat"))
    newsroom._rows["fetch"] += [replace(newsroom._rows["fetch"].pop(), final_url="https://daily.example/")]
    newsroom.reads(MARKED, TEXT)
    newsroom._rows["fetch"] += [replace(newsroom._rows["fetch"].pop(), final_url=landed)]
    newsroom.seals()
    for moved in (canonical, unread):
        newsroom.reads(MARKED, TEXT, canonical_url=moved)
        newsroom.seals()
    load.run(settings)
    addresses = (MARKED, landed, canonical, unread)
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=MORNING) as connection:
        warehouse.build(connection, story_batch=settings.story_batch)
        for url in addresses:
            asked = erase.order(url=url)
            doom.choose(connection, asked)
            made = tombstones(connection, asked, now=MORNING)
            assert {one.entry_id for one in made} == {identity(address) for address in addresses}
            assert len([one for one in made if one.listed_at]) == 2
    told = erase.run(settings, erase.order(url="https://daily.example/"), is_dry_run=True)
    assert told.remains == ["nothing here is known by this address; it is forbidden from now on"]


def test_tombstones_that_cannot_be_read_keep_no_other_erasure_back(newsroom: Newsroom, settings: Settings) -> None:
    """And what a reader puts aside is let alone."""
    newsroom.lists(MARKED, OTHER)
    newsroom.seals()
    load.run(settings)
    newsroom.buries(OTHER)
    damaged = newsroom.seals()
    (damaged.folder / "tombstone.parquet").write_bytes(b"PAR1")
    spills = [file.with_name(f"{file.name}.tmp") for file in (settings.writer_file, settings.published_file)]
    for folder in spills:
        folder.mkdir()
        (folder / "part").write_bytes(b"x")
    report = erase.run(settings, erase.order(url=MARKED))
    assert [folder.exists() for folder in spills] == [False, True]
    assert report.entries == 1
    assert (len(report.broken), obedience.unfinished(settings)) == (1, [damaged.batch_id])
    assert ask(settings, "SELECT url FROM mart.ledger WHERE url IS NOT NULL") == [(OTHER,)]
    assert [finding.split(":")[0] for finding in upkeep.run(settings).findings] == ["erasure_is_carried_out"]


def test_pages_in_a_file_that_a_crawl_writes_are_taken_out_when_it_is_closed(
    newsroom: Newsroom, settings: Settings
) -> None:
    newsroom.lists(MARKED)
    newsroom.seals()
    load.run(settings)
    file = settings.raw / "kept" / "2026-11-22" / "1.warc.gz"
    file.parent.mkdir(parents=True)
    file.with_name("torn.warc.gz.part").write_text(MARK)
    ordered(settings, erase.order(url=MARKED))
    with ArchiveWriter(file) as crawling:
        crawling.add(_response(MARKED, MARK, MORNING), record_id="00000000-0000-4000-8000-000000000009")
        told = retention.run(settings)
    assert (told.finished, len(obedience.unfinished(settings))) == (0, 1)
    assert any("is being written" in one for one in told.remains)
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=MORNING) as connection:
        (name,), report = (
            obedience.unfinished(settings),
            erase.EraseReport(order_id="", order_kind="url", is_dry_run=False),
        )
        assert erase._carry_out(settings, connection, name, obedience.lines(settings), report)
        assert not report.is_awaited
    assert holding(settings.raw) == []


@pytest.mark.parametrize("lost", ["batch", "fetches"])
def test_no_archive_file_is_swept_while_a_batch_that_may_name_it_cannot_be_read(
    lost: str, newsroom: Newsroom, settings: Settings
) -> None:
    fetch = newsroom.reads(OTHER, TEXT)
    kept = settings.raw / Archive(settings).keeps(newsroom, fetch)
    batch = newsroom.seals()
    if lost == "batch":
        load.run(settings)
        settings.writer_file.unlink()
        shutil.rmtree(batch.folder)
    else:
        (batch.folder / "fetch.parquet").write_bytes(b"PAR1")
    load.run(settings)
    assert retention.run(settings, now=datetime.now(UTC) + timedelta(days=2)).unnamed_files == []
    assert kept.exists()
