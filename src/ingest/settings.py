"""Every setting of the system: one table, read from `INGEST_*` variables; what belongs to one source is elsewhere."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

from ingest import __version__
from ingest.errors import SettingsError

Network = IPv4Network | IPv6Network
TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`INGEST_HOME=/srv/news` sets `home`, and so on: the variable is `INGEST_` and the field's name in capitals."""

    home: Path = Path("data")  # everything the system writes
    catalogue: Path = Path("dags/sources.toml")
    access: Path | None = (
        None  # a TOML file of proxies, cookies, headers and logins by source, readable by its owner alone
    )
    contact: str = ""  # a URL or e-mail where a webmaster reaches you; crawling is refused without it
    allow_networks: tuple[Network, ...] = ()  # private networks that may be fetched from, e.g. 127.0.0.0/8 for the demo
    fetch_threads: int = 32
    fetch_timeout_s: float = 30.0  # the whole of one request, redirects and body included
    connect_timeout_s: float = 10.0
    page_limit_bytes: int = 10_000_000  # decoded
    feed_limit_bytes: int = 20_000_000  # decoded
    sitemap_limit_bytes: int = 52_428_800  # decoded; sitemaps.org allows no more
    extract_workers: int = 2
    extract_timeout_s: float = 20.0  # wall time of one page
    extract_cpu_s: float = 10.0  # CPU time of one page
    extract_memory_bytes: int = 1_500_000_000  # address space of one worker
    batch_pages: int = 200  # pages a crawl task seals at once; what a killed task may fetch again
    keep_superseded: bool = True  # verdicts that a later version replaced; False: dropped once that is published
    keep_batches_days: int | None = None  # older batches are replaced by one folder of their rows; None: kept for ever
    story_batch: int = 1_000  # articles whose texts a build compares at once; memory grows with it (about 20 kB each)
    crawl_time_s: float = 480.0  # after this long a crawl task begins no more visits; what is left waits for the next
    crawl_batches: int = 8  # mapped crawl tasks of one DAG run, at most
    crawl_batch_sources: int = 4  # sources that one crawl task takes before there is another
    failed_share_red: float = 0.5  # share of failed polls that turns a crawl run red
    keep_snapshots: int = 3  # earlier published files that are kept; each costs its size on disk (warehouse/README.md)
    # free bytes below which backfill, then crawling pauses, beside what the next publish needs. Bytes and no shares: a day
    # of news takes the same room on any disk, and half a percent of a large disk is plenty
    disk_pause_backfill_bytes: int = 10_000_000_000
    disk_pause_crawl_bytes: int = 2_000_000_000

    # where the digest goes: apprise addresses, separated by blanks (a webhook: json://host/path, mail: mailtos://user:word@host)
    notify: str = field(default="", repr=False)
    digest_every_s: int = 3_600  # between two digests; what is urgent goes out at once
    nothing_after_s: int = 7_200  # without a poll in the warehouse though some are due, until that is an alarm

    @property
    def stage(self) -> Path:
        return self.home / "stage"

    @property
    def raw(self) -> Path:
        return self.home / "raw"

    @property
    def writer_file(self) -> Path:
        return self.home / "warehouse" / "writer.duckdb"

    @property
    def published_file(self) -> Path:
        return self.home / "warehouse" / "news.duckdb"

    @property
    def snapshots(self) -> Path:
        return self.home / "warehouse" / "snapshots"

    @property
    def state_file(self) -> Path:
        return self.home / "warehouse" / "crawl_state.duckdb"

    @property
    def user_agent(self) -> str:
        """The honest name we crawl under (RFC 9309 section 2.2.1: the product token is `ingest`)."""
        self.must_have_contact()
        return f"ingest/{__version__} (news archive; +{self.contact.strip()})"

    def must_have_contact(self) -> None:
        """Raise SettingsError where nobody could reach us."""
        if not self.contact.strip():
            raise SettingsError(
                "INGEST_CONTACT is empty, and nothing is fetched without a contact for webmasters",
                "set it to a web page or an e-mail address, e.g. INGEST_CONTACT=mailto:news@example.org",
            )


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment; an unknown INGEST_* name or an unusable value is an error, not a shrug."""
    known = {f"INGEST_{one.name.upper()}": one for one in fields(Settings)}
    given: dict[str, Any] = {}
    for name, text in environ.items():
        if not name.startswith("INGEST_"):
            continue
        if name not in known:
            raise SettingsError(f"unknown setting {name}", f"known are: {', '.join(sorted(known))}")
        setting = known[name]
        try:
            given[setting.name] = _parse(setting.type, text)
        except (ValueError, KeyError) as error:
            raise SettingsError(f"{name}={text!r} cannot be used: {error}", f"it is a {setting.type}") from None
    settings = Settings(**given)
    for name in ("fetch_threads", "extract_workers", "batch_pages", "crawl_batches", "crawl_batch_sources"):
        if getattr(settings, name) < 1:
            raise SettingsError(f"INGEST_{name.upper()} must be at least 1")
    if settings.keep_batches_days is not None and settings.keep_batches_days < 1:
        raise SettingsError("INGEST_KEEP_BATCHES_DAYS must be at least 1")
    for name in (
        "keep_snapshots",
        "disk_pause_backfill_bytes",
        "disk_pause_crawl_bytes",
        "digest_every_s",
        "nothing_after_s",
    ):
        if getattr(settings, name) < 0:
            raise SettingsError(f"INGEST_{name.upper()} must be at least 0")
    return settings


def _parse(kind: object, text: str) -> Any:
    if kind in (Path, Path | None):
        return Path(text).expanduser()
    if kind in (int, int | None):
        return int(text.replace("_", ""))
    if kind is float:
        return float(text)
    if kind is str:
        return text
    if kind is bool:
        return TRUTH[text.strip().lower()]
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
