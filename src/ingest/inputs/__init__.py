"""What a backfill reads: WARC files, CDX listings, lists of addresses, folders of pages. Nothing here visits a publisher."""

from collections.abc import Callable, Iterator
from typing import Protocol

from ingest.history import Ended, InputKind, Part, Told
from ingest.inputs import cdx, folder, url_list, warc
from ingest.inputs.place import Place


class Input(Protocol):
    """A kind of input, a module of this room."""

    def parts(self, address: str, *, place: Place) -> Iterator[Part | Ended]:
        """What is read in one go each, newest first where names tell; Ended where the address gives nothing."""
        ...

    def read(self, part: Part, *, position: int, place: Place, is_wanted: Callable[[str], bool]) -> Iterator[Told]:
        """What a part holds from `position` on (0: all of it), in its own order; the last is Ended."""
        ...


INPUTS: dict[InputKind, Input] = {
    "warc": warc,
    "cdx": cdx,
    "list": url_list,
    "folder": folder,
}  # sitemaps and feeds are read in discover/
