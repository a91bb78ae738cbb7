"""`ingest sources [add|import|export|learn]`: the catalogue listed, widened, carried elsewhere, taught."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli import show
from ingest.cli.pipeline import json_option
from ingest.errors import InputError
from ingest.settings import Settings
from ingest.settings import load as load_settings

if TYPE_CHECKING:
    from ingest.jobs.add_source import Found, Line
    from ingest.jobs.export_sources import Form
    from ingest.jobs.import_sources import Imported
    from ingest.jobs.learn_source import Learnt

AGES = ((timedelta(days=2), timedelta(hours=1), "h"), (timedelta.max, timedelta(days=1), "d"))
dry_run_option = click.option("--dry-run", is_flag=True, help="Print what would be written, write nothing.")
country_option = click.option("--country", metavar="CC", help="ISO 3166-1 alpha-2, e.g. GB.")
language_option = click.option("--language", metavar="TAG", help="BCP 47, e.g. en or pt-BR.")


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def sources(context: click.Context, wants_json: bool) -> None:
    """The catalogue, checked to the last key; with a command, widen it or carry it elsewhere."""
    if context.invoked_subcommand is None:
        _list(wants_json)


@sources.command()
@click.argument("place", metavar="HOMEPAGE_OR_URL")
@dry_run_option
@click.option("--id", "source_id", metavar="ID", help="Its name in every table, e.g. daily-gazette.")
@click.option("--name", help="As the publisher writes it.")
@country_option
@language_option
@click.option("--all", "tries_all", is_flag=True, help="Try every usual address, and show those that gave nothing.")
@click.option(
    "--sections", is_flag=True, help="Where there is no feed and no sitemap: take the front page's own links."
)
@json_option
def add(
    place: str,
    dry_run: bool,
    source_id: str | None,
    name: str | None,
    country: str | None,
    language: str | None,
    tries_all: bool,
    sections: bool,
    wants_json: bool,
) -> None:
    """Find, try and write a publisher's feeds.

    Looks at the page, its links, robots.txt and the usual addresses, and puts what is best into the catalogue. At most
    40 requests, one a second. What the page says of name, country and language can be said better by options.
    """
    from ingest.jobs import add_source as job
    from ingest.jobs.source_entry import Wish

    settings = load_settings()
    wish = Wish(
        source_id=source_id,
        name=name,
        country=country.upper() if country else None,
        language=language,
        tries_all=tries_all,
        takes_sections=sections,
    )
    with show.progress() as progress:
        found = job.run(settings, place, wish, is_dry_run=dry_run, progress=progress)
    if wants_json:
        show.as_json(found)
    else:
        _show_found(found, settings, is_dry_run=dry_run, shows_all=tries_all)
    if found.fault:
        raise InputError(found.fault, found.remedy)


@sources.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@country_option
@language_option
@click.option("--discover", is_flag=True, help="Look around each site, as `add` does (a minute each).")
@dry_run_option
@json_option
def import_(
    file: Path, country: str | None, language: str | None, discover: bool, dry_run: bool, wants_json: bool
) -> None:
    """Take sources from OPML, CSV, a list of addresses or another catalogue.

    A CSV names its columns in the first line: name, url, feed, country, language; several feeds are divided by blanks.
    --country and --language are for lines that name none. Feeds are taken unasked, with `checked = false`, unless
    --discover tries them.
    """
    from ingest.jobs import import_sources as job

    settings = load_settings()
    with show.progress() as progress:
        imported = job.run(
            settings,
            file,
            country=country.upper() if country else None,
            language=language,
            discover=discover,
            is_dry_run=dry_run,
            progress=progress,
        )
    if wants_json:
        show.as_json(imported)
    else:
        _show_imported(imported, settings, is_dry_run=dry_run)


@sources.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--opml", "form", flag_value="opml", default="opml", help="OPML 2.0, by country (the default).")
@click.option("--csv", "form", flag_value="csv", help="CSV, one source a line.")
@click.option("--toml", "form", flag_value="toml", help="TOML, as in the catalogue: whole, rules and all.")
def export(file: Path | None, form: "Form") -> None:
    """Write the catalogue as OPML, CSV or TOML.

    To FILE, or to the terminal. In OPML and CSV, what is peculiar to this crawler (rules, pauses, intervals) stays behind.
    """
    from ingest.jobs import export_sources as job

    text = job.run(load_settings(), form)
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}", "give another file") from None
    click.echo(f"written to {file}")


@sources.command()
@click.argument("source_id", metavar="ID")
@click.option(
    "--pages", "pages_limit", type=click.IntRange(1, 500), default=60, show_default=True, help="The newest, at most."
)
@json_option
def learn(source_id: str, pages_limit: int, wants_json: bool) -> None:
    """Propose a rule for how a source's pages are read.

    Reads archived pages: which of a page's claims is the title that the feed gave, and which lines stand on many pages.
    Nothing is fetched or written; a rule holds once a person puts it into the catalogue.
    """
    from ingest.jobs import learn_source as job

    settings = load_settings()
    with show.progress() as progress:
        learnt = job.run(settings, source_id, pages_limit=pages_limit, now=datetime.now(UTC), progress=progress)
    if wants_json:
        show.as_json(learnt)
    else:
        _show_learnt(learnt)


def _list(wants_json: bool) -> None:
    from ingest import catalogue

    settings = load_settings()
    found = catalogue.read(settings.catalogue)
    if wants_json:
        show.as_json(found)
        return
    show.table(
        ["source", "name", "country", "language", "feeds", "checked", "paused"],
        [
            (
                one.source_id,
                one.name,
                one.country,
                one.language,
                len(one.feeds),
                _yes(one.is_checked),
                _yes(one.is_paused),
            )
            for one in found
        ],
    )
    countries = {one.country for one in found}
    languages = {one.language.split("-")[0] for one in found}
    click.echo(
        f"\n{len(found)} sources in {len(countries)} countries and {len(languages)} languages, from {settings.catalogue}"
    )


def _show_found(found: "Found", settings: Settings, *, is_dry_run: bool, shows_all: bool) -> None:
    now = datetime.now(UTC)
    shown = [line for line in found.lines if shows_all or line.found_by != "usual path" or line.outcome == "ok"]
    if shown:
        show.table(
            ["", "kind", "address", "found by", "answer", "entries", "newest", "points", "why"],
            [_row(line, found.home_url, now) for line in shown],
        )
    silent = len(found.lines) - len(shown)
    said = [
        f"{found.request_count} requests",
        f"{silent} usual addresses gave nothing" if silent else "",
        found.note or "",
    ]
    click.echo(("\n" if shown else "") + "; ".join(part for part in said if part) + "\n")
    if found.table:
        click.echo(show.printable(found.text))
        click.echo("not written (--dry-run)" if is_dry_run else f"written to {settings.catalogue}")


def _row(line: "Line", home_url: str, now: datetime) -> tuple[object, ...]:
    root = "/".join(home_url.split("/")[:3])
    return (
        "*" if line.is_taken else "",
        line.kind,
        line.url.removeprefix(root) if line.url.startswith(f"{root}/") else line.url,
        line.found_by,
        line.outcome,
        line.entry_count,
        _age(now - line.newest_at) if line.newest_at else "",
        line.points,
        ", ".join(line.reasons),
    )


def _show_imported(imported: "Imported", settings: Settings, *, is_dry_run: bool) -> None:
    if imported.refused:
        show.table(["line", "refused", "why"], [(one.line, one.written, one.reason) for one in imported.refused])
        click.echo()
    if is_dry_run and imported.tables:
        click.echo(show.printable(imported.text))
    click.echo(
        f"{imported.line_count} lines = {imported.added_count} added + {imported.known_count} known"
        f" + {len(imported.refused)} refused; {len(imported.tables)} new sources"
        + (", not written (--dry-run)" if is_dry_run else f" in {settings.catalogue}")
    )


def _show_learnt(learnt: "Learnt") -> None:
    days = f", captured from {learnt.first_on} to {learnt.last_on}" if learnt.first_on else ""
    lost = f"; {learnt.lost_count} more are out of the archive, or no article any more" if learnt.lost_count else ""
    click.echo(f"{learnt.page_count} pages of {learnt.source_id!r}{days}{lost}\n")
    title = learnt.title
    if title.judged_count:
        show.table(
            ["title", "on pages", "as the feed's", "right, if preferred"],
            [
                *((one.claim, one.page_count, one.equal_count, one.right_count) for one in title.scores),
                ("chosen now", title.judged_count, title.right_count, title.right_count),
            ],
        )
    click.echo(f"title: {title.reason}\n")
    if learnt.repeated:
        show.table(["pages", "a line on many pages"], [(one.page_count, one.line) for one in learnt.repeated])
    else:
        click.echo("no line stands on many pages")
    if learnt.remove:
        click.echo(f"\n{', '.join(learnt.remove)}: nothing but such lines is lost where it is removed")
    elif learnt.repeated:
        click.echo("\nnothing to remove: what these lines stand in holds other text, too")
    click.echo(f"\n{learnt.rule}\n{learnt.note}" if learnt.rule else "\nno rule to propose")


def _age(age: timedelta) -> str:
    """`3 h`, `12 d`; a moment that is yet to come is 0 h old."""
    unit, name = next((unit, name) for limit, unit, name in AGES if age < limit)
    return f"{max(0, age // unit)} {name}"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
