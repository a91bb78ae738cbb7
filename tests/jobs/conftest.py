"""A demo news web, and settings that may crawl it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from ingest.demo.web import NewsWeb
from ingest.settings import Settings

LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def web() -> Iterator[NewsWeb]:
    with NewsWeb(seed=11) as running:
        yield running


@pytest.fixture
def crawls(settings: Settings) -> Callable[[NewsWeb], Settings]:
    """Settings whose catalogue is the web's."""

    def of(web: NewsWeb) -> Settings:
        settings.home.mkdir(parents=True, exist_ok=True)
        catalogue = settings.home / "sources.toml"
        catalogue.write_text(web.catalogue(), "utf-8")
        return replace(settings, catalogue=catalogue, allow_networks=LOOPBACK)

    return of


@pytest.fixture
def saved_pages(shared: Path) -> Path:
    return shared / "pages" / "fundus"
