"""The answer of robots.txt: what it means when it cannot be had, how long it holds, and who is asked for it how often."""

import json
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fetch.hostile import HostileWeb, Proxy, flood, reset, stall
from ingest.access import Access
from ingest.fetch import robots as module
from ingest.fetch import robots_answer
from ingest.fetch.client import Client
from ingest.fetch.hops import Hops
from ingest.fetch.lease import Lease, Leases
from ingest.fetch.robots import Robots, RobotsVerdict
from ingest.fetch.robots_answer import RULES_LIMIT_BYTES

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
    for path in cache.glob("*.robots"):
        head, _, packed = path.read_bytes().partition(b"\n")
        kept = json.loads(head)
        for key in ("asked_at", "text_at", "not_before_at"):
            if kept[key]:
                kept[key] = (datetime.fromisoformat(kept[key]) - age).isoformat()
        path.write_bytes(json.dumps(kept).encode() + b"\n" + packed)


def access(site: str, **terms: object) -> Access:
    nothing = {"proxy": None, "headers": {}, "cookies": {}, "username": None, "password": None, "ca_file": None}
    return Access(**{"site": site, "verify_tls": True, **nothing, **terms})  # type: ignore[arg-type]


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


def test_a_verdict_carries_what_else_the_host_says(web: HostileWeb, robots: Robots) -> None:
    web.page(
        "/robots.txt",
        b"User-agent: *\nCrawl-delay: 7\nDisallow: /private\n\nUser-agent: GPTBot\nDisallow: /\nSitemap: https://a.example/s.xml",
    )
    assert robots.verdict(web.url("/a")) == RobotsVerdict(
        state="allowed",
        crawl_delay_s=7.0,
        not_before_at=None,
        good_until=robots.answer(web.url("/a")).asked_at + timedelta(days=1),
        optouts=("robots:gptbot",),
    )
    assert robots.sitemaps(web.url("/a")) == ("https://a.example/s.xml",)


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


@pytest.mark.parametrize("hop_count", [1, 5])
def test_rules_behind_redirects_hold_for_the_host_that_was_asked(
    web: HostileWeb, robots: Robots, hop_count: int
) -> None:
    with HostileWeb() as other:
        for hop in range(1, hop_count):
            web.redirect("/robots.txt" if hop == 1 else f"/hop{hop}", web.url(f"/hop{hop + 1}"))
        web.redirect("/robots.txt" if hop_count == 1 else f"/hop{hop_count}", other.url("/elsewhere.txt"), "301 Moved")
        other.page("/elsewhere.txt", b"User-agent: *\nDisallow: /a")
        assert [robots.verdict(web.url(path)).state for path in ("/a", "/b")] == ["denied", "allowed"]
        assert robots.verdict(other.url("/a")).state == "allowed"


def test_redirects_without_end_are_a_file_that_is_not_there(web: HostileWeb, robots: Robots) -> None:
    web.redirect("/robots.txt", web.url("/robots.txt"))
    assert robots.verdict(web.url("/a")).state == "allowed"
    assert len(web.heads) == 6


def test_a_busy_host_that_robots_redirects_to_is_left_alone_and_asked_soon(
    web: HostileWeb, client: Client, leases: Leases, tmp_path: Path
) -> None:
    with HostileWeb("127.0.0.2") as other:
        place = f"127.0.0.2:{other.port}"
        web.redirect("/robots.txt", other.page("/robots.txt", b"User-agent: *\nDisallow: /a"))
        holder = leases.take(place)
        assert isinstance(holder, Lease)

        def verdict() -> RobotsVerdict:
            robots = Robots(client, cache=tmp_path, product="ingest")
            with Hops(leases, f"127.0.0.1:{web.port}", rest_s=lambda _: 50.0, wait_s=0.0) as hops:
                robots.sitemaps(web.url("/a"), may_follow=hops.enter)
                assert robots.answer(web.url("/a"), may_follow=hops.enter).final_url
                return robots.verdict(web.url("/a"), may_follow=hops.enter)

        asked = verdict()
        assert (asked.state, asked.not_before_at, other.heads) == ("unreachable", None, [])
        assert asked.good_until - datetime.now(UTC) <= timedelta(minutes=1)
        holder.release(0.0)
        assert verdict().state == "unreachable"
        ages(tmp_path, timedelta(seconds=61))
        assert verdict().state == "denied"
        assert isinstance(leases.take(place), float)
        assert (len(web.heads), len(other.heads)) == (2, 1)


