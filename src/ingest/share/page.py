"""The report as one HTML page that needs nothing else: no script, no request, no image. What it tells is elsewhere."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from html import escape

from ingest.share import charts
from ingest.share.figures import SHOWN_SOURCES, Figures, Rows

# no way out of the page, whatever a headline may try
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1d2733; --soft: #5a6675; --grid: #d9dee5; --card: #f5f7f9;
  --series-1: #2b6cb0; --series-2: #d97706; --series-3: #b5305c; --series-4: #6b46a8; --series-5: #8a94a0;
  --good: #1f7a4d; --bad: #b42318; --type: system-ui, sans-serif }
@media (prefers-color-scheme: dark) { :root { --paper: #12171d; --ink: #e6ebf1; --soft: #9aa7b5; --grid: #333d49; --card: #1b222b;
  --series-1: #63a4e8; --series-2: #f0a94a; --series-3: #ec7fa4; --series-4: #b197ea; --series-5: #7c8896;
  --good: #5cc594; --bad: #ff8a7a } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 16px 12px 40px; max-width: 1040px; background: var(--paper); color: var(--ink);
  font: 16px/1.45 var(--type); overflow-wrap: anywhere }
h1 { font-size: 1.5rem; margin: 0 0 4px } h2 { font-size: 1.15rem; margin: 0 0 2px }
p { margin: 4px 0 } .soft { color: var(--soft); font-size: .85rem } .good { color: var(--good) } .bad { color: var(--bad) }
.totals { display: flex; flex-wrap: wrap; gap: 4px 24px; margin: 12px 0; padding: 0; list-style: none }
.totals b { display: block; font-size: 1.5rem; line-height: 1.2 }
main { display: grid; gap: 14px; align-items: start; grid-template-columns: minmax(0, 1fr); margin-top: 16px }
@media (min-width: 860px) { main { grid-template-columns: repeat(2, minmax(0, 1fr)) } .wide { grid-column: 1 / -1 } }
section { background: var(--card); border-radius: 8px; padding: 12px }
figure { margin: 6px 0 0 } svg { display: block; width: 100%; height: auto }
.key { display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 6px 0 0; padding: 0; list-style: none; font-size: .85rem }
.key i { display: inline-block; width: .75em; height: .75em; border-radius: 2px; margin-right: .35em }
table { width: 100%; border-collapse: collapse; margin-top: 6px; font-size: .9rem }
th, td { text-align: left; vertical-align: top; padding: 4px 6px 4px 0; border-top: 1px solid var(--grid) }
th { color: var(--soft); font-weight: 600; font-size: .8rem; border: 0; overflow-wrap: normal }
th:first-child, td:first-child { min-width: 7.5em } td:not(:first-child) { overflow-wrap: break-word }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; padding-left: 6px }
@media (max-width: 500px) { table { font-size: .82rem } th { font-size: .72rem } }
.bar { background: var(--series-1); height: 5px; border-radius: 3px; margin-top: 3px }
"""
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>{title}</title><style>{style}</style></head>
<body><header><h1>{title}</h1>{head}</header><main>{sections}</main></body></html>
"""


def page(figures: Figures) -> str:
    """The whole document. Every text of the world passes `escape`; there is no other way into it."""
    title = f"News from {_day(figures.since)} to {_day(figures.until - timedelta(days=1))}"
    return PAGE.format(
        policy=POLICY, style=STYLE, title=title, head=_head(figures), sections="".join(_sections(figures))
    )


def _head(figures: Figures) -> str:
    states = {state: figures.states.get(state, 0) for state in charts.STATES}
    others = figures.listed_count - sum(states.values())
    told = " + ".join(f"{_number(count)} {state}" for state, count in states.items())
    verdict = (
        '<b class="good">every item is accounted for</b>'
        if not others
        else f'<b class="bad">{_number(others)} items have no state: the ledger does not add up</b>'
    )
    totals = (
        (figures.article_count, "articles"),
        (figures.story_count, "stories"),
        (figures.source_count, "sources"),
        (figures.listed_count, "items listed"),
        (figures.word_count, "words"),
    )
    return (
        f'<p class="soft">Days are UTC. Snapshot {escape(figures.snapshot_id)}, published {_moment(figures.published_at)}.</p>'
        f'<ul class="totals">{"".join(f"<li><b>{_number(count)}</b> {name}</li>" for count, name in totals)}</ul>'
        f"<p>{_number(figures.listed_count)} listed = {told}: {verdict}.</p>"
    )


def _sections(figures: Figures) -> Iterable[str]:
    days = figures.days
    yield _section(
        "Items by day",
        "By the day on which they were first listed, and by what became of them.",
        _figure(charts.by_state(days, figures.states_by_day), _alt_states(figures)),
        _key(*((state, number) for number, state in enumerate(charts.STATES, start=1))),
    )
    yield _section(
        "Lag",
        "Minutes from the publisher's time to our first capture, by day of publication. Half of the articles are faster than the "
        "median, nine of ten than p90.",
        *(
            (_figure(charts.lag(days, figures.lags), _alt_lag(figures)), _key(("median", 1), ("p90", 2)))
            if figures.lags
            else (_none("No article has a time."),)
        ),
    )
    yield _section(
        "Articles by source and day",
        f"By day of publication; darker is more. The largest {SHOWN_SOURCES} sources at most.",
        _figure(charts.by_source(days, figures.source_days, shown=SHOWN_SOURCES), _alt_sources(figures)),
    )
    yield _section(
        "Sources",
        "Rejected: share of items that were no article. Lag: the median, in minutes.",
        _table(
            ("source", "articles", "listed", "rejected", "lag"),
            [
                (name, _bar(_number(count), count, figures.sources), _number(listed), _share(rejected), _minutes(lag))
                for name, count, listed, rejected, lag in figures.sources
            ],
        ),
    )
    yield _section(
        "Stories by size",
        "Articles that carry the same text, or were made from it, are one story. Heights are not to scale, numbers are.",
        _figure(charts.story_sizes(figures.sizes), _alt_sizes(figures)),
    )
    yield _section(
        "Widest stories",
        "Spread: hours from the first article to the last.",
        _table(
            ("story", "sources", "articles", "spread"),
            [
                (f"{title}\n{first}", _number(sources), _number(articles), f"{spread:.1f} h")
                for title, articles, sources, first, spread in figures.widest
            ],
        ),
    )
    yield _section(
        "Topics",
        f"Of {_day(figures.topic_day)}: tags, and words of headlines, that are met more than in the 28 days before; trend is in "
        "units of chance."
        if figures.topic_day
        else "",
        _table(
            ("topic", "articles", "sources", "trend"),
            [
                (f"{topic}\n{kind}, {language}", _number(articles), _number(sources), f"{trend:+.1f}")
                for topic, kind, language, articles, sources, trend in figures.topics
            ],
        ),
    )
    yield _section(
        "Rejected and failed",
        "Pages that were no articles, and items that could not be fetched for good, by reason.",
        _table(
            ("reason", "items", "sources"),
            [
                (
                    f"{reason}\n{state}",
                    _bar(_number(count), count, [*figures.reasons, *figures.failures]),
                    _number(sources),
                )
                for state, rows in (("rejected", figures.reasons), ("failed", figures.failures))
                for reason, count, sources in rows
            ],
        ),
    )
    yield _section(
        "Silent sources",
        "Sources that bring nothing new, or whose feeds cannot be read.",
        _table(
            ("source", "state", "since", "last article"),
            [
                (f"{name}\n{cause or ''}", state, _moment(since), _moment(last))
                for name, state, cause, since, last in figures.silent
            ],
        ),
    )
    yield _section(
        "Gaps",
        "Feeds that rolled over between two polls: items may have come and gone unseen. Found: brought back by a sitemap.",
        _table(
            ("source", "from", "to", "found"),
            [
                (source, _moment(start), _moment(end), _number(found) if refilled else "not yet")
                for source, start, end, refilled, found in figures.gaps
            ],
        ),
    )


class _Markup(str):
    """Made here, and safe as it is."""

    __slots__ = ()


def _section(title: str, told: str, *parts: str) -> str:
    return f'<section><h2>{escape(title)}</h2><p class="soft">{escape(told)}</p>{"".join(parts)}</section>'


def _figure(svg: str, alt: str) -> str:
    named = f'<svg role="img" aria-label="{escape(alt)}" '
    return f"<figure>{svg.replace('<svg ', named, 1)}</figure>"


def _key(*named: tuple[str, int]) -> str:
    """Which series has which of the page's colours."""
    marks = "".join(f'<li><i style="background: var(--series-{number})"></i>{name}</li>' for name, number in named)
    return f'<ul class="key">{marks}</ul>'


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column is text; a second line in a cell is small."""
    if not rows:
        return _none("None.")
    numeric = [place > 0 and all(_is_number(row[place]) for row in rows) for place in range(len(columns))]
    kinds = [' class="number"' if is_number else "" for is_number in numeric]
    head = "".join(f"<th{kind}>{escape(name)}</th>" for name, kind in zip(columns, kinds, strict=True))
    body = "".join(
        f"<tr>{''.join(f'<td{kind}>{_cell(cell)}</td>' for cell, kind in zip(row, kinds, strict=True))}</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(cell: str) -> str:
    if isinstance(cell, _Markup):
        return cell
    first, _, rest = cell.partition("\n")
    return escape(first) + (f'<div class="soft">{escape(rest)}</div>' if rest else "")


def _is_number(cell: str) -> bool:
    return isinstance(cell, _Markup) or cell in ("", "not yet") or (cell[0] in "0123456789+-" and ":" not in cell)


def _bar(told: str, count: int, rows: Rows) -> str:
    """The number over a bar, as long as it is large among the second column of `rows`."""
    most = max(row[1] for row in rows) or 1
    return _Markup(f'{escape(told)}<div class="bar" style="width: {100 * count / most:.0f}%"></div>')


def _none(told: str) -> str:
    return f"<p>{escape(told)}</p>"


def _alt_states(figures: Figures) -> str:
    told = ", ".join(f"{_number(count)} {state}" for state, count in figures.states.items())
    return f"Bars of items a day over {len(figures.days)} days, stacked by state: {told or 'none'} in all."


def _alt_lag(figures: Figures) -> str:
    day, median, most = figures.lags[-1]
    return f"Lines of the median and p90 lag in minutes by day; on {_day(day)} {median:.0f} and {most:.0f}."


def _alt_sources(figures: Figures) -> str:
    told = ", ".join(f"{name} {_number(count)}" for name, count, *_ in figures.sources[:3])
    return f"A field a source and day, darker where there are more articles. The largest: {told or 'none'}."


def _alt_sizes(figures: Figures) -> str:
    alone = sum(count for _, sources, count in figures.sizes if sources == 1)
    return f"Bars of stories by the number of sources that ran them: {_number(alone)} of {_number(figures.story_count)} in one."


def _number(count: int) -> str:
    return f"{count:,}"


def _share(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def _minutes(minutes: float | None) -> str:
    return "" if minutes is None else f"{minutes:,.0f}"


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%-d %B %Y}"


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M}"
