"""One crawl over a web of faults, in a process of its own: each fault has its row, none costs a neighbour anything."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

import pytest

from fetch.hostile import HostileWeb
from fetch.tls import self_signed
from ingest.jobs import build, load, publish
from ingest.rules.url import identity
from ingest.settings import Settings
from jobs.hostile_faults import FEED_FAULTS, PAGE_FAULTS, RSS, XML, closed_port
from looks import ask

pytestmark = pytest.mark.slow

HEALTHY_PAGES = 5
TIMEOUT_S = 4.0
# A visit may wait for its name, and then for its end: some slack, since two cores serve and crawl at once.
SLACK_S = 3.0
MEMORY_LIMIT_MB = 700  # of the crawl and of each of its workers; Python with our libraries is 250 of it
CRAWL = """
import json, pathlib, re, resource
from ingest.jobs import crawl
from ingest.settings import load
summary = crawl.run(load())
# of itself by /proc: getrusage begins with what the process weighed that started this one
own = re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]
print(json.dumps({"crawl": int(own), "worker": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}))
"""


@dataclass(frozen=True)
class Aftermath:
    settings: Settings
    peaks_kb: dict[str, int]
    webs: dict[str, HostileWeb]


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    home = tmp_path_factory.mktemp("hostile")
    with ExitStack() as stack:
        webs: dict[str, HostileWeb] = {}
        tables = ["[defaults]\nhost_delay_s = 0.05\n"]

        def add(name: str, url: str, kind: str = "feeds") -> None:
            given = {"source_id": f"s{len(tables)}", "name": name, "home_url": url, "country": "ZZ", "language": "en"}
            tables.append(
                "[[source]]\n"
                + "".join(f"{key} = {json.dumps(text)}\n" for key, text in given.items())
                + f"{kind} = [{json.dumps(url)}]\n"
            )

        def host(name: str, **options: object) -> HostileWeb:
            number = len(webs) + 1
            web = stack.enter_context(HostileWeb(f"127.0.{number // 200 + 1}.{number % 200 + 1}", **options))  # type: ignore[arg-type]
            webs[name] = web
            return web

        for fault in FEED_FAULTS:
            web = host(fault.name)
            fault.sets(web)
            add(fault.name, web.url("/feed"), fault.kind)
        for fault in PAGE_FAULTS:
            web = host(fault.name)
            fault.sets(web)
            lists(web, "/page")
            add(fault.name, web.url("/feed"))
        add("nobody listens", f"http://127.0.0.1:{closed_port()}/feed")
        add("no such name", "http://no-such-name.invalid/feed")
        add("signed by itself", host("signed by itself", tls=self_signed(home).context).url("/feed"))
        plain = host("no TLS where TLS is due")
        add("no TLS where TLS is due", plain.url("/feed").replace("http:", "https:"))
        well = host("well")
        for number in range(HEALTHY_PAGES):
            story = f"<html><h1>Story {number}</h1>" + f"<p>This is paragraph {number} of a long story. " * 60
            well.page(f"/{number}", story.encode())
        lists(well, *(f"/{number}" for number in range(HEALTHY_PAGES)))
        add("well", well.url("/feed"))
        catalogue = home / "sources.toml"
        catalogue.write_text("\n".join(tables), "utf-8")
        settings = Settings(
            home=home / "data", catalogue=catalogue, contact="mailto:t@example.org", fetch_timeout_s=TIMEOUT_S,
            allow_networks=(ip_network("127.0.0.0/8"),),
        )  # fmt: skip
        environ = {
            "INGEST_HOME": str(settings.home), "INGEST_CATALOGUE": str(catalogue), "INGEST_CONTACT": settings.contact,
            "INGEST_FETCH_TIMEOUT_S": str(TIMEOUT_S), "INGEST_ALLOW_NETWORKS": "127.0.0.0/8",
            "INGEST_FETCH_THREADS": "64",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", CRAWL], env=os.environ | environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        for job in (load, build, publish):
            job.run(settings)
        yield Aftermath(settings, json.loads(done.stdout.splitlines()[-1]), webs)


def lists(web: HostileWeb, *paths: str) -> None:
    entries = "".join(f"<item><title>{path}</title><link>{web.url(path)}</link></item>" for path in paths)
    web.page("/feed", RSS % entries.encode(), XML)


def test_there_are_at_least_forty_faults() -> None:
    assert len(FEED_FAULTS) + len(PAGE_FAULTS) >= 40


def test_each_fault_of_a_feed_is_a_row_with_its_outcome(aftermath: Aftermath) -> None:
    told = dict(ask(aftermath.settings, "SELECT name, outcome FROM raw.poll JOIN raw.source USING (source_id)"))
    expected = {fault.name: fault.outcomes for fault in FEED_FAULTS} | {
        "nobody listens": ("unreachable",), "no such name": ("dns_error",), "signed by itself": ("tls_error",),
        "no TLS where TLS is due": ("timeout",),
    }  # fmt: skip
    assert {name: told.get(name) for name, may in expected.items() if told.get(name) not in may} == {}


def test_each_fault_of_a_page_ends_in_its_state(aftermath: Aftermath) -> None:
    rows = ask(
        aftermath.settings, "SELECT name, state, ledger.reason FROM mart.ledger JOIN raw.source USING (source_id)"
    )
    told: dict[str, set[tuple[str, str]]] = {}
    for name, *state in rows:
        told.setdefault(name, set()).add(tuple(state))
    wrong = {
        fault.name: told.get(fault.name) for fault in PAGE_FAULTS if not told.get(fault.name, {0}) <= {*fault.states}
    }
    assert wrong == {}


def test_what_was_well_is_all_there(aftermath: Aftermath) -> None:
    web = aftermath.webs["well"]
    stored = ask(aftermath.settings, "SELECT entry_id::VARCHAR FROM mart.ledger WHERE state = 'stored'")
    assert {identity(web.url(f"/{number}")) for number in range(HEALTHY_PAGES)} <= {entry_id for (entry_id,) in stored}
    assert sum(head.startswith("GET /robots.txt ") for head in web.heads) == 1
    assert len(web.heads) == 2 + HEALTHY_PAGES


def test_nothing_from_this_machine_was_read_into_a_row(aftermath: Aftermath) -> None:
    secret = Path("/etc/passwd").read_text("utf-8").splitlines()[0]
    assert ask(aftermath.settings, "SELECT count(*) FROM raw.entry WHERE contains(title, 'root:')") == [(0,)]
    assert "root:" in secret


def test_no_visit_took_longer_than_its_time(aftermath: Aftermath) -> None:
    """Of a page, robots.txt has its own time: it is a visit of its own."""
    longest = "SELECT max(elapsed_ms) FROM (SELECT elapsed_ms FROM raw.poll UNION ALL SELECT elapsed_ms FROM raw.fetch)"
    ((elapsed_ms,),) = ask(aftermath.settings, longest)
    assert elapsed_ms < 1_000 * (TIMEOUT_S + SLACK_S)


def test_memory_stayed_bounded(aftermath: Aftermath) -> None:
    assert {who: peak // 1_024 for who, peak in aftermath.peaks_kb.items() if peak > MEMORY_LIMIT_MB * 1_024} == {}


def test_a_wait_of_ten_years_is_a_day(aftermath: Aftermath) -> None:
    ((days,),) = ask(aftermath.settings, "SELECT max(epoch(not_before_at) - epoch(polled_at)) / 86400 FROM raw.poll")
    assert 1.0 <= days < 1.01
