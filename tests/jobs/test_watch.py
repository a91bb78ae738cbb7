"""Silence, walls and new layouts are told once, by what is published, and are over by themselves; people decide by rows, too."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import InputError
from ingest.jobs import habits, watch
from ingest.stage import batch as stage
from killer import killed
from press import WORDS, Press
from rules.made_arrivals import MONDAY, history
from small_warehouse import blamed, builds, warehouse

MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
LEARNT = 9  # weeks of history before anything is asked
NOW = MONDAY + LEARNT * WEEK
KINDS = {"paper": 5, "mute": 6, "small": 7, "tiny": 8}  # source -> seed; `mute` is a paper, too


def moments(source_id: str, since: datetime, until: datetime) -> list[datetime]:
    made = history("paper" if source_id == "mute" else source_id, weeks=LEARNT + 3, seed=KINDS[source_id])
    return [at for at in made.arrivals if since < at <= until]


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with nine weeks of four sources, published; to be copied."""
    press = Press(tmp_path_factory.mktemp("weeks") / "data", *KINDS)
    for source_id in KINDS:
        press.brings(source_id, moments(source_id, MONDAY, NOW), until=NOW)
    press.goes_out()
    return press.settings.home


@pytest.fixture
def press(weeks: Path, tmp_path: Path) -> Press:
    return moved_in(weeks, tmp_path / "data", *KINDS)


def told(press: Press) -> list[tuple[Any, ...]]:
    return press.ask("SELECT source_id, alarm_kind, sign, is_open FROM mart.alarm ORDER BY ALL")


def test_a_source_that_falls_silent_is_told_once_in_time_and_the_others_are_not(press: Press) -> None:
    for days in range(3, 13, 3):
        at = NOW + days * DAY
        for source_id in KINDS:
            is_mute = source_id == "mute" and days <= 10
            came = [] if is_mute else moments(source_id, at - 3 * DAY, at)
            press.brings(source_id, came, until=at)
        press.goes_out()
        summary = watch.run(press.settings, now=at)
        if summary.opened:
            found_at = at
            assert [line.split(":")[0] for line in summary.opened] == ["mute nothing_new"]
            known, _ = habits.read(press.settings).habits["mute"]
        if days == 12:
            assert len(summary.cleared) == 1
    last = moments("mute", MONDAY, NOW)[-1]
    # three days are between two looks here; a crawl is followed by one
    assert known.expected(last, found_at - 3 * DAY) <= 3 * known.ordinary_count
    press.goes_out()
    assert told(press) == [("mute", "nothing_new", None, False)]
    days_seen = press.ask(
        "SELECT count(*), count(DISTINCT listed_on) FROM mart.source_expected WHERE source_id = 'paper'"
    )
    assert days_seen == [(24, 24)]  # two weeks back when it was learnt first, then each day
    ((expected, seen),) = press.ask(
        "SELECT sum(expected_count), sum(seen_count) FROM mart.source_expected WHERE source_id = 'paper'"
    )
    assert expected == pytest.approx(seen, rel=0.2)


def test_what_was_said_is_not_said_again_loaded_or_not(press: Press) -> None:
    later = NOW + 6 * DAY
    for source_id in KINDS:
        press.brings(source_id, [] if source_id == "mute" else moments(source_id, NOW, later), until=later)
    press.goes_out()
    first = watch.run(press.settings, now=later)
    assert first.batch_id
    assert len(first.opened) == 1
    again = watch.run(press.settings, now=later + HOUR)
    assert (again.opened, again.batch_id, again.open_alarms) == ([], None, 1)
    (press.settings.home / "watch" / "known.json").unlink()  # it is learnt anew
    assert watch.run(press.settings, now=later + HOUR).batch_id is None
    press.goes_out()
    assert watch.run(press.settings, now=later + HOUR).batch_id is None


def test_a_source_of_the_catalogue_is_known_before_it_is_polled(press: Press) -> None:
    watch.run(press.settings, now=NOW + MINUTE)
    press.goes_out()
    press.sources.append("coming")
    press.lists_sources()
    assert watch.run(press.settings, now=NOW + 2 * MINUTE).batch_id
    assert watch.run(press.settings, now=NOW + 3 * MINUTE).batch_id is None
    press.goes_out()
    assert press.ask("SELECT state, cause, feed_count FROM mart.source_health WHERE source_id = 'coming'") == [
        ("new", "not polled yet", 0)
    ]
    assert watch.run(press.settings, now=NOW + 4 * MINUTE).batch_id is None


