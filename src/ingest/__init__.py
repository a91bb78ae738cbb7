"""News ingestion: discover, fetch, extract, account for every item, publish to DuckDB."""

__version__ = "0.1.0"
