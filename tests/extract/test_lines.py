"""A page as blocks of text; which of them are the article's is tested with whole pages."""

import pytest

from ingest.extract import blocks, forest
from ingest.extract.cues import NAMES
from ingest.extract.tree import parse
from webpage import PARAGRAPHS, html


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


def test_a_block_knows_its_links_and_what_the_elements_around_it_call_themselves() -> None:
    tree = parse(
        html(
            body="<div class='relatedStories'><p>See <a href='/a'>this</a> and <a href='/b'>that</a></p></div>"
            "<div class='has-sidebar'><p id='comments'>No link</p></div><div class='entry-content'><p>Text</p></div>"
        )
    )
    assert tree is not None
    found = {block.text: block for block in blocks.read(tree)}
    assert found["See this and that"].hrefs == ("/a", "/b")
    assert found["No link"].hrefs == ()
    named = {text: found[text].place.within for text in ("See this and that", "No link", "Text")}
    marks = blocks.FURNITURE | blocks.COMMENTS | blocks.BODY
    assert {text: within & marks for text, within in named.items()} == {
        "See this and that": blocks.FURNITURE,
        "No link": blocks.COMMENTS,
        "Text": blocks.BODY,
    }


def test_prose_behind_thousands_of_rows_is_read_and_that_rows_are_left_out_is_told() -> None:
    tree = parse(
        html(body="<table>" + "<tr><td>1</td><td>two words</td></tr>" * 11_000 + f"</table><p>{PARAGRAPHS[0]}</p>")
    )
    assert tree is not None
    found = blocks.read(tree)
    assert found[-1].text == PARAGRAPHS[0]
    assert len(found) == blocks.BLOCKS_LIMIT + 1
    assert blocks.is_cut(found)