def test_a_watch_that_is_killed_when_its_batch_is_sealed_is_made_good_by_the_next(press: Press) -> None:
    later = NOW + 6 * DAY
    press.brings("mute", [], until=later)
    for source_id in ("paper", "small", "tiny"):
        press.brings(source_id, moments(source_id, NOW, later), until=later)
    press.goes_out()
    assert killed(press.settings, "watch", at="replace", number=1, now=later)
    assert watch.run(press.settings, now=later).opened == []
    press.goes_out()
    assert told(press) == [("mute", "nothing_new", None, True)]
    assert len([name for name in stage.sealed(press.settings.stage) if "-watch-" in name]) == 1


def test_a_stopped_crawler_is_one_alarm_of_the_whole_and_none_of_its_sources(press: Press) -> None:
    assert watch.run(press.settings, now=NOW + HOUR).opened == []
    assert [line.split(":")[0] for line in watch.run(press.settings, now=NOW + 3 * DAY).opened] == [
        "all sources nothing_at_all"
    ]
    assert watch.run(press.settings, now=NOW + 4 * DAY).batch_id is None
    back = NOW + 5 * DAY  # the first polls after it find no feed that answers yet, and then all is as before
    for source_id in KINDS:
        press.polls(source_id, back, outcome="timeout", failure_count=3, answered_at=NOW)
    press.goes_out()
    summary = watch.run(press.settings, now=back + HOUR)
    assert (summary.opened, summary.cleared, summary.open_alarms) == ([], [], 1)
    press.brings("paper", [back + HOUR], until=back + 2 * HOUR)
    for source_id in KINDS:
        press.polls(source_id, back + 2 * HOUR)
    press.goes_out()
    summary = watch.run(press.settings, now=back + 2 * HOUR)
    assert (summary.opened, len(summary.cleared)) == ([], 1)
    press.goes_out()
    assert told(press) == [(None, "nothing_at_all", None, False)]


def test_where_no_source_lists_anything_that_is_one_alarm_too(press: Press) -> None:
    later = NOW + 3 * DAY
    for source_id in KINDS:
        press.polls(source_id, later, outcome="timeout", failure_count=9, answered_at=NOW)
    press.goes_out()
    summary = watch.run(press.settings, now=later)
    assert [line.partition(":")[0] for line in summary.opened] == ["all sources nothing_at_all"]
    assert "none of 4 sources lists anything new" in summary.opened[0]


def test_holidays_are_those_of_the_source_s_country() -> None:
    assert date(2026, 3, 17) in habits._holidays("IE", 2026)
    assert habits._holidays("XX", 2026) == frozenset()


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with sixty good pages of two sources, an hour apart, published and watched; to be copied."""
    press = Press(tmp_path_factory.mktemp("sixty") / "data", "daily", "weekly")
    for hour in range(60):
        press.reads("daily", NOW + hour * HOUR)
        press.reads("weekly", NOW + hour * HOUR)
    press.goes_out()
    assert watch.run(press.settings, now=NOW + 60 * HOUR).opened == []
    return press.settings.home


@pytest.fixture
def pages(sixty: Path, tmp_path: Path) -> Press:
    return moved_in(sixty, tmp_path / "data", "daily", "weekly")


def moved_in(model: Path, home: Path, *source_ids: str) -> Press:
    shutil.copytree(model, home)
    made = Press(home, *source_ids)
    made._count = made.newsroom._count = 100_000
    return made


def drifts(press: Press, *, since: int = 60, until: int = 80, **said: Any) -> None:
    """Pages of another layout, by the hour; and the watch that finds it, published."""
    for hour in range(since, until):
        press.reads("daily", NOW + hour * HOUR, **said)
        press.reads("weekly", NOW + hour * HOUR)
    press.goes_out()
    watch.run(press.settings, now=NOW + until * HOUR)
    press.goes_out()


COUNTS = """
SELECT (SELECT count(*) FROM mart.article), (SELECT count(*) FROM mart.quarantined_article),
  (SELECT count(*) FROM mart.ledger WHERE state = 'stored' AND reason = 'quarantined')
