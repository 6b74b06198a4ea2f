"""The bot that each end-to-end test starts from."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox import App, Channel, Guild, LocalDiscord, Member
from tests.e2e.court import PUNISHING, Court
from tests.e2e.harness import NEEDED, Bot
from tests.e2e.mod_logs import set_up
from tests.e2e.processes import Runner


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


@pytest.fixture
async def runner(tmp_path: Path) -> AsyncIterator[Runner]:
    """The runner; what still runs at the end is killed."""
    runner = Runner(tmp_path)
    yield runner
    for process in runner.running:
        await process.kill()


@pytest.fixture
def harbour(discord: LocalDiscord) -> tuple[App, Guild, Member]:
    """An application in a server with one member."""
    app = discord.add_application("Palisade")
    guild = discord.add_guild("Harbour", owner=discord.add_user("ada"))
    guild.install(app, permissions=NEEDED)
    return app, guild, guild.join(discord.add_user("alice"))


@pytest.fixture
async def log(stopped_bot: Bot) -> Channel:
    """The mod log of the running bot, which nobody else can read."""
    await stopped_bot.ban("idiot")
    channel = await set_up(stopped_bot)
    await stopped_bot.start()
    return channel


@pytest.fixture
async def court(stopped_bot: Bot) -> Court:
    """The bot, running, with the permissions to punish."""
    await stopped_bot.ban("idiot")
    stopped_bot.guild.role("Palisade").change(permissions=PUNISHING)
    court = Court(stopped_bot)
    await court.start()
    return court
