"""Check and publish, one step under the writer's lock: what fails a check is taken out by its batch, the rest goes out."""

import logging
import time
from datetime import UTC, datetime

import duckdb

from ingest import __version__
from ingest.errors import CheckFailed, WarehouseMissing
from ingest.log import event
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.stage import journal
from ingest.warehouse import build, check, load, publish, writer
from ingest.warehouse.check import Finding

logger = logging.getLogger(__name__)


def run(settings: Settings, *, coalesce: bool = False) -> dict[str, int | bool | list[str]]:
    """Check, quarantine what fails, replace the analysts' copy and the crawl state.

    `coalesce`: while more batches wait to be loaded, put publishing off so that it takes at most 5 % of the time; the load
    that they will cause publishes. Raises CheckFailed, with the previous copy left in place, if no batch is to blame.
    """
    if not settings.writer_file.exists():
        raise WarehouseMissing(f"no warehouse at {settings.writer_file}", "`ingest load` makes one from sealed batches")
    now = datetime.now(UTC)
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=now) as connection:
        build.build(connection, story_batch=settings.story_batch)  # a load may have slipped in since the last build
        if coalesce and publish.is_too_soon(connection, now=now) and _more_waits(settings, connection):
            event(logger, "publish_put_off")
            return {"published": False, "quarantined": []}
        began_s = time.perf_counter()
        quarantined = _check(settings, connection)
        file_bytes = publish.publish(
            connection,
            settings.writer_file,
            copy=settings.published_file,
            state=settings.state_file,
            now=now,
            began_s=began_s,
        )
    event(
        logger, "warehouse_published", file=settings.published_file, file_bytes=file_bytes, quarantined=len(quarantined)
    )
    return {"published": True, "quarantined": quarantined, "file_bytes": file_bytes}


def _check(settings: Settings, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Take out batches until the checks are silent; ends, since each round takes out at least one."""
    quarantined: list[str] = []
    since_seq = publish.published_through(connection)
    while findings := check.run(connection, since_seq=since_seq):
        blamed = {finding.batch_id: finding for finding in reversed(findings) if finding.batch_id}
        if not blamed:
            raise CheckFailed(
                "checks failed, and no batch is to blame; the published copy is as it was:\n" + _told(findings),
                "see warehouse/checks/ for what each one asks; `ingest check` shows the findings again",
            )
        connection.execute("BEGIN")
        build.forget(connection)  # in the same transaction: after a kill, the next build starts from what is left
        for batch_id, finding in sorted(blamed.items()):
            _take_out(settings, connection, str(batch_id), f"{finding.check}: {finding.finding}")
            quarantined.append(str(batch_id))
        connection.execute("COMMIT")
        build.build(connection, story_batch=settings.story_batch)
        since_seq = -1
    return quarantined


def _take_out(settings: Settings, connection: duckdb.DuckDBPyConnection, batch_id: str, finding: str) -> None:
    """Journal line first, then the rows, in the caller's transaction."""
    now = datetime.now(UTC)
    line = journal.line(
        batch_id,
        load_seq=load.load_seq_of(connection, batch_id),
        schema_version=0,
        version=__version__,
        now=now,
        finding=finding,
    )
    journal.append(settings.stage, line)
    load.quarantine(connection, batch_id, finding=finding, now=now)
    event(logger, "batch_quarantined", logging.ERROR, batch_id=batch_id, finding=finding)


def _more_waits(settings: Settings, connection: duckdb.DuckDBPyConnection) -> bool:
    held = load.held(connection)
    return any(batch_id not in held for batch_id in stage.sealed(settings.stage))


def _told(findings: list[Finding]) -> str:
    return "\n".join(f"  {finding.check}: {finding.finding}" for finding in findings[:20])
