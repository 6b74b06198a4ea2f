"""What tests of every part share: a small Discord that is running, and folders in memory."""

import os
import shutil
from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest

from sandbox import LocalDiscord
from tests import openapi

MEMORY = Path("/dev/shm")  # noqa: S108  # pytest makes folders in it that are its user's alone
ROOM = 1 << 30

# A test makes a database, and waiting for the disk proves nothing about it. Not where there is
# little room, as in a container: what fills the disk would then fill it for all tests.
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test printed and logged goes to another process as UTF-8, which halves of a surrogate
    pair have no place in."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]
    return report


@pytest.fixture
async def discord() -> AsyncIterator[LocalDiscord]:
    """A started LocalDiscord. In the end every request and answer is checked against Discord's own
    description, where DISCORD_OPENAPI names it (tests/openapi.py)."""
    async with LocalDiscord() as discord:
        yield discord
    if path := openapi.location():
        found = list(openapi.description(path).violations(discord.journal.requests()))
        assert not found, "against Discord's description:\n" + "\n".join(found)
