"""Dates of feeds and markup: zones, precision, and what is refused rather than guessed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.rules.moment import Moment, read_moment

NOW = datetime(2024, 5, 4, 12, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "utc", "offset_s", "precision"),
    [
        ("2024-05-03T10:11:12+02:00", "2024-05-03T08:11:12", 7200, "second"),
        ("2024-05-03T10:11:12Z", "2024-05-03T10:11:12", 0, "second"),
        ("2024-05-03t10:11:12z", "2024-05-03T10:11:12", 0, "second"),
        ("2024-05-03T10:11:12.345678901Z", "2024-05-03T10:11:12.345678", 0, "second"),
        ("2024-05-03T10:11+0200", "2024-05-03T08:11", 7200, "minute"),
        ("2024-05-03T10:11:12 +02:00", "2024-05-03T08:11:12", 7200, "second"),
        ("2024-05-03 10:11:12 UTC", "2024-05-03T10:11:12", 0, "second"),
        ("2024-05-03 10:11:12 Z", "2024-05-03T10:11:12", 0, "second"),
        ("20240503T101112Z", "2024-05-03T10:11:12", 0, "second"),
        ("2024-05-03T10:11:12+02:00[Europe/Berlin]", "2024-05-03T08:11:12", 7200, "second"),
        ("2024-05-03T10:11:12.5Z[UTC][u-ca=gregory]", "2024-05-03T10:11:12.5", 0, "second"),
        ("2024/5/3 10:11 +0000", "2024-05-03T10:11", 0, "minute"),
        ("Fri, 03 May 2024 10:11:12 GMT", "2024-05-03T10:11:12", 0, "second"),
        ("Fri, 3 May 2024 10:11 +0200", "2024-05-03T08:11", 7200, "minute"),
        ("Fri, 03 May 2024 10:11:12 +01:00", "2024-05-03T09:11:12", 3600, "second"),
        ("Fri, 03 May 2024 10:11:12 EST", "2024-05-03T15:11:12", -18000, "second"),
        ("Fri, 03 May 2024 10:11:12 CET", "2024-05-03T09:11:12", 3600, "second"),
        ("Fri, 03 May 2024 10:11:12 JST", "2024-05-03T01:11:12", 32400, "second"),
        ("Fri, 03 May 2024 10:11:12 ACST", "2024-05-03T00:41:12", 34200, "second"),
        ("Fri, 03 May 2024 10:11:12 +0100 (CET)", "2024-05-03T09:11:12", 3600, "second"),
        ("Fri, 03 May 2024 10:11:12 GMT+0200", "2024-05-03T08:11:12", 7200, "second"),
        ("Fri, 03 May 24 10:11:12 GMT", "2024-05-03T10:11:12", 0, "second"),
        ("03 May 2024 10:11:60 Z", "2024-05-03T10:11:59", 0, "second"),
        ("Freitag, 03-May-2024 10:11:12 GMT", "2024-05-03T10:11:12", 0, "second"),
        ("Fri May 03 10:11:12 UTC 2024", "2024-05-03T10:11:12", 0, "second"),
        ("May 3, 2024 10:11 AM EDT", "2024-05-03T14:11", -14400, "minute"),
        ("May 3, 2024 at 10:11 PM -0400", "2024-05-04T02:11", -14400, "minute"),
        ("2024-05-03 10:11 PM EDT", "2024-05-04T02:11", -14400, "minute"),
        ("1714731072", "2024-05-03T10:11:12", 0, "second"),
        ("1714731072000", "2024-05-03T10:11:12", 0, "second"),
    ],
)
def test_a_timestamp_with_a_zone_is_read_exactly(text: str, utc: str, offset_s: int, precision: str) -> None:
    moment = read_moment(text, now=NOW)
    assert moment is not None
    assert (moment.at, moment.offset_s, moment.precision) == (at(utc), offset_s, precision)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-03", "20240503", "2024/05/03", "3.5.2024", "03 May 2024", "May 3, 2024", "3 May, 2024",
        "2024-05-03 10:11", "2024-05-03T10:11:12", "Fri, 03 May 2024 23:11:12", "03.05.2024 23:59", "20240503101112",
        "Fri, 03 May 2024 10:11:12 IST", "Fri, 03 May 2024 10:11:12 CST", "Fri, 03 May 2024 10:11:12 XYZ",
        "2024-05-03T10:11:12+23:00", "2024-05-03 10:11 BST",
    ],
)  # fmt: skip
def test_where_the_zone_is_not_known_only_the_day_is(text: str) -> None:
    assert read_moment(text, now=NOW) == Moment(at=at("2024-05-03"), offset_s=None, precision="day")


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("2024-05-03 10:11", "minute"),
        ("2024-05-03T10:11:00", "second"),
        ("Fri, 03 May 2024 10:11:00 CST", "second"),
        ("May 3, 2024 10:11 am", "minute"),
    ],
)
def test_a_source_with_a_known_zone_keeps_its_minutes(text: str, precision: str) -> None:
    moment = read_moment(text, now=NOW, default_offset_s=28_800)
    assert moment is not None
    assert (moment.at, moment.offset_s, moment.precision) == (at("2024-05-03T02:11"), 28_800, precision)


def test_a_known_zone_moves_neither_days_nor_times_that_name_their_own() -> None:
    assert read_moment("2024-05-03", now=NOW, default_offset_s=28_800) == read_moment("2024-05-03", now=NOW)
    assert read_moment("2024-05-03T10:11Z", now=NOW, default_offset_s=28_800) == read_moment(
        "2024-05-03T10:11Z", now=NOW
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "yesterday", "10:11", "2024", "May 2024", "3 May", "Monday 10:11", "03/05/2024", "05-03-24",
        "24-05-03", "2024-13-01", "2024-02-30", "Fri, 31 Feb 2024 10:11:12 GMT", "1706121",
        "0000-00-00", "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-02:00", "1989-12-31T23:59:59Z", "2024-05-05T12:00:01Z",
        "99999999999999999999", "Published on 3 May 2024", "2024-05-03T10:11:12Z" + " " * 90,
    ],
)  # fmt: skip
def test_what_is_no_certain_date_is_refused(text: str) -> None:
    assert read_moment(text, now=NOW) is None


def test_a_clock_that_is_a_day_ahead_is_forgiven() -> None:
    assert read_moment("2024-05-05T12:00:00Z", now=NOW) is not None


@given(st.text(max_size=110) | st.text(alphabet="0123456789:-+/. TZAPMayEST,", max_size=40))
def test_no_text_makes_the_reading_of_a_date_fail(text: str) -> None:
    moment = read_moment(text, now=NOW)
    assert moment is None or moment.at.tzinfo is UTC


@given(st.datetimes(datetime(1990, 1, 2), datetime(2024, 5, 3)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_what_isoformat_writes_is_read_back(local: datetime, offset_min: int) -> None:
    sign, minutes = ("-" if offset_min < 0 else "+"), abs(offset_min)
    text = f"{local.isoformat()}{sign}{minutes // 60:02}:{minutes % 60:02}"
    moment = read_moment(text, now=NOW)
    assert moment is not None
    assert moment.at == datetime.fromisoformat(text)
