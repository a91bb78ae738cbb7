"""Which machines may be spoken to: names are resolved once, judged, and connected to by the very address judged.

Else a page could make us fetch from our own network (SSRF), also by a name that resolves differently the second time.
What is asked of the machine is not decided here.
"""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from ingest.fetch.head import WholeHead

Network = IPv4Network | IPv6Network
Resolved = tuple[socket.AddressFamily, tuple[Any, ...]]

# IPv6 networks whose addresses carry an IPv4 address: (network, bits to the right of it). What it carries is judged.
CARRIES_IPV4 = (
    (IPv6Network("::ffff:0:0/96"), 0),  # IPv4-mapped, RFC 4291 section 2.5.5.2
    (IPv6Network("::/96"), 0),  # IPv4-compatible, RFC 4291 section 2.5.5.1
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64, RFC 6052
    (IPv6Network("2002::/16"), 80),  # 6to4, RFC 3056
)
NEVER = (
    IPv6Network("2001::/32"),  # Teredo, RFC 4380: carries two IPv4 addresses, one of them obscured
    IPv6Network("64:ff9b:1::/48"),  # NAT64 of the local network, RFC 8215
    IPv6Network("fec0::/10"),  # site-local, RFC 3879
)


class BlockedAddress(Exception):
    """A name leads to a machine that must not be spoken to; no OSError, so that urllib3 lets it through."""


def is_allowed(address: str, allow_networks: Sequence[Network]) -> bool:
    """Whether an IP address is public, or inside a network that the settings allow."""
    found = ip_address(address.partition("%")[0])
    carried = _carried(found)
    if any(candidate in network for network in allow_networks for candidate in (found, carried)):
        return True
    if isinstance(found, IPv6Address) and any(found in network for network in NEVER):
        return False
    return carried.is_global and not (carried.is_multicast or carried.is_reserved or carried.is_unspecified)


def resolve(host: str, port: int, allow_networks: Sequence[Network]) -> list[Resolved]:
    """All addresses of a name; BlockedAddress if any one of them is not allowed, socket.gaierror if there is none."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    for *_, address in found:
        if not is_allowed(str(address[0]), allow_networks):
            raise BlockedAddress(f"{host} is {address[0]}, which is not a public address")
    return [(family, address) for family, _, _, _, address in found]


def guarded_pools(
    allow_networks: Sequence[Network], on_socket: Callable[[socket.socket], None]
) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's pools by scheme, whose connections ask `resolve`, and show `on_socket` each socket before its use.

    TLS still verifies the name: only where the packets go is pinned.
    """

    class Guarded(HTTPConnection):
        response_class = WholeHead

        def _new_conn(self) -> socket.socket:
            try:
                addresses = resolve(self._dns_host, self.port, allow_networks)
            except (socket.gaierror, UnicodeError) as error:
                gone = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
                raise NameResolutionError(self.host, self, gone) from error
            return _connected(self, addresses, on_socket)

        def request(self, *args: Any, **kwargs: Any) -> None:
            if self.sock is not None:  # a kept-alive connection, used again by another visit
                on_socket(self.sock)
            super().request(*args, **kwargs)

    class GuardedTls(Guarded, HTTPSConnection):
        pass

    class Pool(HTTPConnectionPool):
        ConnectionCls = Guarded

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = GuardedTls

    return {"http": Pool, "https": TlsPool}


def _connected(
    connection: HTTPConnection, addresses: list[Resolved], on_socket: Callable[[socket.socket], None]
) -> socket.socket:
    failure: OSError = OSError("no address")
    for family, address in addresses:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            for option in connection.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(connection.timeout)
            on_socket(sock)
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, f"connecting to {connection.host} took too long") from failure
    raise NewConnectionError(connection, str(failure)) from failure


def _carried(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    for network, shift in CARRIES_IPV4:
        if isinstance(address, IPv6Address) and address in network:
            return IPv4Address(int(address) >> shift & 0xFFFFFFFF)
    return address