def test_a_redirect_to_where_we_must_not_go_is_no_answer(web: HostileWeb, robots: Robots) -> None:
    web.redirect("/robots.txt", "http://192.168.0.1/robots.txt")
    assert robots.verdict(web.url("/a")).state == "unreachable"


@pytest.mark.parametrize("status", ["429 Later", "503 Later"])
def test_a_host_that_names_a_time_is_left_alone_until_then(
    web: HostileWeb, client: Client, tmp_path: Path, status: str
) -> None:
    web.page("/robots.txt", b"", "Retry-After: 7200", status=status)
    web.page("/robots.txt", b"User-agent: *\nDisallow: /a")
    for _ in range(2):
        verdict = Robots(client, cache=tmp_path, product="ingest").verdict(web.url("/b"))
        assert verdict.state == "unreachable"
        assert verdict.not_before_at is not None
        assert timedelta(hours=1.9) < verdict.not_before_at - datetime.now(UTC) < timedelta(hours=2.1)
        ages(tmp_path, timedelta(minutes=1))
    ages(tmp_path, timedelta(hours=1.5))
    assert Robots(client, cache=tmp_path, product="ingest").is_known(web.url("/b"))
    ages(tmp_path, timedelta(hours=1))
    robots = Robots(client, cache=tmp_path, product="ingest")
    assert not robots.is_known(web.url("/b"))
    verdict = robots.verdict(web.url("/b"))
    assert (verdict.state, verdict.crawl_delay_s, verdict.not_before_at, verdict.optouts) == ("allowed", None, None, ())
    assert len(web.heads) == 2


def test_a_host_that_names_a_second_is_not_asked_every_second(web: HostileWeb, client: Client, tmp_path: Path) -> None:
    web.page("/robots.txt", b"", "Retry-After: 1", status="503 Later")
    Robots(client, cache=tmp_path, product="ingest").verdict(web.url("/a"))
    ages(tmp_path, timedelta(minutes=9))
    verdict = Robots(client, cache=tmp_path, product="ingest").verdict(web.url("/a"))
    assert (verdict.state, verdict.not_before_at, len(web.heads)) == ("unreachable", None, 1)
    ages(tmp_path, timedelta(minutes=2))
    assert not Robots(client, cache=tmp_path, product="ingest").is_known(web.url("/a"))


def test_old_rules_hold_while_a_host_wants_to_be_left_alone(web: HostileWeb, client: Client, tmp_path: Path) -> None:
    web.page("/robots.txt", b"User-agent: *\nDisallow: /a")
    web.page("/robots.txt", b"", "Retry-After: 600", status="503 Later")
    Robots(client, cache=tmp_path, product="ingest").verdict(web.url("/a"))
    ages(tmp_path, timedelta(hours=25))
    robots = Robots(client, cache=tmp_path, product="ingest")
    verdicts = [robots.verdict(web.url(path)) for path in ("/a", "/b")]
    assert [verdict.state for verdict in verdicts] == ["denied", "allowed"]
    assert all(verdict.not_before_at for verdict in verdicts)


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


@pytest.mark.parametrize("head", ["HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nContent-Length: 1000000000"])
def test_an_endless_file_counts_with_its_beginning(web: HostileWeb, robots: Robots, head: str) -> None:
    web.does("/robots.txt", f"{head}\r\n\r\nUser-agent: *\nDisallow: /a\n".encode(), flood)
    assert [robots.verdict(web.url(path)).state for path in ("/a", "/b")] == ["denied", "allowed"]


@pytest.mark.parametrize("rule", [b"Disallow: /a/b", b"Allow: /a"])
def test_a_line_that_the_limit_cuts_is_no_rule(web: HostileWeb, robots: Robots, rule: bytes) -> None:
    start = b"User-agent: *\nDisallow: /c\n#"
    text = start + b"#" * (RULES_LIMIT_BYTES - len(start) - len(rule) + 1) + b"\n" + rule + b"bc\n"
    web.page("/robots.txt", text)
    assert robots.answer(web.url("/x")).text == text[: text.rfind(b"\n", 0, -1) + 1]
    assert [robots.verdict(web.url(path)).state for path in ("/a/b", "/c")] == ["allowed", "denied"]


def test_what_is_kept_of_a_large_file_is_small(web: HostileWeb, robots: Robots, tmp_path: Path) -> None:
    for number, body in enumerate(
        (b"\xff" * 700_000, b"User-agent: *\n" + b"Disallow: /\xff\x01\n" * 60_000, os.urandom(700_000))
    ):
        web.forget("/robots.txt")
        web.page("/robots.txt", body)
        robots = Robots(robots._client, cache=tmp_path / str(number), product="ingest")
        answer = robots.answer(web.url("/"))
        (kept,) = (tmp_path / str(number)).iterdir()
        assert kept.stat().st_size < (100_000 if number < 2 else 513_000)
        assert Robots(robots._client, cache=tmp_path / str(number), product="ingest").answer(web.url("/")) == answer
    assert len(web.heads) == 3


