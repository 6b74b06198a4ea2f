"""What tests of every part share: a small Discord that is running."""

from collections.abc import AsyncIterator

import pytest

from sandbox import LocalDiscord
from tests import openapi


@pytest.fixture
async def discord() -> AsyncIterator[LocalDiscord]:
    """A started LocalDiscord. In the end every request and answer is checked against Discord's own
    description, where DISCORD_OPENAPI names it (tests/openapi.py)."""
    async with LocalDiscord() as discord:
        yield discord
    if path := openapi.location():
        found = list(openapi.description(path).violations(discord.journal.requests()))
        assert not found, "against Discord's description:\n" + "\n".join(found)
