"""Export sources: the catalogue as OPML for feed readers, as CSV for tables, or whole. Nothing is fetched."""

from typing import Literal

from ingest import catalogue, catalogue_file
from ingest.discover.opml import write_opml
from ingest.discover.source_list import write_csv
from ingest.settings import Settings

TITLE = "News sources"
Form = Literal["opml", "csv", "toml"]


def run(settings: Settings, form: Form) -> str:
    """The text of the list; in OPML and CSV there is no place for what is peculiar to this crawler (rules, pauses, intervals)."""
    sources = catalogue.read(settings.catalogue)
    match form:
        case "opml":
            return write_opml(sources, TITLE)
        case "csv":
            return write_csv(sources)
        case "toml":
            return "\n".join(catalogue_file.entry_text(catalogue_file.table_of(source)) for source in sources)
