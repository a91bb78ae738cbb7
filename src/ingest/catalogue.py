"""The catalogue of sources: one TOML file, edited by people, checked to the last key before anything is fetched."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from ingest.errors import CatalogueError
from ingest.ports import BAD_PORTS
from ingest.records import Feed, FeedKind, PageRule, Source, SourceSeen, TitleEvidence

# key -> (type, required); what each means is said at the top of dags/sources.toml
SOURCE_KEYS: dict[str, tuple[type | tuple[type, ...], bool]] = {
    "source_id": (str, True),
    "name": (str, True),
    "home_url": (str, True),
    "country": (str, True),
    "language": (str, True),
    "feeds": (list, False),
    "sitemaps": (list, False),
    "sections": (list, False),
    "section_links": (str, False),
    "checked": (bool, False),
    "paused": (bool, False),
    "poll_every_s": (int, False),
    "poll_ceiling_s": (int, False),
    "schedule": (str, False),
    "timezone": (str, False),
    "host_delay_s": ((int, float), False),
    "look_after_s": (list, False),
    "keep_pages_days": (int, False),
    "keep_articles_days": (int, False),
    "rules": (list, False),
}
# of a [[source.rules]]; all but the first two say something, and one that says nothing is a mistake
RULE_KEYS: dict[str, type] = {
    "valid_from": date,
    "valid_to": date,
    "body": str,
    "title": str,
    "title_from": str,
    "author": str,
    "published": str,
    "remove": list,
}
SPAN_KEYS = ("valid_from", "valid_to")
SELECTOR_KEYS = ("body", "title", "author", "published")
FEED_KEYS: dict[str, FeedKind] = {"feeds": "feed", "sitemaps": "sitemap", "sections": "section"}
DEFAULTS: dict[str, Any] = {
    "poll_every_s": 600,
    "poll_ceiling_s": 86_400,
    "host_delay_s": 1.0,
    "look_after_s": [3_600, 21_600, 86_400, 604_800],  # an hour, six hours, a day, a week
    "keep_pages_days": None,  # for ever
    "keep_articles_days": None,  # for ever
}
SOURCE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
COUNTRY = re.compile(r"[A-Z]{2}")
# Stricter than the rules for addresses found in the world (`rules.url.as_found` takes whatever this lets through): people
# write these, so they are plain. One label or more of 63 characters, a port, a path in which nothing is blank.
WEB_ADDRESS = re.compile(
    r"[Hh][Tt][Tt][Pp][Ss]?://(?=[^/?#:]{1,253}(?![^/?#:]))[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*(:(?P<port>[0-9]{1,5}))?"
    r"([/?#][^\s\x00-\x1f\x7f-\x9f\u200b\u2060\ufeff\ud800-\udfff]*)?"
)
ADDRESS_LIMIT_CHARS = 4_096
LONGEST_S = 30 * 86_400
LONGEST_DAYS = 36_500
SELECTOR_LIMIT_CHARS = 500
RULES_LIMIT = 100
SEE = "see the top of dags/sources.toml"
CRON_FIELDS = 5
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def read(path: Path) -> tuple[Source, ...]:
    """All sources of the file in its order; CatalogueError names the file, the source and the key."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise CatalogueError(f"no catalogue at {path}", "set INGEST_CATALOGUE to a sources.toml") from None
    except OSError as error:
        raise CatalogueError(
            f"{path} cannot be read: {error.strerror or error}",
            "INGEST_CATALOGUE names a file that this user may read; nothing was crawled",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path} is not TOML: {error}", "mend the line it names; nothing was crawled") from None
    return parse(document, str(path))


