"""The extractor with its CPU time noted by bench/backfill.py's workers, which import nothing else of it."""

import os
import time
from pathlib import Path

from ingest.extract.page import judge
from ingest.records import Page, Verdict

FOLDER = "BENCH_TIMES"


def timed(page: Page) -> Verdict:
    """The verdict; the CPU seconds that it took are a line of a file of this process."""
    began_s = time.thread_time()  # that of the process is known to the tick only, while a limit of CPU time is armed
    verdict = judge(page)
    with Path(os.environ[FOLDER], str(os.getpid())).open("a", encoding="ascii") as stream:
        stream.write(f"{time.thread_time() - began_s}\n")
    return verdict
