"""Checks: SQL files that must return no row. What is done about a finding is the publish job's business."""

from dataclasses import dataclass

import duckdb

from ingest.errors import ModelError
from ingest.warehouse import sql

FINDINGS_SHOWN = 20  # of one check; a broken batch may have thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One row of a check; `batch_id` is None where no single batch is to blame."""

    check: str
    batch_id: str | None
    finding: str


def run(connection: duckdb.DuckDBPyConnection, *, since_seq: int) -> list[Finding]:
    """Findings in what was loaded after `since_seq` (-1: ever), at most FINDINGS_SHOWN a check and batch."""
    connection.execute("SET VARIABLE since_seq = $since", {"since": since_seq})
    findings = []
    for path in sql.files("checks"):
        query = path.read_text("utf-8")
        try:
            rows = connection.execute(
                f"SELECT batch_id, finding FROM ({query}) AS found"
                f" QUALIFY row_number() OVER (PARTITION BY batch_id ORDER BY finding) <= {FINDINGS_SHOWN}"
            ).fetchall()
        except duckdb.Error as error:
            raise ModelError(f"{path} does not run: {error}") from error
        findings += [Finding(check=path.stem, batch_id=batch, finding=finding) for batch, finding in rows]
    return findings
