"""Digest: one message of all that is new since the last (alarms, batches taken out, runs that failed), for each address.

The log has it always. What is urgent goes out at once, the rest at most once in INGEST_DIGEST_EVERY_S; nothing new, nothing
sent. What is to be told is on disk (`digest/state.json`) before anything is sent, and an address is crossed off once it took the
message: one that fails gets it later, and the others not again. Only a kill in the moment between the two sends twice.
"""

import fcntl
import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest import notify
from ingest.durable import put_in_place
from ingest.jobs import watch
from ingest.log import event
from ingest.records import Alarm
from ingest.rules import digest as rules
from ingest.rules.digest import Happening, News
from ingest.settings import Settings
from ingest.stage import journal

logger = logging.getLogger(__name__)
FOLDER, FILE = "digest", "state.json"
FIRST_BACK = timedelta(days=1)  # what the first digest ever tells of the past, beside what is still open
REMEMBERED = timedelta(days=60)  # keys of what was told
BACK = timedelta(days=30)  # what is older is no news, should it have been missed
GIVEN_UP = timedelta(days=3)  # a message that an address does not take


@dataclass(slots=True, kw_only=True)
class DigestSummary:
    """`told`: things in the message that was written now; `waiting`: what the next will tell; `sent`: addresses that took one."""

    told: int = 0
    title: str | None = None
    waiting: int = 0
    sent: int = 0
    failures: list[str] = field(default_factory=list)  # which address, by number and kind, and why

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(slots=True, kw_only=True)
class Message:
    """What was written, and who has not taken it yet (hashes of addresses)."""

    made_at: datetime
    title: str
    body: str
    owed: list[str]


@dataclass(slots=True, kw_only=True)
class State:
    """What was told, what waits for the next message, what is under way."""

    since_at: datetime | None = None  # of the first digest
    sent_at: datetime | None = None
    told: dict[str, datetime] = field(default_factory=dict)
    urgent_at: dict[str, datetime] = field(default_factory=dict)
    waiting: list[News] = field(default_factory=list)
    outbox: list[Message] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)  # hashes of those that were last known


def run(
    settings: Settings,
    *,
    happened: Sequence[Happening] = (),
    addresses: Sequence[str] | None = None,
    is_blind: bool = False,
    now: datetime | None = None,
) -> DigestSummary:
    """Tell what is new; `addresses`: apprise addresses, INGEST_NOTIFY's where None. Never raises for an address that fails.

    `is_blind`: the caller cannot see who is to be told. The message is left to those last known; where nobody ever was, it goes
    to INGEST_NOTIFY's, and without them, what is new waits for a call that sees.
    """
    at = now or datetime.now(UTC)
    given = list(dict.fromkeys(settings.notify.split() if addresses is None else addresses))
    with _alone(settings):
        state = _read(settings)
        if is_blind and state.addresses and {_hash(address) for address in given} != set(state.addresses):
            given = []
        standing = _gather(settings, state, happened, now=at)
        _keep(settings, state)  # what happened is handed in once
        summary = DigestSummary()
        every = timedelta(seconds=settings.digest_every_s)
        is_time = state.sent_at is None or at - state.sent_at >= every
        is_for_somebody = given or state.addresses or not is_blind
        if (state.waiting and is_for_somebody) and (
            is_time or rules.is_urgent(state.waiting, urgent_at=state.urgent_at, every=every, now=at)
        ):
            _write(settings, state, standing, given, summary, now=at)
        summary.waiting = len(state.waiting)
        _deliver(settings, state, given, summary, now=at)
    if summary.told or summary.sent or summary.failures:
        level = logging.WARNING if summary.failures else logging.INFO
        event(
            logger, "digest_finished", level, told=summary.told, waiting=summary.waiting, sent=summary.sent,
            failures="; ".join(summary.failures),
        )  # fmt: skip
    return summary


def _gather(settings: Settings, state: State, happened: Sequence[Happening], *, now: datetime) -> list[Alarm]:
    """Put what is new on the list; returns the alarms that are open."""
    state.since_at = state.since_at or now - FIRST_BACK
    since = max(state.since_at, now - BACK)
    events, alarms = watch.alarm_events(settings, since=since)
    standing = [one for one in alarms if one.change == "opened"]
    news = [rules.of_alarm(one) for one in [*standing, *events]]
    news += [
        rules.of_batch(line.batch_id, line.finding, at)
        for line in journal.read(settings.stage).values()
        if line.verdict == "quarantined" and (at := datetime.fromisoformat(line.written_at)) >= since
    ]
    news += [rules.of_happening(one) for one in happened]
    known = state.told.keys() | {one.key for one in state.waiting}
    state.waiting += [one for one in {one.key: one for one in news}.values() if one.key not in known]
    return standing


