"""`ingest backfill`: bring in a span of the past, learn beforehand what it costs, and have it proven that nothing is lacking."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

import click

from ingest.cli import show
from ingest.cli.pipeline import DAY, json_option
from ingest.errors import InputError
from ingest.settings import Settings
from ingest.settings import load as load_settings

if TYPE_CHECKING:
    from ingest.history import InputKind, Request
    from ingest.jobs.backfill import BackfillSummary, Certificate, Estimate

DAYS_SHOWN = 62  # of a certificate
STATES = ("held", "added", "duplicate", "rejected", "failed", "waiting", "missing")
HOLES_SHOWN = 20
NEXT = "`ingest load`, `ingest build` and `ingest publish` bring it into the warehouse; then `ingest backfill --certificate`"


@click.command()
@click.option("--source", "-s", "source_ids", multiple=True, metavar="ID", help="Of this source; may be repeated.")
@click.option("--from", "from_at", type=DAY, help="First day, UTC.")
@click.option("--to", "to_at", type=DAY, help="Last day, UTC.")
@click.option(
    "--input", "input_said", metavar="KIND[:ADDRESS]", default="sitemap", show_default=True,
    help="sitemap, feed: the source's own. warc, cdx, list, folder: a file, folder, pattern, list of paths, http(s):// or s3://.",
)  # fmt: skip
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="Only of this host; may be repeated.")
@click.option("--match", "url_pattern", metavar="RE", help="Only addresses in which this is found.")
@click.option("--holes", "holes_of", metavar="REQUEST", help="Only what that request lists and lacks.")
@click.option("--request", "request_ids", multiple=True, metavar="REQUEST", help="Only this request; may be repeated.")
@click.option("--estimate", "wants_estimate", is_flag=True, help="Say what it would cost, by a sample; store nothing.")
@click.option("--certificate", "wants_certificate", is_flag=True, help="Say what is held and what is missing, by day.")
@click.option("--list", "wants_list", is_flag=True, help="Say what was asked for so far, and how far it is.")
@json_option
def backfill(
    source_ids: tuple[str, ...],
    from_at: datetime | None,
    to_at: datetime | None,
    input_said: str,
    hosts: tuple[str, ...],
    url_pattern: str | None,
    holes_of: str | None,
    request_ids: tuple[str, ...],
    wants_estimate: bool,
    wants_certificate: bool,
    wants_list: bool,
    wants_json: bool,
) -> None:
    """Bring in the past: what was published from one day to another, from sitemaps, feeds, archives, lists or files.

    Without a range, all that was asked for before is gone on with. It can be stopped at any time (Ctrl-C), and the same command
    goes on where it stopped: what was listed is not listed again, and what was fetched is not fetched again.
    """
    settings = load_settings()
    if wants_list or wants_certificate:
        _prove(settings, request_ids, wants_days=wants_certificate, wants_json=wants_json)
        return
    asked: list[Request] | None = None
    if from_at or to_at or holes_of or wants_estimate:
        asked = _asked(
            settings, source_ids, from_at, to_at, input_said, hosts, url_pattern, holes_of, is_kept=not wants_estimate
        )
    elif source_ids or hosts or url_pattern:
        raise click.UsageError("a request has a range of days: --from and --to")
    if wants_estimate and asked is not None:
        _estimate(settings, asked, wants_json=wants_json)
    else:
        _bring_in(settings, [one.request_id for one in asked] if asked else list(request_ids), wants_json=wants_json)


def _asked(
    settings: Settings,
    source_ids: Sequence[str],
    from_at: datetime | None,
    to_at: datetime | None,
    input_said: str,
    hosts: Sequence[str],
    url_pattern: str | None,
    holes_of: str | None,
    *,
    is_kept: bool,
) -> list[Request]:
    from ingest.jobs import backfill as job

    kind, _, address = input_said.partition(":")
    if holes_of:
        lacking = job.refill(settings, request_id=holes_of)
        if lacking is None:
            raise InputError(f"request {holes_of} has no holes", "`ingest backfill --list` shows the others")
        source_ids, first, last = lacking.source_ids, lacking.from_on, lacking.to_on
        url_pattern = lacking.url_pattern
    elif from_at and to_at:
        first, last = from_at.date(), to_at.date()
    else:
        raise click.UsageError("a request has a range of days: --from and --to")
    return job.request(
        settings,
        source_ids=source_ids,
        input_kind=cast("InputKind", kind),
        input_address=address or None,
        from_on=first,
        to_on=last,
        hosts=hosts,
        url_pattern=url_pattern,
        is_kept=is_kept,
    )


def _bring_in(settings: Settings, request_ids: list[str], *, wants_json: bool) -> None:
    from ingest.jobs import backfill as job

    with show.progress() as progress:
        summary = job.until_done(settings, request_ids=request_ids or None, progress=progress)
    if wants_json:
        show.as_json(summary.as_dict())
    else:
        _tell(summary)


def _tell(summary: BackfillSummary) -> None:
    if summary.is_paused:
        click.echo(
            "paused: the disk is nearly full (`ingest status` says how much is needed); the same command goes on later"
        )
    click.echo(
        f"{summary.parts_done} parts read: {summary.listed} items listed, {summary.held} of them held before;"
        f" {summary.outside} outside of what was asked for"
    )
    click.echo(
        f"{summary.fetched} pages brought in: {summary.extracted} articles, {summary.rejected} rejected; {summary.failed} failed"
    )
    for count, told in (
        (summary.erased, "were erased by a person's order, and stay away"),
        (summary.faults, "stretches could not be read; the certificate names their files"),
        (
            summary.left + summary.put_off,
            "parts or pages wait for their host, or for another run: the same command goes on",
        ),
    ):
        if count:
            click.echo(f"{count} {told}")
    click.echo(NEXT if summary.batches else "nothing new was there to bring in")


def _estimate(settings: Settings, asked: list[Request], *, wants_json: bool) -> None:
    from ingest.jobs import backfill as job

    with show.progress() as progress:
        told = job.estimate(settings, requests=asked, progress=progress)
    if wants_json:
        show.as_json(told.as_dict())
        return
    rows = [(month, count, told.held_months.get(month, 0)) for month, count in told.months.items()]
    show.table(["month", "listed", "already held"], rows)
    _tell_costs(told)


def _tell_costs(told: Estimate) -> None:
    read = f"{told.read_part_count} of {told.part_count} parts of the input were read"
    click.echo(f"\n{read}{'' if told.is_whole else ', so there is more than this'}")
    if told.is_extrapolated:
        click.echo("of large files the beginning was read, and the rest is told by their sizes")
    for fault in told.faults:
        click.echo(f"  {show.printable(fault)}")
    click.echo(f"to bring in   {told.asked_count} pages, about {told.wire_bytes / 1e6:.1f} MB over the wire")
    click.echo(f"time          {_hours(told.hours)}{f', set by {told.slowest_host}' if told.slowest_host else ''}")
    click.echo(f"disk          {told.disk_bytes / 1e6:.1f} MB of {told.free_bytes / 1e9:.1f} GB that are free")
    if told.sample is None:
        click.echo("sample        none: there is nothing to bring in")
        return
    one = told.sample
    click.echo(
        f"sample        {one.page_count} brought in, and let go: {one.article_count} articles of {one.mean_word_count} words,"
        f" {one.dates_agree_count} of them with the date that they are listed for"
    )
    for state, reasons in (("rejected", one.rejected_reasons), ("failed", one.failed_reasons)):
        if reasons:
            click.echo(f"              {state}: {_reasons(reasons)}")


def _prove(settings: Settings, request_ids: Sequence[str], *, wants_days: bool, wants_json: bool) -> None:
    from ingest.jobs import backfill as job

    proven = job.certificate(settings, request_ids=list(request_ids) or None)
    if wants_json:
        show.as_json(proven.as_dict())
        return
    for one in proven.requests:
        click.echo(f"request {one.request_id}: {'signed' if one.is_signed else 'not signed'}")
        of = f"{one.source_id or 'all sources'}, {_input(one.input_kind, one.input_address)}"
        click.echo(show.printable(f"  {of}, {one.from_on} to {one.to_on}"))
        lacking = one.waiting_count + one.missing_count
        click.echo(
            f"  {one.part_count} parts, {one.unread_part_count} unread; {one.listed_count} listed, {lacking} lacking"
        )
    if wants_days:
        _tell_days(proven)
        _tell_holes(proven)
    click.echo(f"\nas published at {proven.published_at:%Y-%m-%d %H:%M:%S}Z; `ingest publish` brings it up")


def _tell_days(proven: Certificate) -> None:
    shown = [day for day in proven.days if day.listed_count or not day.is_signed]
    days = shown[:DAYS_SHOWN]
    click.echo("")
    told = [name for name in STATES if any(getattr(day, f"{name}_count") for day in days)]
    of = {day.source_id for day in days}
    show.table(
        ["day", *(["source"] if len(of) > 1 else []), "listed", *told, "signed", "reasons"],
        [
            (
                day.counted_on,
                *([day.source_id] if len(of) > 1 else []),
                day.listed_count,
                *(getattr(day, f"{name}_count") for name in told),
                "yes" if day.is_signed else "no",
                _reasons(day.rejected_reasons | day.failed_reasons),
            )
            for day in days
        ],
    )
    if quiet := len(proven.days) - len(shown):
        click.echo(f"{quiet} days more are signed, and nothing is listed for them")
    if left := len(shown) - len(days):
        click.echo(f"{left} days more: SELECT * FROM mart.backfill_day, or --json")
    early = sum(one.read_at is not None and one.read_at.date() <= one.to_on for one in proven.requests)
    if early:
        click.echo(
            f"{early} requests were read before their last day was over: it is signed when their command ran once more"
        )
    for one in proven.requests:
        passed = {
            "outside of what was asked for": one.outside_count,
            "no page of an article by their kind": one.unusable_count,
            "erased by a person's order": one.erased_count,
        }
        if why := ", ".join(f"{count} {reason}" for reason, count in passed.items() if count):
            click.echo(f"request {one.request_id}: passed over {why}")
    for part in proven.unread:
        state = part.detail or ("" if part.is_done else "not read to its end yet")
        state = "a batch was taken out: the next run reads it again" if part.is_lost else state
        faults = f", {part.fault_count} stretches cannot be read" if part.fault_count else ""
        click.echo(show.printable(f"unread: {part.part_address}: {part.outcome} {state}{faults}"))


def _tell_holes(proven: Certificate) -> None:
    if not proven.hole_count:
        click.echo("no holes: every item that was listed is an article, or no article by what it is")
        return
    click.echo(f"\n{proven.hole_count} holes")
    for one in proven.holes[:HOLES_SHOWN]:  # a line each, whatever its length: addresses are there to be copied
        click.echo(show.printable(f"{one.counted_on} {one.source_id} {one.state} ({one.reason}) {one.url}"))
    if proven.hole_count > HOLES_SHOWN:
        click.echo("all of them: SELECT * FROM mart.backfill_hole, or --json")
    for request_id in sorted({one.request_id for one in proven.holes}):
        click.echo(
            f"to fill them from another input: ingest backfill --holes {shlex.quote(request_id)} --input cdx:ADDRESS"
        )


def _input(kind: str, address: str | None) -> str:
    return f"{kind} {address}" if address else kind


def _reasons(reasons: dict[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))


def _hours(hours: float) -> str:
    if hours < 2:
        return f"about {hours * 60:.0f} minutes" if hours > 1 / 60 else "less than a minute"
    return f"about {hours:.1f} hours"
