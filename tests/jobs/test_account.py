"""The end of a crawl's log: what came of each source, for a person and for a counter."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from ingest.demo.web import NewsWeb
from ingest.jobs import account, crawl
from ingest.jobs.account import SourceAccount
from ingest.log import Event
from ingest.settings import Settings

TABLE = """
source          polled   new  fetched  unchanged  stored  rejected  failed  what went wrong
daily-gazette        2    40       38          0      30         8       0  paywall_stub 7, soft_404 1
evening-post         1     0        0          0       0         0       0  poll timeout 1
weekly-harbour       1  1200        0         12       0         0       3  gone 2, timeout 1
"""


def test_the_table_has_a_line_a_source_and_columns_under_their_heads() -> None:
    accounts = {
        "daily-gazette": SourceAccount(
            polled=2, new=40, fetched=38, stored=30, rejected=Counter(paywall_stub=7, soft_404=1)
        ),
        "evening-post": SourceAccount(polled=1, failed_polls=Counter(timeout=1)),
        "weekly-harbour": SourceAccount(polled=1, new=1_200, unchanged=12, failed=Counter(timeout=1, gone=2)),
    }
    assert account.table(accounts) == TABLE.strip("\n").splitlines()
    assert account.table({}) == []


def test_a_crawl_ends_its_log_with_an_account_that_adds_up(
    web: NewsWeb, crawls: Callable[[NewsWeb], Settings], caplog: pytest.LogCaptureFixture
) -> None:
    settings = replace(crawls(web), batch_pages=20)  # several batches
    with caplog.at_level(logging.INFO, "ingest"):
        summary = crawl.run(settings)
    accounts = account.read(settings, summary.batches)
    assert set(accounts) == {paper.source_id for paper in web.papers}
    added = {
        "polls": sum(one.polled for one in accounts.values()),
        "failed_polls": sum(one.failed_polls.total() for one in accounts.values()),
        "entries": sum(one.new for one in accounts.values()),
        "fetched": sum(one.fetched for one in accounts.values()),
        "failed": sum(one.failed.total() for one in accounts.values()),
        "extracted": sum(one.stored for one in accounts.values()),
        "rejected": sum(one.rejected.total() for one in accounts.values()),
    }
    assert added == {name: getattr(summary, name) for name in added}
    assert caplog.messages[-len(accounts) - 2 : -1] == account.table(accounts)
    said = [one for record in caplog.records for one in record.args or () if isinstance(one, Event)]
    assert said[-1].name == "crawl_finished"
    (gazette,) = [one.fields for one in said if one.fields.get("source_id") == "harbour-gazette"]
    assert gazette["batch_ids"] == ",".join(summary.batches)
    reasons = {one.fields["reason"]: one.fields["pages"] for one in said if one.name == "pages_rejected"}
    assert reasons == dict(sum((one.rejected for one in accounts.values()), Counter()))
