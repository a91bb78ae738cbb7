"""A person at the prompt: says words to `ingest`, and gets the exit code and what was printed."""

import pytest

from ingest.cli import main


class Prompt:
    """`first`: words that every command begins with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *first: str) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self._first = first

    def __call__(self, *words: str) -> tuple[int, str, str]:
        """(exit code, stdout, stderr)"""
        self._monkeypatch.setattr("sys.argv", ["ingest", *self._first, *words])
        code = 0
        try:
            main()
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        said = self._capsys.readouterr()
        return code, said.out, said.err
