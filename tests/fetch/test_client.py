"""The client against a server that breaks its promises: every fault is an outcome, within bounds."""

import gzip
import socket
import threading
import zlib
from collections.abc import Callable
from hashlib import sha256
from urllib.parse import quote

import brotli
import pytest

from fetch.hostile import Deed, HostileWeb, drip, flood, hang_up, reset, stall
from ingest.fetch.client import Client
from ingest.fetch.response import Response
from ingest.rules.robots_path import path_of
from ingest.rules.url import as_found

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
LIMIT_BYTES = 100_000


def get(client: Client, url: str, **options: object) -> Response:
    return client.get(url, **{"limit_bytes": LIMIT_BYTES, "accept": "page", **options})  # type: ignore[arg-type]


def test_a_page_arrives_with_what_the_server_said_of_it(web: HostileWeb, client: Client) -> None:
    url = web.page("/a", b"<p>h\xc3\xa9</p>", 'ETag: W/"1"', "Last-Modified: Fri, 03 May 2024 10:11:12 GMT")
    response = get(client, url + "#top")
    assert (response.outcome, response.detail, response.http_status) == ("ok", None, 200)
    assert response.body == b"<p>h\xc3\xa9</p>"
    assert response.wire_bytes == len(response.body)
    assert (response.etag, response.last_modified) == ('W/"1"', "Fri, 03 May 2024 10:11:12 GMT")
    assert (response.content_type, response.http_charset) == ("text/html", "utf-8")
    assert response.body_hash == sha256(response.body).hexdigest()[:32]


