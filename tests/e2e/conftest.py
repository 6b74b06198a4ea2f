"""The bot that each end-to-end test starts from."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox import LocalDiscord
from tests.e2e.harness import Bot


@pytest.fixture
async def stopped_bot(discord: LocalDiscord, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot with its server and an empty list, not yet started."""
    bot = await Bot.make(discord, tmp_path)
    try:
        yield bot
    finally:
        await bot.stop()
        await bot.store.close()


@pytest.fixture
async def bot(stopped_bot: Bot) -> Bot:
    """The bot, running, with “idiot” on the list."""
    await stopped_bot.ban("idiot")
    await stopped_bot.start()
    return stopped_bot
