"""Runs a backfill of all that is open in a process that is killed (SIGKILL) at a chosen moment of its work.

`python killed_backfill.py 17` dies at the 17th of: a page judged, a stretch taken, a file synced; `INGEST_*` say where it works.
Prints how many moments there were, if it comes to its end.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from ingest.settings import Settings


def killed(settings: Settings, moment: int) -> int | None:
    """Run it; None where the kill came before its end, else how many moments it had."""
    environ = {
        **os.environ,
        "INGEST_HOME": str(settings.home),
        "INGEST_CONTACT": settings.contact,
        "INGEST_CATALOGUE": str(settings.catalogue),
        "INGEST_ALLOW_NETWORKS": ",".join(map(str, settings.allow_networks)),
        "INGEST_BATCH_PAGES": str(settings.batch_pages),
        "INGEST_EXTRACT_WORKERS": "1",
        "INGEST_DISK_PAUSE_BACKFILL_BYTES": "0",
        "INGEST_DISK_PAUSE_CRAWL_BYTES": "0",
    }
    ended = subprocess.run(
        [sys.executable, __file__, str(moment)], check=False, env=environ, capture_output=True, text=True
    )
    if ended.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(f"the backfill failed by itself: {ended.stderr}")
    return int(ended.stdout.split()[-1]) if ended.returncode == 0 else None


def _count(function: Callable[..., object], moments: list[int], last: int) -> Callable[..., object]:
    def counted(*args: object, **named: object) -> object:
        result = function(*args, **named)
        moments[0] += 1
        if moments[0] == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return counted


if __name__ == "__main__":
    from ingest import settings as settings_module
    from ingest.jobs import backfill
    from ingest.jobs.backfill import captures, register
    from ingest.jobs.visit import Desk

    moments = [0]
    places: tuple[tuple[Any, str], ...] = ((os, "fsync"), (Desk, "judged"), (register.Register, "take"))
    for owner, name in places:
        setattr(owner, name, _count(getattr(owner, name), moments, int(sys.argv[1])))
    captures.FINDS_AT_ONCE = 4
    given = settings_module.load()
    for work in backfill.plan(given, on=None):
        backfill.run(given, work=work)
    sys.stdout.write(f"{moments[0]}\n")
