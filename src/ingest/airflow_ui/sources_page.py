"""Each source's state, read from the published warehouse and written as one HTML page. Login and routes: `plugin`."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any, Literal

from ingest.warehouse.read import connected

State = Literal["failing", "partly failing", "quiet", "ok"]
STATES: tuple[State, ...] = ("failing", "partly failing", "quiet", "ok")  # the sick ones come first
QUIET_AFTER = timedelta(days=3)  # without anything new in any of its feeds
# So long past its time while its source is polled on, a feed is no longer in the catalogue. Not by its last poll: a feed
# that fails may be put off for weeks, and is to be seen failing all the while.
FORGOTTEN_AFTER = timedelta(days=1)
LEDGER_STATES = ("stored", "duplicate", "rejected", "failed", "waiting")
HEADINGS = ("Source", "State", "Last poll", "Next poll", "Last article",
            "Stored", "Duplicate", "Rejected", "Failed", "Waiting")  # fmt: skip
COUNT_HEADINGS = frozenset(HEADINGS[-len(LEDGER_STATES) :])

SOURCES = """
WITH every_feed AS (
    SELECT source_id, feed_id,
           max(polled_at) AS polled_at,
           max(polled_at) FILTER (outcome IN ('ok', 'not_modified')) AS good_at,
           arg_max(outcome, polled_at) AS outcome,
           arg_max(coalesce(detail, http_status::VARCHAR), polled_at) AS detail,
           arg_max(next_poll_at, polled_at) AS next_poll_at
    FROM mart.feed_poll
    GROUP BY ALL
),
feed AS (
    SELECT *
    FROM every_feed
    QUALIFY next_poll_at IS NULL OR next_poll_at + $forgotten_after > max(polled_at) OVER (PARTITION BY source_id)
),
failing AS (
    SELECT poll.source_id, poll.feed_id, min(poll.polled_at) AS failing_since_at
    FROM mart.feed_poll AS poll JOIN feed USING (source_id, feed_id)
    WHERE feed.good_at IS NULL OR poll.polled_at > feed.good_at
    GROUP BY ALL
),
polled AS (
    SELECT feed.source_id,
           max(feed.polled_at) AS polled_at,
           min(feed.next_poll_at) AS next_poll_at,
           count(*) AS feed_count,
           count(failing.feed_id) AS failing_count,
           min(failing.failing_since_at) AS failing_since_at,
           min_by(feed.feed_id || ': ' || feed.outcome || coalesce(' (' || feed.detail || ')', ''),
                  failing.failing_since_at) AS cause
    FROM feed LEFT JOIN failing USING (source_id, feed_id)
    GROUP BY ALL
),
listed AS (
    SELECT source_id,
           max(listed_at) AS listed_at,
           max(listed_at) FILTER (state = 'stored') AS stored_at,
           count(*) FILTER (state = 'stored') AS stored,
           count(*) FILTER (state = 'duplicate') AS duplicate,
           count(*) FILTER (state = 'rejected') AS rejected,
           count(*) FILTER (state = 'failed') AS failed,
           count(*) FILTER (state = 'waiting') AS waiting
    FROM mart.ledger
    GROUP BY ALL
)
SELECT source_id, polled_at, next_poll_at, feed_count, failing_count, failing_since_at, cause, listed_at, stored_at,
       coalesce(stored, 0) AS stored, coalesce(duplicate, 0) AS duplicate, coalesce(rejected, 0) AS rejected,
       coalesce(failed, 0) AS failed, coalesce(waiting, 0) AS waiting
