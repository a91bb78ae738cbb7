"""Obedience: what tombstones name is taken out of batches, the raw archive and the raw layer, whenever and however it came.

An erasure is a batch of tombstones: it is sealed before anything is removed, and enters raw in the transaction in which the rows
of what it names leave it. A kill at any moment leaves a batch that is carried out again. What core, mart and published files
hold is the matter of builds and of the erase job; how files are written anew is redaction.py's.
"""

import logging
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import duckdb

from ingest import __version__
from ingest.errors import BatchCorrupt
from ingest.jobs import base, redaction
from ingest.jobs.redaction import Carried, Moves
from ingest.log import event
from ingest.records import Batch, Tombstone
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.stage import journal, redact
from ingest.stage.batch import folder_of
from ingest.warehouse import doom, erase, forbid, load
from ingest.warehouse.forbid import Forbidden
from ingest.warehouse.tombstone import tombstones

logger = logging.getLogger(__name__)
Connection = duckdb.DuckDBPyConnection
Lines = dict[str, journal.Line]
KIND: Final = redaction.KIND
CRAWLS_FOR = timedelta(days=1)  # a crawl that began before an erasure, and writes what it names, has ended by then
WORDLESS = "what it said of an erased item is erased, too"


def place(settings: Settings, connection: Connection, batch: Batch, lines: Lines, *, now: datetime) -> journal.Line:
    """The batch's line in the journal file, synced before anything is committed; a new one where it has no place yet."""
    if batch.batch_id not in lines or lines[batch.batch_id].verdict == "released":
        # the warehouse is asked too: a journal file that was lost or restored must not begin anew
        load_seq = max(journal.next_seq(lines.values()), load.last_seq(connection) + 1)
        line = journal.line(
            batch.batch_id, load_seq=load_seq, schema_version=batch.schema_version, version=__version__, now=now
        )
        journal.append(settings.stage, line)
        lines[batch.batch_id] = line
    return lines[batch.batch_id]


def lines(settings: Settings) -> Lines:
    return journal.read(settings.stage)


def seal(settings: Settings, made: Sequence[Tombstone]) -> Batch:
    return stage.seal(
        settings.stage,
        batch_kind=KIND,
        rows={"tombstone": made},
        now=datetime.now(UTC),
        token=secrets.token_hex(4),
    )


def carry_out(
    settings: Settings, connection: Connection, batch: Batch, lines: Lines, *, is_thorough: bool = False
) -> Carried:
    """Take what an erasure batch names out of all batches and archive files, and out of raw. May be done again.

    `is_thorough`: pages that a killed crawl left in the archive, and of which no batch tells, are looked for, too.
    """
    carried = Carried()
    now = datetime.now(UTC)
    base.load_missing(settings, connection, lines)
    doom.doom(connection, batch)
    everywhere, pairs = erase.pairs(connection)

    def is_gone(source_id: str, entry_id: str) -> bool:
        return entry_id in everywhere or (source_id, entry_id) in pairs

    paths, fetch_ids = erase.pages(connection)
    unheld = list(redaction.unheld(settings, connection, carried))
    for name in unheld:
        try:
            found = redact.pages(settings.stage, name, is_gone)
        except BatchCorrupt as error:
            carried.remains.append(f"batch {name} cannot be read, so that pages that it names may stay: {error}")
            continue
        paths |= found.paths
        fetch_ids |= found.fetch_ids
    is_page = redaction.is_page(connection, fetch_ids, is_thorough=is_thorough)
    if is_thorough:
        paths |= redaction.suspects(settings, connection, is_page, carried, is_early=now - batch.sealed_at < CRAWLS_FOR)
    token = batch.batch_id.rpartition("-")[2]
    moves = redaction.rewrite_archive(settings, paths, is_page, token, carried)
    redaction.note_rewritten(batch.folder, moves.left)
    for name in [*redaction.in_stage(settings, connection, moves.left), *unheld]:
        redaction.redact_batch(settings, name, is_gone, moves, {batch.batch_id}, carried, now=now)
    # by the manifests, since a call that was killed may have rewritten them
    findings = {name: WORDLESS for name in unheld if batch.batch_id in redact.orders_of(settings.stage, name)}
    line = place(settings, connection, batch, lines, now=now)
    if findings:
        journal.reword(settings.stage, findings)
    if batch.batch_id in load.loaded(connection):
        erase.move_pages(connection, moves.places)
    else:
        erase.take_out(
            connection,
            batch,
            load_seq=line.load_seq,
            version=__version__,
            moved=moves.places,
            findings=findings,
            now=now,
        )
    base.renew(settings, connection)
    redaction.remove_rewritten(settings, batch.folder)
    counts = {"batches": len(carried.batches), "archive_files": len(carried.archive_files), "pages": carried.pages}
    event(logger, "erasure_carried_out", batch_id=batch.batch_id, load_seq=line.load_seq, **counts)
    return carried


def obey(settings: Settings, connection: Connection, batch: Batch, lines: Lines) -> Batch:
    """A batch that is about to be loaded, without what tombstones forbid; its pages' places are those of today.

    An entry that is forbidden for what its page says (its article, its author) gets a tombstone of its own, and leaves all
    that was loaded before.
    """
    if not forbid.has_tombstones(connection):
        return batch
    given = forbid.forbidden(connection, batch)
    while fresh := [one for one in given if one.is_new]:
        for order, entries in forbid.orders(connection, fresh):
            doom.also_doom(connection, [_named(one) for one in entries])
            carry_out(settings, connection, seal(settings, tombstones(connection, order, now=datetime.now(UTC))), lines)
        batch = stage.open_batch(settings.stage, batch.batch_id)  # the batch itself lost rows by that
        given = forbid.forbidden(connection, batch)  # what else it brings of the same articles
    moves = redaction.late_moves(settings, batch)
    if not given and not moves.places:
        return batch
    gone = {(one.source_id, one.entry_id) for one in given}
    found = redact.pages(settings.stage, batch.batch_id, lambda *pair: pair in gone)
    carried = Carried()
    token = secrets.token_hex(4)
    late = {moves.places[fetch_id][0] for fetch_id in found.fetch_ids & moves.places.keys()}
    shifted = redaction.rewrite_archive(
        settings, found.paths | late, lambda member: member.record_id in found.fetch_ids, token, carried
    )
    now = datetime.now(UTC)
    # other batches first: as long as this one is not rewritten, a kill is made good by doing all of it again
    doom.also_doom(connection, [])
    for name in redaction.in_stage(settings, connection, shifted.left):
        redaction.redact_batch(settings, name, lambda *_: False, shifted, (), carried, now=now)
    erase.move_pages(connection, shifted.places)
    base.renew(settings, connection)
    redaction.unlink(settings.raw, shifted.left)
    both = Moves(moves.places | shifted.places, [])
    redaction.redact_batch(settings, batch.batch_id, lambda *pair: pair in gone, both, (), carried, now=now)
    event(logger, "tombstones_obeyed", batch_id=batch.batch_id, entries=len(given), pages=carried.pages)
    return stage.open_batch(settings.stage, batch.batch_id)


def unfinished(settings: Settings) -> list[str]:
    """Erasures that published files may not have followed yet, oldest first."""
    return [
        name
        for name in stage.sealed(settings.stage)
        if f"-{KIND}-" in name and not (folder_of(settings.stage, name) / "finished.json").exists()
    ]


def _named(one: Forbidden) -> tuple[str, str, str | None, datetime | None, bool]:
    return one.source_id, one.entry_id, one.article_id, one.listed_at, one.is_everywhere
