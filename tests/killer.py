"""Runs a job in a process that is killed (SIGKILL, no goodbye) at a chosen call of the operating system.

`python killer.py os.fsync 3 load` dies *after* the third fsync of `ingest load`; `INGEST_*` variables say where it works.
"""

import importlib
import json
import os
import pathlib
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ingest.settings import Settings
from ingest.warehouse import base, stories

PLACES: dict[str, tuple[Any, str]] = {
    "fsync": (os, "fsync"),
    "replace": (pathlib.Path, "replace"),
    "hardlink": (pathlib.Path, "hardlink_to"),
    "base_load": (base, "among"),
    "story_step": (stories, "_run"),
}


def killed(settings: Settings, job: str, *, at: str, number: int, now: datetime | None = None, **given: object) -> bool:
    """Run a job by its module name, with what it is given by name; True if the kill came before its end."""
    environ = {
        **os.environ,
        "INGEST_HOME": str(settings.home),
        "INGEST_CONTACT": settings.contact,
        "INGEST_CATALOGUE": str(settings.catalogue),
        "INGEST_ALLOW_NETWORKS": ",".join(map(str, settings.allow_networks)),
    }
    if settings.keep_batches_days is not None:
        environ["INGEST_KEEP_BATCHES_DAYS"] = str(settings.keep_batches_days)
    given |= {"now": now.isoformat()} if now else {}
    ended = subprocess.run(
        [sys.executable, __file__, at, str(number), job, json.dumps(given)],
        check=False,
        env=environ,
        capture_output=True,
        text=True,
    )
    if ended.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(f"{job} failed by itself: {ended.stderr}")
    return ended.returncode != 0


def _die_after(function: Callable[..., object], number: int) -> Callable[..., object]:
    calls = 0

    def counted(*args: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        result = function(*args, **named)
        if calls == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return counted


if __name__ == "__main__":
    from ingest import settings as settings_module

    owner, name = PLACES[sys.argv[1]]
    setattr(owner, name, _die_after(getattr(owner, name), int(sys.argv[2])))
    named = json.loads(sys.argv[4])
    if "now" in named:
        named["now"] = datetime.fromisoformat(named["now"])
    importlib.import_module(f"ingest.jobs.{sys.argv[3]}").run(settings_module.load(), **named)
