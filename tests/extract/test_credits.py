"""Who wrote a page, by its claims."""

import pytest

from ingest.extract import credits
from webpage import NEWS, gathered, json_ld


@pytest.mark.parametrize(
    ("given", "names", "agency"),
    [
        ('{"@type": "Person", "name": "Ana Silva"}', ("Ana Silva",), None),
        (
            '[{"@type": "Person", "name": "Ana Silva"}, {"@type": "Organization", "name": "Wire Desk"}]',
            ("Ana Silva",),
            None,
        ),
        ('"By Ana Silva and Bo Ek"', ("Ana Silva", "Bo Ek"), None),
        ('{"@type": "Organization", "name": "The Example"}', (), None),
        ('"Reuters"', (), "Reuters"),
        ('{"@id": "#ana"}', ("Ana Silva",), None),
        ('{"@type": "Person", "givenName": "Ana", "familyName": "Silva"}', ("Ana Silva",), None),
        ('{"@type": "Organization", "name": "dpa"}', (), "dpa"),
        ('{"name": ["Ana Silva", "Bo Lind"]}', ("Ana Silva", "Bo Lind"), None),
        ('{"@list": [{"@id": "#ana"}, "Bo Lind"]}', ("Ana Silva", "Bo Lind"), None),
        ('{"@list": [{"@type": "Organization", "name": ["Dana Wire", "AFP"]}, "Bo Lind"]}', ("Bo Lind",), "AFP"),
    ],
)
def test_authors_are_people_and_agencies_are_told_apart(given: str, names: tuple[str, ...], agency: str | None) -> None:
    graph = f'[{{{NEWS}, "author": {given}}}, {{"@type": "Person", "@id": "#ana", "name": "Ana Silva"}}]'
    page = gathered('<meta property="og:site_name" content="The Example">' + json_ld(graph))
    found = credits.read(page)
    assert (found.authors.value, found.agency.value) == (names, agency)


def test_a_visible_byline_is_read_where_the_markup_names_nobody() -> None:
    page = gathered(body='<article><h1>T</h1><span class="article__author">Von Ana Silva</span><p>Text.</p></article>')
    assert credits.read(page).authors.value == ("Ana Silva",)


def test_a_byline_beside_an_agency_s_story_is_another_s() -> None:
    body = '<article><h1>T</h1><p>Text.</p><span class="author">Von Bo Ek</span></article>'
    script = f'{{{NEWS}, "author": {{"@type": "Organization", "name": "dpa"}}}}'
    found = credits.read(gathered(json_ld(script), body))
    assert (found.authors.value, found.agency.value) == ((), "dpa")


def test_each_name_in_a_list_of_authors_is_read() -> None:
    items = "".join(f'<li class="authors__list-item">{name}</li>' for name in ("Ana Silva", "dpa"))
    body = f"<article><h1>T</h1><ul>{items}</ul></article>"
    found = credits.read(gathered(body=body)).authors
    assert (found.value, found.evidence) == (("Ana Silva",), "byline")
