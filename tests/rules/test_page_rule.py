"""Which rule holds on which day, and what makes two rules one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ingest.records import PageRule
from ingest.rules.page_rule import rule_at, rule_hash

OLD = PageRule(
    valid_from=None,
    valid_to=date(2025, 1, 1),
    body="#old",
    title=None,
    title_from=None,
    author=None,
    published=None,
    remove=(),
)
MIDDLE = replace(OLD, valid_from=date(2025, 1, 1), valid_to=date(2026, 3, 1), body="#middle")
NEW = replace(OLD, valid_from=date(2026, 6, 1), valid_to=None, body="#new")


@pytest.mark.parametrize(
    ("at", "rule"),
    [
        (datetime(1999, 1, 1, tzinfo=UTC), OLD),
        (datetime(2024, 12, 31, 23, 59, tzinfo=UTC), OLD),
        (datetime(2025, 1, 1, tzinfo=UTC), MIDDLE),
        (datetime(2025, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))), OLD),  # still the old year in UTC
        (datetime(2026, 3, 1, tzinfo=UTC), None),
        (datetime(2026, 6, 1, tzinfo=UTC), NEW),
        (datetime(2099, 1, 1, tzinfo=UTC), NEW),
    ],
)
def test_a_rule_holds_from_its_first_day_to_the_day_before_its_last_one(at: datetime, rule: PageRule | None) -> None:
    assert rule_at((OLD, MIDDLE, NEW), at) == rule
    assert rule_at((), at) is None


def test_a_rule_is_told_by_what_it_says_and_not_by_when_it_holds() -> None:
    assert rule_hash(None) is None
    assert rule_hash(OLD) == rule_hash(replace(OLD, valid_from=date(2020, 1, 1), valid_to=None))
    changes = (
        {"body": "p"},
        {"title": "h2"},
        {"title_from": "h1"},
        {"author": "b"},
        {"published": "i"},
        {"remove": ("p",)},
    )
    hashes = {rule_hash(replace(OLD, **change)) for change in changes}
    assert len(hashes | {rule_hash(OLD)}) == len(changes) + 1
    assert rule_hash(OLD) == "8ba81a40e8c6d0ce"
