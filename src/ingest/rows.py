"""Every record that is staged as a row of a raw table, in one union. The records themselves are elsewhere."""

from ingest.history import Listed, PartRead, Request
from ingest.records import (
    Alarm,
    Confirmation,
    Entry,
    Expected,
    Extraction,
    Fetch,
    Poll,
    Rejection,
    SourceSeen,
    Tombstone,
)

Row = (
    SourceSeen
    | Poll
    | Entry
    | Fetch
    | Extraction
    | Rejection
    | Confirmation
    | Tombstone
    | Request
    | PartRead
    | Listed
    | Alarm
    | Expected
)
