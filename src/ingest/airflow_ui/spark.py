"""Draws what a source listed day by day beside what is usual, as a small SVG. Numbers and days alone are drawn."""

from collections.abc import Sequence

from markupsafe import Markup

from ingest.airflow_ui.read import SHOWN_DAYS, Day

STEP = 8  # units a day, bar and gap
BAR = 6
HEIGHT = 32
SVG = Markup('<svg class="volume" role="img" viewBox="0 0 {} {}"><title>{}</title>{}</svg>')
LEAST = 1.5  # a day with one item is seen beside a day with thousands


def volume(days: Sequence[Day]) -> Markup:
    """Bars: what was listed, and in them what was stored. Across them, as a line, what was to be expected."""
    first = SHOWN_DAYS - len(days)  # a young source has fewer
    most = max([1.0, *(max(day.listed_count, day.expected_count or 0.0) for day in days)])
    listed = "".join(_bar(place, day.listed_count / most) for place, day in enumerate(days, start=first))
    stored = "".join(_bar(place, day.stored_count / most) for place, day in enumerate(days, start=first))
    expected = "".join(
        f"M{place * STEP} {_height(day.expected_count / most):.1f}h{STEP}"
        for place, day in enumerate(days, start=first)
        if day.expected_count is not None
    )
    drawn = "".join(
        f'<path class="{name}" d="{path}"/>'
        for name, path in (("listed", listed), ("stored", stored), ("expected", expected))
        if path
    )
    return SVG.format(STEP * SHOWN_DAYS, HEIGHT, told(days), Markup(drawn))  # noqa: S704  made of numbers


def told(days: Sequence[Day]) -> str:
    """The same in words, for those who cannot see it."""
    if not days:
        return "nothing is known of its days"
    counts = ", ".join(f"{day.listed_count}" for day in days)
    expected = ", ".join("?" if day.expected_count is None else f"{day.expected_count:.0f}" for day in days)
    dates = f"{days[0].listed_on:%-d %b} to {days[-1].listed_on:%-d %b}"
    return f"new items by day, {dates}: {counts}; expected: {expected}"


def _bar(place: int, part: float) -> str:
    if part <= 0:
        return ""
    return f"M{place * STEP + 1} {HEIGHT}V{min(_height(part), HEIGHT - LEAST):.1f}h{BAR}V{HEIGHT}z"


def _height(part: float) -> float:
    return 1 + (HEIGHT - 1) * (1 - part)
