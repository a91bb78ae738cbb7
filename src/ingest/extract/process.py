"""How worker processes are started: from a fork server, and without the program that started us. What they do is elsewhere."""

import sys
import threading
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.process import AuthenticationString, BaseProcess, current_process  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

_STARTING = threading.Lock()  # pebble starts workers from threads of its own


class _Alone(ForkServerProcess):
    """A worker that does not import our main module, as multiprocessing would have it.

    `airflow` cannot be imported inside one of its own tasks: workers would die before their first page.
    """

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:
        with _STARTING:
            program = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                return ForkServerProcess._Popen(process_obj)
            finally:
                sys.modules["__main__"] = program


class AloneContext(ForkServerContext):
    """A multiprocessing context whose processes are `_Alone`; threads of this process are never forked."""

    Process = _Alone


def be_free_to_start_processes() -> None:
    """Undo what this process inherited of a daemon that it is a fork of, and that may start no process of its own.

    Celery's workers are such daemons, of a library (billiard) that puts its own record of a process in the place of
    multiprocessing's; Airflow forks its tasks from them. Seen with Celery 5.6 and Airflow 3.3.
    """
    if (process := current_process()).daemon:
        process._config["daemon"] = False  # type: ignore[attr-defined]
        process._config["authkey"] = AuthenticationString(process.authkey)  # type: ignore[attr-defined]
