"""What a backfill's run did, in counts; the rows themselves are in its batches."""

from dataclasses import asdict, dataclass, field


@dataclass(slots=True, kw_only=True)
class BackfillSummary:
    """`held`: of what was listed, what was there before. `left`: parts not read to their end, or that somebody else reads.

    `is_paused`: the disk is too full to begin.
    """

    parts: int = 0
    parts_done: int = 0
    listed: int = 0
    held: int = 0
    outside: int = 0
    erased: int = 0
    faults: int = 0
    targets: int = 0
    fetched: int = 0
    unchanged: int = 0
    failed: int = 0
    put_off: int = 0
    extracted: int = 0
    rejected: int = 0
    left: int = 0
    batches: list[str] = field(default_factory=list)
    is_paused: bool = False

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    @property
    def has_moved(self) -> bool:
        """Whether anything came of it."""
        return bool(self.parts_done or self.listed or self.fetched or self.unchanged or self.failed)

    def add(self, other: "BackfillSummary") -> None:
        """A further run's counts; what was left then is of the last one alone."""
        for name in ADDED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.left, self.put_off, self.is_paused = other.left, other.put_off, other.is_paused


ADDED = (
    "parts_done", "listed", "held", "outside", "erased", "faults", "targets", "fetched", "unchanged", "failed", "extracted",
    "rejected", "batches",
)  # fmt: skip
