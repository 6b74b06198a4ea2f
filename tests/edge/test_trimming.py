"""Servers are kept small, and what the bot may do in their channels is worked out as before."""

import nextcord
import pytest
from nextcord import ChannelFlags

from cogs.helpers.nextcord_private.trimming import NO_OVERWRITES, Trimming
from sandbox import Permissions
from tests.edge.plain import Plain, Scene

QUIET = Permissions.SEND_MESSAGES


def channels(client: nextcord.Client, scene: Scene) -> dict[str, nextcord.abc.GuildChannel]:
    guild = client.get_guild(scene.guild.id)
    assert guild is not None
    return {channel.name: channel for channel in guild.channels}


def may(channel: nextcord.abc.GuildChannel) -> nextcord.Permissions:
    return channel.permissions_for(channel.guild.me)


@pytest.fixture
def scene(scene: Scene) -> Scene:
    for name in ("one", "two"):
        scene.guild.add_channel(name)
    closed = scene.guild.add_channel("closed")
    closed.permit(scene.guild.role("Palisade"), deny=QUIET)
    return scene


async def test_channels_share_what_is_empty(scene: Scene, plain: Plain) -> None:
    before = {name: may(channel) for name, channel in channels(plain, scene).items()}
    Trimming(plain).available({"id": str(scene.guild.id)})
    found = channels(plain, scene)
    assert found["one"]._overwrites is found["two"]._overwrites
    assert found["one"].flags is found["two"].flags
    assert len(found["closed"]._overwrites) == 1
    assert {name: may(channel) for name, channel in found.items()} == before
    assert not before["closed"].send_messages
    assert before["one"].send_messages


async def test_a_channel_that_changes_has_its_own_again(scene: Scene, plain: Plain) -> None:
    Trimming(plain).available({"id": str(scene.guild.id)})
    scene.guild.channel("one").permit(scene.guild.role("Palisade"), deny=QUIET)
    await plain.until("guild_channel_update")
    found = channels(plain, scene)
    assert not may(found["one"]).send_messages
    assert may(found["two"]).send_messages
    assert NO_OVERWRITES == ()


async def test_nextcord_gives_every_channel_its_own(scene: Scene, plain: Plain) -> None:
    """Else there is nothing to share."""
    found = channels(plain, scene)
    assert found["one"]._overwrites == found["two"]._overwrites == []
    assert found["one"]._overwrites is not found["two"]._overwrites
    flags = [found[name].flags for name in ("one", "two")]
    assert isinstance(flags[0], ChannelFlags)
    assert flags[0] is not flags[1]
