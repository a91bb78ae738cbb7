"""Dates in what a page shows: many ways to write one, and none is guessed."""

from datetime import UTC, datetime

import pytest

from ingest.rules.dateline import month_number
from ingest.rules.shown_date import LONGEST_CHARS, read

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("22.11.2026, 10:30 Uhr", 22),
        ("Stand: 5. 11. 2026", 5),
        ("Von Ana Silva, 21.11.2026", 21),
        ("Published: Nov 21, 2026", 21),
        ("Posted on November 21st, 2026 | 3 min read", 21),
        ("Nov. 21 2026, by Ana Silva", 21),
        ("Veröffentlicht am 21. November 2026 um 10:30 Uhr", 21),
        ("Publié le 1er novembre 2026 à 10h30", 1),
        ("Publicado el 21 de noviembre de 2026 a las 10:30", 21),
        ("Опубликовано 21 ноября 2026, 10:30", 21),
        ("公開: 2026年11月21日 10:30", 21),
        ("입력 2026년 11월 21일", 21),
        ("Published 2026-11-21", 21),
        ("Posted: 2026/11/21 (Sat)", 21),
        ("Updated Nov 22, 2026; published Nov 20, 2026", 20),
        ("Published 20 November 2026. Updated 2026-11-22", 20),
        ("Published Nov 21, 2026 25:70", 21),
    ],
)
def test_a_day_is_found_in_the_words_around_it(text: str, day: int) -> None:
    found = read(text, now=NOW)
    assert found is not None
    assert (found.at, found.precision) == (datetime(2026, 11, day, tzinfo=UTC), "day")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Published 2026-11-21T10:30+02:00, in Riga", "2026-11-21T08:30:00+00:00"),
        ("Published Nov 21, 2026 at 6:30 p.m. EST", "2026-11-21T23:30:00+00:00"),
        ("21. November 2026, um 10:30 CET", "2026-11-21T09:30:00+00:00"),
        ("Terbit: 21.11.2026 - 10:30 WIB", "2026-11-21T03:30:00+00:00"),
    ],
)
def test_a_time_counts_where_its_zone_is_known(text: str, at: str) -> None:
    found = read(text, now=NOW)
    assert found is not None
    assert (found.at.isoformat(), found.precision) == (at, "minute")


@pytest.mark.parametrize(
    "text",
    [
        "Published on 03/05/2024",
        "Objavljeno 21. listopada 2026.",
        "yesterday, 10:30",
        "Published 21 Brumaire 2026",
        "32.11.2026",
        "Seen at 1.2.3.2026",
        "On sale from 21 November 2031",
        "Published Nov 21, 2026 " + "and told at length " * (LONGEST_CHARS // 10),
        "",
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    assert read(text, now=NOW) is None


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("März", 3),
        ("mar", 3),
        ("Sept", 9),
        ("dez", 12),
        ("mayo", 5),
        ("lutego", 2),
        ("lis", None),
        ("lip", None),
        ("x", None),
    ],
)
def test_a_month_is_known_by_name_where_languages_agree(word: str, number: int | None) -> None:
    assert month_number(word) == number
