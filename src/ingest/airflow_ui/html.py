"""Writes the pages: templates that escape whatever they are given, and how times, numbers and links are shown."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ingest.airflow_ui import act, overview, spark

NEVER = Markup("never")
DUE = Markup("due {}")
MINUTE, HOUR, DAY = 60, 3600, 86_400


def page(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


def when(moment: datetime | None, now: datetime) -> Markup:
    """How long ago or ahead, with the moment itself in UTC for who points at it."""
    if moment is None:
        return NEVER
    told = (
        f"in {span((moment - now).total_seconds())}" if moment > now else f"{span((now - moment).total_seconds())} ago"
    )
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        f"{moment:%Y-%m-%dT%H:%M:%SZ}", f"{moment:%Y-%m-%d %H:%M:%S} UTC", told
    )


def due(moment: datetime | None, now: datetime) -> Markup:
    """When something is to happen; what should have happened by now is due."""
    if moment is None:
        return NEVER
    return when(moment, now) if moment > now else DUE.format(when(moment, now))


def span(seconds: float) -> str:
    """A stretch of time in its largest unit that still says something: 90 min, 47 h, 3 days."""
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * HOUR:
        return f"{seconds / MINUTE:.0f} min"
    if seconds < 2 * DAY:
        return f"{seconds / HOUR:.0f} h"
    return f"{seconds / DAY:.0f} days"


def share(part: float | None) -> str:
    return "" if part is None else f"{part:.0%}"


def number(count: float | None) -> str:
    """1,234 or 3.5; nothing where nothing is known."""
    if count is None:
        return ""
    return f"{count:,.0f}" if count >= 10 or float(count).is_integer() else f"{count:.1f}"


def web(address: str | None) -> str | None:
    """An address that a link may lead to: of the web, and of no other scheme."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.netloc else None


def segment(text: str) -> str:
    """One segment of a path, or one value of a query, whatever is in it."""
    return quote(text, safe="")


def words(name: str) -> str:
    """A name of our vocabularies as a person reads it."""
    return name.replace("_", " ")


@cache
def _environment() -> Environment:
    files = PackageLoader("ingest.airflow_ui")
    environment = Environment(
        loader=files,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown: Mapping[str, Any] = {
        "segment": segment, "when": when, "due": due, "span": span, "share": share, "number": number, "web": web, "words": words,
        "volume": spark.volume,
    }  # fmt: skip
    environment.filters.update(shown)
    environment.globals.update(
        style=Markup(files.get_source(environment, "style.css")[0]),  # noqa: S704  our own file, as the next
        script=Markup(files.get_source(environment, "frame.js")[0]),  # noqa: S704
        states=overview.STATES,
        sorts=overview.SORTS,
        shown_alarms=overview.SHOWN_ALARMS,
        dag_ids=sorted({action.dag_id for action in act.ACTIONS.values()}),
    )
    return environment
