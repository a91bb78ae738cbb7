"""What a backfill would cost: its input is read without recording anything, and a sample is brought in for real, and let go."""

import shutil
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from ingest import catalogue
from ingest.history import Capture, Found, Part, Request
from ingest.inputs import INPUTS
from ingest.inputs.place import Place
from ingest.jobs.backfill.files import file_parts
from ingest.jobs.backfill.listings import Chains, read_listings, roots
from ingest.jobs.backfill.past import open_past, sources_of
from ingest.jobs.backfill.planning import new_part
from ingest.jobs.backfill.register import Reading, Register
from ingest.jobs.backfill.running import MET_MOST, PARTS_A_WAVE, terms
from ingest.jobs.backfill.sampling import Sample, sample_of
from ingest.jobs.far_files import REST_S, RESTS_S, open_place
from ingest.jobs.manners import Manners, open_manners
from ingest.log import Progress, unwatched
from ingest.records import Source
from ingest.rules.url import host
from ingest.settings import Settings
from ingest.warehouse.requests import Owed, PartState

FAULTS_SHOWN = 20
READ_S = 600.0  # what reading listings may take; what is left is told, and not counted
FINDS_OF_A_FILE = 2_000  # read of each large file that holds pages, to tell how many it holds
FILES_MOST = 3
FILES = "files"
WAREHOUSE_BYTES = 17_200  # an article, published (bench/RESULTS.md: 858 MB for 100,000) and in the writer's own file


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """`hours`: under the delays that hosts ask for, hosts side by side. `is_whole`: all listings were read."""

    months: dict[str, int]  # listed, by month
    held_months: dict[str, int]
    listed_count: int
    held_count: int
    asked_count: int  # pages and captures that would be brought in
    part_count: int
    read_part_count: int
    is_whole: bool
    is_extrapolated: bool  # large files were read in part
    faults: list[str]
    wire_bytes: int
    disk_bytes: int
    free_bytes: int
    hours: float
    slowest_host: str | None
    sample: Sample | None

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(slots=True, kw_only=True)
class _Account:
    months: Counter[str] = field(default_factory=Counter)
    held_months: Counter[str] = field(default_factory=Counter)
    owed: list[Owed] = field(default_factory=list)
    at_hand: float = 0.0  # captures at hand that nobody has
    at_hand_wire_bytes: float = 0.0
    part_count: int = 0
    read_part_count: int = 0
    is_extrapolated: bool = False
    faults: list[str] = field(default_factory=list)

    def add(self, taken: Any, times: float = 1.0) -> None:
        for row in taken.rows["listed"]:
            month = f"{row.counted_on:%Y-%m}"
            self.months[month] += 1
            self.held_months[month] += row.was_held
        self.owed += taken.owed
        self.at_hand += times * len(taken.brought)


def estimate(
    settings: Settings,
    *,
    requests: Sequence[Request],
    access_document: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    progress: Progress = unwatched,
) -> Estimate:
    """Of requests that need not be recorded. Publishers' listings are read politely, twenty pages or captures are fetched."""
    at = now or datetime.now(UTC)
    until_s = time.monotonic() + READ_S
    sources = {one.source_id: one for one in catalogue.read(settings.catalogue) if not one.is_paused}
    account = _Account()
    with ExitStack() as stack:
        state, known = stack.enter_context(open_past(settings, now=at))
        place = stack.enter_context(open_place(settings, until_s=until_s))
        manners = stack.enter_context(
            open_manners(
                settings,
                access=terms(settings, access_document),
                waits=state.waiting_hosts(now=at),
                threads=settings.fetch_threads,
            )
        )
        reader = _Reader(settings, Register(state, known, sources, now=at), sources, manners, place, account, until_s)
        files = reader.read(requests, progress)
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ingest-estimate-")))
        aside = replace(settings, home=work)
        again = Register(state, known, sources, now=at)  # one that has not met any of it
        sample = sample_of(aside, account.owed, files, sources, again, place=place, manners=manners, progress=progress)
        hours, slowest = _hours(account, sources, manners, sample)
    asked = round(len(account.owed) + account.at_hand)
    each = (sample.mean_archive_bytes + sample.mean_staged_bytes + WAREHOUSE_BYTES) if sample else 0
    return Estimate(
        months=dict(sorted(account.months.items())),
        held_months={name: count for name, count in sorted(account.held_months.items()) if count},
        listed_count=account.months.total(),
        held_count=account.held_months.total(),
        asked_count=asked,
        part_count=account.part_count,
        read_part_count=account.read_part_count,
        is_whole=account.read_part_count == account.part_count,
        is_extrapolated=account.is_extrapolated,
        faults=account.faults[:FAULTS_SHOWN],
        wire_bytes=asked * sample.mean_wire_bytes if sample else 0,
        disk_bytes=asked * each,
        free_bytes=shutil.disk_usage(
            next(one for one in (settings.home, *settings.home.absolute().parents) if one.is_dir())
        ).free,
        hours=hours,
        slowest_host=slowest,
        sample=sample,
    )


