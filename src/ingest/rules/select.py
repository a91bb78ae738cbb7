"""Which entries are fetched now: unseen ones, those due again, and those whose feed says that they changed."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import zip_longest

from ingest.crawl_state import Target, Visit
from ingest.records import Entry
from ingest.rules.ladder import ANSWERED, next_purpose

HOSTS_MOST = 100  # of one source in one run; a publisher has a handful, an aggregator some dozens


def choose(
    news: Iterable[Entry],
    *,
    due: Iterable[Visit],
    visits: Mapping[str, Visit],
    now: datetime,
) -> list[Target]:
    """Targets, one an entry.

    `news`: entries that this run's polls recorded; `due`: entries owed a fetch from earlier runs; `visits`: the last fetch
    of those in `news` that had one.
    """
    chosen: dict[str, Target] = {}
    for visit in due:
        purpose, attempt = next_purpose(visit.purpose, visit.attempt, visit.outcome)
        is_by_ladder = visit.purpose is None or (visit.next_attempt_at is not None and visit.next_attempt_at <= now)
        chosen[visit.entry_id] = Target(
            entry_id=visit.entry_id,
            source_id=visit.source_id,
            feed_id=visit.feed_id,
            url=visit.url,
            purpose=purpose,
            attempt=attempt if is_by_ladder else _outside(visit),
            etag=visit.etag,
            last_modified=visit.last_modified,
            body_hash=visit.body_hash,
            modified_at=visit.told_modified_at,
            planned_at=None if is_by_ladder else visit.next_attempt_at,
        )
    for entry in news:
        if entry.entry_id not in chosen and (target := _of_news(entry, visits.get(entry.entry_id))):
            chosen[entry.entry_id] = target
    return list(chosen.values())


def in_fairness(targets: Iterable[Target], *, host_of: Callable[[str], str]) -> list[Target]:
    """Sources take turns, so that none holds up its neighbours; a source's targets keep their order.

    What a source lists on more hosts than it can need waits for later runs: hosts cost threads, names and files.
    """
    queues: dict[str, list[Target]] = {}
    hosts: dict[str, set[str]] = {}
    for target in targets:
        known, place = hosts.setdefault(target.source_id, set()), host_of(target.url)
        if place in known or len(known) < HOSTS_MOST:
            known.add(place)
            queues.setdefault(target.source_id, []).append(target)
    return [target for turn in zip_longest(*queues.values()) for target in turn if target is not None]


def within(targets: Iterable[Target], pages_most: int | None) -> list[Target]:
    """The first `pages_most` of each source; what is left stays owed. None: all."""
    counts: Counter[str] = Counter()
    kept = []
    for target in targets:
        counts[target.source_id] += 1
        if pages_most is None or counts[target.source_id] <= pages_most:
            kept.append(target)
    return kept


def _of_news(entry: Entry, visit: Visit | None) -> Target | None:
    if visit is None:
        return Target(
            entry_id=entry.entry_id,
            source_id=entry.source_id,
            feed_id=entry.feed_id,
            url=entry.url,
            purpose="new",
            attempt=1,
            modified_at=entry.modified_at,
        )
    says_changed = entry.modified_at and (visit.modified_at is None or entry.modified_at > visit.modified_at)
    was_read = visit.outcome in ANSWERED or visit.purpose == "second_look"
    if not was_read or not says_changed:
        return None
    return Target(
        entry_id=entry.entry_id,
        source_id=entry.source_id,
        feed_id=entry.feed_id,
        url=visit.url,
        purpose="second_look",
        attempt=_outside(visit),
        etag=visit.etag,
        last_modified=visit.last_modified,
        body_hash=visit.body_hash,
        modified_at=entry.modified_at,
        planned_at=visit.next_attempt_at,
    )


def _outside(visit: Visit) -> int:
    """The rung that an article stands on: what its feed calls changed is looked at outside the ladder, and uses up none."""
    return visit.attempt if visit.purpose == "second_look" and visit.attempt else 0
