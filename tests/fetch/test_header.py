"""What headers say: freshness, waits and reservations, table by table."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.fetch.header import fresh_s, not_before_at, optouts

AT = datetime(2024, 5, 3, 10, 0, 0, tzinfo=UTC)
DATE = "Date: Fri, 03 May 2024 09:00:00 GMT"


def lines(*headers: str) -> list[tuple[str, str]]:
    return [(name, value.strip()) for name, _, value in (header.partition(":") for header in headers)]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ((), None),
        (("Cache-Control: max-age=600",), 600),
        (("cache-control: public, MAX-AGE=600",), 600),
        (('Cache-Control: max-age="600"',), 600),
        (("Cache-Control: max-age = 600",), 600),
        (("Cache-Control: private", "Cache-Control: max-age=600"), 600),
        (("Cache-Control: max-age=600, max-age=9",), 600),
        (("Cache-Control: max-age=600", "Age: 100"), 500),
        (("Cache-Control: max-age=600", "Age: 900"), 0),
        (("Cache-Control: max-age=600", "Age: soon"), 600),
        (("Cache-Control: max-age=600", "Age: -5"), 600),
        (("Cache-Control: s-maxage=600",), None),
        (("Cache-Control: s-maxage=600, max-age=60",), 60),
        (("Cache-Control: max-age=0, must-revalidate",), 0),
        (("Cache-Control: must-revalidate",), None),
        (("Cache-Control: no-cache",), 0),
        (("Cache-Control: no-store, max-age=600",), 0),
        (('Cache-Control: no-cache="Set-Cookie", max-age=600',), 600),
        (("Cache-Control: x-max-age=600",), None),
        (('Cache-Control: note="max-age=600"',), None),
        (("Cache-Control: max-age=soon",), None),
        (("Cache-Control: max-age=-1",), None),
        (("Cache-Control: max-age=1.5",), None),
        (("Cache-Control: max-age=",), None),
        (("Cache-Control: max-age",), None),
        (("Cache-Control: max-age=²",), None),
        (("Cache-Control: max-age=99999999999999999999",), 2**31),
        (("Cache-Control: max-age=600", "Expires: Fri, 03 May 2024 12:00:00 GMT"), 600),
        (("Cache-Control: max-age=soon", "Expires: Fri, 03 May 2024 12:00:00 GMT"), None),
        (("Cache-Control: public", "Expires: Fri, 03 May 2024 12:00:00 GMT", DATE), 10_800),
        (("Expires: Fri, 03 May 2024 12:00:00 GMT",), 7_200),
        (("Expires: Fri, 03 May 2024 12:00:00 GMT", "Date: soon"), 7_200),
        (("Expires: Fri, 03 May 2024 12:00:00 GMT", DATE, "Age: 800"), 10_000),
        (("Expires: Friday, 03-May-24 12:00:00 GMT", DATE), 10_800),
        (("Expires: Fri May  3 12:00:00 2024", DATE), 10_800),
        (("Expires: Fri, 03 May 2024 08:00:00 GMT", DATE), 0),
        (("Expires: Thu, 01 Jan 1970 00:00:00 GMT", DATE), 0),
        (("Expires: 0",), 0),
        (("Expires: -1", DATE), 0),
        (("Expires: soon", DATE), None),
        (("Expires:",), None),
        (("Pragma: no-cache",), None),
    ],
)
def test_an_answer_says_how_long_it_stays_fresh(headers: tuple[str, ...], seconds: int | None) -> None:
    assert fresh_s(lines(*headers), fetched_at=AT) == seconds


@pytest.mark.parametrize(
    ("asked", "wait_s"),
    [
        ("120", 120),
        ("1", 1),
        ("0", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("soon", None),
        ("99999999999999999999", 86_400),
        ("Fri, 03 May 2024 10:30:00 GMT", 1_800),
        ("Fri, 03 May 2024 12:30:00 +0200", 1_800),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("Fri, 03 May 2024 09:59:59 GMT", None),
        ("Fri, 99 May 2024 10:30:00 GMT", None),
    ],
)
def test_a_host_is_left_alone_for_as_long_as_it_asks_and_a_little_longer(asked: str, wait_s: int | None) -> None:
    until = [not_before_at([("Retry-After", asked)], url=f"https://a.example/{n}", fetched_at=AT) for n in range(50)]
    if wait_s is None:
        assert set(until) == {None}
        return
    waits_s = [(at - AT).total_seconds() for at in until if at]
    assert len(waits_s) == 50
    assert wait_s <= min(waits_s) <= max(waits_s) <= wait_s + min(0.1 * wait_s, 60)
    assert len(set(waits_s)) == 50


def test_the_little_longer_depends_on_the_address_and_the_moment_alone() -> None:
    asked = [("Retry-After", "600")]
    first = not_before_at(asked, url="https://a.example/", fetched_at=AT)
    assert first == not_before_at(asked, url="https://a.example/", fetched_at=AT)
    assert first == AT + timedelta(seconds=650, microseconds=319_020)
    later = AT + timedelta(seconds=1)
    assert first - AT != not_before_at(asked, url="https://a.example/", fetched_at=later) - later


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ((), ()),
        (("TDM-Reservation: 1",), ("header:tdm-reservation",)),
        (("tdm-reservation: 0",), ()),
        (("tdm-reservation: 10",), ()),
        (("tdm-policy: https://a.example/policy.json",), ()),
        (("X-Robots-Tag: noai",), ("header:noai",)),
        (("X-Robots-Tag: noindex, noai, noimageai",), ("header:noai", "header:noimageai")),
        (("X-Robots-Tag: noindex", "x-robots-tag: NoAI"), ("header:noai",)),
        (("X-Robots-Tag: otherbot: noai, nofollow",), ("header:noai",)),
        (("X-Robots-Tag: noml",), ("header:noml",)),
        (("X-Robots-Tag: gptbot: noindex",), ()),
        (("X-Robots-Tag: noaim, xnoai, no-ai",), ()),
        (("X-Robots-Tag: unavailable_after: 25 Jun 2010 15:00:00 PST",), ()),
        (("Content-Usage: train-ai=n",), ("header:ai-train",)),
        (("Content-Usage: search=y, train-ai=n;exp=1",), ("header:ai-train",)),
        (("Content-Usage: search=n, train-ai=y",), ()),
        (("Content-Usage: ai-train=no",), ("header:ai-train",)),
        (("Content-Signal: search=yes,ai-train=no",), ("header:ai-train",)),
        (("Content-Signal: ai-train = NO",), ("header:ai-train",)),
        (("Content-Signal: search=yes, ai-train=yes, ai-input=no",), ()),
        (("Content-Signal: no-ai-train=no",), ()),
        (("Content-Signal: ai-train=nothing",), ()),
        (("Content-Signal: ai-train=no", "Content-Usage: train-ai=n", "TDM-Reservation: 1"),
         ("header:ai-train", "header:tdm-reservation")),
        (("X-Other: noai, train-ai=n",), ()),
    ],
)  # fmt: skip
def test_reservations_are_noted(headers: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert optouts(lines(*headers)) == found
