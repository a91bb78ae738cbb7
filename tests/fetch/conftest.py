from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from fetch.hostile import HostileWeb
from fetch.tls import Certificate, self_signed
from ingest.fetch.client import Client
from ingest.fetch.lease import Leases

LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def web() -> Iterator[HostileWeb]:
    with HostileWeb() as server:
        yield server


@pytest.fixture
def new_client() -> Iterator[Callable[..., Client]]:
    clients: list[Client] = []

    def make(*, timeout_s: float = 20.0, allow_networks: tuple = LOOPBACK) -> Client:
        client = Client(
            user_agent="ingest/0.1 (test; +mailto:test@example.org)",
            timeout_s=timeout_s,
            connect_timeout_s=5.0,
            allow_networks=allow_networks,
            threads=4,
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(new_client: Callable[..., Client]) -> Client:
    return new_client()


@pytest.fixture
def leases(tmp_path: Path) -> Leases:
    return Leases(tmp_path / "hosts")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls_web(certificate: Certificate) -> Iterator[HostileWeb]:
    with HostileWeb(tls=certificate.context) as server:
        yield server
