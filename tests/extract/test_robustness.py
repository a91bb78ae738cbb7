"""Pages out of all proportion, through the workers that read them in production: each is read within 2 CPU-seconds and 500 MB,
or its refusal is a row.

Neither time nor memory is measured here: the kernel ends a worker that takes more, and then the verdict says so.
"""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from extract.hostile import resident_pages
from ingest.extract.pool import ExtractorPool
from ingest.records import Rejection, Verdict
from webpage import NEWS, PARAGRAPHS, html, json_ld, page

pytestmark = pytest.mark.slow

CPU_S = 2.0
MEMORY_BYTES = 500_000_000  # of address space: what is resident is less
AUTHORED = NEWS + ', "author": {"@type": "Person", "name": "Ana Silva"}'
HEAD = json_ld("{" + AUTHORED + "}")
TITLE = "Harbour reopens after storm"
PUBLISHED_AT = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)
START, END = PARAGRAPHS[:2], PARAGRAPHS[2:]
CONTROLS = (*range(1, 9), *range(14, 32), 127)  # no white space, and none that browsers read as cp1252


def prose(paragraphs: tuple[str, ...]) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def within(filling: str, *, head: str = HEAD) -> str:
    """An article with `filling` in its middle."""
    return html(head=head, body=f"<article><h1>{TITLE}</h1>{prose(START)}{filling}{prose(END)}</article>")


def around(opened: str, closed: str, times: int) -> str:
    """An article inside so many elements."""
    return html(head=HEAD, body=f"{opened * times}<h1>{TITLE}</h1>{prose(PARAGRAPHS)}{closed * times}")


def steps(opened: str, closed: str, times: int) -> str:
    """An article each of whose paragraphs is one element deeper than that before."""
    body = "".join(f"{opened}{told}" for told in numbered(times))
    return html(head=HEAD, body=f"<article><h1>{TITLE}</h1>{prose(PARAGRAPHS)}{body}{closed * times}</article>")


def numbered(count: int) -> list[str]:
    return [f"{number}: {PARAGRAPHS[number % 4]}" for number in range(count)]


def table(rows: int) -> str:
    return "<table>" + "<tr><td>1</td><td>two words</td></tr>" * rows + "</table>"


class Case(NamedTuple):
    """A page, and what its text must hold. `refusals`: reasons for which it may give none instead."""

    body: Callable[[], str | bytes]
    text: tuple[str, ...] = PARAGRAPHS
    refusals: tuple[str, ...] = ()


