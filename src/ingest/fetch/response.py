"""What came of one visit to one address, as a value; nothing is fetched here."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

from ingest.records import Outcome

HTML_TYPES = frozenset(
    {"text/html", "application/xhtml+xml", "application/xml", "text/xml", "application/vnd.wap.xhtml+xml"}
)
CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:+-]{1,40})""", re.IGNORECASE)
LONGEST_WAIT = timedelta(days=1)  # some hosts ask for years by mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The end of a visit. `body` is decoded (gzip, br) and empty unless `outcome` is `ok`."""

    url: str
    final_url: str  # after redirects; the last address tried, where that failed
    outcome: Outcome
    detail: str | None
    http_status: int | None
    headers: tuple[tuple[str, str], ...]  # of the last answer, in its order and spelling
    body: bytes = field(repr=False)
    wire_bytes: int  # of bodies, as they came over the wire
    elapsed_ms: int
    fetched_at: datetime  # when the visit began

    def header(self, name: str) -> str | None:
        """The first header of that name (lower-case)."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def etag(self) -> str | None:
        return self.header("etag")

    @property
    def last_modified(self) -> str | None:
        return self.header("last-modified")

    @property
    def content_type(self) -> str | None:
        """The media type alone, in lower case."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower() or None

    @property
    def http_charset(self) -> str | None:
        return charset_of(self.header("content-type") or "")

    @property
    def body_hash(self) -> str | None:
        return sha256(self.body).hexdigest()[:32] if self.body else None

    @property
    def not_before_at(self) -> datetime | None:
        """When the host wants to be visited again (RFC 9110 section 10.2.3, seconds or a date), a day away at most."""
        asked = (self.header("retry-after") or "").strip()
        if asked.isascii() and asked.isdigit():
            wait = timedelta(seconds=min(int(asked[:9]), LONGEST_WAIT.total_seconds()))
        else:
            try:
                until = parsedate_to_datetime(asked)
            except (ValueError, TypeError, IndexError, OverflowError):
                return None
            wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - self.fetched_at
        return self.fetched_at + min(wait, LONGEST_WAIT) if wait > timedelta(0) else None


def charset_of(content_type: str) -> str | None:
    """The charset that a Content-Type names, in lower case."""
    match = CHARSET.search(content_type)
    return match[1].lower() if match else None
