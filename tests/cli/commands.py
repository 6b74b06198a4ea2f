"""Running commands of the program as an operator does, in this process or in one of its own."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, str(ROOT / "bot.py")]


def environment(**variables: str) -> dict[str, str]:
    """A process's environment with nothing of ours in it but what is given."""
    kept = ("PATH", "SYSTEMROOT", "TMPDIR", "LANG", "LC_ALL")
    return {name: os.environ[name] for name in kept if name in os.environ} | variables


class Shell:
    """Runs commands in this process, in an empty folder."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def runs(self, *words: str) -> tuple[int, str, str]:
        """The exit status, standard output, standard error."""
        try:
            status = main(words)
        except SystemExit as ended:
            status = int(ended.code or 0)
        out, err = self._capture.readouterr()
        return status, out, err


def files_in(folder: Path) -> Mapping[str, bytes]:
    """Every file below a folder with its content."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
