"""Feeds with a blemish: every entry that a person sees in the file is read, and none is altered."""

import pytest

from discover.hard_feeds import BLEMISHED, THREE, WHOLE, Hard
from discover.made_feeds import item, only, published, read, rss, seen
from discover.strange_feeds import STRANGE

TABLE = BLEMISHED | STRANGE


@pytest.mark.parametrize(
    "hard", [pytest.param(hard, id=f"{kind} {hard.name}") for kind, all_ in TABLE.items() for hard in all_]
)
def test_every_entry_that_a_person_sees_is_read_as_it_stands(hard: Hard) -> None:
    reading = read(hard.body, hard.served)
    read_as = [
        (path, title, published(entry)) for (path, title), entry in zip(seen(reading), reading.entries, strict=True)
    ]
    expected = [(*entry, None)[:3] for entry in hard.seen]
    assert (reading.outcome, read_as, reading.parse_route) == ("ok", expected, hard.route)


def test_the_table_is_as_long_as_it_should_be() -> None:
    assert sum(map(len, TABLE.values())) >= 300
    assert all(
        len({hard.body for hard in cases}) == len(cases) for cases in TABLE.values() if cases is not TABLE["charset"]
    )


@pytest.mark.parametrize("length", range(WHOLE.index("<item>"), len(WHOLE), 7))
def test_a_feed_cut_off_anywhere_keeps_its_whole_entries_and_halves_none(length: int) -> None:
    ends = [WHOLE.index(f"/{path}</link>") + len(f"/{path}</link>") for path, _ in THREE]
    assert seen(read(WHOLE[:length])) == [entry for entry, end in zip(THREE, ends, strict=True) if end <= length]


@pytest.mark.parametrize(
    "more", ["<description>Lorem ip", "<author>Ana Góm", "<pubDate>Fri, 03 May 2024 10:1", "<dc:creator>A"]
)
def test_what_was_being_said_where_a_feed_is_cut_off_is_not_taken(more: str) -> None:
    entry = only(rss(item("a", "One", "@")).partition("@")[0] + more)
    assert (entry.summary, entry.authors, entry.published_raw) == (None, (), None)


@pytest.mark.parametrize("body", ["", " \n", "\ufeff", "<html><body>x</body></html>", "<!DOCTYPE html><p>x",
    '<?xml version="1.0"?>\n<!-- x --><!DOCTYPE html><html/>', '<opml version="1.0"><body/></opml>', "<rdf/>x", "null",
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description/></rdf:RDF>'])  # fmt: skip
def test_pages_and_nothing_are_no_feeds(body: str) -> None:
    assert read(body).outcome == "not_a_feed" or not read(body).entries
