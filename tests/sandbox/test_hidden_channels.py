"""Channels that a bot cannot view: told of in part, left out of lists, and told of in full as soon
as it can view them (Discord, Channel, Obfuscated Channels)."""

import pytest

from sandbox import Channel, LocalDiscord, Permissions
from sandbox.payloads import OBFUSCATED
from sandbox.world import ChannelType
from tests.sandbox.clients import Rest, Socket
from tests.sandbox.conftest import Harbour
from tests.sandbox.test_gateway import ALL

HIDDEN = "___hidden___"


@pytest.fixture
def hall(harbour: Harbour) -> Channel:
    """A channel that the bot cannot view."""
    hall = harbour.guild.add_channel("hall")
    hall.permit(harbour.guild.everyone, deny=Permissions.VIEW_CHANNEL)
    return hall


async def test_it_is_told_of_in_part(
    discord: LocalDiscord, harbour: Harbour, rest: Rest, hall: Channel
) -> None:
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        channels = {
            channel["id"]: channel for channel in (await socket.event("GUILD_CREATE"))["channels"]
        }
        told = channels[str(hall.id)]
        assert (told["name"], told["flags"], told["type"]) == (HIDDEN, OBFUSCATED, 0)
        assert told["permission_overwrites"] == [
            {"id": str(harbour.guild.id), "type": 0, "allow": "0", "deny": str(1 << 10)}
        ]
        assert told["last_message_id"] is None
        assert channels[str(harbour.guild.general.id)]["name"] == "general"
    listed = (await rest("GET", f"/guilds/{harbour.guild.id}/channels")).body
    assert str(hall.id) not in {channel["id"] for channel in listed}


async def test_it_is_told_of_in_full_when_it_can_be_viewed(
    discord: LocalDiscord, harbour: Harbour, hall: Channel
) -> None:
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        hall.permit(harbour.guild.everyone)
        assert (await socket.event("CHANNEL_UPDATE"))["name"] == "hall"
        hall.permit(harbour.guild.everyone, deny=Permissions.VIEW_CHANNEL)
        assert (await socket.event("CHANNEL_UPDATE"))["name"] == HIDDEN
        role = harbour.guild.role(harbour.app.name)
        role.change(permissions=Permissions.ADMINISTRATOR)
        told = await socket.event("CHANNEL_UPDATE")
        assert (told["id"], told["name"]) == (str(hall.id), "hall")


async def test_a_category_is_seen_with_one_of_its_channels(
    discord: LocalDiscord, harbour: Harbour
) -> None:
    category = harbour.guild.add_channel("rooms", kind=ChannelType.GUILD_CATEGORY)
    category.permit(harbour.guild.everyone, deny=Permissions.VIEW_CHANNEL)
    room = harbour.guild.add_channel("room")
    room.state.parent_id = category.id
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        channels = {
            channel["id"]: channel for channel in (await socket.event("GUILD_CREATE"))["channels"]
        }
        assert channels[str(category.id)]["name"] == "rooms"