def test_a_crawl_delay_that_is_known_is_told_without_a_request(web: HostileWeb, client: Client, tmp_path: Path) -> None:
    web.page("/robots.txt", b"User-agent: *\nCrawl-delay: 7")
    robots = Robots(client, cache=tmp_path, product="ingest")
    assert robots.known_delay_s(web.url("/a")) is None
    assert web.heads == []
    robots.verdict(web.url("/a"))
    assert robots.known_delay_s(web.url("/b")) == 7.0
    assert Robots(client, cache=tmp_path, product="ingest").known_delay_s(web.url("/b")) == 7.0
    ages(tmp_path, timedelta(hours=25))
    assert Robots(client, cache=tmp_path, product="ingest").known_delay_s(web.url("/b")) is None
    assert len(web.heads) == 1


def test_a_failure_is_known_only_to_those_who_reach_the_host_in_the_same_way(
    web: HostileWeb, client: Client, tmp_path: Path
) -> None:
    url = f"http://paper.invalid:{web.port}/a"
    web.page("/robots.txt", b"User-agent: *\nDisallow: /a")
    with Proxy({"paper.invalid": ("127.0.0.1", web.port)}) as proxy:
        ours = access("http://paper.invalid/", proxy=proxy.url)
        robots = Robots(client, cache=tmp_path, product="ingest")
        assert robots.verdict(url).state == "unreachable"
        assert robots.is_known(url)
        assert not robots.is_known(url, access=ours)
        assert robots.verdict(url, access=ours).state == "denied"
        for asked in (robots, Robots(client, cache=tmp_path, product="ingest")):
            assert asked.is_known(url)
            assert [asked.verdict(url, access=terms).state for terms in (ours, None)] == ["denied", "denied"]
        assert len(web.heads) == 1
    assert all(b"secret" not in path.read_bytes() for path in tmp_path.iterdir())


def test_failures_of_two_ways_to_a_host_do_not_take_turns(web: HostileWeb, client: Client, tmp_path: Path) -> None:
    web.page("/robots.txt", b"", status="500 Oh")
    ways = (None, access(web.url("/"), verify_tls=False), access("http://other.example/", verify_tls=False))
    for _ in range(3):
        robots = Robots(client, cache=tmp_path, product="ingest")
        assert {robots.verdict(web.url("/a"), access=way).state for way in ways} == {"unreachable"}
    assert len(web.heads) == 2


def test_old_rules_hold_however_they_were_found(web: HostileWeb, client: Client, tmp_path: Path) -> None:
    web.page("/robots.txt", b"User-agent: *\nDisallow: /a")
    web.page("/robots.txt", b"", status="500 Oh")
    ours = access(web.url("/"), headers={"X-Key": "1"})
    Robots(client, cache=tmp_path, product="ingest").verdict(web.url("/a"))
    ages(tmp_path, timedelta(hours=25))
    robots = Robots(client, cache=tmp_path, product="ingest")
    assert [robots.verdict(web.url(path), access=ours).state for path in ("/a", "/b")] == ["denied", "allowed"]


