"""Pages are read in a Celery worker too, whose own processes may start none by the rules of multiprocessing."""

import subprocess
import sys

import pytest

# what Celery's prefork pool and Airflow do: a daemonic process of billiard, and in it a fork for the task
TASK = """
import os, sys
import billiard

def task():
    from ingest.extract.pool import ExtractorPool
    if os.fork() == 0:
        with ExtractorPool(workers=1, timeout_s=20, cpu_s=10, memory_bytes=10**9):
            os.write(1, b"ready to read")
        os._exit(0)
    os.wait()

if __name__ == "__main__":
    process = billiard.get_context("fork").Process(target=task, daemon=True)
    process.start()
    process.join()
"""


def test_a_task_in_a_celery_worker_can_read_pages() -> None:
    pytest.importorskip("billiard", reason="needs the extra `celery`")
    ended = subprocess.run([sys.executable, "-c", TASK], capture_output=True, text=True, timeout=120, check=False)
    assert ended.stdout == "ready to read", ended.stderr
