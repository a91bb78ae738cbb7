"""The report's charts: Matplotlib figures as inline SVG that follows the page's colours. Only numbers, days and ids are drawn.

Names and headlines of the world are in the page's HTML, where the browser has letters for every language.
"""

import io
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from ingest.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN = 5.0  # 360 units wide: a phone shows it as it is drawn, type at 10 px
STATES = ("stored", "duplicate", "rejected", "failed", "waiting")
# drawn in these colours, which become the page's variables, so that they are others in the dark
INK, GRID = "#010203", "#010204"
SERIES = ("#010211", "#010212", "#010213", "#010214", "#010215")
VARIABLES = {INK: "var(--ink)", GRID: "var(--grid)"} | {
    colour: f"var(--series-{number})" for number, colour in enumerate(SERIES, start=1)
}
STYLE: Any = {
    "svg.fonttype": "none",  # text stays text: searchable, and in the reader's own letters
    "text.parse_math": False,
    "font.size": 11, "xtick.labelsize": 10, "ytick.labelsize": 10,
    "axes.edgecolor": GRID, "axes.labelcolor": INK, "text.color": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "axes.grid.axis": "y", "axes.axisbelow": True,
    "grid.color": GRID, "grid.linewidth": 0.6, "xtick.major.size": 0, "ytick.major.size": 0, "axes.linewidth": 0.6,
}  # fmt: skip


def by_state(days: Sequence[date], rows: Sequence[tuple[Any, ...]]) -> str:
    """Items by day of first listing, stacked by state; rows of (day, state, count)."""
    count = {(day, state): number for day, state, number in rows}
    figure, axes = _axes(2.6)
    floor = [0] * len(days)
    for state, colour in zip(STATES, SERIES, strict=True):
        heights = [count.get((day, state), 0) for day in days]
        axes.bar(range(len(days)), heights, bottom=floor, width=0.8, color=colour)
        floor = [low + high for low, high in zip(floor, heights, strict=True)]
    axes.set_ylabel("items a day")
    _days(axes, days)
    return _svg(figure, "items by day and state")


def by_source(days: Sequence[date], rows: Sequence[tuple[Any, ...]], *, shown: int) -> str:
    """Articles by source and day of publication, the largest sources on top; darker is more, empty is none."""
    count: dict[str, dict[date, int]] = defaultdict(dict)
    for source_id, day, number in rows:
        count[source_id][day] = number
    sources = sorted(count, key=lambda one: (-sum(count[one].values()), one))[:shown]
    most = max((number for one in sources for number in count[one].values()), default=1)
    figure, axes = _axes(0.6 + 0.2 * max(len(sources), 1))
    axes.grid(False)
    for row, source_id in enumerate(sources):
        for column, day in enumerate(days):
            if number := count[source_id].get(day, 0):
                strength = 0.15 + 0.85 * (number / most) ** 0.5
                axes.barh(row, 0.9, left=column - 0.45, height=0.9, color=SERIES[0], alpha=strength, linewidth=0)
    axes.set_yticks(range(len(sources)), [_short(one) for one in sources], fontsize=9)
    axes.set_ylim(max(len(sources), 1) - 0.5, -0.5)
    _days(axes, days)
    return _svg(figure, "articles by source and day")


def lag(days: Sequence[date], rows: Sequence[tuple[Any, ...]]) -> str:
    """Minutes from publication to first capture, by day of publication; rows of (day, median, p90)."""
    place = {day: number for number, day in enumerate(days)}
    at = [place[day] for day, *_ in rows]
    figure, axes = _axes(2.2)
    for column, colour in ((2, SERIES[1]), (1, SERIES[0])):
        heights = [max(row[column], 0.0) for row in rows]
        axes.plot(at, heights, color=colour, marker="o", markersize=3, linewidth=1.5)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("minutes")
    _days(axes, days)
    return _svg(figure, "lag by day")


def story_sizes(rows: Sequence[tuple[Any, ...]]) -> str:
    """Stories by the number of sources that ran them; rows of (articles, sources, stories)."""
    steps = (("1", 1, 1), ("2", 2, 2), ("3-4", 3, 4), ("5-9", 5, 9), ("10+", 10, None))
    heights = [
        sum(number for _, sources, number in rows if low <= sources and (high is None or sources <= high))
        for _, low, high in steps
    ]
    figure, axes = _axes(2.2)
    bars = axes.bar([name for name, *_ in steps], heights, color=SERIES[0], width=0.7)
    axes.bar_label(bars, fmt="{:,.0f}", fontsize=9, padding=2)
    axes.set_yscale("symlog", linthresh=10)
    axes.tick_params(left=False, labelleft=False, which="both")
    axes.grid(False)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("sources that ran it")
    return _svg(figure, "story sizes")


def _axes(height_in: float) -> "tuple[Figure, Axes]":
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError("the report needs Matplotlib for its charts", "pip install 'ingest[report]'") from None
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(STYLE)
    figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
    return figure, figure.subplots()


def _days(axes: "Axes", days: Sequence[date]) -> None:
    """Five days named at most, the last among them."""
    step = max(1, -(-len(days) // 5))
    places = list(range(len(days) - 1, -1, -step))[::-1]
    axes.set_xticks(places, [f"{days[place]:%-d %b}" for place in places])
    axes.set_xlim(-0.6, len(days) - 0.4)


def _short(source_id: str) -> str:
    return source_id if len(source_id) <= 22 else source_id[:21] + "…"


def _svg(figure: "Figure", salt: str) -> str:
    import matplotlib

    matplotlib.rcParams["svg.hashsalt"] = salt  # ids are of the chart, and the same at each run
    stream = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(stream, format="svg", transparent=True, metadata=nothing)
    text = stream.getvalue()
    text = re.sub(
        r"<style.*?</style>|<metadata>.*?</metadata>|<!--.*?-->", "", text[text.index("<svg") :], flags=re.DOTALL
    )
    text = re.sub(r'(<svg [^>]*?)width="[^"]*" height="[^"]*"|(<svg [^>]*?)height="[^"]*"', r"\1\2", text, count=1)
    for drawn, variable in VARIABLES.items():
        text = text.replace(drawn, variable)
    return re.sub(r"font: ([\d.]+px) [^;\"]*", r"font: \1 var(--type)", text)