FROM polled FULL JOIN listed USING (source_id)
ORDER BY source_id
"""

STYLE = """
:root { color-scheme: light dark; font: 15px/1.4 system-ui, sans-serif; }
body { margin: 1rem; } h1 { font-size: 1.3rem; margin: 0; } p { margin: .3rem 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #8884; vertical-align: top; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
small { display: block; opacity: .75; overflow-wrap: anywhere; }
b { padding: 0 .4rem; border-radius: .3rem; color: #fff; white-space: nowrap; background: #2e7d32; }
b.failing { background: #b71c1c; } b.partly { background: #b45309; } b.quiet { background: #5b5f66; }
@media (max-width: 45rem) {
  thead { display: none; } tr { display: block; padding: .6rem 0; border-bottom: 2px solid #8886; }
  td, td.n { display: flex; justify-content: space-between; gap: 1rem; text-align: right; border: 0; }
  td { padding: .15rem 0; } td:first-child { font-weight: 600; }
  td::before { content: attr(data-label); opacity: .75; text-align: left; }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """What the published warehouse says of one source; times are UTC, `counts` follow LEDGER_STATES."""

    source_id: str
    polled_at: datetime | None
    next_poll_at: datetime | None
    feed_count: int
    failing_count: int
    failing_since_at: datetime | None
    cause: str | None
    listed_at: datetime | None
    stored_at: datetime | None
    counts: tuple[int, ...]


def read(file: Path) -> list[SourceLine]:
    """One line per source of the published warehouse; bounded to 256 MB and one core."""
    with connected(file, memory_limit="256MB", threads=1) as connection:
        connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        rows = connection.execute(SOURCES, {"forgotten_after": FORGOTTEN_AFTER}).fetchall()
    return [_line(row) for row in rows]


def state(line: SourceLine, now: datetime) -> State:
    """Failing counts feeds; quiet means that nothing new was listed for QUIET_AFTER."""
    if line.failing_count:
        return "failing" if line.failing_count == line.feed_count else "partly failing"
    return "quiet" if line.listed_at is None or now - line.listed_at > QUIET_AFTER else "ok"


def table(lines: list[SourceLine], published_at: datetime, now: datetime) -> str:
    """The whole page: sick sources first, then by name."""
    tally = Counter(state(line, now) for line in lines)
    summary = ", ".join(f"{tally[name]} {name}" for name in STATES if tally[name]) or "none yet"
    ordered = sorted(lines, key=lambda line: (STATES.index(state(line, now)), line.source_id))
    head = "".join(f'<th scope="col"{_numeric(name)}>{name}</th>' for name in HEADINGS)
    body = "".join(_row(line, now) for line in ordered)
    return _page(
        f"<p>{len(lines)} sources: {summary}. Published {_when(published_at, now)}; times are UTC.</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def nothing_published(file: Path) -> str:
    return _page(
        f"<p>Nothing published yet: there is no <code>{escape(str(file))}</code>.</p>"
        "<p>Switch on the DAGs <code>news_crawl</code> and <code>news_load</code>; "
        "after their first green run the sources are listed here.</p>"
    )


def unreadable(reason: str) -> str:
    return _page(f"<p>The published warehouse cannot be read.</p><pre>{escape(reason)}</pre>")


def _line(row: tuple[Any, ...]) -> SourceLine:
    source_id, polled_at, next_poll_at, feed_count, failing_count, *rest = row
    failing_since_at, cause, listed_at, stored_at, *counts = rest
    return SourceLine(
        source_id=source_id,
        polled_at=polled_at,
        next_poll_at=next_poll_at,
        feed_count=feed_count or 0,
        failing_count=failing_count or 0,
        failing_since_at=failing_since_at,
        cause=cause,
        listed_at=listed_at,
        stored_at=stored_at,
        counts=tuple(counts),
    )


def _row(line: SourceLine, now: datetime) -> str:
    name = state(line, now)
    badge = f'<b class="{name.split()[0]}">{name}</b>'
    if line.failing_since_at is not None:
        badge += f"<small>since {_when(line.failing_since_at, now)}<br>{escape((line.cause or '')[:300])}</small>"
    texts = (
        escape(line.source_id),
        f"<span>{badge}</span>",
        _when(line.polled_at, now),
        _when(line.next_poll_at, now),
        _when(line.stored_at, now),
        *(f"{count:,}" for count in line.counts),
    )
    cells = (
        f'<td data-label="{heading}"{_numeric(heading)}>{text}</td>'
        for heading, text in zip(HEADINGS, texts, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"


def _numeric(heading: str) -> str:
    return ' class="n"' if heading in COUNT_HEADINGS else ""


def _when(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "never"
    minutes = round(abs((now - moment).total_seconds()) // 60)
    span = f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"
    told = f"in {span}" if moment > now else f"{span} ago"
    return f'<time datetime="{moment:%Y-%m-%dT%H:%M:%SZ}" title="{moment:%Y-%m-%d %H:%M:%S} UTC">{told}</time>'


def _page(body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>News sources</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="60">'
        f"<style>{STYLE}</style></head><body><h1>News sources</h1>{body}</body></html>"
    )
