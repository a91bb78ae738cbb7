"""Try robots.txt: what a host says about an address, and which of its lines decides. The answer is kept for a day, as ever."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.errors import InputError
from ingest.fetch.robots import RobotsState
from ingest.jobs.by_hand import BUSY, LONGEST_WAIT_S, provisional, rest_between_s
from ingest.jobs.manners import open_manners
from ingest.records import Outcome
from ingest.rules.robots import RobotsRules, decide, product_token, read_robots
from ingest.rules.robots_path import path_of
from ingest.rules.url import as_found
from ingest.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the file; `number` counts from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsTrial:
    """The verdict, and all that led to it."""

    url: str
    agent: str  # the product token that the verdict is for
    state: RobotsState
    rule: Line | None  # the one that decides; None: no rule matches
    group: str | None  # whose rules apply: the agent's own or `*`; None: no group does
    group_lines: tuple[Line, ...]
    crawl_delay_s: float | None
    not_before_at: datetime | None
    optouts: tuple[str, ...]
    sitemaps: tuple[str, ...]
    robots_url: str
    final_url: str  # after redirects
    outcome: Outcome  # of the last request
    http_status: int | None
    detail: str | None
    asked_at: datetime
    age_s: int
    is_asked_now: bool  # else the answer was known
    good_until: datetime  # when the host is asked again
    text_at: datetime | None  # when the rules that hold came; None: they are not known
    text_bytes: int


def run(settings: Settings, given: str, *, agent: str) -> RobotsTrial:
    """Asks the host, under its lease, if no answer younger than a day is known.

    InputError for what is no address, or no name, and where the host rests for longer than a person waits.
    """
    url = as_found(given)
    if url is None:
        raise InputError(f"{given!r} is not a web address", "it begins with https:// or http://")
    product = product_token(agent.encode())
    if not product:
        raise InputError(f"{agent!r} names no robot", "letters, digits, hyphens and underscores, e.g. GPTBot")
    with open_manners(settings, access={}, threads=1) as manners:
        source = provisional(url, rest_between_s(settings, url))
        is_asked_now = not manners.knows_rules(source, url)
        if not manners.ask_rules_now(source, url, until_s=time.monotonic() + LONGEST_WAIT_S):
            raise InputError(f"{url}: {BUSY}", "try again later")
        answer = manners.rules(source, url)
    now = datetime.now(UTC)
    rules = None if answer.text is None else read_robots(answer.text, product=product)
    decision = decide(answer.text or b"", product=product, url=url)
    return RobotsTrial(
        url=url,
        agent=product,
        state=_state(rules, url),
        rule=Line(number=decision.rule.number, text=decision.rule.text) if decision.rule else None,
        group=decision.agent,
        group_lines=tuple(Line(number=line.number, text=line.text) for line in decision.group),
        crawl_delay_s=rules.crawl_delay_s if rules else None,
        not_before_at=answer.not_before_at if answer.not_before_at and answer.not_before_at > now else None,
        optouts=rules.optouts(path_of(url)) if rules else (),
        sitemaps=rules.sitemaps if rules else (),
        robots_url=f"{answer.origin}/robots.txt",
        final_url=answer.final_url,
        outcome=answer.outcome,
        http_status=answer.http_status,
        detail=answer.detail,
        asked_at=answer.asked_at,
        age_s=int((now - answer.asked_at).total_seconds()),
        is_asked_now=is_asked_now,
        good_until=answer.good_until,
        text_at=answer.text_at if answer.text is not None else None,
        text_bytes=len(answer.text or b""),
    )


def _state(rules: RobotsRules | None, url: str) -> RobotsState:
    if rules is None:
        return "unreachable"
    return "allowed" if rules.is_allowed(path_of(url)) else "denied"