def parse(document: Mapping[str, Any], where: str) -> tuple[Source, ...]:
    """Sources of a parsed catalogue; `where` names it in errors."""
    for key in document:
        if key not in ("defaults", "source"):
            raise CatalogueError(f"{where}: unknown key {key!r}", "the file holds [defaults] and [[source]] tables")
    defaults, tables = document.get("defaults", {}), document.get("source", [])
    if not (isinstance(defaults, dict) and isinstance(tables, list) and all(isinstance(one, dict) for one in tables)):
        raise CatalogueError(
            f"{where}: 'defaults' or 'source' is no table", "write [defaults] once and [[source]] often"
        )
    for key, value in defaults.items():
        if key not in DEFAULTS:
            raise CatalogueError(f"{where}: [defaults]: unknown key {key!r}", f"known are: {', '.join(DEFAULTS)}")
        _must_be_of_its_type(key, value, f"{where}: [defaults]")
    sources: dict[str, Source] = {}
    owners: dict[str, str] = {}
    for number, table in enumerate(tables, start=1):
        source = _source(table, defaults, f"{where}: source {table.get('source_id', f'number {number}')!r}")
        if source.source_id in sources:
            raise CatalogueError(
                f"{where}: source {source.source_id!r}: key 'source_id' is there twice",
                "an id is never reused: rename one of them",
            )
        for feed in source.feeds:
            if feed.feed_id in owners:
                owner = owners[feed.feed_id]
                raise CatalogueError(
                    f"{where}: source {source.source_id!r}: {feed.url} is also polled for {owner!r}",
                    "list an address once",
                )
            owners[feed.feed_id] = source.source_id
        sources[source.source_id] = source
    if not sources:
        raise CatalogueError(f"{where}: no [[source]] in it", "add one, or point INGEST_CATALOGUE elsewhere")
    return tuple(sources.values())


def feed_id(url: str) -> str:
    """A feed's address as a person would say it: without scheme, `www.` and a slash at the end."""
    return re.sub(r"^https?://(www\.)?", "", url, flags=re.IGNORECASE).rstrip("/")


def seen(source: Source, *, now: datetime) -> SourceSeen:
    """As raw.source keeps it."""
    return SourceSeen(
        source_id=source.source_id,
        name=source.name,
        home_url=source.home_url,
        country=source.country,
        language=source.language,
        seen_at=now,
    )


def _source(table: Mapping[str, Any], defaults: Mapping[str, Any], where: str) -> Source:
    for key, value in table.items():
        if key not in SOURCE_KEYS:
            raise CatalogueError(f"{where}: unknown key {key!r}", f"known are: {', '.join(SOURCE_KEYS)}")
        _must_be_of_its_type(key, value, where)
    for key, (_, required) in SOURCE_KEYS.items():
        if required and not table.get(key):
            raise CatalogueError(f"{where}: key {key!r} is missing or empty", SEE)
    for key, form in (("source_id", SOURCE_ID), ("country", COUNTRY), ("language", LANGUAGE)):
        if not form.fullmatch(table[key]):
            raise CatalogueError(f"{where}: key {key!r}: {table[key]!r} does not have the form {form.pattern}")
    _must_be_web_address(table["home_url"], f"{where}: key 'home_url'")
    given = DEFAULTS | dict(defaults) | dict(table)
    every_s = given["poll_every_s"]
    ceiling_s = max(given["poll_ceiling_s"], 0 if "poll_ceiling_s" in table else every_s)
    delay_s, looks_s = given["host_delay_s"], given["look_after_s"]
    if not 1 <= every_s <= LONGEST_S or not 0 <= delay_s <= LONGEST_S:
        raise CatalogueError(
            f"{where}: key 'poll_every_s' must be at least 1, 'host_delay_s' at least 0, both at most {LONGEST_S}",
            "seconds; a month is the most",
        )
    if not every_s <= ceiling_s <= LONGEST_S:
        raise CatalogueError(
            f"{where}: key 'poll_ceiling_s': {ceiling_s} is less than 'poll_every_s' ({every_s}), or more than {LONGEST_S}",
            "seconds; a month is the most",
        )
    if not all(type(age_s) is int and 1 <= age_s <= LONGEST_S for age_s in looks_s) or sorted(set(looks_s)) != looks_s:
        raise CatalogueError(
            f"{where}: key 'look_after_s': {looks_s!r} are no rising ages in seconds, at most {LONGEST_S}",
            "e.g. [3600, 86400]; [] for no second look",
        )
    for key, kept in (("keep_pages_days", "pages"), ("keep_articles_days", "articles")):
        if (days := given[key]) is not None and not 1 <= days <= LONGEST_DAYS:
            raise CatalogueError(
                f"{where}: key {key!r}: {days} is less than 1 or more than {LONGEST_DAYS}",
                f"days; without the key the {kept} are kept for ever",
            )
    return Source(
        source_id=table["source_id"],
        name=table["name"],
        home_url=table["home_url"],
        country=table["country"],
        language=table["language"],
        feeds=_feeds(table, where),
        is_checked=table.get("checked", True),
        is_paused=table.get("paused", False),
        poll_every_s=every_s,
        poll_ceiling_s=ceiling_s,
        host_delay_s=float(delay_s),
        look_after_s=tuple(looks_s),
        section_links=_selector(table, where),
        rules=_rules(table.get("rules", ()), where),
        keep_pages_days=given["keep_pages_days"],
        keep_articles_days=given["keep_articles_days"],
        schedule=_schedule(table, where),
        timezone=table.get("timezone", "UTC"),
    )


