"""What tests of backfills share: the demo's paper that has archives, what they list of a month, and a request for it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ingest.demo.web import NewsWeb
from ingest.jobs import backfill, build, load, publish
from ingest.jobs.backfill import BackfillSummary
from ingest.settings import Settings
from looks import ask

BOTE, GAZETTE = "rheintaler-bote", "harbour-gazette"


def roomy(settings: Settings) -> Settings:
    """However full the disk of whoever runs this is."""
    return replace(settings, disk_pause_backfill_bytes=0, disk_pause_crawl_bytes=0)


def month(web: NewsWeb) -> tuple[date, date]:
    """The days of all that the archive lists but an old year's."""
    last = max(datetime.fromisoformat(one["modified_at"]).astimezone(UTC).date() for one in web.truth()["entries"])
    return last - timedelta(days=30), last


def asked(settings: Settings, web: NewsWeb, *source_ids: str) -> list[str]:
    from_on, to_on = month(web)
    found = backfill.request(
        settings, source_ids=source_ids, input_kind="sitemap", input_address=None, from_on=from_on, to_on=to_on
    )
    return [one.request_id for one in found]


def brought_in(settings: Settings, *, on: date | None = None) -> list[BackfillSummary]:
    return [backfill.run(settings, work=work) for work in backfill.plan(settings, on=on)]


def published(settings: Settings) -> None:
    load.run(settings)
    build.run(settings)
    assert publish.run(settings)["quarantined"] == []


def wanted(web: NewsWeb, *source_ids: str) -> list[dict[str, Any]]:
    """The truth of what these sources' sitemaps list of the month."""
    from_on, to_on = month(web)
    truth = web.truth()
    listed = [one for one in truth["entries"] if not one["url"].startswith(web.origins["ticker"])] + truth["archived"]
    return [one for one in listed if one["source_id"] in source_ids and from_on <= day_of(one) <= to_on]


def day_of(entry: dict[str, Any]) -> date:
    return datetime.fromisoformat(entry["modified_at"]).astimezone(UTC).date()


def told(settings: Settings, *source_ids: str) -> dict[tuple[str, str], tuple[str, str]]:
    rows = ask(settings, "SELECT source_id, entry_id::VARCHAR, state, reason FROM mart.ledger")
    return {
        (source_id, entry_id): (state, reason) for source_id, entry_id, state, reason in rows if source_id in source_ids
    }
