"""`ingest try robots`: a person who asks is as polite as a crawl."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_network

import pytest

from fetch.hostile import HostileWeb
from ingest.errors import InputError
from ingest.fetch.lease import Lease, Leases
from ingest.jobs import try_robots
from ingest.settings import Settings


@pytest.fixture
def web() -> Iterator[HostileWeb]:
    with HostileWeb() as server:
        server.page("/robots.txt", b"User-agent: *\nDisallow: /a\nCrawl-delay: 30")
        yield server


@pytest.fixture
def run(settings: Settings) -> Callable[[str], try_robots.RobotsTrial]:
    local = replace(settings, allow_networks=(ip_network("127.0.0.0/8"),))
    return lambda url: try_robots.run(local, url, agent="ingest")


@pytest.fixture
def leases(settings: Settings) -> Leases:
    return Leases(settings.home / "hosts")


def test_the_host_rests_afterwards_as_it_asks_to(
    web: HostileWeb, run: Callable[[str], try_robots.RobotsTrial], leases: Leases
) -> None:
    assert run(web.url("/a")).state == "denied"
    left_s = leases.take(f"127.0.0.1:{web.port}")
    assert isinstance(left_s, float)
    assert left_s > 20.0
    assert run(web.url("/b")).state == "allowed"
    assert len(web.heads) == 1


def test_a_host_that_is_visited_is_not_asked(
    web: HostileWeb,
    run: Callable[[str], try_robots.RobotsTrial],
    leases: Leases,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(try_robots, "LONGEST_WAIT_S", 0.0)
    assert isinstance(leases.take(f"127.0.0.1:{web.port}"), Lease)
    with pytest.raises(InputError, match="being visited"):
        run(web.url("/a"))
    assert web.heads == []


def test_a_host_that_robots_redirects_to_rests_too(
    web: HostileWeb, run: Callable[[str], try_robots.RobotsTrial], leases: Leases
) -> None:
    with HostileWeb("127.0.0.2") as other:
        other.redirect("/robots.txt", web.url("/robots.txt"))
        assert run(other.url("/a")).state == "denied"
        (leases_file,) = (path for path in leases._folder.iterdir() if str(web.port) in path.name)
        assert float(leases_file.read_text()) > 0
