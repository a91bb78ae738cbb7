"""Which of a source's dated rules holds for a capture, and what tells two rules apart; applying one is extract/ruled.py."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256

from ingest.records import PageRule


def rule_at(rules: Iterable[PageRule], at: datetime) -> PageRule | None:
    """The rule for pages captured at `at`: spans are half-open days in UTC and do not overlap."""
    day = at.astimezone(UTC).date()
    return next(
        (
            rule
            for rule in rules
            if (rule.valid_from is None or rule.valid_from <= day) and (rule.valid_to is None or day < rule.valid_to)
        ),
        None,
    )


def rule_hash(rule: PageRule | None) -> str | None:
    """16 hex digits of what a rule says, whenever it holds; None for no rule."""
    if rule is None:
        return None
    said = {name: value for name, value in asdict(rule).items() if not name.startswith("valid_")}
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
