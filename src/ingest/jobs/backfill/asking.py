"""Requests: what a person wants to bring in becomes a recorded row, once. Nothing is read for it here."""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import get_args
from uuid import UUID

from ingest import catalogue
from ingest.errors import InputError
from ingest.history import InputKind, Request
from ingest.jobs.backfill.past import open_past, sources_of
from ingest.records import Source
from ingest.rules.wanted import wanted_of
from ingest.settings import Settings
from ingest.stage import batch as stage

OF_A_SOURCE: frozenset[InputKind] = frozenset(("sitemap", "feed"))  # what a publisher offers of its own
# (a+)+$ tries an address of 40 letters in a trillion ways, and nothing stops Python's search: another process finds out.
PROBE = """
import re, sys
find = re.compile(sys.argv[1]).search
for run in ("a", "1", "-", "/", "a-", "a/", "1-", "a1", "storm-over-the-bay-", "2026/11/"):
    find("https://www.example.org/" + run * (200 // len(run)) + "!")
"""
PROBE_S = 10.0  # 0.05 on a quiet machine
BY_ADDRESS: frozenset[InputKind] = frozenset(("warc", "cdx", "list", "folder"))


def request(
    settings: Settings,
    *,
    source_ids: Sequence[str],
    input_kind: InputKind,
    input_address: str | None,
    from_on: date,
    to_on: date,
    hosts: Sequence[str] = (),
    url_pattern: str | None = None,
    is_kept: bool = True,
    now: datetime | None = None,
) -> list[Request]:
    """One request a source, or one for all sources of the catalogue where none is named; asked again, it is the same.

    Sealed as one batch, unless it is not to be kept. Raises InputError for what cannot be asked for.
    """
    at = now or datetime.now(UTC)
    sources = catalogue.read(settings.catalogue)
    _must_make_sense(settings, sources, source_ids, input_kind, input_address, from_on, to_on, url_pattern)
    named: list[str | None] = list(dict.fromkeys(source_ids))
    places = tuple(sorted({one.strip().lower().rstrip(".") for one in hosts}))
    asked = [
        _request(source_id, input_kind, _absolute(input_address), from_on, to_on, places, url_pattern, at)
        for source_id in (named or [None])
    ]
    _must_be_hosts(places, asked, sources)
    with open_past(settings, now=at) as (_, requests):
        known = {one.request_id: one for one in requests.all()}
    if is_kept and (fresh := [one for one in asked if one.request_id not in known]):
        stage.seal(
            settings.stage,
            batch_kind="request",
            rows={"request": fresh},
            now=datetime.now(UTC),
            token=secrets.token_hex(4),
        )
    return [known.get(one.request_id, one) for one in asked]


def part_id(request_id: str, part_address: str) -> str:
    return _uuid("part", request_id, part_address)


def _request(
    source_id: str | None,
    input_kind: InputKind,
    input_address: str | None,
    from_on: date,
    to_on: date,
    hosts: tuple[str, ...],
    url_pattern: str | None,
    asked_at: datetime,
) -> Request:
    said = (source_id, input_kind, input_address, from_on, to_on, hosts, url_pattern)
    return Request(
        request_id=_uuid("request", *map(repr, said)),
        source_id=source_id,
        input_kind=input_kind,
        input_address=input_address,
        from_on=from_on,
        to_on=to_on,
        hosts=hosts,
        url_pattern=url_pattern,
        asked_at=asked_at,
    )


def _must_be_hosts(places: Sequence[str], asked: Sequence[Request], sources: Sequence[Source]) -> None:
    """A host that no source has would leave nothing to bring in, and a certificate that all of it is there."""
    wanted = [wanted_of(replace(one, url_pattern=None), sources_of(one, sources)) for one in asked]
    for place in places:
        if "/" in place or not any(one.is_wanted(f"https://{place}/") for one in wanted):
            raise InputError(
                f"--host {place!r}: no source that is asked for has pages there", "a name alone: www.example.org"
            )


def _must_make_sense(
    settings: Settings,
    sources: Sequence[Source],
    source_ids: Sequence[str],
    input_kind: InputKind,
    input_address: str | None,
    from_on: date,
    to_on: date,
    url_pattern: str | None,
) -> None:
    known = {source.source_id for source in sources}
    if unknown := set(source_ids) - known:
        raise InputError(
            f"{settings.catalogue}: no source {', '.join(sorted(unknown))}", "`ingest sources` lists those there are"
        )
    if input_kind not in get_args(InputKind):
        raise InputError(f"no input {input_kind!r}", f"inputs are {', '.join(get_args(InputKind))}")
    if from_on > to_on:
        raise InputError(f"from {from_on} to {to_on} is no range of days", "--from comes before --to")
    if input_kind in OF_A_SOURCE and not source_ids:
        raise InputError(f"a backfill by {input_kind} needs a source", "name it by --source")
    if input_kind in BY_ADDRESS and not input_address:
        raise InputError(f"a backfill by {input_kind} needs an address", f"--input {input_kind}:FILE-OR-ADDRESS")
    try:
        re.compile(url_pattern or "")
    except (re.error, OverflowError, RecursionError) as error:
        raise InputError(f"--match {url_pattern!r} is no regular expression: {error}") from None
    if url_pattern and not _is_quick(url_pattern):
        raise InputError(
            f"--match {url_pattern!r} may take years on one address",
            "it repeats what repeats itself: (a|b)+ instead of (a+|b)+",
        )


def _is_quick(url_pattern: str) -> bool:
    try:
        subprocess.run([sys.executable, "-c", PROBE, url_pattern], check=False, capture_output=True, timeout=PROBE_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _absolute(address: str | None) -> str | None:
    """Files are meant from here, and read from elsewhere."""
    if address is None or "://" in address:
        return address
    return os.path.abspath(os.path.expanduser(address))  # noqa: PTH100, PTH111  patterns are no paths


def _uuid(*words: str) -> str:
    return str(UUID(bytes=sha256("\n".join(words).encode()).digest()[:16]))