def _feeds(table: Mapping[str, Any], where: str) -> tuple[Feed, ...]:
    feeds = []
    for key, feed_kind in FEED_KEYS.items():
        for url in table.get(key, ()):
            _must_be_web_address(url, f"{where}: key {key!r}")
            feeds.append(Feed(feed_id=feed_id(url), source_id=table["source_id"], url=url, feed_kind=feed_kind))
    if not feeds:
        raise CatalogueError(f"{where}: none of the keys {', '.join(FEED_KEYS)} has an address", SEE)
    return tuple(feeds)


def _selector(table: Mapping[str, Any], where: str) -> str | None:
    selector: str | None = table.get("section_links")
    if selector is None:
        return None
    if not table.get("sections"):
        raise CatalogueError(f"{where}: key 'section_links' without 'sections'", SEE)
    import soupsieve  # every DAG file reads the catalogue when it is parsed, and few sources have a selector

    try:
        soupsieve.compile(selector)
    except soupsieve.SelectorSyntaxError as error:
        raise CatalogueError(
            f"{where}: key 'section_links': {str(error).splitlines()[0]}",
            "a CSS selector of links, e.g. 'article h2 a'",
        ) from None
    return selector


def _schedule(table: Mapping[str, Any], where: str) -> str | None:
    if "schedule" not in table:
        if "timezone" in table:
            raise CatalogueError(f"{where}: key 'timezone' without 'schedule'", SEE)
        return None
    from zoneinfo import (
        ZoneInfo,
    )  # every DAG file reads the catalogue when it is parsed, and few sources have a schedule

    from croniter import CroniterError, croniter

    schedule: str = table["schedule"]
    try:
        ZoneInfo(table.get("timezone", "UTC"))
    except (KeyError, ValueError, OSError):
        raise CatalogueError(
            f"{where}: key 'timezone': {table['timezone']!r} is no time zone", "an IANA name, e.g. Europe/Berlin"
        ) from None
    try:
        if len(schedule.split()) != CRON_FIELDS:
            raise CroniterError("it has not five fields")
        croniter(schedule, SOME_DAY).get_next(datetime)  # 30 February never comes
    except (CroniterError, ValueError, KeyError) as error:
        raise CatalogueError(
            f"{where}: key 'schedule': {schedule!r} cannot be used: {error}",
            "minute, hour, day of the month, month, day of the week, e.g. '0 6,12,18 * * *'",
        ) from None
    return schedule


def _rules(tables: Sequence[object], where: str) -> tuple[PageRule, ...]:
    """Rules in their order in time."""
    if len(tables) > RULES_LIMIT:
        raise CatalogueError(f"{where}: more than {RULES_LIMIT} rules", "a year has few designs: join what is alike")
    read = [_rule(table, f"{where}: rule {number}") for number, table in enumerate(tables, start=1)]
    numbered = sorted(enumerate(read, start=1), key=lambda one: one[1].valid_from or date.min)
    for (number, rule), (next_number, following) in pairwise(numbered):
        if rule.valid_to is None or rule.valid_to > (following.valid_from or date.min):
            raise CatalogueError(
                f"{where}: rule {next_number}: key 'valid_from': its span overlaps that of rule {number}",
                "one rule holds at a time: end the older one with valid_to = the day from which the newer one holds",
            )
    return tuple(rule for _, rule in numbered)


