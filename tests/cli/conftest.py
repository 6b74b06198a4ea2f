"""What the tests of commands share."""

import logging
from collections.abc import Iterator
from pathlib import Path

import nextcord
import pytest

from config.token import FILE_VARIABLE, VARIABLE
from tests.cli.commands import Shell


@pytest.fixture
def process_as_it_was() -> Iterator[None]:
    """Puts back what a command that runs the bot changes for the whole process."""
    root, base = logging.getLogger(), nextcord.http.Route.BASE
    names = ("nextcord", "aiohttp", "asyncio", "aiosqlite")
    before = root.level, root.handlers[:], {n: logging.getLogger(n).level for n in names}
    yield
    nextcord.http.Route.BASE = base
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    for name, level in before[2].items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(False)


@pytest.fixture
def shell(
    process_as_it_was: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Shell:
    """A shell in an empty folder, without a token."""
    monkeypatch.chdir(tmp_path)
    for name in (VARIABLE, FILE_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    return Shell(capsys)
