"""What Nextcord keeps of each server is kept small."""

from cogs.helpers.nextcord_private.trimming import NO_OVERWRITES
from tests.e2e.harness import Bot


async def test_the_bot_keeps_its_servers_small(bot: Bot) -> None:
    assert bot.parts is not None
    guild = bot.parts.bot.get_guild(bot.guild.id)
    assert guild is not None
    kept: list[object] = [channel._overwrites for channel in guild.channels]
    assert any(one is NO_OVERWRITES for one in kept)
