"""Our own faults. The world's faults (dead hosts, broken pages) are values in rows, never these.

    IngestError                 exit  what went wrong
    ├── SettingsError             3   an INGEST_* setting cannot be used
    ├── CatalogueError            3   the catalogue of sources cannot be used
    ├── InputError                3   a file or URL that a person named cannot be used
    ├── BatchCorrupt              6   a sealed batch is not what its manifest says
    ├── BatchTooNew               6   a newer version sealed the batch: it waits for the upgrade
    ├── WarehouseMissing          4   no warehouse (or published copy) where one was asked for
    ├── WarehouseTooNew           4   the warehouse was written by a newer version
    ├── WarehouseBroken           6   the writer's file is damaged: it is made anew from the batches
    ├── WriterBusy                5   another process holds the writer's lock
    ├── MigrationError            6   a migration was edited after it ran, or failed
    ├── ModelError                6   a model or check file cannot be used
    ├── CheckFailed               6   checks found rows that no batch can be blamed for
    ├── PublishFailed             6   a copy is not what it was made of: the one before it stays
    ├── CompactionFailed          6   a rewritten file is not what it was made of: the old one stays
    ├── QueryError                2   a person's SQL does not run
    ├── SnapshotMissing           4   the snapshot that was asked for is not kept
    ├── DiskFull                  7   a file does not fit, or the disk ran full
    ├── NotWritable               7   a folder or file may not be written to
    ├── ExtractorBroken           1   no worker process can be started to read pages
    ├── AirflowFailed             1   the Airflow that we started does not come up, or a run of it does not end
    └── DemoFailed                1   the demo's account does not add up

Every message names the file, the source or the key, and says what to do.
"""


class IngestError(Exception):
    """The root: `message` says what is wrong and where, `remedy` what to do about it."""

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n  {self.remedy}" if self.remedy else self.message


class SettingsError(IngestError):
    exit_code = 3


class CatalogueError(IngestError):
    exit_code = 3


class InputError(IngestError):
    exit_code = 3


class BatchCorrupt(IngestError):
    exit_code = 6


class BatchTooNew(IngestError):
    exit_code = 6


class WarehouseMissing(IngestError):
    exit_code = 4


class WarehouseTooNew(IngestError):
    exit_code = 4


class WarehouseBroken(IngestError):
    exit_code = 6


class WriterBusy(IngestError):
    exit_code = 5


class MigrationError(IngestError):
    exit_code = 6


class ModelError(IngestError):
    exit_code = 6


class CheckFailed(IngestError):
    exit_code = 6


class PublishFailed(IngestError):
    exit_code = 6


class CompactionFailed(IngestError):
    exit_code = 6


class QueryError(IngestError):
    exit_code = 2


class SnapshotMissing(IngestError):
    exit_code = 4


class DiskFull(IngestError):
    exit_code = 7


class NotWritable(IngestError):
    exit_code = 7


class ExtractorBroken(IngestError):
    exit_code = 1


class AirflowFailed(IngestError):
    exit_code = 1


class DemoFailed(IngestError):
    exit_code = 1
