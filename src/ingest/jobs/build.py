"""Build: core and mart models for what the loaded batches touched. What a model says is in warehouse/models/."""

import logging
from datetime import UTC, datetime

from ingest.log import event
from ingest.settings import Settings
from ingest.warehouse import build, writer

logger = logging.getLogger(__name__)


def run(settings: Settings, *, everything: bool = False) -> dict[str, int]:
    """Rows written by model; building again without new batches changes nothing. Raises WriterBusy."""
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=datetime.now(UTC)) as connection:
        written = build.build(connection, story_batch=settings.story_batch, everything=everything)
    event(logger, "models_built", **{name.replace(".", "_"): rows for name, rows in written.items() if rows})
    return written
