"""Learn a source's habits from its archived pages, and propose a dated rule for the catalogue; a person decides.

What a habit is, is said in rules/habit.py. Nothing is fetched and nothing is written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from ingest import catalogue_file
from ingest.errors import InputError
from ingest.extract import witness
from ingest.extract.pool import ExtractorPool, by_settings
from ingest.fetch.archive import read_response
from ingest.jobs.try_page import source_of
from ingest.log import Progress
from ingest.records import Page, PageRule, Source
from ingest.rules import habit
from ingest.rules.habit import Repeated, TitleFinding, Witness
from ingest.rules.page_rule import rule_at
from ingest.settings import Settings
from ingest.warehouse.read import query, reader

# The latest archived capture of each article of a source, the newest first, with the title that its feed gave.
CAPTURES = """
WITH article AS (
  SELECT fetch_id, first(article_id) AS article_id FROM raw.extraction WHERE source_id = ? GROUP BY fetch_id
)
SELECT
  visit.fetch_id, visit.entry_id, visit.url, visit.archive_path, visit.archive_offset, visit.fetched_at, entry.title
FROM raw.fetch AS visit
JOIN article ON article.fetch_id = visit.fetch_id
LEFT JOIN core.entry AS entry ON entry.source_id = visit.source_id AND entry.entry_id = visit.entry_id
WHERE visit.source_id = ? AND visit.archive_path IS NOT NULL AND visit.archive_offset IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY article.article_id ORDER BY visit.fetched_at DESC, visit.fetch_id) = 1
ORDER BY visit.fetched_at DESC, visit.fetch_id
LIMIT ?
"""
TRIES_LIMIT = 6  # readings of all pages, to see what taking something out of them does
EMPTY = PageRule(
    valid_from=None, valid_to=None, body=None, title=None, title_from=None, author=None, published=None, remove=()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What the pages say, and the rule to propose as TOML, None where there is none; `note` says what to do with it."""

    source_id: str
    page_count: int  # read as articles
    lost_count: int  # captures that are no longer in the archive, or are no article any more
    first_on: date | None  # days of the captures
    last_on: date | None
    title: TitleFinding
    repeated: tuple[Repeated, ...]
    remove: tuple[str, ...]
    rule: str | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Archive:
    """A source's captures, the oldest first, read from disk as often as they are asked for: bodies are not held."""

    settings: Settings
    source: Source
    rows: Sequence[tuple[Any, ...]]
    progress: Progress

    def pages(self, rule: PageRule | None) -> Iterator[Page]:
        """Those that are still there."""
        for number, (fetch_id, entry_id, url, archive_path, archive_offset, _, _) in enumerate(self.rows, start=1):
            try:
                answer = read_response(self.settings.raw / archive_path, archive_offset)
            except InputError:
                continue
            self.progress("pages read", number, len(self.rows))
            yield Page(
                fetch_id=str(fetch_id),
                entry_id=str(entry_id),
                source_id=self.source.source_id,
                url=url,
                final_url=answer.url,
                http_charset=answer.http_charset,
                language=self.source.language,
                rule=rule,
                fetched_at=answer.fetched_at,
                body=answer.body,
            )


def run(settings: Settings, source_id: str, *, pages_limit: int, now: datetime, progress: Progress) -> Learnt:
    """Read the newest captures of a source by today's rule, and say what another rule would do better.

    InputError for a source that the catalogue does not hold, WarehouseMissing before the first publish.
    """
    source = source_of(settings, source_id)
    rule = rule_at(source.rules, now)
    with reader(settings.published_file) as connection:
        _, rows = query(connection, CAPTURES, [source_id, source_id, pages_limit])
    archive = _Archive(settings=settings, source=source, rows=rows[::-1], progress=progress)
    told = {str(row[0]): row[-1] for row in rows}
    with by_settings(settings) as pool:
        witnesses = _read(pool, archive, rule)
        title = habit.title_finding([(seen, told[fetch_id]) for fetch_id, seen in witnesses.items()])
        repeated = habit.repeated_lines(witnesses.values())
        remove = _removable(pool, archive, rule, witnesses, repeated)
    days = [row[-2].astimezone(UTC).date() for row in rows if str(row[0]) in witnesses]
    said = _said(rule, title, remove)
    span, note = _span(source, rule, now.astimezone(UTC).date(), min(days, default=None))
    return Learnt(
        source_id=source_id,
        page_count=len(witnesses),
        lost_count=len(rows) - len(witnesses),
        first_on=min(days, default=None),
        last_on=max(days, default=None),
        title=title,
        repeated=repeated,
        remove=remove,
        rule=catalogue_file.rule_text(span | said) if said else None,
        note=note if said else "",
    )


def _read(pool: ExtractorPool, archive: _Archive, rule: PageRule | None) -> dict[str, Witness]:
    """What the pages that are articles say, by their fetches, the oldest first."""
    found = pool.run(witness.read, archive.pages(rule))
    return {page.fetch_id: seen for page, seen in found if isinstance(seen, Witness)}


def _removable(
    pool: ExtractorPool,
    archive: _Archive,
    rule: PageRule | None,
    witnesses: dict[str, Witness],
    repeated: Sequence[Repeated],
) -> tuple[str, ...]:
    """Selectors that take repeated lines out of the texts and do nothing else: each was tried on all pages."""
    before, old = witnesses, rule or EMPTY
    taken: tuple[str, ...] = ()
    candidates = habit.removable(witnesses.values(), repeated)
    boxed = frozenset(line for lines in candidates.values() for line in lines)
    for _ in range(TRIES_LIMIT):
        selector = next((one for one in candidates if habit.remaining(before.values(), candidates[one])), None)
        if selector is None:
            break
        lines = candidates.pop(selector)
        after = _read(pool, archive, replace(old, remove=(*old.remove, *taken, selector)))
        is_harmless = all(habit.is_harmless(seen, after.get(fetch_id), boxed) for fetch_id, seen in before.items())
        left, all_of_them = (habit.remaining(pages.values(), lines) for pages in (after, before))
        if is_harmless and left <= (1 - habit.HELD_SHARE) * all_of_them:
            before, taken = after, (*taken, selector)
    return taken


def _said(rule: PageRule | None, title: TitleFinding, remove: tuple[str, ...]) -> dict[str, Any]:
    """What the proposed rule says beside its span: what today's says, and what is new; empty where nothing is."""
    if title.title_from is None and not remove:
        return {}
    old = rule or EMPTY
    new = replace(old, valid_from=None, valid_to=None, remove=(*old.remove, *remove))
    if title.title_from is not None:
        new = replace(new, title=None, title_from=title.title_from)
    return catalogue_file.rule_table(new)


def _span(source: Source, rule: PageRule | None, today: date, oldest: date | None) -> tuple[dict[str, Any], str]:
    """When the rule would hold: from the oldest capture on, or as long as today's would have; and what to do with it."""
    if rule is None:
        later = [one.valid_from for one in source.rules if one.valid_from and one.valid_from > today]
        ended = [one.valid_to for one in source.rules if one.valid_to and one.valid_to <= today]
        valid_from, valid_to = max([oldest or today, *ended]), min(later, default=None)
        note = f"paste it below source {source.source_id!r} in the catalogue"
    elif rule.valid_from == today:
        valid_from, valid_to, note = today, rule.valid_to, "put it in the place of the rule that holds from today"
    else:
        valid_from, valid_to = today, rule.valid_to
        note = f"paste it below the rule that holds today, and end that one with valid_to = {today}"
    return {"valid_from": valid_from, "valid_to": valid_to}, note
