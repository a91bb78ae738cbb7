"""Import sources: the lines of a list that people bring become entries of the catalogue, each line accounted for.

How each format is read is in `discover/`; what a site offers is found by `add_source`.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ingest import catalogue, catalogue_file
from ingest.catalogue import feed_id
from ingest.discover.opml import is_opml, read_opml
from ingest.discover.publisher import country_of
from ingest.discover.source_list import LIMIT_BYTES, Listed, Refused, read_list, text_of
from ingest.errors import IngestError, InputError
from ingest.jobs import add_source
from ingest.jobs.manners import Manners, open_manners
from ingest.jobs.source_entry import KEYS, Known, Wish, checked, in_ascii, known_in
from ingest.log import Progress, unwatched
from ingest.records import FeedKind
from ingest.rules.url import canonical, host
from ingest.settings import Settings

FEED_LABELS = ("feeds.", "feed.", "rss.")  # of a host that serves a publisher's feeds alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The account: `line_count` = `added_count` + `known_count` + what was refused. `tables` are the new entries."""

    line_count: int
    added_count: int
    known_count: int
    refused: tuple[Refused, ...]
    tables: tuple[dict[str, Any], ...]

    @property
    def text(self) -> str:
        return "\n".join(catalogue_file.entry_text(table) for table in self.tables)


@dataclass(slots=True, kw_only=True)
class _Account:
    """What the lines came to so far."""

    known: Known
    added_count: int = 0
    known_count: int = 0
    refused: list[Refused] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, lines: Sequence[Listed], reason: str) -> None:
        self.refused += [Refused(line=one.line, written=_written(one), reason=reason) for one in lines]

    def add(self, lines: Sequence[Listed], table: dict[str, Any]) -> None:
        self.added_count += len(lines)
        self.tables.append(table)
        self.known.add(table)


def run(
    settings: Settings,
    file: Path,
    *,
    country: str | None,
    language: str | None,
    discover: bool,
    is_dry_run: bool,
    progress: Progress,
) -> Imported:
    """Read an OPML, CSV or address list and add what is new; `country` and `language` are for lines that name none.

    Another catalogue (`.toml`) is taken as it is, without asking anybody.

    InputError where the file cannot be read at all; what is wrong with one line is in the account.
    """
    body = _body(file)
    known = known_in(catalogue_file.sources_in(settings.catalogue))
    if file.suffix.lower() == ".toml":
        return _of_catalogue(settings, file, body, known, is_dry_run=is_dry_run)
    listed, refused = _read(file, body)
    account = _Account(known=known, refused=list(refused))
    groups = _groups(listed, account)
    fallback = Wish(country=country, language=language)
    if discover:
        with open_manners(settings, access={}, threads=1) as manners:
            for done, lines in enumerate(groups, start=1):
                progress("publishers looked at", done, len(groups))
                added = _discovered(settings, manners, lines, fallback, account)
                if added and not is_dry_run:  # at once: the next ones take a minute each
                    catalogue_file.append(settings.catalogue, [added])
    else:
        for lines in groups:
            _taken_as_they_are(lines, fallback, account)
        if account.tables and not is_dry_run:
            catalogue_file.append(settings.catalogue, account.tables)
    return _told(account, len(listed) + len(refused))


def _told(account: _Account, line_count: int) -> Imported:
    return Imported(
        line_count=line_count,
        added_count=account.added_count,
        known_count=account.known_count,
        refused=tuple(sorted(account.refused, key=lambda one: one.line)),
        tables=tuple(account.tables),
    )


def _of_catalogue(settings: Settings, file: Path, body: bytes, known: Known, *, is_dry_run: bool) -> Imported:
    """The entries of another catalogue as they are, rules and all; a line is one of its sources."""
    try:
        sources = catalogue.parse(tomllib.loads(text_of(body)), str(file))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file} is not TOML: {error}", "mend the line it names; nothing was taken") from None
    account = _Account(known=known)
    for number, source in enumerate(sources, start=1):
        owners = [known.owners.get(feed.feed_id) for feed in source.feeds]
        owner = next(filter(None, owners), None) or known.homes.get(canonical(source.home_url))
        if all(owners):
            account.known_count += 1
        elif owner:
            reason = f"{owner!r} has this front page or one of its addresses: add the rest to its entry"
            account.refused.append(Refused(line=number, written=source.source_id, reason=reason))
        elif source.source_id in known.taken:
            reason = "the id is in use: an id is never reused"
            account.refused.append(Refused(line=number, written=source.source_id, reason=reason))
        else:
            account.tables.append(catalogue_file.table_of(source))
            account.added_count += 1
    if account.tables and not is_dry_run:
        catalogue_file.append(settings.catalogue, account.tables)
    return _told(account, len(sources))


