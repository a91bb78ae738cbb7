"""Demo: the whole pipeline over the demo news web, twice in its day. Its tables and its account are in demo_result.py."""

import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

from ingest import settings as settings_module
from ingest.demo.loopback import free_port
from ingest.demo.standalone import Standalone
from ingest.demo.web import NewsWeb
from ingest.errors import DemoFailed
from ingest.jobs import build, crawl, load, publish
from ingest.jobs.demo_result import DemoResult, fetched_and_stored, gaps, result, wait_s
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.warehouse.state import journaled

Say = Callable[[str], None]
MARKER = ".demo"  # a folder with this file in it is ours to empty
CONTACT = "mailto:demo@example.org"
LOOPBACK = "127.0.0.0/8"
LOAD_WAIT_S = 300.0
LOOK_EVERY_S = 0.5


def run(home: Path, *, seed: int, pages: Path | None, through_airflow: bool, say: Say) -> DemoResult:
    """Serve the news web, crawl and load both of its editions, compare; DemoFailed lists what does not add up."""
    _empty(home)
    with ExitStack() as stack:
        web = stack.enter_context(NewsWeb(seed=seed, pages=pages, is_overloaded_once=True))
        settings = _settings(home, web)
        say(
            f"demo news web: {len(web.papers)} papers on this machine, the first at {web.origins[web.papers[0].source_id]}/"
        )
        way: Callable[[], None] = _Direct(settings, say).round
        if through_airflow:
            way = _Airflow(settings, say, stack).round
        for edition in (1, 2):
            web.turn_to(edition)
            say(f"edition {edition} is out: crawl, load, build, check, publish")
            way()
            _wait_out_retry_after(settings, say)
        _fill_gaps(settings, way, say)
        _crawl_in_vain(settings, way, say)
        if asked := [url for url in web.truth()["unasked"] if web.fetch_count(url)]:
            raise DemoFailed("a crawl has no reason to ask for these:\n  " + "\n  ".join(asked))
        return result(settings, web.truth()["entries"], next_steps=_next_steps(settings))


def _fill_gaps(settings: Settings, way: Callable[[], None], say: Say) -> None:
    """One crawl more: the second edition's brought to light that a feed had rolled over."""
    lacking = ", ".join(source_id for source_id, _, _ in gaps(settings))
    say(f"{lacking} printed more than its feed shows: crawl again, for what is missing is in its sitemap")
    way()
    found = gaps(settings)
    if not found or not all(is_filled for _, is_filled, _ in found):
        raise DemoFailed(f"feeds that rolled over, and whether a sitemap was read since: {found}")
    say(f"  {sum(count for _, _, count in found)} items were found that no feed had shown to a crawl")


def _crawl_in_vain(settings: Settings, way: Callable[[], None], say: Say) -> None:
    say("nothing is new now: crawl again, to see that nothing is fetched or stored twice")
    before = fetched_and_stored(settings)
    way()
    if (after := fetched_and_stored(settings)) != before:
        raise DemoFailed(f"a crawl with nothing new went from {before} to {after} pages fetched and articles stored")


class _Direct:
    """The jobs, one after the other, in this process."""

    def __init__(self, settings: Settings, say: Say) -> None:
        self._settings = settings
        self._say = say

    def round(self) -> None:
        summary = crawl.run(self._settings)
        self._say(
            f"  crawled: {summary.polls} polls, {summary.entries} new or changed entries, {summary.fetched} pages fetched, "
            f"{summary.extracted} read, {summary.rejected} rejected, {summary.failed} failed"
        )
        load.run(self._settings)
        build.run(self._settings)
        published = publish.run(self._settings)
        self._say(f"  published: {published['file_bytes']} bytes at {self._settings.published_file}")


