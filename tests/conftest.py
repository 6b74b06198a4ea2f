"""What tests of every part share: a small Discord that is running."""

from collections.abc import AsyncIterator

import pytest

from sandbox import LocalDiscord


@pytest.fixture
async def discord() -> AsyncIterator[LocalDiscord]:
    """A started LocalDiscord."""
    async with LocalDiscord() as discord:
        yield discord
