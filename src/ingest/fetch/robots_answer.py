"""How a host answered for its robots.txt, and the small file that keeps it: what is known of it, then its text, packed.

When a host is asked, and under whose terms of access, is decided elsewhere.
"""

import json
import os
import threading
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from ingest.records import Outcome

FORMAT = 3
RULES_LIMIT_BYTES = 500 * 1024  # RFC 9309 section 2.5: what lies behind may be ignored
GOOD_FOR = timedelta(hours=24)  # RFC 9309 section 2.4
ASK_AGAIN = timedelta(hours=1)  # after an answer that was none, where the host named no time
# Where it named one: a host that says "in a second" is not asked every second.
ASK_AGAIN_SOONEST = timedelta(minutes=10)
ASK_AGAIN_BUSY = timedelta(minutes=1)  # where it was we who did not follow a redirect, as its host was being visited
OLD_RULES_FOR = timedelta(days=30)  # while robots.txt is unreachable, the last known rules hold (section 2.3.1.4)
NAME_LIMIT_CHARS = 200  # file systems take 255 bytes, the end of a draft's name included; a host may have 253
HEAD_LIMIT_BYTES = 64 * 1024
MOMENTS = ("asked_at", "text_at", "not_before_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsAnswer:
    """How a host answered when it was last asked, and the text that holds: older where the answer was none."""

    origin: str
    terms: str  # how it was reached, where the answer was none; "" for rules, which hold for everybody
    asked_at: datetime
    outcome: Outcome
    http_status: int | None
    detail: str | None
    final_url: str  # after redirects; the rules hold for `origin` all the same (section 2.3.1.2)
    not_before_at: datetime | None
    text_at: datetime  # when `text` came
    text: bytes | None = field(repr=False)  # None: not known, nothing may be fetched; b"": all may be

    @property
    def is_rules(self) -> bool:
        """Whether the host answered; else `text`, where there is one, is older than the answer."""
        return self.text is not None and self.text_at == self.asked_at

    @property
    def good_until(self) -> datetime:
        """When the host is asked again."""
        if self.is_rules:
            return self.asked_at + GOOD_FOR
        if self.not_before_at is not None:
            return max(self.not_before_at, self.asked_at + ASK_AGAIN_SOONEST)
        # Nothing else gives a timeout to an answer that redirects than a `may_follow` that found the target's host busy.
        is_busy = self.outcome == "timeout" and 300 <= (self.http_status or 0) < 400
        return self.asked_at + (ASK_AGAIN_BUSY if is_busy else ASK_AGAIN)


def read(folder: Path, origin: str, terms: str) -> RobotsAnswer | None:
    """What is kept; a file that cannot be read is none."""
    try:
        with _path(folder, origin, terms).open("rb") as stream:
            kept = json.loads(stream.readline(HEAD_LIMIT_BYTES))
            packed = stream.read(2 * RULES_LIMIT_BYTES)
        if kept.pop("format") != FORMAT or (kept["origin"], kept["terms"]) != (origin, terms):
            return None
        for name in MOMENTS:
            kept[name] = kept[name] and datetime.fromisoformat(kept[name])
        text = zlib.decompressobj().decompress(packed, RULES_LIMIT_BYTES) if packed else None
        return RobotsAnswer(**kept, text=text)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zlib.error):
        return None


def write(folder: Path, answer: RobotsAnswer) -> None:
    """Keep it; OSError if it cannot be. At most 512 kB: what does not shrink is as large as it came."""
    path = _path(folder, answer.origin, answer.terms)
    kept = {name: getattr(answer, name) for name in answer.__slots__ if name != "text"}
    for name in MOMENTS:
        kept[name] = kept[name] and kept[name].isoformat()
    packed = b"" if answer.text is None else zlib.compress(answer.text)
    draft = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    try:
        draft.write_bytes(json.dumps({"format": FORMAT, **kept}).encode() + b"\n" + packed)
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def sweep(folder: Path, *, before: datetime) -> int:
    """Remove what was last written before a moment, also by tasks that were killed amid it; returns how many files.

    Whoever reads it at the same time asks the host again. Rules serve for 30 days (OLD_RULES_FOR): sweep none earlier.
    """
    removed = 0
    for path in folder.iterdir():
        with suppress(OSError):  # another task sweeps too
            if path.stat().st_mtime < before.timestamp():
                path.unlink()
                removed += 1
    return removed


def _path(folder: Path, origin: str, terms: str) -> Path:
    name = quote(origin.replace("://", "_"), safe="") + (f"~{terms}" if terms else "")
    if len(name) > NAME_LIMIT_CHARS:
        name = sha256(name.encode()).hexdigest()[:32]
    return folder / f"{name}.robots"
