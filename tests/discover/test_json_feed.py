"""JSON Feed 1.0 and 1.1 as publishers write it."""

import pytest

from discover.made_feeds import only, read

VERSION = '"version": "https://jsonfeed.org/version/1.1"'


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
