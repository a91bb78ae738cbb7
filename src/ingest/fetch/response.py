"""What came of one visit to one address, as a value; nothing is fetched here."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from ingest.fetch import header as said
from ingest.records import Outcome

HTML_TYPES = frozenset(
    {"text/html", "application/xhtml+xml", "application/xml", "text/xml", "application/vnd.wap.xhtml+xml"}
)
CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:+-]{1,40})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The end of a visit. `body` is decoded (gzip, br) and empty unless `outcome` is `ok`."""

    url: str
    final_url: str  # after redirects; the last address tried, where that failed
    hops: tuple[str, ...]  # where redirects led to, in their order; the last one may have been refused
    moved_to: str | None  # the last address that answered while all redirects were permanent, whatever it answered
    outcome: Outcome
    detail: str | None
    http_status: int | None
    is_tls_verified: bool | None  # False if one hop's was taken unseen; None: the last answer came without TLS
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
    def fresh_s(self) -> int | None:
        """How long the answer says it stays fresh (RFC 9111 section 4.2.1); None if it says nothing usable."""
        return said.fresh_s(self.headers, fetched_at=self.fetched_at)

    @property
    def not_before_at(self) -> datetime | None:
        """When the host wants to be visited again (Retry-After), a day and a minute away at most."""
        return said.not_before_at(self.headers, url=self.url, fetched_at=self.fetched_at)

    @property
    def optouts(self) -> tuple[str, ...]:
        """Where a header reserves text mining or AI training: `header:tdm-reservation`, `header:noai`."""
        return said.optouts(self.headers)


def charset_of(content_type: str) -> str | None:
    """The charset that a Content-Type names, in lower case."""
    match = CHARSET.search(content_type)
    return match[1].lower() if match else None
