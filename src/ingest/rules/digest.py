"""The words of a digest: what is new, since when, why, and what to press, for somebody who is woken by it.

No words of the world stand in it: no headlines, no addresses of pages. Who gets it is elsewhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ingest.records import Alarm, AlarmKind
from ingest.rules.alarm import PERSONAL

LINES_MOST = 30  # of one sort: the rest is counted
TEXT_MOST = 500  # of what others hand in
HappeningKind = Literal["run_failed", "checks_failed", "other"]
Sort = Literal["urgent", "new", "over", "decided"]
HEADS: dict[Sort, str] = {"urgent": "URGENT", "new": "NEW", "over": "OVER", "decided": "DECIDED BY A PERSON"}
URGENT: tuple[AlarmKind, ...] = ("nothing_at_all", "ledger")
WHAT: dict[AlarmKind, str] = {
    "silent": "silent, and not all of its feeds can be read",
    "nothing_new": "nothing new, though its feeds answer",
    "failing": "none of its feeds can be read",
    "blocked": "it refuses us",
    "drift": "its pages read otherwise than they used to",
    "nothing_at_all": "nothing arrives at all",
    "ledger": "the ledger does not add up",
    "paused": "paused",
    "catalogue_pause": "paused in the catalogue",
    "quarantined": "quarantined",
}
PRESS: dict[AlarmKind, str] = {
    "silent": "open its feeds in a browser. They moved: mend dags/sources.toml. It is gone: pause the source. This passes by"
    " itself when something new comes.",
    "nothing_new": "look at its front page. It has news: the feed is dead, find another (`ingest sources add` shows what the"
    " site offers). It has none: nothing to do.",
    "failing": "`ingest try feed ADDRESS` says what the host answers. It moved: mend dags/sources.toml. It is gone: pause it.",
    "blocked": "do not crawl harder. Write to the publisher, give the source its access (dags/README.md), or pause it.",
    "drift": "`ingest try page` on one of its articles. It reads badly: write a rule (`ingest sources learn`) and reprocess"
    " since then. It reads well: release it. Until then articles that show the sign are in mart.quarantined_article.",
    "nothing_at_all": "look at Airflow: are news_crawl and news_load green? Is the scheduler alive, the disk full, the network"
    " or the proxy down? Nothing that was staged is lost.",
    "ledger": "`ingest check` tells which items. People who rely on counts should wait.",
    "paused": "",
    "catalogue_pause": "",
    "quarantined": "",
}
ALL_OF_IT = 'All alarms: the page News sources in Airflow, or `ingest query "FROM mart.alarm WHERE is_open"`.'


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What went wrong and is no alarm: a DAG run that failed, checks that found something. Told once by its `happening_id`."""

    happening_id: str  # e.g. of a run: news_load/scheduled__2026-11-22T06:00:00+00:00
    happening_kind: HappeningKind
    subject: str  # what it is about, e.g. news_load: urgent once in a while, not each time
    happened_at: datetime
    text: str  # one line, without words of the world
    press: str  # what to do


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing to tell; `key`: told once. Of several with one `subject` the first is urgent, until some time has passed."""

    key: str
    sort: Sort
    subject: str
    at: datetime
    head: str
    why: str
    press: str


def of_alarm(alarm: Alarm) -> News:
    """Of a row of an alarm: opened or cleared."""
    key = f"alarm {alarm.alarm_id} {alarm.change} {alarm.noted_at.isoformat()}"
    who = alarm.source_id or "all sources"
    span = _told(alarm.since_at)
    if alarm.alarm_kind in PERSONAL:
        why = ": ".join(one for one in (alarm.cause, alarm.reason) if one)
        return News(key=key, sort="decided", subject=alarm.alarm_id, at=alarm.noted_at, head=who, why=why, press="")
    if alarm.change == "cleared":
        head = f"{who}: {WHAT[alarm.alarm_kind]}, {span} to {_told(alarm.ended_at or alarm.noted_at)}"
        return News(
            key=key, sort="over", subject=alarm.alarm_id, at=alarm.noted_at, head=head, why=alarm.cause, press=""
        )
    return News(
        key=key,
        sort="urgent" if alarm.alarm_kind in URGENT else "new",
        subject=alarm.alarm_id,
        at=alarm.noted_at,
        head=f"{who}: {WHAT[alarm.alarm_kind]}, since {span}",
        why=alarm.cause,
        press=PRESS[alarm.alarm_kind],
    )


def of_batch(batch_id: str, finding: str, quarantined_at: datetime) -> News:
    """Of a batch that was taken out; of the finding only which check it is, for findings quote addresses."""
    check, mark, _ = finding.partition(": ")
    why = (
        f"the check {check} found something in it"
        if mark and check.isidentifier()
        else "it cannot be read, or does not fit"
    )
    return News(
        key=f"batch {batch_id} {quarantined_at.isoformat()}",
        sort="urgent",
        subject="batches",
        at=quarantined_at,
        head=f"batch {batch_id} was taken out, at {_told(quarantined_at)}",
        why=f"{why}; the rest was published",
        press='`ingest query "FROM raw.quarantine"` tells what was found; dags/README.md, A poisoned batch, what to do.',
    )


def of_happening(one: Happening) -> News:
    return News(
        key=f"happening {one.happening_id}",
        sort="urgent",
        subject=f"{one.happening_kind} {one.subject}",
        at=one.happened_at,
        head=f"{one.subject}: {_line(one.text)}, at {_told(one.happened_at)}",
        why="",
        press=_line(one.press),
    )


def of_findings(findings: Iterable[str], *, subject: str, happened_at: datetime) -> list[Happening]:
    """What checks of the whole history found (`check: finding`), by check and number alone."""
    counts: dict[str, int] = {}
    for finding in findings:
        check = finding.partition(":")[0]
        counts[check] = counts.get(check, 0) + 1
    return [
        Happening(
            happening_id=f"{subject} {check} {happened_at:%Y-%m-%d}",
            happening_kind="checks_failed",
            subject=subject,
            happened_at=happened_at,
            text=f"the check {check} found {count} thing{'s' * (count > 1)}, or more",
            press="`ingest check` tells what; what is published stays as it is meanwhile.",
        )
        for check, count in sorted(counts.items())
    ]


def title(news: Sequence[News]) -> str:
    """E.g. `News, urgent: 1 urgent, 2 new, 1 over`."""
    told = _merged(news)
    counts = [(sort, sum(one.sort == sort for one in told)) for sort in HEADS]
    words = ", ".join(f"{count} {sort}" for sort, count in counts if count)
    return f"News{', urgent' if any(one.sort == 'urgent' for one in told) else ''}: {words}"


def body(news: Sequence[News], *, standing: Sequence[Alarm], now: datetime) -> str:
    """Plain text; `standing`: alarms that are open, of which those that are no news are counted."""
    told = _merged(news)
    parts = []
    for sort, heading in HEADS.items():
        own = [one for one in told if one.sort == sort]
        if own:
            parts.append("\n".join([heading, *(_paragraph(one) for one in own[:LINES_MOST])]))
        if len(own) > LINES_MOST:
            parts.append(f"... and {len(own) - LINES_MOST} more")
    fresh = {one.subject for one in told}
    older = [one for one in standing if one.alarm_kind not in PERSONAL and one.alarm_id not in fresh]
    if older:
        first = min(older, key=lambda one: one.since_at)
        parts.append(
            f"{len(older)} {'alarm goes' if len(older) == 1 else 'alarms go'} on that you were told of; the oldest:"
            f" {first.source_id or 'all sources'},"
            f" {WHAT[first.alarm_kind]}, since {_told(first.since_at)}"
        )
    parts.append(f"{_told(now)}. {ALL_OF_IT}")
    return "\n\n".join(parts)


def is_urgent(news: Iterable[News], *, urgent_at: dict[str, datetime], every: timedelta, now: datetime) -> bool:
    """Whether anything must not wait; what was urgent a short while ago about the same subject may."""
    return any(
        one.sort == "urgent" and (one.subject not in urgent_at or now - urgent_at[one.subject] >= every) for one in news
    )


def _merged(news: Sequence[News]) -> list[News]:
    """In order of time; of an alarm that opened and ended since the last digest, only that it is over."""
    last = {
        one.subject if one.key.startswith("alarm ") else one.key: one for one in sorted(news, key=lambda one: one.at)
    }
    return sorted(last.values(), key=lambda one: one.at)


def _paragraph(one: News) -> str:
    lines = [f"* {one.head}", f"  {one.why}" if one.why else "", f"  Do: {one.press}" if one.press else ""]
    return "\n".join(line for line in lines if line)


def _line(text: str) -> str:
    """Text of others on one line, without what a terminal obeys."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())[:TEXT_MOST]


def _told(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
