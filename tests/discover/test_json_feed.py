"""JSON Feed 1.0 and 1.1 as publishers write it."""

import pytest

from discover.hard_feeds import only, read, seen

VERSION = '"version": "https://jsonfeed.org/version/1.1"'
ONE = '{"id": "1", "url": "https://news.example/a", "title": "One"}'
TWO = '{"id": "2", "url": "https://news.example/b", "title": "Two"}'


@pytest.mark.parametrize(
    "body",
    [
        f'{{{VERSION}, "items": [{ONE}, {TWO}]}}',
        f'\ufeff{{{VERSION}, "items": [{ONE}, {TWO}]}}',
        f'\n\n {{{VERSION}, "items": [{ONE}, {TWO}]}}\n<!-- cached -->',
        f'{{"version": "https://jsonfeed.org/version/1", "items": [{ONE}, {TWO}]}}',
        f'{{"version": "http://www.jsonfeed.org/version/1", "items": [{ONE}, {TWO}]}}',
        f'{{"feed_url": "https://news.example/f.json", "items": [{ONE}, {TWO}]}}',
        f'{{{VERSION}, "items": [{ONE}, {TWO}, {{"id": "3", "url": "https://news.exam',
        f'{{{VERSION}, "items": [{ONE}, {TWO}',
        f'{{{VERSION}, "items": [{ONE}, {TWO},]}}',
        f'{{{VERSION}, "title": "N", "items" : [ {ONE} {TWO} ]}}',
        f'{{{VERSION}, "items": [{ONE}, {TWO}, {{"id": nope}}]}}',
        f'{{"items": [{ONE}, {TWO}], {VERSION}}}',
        f'{{{VERSION}, "items": [{ONE}, {{"url": "/b", "title": "Two\n"}}]}}',
        f'{{{VERSION}, "items": [{ONE}, {{"external_url": "/b", "title": "Two"}}]}}',
        f'{{{VERSION}, "items": [{ONE}, {{"url": "", "id": "https://news.example/b", "title": "<b>Two</b>"}}]}}',
        f'{{{VERSION}, "items": [{ONE}, {ONE}, {{"url": "/b", "title": "Two", "title_detail": NaN}}]}}',
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le"])
def test_a_json_feed_keeps_its_entries(body: str, charset: str) -> None:
    reading = read(body.encode(charset))
    assert (seen(reading), reading.parse_route) == ([("a", "One"), ("b", "Two")], "json")


@pytest.mark.parametrize(
    "body", ['{"version": "1.1", "items": []}', f"{{{VERSION}}}", f'{{{VERSION}, "items"', '{"a": 1}']
)
def test_other_json_is_no_feed(body: str) -> None:
    assert read(body).outcome == "not_a_feed"


def test_what_an_entry_says_in_other_words_is_found() -> None:
    entry = only(
        f'{{{VERSION}, "language": "de", "items": [{{"id": 5, "url": "/a", "content_text": "1 <b> 2 &amp;",'
        ' "author": {"name": "Ana"}, "language": "fr", "banner_image": "/i.jpg", "date_published": "2024-05-03"}]}'
    )
    assert (entry.guid, entry.summary, entry.authors, entry.language) == ("5", "1 <b> 2 &amp;", ("Ana",), "fr")
    assert (entry.image_url, entry.published_precision) == ("https://news.example/i.jpg", "day")
