"""Terms of access: read to the last key, shown to nobody, and a file that is open to others is refused."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from fetch.tls import self_signed
from ingest import access, catalogue
from ingest.errors import SettingsError

SECRET = "s3cr3t"  # noqa: S105  of this test alone


CATALOGUE = {
    "source": [
        {
            "source_id": source_id,
            "name": source_id,
            "home_url": f"https://{source_id}.example/",
            "country": "DE",
            "language": "de",
            "feeds": [f"https://{source_id}.example/feed"],
        }
        for source_id in ("daily", "weekly")
    ]
}
SOURCES = catalogue.parse(CATALOGUE, "catalogue")
DOCUMENT = """
[daily]
proxy = "http://user:s3cr3t@proxy.internal:3128"
headers = { X-Key = "s3cr3t", Accept-Language = "de, en;q=0.5" }
cookies = { session = "s3cr3t==" }
username = "léa"
password = "s3cr3t: with blanks"

[weekly]
verify_tls = false
"""


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


def test_the_terms_of_each_source_are_read(tmp_path: Path) -> None:
    terms = access.read(write(tmp_path / "access.toml", DOCUMENT), SOURCES)
    daily, weekly = terms["daily"], terms["weekly"]
    assert daily.site == "https://daily.example/"
    assert daily.proxy == "http://user:s3cr3t@proxy.internal:3128"
    assert daily.headers == {"X-Key": "s3cr3t", "Accept-Language": "de, en;q=0.5"}
    assert daily.cookies == {"session": "s3cr3t=="}
    assert daily.authorization == "Basic bMOpYTpzM2NyM3Q6IHdpdGggYmxhbmtz"
    assert (daily.verify_tls, daily.ca_file) == (True, None)
    assert (weekly.verify_tls, weekly.proxy, weekly.authorization, weekly.headers) == (False, None, None, {})


def test_an_airflow_connection_holds_the_same(tmp_path: Path) -> None:
    document = json.loads(json.dumps(tomllib.loads(DOCUMENT)))
    assert access.parse(document, "connection", SOURCES) == access.read(write(tmp_path / "a.toml", DOCUMENT), SOURCES)


def test_terms_show_no_secret(tmp_path: Path) -> None:
    terms = access.read(write(tmp_path / "access.toml", DOCUMENT), SOURCES)
    assert SECRET not in repr(terms)
    assert "léa" not in repr(terms)


def test_a_ca_file_of_certificates_is_taken(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path).file
    assert access.parse({"daily": {"ca_file": str(certificate)}}, "here", SOURCES)["daily"].ca_file == certificate


# terms of `daily` -> words the error must contain
BROKEN: list[tuple[object, tuple[str, ...]]] = [
    (SECRET, ("no table",)),
    ({"passwort": SECRET}, ("unknown key 'passwort'", "password")),
    ({"headers": SECRET}, ("'headers'", "wrong type", "table")),
    ({"headers": [SECRET]}, ("'headers'", "wrong type")),
    ({"verify_tls": "no " + SECRET}, ("'verify_tls'", "true or false")),
    ({"verify_tls": 0}, ("'verify_tls'", "true or false")),
    ({"username": 5}, ("'username'", "wrong type")),
    ({"proxy": None}, ("'proxy'", "wrong type")),
    ({"password": SECRET}, ("'password' without 'username'",)),
    ({"username": f"{SECRET}:x"}, ("'username'", "colon")),
    ({"username": ""}, ("'username'",)),
    ({"username": "a", "password": f"{SECRET}\n"}, ("'password'", "control characters")),
    ({"headers": {"X-Key": f"{SECRET}\r\nX-Other: 1"}}, ("'headers'", "X-Key", "one line")),
    ({"headers": {"X-Key": f"{SECRET}\n"}}, ("'headers'", "X-Key")),
    ({"headers": {"X-Key": f" {SECRET}"}}, ("'headers'", "X-Key")),
    ({"headers": {"X-Key": f"{SECRET}é"}}, ("'headers'", "X-Key", "ASCII")),
    ({"headers": {"X-Key": 5}}, ("'headers'", "X-Key")),
    ({"headers": {"X-Key": ""}}, ("'headers'", "X-Key")),
    ({"headers": {f"X-{SECRET}\r\nX": "1"}}, ("'headers'", "name")),
    ({"headers": {"X Key": SECRET}}, ("'headers'", "name")),
    ({"headers": {"": SECRET}}, ("'headers'", "name")),
    ({"headers": {"Host": SECRET}}, ("'headers'", "Host")),
    ({"headers": {"content-LENGTH": SECRET}}, ("'headers'", "content-LENGTH")),
    ({"headers": {"User-Agent": SECRET}}, ("'headers'", "User-Agent")),
    ({"headers": {"Accept-Encoding": SECRET}}, ("'headers'", "Accept-Encoding")),
    ({"headers": {"Cookie": SECRET}}, ("'headers'", "Cookie", "cookies have a key")),
    ({"headers": {"Authorization": SECRET}, "username": "a"}, ("'headers'", "Authorization", "'username'")),
    ({"cookies": {"a": f"{SECRET}; b=1"}}, ("'cookies'", "';'")),
    ({"cookies": {"a": f"{SECRET}\r\n"}}, ("'cookies'",)),
    ({"cookies": {"a b": SECRET}}, ("'cookies'", "name")),
    ({"cookies": {"a": ["x"]}}, ("'cookies'",)),
    ({"proxy": f"socks5://{SECRET}@proxy:1080"}, ("'proxy'", "http://")),
    ({"proxy": f"https://{SECRET}@proxy:3128"}, ("'proxy'",)),
    ({"proxy": f"proxy:3128/{SECRET}"}, ("'proxy'",)),
    ({"proxy": f"http://{SECRET}@"}, ("'proxy'",)),
    ({"proxy": f"http://{SECRET}@proxy:port"}, ("'proxy'",)),
    ({"proxy": f"http://{SECRET}@proxy:99999"}, ("'proxy'",)),
    ({"proxy": f"http://{SECRET}@proxy:0"}, ("'proxy'",)),
    ({"proxy": f"http://proxy:3128/{SECRET}"}, ("'proxy'",)),
    ({"proxy": f"http://{SECRET}@proxy:3128\r\n"}, ("'proxy'",)),
    ({"proxy": f"http://[{SECRET}"}, ("'proxy'",)),
    ({"ca_file": f"{SECRET}/ca.pem"}, ("'ca_file'", "absolute")),
    ({"ca_file": f"/no/{SECRET}"}, ("'ca_file'",)),
    ({"ca_file": __file__}, ("'ca_file'", "PEM")),
    ({"ca_file": f"/{SECRET}\0"}, ("'ca_file'",)),
    ({"ca_file": f"/no/{SECRET}", "verify_tls": False}, ("'ca_file'", "'verify_tls", "contradict")),
]


@pytest.mark.parametrize(("table", "words"), BROKEN, ids=range(len(BROKEN)))
def test_terms_that_cannot_be_used_are_named_without_a_value(table: Any, words: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError) as caught:
        access.parse({"daily": table}, "the connection", SOURCES)
    told = str(caught.value)
    for word in ("the connection", "'daily'", *words):
        assert word in told
    assert SECRET not in told
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_source_that_is_not_in_the_catalogue_is_named() -> None:
    with pytest.raises(SettingsError, match="no source 'dayly' in the catalogue"):
        access.parse({"dayly": {"password": SECRET}}, "here", SOURCES)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o602, 0o700 | 0o001])
def test_a_file_that_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    path = write(tmp_path / "access.toml", DOCUMENT, mode)
    with pytest.raises(SettingsError, match=f"chmod 600 {path}"):
        access.read(path, SOURCES)


@pytest.mark.parametrize("text", [f"[daily]\npassword = {SECRET}", f'[daily]\npassword = "{SECRET}', f"{SECRET}\xff"])
def test_a_file_that_is_not_toml_is_named_with_the_place_alone(tmp_path: Path, text: str) -> None:
    path = write(tmp_path / "access.toml", "")
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsError, match=r"access\.toml is not TOML") as caught:
        access.read(path, SOURCES)
    assert SECRET not in str(caught.value)
    assert "\xff" in text or ", at " in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="INGEST_ACCESS") as caught:
        access.read(tmp_path / "no.toml", SOURCES)
    assert "no.toml" in str(caught.value)
