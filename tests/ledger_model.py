"""The ledger, told in plain Python by the rows that were loaded: slow, short, and made without a look at the models' SQL."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ingest.records import Entry, Extraction, Fetch, Rejection
from ingest.rows import Row

PERMANENT_LOOKS = ("gone", "robots_denied")


class Page(NamedTuple):
    """A page that arrived, by its place among all, and the verdict on it that counts."""

    captured_seq: int
    fetched_at: object
    fetch_id: str
    fetch: Fetch
    verdict: Extraction | Rejection

    @property
    def text(self) -> str | None:
        return self.verdict.content_hash if isinstance(self.verdict, Extraction) else None


class Told(NamedTuple):
    state: str
    reason: str
    duplicate_of: str | None


def account(loaded: Iterable[tuple[int, Mapping[str, list[Row]]]]) -> dict[tuple[str, str], Told]:
    """What became of every (source_id, entry_id), by (load_seq, rows by table) of the batches that are loaded."""
    items: set[tuple[str, str]] = set()
    fetches: list[tuple[int, Fetch]] = []
    verdicts: list[tuple[int, Extraction | Rejection]] = []
    for load_seq, tables in loaded:
        for row in (row for rows in tables.values() for row in rows):
            if isinstance(row, Entry | Fetch):
                items.add((row.source_id, row.entry_id))
            if isinstance(row, Fetch):
                fetches.append((load_seq, row))
            if isinstance(row, Extraction | Rejection):
                verdicts.append((load_seq, row))
    pages = _pages(fetches, verdicts)
    home = _homes(verdicts)
    articles: dict[str, list[Page]] = {}
    for page in pages:
        if article_id := home.get(page.fetch.entry_id):
            articles.setdefault(article_id, []).append(page)
    opening = {
        article_id: next(page for page in captures if page.text)
        for article_id, captures in articles.items()
        if any(page.text for page in captures)
    }
    carrier = {
        text: min((first.captured_seq, articles[article_id][0].fetched_at, article_id)
                  for article_id, first in opening.items() if first.text == text)[2]
        for text in {first.text for first in opening.values()}
    }  # fmt: skip
    told = {}
    for source_id, entry_id in items:
        own = [page for page in pages if page.fetch.entry_id == entry_id]
        if any(page.text for page in own):
            article_id = home[entry_id]
            told[source_id, entry_id] = _of_article(source_id, entry_id, article_id, opening[article_id], carrier)
        elif own:
            last = max(own, key=lambda page: (page.fetched_at, page.captured_seq, page.fetch_id))
            told[source_id, entry_id] = Told("rejected", last.verdict.reason, None)  # type: ignore[union-attr]
        else:
            told[source_id, entry_id] = _of_visits([one for one in fetches if one[1].entry_id == entry_id])
    return told


def _pages(fetches: list[tuple[int, Fetch]], verdicts: list[tuple[int, Extraction | Rejection]]) -> list[Page]:
    last: dict[str, Extraction | Rejection] = {}
    for _, verdict in sorted(verdicts, key=lambda one: one[0]):
        last[verdict.fetch_id] = verdict
    return sorted(
        Page(load_seq, fetch.fetched_at, fetch.fetch_id, fetch, last[fetch.fetch_id])
        for load_seq, fetch in fetches
        if fetch.outcome == "ok"
    )


def _homes(verdicts: list[tuple[int, Extraction | Rejection]]) -> dict[str, str]:
    """The article that an entry's first loaded capture named holds all that the entry ever brings."""
    homes: dict[str, str] = {}
    for _, verdict in sorted(verdicts, key=lambda one: (one[0], one[1].fetched_at, one[1].fetch_id)):
        if isinstance(verdict, Extraction):
            homes.setdefault(verdict.entry_id, verdict.article_id)
    return homes


def _of_article(source_id: str, entry_id: str, article_id: str, first: Page, carrier: Mapping[str | None, str]) -> Told:
    if first.fetch.source_id != source_id:
        return Told("duplicate", "other_source", article_id)
    if first.fetch.entry_id != entry_id:
        return Told("duplicate", "same_article", article_id)
    if carrier[first.text] != article_id:
        return Told("duplicate", "same_text", carrier[first.text])
    return Told("stored", "article", None)


def _of_visits(fetches: list[tuple[int, Fetch]]) -> Told:
    if not fetches:
        return Told("waiting", "not_fetched", None)
    last = max(fetches, key=lambda one: (one[1].fetched_at, one[0], one[1].fetch_id))[1]
    is_look = last.purpose == "second_look"
    if last.outcome == "not_modified" or (
        is_look and last.next_attempt_at is None and last.outcome not in PERMANENT_LOOKS
    ):
        return Told("waiting", "page_lost", None)
    return Told("waiting" if last.next_attempt_at else "failed", last.outcome, None)