def _write(
    settings: Settings,
    state: State,
    standing: Sequence[Alarm],
    addresses: Sequence[str],
    summary: DigestSummary,
    *,
    now: datetime,
) -> None:
    """Make one message of all that waits: to the log at once, and into the outbox."""
    news = state.waiting
    summary.told, summary.title = len(news), rules.title(news)
    body = rules.body(news, standing=standing, now=now)
    for line in (summary.title, *body.splitlines()):
        if line:
            logger.warning("digest %s", line)
    lasting = {rules.of_alarm(one).key for one in standing}
    state.told = {key: at for key, at in state.told.items() if now - at < REMEMBERED or key in lasting}
    state.told |= {one.key: now for one in news}
    state.urgent_at = {subject: at for subject, at in state.urgent_at.items() if now - at < REMEMBERED}
    state.urgent_at |= {one.subject: now for one in news if one.sort == "urgent"}
    state.waiting, state.sent_at = [], now
    # a call without addresses (one that is blind) leaves the message to who knows them
    if owed := [_hash(address) for address in addresses] or list(state.addresses):
        state.outbox.append(Message(made_at=now, title=summary.title, body=body, owed=owed))
    _keep(settings, state)


def _deliver(
    settings: Settings, state: State, addresses: Sequence[str], summary: DigestSummary, *, now: datetime
) -> None:
    """Each address gets what it is owed, as one message; who took it is noted before the next is tried."""
    hashes = [_hash(address) for address in addresses]
    fresh = [one for one in hashes if one not in state.addresses]
    for message in state.outbox:  # an address that was mended is another one, and gets what the old one did not take
        is_mended = hashes and fresh and not set(message.owed) <= set(hashes)
        message.owed = [one for one in message.owed if not is_mended or one in hashes]
        message.owed += [one for one in fresh if is_mended and one not in message.owed]
    state.addresses = hashes or state.addresses
    late = [message for message in state.outbox if message.owed and now - message.made_at >= GIVEN_UP]
    for message in late:
        event(logger, "digest_given_up", logging.ERROR, made_at=message.made_at.isoformat(), title=message.title)
    state.outbox = [message for message in state.outbox if message.owed and message not in late]
    for number, address in enumerate(addresses, start=1):
        owed = [message for message in state.outbox if _hash(address) in message.owed]
        if not owed:
            continue
        title = (
            owed[0].title
            if len(owed) == 1
            else f"News: {len(owed)} digests, of which the first could not be sent before"
        )
        done = notify.deliver(address, title=title, body="\n\n\n".join(message.body for message in owed))
        if done.failure is not None:
            summary.failures.append(f"address {number} ({done.name}): {done.failure}")
            continue
        summary.sent += 1
        for message in owed:
            message.owed.remove(_hash(address))
        state.outbox = [message for message in state.outbox if message.owed]
        _keep(settings, state)
    _keep(settings, state)


def _hash(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    folder = settings.home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _read(settings: Settings) -> State:
    path = settings.home / FOLDER / FILE
    if not path.exists():
        return State()
    try:
        kept = json.loads(path.read_text("utf-8"))
        return State(
            since_at=_moment(kept["since_at"]),
            sent_at=_moment(kept["sent_at"]),
            told={key: datetime.fromisoformat(at) for key, at in kept["told"].items()},
            urgent_at={key: datetime.fromisoformat(at) for key, at in kept["urgent_at"].items()},
            waiting=[News(**one | {"at": datetime.fromisoformat(one["at"])}) for one in kept["waiting"]],
            addresses=kept["addresses"],
            outbox=[Message(**one | {"made_at": datetime.fromisoformat(one["made_at"])}) for one in kept["outbox"]],
        )
    except (ValueError, KeyError, TypeError) as error:
        # a damaged file must not silence all that is to come: what is open, and the last day, is told once more
        event(logger, "digest_forgotten", logging.ERROR, file=path, finding=error)
        return State()


def _keep(settings: Settings, state: State) -> None:
    part = settings.home / FOLDER / f"{FILE}.part"
    part.write_text(json.dumps(asdict(state), default=_plain, indent=1), "utf-8")
    put_in_place(part, settings.home / FOLDER / FILE)


def _plain(value: Any) -> str:
    return str(value.isoformat())


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
