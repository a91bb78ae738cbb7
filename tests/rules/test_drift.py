"""A new layout shows within twenty pages; what pages of one layout differ in does not."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import exp

import pytest

from ingest.rules.drift import RECENT, Reading, Span, drift, ended_at, first_drift, predicate

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Change = Callable[[Reading], Reading]
# what may happen to a source, and the sign of it
CHANGES: list[tuple[str, Change]] = [
    ("no authors", lambda page: replace(page, missing=page.missing | {"authors"})),
    ("no published_at", lambda page: replace(page, missing=page.missing | {"published_at"})),
    ("short text", lambda page: replace(page, word_count=page.word_count // 8)),
    ("long text", lambda page: replace(page, word_count=page.word_count * 9)),
    ("rejected: consent_wall", lambda page: replace(page, reason="consent_wall", word_count=0, text_key=None)),
    ("one text", lambda page: replace(page, text_key="subscribe", word_count=300)),
]


def pages(seed: int, count: int) -> list[Reading]:
    """Pages of one layout: lengths of all sorts, a third without authors, some rejected, agency texts that come twice."""
    draw = random.Random(seed)  # noqa: S311
    return [
        Reading(
            fetched_at=NOON + timedelta(minutes=10 * place),
            reason="paywall_stub" if draw.random() < 0.05 else None,
            word_count=int(exp(draw.gauss(6, 0.6))),
            text_key=str(place - (draw.random() < 0.05)),
            missing=frozenset(["authors"] * (draw.random() < 0.33) + ["image_url"] * (draw.random() < 0.1)),
        )
        for place in range(count)
    ]


@pytest.mark.parametrize(("sign", "change"), CHANGES, ids=[sign for sign, _ in CHANGES])
def test_a_change_of_layout_is_found_within_twenty_pages_and_since_when(sign: str, change: Change) -> None:
    for seed in range(30):
        made = pages(seed, 200 + RECENT)
        before, after = made[:200], [change(page) for page in made[200:]]
        needed = next((many for many in range(1, RECENT + 1) if drift((before + after)[:200], after[:many])), None)
        assert needed, f"never found with seed {seed}"
        told = drift(before, after[:needed])
        assert told
        assert told.sign == sign
        # pages that happened to show it just before count in: the change is told a few pages early at most
        window = (before + after)[: 200 + needed]
        assert drift(window[:-RECENT], window[-RECENT:]) is None or abs(
            (drift(window[:-RECENT], window[-RECENT:]).since_at - after[0].fetched_at) / timedelta(minutes=10)  # type: ignore[union-attr]
        ) <= 4  # fmt: skip


def test_pages_of_one_layout_raise_nothing() -> None:
    for seed in range(6):
        made = pages(100 + seed, 500)
        for end in range(60, 500):
            assert drift(made[max(0, end - 320) : end - RECENT], made[end - RECENT : end]) is None, (seed, end)


def test_it_clears_itself_when_pages_read_as_before() -> None:
    sign, change = CHANGES[0]
    made = pages(1, 240)
    broken = [change(page) for page in made[200:220]]
    told = drift(made[:200], broken)
    assert told
    assert told.sign == sign
    after = [*broken, *(replace(page, missing=frozenset()) for page in made[220:225])]
    assert drift(made[:200], after) is None
    assert ended_at(told.sign, told.value, broken) is None
    assert ended_at(told.sign, told.value, after) == made[220].fetched_at
    read_anew = [replace(page, missing=frozenset()) for page in broken]
    assert ended_at(told.sign, told.value, read_anew) == made[200].fetched_at


def test_the_suspect_pages_are_those_that_show_the_sign() -> None:
    made = pages(2, 220)
    latest = made[200:210] + [replace(page, reason="consent_wall") for page in made[210:]]
    told = drift(made[:200], latest)
    assert told
    assert list(map(predicate(told.sign, told.value), latest)) == [False] * 10 + [True] * 10


@pytest.mark.parametrize("fresh_count", [20, 63, 200], ids="{} pages".format)
def test_a_drift_is_found_at_its_beginning_however_many_pages_came_since(fresh_count: int) -> None:
    sign, change = CHANGES[0]
    made = pages(4, 300 + fresh_count)
    drifted = made[:300] + [change(page) for page in made[300:]]
    told = first_drift(drifted, fresh_count=fresh_count, spans=[])
    assert told
    assert told.sign == sign
    assert abs((told.since_at - made[300].fetched_at) / timedelta(minutes=10)) <= 4
    known = Span(since_at=told.since_at, until_at=NOON + timedelta(days=9))
    assert first_drift(drifted, fresh_count=fresh_count, spans=[known]) is None
    assert first_drift(made, fresh_count=fresh_count, spans=[]) is None


def test_of_a_source_with_few_pages_nothing_is_told() -> None:
    made = pages(3, 49)
    assert drift(made[:29], [replace(page, reason="login") for page in made[29:]]) is None