class _Reader:
    """Reads what requests list, and notes what would be asked for."""

    def __init__(
        self,
        settings: Settings,
        register: Register,
        sources: Mapping[str, Source],
        manners: Manners,
        place: Place,
        account: _Account,
        until_s: float,
    ) -> None:
        self._settings = settings
        self._register = register
        self._sources = sources
        self._manners = manners
        self._place = place
        self._account = account
        self._until_s = until_s

    def read(self, requests: Sequence[Request], progress: Progress) -> list[Reading]:
        """Returns readings of files with pages, for the sample."""
        asked = {one.request_id: one for one in requests}
        files: list[Reading] = []
        published: list[PartState] = []
        for request in requests:
            of = sources_of(request, list(self._sources.values()))
            if request.input_kind in ("sitemap", "feed"):
                published += [new_part(request, part) for part in (roots(request, of[0]) if of else ())]
            else:
                files += self._read_files(request, progress)
        self._read_published(published, asked, progress)
        return files

    def _read_published(self, parts: list[PartState], asked: Mapping[str, Request], progress: Progress) -> None:
        chains: Chains = {}
        seen = {part.part_id for part in parts}
        self._account.part_count += len(parts)
        while parts and time.monotonic() < self._until_s and self._register.met_count <= MET_MOST:
            wave, parts = parts[:PARTS_A_WAVE], parts[PARTS_A_WAVE:]
            for part, listing in read_listings(
                wave, asked, self._sources, chains, manners=self._manners, settings=self._settings
            ):
                if listing is None:
                    self._account.faults.append(f"{part.part_address}: its host wants a rest")
                    continue
                if listing.ended.outcome != "ok":
                    self._account.faults.append(f"{part.part_address}: {listing.ended.outcome} {listing.ended.detail}")
                request = asked[part.request_id]
                below = [one for below in listing.below if (one := new_part(request, below)).part_id not in seen]
                seen |= {one.part_id for one in below}
                parts = below + parts
                self._account.part_count += len(below)
                self._account.read_part_count += 1
                reading = self._register.reading(part, request)
                self._account.add(self._register.take(reading, listing.found, listing.entries))
                progress("parts read", self._account.read_part_count, self._account.part_count)

    def _read_files(self, request: Request, progress: Progress) -> list[Reading]:
        readings = []
        parts = file_parts(request, self._place)
        self._account.part_count += len(parts)
        holds_pages = request.input_kind in ("warc", "folder")
        chosen = parts[:FILES_MOST] if holds_pages else parts
        for part in chosen:
            reading = self._register.reading(new_part(request, part), request)
            readings.append(reading)
            self._read_file(reading, part, times=len(parts) / len(chosen) if holds_pages else 1.0)
            progress("parts read", self._account.read_part_count, self._account.part_count)
        if len(chosen) < len(parts):
            self._account.is_extrapolated = True
            self._account.read_part_count += len(parts) - len(chosen)
        return readings if holds_pages else []

    def _read_file(self, reading: Reading, part: Part, *, times: float) -> None:
        told = INPUTS[reading.request.input_kind].read(
            part, position=0, place=self._place, is_wanted=reading.wanted.is_wanted
        )
        limit = FINDS_OF_A_FILE if reading.request.input_kind == "warc" else None
        finds: list[Found] = []
        position = 0
        for one in islice(told, limit):
            position = one.position
            if isinstance(one, Found):
                finds.append(replace(one, capture=_without_body(one.capture)))
                if len(finds) >= FINDS_OF_A_FILE:
                    self._account.add(self._register.take(reading, finds))
                    finds = []
        share = 1.0
        if limit and part.size_bytes and 0 < position < part.size_bytes:
            share = part.size_bytes / position
            self._account.is_extrapolated = True
        self._account.add(self._register.take(reading, finds), times * share)
        self._account.read_part_count += 1


def _without_body(capture: Capture | None) -> Capture | None:
    return replace(capture, body=b"") if capture else None


def _hours(
    account: _Account, sources: Mapping[str, Source], manners: Manners, sample: Sample | None
) -> tuple[float, str | None]:
    """The slowest host decides: its visits one after the other, each with the rest that it asks for."""
    fetch_s = (sample.median_fetch_ms if sample else 0) / 1_000
    by_host: defaultdict[str, float] = defaultdict(float)
    for one in account.owed:
        if one.pointer:
            archive = host(one.pointer.address) if "://" in one.pointer.address else FILES
            by_host[archive] += RESTS_S.get(archive, REST_S if archive != FILES else 0.0) + fetch_s
        elif source := sources.get(one.source_id):
            by_host[host(one.url)] += manners.rest_s(source, one.url) + fetch_s
    extract_s = (sample.mean_extract_ms if sample else 0) / 1_000
    if account.at_hand:
        by_host["reading pages"] += account.at_hand * extract_s
    if not by_host:
        return 0.0, None
    slowest, seconds = max(by_host.items(), key=lambda one: one[1])
    return seconds / 3_600, slowest
