"""How far a reading is and what it passed over, told now and then so that it can be stopped there."""

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.history import Ended, PartOutcome, Passed
from ingest.inputs.piece import Interrupted

PASSED_EVERY = 2_000  # passed over before a place to stop is told: about a second


@dataclass(slots=True)
class Tally:
    """One reading's; `position` is where what was told so far ends."""

    position: int
    unusable_count: int = 0
    outside_count: int = 0

    def now_and_then(self) -> Iterator[Passed]:
        if self.unusable_count + self.outside_count >= PASSED_EVERY:
            yield self._passed()

    def ended(
        self, outcome: PartOutcome, detail: str | None, stop: Interrupted | None = None
    ) -> Iterator[Passed | Ended]:
        """The last words: what was passed over, and how it ends."""
        if self.unusable_count or self.outside_count:
            yield self._passed()
        not_before_at = stop.not_before_at if stop else None
        yield Ended(position=self.position, outcome=outcome, detail=detail, not_before_at=not_before_at)

    def interrupted(self, stop: Interrupted) -> Iterator[Passed | Ended]:
        return self.ended(stop.outcome, stop.detail, stop)

    def _passed(self) -> Passed:
        passed = Passed(position=self.position, unusable_count=self.unusable_count, outside_count=self.outside_count)
        self.unusable_count = self.outside_count = 0
        return passed