def _rule(table: object, where: str) -> PageRule:
    if not isinstance(table, dict):
        raise CatalogueError(f"{where}: {table!r} is no table", "write [[source.rules]] below the source")
    for key, value in table.items():
        if key not in RULE_KEYS:
            raise CatalogueError(f"{where}: unknown key {key!r}", f"known are: {', '.join(RULE_KEYS)}")
        if not isinstance(value, RULE_KEYS[key]) or isinstance(value, datetime):
            raise CatalogueError(f"{where}: key {key!r}: {value!r} is of the wrong type", SEE)
    valid_from, valid_to = (table.get(key) for key in SPAN_KEYS)
    if valid_from and valid_to and valid_from >= valid_to:
        raise CatalogueError(
            f"{where}: key 'valid_to': {valid_to} is not after 'valid_from' ({valid_from}), so it never holds",
            "valid_to is the first day on which it holds no more",
        )
    if not any(value for key, value in table.items() if key not in SPAN_KEYS):
        said = ", ".join(key for key in RULE_KEYS if key not in SPAN_KEYS)
        raise CatalogueError(f"{where}: it says nothing", f"give at least one of: {said}")
    if "title_from" in table and table["title_from"] not in get_args(TitleEvidence):
        raise CatalogueError(
            f"{where}: key 'title_from': {table['title_from']!r} is no claim of a title",
            f"known are: {', '.join(get_args(TitleEvidence))}",
        )
    for key in SELECTOR_KEYS:
        if key in table:
            _must_be_selector(table[key], f"{where}: key {key!r}")
    for selector in table.get("remove", ()):
        _must_be_selector(selector, f"{where}: key 'remove'")
    return PageRule(
        valid_from=valid_from,
        valid_to=valid_to,
        title_from=table.get("title_from"),
        remove=tuple(table.get("remove", ())),
        **{key: table.get(key) for key in SELECTOR_KEYS},
    )


def _must_be_selector(selector: object, where: str) -> None:
    """What lxml can find by; some faults of a selector show only where it is asked of a tree."""
    if not isinstance(selector, str) or not selector.strip() or len(selector) > SELECTOR_LIMIT_CHARS:
        raise CatalogueError(
            f"{where}: {str(selector)[:80]!r} is no selector", f"a text of at most {SELECTOR_LIMIT_CHARS} characters"
        )
    from cssselect import (
        SelectorError,
    )  # every DAG file reads the catalogue when it is parsed, and few sources have rules
    from lxml import cssselect, etree

    try:
        cssselect.CSSSelector(selector, translator="html")(etree.Element("html"))
    except (SelectorError, etree.XPathError, ValueError) as error:
        raise CatalogueError(
            f"{where}: {selector!r} does not compile: {str(error).splitlines()[0]}",
            "a CSS selector, e.g. 'article div.story-body'",
        ) from None


def _must_be_of_its_type(key: str, value: object, where: str) -> None:
    kind = SOURCE_KEYS[key][0]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise CatalogueError(f"{where}: key {key!r}: {value!r} is of the wrong type", SEE)


def _must_be_web_address(url: object, where: str) -> None:
    match = WEB_ADDRESS.fullmatch(url) if isinstance(url, str) and len(url) <= ADDRESS_LIMIT_CHARS else None
    if match is None or not 1 <= (port := int(match["port"] or 80)) <= 65_535 or port in BAD_PORTS:
        raise CatalogueError(
            f"{where}: {str(url)[:200]!r} is not a web address",
            "https:// or http://, a host name in ASCII (xn--...) without user or password, a port that serves the web, no blanks",
        )
