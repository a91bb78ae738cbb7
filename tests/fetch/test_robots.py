"""robots.txt: what it allows, what it means when it cannot be had, and how long an answer holds."""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fetch.hostile import HostileWeb, flood, reset, stall
from ingest.fetch.client import Client
from ingest.fetch.robots import Robots, RobotsVerdict

RULES = b"""User-agent: *
Disallow: /private/
Disallow: /%C3%BC/
Crawl-delay: 7

User-agent: ingest
Disallow: /no-ingest/
Allow: /no-ingest/but-this
Disallow: /*?print=
Disallow: /d%C3%A9p%C3%AAches/
"""


@pytest.fixture
def robots(client: Client, tmp_path: Path) -> Robots:
    return Robots(client, cache=tmp_path / "robots", product="ingest")


def ages(cache: Path, age: timedelta) -> None:
    """Let the kept answers be older than they are."""
    for path in cache.glob("*.json"):
        kept = json.loads(path.read_text())
        for key in ("asked_at", "text_at"):
            kept[key] = (datetime.fromisoformat(kept[key]) - age).isoformat()
        path.write_text(json.dumps(kept))


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("/", "allowed"),
        ("/private/a", "allowed"),
        ("/no-ingest/a", "denied"),
        ("/no-ingest/but-this", "allowed"),
        ("/a?print=1", "denied"),
        ("/dépêches/a", "denied"),
        ("/d%c3%a9p%c3%aaches/a", "denied"),
    ],
)
def test_the_group_with_our_name_is_obeyed(web: HostileWeb, robots: Robots, path: str, state: str) -> None:
    web.page("/robots.txt", RULES, "Content-Type: text/plain")
    assert robots.verdict(web.url(path)).state == state


def test_a_crawl_delay_is_passed_on(web: HostileWeb, robots: Robots) -> None:
    web.page("/robots.txt", b"User-agent: *\nCrawl-delay: 7\nDisallow: /private", "Content-Type: text/plain")
    assert robots.verdict(web.url("/a")) == RobotsVerdict(state="allowed", crawl_delay_s=7.0)


@pytest.mark.parametrize("delay", ["inf", "nan", "-3", "soon", "0"])
def test_a_senseless_crawl_delay_is_none(web: HostileWeb, robots: Robots, delay: str) -> None:
    web.page("/robots.txt", f"User-agent: *\nCrawl-delay: {delay}".encode(), "Content-Type: text/plain")
    assert robots.verdict(web.url("/a")) == RobotsVerdict(state="allowed", crawl_delay_s=None)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("404 No", "allowed"),
        ("403 No", "allowed"),
        ("410 No", "allowed"),
        ("429 Later", "unreachable"),
        ("500 Oh", "unreachable"),
        ("503 Later", "unreachable"),
    ],
)
def test_a_missing_file_opens_and_a_broken_host_closes(
    web: HostileWeb, robots: Robots, status: str, state: str
) -> None:
    web.page("/robots.txt", b"", status=status)
    assert robots.verdict(web.url("/a")).state == state


def test_a_host_that_hangs_up_or_stalls_is_closed_for_now(
    web: HostileWeb, new_client: Callable[..., Client], tmp_path: Path
) -> None:
    for number, deed in enumerate((reset, stall)):
        web.does("/robots.txt", deed)
        robots = Robots(new_client(timeout_s=0.3), cache=tmp_path / str(number), product="ingest")
        assert robots.verdict(web.url("/a")).state == "unreachable"


def test_rules_behind_500_kib_are_not_read(web: HostileWeb, robots: Robots) -> None:
    web.page(
        "/robots.txt", b"User-agent: *\nDisallow: /a\n" + b"#" * 600_000 + b"\nDisallow: /b", "Content-Type: text/plain"
    )
    assert robots.verdict(web.url("/a")).state == "denied"
    assert robots.verdict(web.url("/b")).state == "allowed"


def test_an_endless_file_is_no_answer(web: HostileWeb, robots: Robots) -> None:
    web.does("/robots.txt", b"HTTP/1.1 200 OK\r\n\r\n", flood)
    assert robots.verdict(web.url("/a")).state == "unreachable"


def test_a_host_is_asked_once_a_day(web: HostileWeb, client: Client, tmp_path: Path) -> None:
    web.page("/robots.txt", b"User-agent: *\nDisallow: /a", "Content-Type: text/plain")
    for _ in range(2):
        robots = Robots(client, cache=tmp_path, product="ingest")
        assert [robots.verdict(web.url(path)).state for path in ("/a", "/b")] == ["denied", "allowed"]
    assert len(web.heads) == 1
    ages(tmp_path, timedelta(hours=25))
    Robots(client, cache=tmp_path, product="ingest").verdict(web.url("/a"))
    assert len(web.heads) == 2


def test_the_last_known_rules_hold_while_the_host_is_broken(web: HostileWeb, client: Client, tmp_path: Path) -> None:
    web.page("/robots.txt", b"User-agent: *\nDisallow: /a", "Content-Type: text/plain")
    web.page("/robots.txt", b"", status="500 Oh")
    Robots(client, cache=tmp_path, product="ingest").verdict(web.url("/a"))
    states = []
    for age in (timedelta(hours=25), timedelta(hours=2), timedelta(days=31)):
        ages(tmp_path, age)
        robots = Robots(client, cache=tmp_path, product="ingest")
        states.append([robots.verdict(web.url(path)).state for path in ("/a", "/b")])
    assert states == [["denied", "allowed"], ["denied", "allowed"], ["unreachable", "unreachable"]]
    assert len(web.heads) == 4


def test_a_cache_that_cannot_be_read_is_no_cache(web: HostileWeb, client: Client, tmp_path: Path) -> None:
    web.page("/robots.txt", b"User-agent: *\nDisallow: /a", "Content-Type: text/plain")
    Robots(client, cache=tmp_path, product="ingest").verdict(web.url("/a"))
    for path in tmp_path.glob("*.json"):
        path.write_text("{")
    assert Robots(client, cache=tmp_path, product="ingest").verdict(web.url("/a")).state == "denied"


@pytest.mark.parametrize("label_count", [3, 4])
def test_a_host_with_the_longest_of_names_is_kept_too(client: Client, tmp_path: Path, label_count: int) -> None:
    host = ".".join(["a" * 59] * label_count) + ".invalid"
    assert Robots(client, cache=tmp_path, product="ingest").verdict(f"http://{host}/a").state == "unreachable"
    (kept,) = tmp_path.iterdir()
    assert kept.suffix == ".json"


def test_a_folder_that_cannot_be_written_is_no_cache_and_is_told(
    web: HostileWeb, client: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    web.page("/robots.txt", b"User-agent: *\nDisallow: /a", "Content-Type: text/plain")
    robots = Robots(client, cache=tmp_path / "robots", product="ingest")
    (tmp_path / "robots").rmdir()
    with caplog.at_level(logging.WARNING, logger="ingest"):
        assert [robots.verdict(web.url(path)).state for path in ("/a", "/b")] == ["denied", "allowed"]
    (told,) = caplog.messages
    assert told.startswith(f"robots_not_kept origin=http://127.0.0.1:{web.port} error=")
