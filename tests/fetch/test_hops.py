"""Redirects to other hosts are visits to them: one at a time, with a rest behind."""

from collections.abc import Callable

import pytest

from fetch.hostile import HostileWeb
from ingest.fetch.client import Client
from ingest.fetch.hops import Hops
from ingest.fetch.lease import HELD_S, Lease, Leases

URL = "https://b.example/x"


def hops(leases: Leases, *, wait_s: float = 10.0) -> Hops:
    return Hops(leases, "a.example", rest_s=lambda url: 50.0 if url == URL else 0.0, wait_s=wait_s)


def test_a_host_that_redirects_lead_to_is_ours_for_the_visit_and_then_rests(leases: Leases) -> None:
    with hops(leases) as led:
        assert led.enter(URL) is None
        assert led.enter("http://b.example/y") is None
        assert leases.take("b.example") == HELD_S
    left_s = leases.take("b.example")
    assert isinstance(left_s, float)
    assert 40.0 < left_s <= 50.0


def test_the_first_host_has_its_lease_already(leases: Leases) -> None:
    with hops(leases) as led:
        assert led.enter("https://a.example/y") is None
        assert isinstance(leases.take("a.example"), Lease)


@pytest.mark.parametrize("rest_s", [None, 5.0])
def test_a_host_that_is_busy_or_rests_for_long_is_not_waited_for(leases: Leases, rest_s: float | None) -> None:
    lease = leases.take("b.example")
    assert isinstance(lease, Lease)
    if rest_s:
        lease.release(rest_s)
    with hops(leases, wait_s=0.2) as led:
        assert led.enter(URL) == "timeout"
        assert led.enter("https://c.example/") is None


def test_a_short_rest_is_waited_for(leases: Leases) -> None:
    lease = leases.take("b.example")
    assert isinstance(lease, Lease)
    lease.release(0.05)
    with hops(leases) as led:
        assert led.enter(URL) is None


def test_hosts_rest_also_where_the_visit_fails(leases: Leases) -> None:
    with pytest.raises(KeyError), hops(leases) as led:
        led.enter(URL)
        raise KeyError("ours")
    assert isinstance(leases.take("b.example"), float)
    assert leases.take("b.example") != HELD_S


def test_it_is_what_a_client_asks_before_it_follows(
    web: HostileWeb, leases: Leases, new_client: Callable[..., Client]
) -> None:
    with HostileWeb("127.0.0.2") as other:
        place = f"127.0.0.2:{other.port}"
        url = web.redirect("/a", other.page("/b", b"here"))
        for outcome in ("ok", "timeout"):
            with Hops(leases, f"127.0.0.1:{web.port}", rest_s=lambda _: 50.0, wait_s=0.2) as led:
                response = new_client().get(url, limit_bytes=1_000, accept="page", may_follow=led.enter)
            assert (response.outcome, response.final_url == other.url("/b")) == (outcome, outcome == "ok")
        assert response.detail == f"redirect to {other.url('/b')}"
        assert isinstance(leases.take(place), float)
        assert len(other.heads) == 1
