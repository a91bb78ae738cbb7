"""How a source is reached that does not let everybody in: proxy, headers, cookies, password, TLS exceptions, by source.

They are read from a file of their own or from an Airflow connection, never from the catalogue; who may see them is
decided where requests are made. No message shows a value.
"""

import os
import re
import ssl
import tomllib
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from ingest.errors import SettingsError
from ingest.records import Source

KEYS: dict[str, type] = {
    "proxy": str,
    "headers": dict,
    "cookies": dict,
    "username": str,
    "password": str,
    "verify_tls": bool,
    "ca_file": str,
}
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
HEADER_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?")
COOKIE_VALUE = re.compile(r"[\x21-\x3a\x3c-\x7e]*")
USERNAME = re.compile(r"[^\x00-\x1f\x7f:]+")  # RFC 7617 section 2
PASSWORD = re.compile(r"[^\x00-\x1f\x7f]*")
# Headers that the client alone decides on: framing, the connection, who we are, what it can read, what it holds.
NOT_OURS_TO_SET = frozenset({
    "host", "content-length", "content-type", "content-encoding", "transfer-encoding", "te", "trailer", "connection",
    "keep-alive", "upgrade", "expect", "range", "user-agent", "accept-encoding", "if-none-match", "if-modified-since",
    "if-match", "if-range", "if-unmodified-since", "proxy-authorization", "proxy-connection", "cookie",
})  # fmt: skip
OPEN_TO_OTHERS = 0o077
WHERE = re.compile(r"at (line \d+, column \d+|end of document)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What one source's own site may see of us; `proxy` carries all visits for the source, wherever they lead."""

    site: str  # the source's home_url
    proxy: str | None = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    cookies: Mapping[str, str] = field(repr=False)
    username: str | None = field(repr=False)
    password: str | None = field(repr=False)
    verify_tls: bool
    ca_file: Path | None

    @property
    def authorization(self) -> str | None:
        """The value of the header of that name (RFC 7617, in UTF-8)."""
        if self.username is None:
            return None
        return "Basic " + b64encode(f"{self.username}:{self.password or ''}".encode()).decode()


def read(path: Path, sources: Iterable[Source]) -> dict[str, Access]:
    """The accesses of a TOML file with a table a source, by source_id; SettingsError names file, source and key."""
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            body = stream.read()
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read: {error.strerror or error}",
            "INGEST_ACCESS names a TOML file that this user may read",
        ) from None
    if mode & OPEN_TO_OTHERS:
        raise SettingsError(f"{path} holds secrets and is open to other users", f"chmod 600 {path}")
    try:
        document = tomllib.loads(body.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        found = WHERE.search(str(error))
        raise SettingsError(f"{path} is not TOML{f', {found[0]}' if found else ''}", "mend it there") from None
    return parse(document, str(path), sources)


def parse(document: Mapping[str, Any], where: str, sources: Iterable[Source]) -> dict[str, Access]:
    """The same from a mapping, e.g. the extra of an Airflow connection; `where` names it in errors."""
    known = {source.source_id: source for source in sources}
    accesses = {}
    for source_id, table in document.items():
        if source_id not in known:
            raise SettingsError(f"{where}: no source {source_id!r} in the catalogue", "tables are named by source_id")
        place = f"{where}: source {source_id!r}"
        if not isinstance(table, Mapping):
            raise SettingsError(f"{place} is no table", f"its keys are: {', '.join(KEYS)}")
        accesses[source_id] = _access(table, place, known[source_id].home_url)
    return accesses


def _access(table: Mapping[str, Any], where: str, site: str) -> Access:
    for key, value in table.items():
        if key not in KEYS:
            raise SettingsError(f"{where}: unknown key {key!r}", f"known are: {', '.join(KEYS)}")
        if type(value) is not KEYS[key] and not (KEYS[key] is dict and isinstance(value, Mapping)):
            raise SettingsError(f"{where}: key {key!r} is of the wrong type", f"it is a {_said(KEYS[key])}")
    if "password" in table and "username" not in table:
        raise SettingsError(f"{where}: key 'password' without 'username'", "give both")
    for key, form in (("username", USERNAME), ("password", PASSWORD)):
        if key in table and not form.fullmatch(table[key]):
            raise SettingsError(f"{where}: key {key!r} cannot be sent", "no control characters; no colon in a username")
    headers = _headers(table.get("headers", {}), where)
    if "username" in table and any(name.lower() == "authorization" for name in headers):
        raise SettingsError(
            f"{where}: key 'headers': Authorization is there twice", "'username' makes one: drop either"
        )
    return Access(
        site=site,
        proxy=_proxy(table["proxy"], where) if "proxy" in table else None,
        headers=headers,
        cookies=_cookies(table.get("cookies", {}), where),
        username=table.get("username"),
        password=table.get("password"),
        verify_tls=table.get("verify_tls", True),
        ca_file=_ca_file(table, where),
    )


def _headers(table: Mapping[str, Any], where: str) -> dict[str, str]:
    for name, value in table.items():
        place = f"{where}: key 'headers'"
        if not TOKEN.fullmatch(name):
            raise SettingsError(f"{place}: a name that is none", "letters, digits and hyphens, no blanks")
        if name.lower() in NOT_OURS_TO_SET:
            raise SettingsError(
                f"{place}: {name} is not for a source to set", "drop it; cookies have a key of their own"
            )
        if not isinstance(value, str) or not HEADER_VALUE.fullmatch(value):
            raise SettingsError(
                f"{place}: the value of {name} cannot be sent", "one line of printable ASCII, in quotes"
            )
    return cast("dict[str, str]", dict(table))


def _cookies(table: Mapping[str, Any], where: str) -> dict[str, str]:
    for name, value in table.items():
        place = f"{where}: key 'cookies'"
        if not TOKEN.fullmatch(name):
            raise SettingsError(f"{place}: a name that is none", "letters, digits and hyphens, no blanks")
        if not isinstance(value, str) or not COOKIE_VALUE.fullmatch(value):
            raise SettingsError(
                f"{place}: the value of {name} cannot be sent", "printable ASCII without blanks and ';'"
            )
    return cast("dict[str, str]", dict(table))


def _proxy(address: str, where: str) -> str:
    try:
        parts = urlsplit(address)
        is_usable = (
            parts.scheme == "http"
            and bool(parts.hostname)
            and parts.port != 0
            and parts.path in ("", "/")
            and not (parts.query or parts.fragment)
            and re.fullmatch(r"[\x21-\x7e]+", address) is not None
        )
    except ValueError:
        is_usable = False
    if not is_usable:
        raise SettingsError(
            f"{where}: key 'proxy' is no address of a proxy", "e.g. http://user:password@proxy.example:3128"
        )
    return address.rstrip("/")


def _ca_file(table: Mapping[str, Any], where: str) -> Path | None:
    if "ca_file" not in table:
        return None
    if not table.get("verify_tls", True):
        raise SettingsError(
            f"{where}: keys 'ca_file' and 'verify_tls = false' contradict each other", "drop one of them"
        )
    path = Path(table["ca_file"])
    try:
        if not path.is_absolute():
            raise OSError
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError):  # SSLError is an OSError
        raise SettingsError(
            f"{where}: key 'ca_file' is no file of certificates",
            "the absolute path of a PEM file that this user may read",
        ) from None
    return path


def _said(kind: type) -> str:
    return {str: "text in quotes", dict: "table of names and texts", bool: "true or false"}[kind]
