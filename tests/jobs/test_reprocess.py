"""Reprocessing: archived pages read again, offline: no revision, no move, no news of what reads as before."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from ingest.demo.web import NewsWeb
from ingest.errors import InputError, WarehouseMissing
from ingest.extract.page import EXTRACTOR_VERSION, judge
from ingest.fetch.archive import ArchiveWriter
from ingest.fetch.response import Response
from ingest.jobs import build, crawl, load, publish, reprocess
from ingest.jobs.reprocess import ReprocessSummary
from ingest.records import Extraction, Fetch, Page, RejectionReason
from ingest.rules.text import clean
from ingest.settings import Settings
from ingest.stage import batch as stage
from killer import killed
from looks import ask, tables
from newsroom import MORNING, Newsroom
from webpage import PARAGRAPHS, html

A, B, C, WALL = (f"https://daily.example/{name}" for name in ("a", "b", "c", "wall"))
EDIT = "The ferries will run every hour until Monday, and twice an hour after that, the company said."
OLD = "What an older version made of the page, with the menu in it: Home, Sport. " * 3
CATALOGUE = """
[[source]]
source_id = "daily"
name = "Daily"
home_url = "https://daily.example/"
country = "IE"
language = "en"
feeds = ["https://daily.example/feed"]
"""


def paragraphs(url: str, *more: str) -> tuple[str, ...]:
    """Those of an article of its own."""
    return (
        *PARAGRAPHS,
        f"This was reported from pier number {len(url)}-{url[-1]} by those who had waited there.",
        *more,
    )


def text(url: str, *more: str) -> str:
    return clean("\n".join(paragraphs(url, *more)))


STORED = "SELECT url, text, revision_count, extractor_version, change_seq, article_id::VARCHAR FROM mart.article ORDER BY url"


@dataclass
class Press:
    """A newsroom whose pages are in the raw archive: `.prints()` a page, which an older version of us read."""

    newsroom: Newsroom
    settings: Settings
    pages: dict[str, Page] = field(default_factory=dict)

    def prints(self, url: str, *more: str, charset: str = "utf-8") -> Fetch:
        """An article as it stood then, with paragraphs that were added, read as OLD and these."""
        fetch = self.newsroom.reads(url, " ".join((OLD, url, *more)))
        return self._archives(fetch, html(paragraphs=paragraphs(url, *more)).encode(charset), charset)

    def prints_what_reads_the_same(self, url: str) -> Fetch:
        """An article of which the older version says what today's does."""
        fetch = self.prints(url)
        verdict = judge(self.pages[fetch.fetch_id])
        assert isinstance(verdict, Extraction)
        self.newsroom._rows["extraction"][-1] = replace(verdict, extractor_version="1")
        return fetch

    def prints_a_wall(self, url: str) -> Fetch:
        """A page without an article, which the older version took for one."""
        fetch = self.newsroom.reads(url, OLD)
        return self._archives(
            fetch, b"<html><head><title>Sign in</title></head><body><p>Sign in</p></body></html>", "utf-8"
        )

    def prints_what_was_rejected(self, url: str, *more: str, reason: RejectionReason = "too_short") -> Fetch:
        """An article that the older version did not find."""
        page = html(paragraphs=paragraphs(url, *more))
        return self._archives(self.newsroom.rejects(url, reason), page.encode(), "utf-8")

    def publishes(self) -> None:
        if self.newsroom._rows:
            self.newsroom.seals()
        load.run(self.settings)
        build.run(self.settings)
        assert publish.run(self.settings)["quarantined"] == []

    def _archives(self, fetch: Fetch, body: bytes, charset: str) -> Fetch:
        path = f"kept/2026-11-22/{fetch.fetch_id}.warc.gz"
        headers = (("Content-Type", f"text/html; charset={charset}"),)
        with ArchiveWriter(self.settings.raw / path) as archive:
            offset = archive.add(
                Response(
                    url=fetch.url, final_url=fetch.url, hops=(), moved_to=None, outcome="ok", detail=None, http_status=200,
                    is_tls_verified=None, headers=headers, body=body, wire_bytes=len(body), elapsed_ms=1,
                    fetched_at=fetch.fetched_at,
                ),
                record_id=fetch.fetch_id,
            )  # fmt: skip
        kept = replace(
            fetch,
            archive_path=path,
            archive_offset=offset,
            body_hash=sha256(body).hexdigest()[:32],
            body_bytes=len(body),
        )
        self.newsroom._rows["fetch"] = [kept if row == fetch else row for row in self.newsroom._rows["fetch"]]
        self.pages[fetch.fetch_id] = Page(
            fetch_id=fetch.fetch_id, entry_id=fetch.entry_id, source_id=fetch.source_id, url=fetch.url, final_url=fetch.url,
            http_charset=charset, language="en", rule=None, fetched_at=fetch.fetched_at, body=body,
        )  # fmt: skip
        return kept


