"""What a person names at a prompt, a file or a URL, brought in as politely as a crawl would. Nothing is stored."""

import time
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from ingest.errors import InputError
from ingest.fetch.answer import Accept
from ingest.jobs.manners import Visited, open_manners
from ingest.records import Source
from ingest.settings import Settings

NOBODY = str(UUID(int=0))  # no poll is recorded
HOST_DELAY_S = 1.0
LONGEST_WAIT_S = 60.0  # for a host that rests, or that a crawl visits right now
BUSY = "its host rests, or is being visited, for longer than a minute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A body, and where it is from; a file does not say its `url`."""

    body: bytes
    url: str | None
    http_charset: str | None


def bring(settings: Settings, place: str, *, accept: Accept, limit_bytes: int) -> Brought:
    """`limit_bytes` is a file's; what a URL answers has its own. InputError if there is nothing to read."""
    if not place.lower().startswith(("http://", "https://")):
        return Brought(body=_body(Path(place), limit_bytes), url=None, http_charset=None)
    response = visit(settings, place, accept=accept).response
    if response is None:
        raise InputError(f"{place}: {BUSY}", "try again later")
    if response.outcome != "ok":
        raise InputError(f"{place}: {response.outcome}: {response.detail or response.http_status}")
    return Brought(body=response.body, url=response.final_url, http_charset=response.http_charset)


def visit(settings: Settings, url: str, *, accept: Accept) -> Visited:
    """One visit; without a response where the host rests for longer than a person waits."""
    with open_manners(settings, access={}, threads=1) as manners:
        return manners.visit_now(
            provisional(url, rest_between_s(settings, url)),
            url,
            accept=accept,
            until_s=time.monotonic() + LONGEST_WAIT_S,
        )


def provisional(url: str, host_delay_s: float) -> Source:
    """A source that is not one yet, for the manners of its visits."""
    return Source(
        source_id="try", name="", home_url=url, country="", language="", feeds=(), is_checked=False, is_paused=False,
        poll_every_s=1, poll_ceiling_s=1, host_delay_s=host_delay_s, look_after_s=(), section_links=None, rules=(),
        keep_pages_days=None, keep_articles_days=None,
    )  # fmt: skip


def rest_between_s(settings: Settings, url: str) -> float:
    """A second; none on addresses that the settings name as our own (INGEST_ALLOW_NETWORKS)."""
    try:
        address = ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return HOST_DELAY_S
    return 0.0 if any(address in network for network in settings.allow_networks) else HOST_DELAY_S


def _body(path: Path, limit_bytes: int) -> bytes:
    try:
        with path.open("rb") as stream:
            body = stream.read(limit_bytes + 1)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", "give a file, or a URL that begins with https://"
        ) from None
    if len(body) > limit_bytes:
        raise InputError(
            f"{path} is larger than {limit_bytes} bytes",
            "INGEST_FEED_LIMIT_BYTES, INGEST_SITEMAP_LIMIT_BYTES and INGEST_PAGE_LIMIT_BYTES raise the limits",
        )
    return body
