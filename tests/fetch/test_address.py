"""Machines that a page must not make us speak to."""

from ipaddress import ip_network

import pytest

from ingest.fetch.address import BlockedAddress, is_allowed, resolve
from ingest.fetch.names import Names


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::5db8:d822", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::127.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::1", False),
        ("2002:a00:1::1", False),
        ("2002:7f00:1::", False),
        ("2001:0:53aa:64c:0:0:0:1", False),
        ("2001:db8::1", False),
        ("3fff:1::1", False),
        ("168.63.129.16", False),
        ("::ffff:168.63.129.16", False),
        ("168.63.129.17", True),
    ],
)
def test_only_public_machines_are_spoken_to(address: str, allowed: bool) -> None:
    assert is_allowed(address, ()) is allowed


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::ffff:127.0.0.1"])
def test_the_settings_may_open_a_network(address: str) -> None:
    assert is_allowed(address, (ip_network("127.0.0.0/8"),))
    assert not is_allowed("10.0.0.1", (ip_network("127.0.0.0/8"),))


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "[::1]"])
def test_a_name_is_judged_by_what_it_resolves_to(name: str) -> None:
    with pytest.raises(BlockedAddress, match="not a public address"):
        resolve(name, 80, names=Names(limit=1), allow_networks=(), timeout_s=20.0, wait_s=20.0)
