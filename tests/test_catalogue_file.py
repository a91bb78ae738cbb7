"""The catalogue that is deployed with the DAGs is one the crawler accepts, and as wide as we say."""

import re
from pathlib import Path

from ingest import catalogue

FILE = Path(__file__).parent.parent / "dags" / "sources.toml"


def test_it_covers_many_countries_and_languages() -> None:
    sources = catalogue.read(FILE)
    assert len(sources) >= 60
    assert len({source.country for source in sources}) >= 20
    assert len({source.language.partition("-")[0] for source in sources}) >= 12


def test_tv7_is_in_it_with_its_feed() -> None:
    tv7 = next(source for source in catalogue.read(FILE) if source.source_id == "tv7-israel-news")
    assert (tv7.home_url, tv7.country, tv7.language) == ("https://www.tv7israelnews.com/", "IL", "en")
    assert [feed.url for feed in tv7.feeds] == ["https://www.tv7israelnews.com/feed/"]


def test_every_address_is_https() -> None:
    for source in catalogue.read(FILE):
        assert all(url.startswith("https://") for url in (source.home_url, *(feed.url for feed in source.feeds)))


def test_nobody_is_polled_in_a_hurry() -> None:
    for source in catalogue.read(FILE):
        assert source.poll_every_s >= 300, source.source_id
        assert source.host_delay_s >= 1.0, source.source_id


def test_its_comment_explains_every_key() -> None:
    comment = FILE.read_text("utf-8").partition("[defaults]")[0]
    explained = set(re.findall(r"^#   ([a-z_]+) ", comment, flags=re.MULTILINE))
    assert explained == set(catalogue.SOURCE_KEYS)
    assert "Never reused" in comment
