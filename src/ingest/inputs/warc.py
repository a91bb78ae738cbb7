"""WARC files as an input: pages of answers in the order of the file, faults where something cannot be read.

What a record holds, and how a file is framed, is read elsewhere.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from ingest.history import Ended, Fault, Found, Part, Told
from ingest.inputs import named
from ingest.inputs.piece import Interrupted
from ingest.inputs.place import Place
from ingest.inputs.tally import Tally
from ingest.inputs.warc_file import WarcFile
from ingest.inputs.warc_record import Fails, Posts, Seen, look_at

ENDINGS = (".warc", ".warc.gz", ".warc.zst")
DETAIL_LIMIT_CHARS = 200
BROKEN_MOST = 1_000  # stretches of a file, before the rest of it is given up

_Steps = Generator[Told, None, int | None]


def parts(address: str, *, place: Place) -> Iterator[Part | Ended]:
    """WARC files: one, those of a folder or a pattern, or of a list of paths."""
    return named.parts(address, place=place, endings=ENDINGS)


def read(part: Part, *, position: int, place: Place, is_wanted: Callable[[str], bool]) -> Iterator[Told]:
    """What the file holds from `position` on. Memory: one record, of no more than the largest page."""
    tally = Tally(position)
    try:
        with closing(WarcFile(place, part.address)) as file:
            yield from _Walk(tally, place.page_limit_bytes, is_wanted).told(file)
    except Interrupted as stop:
        yield from tally.interrupted(stop)


@dataclass(slots=True)
class _Walk:
    """A reading of one file."""

    tally: Tally
    limit_bytes: int
    is_wanted: Callable[[str], bool]
    broken_count: int = 0
    has_read: bool = False

    def told(self, file: WarcFile) -> Iterator[Told]:
        if file.is_empty:
            yield from self.tally.ended("unreadable", "it is empty")
            return
        self.has_read = self.tally.position > 0
        at: int | None = self.tally.position
        while at is not None:
            at = yield from self._stretch(file, at)
            if self.broken_count > BROKEN_MOST:
                yield from self.tally.ended("unreadable", f"more than {BROKEN_MOST} stretches of it are broken")
                return

    def _stretch(self, file: WarcFile, at: int) -> _Steps:
        """All records from `at` to the next that is broken; returns where to go on behind it, None where all is told."""
        posts = Posts()
        held: Seen | None = None
        failure: str | None = None
        try:
            for record in file.records(at):
                if held is not None:
                    yield from self._settled(held, record.stream_pos)
                held = look_at(record, is_wanted=self.is_wanted, posts=posts, limit_bytes=self.limit_bytes)
                self.has_read = True
                if not held.is_whole:
                    break
        except OSError as error:
            failure = str(error)
        if held is None:
            return (yield from self._broken_at(file, at, failure))
        if not held.is_whole:
            return (yield from self._broken(file, held.start, "it does not have as many bytes as it says"))
        if failure is None:
            return (yield from self._end(file, held))
        return (yield from self._broken_behind(file, held))

    def _broken_at(self, file: WarcFile, at: int, failure: str | None) -> _Steps:
        """Nothing can be read at `at`."""
        if self.has_read and not file.has_more(at):
            yield from self.tally.ended("ok", None)
            return None
        if not self.has_read and file.next_start(at + 1) is None:
            yield from self.tally.ended("unreadable", f"no WARC: {failure or 'it ends before its first record does'}")
            return None
        return (yield from self._broken(file, at, failure or "it ends before its record does"))

    def _broken(self, file: WarcFile, start: int, detail: str) -> _Steps:
        """The record that begins at `start` is lost; the next one that can be told from the bytes is gone on with."""
        self.broken_count += 1
        following = file.next_start(start + 1)
        self.tally.position = file.end() if following is None else following
        yield Fault(
            position=self.tally.position,
            reason="truncated" if following is None else "corrupt",
            detail=f"at {start}: {detail}"[:DETAIL_LIMIT_CHARS],
        )
        if following is None:
            yield from self.tally.ended("cut_short", f"nothing can be read behind {start}")
        return following

    def _end(self, file: WarcFile, held: Seen) -> _Steps:
        tail = file.tail(held.start)
        yield from self._settled(held, file.end() if tail is None else tail)
        if tail is None:
            yield from self.tally.ended("ok", None)
            return None
        return (yield from self._broken(file, tail, "the file ends before its record does"))

    def _broken_behind(self, file: WarcFile, held: Seen) -> _Steps:
        """What comes behind a record cannot be read: it is broken, or the record is not as long as it says."""
        end = file.sound_end(held.start)
        if end is None:
            return (yield from self._broken(file, held.start, "it is not as long as it says"))
        yield from self._settled(held, end)
        return end

    def _settled(self, held: Seen, following: int) -> Iterator[Told]:
        """Tell of a record, now that the next one's position is known."""
        self.tally.position = following
        match held.told:
            case Found() as found:
                yield replace(found, position=following)
            case Fails(reason=reason, detail=detail):
                yield Fault(position=following, reason=reason, detail=f"at {held.start}: {detail}")
            case "unusable":
                self.tally.unusable_count += 1
            case "outside":
                self.tally.outside_count += 1
        yield from self.tally.now_and_then()
