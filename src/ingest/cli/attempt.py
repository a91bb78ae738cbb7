"""`ingest try url|feed|sitemap|pages|robots|fetch`: one step of the pipeline on something a person names; nothing is stored."""

from datetime import UTC, datetime
from pathlib import Path

import click

from ingest.cli import show
from ingest.cli.pipeline import json_option
from ingest.settings import load as load_settings

NEVER = datetime.min.replace(tzinfo=UTC)
MOST_ROWS = 100  # of a list that a person reads


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
