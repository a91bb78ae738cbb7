"""The page's addresses: closed without a login, acting only for whom Airflow lets act, and only from the page itself."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.airflow_ui import read, source
from ingest.airflow_ui.act import is_own
from ingest.settings import Settings
from stand_in_airflow import StandInAirflow
from watched_sources import Sources

ATTACK = '</title><script>alert(1)</script>"><img src=x onerror=alert(1)>'
AT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
ACTIONS = [
    ("daily", "poll", "news_crawl", {"source_ids": ["daily"]}),
    ("daily", "reprocess", "news_reprocess", {"source_ids": ["daily"]}),
    ("daily", "pause", "news_act", {"action": "pause", "source_id": "daily", "reason": "they move"}),
    ("daily", "quarantine", "news_act", {"action": "quarantine", "source_id": "daily", "reason": "they move"}),
    ("resting", "resume", "news_act", {"action": "resume", "source_id": "resting", "reason": "they move"}),
    ("daily", "release", "news_act", {"action": "release", "source_id": "daily", "reason": "they move"}),
]


@pytest.fixture
def airflow(every_state_file: Path, monkeypatch: pytest.MonkeyPatch) -> StandInAirflow:
    monkeypatch.setenv("INGEST_HOME", str(every_state_file.parents[1]))
    return StandInAirflow()


def buttons(page: str) -> list[str]:
    return re.findall(r'action="[^"]*/source/[^"/]+/(\w+)"', page)


def test_no_address_answers_without_a_login(airflow: StandInAirflow) -> None:
    routes = [(method, route.path) for route in airflow.page.routes for method in route.methods]
    assert len(routes) == 5
    for method, path in routes:
        address = path.format(source_id="daily", action="poll")
        given = {"data": {"source_ids": "daily"}} if method == "POST" else {"params": {"at": AT.isoformat()}}
        for nobody in (None, "stranger"):
            assert airflow.answers(address, to=nobody, method=method, **given).status_code == 401, path
    assert airflow.triggered == []


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/source/", "/source/none"])
def test_nothing_else_is_there(airflow: StandInAirflow, path: str) -> None:
    assert airflow.answers(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/source/daily", "/source/none"])
def test_a_page_may_load_and_run_nothing_but_its_own(airflow: StandInAirflow, path: str) -> None:
    answers = [airflow.answers(path) for _ in range(2)]
    nonces = {re.search(r"style-src 'nonce-([^']+)'", one.headers["content-security-policy"])[1] for one in answers}
    assert len(nonces) == 2
    policy = answers[1].headers["content-security-policy"]
    for part in ("default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'self'"):
        assert part in policy
    assert "unsafe" not in policy
    text = answers[1].text
    assert set(re.findall(r"<(?:script|style)([^>]*)>", text)) <= {f' nonce="{nonce}"' for nonce in nonces}
    assert not re.search(r"\b(?:src|srcset|style|on\w+)=", re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL))
    assert answers[1].headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("source_id", "action", "dag_id", "conf"), ACTIONS)
def test_an_action_is_a_run_of_its_dag_started_as_the_person(
    airflow: StandInAirflow, source_id: str, action: str, dag_id: str, conf: dict[str, Any]
) -> None:
    answer = airflow.answers(f"/source/{source_id}/{action}", method="POST", data={"reason": " they move "})
    assert answer.status_code == 303
    (run,) = airflow.triggered
    assert (run["dag_id"], run["by"], run["conf"], run["logical_date"]) == (dag_id, "ops", conf, None)
    shown = airflow.answers(answer.headers["location"].removeprefix("/news-sources")).text
    assert f'href="/dags/{dag_id}/runs/manual__1" target="_top"' in shown
    assert "is <strong>queued</strong>" in shown
    assert ("is switched off in Airflow" in shown) == (dag_id == "news_act")


@pytest.mark.parametrize("action", ["pause", "quarantine"])
@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_decision_without_a_reason_or_with_a_novel_is_refused(
    airflow: StandInAirflow, action: str, reason: str
) -> None:
    answer = airflow.answers(f"/source/daily/{action}", method="POST", data={"reason": reason})
    assert answer.status_code == 422
    assert airflow.triggered == []


@pytest.mark.parametrize(
    ("name", "source_id", "expected"),
    [
        ("ops", "daily", ["poll", "pause", "quarantine", "reprocess"]),
        ("ops", "resting", ["resume", "quarantine", "reprocess"]),
        ("half", "daily", ["poll"]),
        ("viewer", "daily", []),
    ],
)
def test_the_buttons_are_what_one_may_do_and_what_makes_sense(
    airflow: StandInAirflow, name: str, source_id: str, expected: list[str]
) -> None:
    assert buttons(airflow.answers(f"/source/{source_id}", to=name).text) == expected


@pytest.mark.parametrize("path", ["/source/daily/poll", "/source/daily/pause", "/poll"])
def test_who_may_only_read_is_refused(airflow: StandInAirflow, path: str) -> None:
    answer = airflow.answers(path, to="viewer", method="POST", data={"reason": "why", "source_ids": "daily"})
    assert answer.status_code == 403
    assert airflow.triggered == []
    assert "Poll these" not in airflow.answers("/?state=failing", to="viewer").text


def test_what_airflow_refuses_is_said_in_its_own_words(airflow: StandInAirflow) -> None:
    airflow.page.dependency_overrides = {}
    answer = airflow.answers("/source/daily/pause", to="half", method="POST", data={"reason": "why"})
    assert answer.status_code == 403
    assert "You may not start the DAG news_act." in answer.text


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site", "origin": "http://airflow.test"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://airflow.test"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "http://airflow.test"}, True),
        ({"origin": "https://AIRFLOW.example"}, True),
        ({"origin": "http://airflow.test:8081"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://airflow.test.evil.example"}, False),
        ({"origin": "null"}, False),
        ({"referer": "http://airflow.test/"}, False),
        ({}, False),
        ({"authorization": "Bearer ops"}, True),
        ({"authorization": "Basic b3Bz", "origin": "http://evil.example"}, False),
    ],
)
def test_only_a_page_of_ours_may_act_with_a_persons_cookies(headers: dict[str, str], expected: bool) -> None:
    assert is_own(headers, frozenset({"airflow.test", "airflow.example"})) is expected


def test_a_form_of_another_site_starts_nothing(airflow: StandInAirflow) -> None:
    foreign = {"sec-fetch-site": "cross-site", "origin": "http://evil.example"}
    for path, given in (("/source/daily/poll", {}), ("/poll", {"source_ids": "daily"})):
        answer = airflow.answers(path, method="POST", data={"reason": "why"} | given, headers=foreign)
        assert answer.status_code == 403
        assert "not sent from this page" in answer.text
    assert airflow.triggered == []


def test_a_program_with_a_token_needs_no_page(airflow: StandInAirflow) -> None:
    headers = {"authorization": "Bearer ops", "sec-fetch-site": "none"}
    answer = airflow.answers("/source/daily/poll", to=None, method="POST", data={"reason": ""}, headers=headers)
    assert answer.status_code == 303
    assert airflow.triggered[0]["by"] == "ops"


def test_a_body_out_of_all_proportion_is_not_read(airflow: StandInAirflow) -> None:
    for nobody in (None, "ops"):
        answer = airflow.answers("/source/daily/pause", to=nobody, method="POST", data={"reason": "x" * 70_000})
        assert answer.status_code == 413


def test_after_an_outage_all_that_a_filter_shows_are_polled_at_once(airflow: StandInAirflow) -> None:
    assert "Poll these" not in airflow.answers("/").text
    assert "Poll these 1 now" in airflow.answers("/?state=failing").text
    asked = {"source_ids": ["harbour-post", "walled", "walled", "none"]}
    answer = airflow.answers("/poll", method="POST", data=asked)
    assert airflow.triggered[0]["conf"] == {"source_ids": ["harbour-post", "walled"]}
    assert "manual__1" in airflow.answers(answer.headers["location"].removeprefix("/news-sources")).text
    assert airflow.answers("/poll", method="POST", data={"source_ids": "none"}).status_code == 404


MAPPED = "/dags/news_crawl/runs/scheduled__2026-11-22T06%3A00%3A00%2B00%3A00/tasks/crawl_batch/mapped/3"
LOGS = [
    ("the task whose name names it", [("daily, walled", -5, 5, 3), ("other", -5, 5, 1)], MAPPED),
    ("a task that still runs", [("daily", -5, None, 3)], MAPPED),
    ("the only task of then, where names are cut short", [("a, b, c...", -5, 5, 3)], MAPPED),
    ("the run, where it may be one of two tasks", [("a...", -5, 5, 3), ("b...", -5, 5, 1)], MAPPED.partition("/tasks")[0]),
    ("nothing, where only another's task ran", [("other", -5, 5, 3)], None),
    ("nothing, where the task had ended", [("daily", -9, -5, 3)], None),
    ("nothing, where it began later", [("daily", 1, 5, 3)], None),
]  # fmt: skip


@pytest.mark.parametrize(("tasks", "expected"), [row[1:] for row in LOGS], ids=[row[0] for row in LOGS])
def test_a_visit_leads_to_the_log_of(airflow: StandInAirflow, tasks: list[Any], expected: str | None) -> None:
    for names, start, end, index in tasks:
        ended = None if end is None else AT + timedelta(minutes=end)
        airflow.runs(names, AT + timedelta(minutes=start), ended, index=index)
    answer = airflow.answers("/source/daily/log", params={"at": AT.isoformat()})
    assert answer.headers.get("location") == expected
    assert answer.status_code == (404 if expected is None else 303)


def test_behind_a_proxy_with_a_path_of_its_own_all_links_have_it(
    every_state_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INGEST_HOME", str(every_state_file.parents[1]))
    airflow = StandInAirflow(root="/tools/airflow")
    for path in ("/", "/source/daily"):
        links = re.findall(r'(?:href|action)="(/[^"]*)"', airflow.answers(path).text)
        assert links
        assert all(link.startswith("/tools/airflow/") for link in links)
    answer = airflow.answers("/source/daily/poll", method="POST", data={"reason": ""})
    assert answer.headers["location"].startswith("/tools/airflow/news-sources/source/daily?")


def test_before_the_first_publish_it_says_what_to_switch_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INGEST_HOME", str(tmp_path))
    answer = StandInAirflow().answers("/")
    assert answer.status_code == 200
    assert "Nothing published yet" in answer.text
    assert 'href="/dags/news_crawl" target="_top"' in answer.text


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tmp_path, contact="mailto:tests@example.org")
    monkeypatch.setenv("INGEST_HOME", str(tmp_path))
    settings.published_file.parent.mkdir()
    settings.published_file.write_text("<b>no database</b>" * 1_000, "utf-8")
    answer = StandInAirflow().answers("/")
    assert answer.status_code == 503
    assert "<b>no" not in answer.text


def test_a_setting_that_cannot_be_used_is_said_so(airflow: StandInAirflow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INGEST_CRAWL_BATCHES", "none")
    answer = airflow.answers("/")
    assert answer.status_code == 503
    assert "INGEST_CRAWL_BATCHES" in answer.text


def test_text_from_the_world_stays_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = Sources(Settings(home=tmp_path, contact="mailto:tests@example.org"))
    sources.reports("daily", days=1, title=ATTACK, authors=(ATTACK,), evidence={ATTACK: ATTACK}, language=ATTACK)
    sources.polls(
        "daily", outcome="http_error", detail=ATTACK, feed_id=ATTACK, url=f"javascript:{ATTACK}", failure_count=1
    )
    sources.alarms("daily", "drift", ATTACK, actor=ATTACK, reason=ATTACK)
    sources.alarms("daily", "quarantined", ATTACK, actor=ATTACK, reason=ATTACK, over=True)
    sources.publishes()
    monkeypatch.setenv("INGEST_HOME", str(tmp_path))
    airflow = StandInAirflow()
    told = {
        "params": {
            "state": ATTACK,
            "text": ATTACK,
            "country": ATTACK,
            "sort": ATTACK,
            "run_id": ATTACK,
            "dag_id": ATTACK,
        }
    }
    for path, given in (
        ("/", {}),
        ("/", told),
        ("/source/daily", {}),
        ("/source/daily", told),
        (f"/source/{ATTACK[:9]}", {}),
    ):
        text = airflow.answers(path, **given).text
        assert "<img" not in text
        assert len(re.findall("<script", text)) == 1
        assert 'href="javascript' not in text
        assert "alert(1)&lt;/script&gt;" in text or path != "/source/daily"


def test_it_is_read_once_a_publish(every_state_file: Path, tmp_path: Path) -> None:
    file, newer = tmp_path / "news.duckdb", tmp_path / "newer.duckdb"
    shutil.copy(every_state_file, file)
    first = read.overview(file)
    assert read.overview(file) is first
    assert source.details(file, first.sources[0]) is source.details(file, first.sources[0])
    shutil.copy(every_state_file, newer)
    with duckdb.connect(str(newer)) as connection:
        connection.execute("DELETE FROM raw.alarm")
    newer.replace(file)
    assert len(first.alarms) == 2
    assert read.overview(file).alarms == ()
