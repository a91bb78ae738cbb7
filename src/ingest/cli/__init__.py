"""The same jobs at a prompt: each command is a thin call of a job. Rooms are imported when a command runs, not before."""

import sys

import click

from ingest import __version__
from ingest.cli.ask import explain, query, status
from ingest.cli.attempt import attempt
from ingest.cli.backfill import backfill
from ingest.cli.demo import demo
from ingest.cli.erase import erase
from ingest.cli.keep import backup, restore
from ingest.cli.look import near, search
from ingest.cli.pipeline import build, check, crawl, load, publish, rebuild, reprocess, run, snapshots, upkeep
from ingest.cli.share import export, report
from ingest.cli.sources import sources
from ingest.cli.watch import act, alarms, digest, watch
from ingest.errors import IngestError

COMMANDS = (
    crawl,
    load,
    build,
    check,
    publish,
    run,
    reprocess,
    rebuild,
    backfill,
    upkeep,
    snapshots,
    watch,
    alarms,
    act,
    digest,
    backup,
    restore,
    erase,
    query,
    search,
    near,
    status,
    explain,
    export,
    report,
    sources,
    attempt,
    demo,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
def cli() -> None:
    """News ingestion: crawl sources, read articles, account for every item in DuckDB.

    Settings are INGEST_* variables (src/ingest/settings.py); data goes to INGEST_HOME, ./data by default.

    Exit codes: 0 done, 1 failed, 2 wrong use or SQL, 3 unusable settings, catalogue or input, 4 no warehouse,
    5 another writer is at work, 6 a check, batch or migration cannot be trusted,
    7 the disk is full or nearly so, or may not be written to.
    """


for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the CLI; our own faults become one message on stderr and an exit code."""
    try:
        cli(standalone_mode=False)
    except IngestError as error:
        click.secho(f"ingest: {error}", fg="red", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("ingest: stopped; what was sealed is kept", err=True)
        sys.exit(130)
