"""Crawls over many hosts at once, seen from the hosts: each rests between two requests, and none waits for another."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from itertools import pairwise
from shutil import rmtree

import pytest

from fetch.hostile import Deed, HostileWeb
from ingest.jobs import build, crawl, load, publish
from ingest.settings import Settings
from jobs.hostile_faults import HEAD, PAGE, RSS, XML
from looks import ask

HOSTS = 64
STORIES = tuple(f"/2026/11/22/story-of-the-day-{number}" for number in range(3))
REST_S = 0.2
CLOCK_S = 0.005  # a rest ends by the clock on the wall, and is measured here by another
WAIT_LIMIT_S = 60.0  # only a crawl that waits for a host that answers last gets there
EVERYTHING = ("/feed", "/robots.txt", *STORIES)
RETRY_S = 120
CRAWL = """
import sys
from ingest.jobs import crawl
from ingest.settings import load
settings = load()
print("ready", flush=True)
sys.stdin.readline()
crawl.run(settings, poll_all=True)
"""


@pytest.fixture
def webs() -> Iterator[list[HostileWeb]]:
    with ExitStack() as stack:
        yield [stack.enter_context(HostileWeb(f"127.0.0.{number + 10}")) for number in range(HOSTS)]


@pytest.fixture
def papers(webs: list[HostileWeb]) -> list[HostileWeb]:
    """Each lists three stories of its own."""
    for web in webs:
        web.page("/feed", listing(web), XML)
        for path in STORIES:
            web.page(path, story(web, path))
    return webs


@pytest.fixture
def crawls(settings: Settings) -> Callable[[Sequence[HostileWeb]], Settings]:
    """Settings whose catalogue names these hosts."""

    def of(webs: Sequence[HostileWeb], *feeds: str) -> Settings:
        settings.home.mkdir(parents=True, exist_ok=True)
        catalogue = settings.home / "sources.toml"
        catalogue.write_text("".join(source(number, web, feeds) for number, web in enumerate(webs)), "utf-8")
        return replace(
            settings, catalogue=catalogue, allow_networks=(ip_network("127.0.0.0/8"),), fetch_timeout_s=WAIT_LIMIT_S
        )

    return of


def source(number: int, web: HostileWeb, feeds: Sequence[str]) -> str:
    keys = {
        "source_id": f"s{number}", "name": f"Paper {number}", "home_url": web.url("/"), "country": "ZZ", "language": "en",
        "host_delay_s": REST_S, "feeds": [web.url(path) for path in feeds or ("/feed",)],
    }  # fmt: skip
    return "[[source]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())


def listing(web: HostileWeb) -> bytes:
    return (
        RSS % "".join(f"<item><title>A story</title><link>{web.url(path)}</link></item>" for path in STORIES).encode()
    )


def story(web: HostileWeb, path: str) -> bytes:
    place = web.url(path).translate(str.maketrans(":/.-", "    "))
    text = f"<p>This is what happened today at {place}, told in words enough for a record. " * 40
    return f"<html><h1>A story of {place}</h1>{text}".encode()


def asked(web: HostileWeb) -> list[str]:
    return [head.split(" ", 2)[1] for head in web.heads]


def shortest_rest_s(web: HostileWeb) -> float:
    return min((after - before for before, after in pairwise(sorted(web.asked_at))), default=REST_S)


def hurried(webs: Sequence[HostileWeb]) -> dict[str, float]:
    """Hosts that were asked too soon again, and how soon."""
    return {web.url("/"): rest_s for web in webs if (rest_s := shortest_rest_s(web)) < REST_S - CLOCK_S}


def until(is_time: Callable[[], bool]) -> Deed:
    """Say nothing before that."""

    def waits(_: object, closing: object) -> None:
        while not is_time() and not closing.wait(0.02):  # type: ignore[attr-defined]
            pass

    return waits


def told(settings: Settings, sql: str) -> list[tuple]:
    """Rows of a query, once all that was staged is published."""
    for job in (load, build, publish):
        job.run(settings)
    return ask(settings, sql)


def test_each_of_many_hosts_rests_after_every_request_and_one_that_is_stuck_delays_no_other(
    papers: list[HostileWeb], crawls: Callable[..., Settings]
) -> None:
    """The stuck host says nothing before all others were asked for the same: who waits for it waits until its time is up."""
    stuck, *others = papers
    last = story(stuck, STORIES[0])
    for path in ("/feed", STORIES[0]):
        stuck.forget(path)
    stuck.does("/feed", until(lambda: all("/feed" in asked(web) for web in others)), HEAD + b"\r\n", listing(stuck))
    stuck.does(STORIES[0], until(lambda: all({*STORIES} <= {*asked(web)} for web in others)), PAGE + b"\r\n", last)
    settings = crawls(papers)
    summary = crawl.run(settings)
    assert (summary.polls, summary.failed_polls, summary.put_off) == (HOSTS, 0, 0)
    assert hurried(papers) == {}
    assert {web.url("/"): asked(web) for web in papers if sorted(asked(web)) != sorted(EVERYTHING)} == {}
    states = told(settings, "SELECT state, reason, count(*) FROM mart.ledger GROUP BY ALL ORDER BY ALL")
    assert states == [("stored", "article", HOSTS * len(STORIES))]


def test_two_crawls_at_once_let_each_host_rest_as_if_they_were_one(
    papers: list[HostileWeb], crawls: Callable[..., Settings]
) -> None:
    settings = crawls(papers)
    with ExitStack() as stack:
        running = [stack.enter_context(crawl_process(settings, name)) for name in ("one", "two")]
        for process in running:
            assert process.stdout and process.stdout.readline() == "ready\n"
        for process in running:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in running:
            process.communicate()
        assert [process.returncode for process in running] == [0, 0]
    assert hurried(papers) == {}
    polled_by = [{name for name in ("one", "two") if any(is_poll(head, name) for head in web.heads)} for web in papers]
    assert polled_by == [{"one", "two"}] * HOSTS
    assert told(settings, "SELECT state, count(*) FROM mart.ledger GROUP BY state") == [
        ("stored", HOSTS * len(STORIES))
    ]


@pytest.mark.parametrize(
    ("refused", "before_that"),
    [
        ("/feed", ()),
        ("/robots.txt", ("/feed", "/more")),
        (STORIES[0], ("/feed", "/more", "/robots.txt")),
    ],
)
def test_a_host_that_asks_us_to_wait_is_asked_nothing_more_until_then(
    papers: list[HostileWeb], crawls: Callable[..., Settings], refused: str, before_that: tuple[str, ...]
) -> None:
    overloaded, well = papers[:2]
    for web in (overloaded, well):
        web.page("/more", listing(web), XML)
    overloaded.forget(refused)
    overloaded.page(refused, b"", f"Retry-After: {RETRY_S}", status="429 Too Many Requests")
    settings = crawls([overloaded, well], "/feed", "/more")
    began_at = datetime.now(UTC)
    for seconds in (0, RETRY_S // 2):
        crawl.run(settings, poll_all=True, now=began_at + timedelta(seconds=seconds))
        assert asked(overloaded) == [*before_that, refused]
    assert set(STORIES) <= {*asked(well)}


@pytest.mark.parametrize("refused", ["/feed", STORIES[0]])
def test_a_host_that_asked_us_to_wait_is_asked_again_when_that_is_over(
    papers: list[HostileWeb], crawls: Callable[..., Settings], refused: str
) -> None:
    overloaded = papers[0]
    answers = (listing(overloaded), XML) if refused == "/feed" else (story(overloaded, refused),)
    overloaded.forget(refused)
    overloaded.page(refused, b"", f"Retry-After: {RETRY_S}", status="429 Too Many Requests")
    overloaded.page(refused, *answers)  # type: ignore[arg-type]
    settings = crawls([overloaded])
    began_at = datetime.now(UTC)
    crawl.run(settings, now=began_at)
    rmtree(settings.home / "hosts")  # leases know the clock on the wall alone: an hour passes for them too
    crawl.run(settings, now=began_at + timedelta(hours=1))
    assert told(settings, "SELECT state, count(*) FROM mart.ledger GROUP BY state") == [("stored", len(STORIES))]


def crawl_process(settings: Settings, name: str) -> subprocess.Popen[str]:
    environ = {
        "INGEST_HOME": str(settings.home), "INGEST_CATALOGUE": str(settings.catalogue),
        "INGEST_CONTACT": f"mailto:{name}@example.org", "INGEST_ALLOW_NETWORKS": "127.0.0.0/8",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", CRAWL],
        env=os.environ | environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def is_poll(head: str, name: str) -> bool:
    return head.startswith("GET /feed ") and f"mailto:{name}@" in head
