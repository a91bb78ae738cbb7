"""Which machines may be spoken to: names are resolved once, judged, and connected to by the very address judged.

Else a page could make us fetch from our own network (SSRF), also by a name that resolves differently the second time.
What is asked of the machine is not decided here.
"""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from ingest.fetch.deadline import Watchdog
from ingest.fetch.head import WholeHead
from ingest.fetch.names import Names, NoPlace, Resolved

Network = IPv4Network | IPv6Network

# IPv6 networks whose addresses carry an IPv4 address: (network, bits to the right of it). What it carries is judged.
CARRIES_IPV4 = (
    (IPv6Network("::ffff:0:0/96"), 0),  # IPv4-mapped, RFC 4291 section 2.5.5.2
    (IPv6Network("::/96"), 0),  # IPv4-compatible, RFC 4291 section 2.5.5.1
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64, RFC 6052
    (IPv6Network("2002::/16"), 80),  # 6to4, RFC 3056
)
NEVER: tuple[Network, ...] = (
    IPv6Network("2001::/32"),  # Teredo, RFC 4380: carries two IPv4 addresses, one of them obscured
    IPv6Network("64:ff9b:1::/48"),  # NAT64 of the local network, RFC 8215
    IPv6Network("fec0::/10"),  # site-local, RFC 3879
    IPv6Network("3fff::/20"),  # documentation, RFC 9637: too young for Python 3.11
    IPv4Network("168.63.129.16/32"),  # WireServer of Azure: a public address that leads to the machine's own host
)
CONNECT_TIMEOUT_S = 10.0  # where a connection has none of its own
EVERYWHERE: tuple[Network, ...] = (ip_network("0.0.0.0/0"), ip_network("::/0"))


class BlockedAddress(Exception):
    """A name leads to a machine that must not be spoken to; no OSError, so that urllib3 lets it through."""


class StaleConnection(Exception):
    """The other side closed a connection that was kept open, before it answered a request on it; no OSError either."""


def is_allowed(address: str, allow_networks: Sequence[Network]) -> bool:
    """Whether an IP address is public, or inside a network that the settings allow."""
    found = ip_address(address.partition("%")[0])
    carried = _carried(found)
    if any(candidate in network for network in allow_networks for candidate in (found, carried)):
        return True
    if any(candidate in network for network in NEVER for candidate in (found, carried)):
        return False
    return carried.is_global and not (carried.is_multicast or carried.is_reserved or carried.is_unspecified)


def resolve(
    host: str, port: int, *, names: Names, allow_networks: Sequence[Network], timeout_s: float, wait_s: float
) -> list[Resolved]:
    """All addresses of a name; BlockedAddress if any one of them is not allowed, else what `Names.addresses` raises."""
    found = names.addresses(host.strip("[]"), port, timeout_s=timeout_s, wait_s=wait_s)
    for _, address in found:
        if not is_allowed(str(address[0]), allow_networks):
            raise BlockedAddress(f"{host} is {address[0]}, which is not a public address")
    return found


def guarded_pools(
    names: Names, allow_networks: Sequence[Network], watchdog: Watchdog
) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's pools by scheme, whose connections ask `resolve`, and have the watchdog hold each socket before its use.

    TLS still verifies the name: only where the packets go is pinned. A name is waited for as long as a connection is, a
    place to ask for it as long as the visit lasts.
    """

    class Guarded(HTTPConnection):
        response_class = WholeHead
        _is_reused = False

        def _new_conn(self) -> socket.socket:
            self._is_reused = False
            timeout_s = self.timeout if isinstance(self.timeout, int | float) else CONNECT_TIMEOUT_S
            try:
                addresses = resolve(
                    self._dns_host,
                    self.port,
                    names=names,
                    allow_networks=allow_networks,
                    timeout_s=timeout_s,
                    wait_s=watchdog.left_s,
                )
            except NoPlace as error:
                raise ConnectTimeoutError(self, str(error)) from error
            except (socket.gaierror, UnicodeError) as error:
                gone = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
                raise NameResolutionError(self.host, self, gone) from error
            return _connected(self, addresses, watchdog)

        def request(self, *args: Any, **kwargs: Any) -> None:
            if self.sock is not None:  # a kept-alive connection, used again by another visit
                watchdog.hold(self.sock)
            with self._told_apart():
                super().request(*args, **kwargs)

        def getresponse(self) -> Any:
            with self._told_apart():
                response = super().getresponse()
            self._is_reused = True
            return response

        @contextmanager
        def _told_apart(self) -> Iterator[None]:
            try:
                yield
            except ConnectionError as error:
                if self._is_reused:
                    raise StaleConnection(str(error)) from error
                raise

    class GuardedTls(Guarded, HTTPSConnection):
        pass

    class Pool(HTTPConnectionPool):
        ConnectionCls = Guarded

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = GuardedTls

        def _validate_conn(self, conn: Any) -> None:
            """Without urllib3's warning of what a person asked for: a fetch says whether TLS was verified."""
            if conn.is_closed:
                conn.connect()

    return {"http": Pool, "https": TlsPool}


def _connected(connection: HTTPConnection, addresses: list[Resolved], watchdog: Watchdog) -> socket.socket:
    failure: OSError = OSError("no address")
    for family, address in addresses:
        if watchdog.left_s <= 0:
            break
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            for option in connection.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(connection.timeout)
            watchdog.hold(sock)
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
