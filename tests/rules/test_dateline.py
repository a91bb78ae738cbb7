"""Lines that say nothing but when something was published."""

import pytest

from ingest.rules.dateline import is_dateline


@pytest.mark.parametrize(
    "line",
    [
        "21 November 2026, 18:30",
        "Nov. 21, 2026 6:30 p.m. EST",
        "Sat, 21 Nov 2026 18:30:00 GMT",
        "2026-11-21T18:30:00Z",
        "21.11.2026, 18:30 Uhr",
        "Samstag, 21. November 2026",
        "Stand: 21.11.2026 18:30",
        "Zuletzt aktualisiert am 21.11.2026 um 18:30 Uhr",
        "21 de noviembre de 2026",
        "Publicado em 21/11/2026 às 18h30",
        "le 21 novembre 2026 à 18h30",
        "21 novembre 2026",
        "21 listopada 2026",
        "21 ноября 2026, 18:30",
        "21 Kasım 2026",
        "Päivitetty 21.11.2026",
        "2026年11月21日(土) 18時30分",
        "입력 2026.11.21 오후 6:30",
        "Published",
        "Last updated 3 hours ago",
        "December 2025 | 8 min read",
    ],
)
def test_a_date_with_what_belongs_to_one_is_a_dateline(line: str) -> None:
    assert is_dateline(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "2026",
        "1984",
        "3:1 (1:0), 90:88",
        "Saturday",
        "May 68 in Paris",
        "In 2024 the club won.",
        "March on Washington, 1963",
        "November 2026 will be cold",
        "Police said 1,200 people were evacuated.",
        "Published reports say so.",
        "Stand by",
        "7 January 2021: Storm over the harbour",
    ],
)
def test_other_lines_are_none_whatever_numbers_they_hold(line: str) -> None:
    assert not is_dateline(line)


def test_an_author_s_name_may_stand_in_it() -> None:
    line = "Posted on December 18, 2025 Bo Ek 59 comments"
    assert is_dateline(line, names=["Bo Ek"])
    assert not is_dateline(line)