@pytest.fixture
def press(newsroom: Newsroom, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Press:
    settings.home.mkdir(parents=True)
    catalogue = settings.home / "sources.toml"
    catalogue.write_text(CATALOGUE, "utf-8")
    monkeypatch.delenv("INGEST_CONTACT", raising=False)
    return Press(newsroom, replace(settings, catalogue=catalogue, contact=""))


@pytest.fixture
def printed(press: Press) -> Press:
    """An edited article, one that reads the same, a wall taken for an article, and an article taken for none."""
    press.newsroom.lists(A, B, C, WALL)
    press.newsroom.seals()
    press.prints(A)
    press.prints_what_reads_the_same(B)
    press.prints_a_wall(WALL)
    press.newsroom.seals()
    press.prints(A, EDIT)
    press.prints_what_was_rejected(C)
    press.publishes()
    return press


def counts(summary: ReprocessSummary) -> dict[str, int]:
    return {name: count for name, count in summary.as_dict().items() if isinstance(count, int) and count}


def again(press: Press, **changes: Any) -> ReprocessSummary:
    summary = reprocess.run(press.settings, **changes)
    press.publishes()
    return summary


def test_a_changed_extractor_makes_no_revision_and_no_news_of_what_reads_as_before(printed: Press) -> None:
    before = {url: rest for url, *rest in ask(printed.settings, STORED)}
    revisions = ask(
        printed.settings, "SELECT article_id, revision_number, first_seen_at FROM mart.revision ORDER BY ALL"
    )
    summary = again(printed)
    assert counts(summary) == {
        "chosen": 5, "read": 5, "confirmed": 1, "changed": 2, "became_articles": 1, "became_rejected": 1
    }  # fmt: skip
    after = {url: rest for url, *rest in ask(printed.settings, STORED)}
    assert after[A] == [text(A, EDIT), 2, EXTRACTOR_VERSION, 4, before[A][-1]]
    assert after[B] == [text(B), 1, EXTRACTOR_VERSION, 2, before[B][-1]]
    assert before[B][:-3] == after[B][:-3]
    assert before[B][-2:] == after[B][-2:]
    assert after[C][:3] == [text(C), 1, EXTRACTOR_VERSION]
    assert after.keys() == {A, B, C}
    stays = f"WHERE article_id IN ('{before[A][-1]}', '{before[B][-1]}')"
    assert ask(
        printed.settings, f"SELECT article_id, revision_number, first_seen_at FROM mart.revision {stays} ORDER BY ALL"
    ) == [row for row in revisions if str(row[0]) in (before[A][-1], before[B][-1])]
    assert ask(printed.settings, "SELECT url, state FROM mart.ledger ORDER BY url") == [
        (A, "stored"), (B, "stored"), (C, "stored"), (WALL, "rejected")
    ]  # fmt: skip


def test_a_second_run_finds_nothing_to_do(printed: Press) -> None:
    again(printed)
    before = tables(printed.settings.published_file)
    assert counts(reprocess.run(printed.settings)) == {}
    assert counts(again(printed, everything=True)) == {"chosen": 5, "read": 5, "confirmed": 5}
    after = tables(printed.settings.published_file)
    assert {name for name in before if before[name] != after[name]} == {"core.verdict"}  # who stands by it, since when


def test_what_is_sealed_and_not_loaded_is_not_read_again(printed: Press) -> None:
    assert reprocess.run(printed.settings).read == 5
    assert counts(reprocess.run(printed.settings)) == {}


@pytest.mark.parametrize("number", [5, 8, 18])  # fsyncs: five a batch, of which there are four
def test_a_run_that_was_killed_is_taken_up_where_it_was(
    printed: Press, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INGEST_BATCH_PAGES", "1")
    small = replace(printed.settings, batch_pages=1)
    is_killed = killed(printed.settings, "reprocess", at="fsync", number=number)
    sealed = [name for name in stage.sealed(small.stage) if "-reprocess-" in name]
    rows = sum(sum(stage.open_batch(small.stage, name).tables.values()) for name in sealed)
    assert is_killed
    assert 0 < rows < 5
    resumed = reprocess.run(small)
    assert resumed.read == 5 - rows
    printed.publishes()
    assert ask(small, "SELECT text, revision_count FROM mart.article ORDER BY url") == [
        (text(A, EDIT), 2), (text(B), 1), (text(C), 1)
    ]  # fmt: skip
    assert counts(reprocess.run(small)) == {}


def test_all_pages_of_an_article_are_read_together_and_lie_in_one_batch(printed: Press) -> None:
    summary = again(replace_settings(printed, batch_pages=2), since=date(2026, 11, 22), until=date(2026, 11, 23))
    assert summary.read == 5
    assert ask(
        printed.settings, f"SELECT count(DISTINCT batch_id) FROM raw.extraction WHERE url = '{A}' AND load_seq > 3"
    ) == [(1,)]


def replace_settings(press: Press, **changes: Any) -> Press:
    return replace(press, settings=replace(press.settings, **changes))


def test_days_and_sources_narrow_what_is_read(printed: Press) -> None:
    for narrowed, chosen in (
        ({"since": date(2026, 11, 23)}, 0),
        ({"until": date(2026, 11, 22)}, 0),
        ({"since": date(2026, 11, 22), "source_ids": ["daily"]}, 5),
    ):
        assert reprocess.run(printed.settings, is_dry_run=True, **narrowed).chosen == chosen
    with pytest.raises(InputError, match="no source nowhere in the catalogue or the warehouse"):
        reprocess.run(printed.settings, source_ids=["nowhere"])


def test_pages_outside_of_the_days_come_along_with_their_article(press: Press) -> None:
    press.prints(A)
    press.newsroom.now = MORNING.replace(day=25)
    press.prints(A, EDIT)
    press.prints(B)
    press.publishes()
    assert reprocess.run(press.settings, until=date(2026, 11, 23), is_dry_run=True).chosen == 2


def test_a_dry_run_counts_and_seals_nothing(printed: Press) -> None:
    assert counts(reprocess.run(printed.settings, is_dry_run=True)) == {"chosen": 5}
    assert not [name for name in stage.sealed(printed.settings.stage) if "-reprocess-" in name]


def test_an_article_whose_pages_are_not_all_there_stays_as_it_was(press: Press) -> None:
    """Else its texts could not be compared any more, and an edit that was seen would be lost."""
    first = press.prints(A)
    press.prints(A, EDIT)
    press.prints(B)
    press.publishes()
    before = ask(press.settings, STORED)
    (press.settings.raw / str(first.archive_path)).unlink()
    assert counts(again(press)) == {"chosen": 1, "read": 1, "changed": 1, "archive_gone": 1, "left": 1}
    assert ask(press.settings, STORED)[0] == before[0]
    assert ask(press.settings, STORED)[1][1] == text(B)


@pytest.mark.parametrize("damage", ["cut", "noise", "another page"])
def test_a_damaged_page_is_counted_and_the_others_are_read(
    press: Press, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    page, other = press.prints(A), press.prints(B)
    press.publishes()
    path = press.settings.raw / str(page.archive_path)
    whole = path.read_bytes()
    if damage == "cut":
        path.write_bytes(whole[:-100])
    elif damage == "noise":
        path.write_bytes(whole[: page.archive_offset] + b"\x1f\x8b\x08" + bytes(500))
    else:
        shutil.copyfile(press.settings.raw / str(other.archive_path), path)
    assert counts(again(press)) == {"chosen": 2, "read": 1, "changed": 1, "damaged": 1}
    assert f"url={A}" in caplog.text


def test_a_rule_that_changes_makes_pages_of_its_days_be_read_again(printed: Press) -> None:
    again(printed)
    rules = '[[source.rules]]\nvalid_from = 2026-11-01\nvalid_to = 2026-12-01\nremove = ["p:last-of-type"]\n'
    printed.settings.catalogue.write_text(CATALOGUE + rules, "utf-8")
    summary = again(printed)
    assert summary.read == 5
    ((read, rule_hash, revisions),) = ask(
        printed.settings, f"SELECT text, rule_hash, revision_count FROM mart.article WHERE url = '{B}'"
    )
    assert read == clean("\n".join(paragraphs(B)[:-1]))
    assert rule_hash is not None
    assert revisions == 1
    assert ask(printed.settings, f"SELECT revision_count FROM mart.article WHERE url = '{A}'") == [(2,)]
    assert counts(reprocess.run(printed.settings)) == {}
    printed.settings.catalogue.write_text(CATALOGUE + rules.replace("2026-11-01", "2026-11-23"), "utf-8")
    again(printed)
    assert ask(printed.settings, f"SELECT text, rule_hash FROM mart.article WHERE url = '{B}'") == [(text(B), None)]


LONG = tuple(f"Paragraph {number} of a page that takes a worker far longer than this." for number in range(3_000))


def test_what_a_worker_fails_on_takes_no_article_away(press: Press) -> None:
    press.prints(A, *LONG)
    press.publishes()
    summary = reprocess.run(replace(press.settings, extract_cpu_s=0.005))
    assert (summary.read, summary.unread, summary.became_rejected) == (1, 1, 0)


@pytest.mark.parametrize("editions", [((EDIT,), LONG * 10), (LONG * 10, (EDIT,))], ids=["last", "first"])
def test_an_edit_is_not_lost_because_a_worker_fails_on_one_of_its_pages(press: Press, editions: tuple) -> None:
    for more in editions:
        press.prints(A, *more)
    press.prints(B)
    press.publishes()
    before = ask(press.settings, STORED)
    summary = again(replace_settings(press, extract_cpu_s=0.4))
    assert counts(summary) == {"chosen": 3, "read": 2, "changed": 1, "unread": 1, "left": 1}
    assert ask(press.settings, STORED)[0] == before[0]
    assert ask(press.settings, STORED)[1][1] == text(B)


@pytest.mark.parametrize("number", [0, 1])
def test_an_edit_is_not_lost_because_one_of_its_pages_is_damaged(press: Press, number: int) -> None:
    pages = press.prints(A), press.prints(A, EDIT)
    press.prints(B)
    press.publishes()
    before = ask(press.settings, STORED)
    path = press.settings.raw / str(pages[number].archive_path)
    path.write_bytes(path.read_bytes()[:-100])
    assert counts(again(press)) == {"chosen": 3, "read": 1, "changed": 1, "damaged": 1, "left": 1}
    assert ask(press.settings, STORED)[0] == before[0]
    assert ask(press.settings, STORED)[1][1] == text(B)


@pytest.mark.parametrize("reason", ["extract_timeout", "extract_memory", "extract_crash"])
def test_what_a_worker_failed_on_is_read_again_by_the_same_version(press: Press, reason: RejectionReason) -> None:
    press.newsroom.extractor_version = EXTRACTOR_VERSION
    press.prints_what_was_rejected(C, reason=reason)
    press.publishes()
    assert counts(again(press)) == {"chosen": 1, "read": 1, "became_articles": 1}
    assert ask(press.settings, "SELECT text FROM mart.article") == [(text(C),)]
    assert counts(reprocess.run(press.settings)) == {}


def test_what_a_worker_fails_on_again_in_the_same_words_is_left_alone(press: Press) -> None:
    press.prints_what_was_rejected(C, *LONG, reason="extract_timeout")
    press.publishes()
    slow = replace_settings(press, extract_cpu_s=0.005)
    for _ in range(2):
        assert again(slow).read == 1
    assert counts(reprocess.run(slow.settings)) == {}


def test_the_charset_that_the_server_named_is_still_known(press: Press) -> None:
    press.prints(A, charset="windows-1252")
    press.publishes()
    again(press)
    assert ask(press.settings, "SELECT text FROM mart.article") == [(text(A),)]


def test_no_warehouse_says_how_to_get_one(press: Press) -> None:
    with pytest.raises(WarehouseMissing, match="no published warehouse"):
        reprocess.run(press.settings)


def test_pages_of_a_crawl_read_from_the_archive_as_they_read_from_the_web(
    web: NewsWeb, crawls: Callable[[NewsWeb], Settings]
) -> None:
    settings = crawls(web)
    crawled = crawl.run(settings)
    load.run(settings)
    publish.run(settings)
    before = tables(settings.published_file)
    asked = web.fetch_count(web.truth()["entries"][0]["url"])
    summary = reprocess.run(replace(settings, contact=""), everything=True)
    assert counts(summary) == {"chosen": crawled.fetched, "read": crawled.fetched, "confirmed": crawled.fetched}
    assert web.fetch_count(web.truth()["entries"][0]["url"]) == asked
    load.run(settings)
    publish.run(settings)
    after = tables(settings.published_file)
    assert {name for name in before if before[name] != after[name]} == {"core.verdict"}
