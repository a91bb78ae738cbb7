"""Rebuild the stories: signatures, likenesses and stories anew from the articles, with what builds do otherwise step by step."""

import logging
from datetime import UTC, datetime

from ingest.errors import WarehouseMissing
from ingest.log import event
from ingest.settings import Settings
from ingest.warehouse import build, writer

logger = logging.getLogger(__name__)


def run(settings: Settings) -> dict[str, int]:
    """The articles signed; `ingest publish` hands the result to analysts. Raises WriterBusy."""
    if not settings.writer_file.exists():
        raise WarehouseMissing(f"no warehouse at {settings.writer_file}", "`ingest load` makes one from sealed batches")
    with writer.lock(settings.writer_file), writer.connect(settings.writer_file, now=datetime.now(UTC)) as connection:
        build.build(connection, story_batch=settings.story_batch)
        signed = build.rebuild_stories(connection, story_batch=settings.story_batch)
    event(logger, "stories_rebuilt", articles=signed)
    return {"articles": signed}
