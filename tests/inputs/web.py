"""A web for inputs without a server: bytes by address, given in ranges, and faults on demand."""

from dataclasses import dataclass, field

from ingest.history import PartOutcome
from ingest.inputs.piece import Piece
from ingest.inputs.place import Place


@dataclass
class Shelf:
    """What lies at which address; `cut_after` bytes of each answer arrive; the first `fails` requests bring nothing."""

    files: dict[str, bytes]
    headers: tuple[tuple[str, str], ...] = ()
    outcome: PartOutcome = "ok"
    cut_after: int | None = None
    fails: int = 0
    asked: list[tuple[str, int, int]] = field(default_factory=list)

    @property
    def place(self) -> Place:
        return Place(ask=self.ask, page_limit_bytes=1_000_000)

    def ask(self, address: str, at: int, count: int) -> Piece:
        self.asked.append((address, at, count))
        if self.outcome != "ok":
            return self._piece(self.outcome, b"", None)
        if address not in self.files:
            return self._piece("missing", b"", None)
        if self.fails > 0:
            self.fails -= 1
            return self._piece("cut_short", b"", None)
        body = self.files[address]
        return self._piece("ok", body[at : at + count][: self.cut_after], len(body))

    def _piece(self, outcome: PartOutcome, body: bytes, size_bytes: int | None) -> Piece:
        return Piece(
            outcome=outcome, detail=None, not_before_at=None, body=body, size_bytes=size_bytes, version="1",
            headers=self.headers,
        )  # fmt: skip
