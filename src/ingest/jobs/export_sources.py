"""Export sources: the catalogue as OPML for feed readers, or as CSV for tables. Nothing is fetched."""

from typing import Literal

from ingest import catalogue
from ingest.discover.opml import write_opml
from ingest.discover.source_list import write_csv
from ingest.settings import Settings

TITLE = "News sources"


def run(settings: Settings, form: Literal["opml", "csv"]) -> str:
    """The text of the list; what is peculiar to this crawler (pauses, intervals, selectors) is not in it."""
    sources = catalogue.read(settings.catalogue)
    return write_opml(sources, TITLE) if form == "opml" else write_csv(sources)
