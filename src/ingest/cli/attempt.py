"""`ingest try url|page|feed|...`: one step of the pipeline on something that a person names; nothing is stored."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli import show
from ingest.cli.pipeline import json_option
from ingest.settings import load as load_settings

if TYPE_CHECKING:
    from ingest.extract.ruled import Step
    from ingest.jobs.try_page import PageTrial

NEVER = datetime.min.replace(tzinfo=UTC)
MOST_ROWS = 100  # of a list that a person reads
EDGE_LINES = 3  # of a text, shown at its start and at its end


@click.group("try")
def attempt() -> None:
    """Try one step on a URL, a feed or saved pages; nothing is stored."""


@attempt.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@json_option
def url(urls: tuple[str, ...], wants_json: bool) -> None:
    """Print the canonical form and the article_id of addresses."""
    from ingest.jobs import try_url as job

    found = [job.run(given) for given in urls]
    if wants_json:
        show.as_json(found)
        return
    for one in found:
        click.echo(f"{show.printable(one.url)}\n  canonical   {one.canonical_url}\n  article_id  {one.article_id}")


@attempt.command()
@click.argument("place", metavar="FILE_OR_URL")
@json_option
def feed(place: str, wants_json: bool) -> None:
    """Print what a feed lists, as the pipeline understands it."""
    from ingest.jobs import try_feed as job

    reading = job.run(load_settings(), place)
    if wants_json:
        show.as_json(reading)
        return
    click.echo(
        f"{reading.outcome}, {len(reading.entries)} entries by the {reading.parse_route or 'no'} reader", nl=False
    )
    click.echo(f", {reading.unlinked_count} without an address" + (f": {reading.detail}" if reading.detail else ""))
    rows = [(entry.published_at or entry.published_raw, entry.title, entry.url) for entry in reading.entries]
    show.table(["published", "title", "url"], rows)


@attempt.command()
@click.argument("place", metavar="FILE_OR_URL")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    default="1990-01-01",
    metavar="DATE",
    help="The oldest day wanted, UTC. All, if not given.",
)
@json_option
def sitemap(place: str, since: datetime, wants_json: bool) -> None:
    """Print what a sitemap lists, as the pipeline understands it: articles, or further sitemaps."""
    from ingest.jobs import try_sitemap as job

    reading = job.run(load_settings(), place, since=since.replace(tzinfo=UTC))
    if wants_json:
        show.as_json(reading)
        return
    _tell(
        ("outcome", _answer(reading.outcome, None, reading.detail)),
        ("read as", reading.parse_route),
        ("sitemaps", len(reading.children)),
        ("listed", reading.listed_count),
        ("taken", len(reading.entries)),
        ("outside", reading.outside_count and f"{reading.outside_count} older, of no known age, or front pages"),
        ("no address", reading.unlinked_count),
    )
    dated = [(child.lastmod_at, child.url) for child in reading.children]
    if dated:
        show.table(["lastmod", "sitemap"], sorted(dated, key=lambda one: one[0] or NEVER, reverse=True)[:MOST_ROWS])
    rows = [(entry.published_at or entry.modified_at, entry.title, entry.url) for entry in reading.entries]
    if rows:
        show.table(["date", "title", "url"], sorted(rows, key=lambda one: one[0] or NEVER, reverse=True)[:MOST_ROWS])
    if len(dated) > MOST_ROWS or len(rows) > MOST_ROWS:
        click.echo(f"only the newest {MOST_ROWS} are shown; --json prints all")


@attempt.command()
@click.argument("place", metavar="URL_OR_FILE")
@click.option("--source", "source_id", metavar="ID", help="Read it by this source's rule of the catalogue.")
@click.option("--url", metavar="URL", help="The address that a file came from.")
@click.option(
    "--at", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Take the rule of this day, UTC, not of today."
)
@click.option("--text", "shows_text", is_flag=True, help="Print the whole text.")
@json_option
def page(
    place: str, source_id: str | None, url: str | None, at: datetime | None, shows_text: bool, wants_json: bool
) -> None:
    """Show the record that is made of a page, where each field is from, and what the source's rule did.

    A URL is fetched once, as the crawler does. A file is HTML, or .gz of it.
    """
    from ingest.jobs import try_page as job

    found = job.run(load_settings(), place, source_id=source_id, url=url, at=at and at.replace(tzinfo=UTC))
    if wants_json:
        show.as_json(found)
        return
    because = f", {found.detail}" if found.detail else ""
    place = "a file of no known address: --url says where it came from" if _is_nowhere(found) else found.final_url
    _tell(("verdict", f"rejected: {found.reason}{because}" if found.reason else "article"), ("page", place))
    click.echo()
    show.table(["field", "value", "from"], _fields(found))
    click.echo()
    _show_rule(found, source_id)
    click.echo(show.printable(_shown_text(found.text, is_whole=shows_text)))


def _is_nowhere(found: "PageTrial") -> bool:
    from ingest.jobs.try_pages import NOWHERE

    return found.final_url == NOWHERE


def _fields(found: "PageTrial") -> list[tuple[str, object, object]]:
    """Each field with its value and what it was read from; those without a value too, as they may be what is missed."""
    from ingest.jobs.try_pages import as_published

    record = found.record
    at = as_published(record)
    confidence = "" if record.language_confidence is None else f" ({record.language_confidence:.2f})"
    named: dict[str, object] = {
        "title": record.title,
        "authors": "; ".join(record.authors),
        "agency": record.agency,
        "modified_at": record.modified_at,
        "language": f"{record.language}{confidence}" if record.language else None,
        "section": record.section,
        "tags": "; ".join(record.tags),
        "description": record.description,
        "image_url": record.image_url,
        "kind": record.kind,
    }
    rows: list[tuple[str, object, object]] = [(name, value, record.evidence.get(name)) for name, value in named.items()]
    dates = [
        ("published_at", at and f"{at} ({record.published_precision})", record.published_evidence),
        *(("contradicted", other, evidence) for evidence, other in record.published_contradictions.items()),
    ]
    other = [
        ("image_caption", record.image_caption, None),
        ("access", record.access, record.access_evidence),
        ("opt-outs", "; ".join(record.optouts), None),
        *(() if _is_nowhere(found) else [("canonical_url", found.canonical_url, found.canonical_evidence)]),
        ("text", f"{found.word_count} words, {len(found.links)} links", record.evidence.get("text")),
    ]
    return [*rows[:3], *dates, *rows[3:], *other]


def _show_rule(found: "PageTrial", source_id: str | None) -> None:
    rule = found.rule
    if rule is None:
        click.echo(
            f"no rule: {show.printable(source_id)} has none for this day\n" if source_id else "no rule: no --source\n"
        )
        return
    click.echo(f"rule from {rule.valid_from or 'the beginning'} until {rule.valid_to or 'further notice'}")
    rows: list[tuple[str, object, str]] = [(step.key, step.selector, _did(step)) for step in found.steps]
    if rule.title_from:
        rows.append(("title_from", rule.title_from, _preferred(rule.title_from, found.record.evidence.get("title"))))
    show.table(["key", "selector", "what it did"], rows)
    click.echo()


def _did(step: "Step") -> str:
    if step.found_count == 0:
        return "found nothing"
    if step.key == "remove":
        return f"removed {step.found_count}: {step.said or 'without text'}"
    return f"found {step.found_count}: {step.said or 'nothing that can be read'}"


def _preferred(title_from: str, evidence: str | None) -> str:
    if evidence is None:
        return "the page has no title"
    return f"the title is from {evidence}" + ("" if evidence in (title_from, "rule") else f": no usable {title_from}")


def _shown_text(text: str, *, is_whole: bool) -> str:
    lines = text.split("\n") if text else []
    left = len(lines) - 2 * EDGE_LINES
    if is_whole or left <= 1:
        return "\n".join(lines) or "no text"
    return "\n".join([*lines[:EDGE_LINES], f"... {left} more lines, shown by --text ...", *lines[-EDGE_LINES:]])


@attempt.command()
@click.argument("manifest", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Where predictions go, one JSON line a page."
)
@json_option
def pages(manifest: Path, out: Path, wants_json: bool) -> None:
    """Read saved pages of a MANIFEST.jsonl (id, url, file) and write one prediction a page."""
    from ingest.jobs import try_pages as job

    with show.progress() as progress:
        summary = job.run(
            manifest, out, settings=load_settings(), progress=lambda done, total: progress("pages", done, total)
        )
    if wants_json:
        show.as_json(summary)
    else:
        rejected = ", ".join(f"{count} {reason}" for reason, count in summary.rejected.items()) or "none rejected"
        click.echo(f"{summary.page_count} pages, {summary.article_count} articles; {rejected}; written to {out}")


@attempt.command()
@click.argument("articles", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Where stories go, one JSON line an article."
)
@click.option("--batch", default=1_000, show_default=True, type=click.IntRange(min=1), help="Articles loaded at once.")
@click.option("--shuffle", type=int, metavar="SEED", help="Load them in another order.")
@json_option
def stories(articles: Path, out: Path, batch: int, shuffle: int | None, wants_json: bool) -> None:
    """Find which of ARTICLES.jsonl[.gz] are one story, as the loader does, in a warehouse of their own.

    A line is a JSON object with article_id, source_id, text and, where known, title and published_at.
    """
    from ingest.jobs import try_stories as job

    with show.progress() as progress:
        summary = job.run(
            articles,
            out,
            settings=load_settings(),
            batch=batch,
            shuffle=shuffle,
            progress=lambda done, total: progress("articles", done, total),
        )
    if wants_json:
        show.as_json(summary)
    else:
        click.echo(
            f"{summary.article_count} articles: {summary.story_count} stories of more than one,"
            f" {summary.alone_count} articles alone; written to {out}"
        )


@attempt.command()
@click.argument("url")
@click.option("--agent", default="ingest", show_default=True, metavar="NAME", help="The robot whose rules to tell.")
@json_option
def robots(url: str, agent: str, wants_json: bool) -> None:
    """Say whether robots.txt lets us fetch URL, and which of its lines decides."""
    from ingest.jobs import try_robots as job

    found = job.run(load_settings(), url, agent=agent)
    if wants_json:
        show.as_json(found)
        return
    source = "asked now" if found.is_asked_now else f"known for {found.age_s} s"
    group = f"User-agent: {found.group}, {len(found.group_lines)} lines" if found.group else "none applies"
    rule = f"line {found.rule.number}: {found.rule.text}" if found.rule else "none matches"
    _tell(
        ("verdict", f"{found.state} to {found.agent}"),
        ("rule", rule if found.text_at else "not known"),
        ("group", group if found.text_at else "not known"),
        ("crawl delay", found.crawl_delay_s and f"{found.crawl_delay_s:g} s"),
        ("opt-outs", " ".join(found.optouts)),
        *(("sitemap", sitemap) for sitemap in found.sitemaps),
        ("answer", f"{_answer(found.outcome, found.http_status, found.detail)}, {source}"),
        ("of", found.robots_url),
        ("led to", found.final_url if found.final_url != found.robots_url else None),
        ("rules", found.text_at and f"{found.text_bytes} bytes of {found.text_at:%Y-%m-%d %H:%M:%SZ}"),
        ("left alone", found.not_before_at and f"until {found.not_before_at:%Y-%m-%d %H:%M:%SZ}"),
        ("asked again", f"after {found.good_until:%Y-%m-%d %H:%M:%SZ}"),
    )


@attempt.command()
@click.argument("url")
@click.option("--feed", "is_feed", is_flag=True, help="Ask for a feed instead of a page.")
@json_option
def fetch(url: str, is_feed: bool, wants_json: bool) -> None:
    """Visit URL once, as the crawler does, and print what came of it; what robots.txt forbids is not fetched."""
    from ingest.jobs import try_fetch as job

    found = job.run(load_settings(), url, accept="feed" if is_feed else "page")
    if wants_json:
        show.as_json(found)
        return
    _tell(
        ("outcome", _answer(found.outcome, found.http_status, found.detail)),
        ("robots", found.robots or "not asked, feeds are made for machines"),
        ("crawl delay", found.crawl_delay_s and f"{found.crawl_delay_s:g} s"),
        *(("redirect", hop) for hop in found.hops),
        ("moved to", found.moved_to),
        ("TLS", {True: "verified", False: "not verified", None: None}[found.is_tls_verified]),
        ("type", found.content_type),
        ("charset", found.http_charset),
        ("etag", found.etag),
        ("modified", found.last_modified),
        ("fresh for", None if found.fresh_s is None else f"{found.fresh_s} s"),
        ("left alone", found.not_before_at and f"until {found.not_before_at:%Y-%m-%d %H:%M:%SZ}"),
        ("bytes", f"{found.wire_bytes} on the wire, {found.body_bytes} decoded" if found.http_status else None),
        ("time", f"{found.elapsed_ms} ms" if found.http_status else None),
        ("body hash", found.body_hash),
        ("opt-outs", " ".join(found.optouts)),
    )


def _answer(outcome: str, http_status: int | None, detail: str | None) -> str:
    status = f"HTTP {http_status}" if http_status else None
    return ", ".join(part for part in (outcome, status, detail if detail != status else None) if part)


def _tell(*lines: tuple[str, object]) -> None:
    """A name and what is to say of it, a line each; nothing where there is nothing to say."""
    for name, value in lines:
        if value:
            click.echo(f"{name:<12} {show.printable(str(value))}")
