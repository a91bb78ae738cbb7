"""One digest of what is new, to every address once, whatever fails in between; and always to the log."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.jobs import digest, load, watch
from ingest.records import Alarm
from ingest.rules import alarm as rules
from ingest.rules.digest import Happening, body, of_alarm, of_findings, title
from ingest.settings import Settings
from ingest.stage import batch as stage
from press import Press
from receivers import MailServer, Webhook, mail_server, webhook

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as running:
        yield running


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Press(tmp_path / "data", "daily", "weekly").settings


def raises_alarm(
    settings: Settings, source_id: str | None = "daily", *, now: datetime = NOW, kind: str = "silent"
) -> Alarm:
    """As the watch would have staged it."""
    made = rules.opened(source_id, kind, "nothing new since two", since_at=now - HOUR, now=now)  # type: ignore[arg-type]
    _stage(settings, made, now)
    return made


def ends(settings: Settings, alarm: Alarm, *, now: datetime) -> None:
    _stage(settings, rules.cleared(alarm, "something new came", ended_at=now, now=now), now)


def _stage(settings: Settings, alarm: Alarm, now: datetime) -> None:
    stage.seal(settings.stage, batch_kind="watch", rows={"alarm": [alarm]}, now=now, token="0" * 8)


def failed(number: int, *, now: datetime = NOW) -> Happening:
    return Happening(
        happening_id=f"news_load/{number}", happening_kind="run_failed", subject="news_load", happened_at=now,
        text="the task load\nfailed", press="look at its log",
    )  # fmt: skip


def test_a_digest_reaches_a_webhook_a_mailbox_and_the_log_once(
    settings: Settings, hook: Webhook, mails: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    raises_alarm(settings)
    given = replace(settings, notify=f"{hook.address} {mails.address}")
    with caplog.at_level(logging.INFO):
        summary = digest.run(given, now=NOW)
    assert (summary.told, summary.sent, summary.failures) == (1, 2, [])
    (posted,), ((subject, text),) = hook.received, mails.received
    assert posted["title"] == subject == "News: 1 new"
    for told in (posted["message"], text):
        assert "* daily: silent, and not all of its feeds can be read, since 2026-11-22 02:00 UTC" in told
        assert "  nothing new since two" in told
        assert "  Do: open its feeds in a browser." in told
    assert "digest * daily: silent" in caplog.text
    assert "secretpathpart" not in caplog.text
    assert "secretpathpart" not in "".join(path.read_text() for path in (settings.home / "digest").iterdir())
    again = digest.run(given, now=NOW + 5 * HOUR)
    assert (again.told, again.sent) == (0, 0)
    assert len(hook.received) == len(mails.received) == 1


def test_an_address_that_fails_gets_it_later_and_the_others_not_again(
    settings: Settings, hook: Webhook, mails: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    addresses = [hook.address, mails.address, "nonsense"]
    hook.is_refusing = True
    raises_alarm(settings)
    with caplog.at_level(logging.DEBUG):
        summary = digest.run(settings, addresses=addresses, now=NOW)
    assert (summary.sent, len(mails.received)) == (1, 1)
    assert [line.split(":")[0] for line in summary.failures] == ["address 1 (json)", "address 3 (unknown)"]
    assert "503" in summary.failures[0]
    assert "secretpathpart" not in caplog.text
    raises_alarm(settings, "weekly", now=NOW + 2 * HOUR)
    digest.run(settings, addresses=addresses, now=NOW + 2 * HOUR)
    hook.is_refusing = False
    assert digest.run(settings, addresses=addresses[:2], now=NOW + 2 * HOUR + MINUTE).sent == 1
    (posted,) = hook.received
    assert posted["title"].startswith("News: 2 digests")
    assert "* daily: silent" in posted["message"]
    assert "* weekly: silent" in posted["message"]
    assert len(mails.received) == 2
    assert digest.run(settings, addresses=addresses[:2], now=NOW + 3 * HOUR).sent == 0


def test_an_address_that_was_mended_gets_what_it_did_not_take(
    settings: Settings, hook: Webhook, mails: MailServer
) -> None:
    raises_alarm(settings)
    dead = "json://127.0.0.1:9/gone"
    assert digest.run(settings, addresses=[dead, mails.address], now=NOW).sent == 1
    assert digest.run(settings, addresses=[hook.address, mails.address], now=NOW + MINUTE).sent == 1
    assert (len(hook.received), len(mails.received)) == (1, 1)


def test_what_no_address_takes_is_given_up_after_three_days_and_the_log_has_it(
    settings: Settings, hook: Webhook, caplog: pytest.LogCaptureFixture
) -> None:
    raises_alarm(settings)
    hook.is_refusing = True
    digest.run(settings, addresses=[hook.address], now=NOW)
    hook.is_refusing = False
    assert digest.run(settings, addresses=[hook.address], now=NOW + 80 * HOUR).sent == 0
    assert "digest_given_up" in caplog.text


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"since_at": "never"}'])
def test_a_damaged_state_tells_again_rather_than_never(settings: Settings, hook: Webhook, damage: str) -> None:
    raises_alarm(settings)
    digest.run(settings, addresses=[hook.address], now=NOW)
    (settings.home / "digest" / "state.json").write_text(damage, "utf-8")
    assert digest.run(settings, addresses=[hook.address], now=NOW + HOUR).sent == 1
    assert digest.run(settings, addresses=[hook.address], now=NOW + 3 * HOUR).sent == 0


def test_a_callback_that_sees_no_address_leaves_its_message_to_who_does(settings: Settings, hook: Webhook) -> None:
    for number in (1, 2):  # nobody was ever known; then, the address that took the first
        now = NOW + 2 * number * HOUR
        assert digest.run(settings, happened=[failed(number, now=now)], is_blind=True, now=now).sent == 0
        assert digest.run(settings, addresses=[hook.address], now=now + MINUTE).sent == 1
    assert [one["title"] for one in hook.received] == ["News, urgent: 1 urgent"] * 2


def test_a_callback_that_sees_no_address_takes_nothing_from_those_that_are_known(
    settings: Settings, hook: Webhook, mails: MailServer
) -> None:
    given = replace(settings, notify=mails.address)
    digest.run(given, happened=[failed(1)], is_blind=True, now=NOW)  # nobody else is known yet
    digest.run(given, happened=[failed(2)], addresses=[hook.address], now=NOW + 2 * HOUR)
    digest.run(given, happened=[failed(3)], is_blind=True, now=NOW + 4 * HOUR)
    digest.run(given, addresses=[hook.address], now=NOW + 4 * HOUR + MINUTE)
    assert (len(mails.received), len(hook.received)) == (1, 2)


def test_what_can_wait_is_gathered_and_what_cannot_goes_at_once_but_is_no_flood(
    settings: Settings, hook: Webhook
) -> None:
    addresses = [hook.address]
    first = raises_alarm(settings)
    digest.run(settings, addresses=addresses, now=NOW)
    ends(settings, first, now=NOW + 5 * MINUTE)
    raises_alarm(settings, "weekly", now=NOW + 10 * MINUTE)
    assert digest.run(settings, addresses=addresses, now=NOW + 10 * MINUTE).waiting == 2
    assert len(hook.received) == 1
    digest.run(settings, happened=[failed(1)], addresses=addresses, now=NOW + 11 * MINUTE)
    assert hook.received[1]["title"] == "News, urgent: 1 urgent, 1 new, 1 over"
    assert "* news_load: the task load failed, at 2026-11-22 03:00 UTC" in hook.received[1]["message"]
    for number in range(2, 6):  # it fails every ten minutes
        now = NOW + number * 10 * MINUTE
        digest.run(settings, happened=[failed(number, now=now)], addresses=addresses, now=now)
    digest.run(settings, happened=[failed(5)], addresses=addresses, now=NOW + 72 * MINUTE)
    assert [one["title"] for one in hook.received[2:]] == ["News, urgent: 4 urgent"]
    raises_alarm(settings, None, now=NOW + 75 * MINUTE, kind="nothing_at_all")
    digest.run(settings, addresses=addresses, now=NOW + 75 * MINUTE)
    assert "* all sources: nothing arrives at all, since" in hook.received[3]["message"]
    assert "1 alarm goes on that you were told of; the oldest: weekly" in hook.received[3]["message"]


def test_a_call_that_knows_no_address_leaves_the_message_to_one_that_does(settings: Settings, hook: Webhook) -> None:
    raises_alarm(settings)
    digest.run(settings, addresses=[hook.address], now=NOW)
    digest.run(settings, happened=[failed(1)], addresses=[], now=NOW + MINUTE)  # a callback, without the connection
    assert digest.run(settings, addresses=[hook.address], now=NOW + 2 * MINUTE).sent == 1
    assert "news_load" in hook.received[1]["message"]


def test_a_batch_that_was_taken_out_is_told_without_a_word_of_it(settings: Settings, hook: Webhook) -> None:
    press = Press(settings.home, "daily")
    press.brings("daily", [NOW])
    sealed = press.newsroom.seals()
    (sealed.folder / "entry.parquet").write_bytes(b"broken")
    assert load.run(settings)["quarantined"] == [sealed.batch_id]
    digest.run(settings, addresses=[hook.address])
    (posted,) = hook.received
    assert posted["title"] == "News, urgent: 1 urgent"
    assert f"batch {sealed.batch_id} was taken out" in posted["message"]
    assert str(settings.home) not in posted["message"]


def test_what_a_person_decided_is_told_with_the_reason(settings: Settings, hook: Webhook) -> None:
    watch.act(settings, action="pause", source_id="daily", reason="they asked", actor="ann", now=NOW)
    digest.run(settings, addresses=[hook.address], now=NOW)
    assert "DECIDED BY A PERSON\n* daily\n  paused by ann: they asked" in hook.received[0]["message"]


def test_findings_are_told_by_check_and_number_alone() -> None:
    told = of_findings(
        ["text_is_there: https://a.example/x has no text"] * 2 + ["grain_is_unique: core.a"],
        subject="news_upkeep",
        happened_at=NOW,
    )
    assert [one.text for one in told] == [
        "the check grain_is_unique found 1 thing, or more",
        "the check text_is_there found 2 things, or more",
    ]


def test_a_flood_is_counted_and_an_alarm_that_came_and_went_is_one_line() -> None:
    alarms = [rules.opened(f"s{number}", "silent", "why", since_at=NOW, now=NOW) for number in range(40)]
    news = [of_alarm(one) for one in alarms]
    news.append(of_alarm(rules.cleared(alarms[0], "it came", ended_at=NOW + HOUR, now=NOW + HOUR)))
    assert title(news) == "News: 39 new, 1 over"
    told = body(news, standing=alarms[1:], now=NOW)
    assert told.count("Do: ") == 30
    assert "... and 9 more" in told
    assert "* s0: silent, and not all of its feeds can be read, 2026-11-22 03:00 UTC to 2026-11-22 04:00 UTC" in told
    assert len(told) < 12_000
