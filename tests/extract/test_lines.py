"""Which blocks of a page are the article's, and that pages of any size are read in their size's time."""

import pytest

from ingest.extract import blocks, forest
from ingest.extract.cues import NAMES
from ingest.extract.page import judge
from ingest.extract.tree import parse
from ingest.records import Extraction
from webpage import PARAGRAPHS, html, page


def texts(body: str) -> list[str]:
    tree = parse(html(body=body))
    assert tree is not None
    return [block.text for block in blocks.read(tree) if block.place.tag != "nav"]


def test_the_shipped_models_were_trained_on_the_columns_that_are_computed() -> None:
    assert forest.shipped().names == NAMES


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("<p>One <b>two</b></p><p>three<br>four</p>", ["One two", "three", "four"]),
        ("<div>loose<p>held</p>tail</div>", ["loose", "held", "tail"]),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td><p>c</p></td></tr></table>", ["a | b", "c"]),
        ("<p>seen<script>unseen</script><noscript>unseen</noscript> on</p>", ["seen on"]),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", ["a", "b"]),
    ],
)
def test_text_is_parted_where_a_reader_sees_a_border(body: str, lines: list[str]) -> None:
    assert texts(body)[-len(lines) - 1 : -1] == lines  # the last is the footer


@pytest.mark.parametrize(
    "filling",
    [
        "<table>" + "<tr><td>1</td><td>two words</td></tr>" * 20_000 + "</table>",
        "<p>" + "<span>a b</span> " * 100_000 + "</p>",
        "<p>" + "some words<br>" * 100_000 + "</p>",
        "<time datetime='2026-11-21'>21 Nov 2026</time> " * 20_000,
        "<table>" + "<tr><td colspan=1000000000 rowspan=100000000>x</td></tr>" * 200 + "</table>",
        "<ul>" + "<li>item of a list</li>" * 50_000 + "</ul>",
        "<svg>" + "<path d='M0 0'/>" * 300_000 + "</svg>",
        "<div>" * 5_000 + "</div>" * 5_000,
    ],
    ids=["table", "spans", "line breaks", "dates", "colspan", "list", "svg", "depth"],
)
def test_what_is_out_of_all_proportion_costs_no_article(filling: str) -> None:
    verdict = judge(
        page(html(body="<article>" + "".join(f"<p>{p}</p>" for p in PARAGRAPHS * 2) + filling + "</article>"))
    )
    assert isinstance(verdict, Extraction), verdict
    assert PARAGRAPHS[1] in verdict.text
