"""What a source's access opens, and to whom its secrets are shown: its own site alone."""

import socket
import threading
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

import pytest

from fetch.hostile import HostileWeb, Proxy
from fetch.tls import Certificate
from ingest.access import Access
from ingest.fetch.client import Client
from ingest.fetch.response import Response

SECRETS = ("X-Key: k3y", "Cookie: session=s3ss10n", "Authorization: Basic bMOpYTpwYTU1")  # léa:pa55


def access(site: str, **options: object) -> Access:
    given = {
        "proxy": None,
        "headers": {"X-Key": "k3y"},
        "cookies": {"session": "s3ss10n"},
        "username": "léa",
        "password": "pa55",
        "verify_tls": True,
        "ca_file": None,
    }
    return Access(site=site, **(given | options))  # type: ignore[arg-type]


def get(client: Client, url: str, terms: Access | None, **options: object) -> Response:
    return client.get(url, **{"limit_bytes": 100_000, "accept": "page", "access": terms, **options})  # type: ignore


def shown(head: str) -> list[str]:
    return [secret for secret in SECRETS if secret in head.splitlines()]


def test_the_site_sees_what_opens_it(web: HostileWeb, client: Client) -> None:
    assert get(client, web.page("/a", b"members"), access(web.url("/"))).body == b"members"
    get(client, web.url("/a"), None)
    assert [shown(head) for head in web.heads] == [list(SECRETS), []]


def test_no_other_site_sees_it_neither_by_a_redirect_nor_by_a_listed_link(web: HostileWeb, client: Client) -> None:
    with HostileWeb("127.0.0.2") as other:
        web.page("/back", b"here")
        other.redirect("/b", web.url("/back"))
        terms = access(web.url("/"))
        assert get(client, web.redirect("/a", other.url("/b")), terms).body == b"here"
        get(client, other.page("/listed", b"x"), terms)
        assert [shown(head) for head in web.heads] == [list(SECRETS), list(SECRETS)]
        assert [shown(head) for head in other.heads] == [[], []]
        assert "s3ss10n" not in "".join(other.heads)


def test_a_cookie_that_the_site_renews_takes_the_place_of_ours(web: HostileWeb, client: Client) -> None:
    web.page("/b", b"here")
    url = web.page("/a", b"", "Location: /b", "Set-Cookie: session=new", "Set-Cookie: x=1", status="302 Found")
    get(client, url, access(web.url("/")))
    cookies = [line for line in web.heads[1].splitlines() if line.startswith("Cookie:")]
    assert cookies == ["Cookie: session=new; x=1"]


