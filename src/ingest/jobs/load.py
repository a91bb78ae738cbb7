"""Load: every sealed batch that the journal does not hold goes into the raw layer, once. Building is the next job."""

import logging
from datetime import UTC, datetime

from ingest import __version__
from ingest.errors import BatchCorrupt
from ingest.log import Progress, event, unwatched
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.stage import journal
from ingest.warehouse import load as warehouse
from ingest.warehouse import writer

logger = logging.getLogger(__name__)
Summary = dict[str, int | list[str]]


def run(settings: Settings, *, progress: Progress = unwatched) -> Summary:
    """Load what is owed, in the journal's order first and then by age; a corrupt batch is quarantined, the rest goes on.

    The journal's line is written and synced before the warehouse commits: after a crash in between, the batch keeps its
    place. Raises WriterBusy while another writer works.
    """
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=datetime.now(UTC)) as connection:
        lines = journal.read(settings.stage)
        held = warehouse.held(connection)
        owed = [name for name in lines if name not in held]
        owed += [name for name in stage.sealed(settings.stage) if name not in held and name not in lines]
        loaded, quarantined, row_count = [], [], 0
        for done, batch_id in enumerate(owed, start=1):
            line = lines.get(batch_id)
            if line and line.verdict == "quarantined":
                warehouse.quarantine(connection, batch_id, finding=line.finding, now=datetime.now(UTC))
                continue
            load_seq = line.load_seq if line else journal.next_seq(lines.values())
            now = datetime.now(UTC)
            try:
                batch = stage.open_batch(settings.stage, batch_id)
            except BatchCorrupt as error:
                line = journal.line(
                    batch_id, load_seq=0, schema_version=0, version=__version__, now=now, finding=str(error)
                )
                journal.append(settings.stage, line)
                warehouse.quarantine(connection, batch_id, finding=str(error), now=now)
                quarantined.append(batch_id)
                event(logger, "batch_quarantined", logging.ERROR, batch_id=batch_id, finding=error)
                continue
            if line is None:
                lines[batch_id] = journal.line(
                    batch_id, load_seq=load_seq, schema_version=batch.schema_version, version=__version__, now=now
                )
                journal.append(settings.stage, lines[batch_id])
            rows = warehouse.load(connection, batch, load_seq=load_seq, version=__version__, now=now)
            row_count += rows
            loaded.append(batch_id)
            event(logger, "batch_loaded", batch_id=batch_id, load_seq=load_seq, rows=rows)
            progress("batches loaded", done, len(owed))
    return {"loaded": loaded, "quarantined": quarantined, "row_count": row_count}