class _Airflow:
    """The DAGs, in an Airflow of the demo's own: SQLite, LocalExecutor, loopback only."""

    def __init__(self, settings: Settings, say: Say, stack: ExitStack) -> None:
        self._settings = settings
        self._say = say
        say("starting Airflow (about 20 s on a quiet machine)")
        self._airflow = stack.enter_context(
            Standalone(
                home=settings.home,
                dags=_dags(),
                port=free_port(),
                environ=os.environ | _environ(settings),
                open_to_all=True,
                say=lambda line: say(f"  {line}"),
            )
        )
        if errors := self._airflow.import_errors():
            raise DemoFailed("Airflow cannot read the DAGs:\n" + "\n".join(errors), "see dags/README.md")
        for dag_id in ("news_load", "news_crawl"):
            self._airflow.unpause(dag_id)
        say(f"Airflow is up at {self._airflow.url}, with news_crawl and news_load switched on")

    def round(self) -> None:
        run_id = self._airflow.trigger("news_crawl")
        state = self._airflow.wait("news_crawl", run_id)
        tasks = self._airflow.task_states("news_crawl", run_id)
        self._say(f"  news_crawl {state}: {', '.join(f'{name} {task}' for name, task in sorted(tasks.items()))}")
        if state != "success":
            raise DemoFailed(f"news_crawl ended as {state}", f"its logs are under {self._airflow.home / 'logs'}")
        until = time.monotonic() + LOAD_WAIT_S
        while owed := set(stage.sealed(self._settings.stage)) - journaled(self._settings.state_file):
            if time.monotonic() > until:
                raise DemoFailed(f"news_load has not loaded {len(owed)} batches in {LOAD_WAIT_S:.0f} s")
            time.sleep(LOOK_EVERY_S)
        kind = self._airflow.runs("news_load")[0]["run_type"]
        self._say(f"  news_load has loaded and published what was staged (its last run: {kind})")


def _next_steps(settings: Settings) -> tuple[str, ...]:
    return (
        "What next:",
        f'  INGEST_HOME={settings.home} {_prompt()} query "SELECT title, published_at FROM mart.article LIMIT 5"',
        f"  INGEST_HOME={settings.home} {_prompt()} status",
        "  make up      the Airflow UI with the real sources of dags/sources.toml, on http://127.0.0.1:8080",
    )


def _settings(home: Path, web: NewsWeb) -> Settings:
    catalogue = home / "sources.toml"
    catalogue.write_text(web.catalogue(), "utf-8")
    return replace(
        settings_module.load({}),
        home=home.resolve(),
        catalogue=catalogue.resolve(),
        contact=CONTACT,
        allow_networks=(ip_network(LOOPBACK),),
    )


def _environ(settings: Settings) -> dict[str, str]:
    return {
        "INGEST_HOME": str(settings.home),
        "INGEST_CATALOGUE": str(settings.catalogue),
        "INGEST_CONTACT": CONTACT,
        "INGEST_ALLOW_NETWORKS": LOOPBACK,
    }


def _wait_out_retry_after(settings: Settings, say: Say) -> None:
    """The overloaded host of edition 1 asks for two seconds; a crawl in between would rightly pass it over."""
    if (left_s := wait_s(settings)) > 0:
        say(f"  a host answered 503 and asked to be left alone for {left_s:.1f} s more: waiting")
        time.sleep(left_s + 0.1)


def _prompt() -> str:
    """The command as a person would type it here."""
    command = Path(sys.executable).with_name("ingest")
    return str(command.relative_to(Path.cwd())) if command.is_relative_to(Path.cwd()) else str(command)


def _dags() -> Path:
    """The DAG folder of the checkout; Airflow's runs need one, the jobs themselves do not."""
    folder = Path(__file__).parents[3] / "dags"
    if not folder.is_dir():
        raise DemoFailed(f"no DAG folder at {folder}", "run the demo through Airflow from a checkout: make demo")
    return folder


def _empty(home: Path) -> None:
    if home.exists() and any(home.iterdir()) and not (home / MARKER).exists():
        raise DemoFailed(f"{home} is not empty, and not a demo's", "choose another --home")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / MARKER).touch()