def _body(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            body = stream.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}", "give an OPML, CSV, TOML or text file") from None
    if len(body) > LIMIT_BYTES:
        raise InputError(f"{file} is larger than {LIMIT_BYTES} bytes", "divide it")
    return body


def _read(file: Path, body: bytes) -> tuple[list[Listed], list[Refused]]:
    try:
        return read_opml(body) if is_opml(body) else read_list(text_of(body))
    except InputError as error:
        raise InputError(f"{file}: {error.message}", error.remedy) from None


def _groups(listed: Sequence[Listed], account: _Account) -> list[list[Listed]]:
    """Lines of one publisher together, in the list's order; what is polled already, or listed twice, is counted as known."""
    groups: dict[str, list[Listed]] = {}
    met: set[str] = set()
    for one in listed:
        keys = [feed_id(url) for _, url in one.polled] or [f"home {canonical(one.home_url or '')}"]
        new = [key for key in keys if key not in account.known.owners and key not in met]
        is_home_known = not one.polled and one.home_url is not None and canonical(one.home_url) in account.known.homes
        if not new or is_home_known:
            account.known_count += 1
            continue
        met.update(keys)
        groups.setdefault(canonical(_home(one)), []).append(one)
    return list(groups.values())


def _home(one: Listed) -> str:
    """The front page it names, else the root of the publisher's host."""
    if one.home_url:
        return one.home_url
    url = one.polled[0][1]
    name = host(url)
    own = next((f"www.{name.removeprefix(label)}" for label in FEED_LABELS if name.startswith(label)), name)
    return f"{urlsplit(url).scheme}://{own}/"


def _taken_as_they_are(lines: list[Listed], fallback: Wish, account: _Account) -> None:
    home_url = _home(lines[0])
    owner = account.known.homes.get(canonical(home_url))
    polled = _new_addresses(lines, account)
    country = _said(lines, "country") or fallback.country or country_of((), home_url)
    language = _said(lines, "language") or fallback.language
    reason = (
        f"{owner!r} has this front page: add the address to its entry"
        if owner
        else "a front page: --discover looks for its feeds"
        if not any(polled.values())
        else "no country: say it with --country"
        if not country
        else "no language: say it with --language"
        if not language
        else None
    )
    if reason:
        account.refuse(lines, reason)
        return
    name = _said(lines, "name") or host(home_url).removeprefix("www.")
    table = {
        "source_id": catalogue_file.new_source_id(name, home_url, account.known.taken),
        "name": name,
        "home_url": in_ascii(home_url),
        "country": country,
        "language": language,
        **{KEYS[kind]: [in_ascii(url) for url in urls] for kind, urls in polled.items()},
        "checked": False,
    }
    entry, fault, _ = checked(table)
    if entry is None:
        account.refuse(lines, fault or "")
    else:
        account.add(lines, entry)


def _discovered(
    settings: Settings, manners: Manners, lines: list[Listed], fallback: Wish, account: _Account
) -> dict[str, Any] | None:
    owner = account.known.homes.get(canonical(_home(lines[0])))
    if owner:
        account.refuse(lines, f"{owner!r} has this front page: add the address to its entry")
        return None
    also = tuple((kind, url) for kind, urls in _new_addresses(lines, account).items() for url in urls)
    wish = Wish(
        name=_said(lines, "name"),
        country=_said(lines, "country") or fallback.country,
        language=_said(lines, "language") or fallback.language,
        also=also,
    )
    try:
        found = add_source.find(settings, manners, _home(lines[0]), wish, known=account.known, progress=unwatched)
    except IngestError as error:
        account.refuse(lines, error.message)
        return None
    if found.table is None:
        account.refuse(lines, found.fault or "")
        return None
    account.add(lines, found.table)
    return found.table


def _new_addresses(lines: list[Listed], account: _Account) -> dict[FeedKind, list[str]]:
    """What the lines name and nobody polls, by kind, each once."""
    found: dict[str, tuple[FeedKind, str]] = {}
    for kind, url in (pair for one in lines for pair in one.polled):
        if feed_id(url) not in account.known.owners:
            found.setdefault(feed_id(url), (kind, url))
    return {kind: [url for known, url in found.values() if known == kind] for kind in KEYS}


def _said(lines: list[Listed], key: str) -> str | None:
    """The first that says it."""
    return next((value for one in lines if (value := getattr(one, key))), None)


def _written(one: Listed) -> str:
    return one.polled[0][1] if one.polled else one.home_url or ""