READ: dict[str, Case] = {
    "table of 4,000 rows": Case(lambda: within(table(4_000))),
    "table of 20,000 rows": Case(lambda: within(table(20_000))),
    "article in a table": Case(lambda: around("<table><tr><td>", "</td></tr></table>", 1)),
    "100,000 spans": Case(lambda: within("<p>" + "<span>a b</span> " * 100_000 + "</p>")),
    "article in spans": Case(
        lambda: within("<p>" + "".join(f"<span>{word}</span> " for line in numbered(5_000) for word in line.split()))
    ),
    "100,000 br": Case(lambda: within("<p>" + "some words<br>" * 100_000 + "</p>")),
    "100,000 br without words": Case(lambda: within("<p>" + "<br>" * 100_000 + "</p>")),
    "inside 260 divs": Case(lambda: around("<div>", "</div>", 260)),
    "inside 990 divs": Case(lambda: around("<div>", "</div>", 990)),
    "inside 990 spans": Case(lambda: around("<span>", "</span>", 990)),
    "inside 330 tables": Case(lambda: around("<table><tr><td>", "</td></tr></table>", 330)),
    "990 steps of divs": Case(lambda: steps("<div>", "</div>", 990), tuple(numbered(990))),
    "450 steps of lists": Case(lambda: steps("<ul><li>", "</li></ul>", 450), tuple(numbered(450))),
    "320 steps of tables": Case(lambda: steps("<table><tr><td>", "</td></tr></table>", 320), (*PARAGRAPHS, numbered(320)[0])),
    "beside 5,000 nested divs": Case(lambda: within("<div>" * 5_000 + "</div>" * 5_000), START),
    "beside 5,000 divs with words": Case(lambda: within("<div>x " * 5_000 + "</div>" * 5_000), START),
    "inside 5,000 divs": Case(lambda: around("<div>", "</div>", 5_000), refusals=("needs_javascript",)),
    "inside 1,000 tables": Case(
        lambda: around("<table><tr><td>", "</td></tr></table>", 1_000), refusals=("needs_javascript",)
    ),
    "5,000 nested lists": Case(lambda: within("<ul><li>a " * 5_000 + "</li></ul>" * 5_000), START),
    "20,000 dates": Case(lambda: within("<time datetime='2026-11-21'>21 Nov 2026</time> " * 20_000)),
    "20,000 dates in paragraphs": Case(lambda: within("<p>21 November 2026</p>" * 20_000)),
    "20,000 dates in the head": Case(
        lambda: within("", head=HEAD + "<meta property='article:published_time' content='2026-11-21'>" * 20_000)
    ),
    "19 MB of paragraphs": Case(
        lambda: html(head=HEAD, body=f"<article>{prose(PARAGRAPHS)}{prose(tuple(numbered(160_000)))}</article>"),
        refusals=("extract_timeout",),
    ),
    "9 MB in one line": Case(lambda: within("<p>" + " ".join(numbered(78_000))), START, ("extract_timeout",)),
    "9 MB in one word": Case(lambda: within("<p>" + "x" * 9_000_000 + "</p>")),
    "5 MB of JSON-LD beside the article's": Case(
        lambda: within("", head=HEAD + json_ld('{"@graph": [' + '{"@type": "Thing"}, ' * 250_000 + "{}]}"))
    ),
    "5 MB of JSON-LD cut off": Case(lambda: within("", head=HEAD + json_ld('{"x": [' + '{"a": 1,' * 600_000))),
    "20,000 scripts of JSON-LD": Case(lambda: within("", head=HEAD * 20_000)),
    "5 MB of svg": Case(lambda: within("<svg>" + "<path d='M0 0'/>" * 300_000 + "</svg>")),
    "5 MB of svg in one path": Case(lambda: within("<svg><path d='" + "M0 0 L1 1 " * 500_000 + "'/></svg>")),
    "9 MB of image in the page": Case(lambda: within("<img src='data:image/png;base64," + "x" * 9_000_000 + "'>")),
    "50,000 attributes": Case(
        lambda: within("<div " + " ".join(f"a{number}=''" for number in range(50_000)) + ">x</div>"),
        refusals=("extract_timeout",),
    ),
    "cells a thousand million wide": Case(lambda: within("<table>" + "<tr><td colspan=1000000000 rowspan=100000000>x" * 200)),
    "50,000 list items": Case(lambda: within("<ul>" + "<li>item of a list</li>" * 50_000 + "</ul>"), (*START, END[0])),
    "100,000 links": Case(lambda: within("<a href='/other'>Another story that you might like</a> " * 100_000)),
    "half a million comments": Case(lambda: within("<!-- c -->" * 500_000)),
    "a million character references": Case(lambda: within("<p>" + "&amp;" * 1_000_000 + "</p>")),
    "two pages glued together": Case(lambda: html(head=HEAD, body="<p>Menu</p></body></html>" + within(""))),
    "control references": Case(lambda: spoilt("".join(f"&#{n};&#x{n:X};&#x{n:X}" for n in CONTROLS))),
    "control characters": Case(lambda: spoilt("".join(map(chr, CONTROLS)))),
    "a million control references": Case(lambda: within("<p>" + "&#x1F;" * 1_000_000 + "</p>")),
    "NUL bytes": Case(lambda: spoilt("\0")),
    "UTF-16": Case(lambda: within("").encode("utf-16")),
    "UTF-16 without a mark": Case(lambda: within("").encode("utf-16-le")),
    "UTF-16 without a mark, big end first": Case(lambda: within("").encode("utf-16-be")),
    "UTF-32": Case(lambda: within("").encode("utf-32")),
    "cp1252 called UTF-8": Case(lambda: within("").encode("cp1252")),
    "UTF-8 called Latin-1": Case(lambda: within("", head="<meta charset=iso-8859-1>" + HEAD)),
    "UTF-8 called UTF-16": Case(lambda: within("", head="<meta charset=utf-16>" + HEAD)),
}  # fmt: skip
UNREADABLE: dict[str, Callable[[], bytes]] = {
    "PDF": lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj" + b"\x00\xff" * 1_000_000,
    "gzip": lambda: gzip.compress(within("").encode()),
    "a million NUL bytes": lambda: b"\0" * 1_000_000,
    "random bytes": lambda: bytes(number * number % 251 for number in range(1_000_000)),
}


def spoilt(by: str) -> str:
    """An article with such characters in its headline, between its words and in its metadata."""
    head = HEAD.replace("Silva", f"{by}Silva")  # its S is no digit of a reference
    paragraphs = tuple(paragraph.replace(", ", f"{by}, ", 1) for paragraph in PARAGRAPHS)
    return html(head=head, body=f"<article><h1>{by}{TITLE}</h1>{prose(paragraphs)}</article>")


@pytest.fixture(scope="module")
def pool() -> Iterator[ExtractorPool]:
    with ExtractorPool(workers=1, timeout_s=60, cpu_s=CPU_S, memory_bytes=MEMORY_BYTES) as started:
        yield started


def judged(pool: ExtractorPool, body: str | bytes) -> Verdict:
    ((_, verdict),) = pool.judge([page(body)])
    return verdict


@pytest.mark.parametrize("name", READ)
def test_a_page_out_of_all_proportion_is_read_or_its_refusal_is_a_row(pool: ExtractorPool, name: str) -> None:
    case = READ[name]
    verdict = judged(pool, case.body())
    if isinstance(verdict, Rejection):
        assert verdict.reason in case.refusals, verdict
        assert verdict.detail
    else:
        assert [line for line in case.text if line not in verdict.text] == []
    if name != "50,000 attributes":  # its markup alone may be too much
        assert (verdict.title, verdict.authors, verdict.published_at) == (TITLE, ("Ana Silva",), PUBLISHED_AT)


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_page_is_refused_as_such(pool: ExtractorPool, name: str) -> None:
    verdict = judged(pool, UNREADABLE[name]())
    assert isinstance(verdict, Rejection), verdict
    assert (verdict.reason, verdict.title) == ("unreadable", None)
    assert verdict.detail


def test_a_worker_does_not_grow_page_by_page() -> None:
    def bodies() -> Iterator[str]:
        for number in range(240):
            told = tuple(f"{number} {line}" for line in numbered(number % 40))
            yield within(prose(told) + table(number % 90))

    with ExtractorPool(workers=1, timeout_s=60, cpu_s=30, memory_bytes=MEMORY_BYTES) as single:
        held = [answer for _, answer in single.run(resident_pages, map(page, bodies())) if isinstance(answer, int)]
    assert len(held) == 240
    assert held[-1] < 1.1 * held[79]  # as much again would be 36 kB a page; measured: none
