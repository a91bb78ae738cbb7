"""One message to one address, by apprise: a webhook, mail, or whatever else a team reads. What is said, and when, is elsewhere.

An address holds secrets: it is never logged, and what apprise says of a failure is told only where it holds no part of it.
"""

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

LONGEST_SAID = 300
TALKERS = ("apprise", "urllib3")
SHORTEST_PART = 4  # shorter parts of an address (to, v1) are in any text, and no secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`failure` None: it was taken. `name`: the address without anything secret, e.g. `mailtos`."""

    name: str
    failure: str | None


def deliver(address: str, *, title: str, body: str) -> Delivery:
    """Send plain text, once; bounded by apprise's own time-outs (seconds)."""
    import apprise  # a fifth of a second

    name = named(address)
    said = ""
    try:
        one = apprise.Apprise()
        with _unheard(), apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as heard:  # type: ignore[no-untyped-call]
            is_usable = one.add(address)
            for service in one:
                service.notify_format = apprise.NotifyFormat.TEXT  # mail would be HTML
            is_taken = is_usable and one.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
            said = heard.getvalue()
    except Exception as error:  # noqa: BLE001  what any of a hundred services raises must not keep the others from theirs
        return Delivery(name=name, failure=_harmless(f"{type(error).__name__}: {error}", address))
    if is_taken:
        return Delivery(name=name, failure=None)
    if not is_usable:
        return Delivery(
            name=name, failure="the address cannot be used: https://appriseit.com tells how each is written"
        )
    return Delivery(name=name, failure=_harmless(" ".join(said.split()), address))


@contextmanager
def _unheard() -> Iterator[None]:
    """What is logged at lower levels holds the address; and of a hundred services one is always built on something old."""
    talkers = [logging.getLogger(name) for name in TALKERS]
    before = [talker.propagate for talker in talkers]
    with warnings.catch_warnings(category=DeprecationWarning, action="ignore"):
        try:
            for talker in talkers:
                talker.propagate = False
            yield
        finally:
            for talker, propagates in zip(talkers, before, strict=True):
                talker.propagate = propagates


def named(address: str) -> str:
    """The kind of service, which is all of an address that may be told."""
    kind, mark, _ = address.partition("://")
    return kind if mark and re.fullmatch(r"[a-z][a-z0-9+.-]{1,20}", kind) else "unknown"


def _harmless(said: str, address: str) -> str:
    """What was said, unless it holds a part of the address."""
    parts = urlsplit(address)
    secret = re.split(r"[^A-Za-z0-9]+", unquote(f"{parts.netloc} {parts.path} {parts.query} {parts.fragment}"))
    is_telling = any(part.lower() in said.lower() for part in secret if len(part) >= SHORTEST_PART)
    return said[:LONGEST_SAID] if said and not is_telling else "it was not taken"
