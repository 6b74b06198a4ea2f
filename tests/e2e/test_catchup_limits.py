"""Catching up on a Discord with rate limits: whatever there is to read, what happens now comes
first."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox import LocalDiscord
from sandbox.journal import RequestEntry
from sandbox.limits import Limit
from tests.e2e.harness import TIMEOUT, Bot

MESSAGES = "/channels/{channel_id}/messages"
DELETE = "/channels/{channel_id}/messages/{message_id}"
MEMBER = "/guilds/{guild_id}/members/{user_id}"
PER_SECOND = 40
CHANNELS = 25


@pytest.fixture
async def away(tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot is away from a Discord that takes few requests, and in many channels there is
    something to read."""
    async with LocalDiscord() as discord:
        discord.limits.together = Limit(PER_SECOND, 1.0)
        bot = await Bot.make(discord, tmp_path)
        await bot.ban("idiot")
        channels = [bot.guild.add_channel(f"channel-{number}") for number in range(CHANNELS)]
        await bot.start()
        await bot.caught_up()
        await bot.stop()
        for channel in channels:
            await bot.alice.says("hello", channel=channel)
        # Not before: Discord also limits how soon a session may follow another.
        discord.limits.on = True
        yield bot
        await bot.stop()
        await bot.store.close()


def reads(bot: Bot) -> list[RequestEntry]:
    return bot.discord.journal.requests("GET", MESSAGES)


async def test_what_happens_now_is_not_held_up_by_what_is_to_be_read(away: Bot) -> None:
    bot = away
    before = len(reads(bot))
    await bot.start(per_second=PER_SECOND)
    await bot.discord.journal.wait(lambda _: len(reads(bot)) - before >= PER_SECOND // 2)
    message = await bot.alice.says("idiot")
    await bot.alice.nick("Idiot")
    read = len(reads(bot))
    await message.wait_deleted(timeout=TIMEOUT)
    meanwhile = len(reads(bot)) - read
    await bot.alice.wait_nickname(None, timeout=TIMEOUT)
    for_the_name = len(reads(bot)) - read
    assert bot.parts is not None
    async with asyncio.timeout(TIMEOUT):
        await bot.parts.catch_up.idle()
    assert len(reads(bot)) - before >= 2 * CHANNELS, "there was enough to read"
    # Neither waited for what reading may use up in one second.
    assert meanwhile < PER_SECOND // 2
    assert for_the_name < PER_SECOND // 2
    assert bot.discord.limits.refused.total() == 0