def test_what_has_tls_shows_nothing_without_it(
    web: HostileWeb, tls_web: HostileWeb, client: Client, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One site under two ports: a name tells sites apart by their registrable domain alone."""
    resolves = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: resolves(host.replace("a.example", "127.0.0.1"), *rest, **more),
    )
    plain, secret = f"http://a.example:{web.port}/a", f"https://a.example:{tls_web.port}/a"
    web.page("/a", b"plain")
    tls_web.redirect("/a", plain)
    unverified = {"verify_tls": False}
    assert get(client, secret, access("https://a.example/", **unverified)).body == b"plain"
    assert get(client, secret, access("http://a.example/", **unverified)).body == b"plain"
    assert get(client, plain, access("https://a.example/", **unverified)).body == b"plain"
    assert get(client, plain, access("http://a.example/", **unverified)).body == b"plain"
    assert [shown(head) for head in tls_web.heads] == [list(SECRETS)] * 2
    assert [shown(head) for head in web.heads] == [[], [], [], list(SECRETS)]
    assert "s3ss10n" not in "".join(web.heads[:3])


def test_tls_is_verified_but_for_the_site_that_a_person_excepted(
    tls_web: HostileWeb, client: Client, certificate: Certificate
) -> None:
    url, site = tls_web.page("/a", b"here"), tls_web.url("/")
    excepted, known = access(site, verify_tls=False), access(site, ca_file=certificate.file)
    elsewhere = access("https://b.example/", verify_tls=False)
    for _ in range(2):  # connections are kept open, and never used for a visit with other terms
        for terms, outcome, is_verified in (
            (excepted, "ok", False),
            (None, "tls_error", None),
            (known, "ok", True),
            (elsewhere, "tls_error", None),
            (excepted, "ok", False),
        ):
            response = get(client, url, terms)
            assert (response.outcome, response.is_tls_verified) == (outcome, is_verified)
    assert tls_web.connection_count < 2 + 4 + 1


def test_a_ca_file_vouches_for_no_other_site(
    tls_web: HostileWeb, certificate: Certificate, new_client: Callable[..., Client]
) -> None:
    with HostileWeb("127.0.0.1", tls=certificate.context) as other:
        url = tls_web.redirect("/a", other.page("/b", b"here"))
        response = get(new_client(), url, access(tls_web.url("/"), ca_file=certificate.file))
        assert (response.outcome, response.is_tls_verified) == ("tls_error", None)


def test_one_unverified_hop_makes_a_visit_unverified(tls_web: HostileWeb, web: HostileWeb, client: Client) -> None:
    url = tls_web.redirect("/a", web.page("/b", b"here"))
    response = get(client, url, access(tls_web.url("/"), verify_tls=False))
    assert (response.outcome, response.is_tls_verified) == ("ok", False)
    assert get(client, web.url("/b"), None).is_tls_verified is None


@pytest.mark.parametrize("status", ["301 Moved", "308 Moved"])
def test_nothing_moves_for_good_from_tls_to_no_tls(
    tls_web: HostileWeb, web: HostileWeb, client: Client, status: str
) -> None:
    web.page("/c", b"here")
    tls_web.redirect("/b", web.url("/c"), status=status)
    terms = access(tls_web.url("/"), verify_tls=False)
    assert get(client, tls_web.redirect("/a", "/b", status=status), terms).moved_to == tls_web.url("/b")
    assert get(client, web.redirect("/d", tls_web.url("/b"), status=status), terms).moved_to == tls_web.url("/b")
    assert get(client, tls_web.url("/b"), terms).moved_to is None


def test_a_proxy_carries_all_hops_and_sees_secrets_of_the_site_alone(
    web: HostileWeb, tls_web: HostileWeb, client: Client, certificate: Certificate
) -> None:
    with Proxy() as proxy, HostileWeb("127.0.0.2") as other:
        web.page("/c", b"here")
        other.redirect("/b", web.url("/c"))
        terms = access(web.url("/"), proxy=proxy.url)
        response = get(client, web.redirect("/a", other.url("/b")), terms)
        assert (response.outcome, response.body, response.final_url) == ("ok", b"here", web.url("/c"))
        assert [head.splitlines()[0] for head in proxy.heads] == [
            f"GET {web.url('/a')} HTTP/1.1",
            f"GET {other.url('/b')} HTTP/1.1",
            f"GET {web.url('/c')} HTTP/1.1",
        ]
        assert [shown(head) for head in proxy.heads] == [list(SECRETS), [], list(SECRETS)]
        assert all("Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=" in head for head in proxy.heads)
        del proxy.heads[:]
        tls_terms = access(tls_web.url("/"), proxy=proxy.url, ca_file=certificate.file)
        response = get(client, tls_web.page("/a", b"members"), tls_terms)
        assert (response.outcome, response.body, response.is_tls_verified) == ("ok", b"members", True)
        assert proxy.heads[0].startswith(f"CONNECT 127.0.0.1:{tls_web.port} ")
        assert not shown(proxy.heads[0])
        assert shown(tls_web.heads[0]) == list(SECRETS)
        assert "Proxy-Authorization" not in tls_web.heads[0]


@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        ("http://10.0.0.1/", "blocked_address"),
        ("http://127.0.0.1:{port}/", "blocked_address"),
        ("http://2130706433:{port}/", "blocked_address"),
        ("http://localhost:{port}/", "blocked_address"),
        ("https://[::ffff:169.254.169.254]/", "blocked_address"),
        ("http://only-the-proxy-knows.invalid/a", "ok"),
    ],
)
def test_a_proxy_may_be_private_but_what_lies_behind_it_may_not(
    web: HostileWeb, new_client: Callable[..., Client], target: str, outcome: str
) -> None:
    web.page("/a", b"here")
    with Proxy({"only-the-proxy-knows.invalid": ("127.0.0.1", web.port)}) as proxy:
        terms = access("https://a.example/", proxy=proxy.url)
        response = get(new_client(allow_networks=()), target.format(port=web.port), terms)
        assert response.outcome == outcome
        assert len(proxy.heads) == (outcome == "ok")


def test_a_redirect_behind_a_proxy_leads_to_nothing_private(web: HostileWeb, new_client: Callable[..., Client]) -> None:
    web.redirect("/a", "http://10.0.0.1/")
    with Proxy({"site.invalid": ("127.0.0.1", web.port)}) as proxy:
        response = get(
            new_client(allow_networks=()), "http://site.invalid/a", access("http://site.invalid/", proxy=proxy.url)
        )
        assert (response.outcome, len(proxy.heads)) == ("blocked_address", 1)


def test_a_proxy_that_is_not_there_or_stalls_is_an_outcome_that_tells_no_secret(
    web: HostileWeb, new_client: Callable[..., Client]
) -> None:
    url = web.page("/a", b"here")
    for target in (url, url.replace("http:", "https:")):
        response = get(new_client(), target, access(url, proxy="http://user:secret@127.0.0.1:1"))
        assert response.outcome == "unreachable"
        assert "secret" not in repr(response)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for target in (url, url.replace("http:", "https:")):
            proxy = f"http://user:secret@127.0.0.1:{silent.getsockname()[1]}"
            response = get(new_client(timeout_s=0.3), target, access(url, proxy=proxy))
            assert response.outcome == "timeout"
            assert "secret" not in repr(response)


def test_a_resolver_that_stalls_does_not_keep_a_proxy_from_its_work(
    web: HostileWeb, new_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolves, may_answer = socket.getaddrinfo, threading.Event()

    def getaddrinfo(host: str, *args: object, **options: object) -> object:
        if host == "site.invalid":
            may_answer.wait()
        return resolves(host, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr("ingest.fetch.client.PROXIED_NAME_S", 0.05)
    web.page("/a", b"here")
    with Proxy({"site.invalid": ("127.0.0.1", web.port)}) as proxy:
        terms = access("http://site.invalid/", proxy=proxy.url)
        assert get(new_client(), "http://site.invalid/a", terms).body == b"here"
    may_answer.set()


def test_sources_with_terms_of_their_own_share_the_connections_of_all(web: HostileWeb, client: Client) -> None:
    url = web.page("/a", b"x")
    for terms in (None, access(web.url("/")), access("https://b.example/", verify_tls=False), None):
        get(client, url, terms)
    assert web.connection_count == 1


def test_what_the_settings_close_stays_closed_for_a_source_with_terms(
    web: HostileWeb, new_client: Callable[..., Client], tmp_path: Path
) -> None:
    client = new_client(allow_networks=(ip_network("10.0.0.0/8"),))
    assert get(client, web.page("/a", b"x"), access(web.url("/"))).outcome == "blocked_address"
