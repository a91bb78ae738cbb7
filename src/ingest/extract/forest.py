"""Trained models of decision trees, read from the package and asked for odds; what they are asked of is cues.py."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

MODEL = "lines.json"


Score = Callable[[Sequence[float]], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forests:
    """Two models over the same columns `names`; a score is the log of the odds that a block is the article's."""

    version: str
    names: tuple[str, ...]
    alone: Score  # of the page alone
    aided: Score  # of the page and of what trafilatura read


@cache
def shipped() -> Forests:
    """The models of this package."""
    return grown(json.loads(files(__package__).joinpath(MODEL).read_text("utf-8")))


def grown(given: dict[str, Any]) -> Forests:
    """The models as bench/train_lines.py writes them: each of `trees` is nested [column, threshold, at most, above]."""
    return Forests(
        version=str(given["version"]),
        names=tuple(given["names"]),
        alone=_score(given["alone"]),
        aided=_score(given["aided"]),
    )


def probability(score: float) -> float:
    return 1 / (1 + math.exp(-score))


def _score(given: dict[str, Any]) -> Score:
    """Walking 110 trees takes 90 µs a row in Python, the same trees as one compiled expression 20 µs.

    The expression is made of numbers alone, whatever the file says.
    """
    trees = ",".join(_expression(tree) for tree in given["trees"])
    code = compile(f"lambda row: sum([{trees}], {float(given['start'])!r})", MODEL, "eval")
    return cast(Score, eval(code, {"__builtins__": {"sum": sum}}))  # noqa: S307


def _expression(node: Any) -> str:
    if not isinstance(node, list):
        return repr(float(node))
    column, threshold, at_most, above = node
    return f"({_expression(at_most)} if row[{int(column)}]<={float(threshold)!r} else {_expression(above)})"
