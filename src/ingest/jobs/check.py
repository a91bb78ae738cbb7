"""Check: run every check and say what it finds; nothing is changed. Publishing checks by itself and acts on it."""

from datetime import UTC, datetime

from ingest.errors import WarehouseMissing
from ingest.settings import Settings
from ingest.warehouse import check, writer
from ingest.warehouse.check import Finding


def run(settings: Settings) -> list[Finding]:
    """All findings in the writer's file. Raises WriterBusy, WarehouseMissing."""
    if not settings.writer_file.exists():
        raise WarehouseMissing(f"no warehouse at {settings.writer_file}", "`ingest load` makes one from sealed batches")
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=datetime.now(UTC)) as connection:
        return check.run(connection, since_seq=-1)
