"""Check and publish, one step under the writer's lock: what fails a check is taken out by its batch, the rest goes out."""

import contextlib
import logging
import time
from dataclasses import asdict
from datetime import UTC, datetime

import duckdb

from ingest import __version__
from ingest.errors import BatchCorrupt, BatchTooNew, CheckFailed, WarehouseMissing
from ingest.log import event
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.stage import journal
from ingest.warehouse import build, check, load, publish, writer
from ingest.warehouse.check import Finding

logger = logging.getLogger(__name__)


def run(settings: Settings, *, coalesce: bool = False) -> dict[str, int | bool | str | list[str]]:
    """Check, quarantine what fails, replace the analysts' copy and the crawl state.

    `coalesce`: leave what is out where nothing is new (`put_off` False); and while more batches wait to be loaded, put publishing
    off so that it takes at most 5 % of the time; the load that they will cause publishes. Raises CheckFailed, with the
    previous copy left in place, if no batch is to blame.
    """
    if not settings.writer_file.exists():
        raise WarehouseMissing(f"no warehouse at {settings.writer_file}", "`ingest load` makes one from sealed batches")
    now = datetime.now(UTC)
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=now) as connection:
        build.build(connection, story_batch=settings.story_batch)  # a load may have slipped in since the last build
        if coalesce and publish.is_too_soon(connection, now=now) and _more_waits(settings, connection):
            event(logger, "publish_put_off")
            return {"published": False, "put_off": True, "quarantined": []}
        if coalesce and not writer.kept_before(settings.writer_file) and publish.is_out(connection, places(settings)):
            event(logger, "nothing_to_publish")
            return {"published": False, "put_off": False, "quarantined": []}
        began_s = time.perf_counter()
        publish.settle(connection, settings.published_file)
        quarantined = _check(settings, connection)
        done = publish.publish(connection, settings.writer_file, places=places(settings), now=now, began_s=began_s)
        for before in writer.kept_before(settings.writer_file):  # the upgrade is proven
            before.unlink()
    event(logger, "warehouse_published", file=settings.published_file, **asdict(done), quarantined=len(quarantined))
    return {
        "published": True,
        "quarantined": quarantined,
        "snapshot_id": done.snapshot_id,
        "file_bytes": done.file_bytes,
    }


def places(settings: Settings) -> publish.Places:
    return publish.Places(
        copy=settings.published_file,
        snapshots=settings.snapshots,
        keep_snapshots=settings.keep_snapshots,
        state=settings.state_file,
    )


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
    return any(_can_load(settings, name) for name in stage.sealed(settings.stage) if name not in held)


def _can_load(settings: Settings, batch_id: str) -> bool:
    """A batch of a newer version waits for an upgrade of this program; nobody waits for it meanwhile."""
    with contextlib.suppress(BatchTooNew, BatchCorrupt):
        stage.open_batch(settings.stage, batch_id, tables=())
        return True
    return False


def _told(findings: list[Finding]) -> str:
    return "\n".join(f"  {finding.check}: {finding.finding}" for finding in findings[:20])