"""


CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "anonymous": ("no authors", {"authors": ()}),
    "headless": ("no title", {"title": None}),
    "dateless": ("no published_at", {"published_at": None, "published_precision": None, "published_evidence": None}),
    "teaser": ("short text", {"words": "Read on in the paper."}),
    "listing": ("long text", {"words": WORDS * 20}),
    "wall": ("one text", {"words": "Subscribe."}),
}


def test_a_new_layout_is_told_within_twenty_articles_and_they_are_kept_apart(tmp_path: Path) -> None:
    press = Press(tmp_path / "data", *CHANGES, "steady", "consent")
    for hour in range(81):
        at = NOW + hour * HOUR
        for source_id, (sign, said) in CHANGES.items():
            fetch = press.reads(source_id, at, **(said if hour >= 60 else {}))
            if hour >= 60 and sign == "one text":
                press.newsroom._rows["extraction"].pop()
                press.newsroom.rereads(
                    fetch, f"0 {WORDS}", published_at=at, description="Read it.", image_url="https://example.org/a.jpg"
                )
        press.reads("steady", at)
        fetch = press.reads("consent", at)
        if hour >= 60:
            press.newsroom._rows["extraction"].pop()
            press.newsroom.rerejects(
                fetch, "consent_wall", title="A", authors=("B",), description="C", image_url="D", published_at=at
            )
        if hour == 79:
            press.goes_out()
            assert len(watch.run(press.settings, now=at).opened) == 7
    press.goes_out()  # what comes after is held at once
    signs = {source_id: sign for source_id, (sign, _) in CHANGES.items()} | {"consent": "rejected: consent_wall"}
    assert told(press) == sorted((source_id, "drift", sign, True) for source_id, sign in signs.items())
    # those of one text are duplicates of the first of them, and stay so
    assert press.ask(COUNTS) == [(60 * 7 + 81, 6 * 21, 5 * 21 + 1)]
    assert press.ask(
        "SELECT DISTINCT open_alarm_count, quarantined_count FROM mart.source_health WHERE source_id = 'wall'"
    ) == [(1, 21)]
    with warehouse(press.settings.published_file) as connection:
        assert blamed(connection) == {}
        before = connection.execute("FROM core.suspect ORDER BY article_id").fetchall()
        builds(connection, everything=True)
        assert connection.execute("FROM core.suspect ORDER BY article_id").fetchall() == before


def test_a_drift_is_over_when_pages_read_as_before_and_what_was_read_badly_waits_to_be_read_anew(pages: Press) -> None:
    bad = [pages.reads("daily", NOW + hour * HOUR, authors=()) for hour in range(60, 75)]
    drifts(pages, since=75, until=76)
    assert pages.ask(COUNTS) == [(122, 15, 15)]
    drifts(pages, since=76, until=84)
    assert told(pages) == [("daily", "drift", "no authors", False)]
    ((_, held, _),) = pages.ask(COUNTS)
    assert held == 15
    for place, fetch in enumerate(bad[:10]):  # second looks find authors; the rest is read anew from the archive
        pages.newsroom.now = NOW + (90 + place) * HOUR
        pages.newsroom.reads(fetch.url, f"{place} {WORDS}", published_at=NOW)
    pages.newsroom.seals()
    for fetch in bad[10:]:
        pages.newsroom.rereads(fetch, WORDS + fetch.url, published_at=NOW)
    pages.goes_out()
    assert pages.ask(COUNTS)[0][1:] == (0, 0)


def test_what_a_person_releases_comes_back_and_is_how_pages_are_from_then_on(pages: Press) -> None:
    drifts(pages, authors=())
    ((seq,),) = pages.ask("SELECT max(change_seq) FROM mart.article")
    done = watch.act(
        pages.settings,
        action="release",
        source_id="daily",
        reason="they sign no more",
        actor="ann",
        now=NOW + 81 * HOUR,
    )
    assert done.changed == ["released by ann"]
    pages.goes_out()
    assert pages.ask(COUNTS) == [(160, 0, 0)]
    assert pages.ask(f"SELECT count(*) FROM mart.article WHERE change_seq > {seq}") == [(20,)]
    drifts(pages, since=81, until=130, authors=())
    assert told(pages) == [("daily", "drift", "no authors", False)]
    assert watch.act(pages.settings, action="release", source_id="daily", reason="again", actor="ann").changed == []


def test_what_lasts_two_weeks_and_a_hundred_pages_is_the_new_normal(pages: Press) -> None:
    drifts(pages, authors=())
    for place in range(90):
        pages.reads("daily", NOW + (100 + 4 * place) * HOUR, authors=())
    pages.goes_out()
    summary = watch.run(pages.settings, now=NOW + 480 * HOUR)
    assert "taken for the new normal: no authors" in " ".join(summary.cleared)
    pages.goes_out()
    assert pages.ask(COUNTS)[0][1:] == (0, 0)


def test_a_source_that_refuses_or_fails_is_told_without_a_habit(pages: Press) -> None:
    at = NOW + 60 * HOUR
    for place in range(30):
        pages.newsroom.now = at + place * HOUR
        url = f"https://weekly.example/refused-{place}"
        pages.newsroom.lists(url, source_id="weekly")
        pages.newsroom.fails(url, "http_error", source_id="weekly", http_status=403)
        pages.polls("daily", at + place * HOUR, outcome="timeout", failure_count=place + 1, answered_at=at - HOUR)
    pages.goes_out()
    summary = watch.run(pages.settings, now=at + 30 * HOUR)
    assert [line.partition(":")[0] for line in summary.opened] == ["daily failing", "weekly blocked"]
    assert "http 403" in summary.opened[1]
    for place in range(20):
        pages.reads("daily", at + (31 + place) * HOUR)
        pages.reads("weekly", at + (31 + place) * HOUR)
    pages.goes_out()
    summary = watch.run(pages.settings, now=at + 52 * HOUR)
    assert [line.partition(":")[0] for line in summary.cleared] == ["daily failing", "weekly blocked"]


def test_a_source_of_few_pages_is_blocked_no_more_when_the_first_lets_us_in(pages: Press) -> None:
    at = NOW + 60 * HOUR + 8 * DAY
    pages.polls("weekly", at, outcome="http_error", http_status=403, failure_count=9, answered_at=NOW)
    pages.reads("daily", at - HOUR)
    pages.goes_out()
    opened = watch.run(pages.settings, now=at).opened
    assert [line.partition(":")[0] for line in opened] == ["weekly blocked"]
    pages.reads("weekly", at + HOUR)
    pages.goes_out()
    assert [line.partition(":")[0] for line in watch.run(pages.settings, now=at + HOUR).cleared] == ["weekly blocked"]


def test_pages_of_years_ago_that_a_backfill_brings_in_are_no_new_layout_and_held_by_none(pages: Press) -> None:
    for hour in range(60, 90):
        url = f"https://daily.example/of-2015/{hour}"
        pages.newsroom.now = NOW + hour * HOUR
        pages.newsroom.lists(url, feed_kind="archive", feed_id="sitemap:daily")
        pages.newsroom.reads(url, f"{hour} {WORDS}", authors=())
    pages.goes_out()
    assert watch.run(pages.settings, now=NOW + 90 * HOUR).opened == []
    drifts(pages, since=90, until=110, authors=())
    assert told(pages) == [("daily", "drift", "no authors", True)]
    assert pages.ask(COUNTS) == [(120 + 30 + 20, 20, 20)]


def test_a_pause_is_a_row_whoever_made_it_and_what_is_paused_is_not_watched(press: Press) -> None:
    later = NOW + 6 * DAY
    watch.act(press.settings, action="pause", source_id="mute", reason="they asked", actor="ann", now=NOW + HOUR)
    assert (
        watch.act(
            press.settings, action="pause", source_id="mute", reason="again", actor="bob", now=NOW + HOUR
        ).batch_id
        is None
    )
    press.lists_sources(paused=["tiny"])
    for source_id in ("paper", "small"):
        press.brings(source_id, moments(source_id, NOW, later), until=later)
    press.polls("mute", later)
    press.goes_out()
    summary = watch.run(press.settings, now=later)
    assert summary.opened == ["tiny catalogue_pause: paused in the catalogue"]
    press.goes_out()
    states = "SELECT source_id, state, pause_reason FROM mart.source_health WHERE state = 'paused' ORDER BY ALL"
    assert press.ask(states) == [("mute", "paused", "they asked"), ("tiny", "paused", "paused in the catalogue")]
    with pytest.raises(InputError, match="paused in the catalogue"):
        watch.act(press.settings, action="resume", source_id="tiny", reason="go on", actor="ann")
    press.lists_sources()
    done = watch.act(press.settings, action="resume", source_id="mute", reason="they agreed", actor="ann", now=later)
    assert done.changed == ["resumed by ann"]
    press.polls("mute", later + HOUR)
    press.goes_out()
    summary = watch.run(press.settings, now=later + HOUR)
    assert (summary.opened, summary.cleared) == ([], ["tiny catalogue_pause: no longer paused in the catalogue"])


def test_a_source_that_left_the_catalogue_has_no_alarms(pages: Press) -> None:
    drifts(pages, authors=())
    pages.lists_sources(absent=["daily"])
    assert watch.run(pages.settings, now=NOW + 81 * HOUR).cleared == [
        "daily drift: it is not in the catalogue any more"
    ]


def test_a_person_s_quarantine_holds_what_was_captured_since_and_no_alarm_quotes_it(pages: Press) -> None:
    done = watch.act(
        pages.settings,
        action="quarantine",
        source_id="weekly",
        reason="a hoax",
        actor="ann",
        since_at=NOW + 50 * HOUR,
        now=NOW + 60 * HOUR,
    )
    assert done.batch_id
    pages.goes_out()
    assert pages.ask(COUNTS) == [(110, 10, 10)]
    held = "SELECT article_id FROM mart.quarantined_article"
    assert pages.ask("SELECT count(*) FROM search_articles('harbour', k := 200)") != [(0,)]
    assert pages.ask(f"SELECT * FROM search_articles('harbour', k := 200) WHERE article_id IN ({held})") == []
    drifts(pages, authors=())
    words = pages.ask("SELECT string_agg(concat_ws(' ', cause, sign, sign_value, reason, actor)) FROM raw.alarm")[0][0]
    assert not [word for word in ("example", "headline", "harbour", "What it says") if word in words]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"action": "delete"}, "no action 'delete'"),
        ({"source_id": "nobody"}, "no source nobody"),
        ({"reason": " "}, "why are missing"),
        ({"actor": ""}, "who decided it"),
    ],
)
def test_what_cannot_be_decided_is_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    press = Press(tmp_path / "data", "daily")
    given: dict[str, Any] = {"action": "pause", "source_id": "daily", "reason": "they asked", "actor": "ann", **changes}
    with pytest.raises(InputError, match=message):
        watch.act(press.settings, **given)
    assert not list(stage.sealed(press.settings.stage))


def test_before_anything_is_published_people_can_decide_and_the_watch_waits(tmp_path: Path) -> None:
    press = Press(tmp_path / "data", "daily")
    decide: Callable[[str], Any] = lambda action: watch.act(  # noqa: E731
        press.settings, action=action, source_id="daily", reason="they asked", actor="ann", now=datetime.now(UTC)
    )
    assert watch.run(press.settings).is_published is False
    assert [decide(action).batch_id is not None for action in ("pause", "pause", "resume", "resume")] == [
        True,
        False,
        True,
        False,
    ]


def test_after_an_upgrade_nothing_is_decided_until_the_next_publish_rather_than_lost(tmp_path: Path) -> None:
    press = Press(tmp_path / "data", "daily")
    watch.act(press.settings, action="pause", source_id="daily", reason="they asked", actor="ann", now=NOW)
    press.polls("daily", NOW)
    press.goes_out()
    assert watch.run(press.settings, now=NOW).open_alarms == 0  # a decision is no alarm
    with warehouse(press.settings.published_file) as connection:
        connection.execute("DELETE FROM raw.migration WHERE number = (SELECT max(number) FROM raw.migration)")
        connection.execute("CHECKPOINT")
    with pytest.raises(InputError, match="until the next publish"):
        watch.act(press.settings, action="resume", source_id="daily", reason="they agreed", actor="ann")
