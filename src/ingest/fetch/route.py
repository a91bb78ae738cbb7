"""The way to a host: connections that are guarded, kept open for the next visit, and never mixed where they differ.

What is asked over them is decided elsewhere.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3.poolmanager import ProxyManager

from ingest.fetch.address import EVERYWHERE, Network, guarded_pools
from ingest.fetch.deadline import Watchdog
from ingest.fetch.names import Names

HOSTS_PER_THREAD = 4  # connections kept open, a bound on file descriptors


class Route(HTTPAdapter):
    """requests' adapter over guarded connections. A proxy's own address is the operator's word and may be private.

    urllib3 keeps connections apart by host, by `verify` (all of True, False and a CA file) and by proxy.
    """

    def __init__(
        self,
        *,
        names: Names,
        allow_networks: Sequence[Network],
        watchdog: Watchdog,
        threads: int,
    ) -> None:
        super().__init__(pool_connections=HOSTS_PER_THREAD * threads, pool_maxsize=threads)
        self.poolmanager.pool_classes_by_scheme = guarded_pools(names, allow_networks, watchdog)
        self._proxied_pools = guarded_pools(names, EVERYWHERE, watchdog)

    def request_url(self, request: PreparedRequest, proxies: Mapping[str, str] | None) -> str:
        """The path as it is, where requests would drop slashes that it begins with: what is sent is what was judged."""
        url: str = super().request_url(request, proxies)
        return request.path_url if url.startswith("/") else url

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(proxy, **proxy_kwargs)
        manager.pool_classes_by_scheme = self._proxied_pools
        return manager
