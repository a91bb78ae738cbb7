"""The catalogue's file as text: entries are added at its end, and what people wrote in it stays as it is.

What an entry may say is checked by `catalogue`, before a byte is written.
"""

import fcntl
import json
import os
import re
import tempfile
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ingest import catalogue
from ingest.errors import CatalogueError
from ingest.records import PageRule, Source

Table = Mapping[str, Any]  # one [[source]]: keys of catalogue.SOURCE_KEYS; its rules: tables of catalogue.RULE_KEYS

LINE_CHARS = 120
SOURCE_ID_CHARS = 40
NEW_FILE_MODE = 0o644
ENDINGS = frozenset(("com", "org", "net", "co", "gov", "ac", "edu", "www"))


def sources_in(path: Path) -> tuple[Source, ...]:
    """Sources of the file, none where there is no file yet or nothing but defaults and comments in it."""
    text = _text(path)
    document = _document(text, path)
    return catalogue.parse(document, str(path)) if document.get("source") else ()


def entry_text(table: Table) -> str:
    """One [[source]] in TOML, keys in the catalogue's order, lists of several addresses one a line."""
    keys = (key for key in catalogue.SOURCE_KEYS if key != "rules")
    rules = ["\n" + rule_text(rule) for rule in table.get("rules", ())]
    return "".join([_table_text("[[source]]", keys, table), *rules])


def rule_text(rule: Table) -> str:
    """One [[source.rules]] in TOML, to stand below its source."""
    return _table_text("[[source.rules]]", catalogue.RULE_KEYS, rule)


def table_of(source: Source) -> dict[str, Any]:
    """What an entry says of a source; keys whose value every source has by default are left out."""
    polled = {
        key: [feed.url for feed in source.feeds if feed.feed_kind == kind] for key, kind in catalogue.FEED_KEYS.items()
    }
    table = {
        **{key: getattr(source, key) for key in ("source_id", "name", "home_url", "country", "language")},
        **polled,
        "section_links": source.section_links,
        "checked": source.is_checked,
        "paused": source.is_paused,
        "poll_every_s": source.poll_every_s,
        "poll_ceiling_s": source.poll_ceiling_s,
        "schedule": source.schedule,
        "timezone": source.timezone,
        "host_delay_s": source.host_delay_s,
        "look_after_s": list(source.look_after_s),
        "keep_pages_days": source.keep_pages_days,
        "keep_articles_days": source.keep_articles_days,
        "rules": [rule_table(rule) for rule in source.rules],
    }
    usual = catalogue.DEFAULTS | {"checked": True, "paused": False, "timezone": "UTC"}
    return {
        key: value
        for key, value in table.items()
        if not _is_unsaid(key, value) and (key not in usual or value != usual[key])
    }


def rule_table(rule: PageRule) -> dict[str, Any]:
    """What a [[source.rules]] says."""
    table = {key: getattr(rule, key) for key in catalogue.RULE_KEYS} | {"remove": list(rule.remove)}
    return {key: value for key, value in table.items() if not _is_unsaid(key, value)}


def append(path: Path, tables: Sequence[Table]) -> tuple[Source, ...]:
    """Add entries and return the file's sources; CatalogueError, and nothing written, if it would not be a catalogue.

    One writer at a time; readers see the old file or the new one, never a part of it.
    """
    place = path.resolve()  # the file behind a symbolic link is what is replaced
    with _alone(place.parent):
        old = _text(place)
        end = "\r\n" if "\r\n" in old else "\n"
        added = "\n".join(entry_text(table) for table in tables).replace("\n", end)
        gap = "" if not old.strip() else end if old.endswith("\n") else 2 * end
        new = _encodable(old + gap + added, path)
        sources = catalogue.parse(_document(new, path), str(path))
        _replace(place, new)
    return sources


def new_source_id(name: str, home_url: str, taken: Collection[str]) -> str:
    """An id that nobody has, by the publisher's name, else by its host's."""
    labels = [label for label in (urlsplit(home_url).hostname or "").split(".")[:-1] if label not in ENDINGS]
    stem = _slug(name) or _slug("-".join(labels)) or "source"
    host_stem = _slug(f"{stem}-{labels[-1]}" if labels and labels[-1] not in stem else stem)
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (stem, host_stem, *numbered) if one not in taken)


def _slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens; "" if there are none."""
    plain = unicodedata.normalize("NFKD", text.replace("'", "").replace("’", "")).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    while len(words) > 1 and len("-".join(words)) > SOURCE_ID_CHARS:
        words.pop()
    return "-".join(words)[:SOURCE_ID_CHARS].strip("-")


def _table_text(head: str, keys: Iterable[str], table: Table) -> str:
    lines = [f"{key} = {_value(key, table[key])}" for key in keys if key in table and not _is_unsaid(key, table[key])]
    return "\n".join([head, *lines, ""])


def _is_unsaid(key: str, value: object) -> bool:
    return value is None or (value == [] and key != "look_after_s")


def _value(key: str, value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | list | tuple):
        return json.dumps(value)
    if isinstance(value, str):
        return _quoted(value)
    parts = [_quoted(one) if isinstance(one, str) else json.dumps(one) for one in value]
    one_line = f"[{', '.join(parts)}]"
    if len(parts) < 2 or len(key) + 3 + len(one_line) <= LINE_CHARS:
        return one_line
    return "\n".join(["[", *(f"  {part}," for part in parts), "]"])


def _quoted(text: str) -> str:
    """A JSON string is a TOML basic string, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{path} is not TOML: {error}", "save it as UTF-8; nothing was written") from None
    except OSError as error:
        raise CatalogueError(
            f"{path} cannot be read: {error.strerror or error}", "INGEST_CATALOGUE names a file that this user may read"
        ) from None


def _document(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path} is not TOML: {error}", "mend the line it names; nothing was written") from None


def _encodable(text: str, path: Path) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        line = text[: error.start].rpartition("\n")[2] + text[error.start :].partition("\n")[0]
        raise CatalogueError(
            f"{path}: U+{ord(text[error.start]):04X} is half a character, in {line[:LINE_CHARS]!a}",
            "give the text in UTF-8; nothing was written",
        ) from None
    return text


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The folder is what is locked: the file itself is replaced, and a lock file would lie among the DAGs."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise CatalogueError(f"{folder} cannot be opened: {error.strerror}", "make the folder first") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(place: Path, text: str) -> None:
    draft = ""
    try:
        mode = place.stat().st_mode & 0o7777 if place.exists() else NEW_FILE_MODE
        descriptor, draft = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
            os.fchmod(stream.fileno(), mode)
        Path(draft).replace(place)
        draft = ""
    except OSError as error:
        raise CatalogueError(
            f"{place} cannot be written: {error.strerror or error}", "nothing was changed; --dry-run prints the entry"
        ) from None
    finally:
        if draft:
            with suppress(OSError):
                Path(draft).unlink(missing_ok=True)