def test_a_proxy_that_wants_a_password_says_nothing_of_the_host(
    client: Client, web: HostileWeb, tmp_path: Path
) -> None:
    web.does("http://paper.invalid/robots.txt", b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n")
    ours = access("http://paper.invalid/", proxy=web.url(""))
    robots = Robots(client, cache=tmp_path, product="ingest")
    assert robots.verdict("http://paper.invalid/a", access=ours).state == "unreachable"


def test_what_was_written_long_ago_is_swept_away(web: HostileWeb, client: Client, tmp_path: Path) -> None:
    web.page("/robots.txt", b"")
    robots = Robots(client, cache=tmp_path, product="ingest")
    for place in ("localhost", "127.0.0.1"):
        robots.verdict(f"http://{place}:{web.port}/")
    left = [tmp_path / "http_killed.17-5", tmp_path / f"http_localhost%3A{web.port}.robots"]
    left[0].write_text("half")
    for path in left:
        os.utime(path, (1_000_000_000.0, 1_000_000_000.0))
    assert robots_answer.sweep(tmp_path, before=datetime.now(UTC) - timedelta(days=40)) == 2
    assert [path.name for path in tmp_path.iterdir()] == [f"http_127.0.0.1%3A{web.port}.robots"]


def test_a_host_is_asked_once_a_day(web: HostileWeb, client: Client, tmp_path: Path) -> None:
    web.page("/robots.txt", b"User-agent: *\nDisallow: /a", "Content-Type: text/plain")
    for _ in range(2):
        robots = Robots(client, cache=tmp_path, product="ingest")
        assert [robots.verdict(web.url(path)).state for path in ("/a", "/b")] == ["denied", "allowed"]
    assert len(web.heads) == 1
    ages(tmp_path, timedelta(hours=25))
    Robots(client, cache=tmp_path, product="ingest").verdict(web.url("/a"))
    assert len(web.heads) == 2


def test_it_is_known_whether_a_verdict_needs_a_request(web: HostileWeb, client: Client, tmp_path: Path) -> None:
    web.page("/robots.txt", b"")
    robots = Robots(client, cache=tmp_path, product="ingest")
    assert not robots.is_known(web.url("/a"))
    assert web.heads == []
    robots.verdict(web.url("/a"))
    assert robots.is_known(web.url("/b"))
    assert Robots(client, cache=tmp_path, product="ingest").is_known(web.url("/b"))
    assert not robots.is_known(f"http://localhost:{web.port}/a")
    ages(tmp_path, timedelta(hours=25))
    assert not Robots(client, cache=tmp_path, product="ingest").is_known(web.url("/b"))


def test_threads_that_ask_at_once_make_one_request(web: HostileWeb, robots: Robots) -> None:
    web.page("/robots.txt", b"User-agent: *\nDisallow: /a")
    with ThreadPoolExecutor(16) as pool:
        states = list(pool.map(lambda number: robots.verdict(web.url(f"/a{number}")).state, range(64)))
    assert states == ["denied"] * 64
    assert len(web.heads) == 1


def test_hosts_that_no_longer_fit_in_memory_are_not_asked_again(
    web: HostileWeb, robots: Robots, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HOSTS_IN_MEMORY", 2)
    monkeypatch.setattr(module, "MEMORY_LIMIT_BYTES", 1_000)
    web.page("/robots.txt", b"User-agent: *\nDisallow: /a")
    with HostileWeb() as other:
        other.page("/robots.txt", b"User-agent: *\nDisallow: /b\n" + b"Disallow: /a\n" * 10)
        for _ in range(3):
            assert [
                robots.verdict(url).state for url in (web.url("/a"), other.url("/a"), f"http://localhost:{web.port}/a")
            ] == ["denied"] * 3
        assert (len(web.heads), len(other.heads)) == (2, 1)


def test_octets_that_are_no_utf_8_are_kept_as_they_are(web: HostileWeb, client: Client, tmp_path: Path) -> None:
    web.page("/robots.txt", b"User-agent: *\nDisallow: /caf\xe9")
    for _ in range(2):
        robots = Robots(client, cache=tmp_path, product="ingest")
        assert [robots.verdict(web.url(path)).state for path in ("/caf%E9", "/caf%E8")] == ["denied", "allowed"]
    assert len(web.heads) == 1


def test_the_answer_itself_can_be_looked_at(web: HostileWeb, robots: Robots) -> None:
    web.page("/robots.txt", b"User-agent: *\nDisallow: /a")
    web.page("/robots.txt", b"", status="500 Oh")
    answer = robots.answer(web.url("/x"))
    assert (answer.outcome, answer.http_status, answer.text) == ("ok", 200, b"User-agent: *\nDisallow: /a")
    assert robots.answer(web.url("/y")) is answer


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
    for kept in (b"{", b"", b"[]\n", b"{}\n", b"\xff" * 100_000):
        for path in tmp_path.glob("*.robots"):
            path.write_bytes(kept)
        assert Robots(client, cache=tmp_path, product="ingest").verdict(web.url("/a")).state == "denied"
    for path in tmp_path.glob("*.robots"):
        path.write_bytes(path.read_bytes().partition(b"\n")[0] + b"\nno zlib")
    assert Robots(client, cache=tmp_path, product="ingest").verdict(web.url("/a")).state == "denied"
    assert len(web.heads) == 7


@pytest.mark.parametrize("label_count", [3, 4])
def test_a_host_with_the_longest_of_names_is_kept_too(client: Client, tmp_path: Path, label_count: int) -> None:
    host = ".".join(["a" * 59] * label_count) + ".invalid"
    assert Robots(client, cache=tmp_path, product="ingest").verdict(f"http://{host}/a").state == "unreachable"
    (kept,) = tmp_path.iterdir()
    assert kept.suffix == ".robots"


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