def test_the_request_says_who_we_are_and_what_we_can_read(web: HostileWeb, client: Client) -> None:
    get(client, web.page("/a", b"x"), etag='"v1"', last_modified="yesterday")
    lines = web.heads[0].splitlines()
    assert "User-Agent: ingest/0.1 (test; +mailto:test@example.org)" in lines
    assert "Accept-Encoding: gzip, deflate, br" in lines
    assert 'If-None-Match: "v1"' in lines
    assert "If-Modified-Since: yesterday" in lines
    assert f"Host: 127.0.0.1:{web.port}" in lines


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress), ("GZIP", gzip.compress)],
)
def test_compressed_bodies_are_read(
    web: HostileWeb, client: Client, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    body = b"<p>once upon a time</p>" * 4_000
    response = get(client, web.page("/a", pack(body), f"Content-Encoding: {coding}"))
    assert (response.outcome, response.body) == ("ok", body)
    assert response.wire_bytes == len(pack(body))


@pytest.mark.parametrize("coding", ["zstd", "gzip, br", "gzip, gzip", "compress", "x"])
def test_other_and_stacked_codings_are_refused(web: HostileWeb, client: Client, coding: str) -> None:
    response = get(client, web.page("/a", b"x", f"Content-Encoding: {coding}"))
    assert (response.outcome, response.body, response.wire_bytes) == ("bad_encoding", b"", 0)


CUT = gzip.compress(b"<p>once</p>")
BOMBS = [gzip.compress(b"\0" * 50_000_000), brotli.compress(b"\0" * 50_000_000)]


@pytest.mark.parametrize(
    ("deeds", "outcome"),
    [
        ((HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",), "ok"),
        ((HEAD + b"Content-Length: 0\r\n\r\n",), "ok"),
        ((HEAD + b"\r\nuntil I hang up",), "ok"),
        ((HEAD + b"Content-Length: 10\r\n\r\nabc", hang_up), "cut_short"),
        ((HEAD + b"Content-Length: 10\r\n\r\nabc", reset, hang_up), "cut_short"),
        ((HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",), "cut_short"),
        ((HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",), "cut_short"),
        ((HEAD + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!",), "bad_encoding"),
        ((HEAD + b"\r\n", flood), "too_large"),
        ((HEAD + b"Transfer-Encoding: chunked\r\n\r\nfffffff\r\n", flood), "too_large"),
        ((HEAD + b"Content-Length: 100001\r\n\r\n", stall), "too_large"),
        ((HEAD + b"Content-Encoding: gzip\r\n\r\n" + BOMBS[0],), "too_large"),
        ((HEAD + b"Content-Encoding: br\r\n\r\n" + BOMBS[1],), "too_large"),
        ((HEAD,), "cut_short"),
        ((HEAD + b"Content-Length: 0\r\n", hang_up), "cut_short"),
        ((HEAD + b"Content-Le",), "cut_short"),
        ((b"HTTP/1.1 200 OK\r\n",), "cut_short"),
        ((b"HTTP/1.1 302 Found\r\nLocation: /b",), "cut_short"),
        ((HEAD + b"\r\n",), "cut_short"),
        ((HEAD + b"Content-Encoding: gzip\r\n\r\n",), "cut_short"),
        ((HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",), "ok"),
        ((b"HTTP/1.1 204 No Content\r\n\r\n",), "ok"),
        ((b"HTTP/1.0 200 OK\nContent-Type: text/html\n\nlines end as they like",), "ok"),
        ((reset,), "unreachable"),
        ((b"",), "unreachable"),
        ((b"SSH-2.0-OpenSSH_9.2\r\n",), "unreachable"),
        ((b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n",), "unreachable"),
        ((b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000 + b"\r\n\r\n",), "unreachable"),
        ((b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 5\r\n\r\n%PDF-",), "not_html"),
    ],
)
def test_every_way_of_answering_badly_is_an_outcome(
    web: HostileWeb, client: Client, deeds: tuple[Deed, ...], outcome: str
) -> None:
    response = get(client, web.does("/a", *deeds))
    assert response.outcome == outcome
    assert response.outcome == "ok" or (response.body == b"" and response.detail)


@pytest.mark.parametrize(
    "deeds",
    [
        (stall,),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", drip),
        (HEAD + b"\r\n", stall),
        (HEAD + b"\r\n", drip),
        (HEAD + b"Content-Length: 99999\r\n\r\n", drip),
        (HEAD + b"Content-Encoding: gzip\r\n\r\n" + CUT[:-1], stall),
        (b"HTTP/1.1 404 No\r\nContent-Length: 50\r\n\r\n", stall),
    ],
)
def test_nobody_holds_us_longer_than_the_deadline(
    web: HostileWeb, new_client: Callable[..., Client], deeds: tuple[Deed, ...]
) -> None:
    response = get(new_client(timeout_s=0.3), web.does("/a", *deeds))
    assert response.outcome == (
        "http_error" if b"404" in (deeds[0] if isinstance(deeds[0], bytes) else b"") else "timeout"
    )
    assert response.body == b""


def test_a_tls_handshake_that_never_ends_is_cut_at_the_deadline(new_client: Callable[..., Client]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        response = get(new_client(timeout_s=0.3), f"https://127.0.0.1:{silent.getsockname()[1]}/")
    assert response.outcome == "timeout"


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        ("304 Not Modified", (), "http_error"),
        ("404 Not Found", (), "http_error"),
        ("403 Forbidden", (), "http_error"),
        ("410 Gone", (), "gone"),
        ("429 Too Many Requests", (), "rate_limited"),
        ("500 Oh", (), "http_error"),
        ("503 Later", (), "http_error"),
        ("503 Later", ("Retry-After: 120",), "rate_limited"),
        ("302 Found", (), "http_error"),
        ("300 Many", ("Location: /b",), "http_error"),
    ],
)
def test_what_a_status_means(
    web: HostileWeb, client: Client, status: str, headers: tuple[str, ...], outcome: str
) -> None:
    response = get(client, web.page("/a", b"sorry", *headers, status=status))
    assert (response.outcome, response.body) == (outcome, b"")
    assert response.http_status == int(status[:3])


def test_what_has_not_changed_is_not_sent_again(web: HostileWeb, client: Client) -> None:
    url = web.does("/a", b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n')
    response = get(client, url, etag='"v1"')
    assert (response.outcome, response.http_status, response.etag) == ("not_modified", 304, '"v1"')


@pytest.mark.parametrize(
    ("asked", "wait_s"),
    [
        ("120", 120),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("99999999999999999999", 86_400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("Fri, 03 May 2024 10:11:12 GMT", None),
    ],
)
def test_a_host_may_ask_us_to_wait_but_not_for_ever(
    web: HostileWeb, client: Client, asked: str, wait_s: int | None
) -> None:
    response = get(client, web.page("/a", b"", f"Retry-After: {asked}", status="429 Slow Down"))
    waits = response.not_before_at
    waited_s = (waits - response.fetched_at).total_seconds() if waits else None
    assert waited_s is None if wait_s is None else wait_s <= waited_s <= wait_s + min(0.1 * wait_s, 60)


def test_redirects_are_followed_to_the_page(web: HostileWeb, client: Client) -> None:
    web.redirect("/b?x=1", web.url("/c"), status="301 Moved")
    web.page("/c", b"here")
    response = get(client, web.redirect("/a", "b?x=1"))
    assert (response.outcome, response.body, response.url, response.final_url) == (
        "ok",
        b"here",
        web.url("/a"),
        web.url("/c"),
    )
    assert web.connection_count == 1


def test_a_redirect_may_be_written_in_utf_8(web: HostileWeb, client: Client) -> None:
    web.page("/" + quote("é"), b"here")
    url = web.does("/a", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /é\r\n\r\n".encode())
    assert get(client, url).body == b"here"


def test_a_cookie_is_given_back_within_one_visit_and_then_forgotten(web: HostileWeb, client: Client) -> None:
    url = web.page("/a", b"", "Location: /a", "Set-Cookie: seen=1", status="302 Found")
    web.page("/a", b"here")
    assert get(client, url).body == b"here"
    get(client, url)
    assert ["Cookie: seen=1" in head for head in web.heads] == [False, True, False]


@pytest.mark.parametrize(
    ("location", "outcome"),
    [
        ("/a", "too_many_redirects"),
        ("http://10.0.0.1/", "blocked_address"),
        ("http://[::ffff:10.0.0.1]/", "blocked_address"),
        ("http://169.254.169.254/latest/meta-data/", "blocked_address"),
        ("file:///etc/passwd", "bad_url"),
        ("http://[::1", "bad_url"),
    ],
)
def test_a_redirect_leads_nowhere_it_should_not(web: HostileWeb, client: Client, location: str, outcome: str) -> None:
    response = get(client, web.redirect("/a", location))
    assert response.outcome == outcome
    assert len(web.heads) <= 9


def test_an_endless_body_of_a_redirect_is_not_read(web: HostileWeb, client: Client) -> None:
    web.page("/b", b"here")
    assert get(client, web.does("/a", b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n", flood)).body == b"here"


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("http://127.0.0.1:1/", "unreachable"),
        ("http://no-such-host.invalid/", "dns_error"),
        ("http://" + "a" * 64 + ".example/", "dns_error"),
        ("http://[::1", "bad_url"),
        ("gopher://example.org/", "bad_url"),
        ("nonsense", "bad_url"),
        ("", "bad_url"),
    ],
)
def test_where_nobody_answers_there_is_an_outcome_too(client: Client, url: str, outcome: str) -> None:
    assert get(client, url).outcome == outcome


def test_a_server_without_tls_is_a_tls_error(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def answer() -> None:
            sock, _ = plain.accept()
            with sock:
                sock.sendall(b"HTTP/1.1 400 Speak HTTP\r\nContent-Length: 0\r\n\r\n")
                sock.recv(65_536)

        answering = threading.Thread(target=answer)
        answering.start()
        assert get(client, f"https://127.0.0.1:{plain.getsockname()[1]}/").outcome == "tls_error"
        answering.join()


def test_private_networks_are_closed_unless_the_settings_open_them(
    web: HostileWeb, new_client: Callable[..., Client]
) -> None:
    assert get(new_client(allow_networks=()), web.page("/a", b"x")).outcome == "blocked_address"
    assert web.connection_count == 0


def test_a_connection_serves_many_visits(web: HostileWeb, client: Client) -> None:
    for path in ("/a", "/b", "/c"):
        get(client, web.page(path, b"x"))
    get(client, web.url("/missing"))
    get(client, web.url("/a"))
    assert (web.connection_count, len(web.heads)) == (1, 5)


@pytest.mark.parametrize("deeds", [(hang_up,), (reset, hang_up)])
def test_a_kept_connection_that_the_server_has_closed_meanwhile_costs_no_visit(
    web: HostileWeb, client: Client, deeds: tuple[Deed, ...]
) -> None:
    get(client, web.page("/a", b"x"))
    url = web.does("/b", *deeds)
    web.page("/b", b"here")
    assert get(client, url).body == b"here"
    assert [head.split(" ")[1] for head in web.heads] == ["/a", "/b", "/b"]


def test_a_server_that_hangs_up_on_every_request_is_asked_no_more_than_twice(web: HostileWeb, client: Client) -> None:
    get(client, web.page("/a", b"x"))
    url = web.does("/b", hang_up)
    assert get(client, url).outcome == "unreachable"
    assert get(client, url).outcome == "unreachable"
    assert [head.split(" ")[1] for head in web.heads] == ["/a", "/b", "/b", "/b"]


@pytest.mark.parametrize("accept", ["feed", "sitemap", "robots"])
def test_an_empty_feed_or_robots_file_may_end_with_the_connection_but_not_amid_its_headers(
    web: HostileWeb, client: Client, accept: str
) -> None:
    assert get(client, web.does("/a", HEAD + b"\r\n"), accept=accept).outcome == "ok"
    assert get(client, web.does("/b", HEAD), accept=accept).outcome == "cut_short"


def test_a_redirect_is_followed_only_where_the_caller_allows(web: HostileWeb, client: Client) -> None:
    asked: list[str] = []

    def may_follow(url: str) -> str | None:
        asked.append(url)
        return "robots_denied" if "/members/" in url else None

    web.redirect("/b", "/members/x")
    web.page("/members/x", b"for members")
    response = get(client, web.redirect("/a", "/b"), may_follow=may_follow)
    assert (response.outcome, response.body, response.http_status) == ("robots_denied", b"", 302)
    assert response.final_url == web.url("/b")
    assert response.detail == f"redirect to {web.url('/members/x')}"
    assert asked == [web.url("/b"), web.url("/members/x")]
    assert [head.split(" ")[1] for head in web.heads] == ["/a", "/b"]


def test_whoever_is_asked_may_use_the_client_and_the_deadline_still_holds(
    web: HostileWeb, new_client: Callable[..., Client]
) -> None:
    client = new_client(timeout_s=0.5)
    web.page("/robots.txt", b"")
    web.does("/b", HEAD + b"\r\n", drip)
    url = web.redirect("/a", "/b")
    response = get(
        client, url, may_follow=lambda _: get(client, web.url("/robots.txt"), accept="robots").body.decode() or None
    )
    assert response.outcome == "timeout"


def test_closing_the_client_ends_the_visits_in_flight(web: HostileWeb, new_client: Callable[..., Client]) -> None:
    client = new_client(timeout_s=1_000.0)
    begun, failures = threading.Event(), []

    def told(_: socket.socket, closing: threading.Event) -> None:
        begun.set()
        closing.wait()

    def visit() -> None:
        try:
            get(client, web.does("/a", HEAD, told))
        except RuntimeError as error:
            failures.append(str(error))

    visiting = threading.Thread(target=visit, daemon=True)
    visiting.start()
    begun.wait()
    client.close()
    visiting.join(timeout=60)
    assert failures == ["the client was closed during a visit"]


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ftp://a\x1b[2J\x9b\r\n\r\n", "redirect to ftp://a [2J"),
        (HEAD + b"Content-Encoding: \x00x\x07y\r\nContent-Length: 1\r\n\r\nx", "Content-Encoding: x y"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: a\x08b\r\nContent-Length: 1\r\n\r\nx", "Content-Type: a b"),
    ],
)
def test_what_a_server_says_is_shown_without_control_characters(
    web: HostileWeb, client: Client, answer: bytes, detail: str
) -> None:
    response = get(client, web.does("/a", answer))
    assert response.detail == detail
    assert all(character.isprintable() for _, value in response.headers for character in value if character < "\x7f")


def test_what_a_server_says_is_shown_in_short(web: HostileWeb, client: Client) -> None:
    for path, header in (("/a", "Content-Type: "), ("/b", "Content-Encoding: "), ("/c", "Location: x://")):
        status = "302 Found" if path == "/c" else "200 OK"
        response = get(client, web.page(path, b"x", header + "y" * 5_000, status=status))
        assert response.detail
        assert len(response.detail) == 200


@pytest.mark.parametrize("coding", [(), ("Content-Encoding: gzip",)])
@pytest.mark.parametrize("media_type", ["application/gzip", "application/x-gzip", "application/octet-stream"])
def test_a_packed_sitemap_arrives_as_its_bytes_and_one_packed_again_for_the_way_is_unpacked_once(
    web: HostileWeb, client: Client, media_type: str, coding: tuple[str, ...]
) -> None:
    body = gzip.compress(b"<urlset/>")
    url = web.page("/map.xml.gz", gzip.compress(body) if coding else body, f"Content-Type: {media_type}", *coding)
    response = get(client, url, accept="sitemap")
    assert (response.outcome, response.body) == ("ok", body)
    assert "Accept: application/xml,text/xml;q=0.9,text/plain;q=0.8,*/*;q=0.5" in web.heads[0].splitlines()


@pytest.mark.parametrize("accept", ["page", "section"])
def test_what_is_for_readers_is_html(web: HostileWeb, client: Client, accept: str) -> None:
    assert get(client, web.page("/a", b"x", "Content-Type: image/png"), accept=accept).outcome == "not_html"
    assert get(client, web.page("/b", b"x"), accept=accept).outcome == "ok"


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ((), None),
        (("301",), "/1"),
        (("308",), "/1"),
        (("302",), None),
        (("301", "301"), "/2"),
        (("301", "302"), "/1"),
        (("302", "301"), None),
        (("301", "307", "308"), "/1"),
    ],
)
def test_only_permanent_redirects_tell_where_a_page_has_moved(
    web: HostileWeb, client: Client, statuses: tuple[str, ...], moved_to: str | None
) -> None:
    for number, status in enumerate(statuses):
        web.redirect(f"/{number}", f"/{number + 1}", status=f"{status} Moved")
    web.page(f"/{len(statuses)}", b"here")
    response = get(client, web.url("/0"))
    assert response.body == b"here"
    assert response.moved_to == (web.url(moved_to) if moved_to else None)


def test_nothing_has_moved_to_where_nobody_answers(web: HostileWeb, client: Client) -> None:
    response = get(client, web.redirect("/a", "http://127.0.0.1:2/", status="301 Moved"))
    assert (response.outcome, response.moved_to, response.final_url) == ("unreachable", None, "http://127.0.0.1:2/")


def test_a_name_that_nobody_resolves_costs_its_own_visit_alone(
    web: HostileWeb, new_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolves, may_answer, asked = socket.getaddrinfo, threading.Event(), []

    def getaddrinfo(host: str, *args: object, **options: object) -> object:
        asked.append(host)
        if host == "slow.example":
            may_answer.wait()
        return resolves("127.0.0.1" if host.endswith(".example") else host, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    client = new_client(timeout_s=0.3)
    web.page("/a", b"here")
    assert get(client, f"http://quick.example:{web.port}/a").body == b"here"
    assert {get(client, f"http://slow.example:{web.port}/a").outcome for _ in range(3)} <= {"timeout", "dns_error"}
    assert get(client, f"http://other.example:{web.port}/a").body == b"here"
    assert asked.count("slow.example") == 1
    may_answer.set()


def for_ever(piece: bytes) -> Deed:
    def send(sock: socket.socket, closing: threading.Event) -> None:
        while not closing.is_set():
            sock.sendall(piece)

    return send


@pytest.mark.parametrize(
    "deeds",
    [
        (HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\0", for_ever(b"a" * 65_536)),
        (HEAD + b"Content-Encoding: gzip\r\n\r\n", for_ever(gzip.compress(b"") * 3_000)),
        (HEAD + b"Content-Encoding: deflate\r\n\r\n\x78\x9c", for_ever(b"\0\0\0\xff\xff" * 13_000)),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", for_ever(b"a: b\r\n" * 10_000)),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", for_ever(b"1\r\na\r\n" * 10_000)),
        (for_ever(b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000),),
    ],
)
def test_what_comes_over_the_wire_is_bounded_also_where_it_says_nothing(
    web: HostileWeb, new_client: Callable[..., Client], deeds: tuple[Deed, ...]
) -> None:
    response = get(new_client(timeout_s=600.0), web.does("/a", *deeds))
    assert (response.outcome, response.body) == ("too_large", b"")
    assert response.wire_bytes <= 3 * LIMIT_BYTES


@pytest.mark.parametrize(
    "path", ["//a", "//a//b/", "/a;b", "/%2570", "/a%2Fb", "/100%25?q=%25", "/é?ü", "/a|b[c]", "//a:b/c@d"]
)
def test_what_is_sent_is_what_robots_txt_was_asked_about(web: HostileWeb, client: Client, path: str) -> None:
    url = as_found(web.url(path))
    assert url is not None
    get(client, url)
    sent = web.heads[0].split(" ")[1]
    assert path_of(f"http://host{sent}") == path_of(url)
    assert sent.count("/") == path.count("/")


def test_where_too_many_names_are_asked_for_nobody_says_that_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    may_answer = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: may_answer.wait() and [])
    with Client(
        user_agent="ingest/0.1", timeout_s=600.0, connect_timeout_s=0.05, allow_networks=(), threads=2
    ) as client:
        outcomes = [get(client, f"http://n{number}.trap.example/").outcome for number in range(4)]
    assert outcomes == ["dns_error", "dns_error", "timeout", "timeout"]
    may_answer.set()
