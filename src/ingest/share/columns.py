"""How a column is written: Parquet keeps types, CSV and JSON lines get moments in ISO 8601 and nested values as JSON."""

from collections.abc import Callable, Sequence

from ingest.share.manifest import Form

MOMENT = "TIMESTAMP WITH TIME ZONE"
ISO = "strftime(COLUMN AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
MOMENTS = (
    "to_json(map_from_entries(list_transform(map_entries(COLUMN), lambda one: "
    f"{{'k': one.key, 'v': {ISO.replace('COLUMN', 'one.value')}}})))"
)
# How our CSV is read back: nothing is guessed, and a text that is empty is not one that is missing
CSV = (
    "header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', "
    "allow_quoted_nulls = false, hive_partitioning = false, max_line_size = 100000000"
)
# what --no-text leaves out
TEXTS = frozenset({"text", "own_text", "paragraphs_added", "paragraphs_removed", "paragraphs_changed"})
# type -> how it is written as text; the first that fits. Others are written as they are.
AS_TEXT: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda kind: kind == MOMENT, ISO),
    (lambda kind: kind == f"MAP(VARCHAR, {MOMENT})", MOMENTS),
    (lambda kind: kind.startswith(("MAP(", "STRUCT(")) or kind.endswith("]"), "to_json(COLUMN)"),
)


def expressions(columns: Sequence[tuple[str, str]], form: Form, *, has_text: bool) -> list[str]:
    """`(name, DuckDB type)` as SELECT expressions. Ids are text everywhere: half of the readers would get bytes."""
    shown = [(name, kind) for name, kind in columns if has_text or name not in TEXTS]
    return [f'{_written(name, kind, form)} AS "{name}"' for name, kind in shown]


def _written(name: str, kind: str, form: Form) -> str:
    column = f'"{name}"'
    if "UUID" in kind:
        kind = kind.replace("UUID", "VARCHAR")
        column = f"CAST({column} AS {kind})"
    if form == "parquet":
        return column
    return next((written.replace("COLUMN", column) for fits, written in AS_TEXT if fits(kind)), column)
