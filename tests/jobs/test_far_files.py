"""Archives on the web: ranges gone on with after cuts, hosts that ask for time, files that change."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from ingest.history import Ended, Found
from ingest.inputs import piece
from ingest.inputs.place import Place
from ingest.jobs.far_files import open_place
from ingest.settings import Settings
from inputs.archive_host import ArchiveHost, Fault
from inputs.warcs import ended, framed, page, told, url_of, urls

WARC = framed([page(number) for number in range(40)], "gzip")
EVERYTHING = [url_of(number) for number in range(40)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(
        Settings(), home=tmp_path, contact="mailto:test@example.org", allow_networks=(ip_network("127.0.0.0/8"),)
    )


@pytest.fixture
def place(settings: Settings) -> Iterator[Place]:
    with open_place(settings, rest_s=0.0) as opened:
        yield opened


@pytest.fixture
def host() -> Iterator[Callable[..., ArchiveHost]]:
    with ExitStack() as stack:
        yield lambda *faults: stack.enter_context(ArchiveHost({"/some.warc.gz": WARC}, *faults))


@pytest.mark.parametrize(
    "faults",
    [(), ("cut",), ("cut", "cut", "cut"), ("reset", "ok", "reset"), ("whole",), ("ok", "cut", "reset", "reset")],
    ids=" ".join,
)
def test_a_file_is_read_whole_however_often_it_is_cut(
    faults: tuple[Fault, ...], place: Place, host: Callable[..., ArchiveHost], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(piece, "PIECE_BYTES", 6_000)
    far = host(*faults)
    found = told(far.url("/some.warc.gz"), place=place)
    assert (urls(found), ended(found)) == (EVERYTHING, "ok")
    assert not far.faults
    half = found[19].position
    assert urls(told(far.url("/some.warc.gz"), place=place, position=half)) == EVERYTHING[20:]


@pytest.mark.parametrize(
    ("faults", "outcome"),
    [
        (("503",), "paused"),
        (("403",), "paused"),
        (("500",), "paused"),
        (("404",), "missing"),
        (("reset", "reset", "reset"), "paused"),
        (("another range",), "unreadable"),
        (("ok", "503"), "paused"),
        (("ok", "changed"), "cut_short"),
    ],
    ids=str,
)
def test_a_host_that_does_not_go_on_ends_the_reading_where_it_stands(
    faults: tuple[Fault, ...],
    outcome: str,
    place: Place,
    host: Callable[..., ArchiveHost],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(piece, "PIECE_BYTES", 6_000)
    far = host(*faults)
    found = told(far.url("/some.warc.gz"), place=place)
    last = found[-1]
    assert isinstance(last, Ended)
    assert last.outcome == outcome
    assert (last.not_before_at is not None) == ("503" in faults)
    if outcome == "paused" and "503" not in faults:
        rest = told(far.url("/some.warc.gz"), place=place, position=last.position)
        assert urls(found) + urls(rest) == EVERYTHING


def test_a_host_that_asked_for_time_is_not_asked_again_before(
    settings: Settings, host: Callable[..., ArchiveHost]
) -> None:
    far = host("503")
    with open_place(settings, until_s=time.monotonic() + 1, rest_s=0.0) as place:
        told(far.url("/some.warc.gz"), place=place)
        last = told(far.url("/some.warc.gz"), place=place)[-1]
    assert isinstance(last, Ended)
    assert (last.outcome, len(far.asked)) == ("paused", 1)


def test_addresses_of_our_own_network_are_not_asked(settings: Settings, host: Callable[..., ArchiveHost]) -> None:
    far = host()
    with open_place(replace(settings, allow_networks=()), rest_s=0.0) as place:
        assert ended(told(far.url("/some.warc.gz"), place=place)) == "unreadable"
    assert far.asked == []


def test_a_redirect_leads_to_no_address_of_our_own_network(place: Place, host: Callable[..., ArchiveHost]) -> None:
    far = host("leads inside")
    *_, last = told(far.url("/some.warc.gz"), place=place)
    assert isinstance(last, Ended)
    assert (last.outcome, len(far.asked)) == ("unreadable", 1)
    assert "blocked_address" in (last.detail or "")


def test_one_request_brings_a_megabyte_and_more(place: Place, host: Callable[..., ArchiveHost]) -> None:
    far = host()
    found = told(far.url("/some.warc.gz"), place=place)
    assert isinstance(found[0], Found)
    assert far.asked == [("/some.warc.gz", f"bytes=0-{piece.PIECE_BYTES - 1}")]
