"""`python -m ingest` is the console script `ingest`."""

from ingest.cli import main

main()
