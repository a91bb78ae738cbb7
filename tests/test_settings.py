"""Settings come from INGEST_* variables; one that cannot be used is named, with what it should be."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from ingest import settings
from ingest.errors import SettingsError

# variables -> words the error must contain
BROKEN: list[tuple[dict[str, str], tuple[str, ...]]] = [
    ({"INGEST_HOMEE": "x"}, ("unknown setting INGEST_HOMEE", "INGEST_HOME")),
    ({"INGEST_FETCH_THREADS": "many"}, ("INGEST_FETCH_THREADS='many'", "int")),
    ({"INGEST_FETCH_TIMEOUT_S": "30s"}, ("INGEST_FETCH_TIMEOUT_S='30s'", "float")),
    ({"INGEST_ALLOW_NETWORKS": "127.0.0.1/8"}, ("INGEST_ALLOW_NETWORKS='127.0.0.1/8'", "host bits")),
    ({"INGEST_ALLOW_NETWORKS": "home"}, ("INGEST_ALLOW_NETWORKS='home'",)),
    ({"INGEST_FETCH_THREADS": "0"}, ("INGEST_FETCH_THREADS", "at least 1")),
    ({"INGEST_EXTRACT_WORKERS": "-2"}, ("INGEST_EXTRACT_WORKERS", "at least 1")),
    ({"INGEST_BATCH_PAGES": "0"}, ("INGEST_BATCH_PAGES", "at least 1")),
    ({"INGEST_CRAWL_BATCHES": "0"}, ("INGEST_CRAWL_BATCHES", "at least 1")),
]


def test_without_variables_the_defaults_hold() -> None:
    assert settings.load({}) == settings.Settings()


def test_variables_of_others_are_left_alone() -> None:
    assert settings.load({"HOME": "/root", "PATH": "/bin", "XINGEST_HOME": "a"}) == settings.Settings()


def test_each_kind_of_setting_is_read() -> None:
    loaded = settings.load(
        {
            "INGEST_HOME": "/srv/news",
            "INGEST_CATALOGUE": "~/sources.toml",
            "INGEST_CONTACT": "mailto:news@example.org",
            "INGEST_ALLOW_NETWORKS": "127.0.0.0/8, fd00::/8",
            "INGEST_PAGE_LIMIT_BYTES": "5_000_000",
            "INGEST_FAILED_SHARE_RED": "0.25",
        }
    )
    assert loaded.home == Path("/srv/news")
    assert loaded.catalogue == Path.home() / "sources.toml"
    assert loaded.allow_networks == (ip_network("127.0.0.0/8"), ip_network("fd00::/8"))
    assert (loaded.page_limit_bytes, loaded.failed_share_red) == (5_000_000, 0.25)
    assert "mailto:news@example.org" in loaded.user_agent


def test_everything_written_lies_under_home() -> None:
    loaded = settings.load({"INGEST_HOME": "/srv/news"})
    written = (loaded.stage, loaded.raw, loaded.writer_file, loaded.published_file, loaded.state_file)
    assert len(set(written)) == 5
    assert all(path.is_relative_to("/srv/news") for path in written)


def test_no_network_of_ones_own_is_open_by_default() -> None:
    assert settings.load({"INGEST_ALLOW_NETWORKS": ""}).allow_networks == ()


@pytest.mark.parametrize(("variables", "words"), BROKEN)
def test_a_setting_that_cannot_be_used_is_named(variables: dict[str, str], words: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError) as caught:
        settings.load(variables)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("contact", ["", "   "])
def test_nothing_is_fetched_without_a_contact(contact: str) -> None:
    with pytest.raises(SettingsError, match="INGEST_CONTACT"):
        _ = settings.load({"INGEST_CONTACT": contact}).user_agent
