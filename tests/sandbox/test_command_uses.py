"""What an application is told when people use its commands: options, targets, permissions."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox import ChannelType, LocalDiscord, NotAllowedError, Permissions, overwrite
from tests.sandbox import answering
from tests.sandbox.answering import EPHEMERAL, PlainBot, plain_bot
from tests.sandbox.conftest import Harbour
from tests.sandbox.test_gateway import ALL


def option(name: str, kind: int, **more: Any) -> dict[str, Any]:
    """An option of a command."""
    return {"name": name, "type": kind, "description": "d", **more}


WHOM = option("whom", 8, required=True)
POLICY = {
    "name": "policy",
    "description": "d",
    "options": [
        option("exempt", 2, options=[option("add", 1, options=[WHOM]), option("list", 1)]),
        option("show", 1),
    ],
}
EVERY = {
    "name": "every",
    "description": "d",
    "options": [
        option("who", 6),
        option("where", 7, channel_types=[0, 11]),
        option("either", 9),
        option("count", 4, min_value=1, max_value=10),
        option("share", 10),
        option("sure", 5),
        option("text", 3, min_length=2, max_length=5),
        option("colour", 3, choices=[{"name": "Red", "value": "r"}]),
    ],
}
HISTORY = {"name": "Moderation history", "type": 2}
CHECK = {"name": "Check against the lists", "type": 3}


@pytest.fixture
async def bot(discord: LocalDiscord, harbour: Harbour) -> AsyncIterator[PlainBot]:
    """The bot, connected, with its commands registered."""
    async with plain_bot(discord, harbour.app, ALL) as bot:
        await bot.register(POLICY, EVERY, HISTORY, CHECK)
        yield bot


async def test_groups_of_subcommands(harbour: Harbour, bot: PlainBot) -> None:
    crew = harbour.guild.add_role("Crew")
    await harbour.ada.uses("/policy exempt add", whom=crew)
    data = (await bot.taken())["data"]
    assert (data["name"], data["type"]) == ("policy", 1)
    assert data["options"] == [
        {
            "name": "exempt",
            "type": 2,
            "options": [
                {
                    "name": "add",
                    "type": 1,
                    "options": [{"name": "whom", "type": 8, "value": str(crew.id)}],
                }
            ],
        }
    ]
    assert data["resolved"]["roles"][str(crew.id)]["name"] == "Crew"
    await harbour.ada.uses("/policy show")
    assert (await bot.taken())["data"]["options"] == [{"name": "show", "type": 1, "options": []}]
    with pytest.raises(NotAllowedError, match="there are: add, list"):
        await harbour.ada.uses("/policy exempt")


async def test_options_of_every_type(
    harbour: Harbour, bot: PlainBot, discord: LocalDiscord
) -> None:
    guild, alice = harbour.guild, harbour.alice
    bob = guild.join(discord.add_user("bob"))
    bob.leave()
    given = {
        "who": bob,
        "where": guild.general,
        "either": alice,
        "count": 10,
        "share": 0.5,
        "sure": False,
        "text": "hello",
        "colour": "r",
    }
    await alice.uses("/every", options=given)
    data = (await bot.taken())["data"]
    assert {o["name"]: o["value"] for o in data["options"]} == given | {
        "who": str(bob.id),
        "where": str(guild.general.id),
        "either": str(alice.id),
    }
    resolved = data["resolved"]
    assert set(resolved["users"]) == {str(bob.id), str(alice.id)}
    assert set(resolved["members"]) == {str(alice.id)}
    shown = resolved["channels"][str(guild.general.id)]
    assert (shown["name"], shown["type"]) == ("general", 0)
    assert shown["permissions"] == str(int(alice.permissions(guild.general)))
    thread = await alice.starts_thread("Talk")
    await alice.uses("/every", where=thread)
    told = (await bot.taken())["data"]["resolved"]["channels"][str(thread.id)]
    assert told["parent_id"] == str(guild.general.id)
    assert not told["thread_metadata"]["archived"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"count": 11}, "within 1 and 10"),
        ({"count": 0}, "within 1 and 10"),
        ({"count": 1.5}, "takes int"),
        ({"sure": 1}, "takes True or False"),
        ({"text": "x"}, "within 2 and 5"),
        ({"text": "x" * 6}, "within 2 and 5"),
        ({"colour": "Red"}, "takes one of"),
        ({"who": "alice"}, "takes a handle"),
    ],
)
async def test_the_client_keeps_to_the_bounds(
    harbour: Harbour, bot: PlainBot, given: dict[str, Any], why: str
) -> None:
    with pytest.raises(NotAllowedError, match=why):
        await harbour.ada.uses("/every", options=given)


async def test_only_channels_that_fit_can_be_chosen(harbour: Harbour, bot: PlainBot) -> None:
    guild = harbour.guild
    closed = [overwrite(guild.everyone, deny=Permissions.VIEW_CHANNEL)]
    hidden = guild.add_channel("hidden", overwrites=closed)
    radio = guild.add_channel("radio", kind=ChannelType.GUILD_VOICE)
    crew = guild.add_role("Crew")
    for where, why in ((hidden, "no channel"), (radio, "of a kind"), (crew, "no channel")):
        with pytest.raises(NotAllowedError, match=why):
            await harbour.alice.uses("/every", where=where)
    with pytest.raises(NotAllowedError, match="is nobody"):
        await harbour.alice.uses("/every", who=crew)
    with pytest.raises(NotAllowedError, match="no role"):
        await harbour.ada.uses("/policy exempt add", whom=harbour.alice)


async def test_a_command_on_somebody(
    harbour: Harbour, bot: PlainBot, discord: LocalDiscord
) -> None:
    guild, alice = harbour.guild, harbour.alice
    other = guild.add_channel("other")
    used = await harbour.ada.uses_on("Moderation history", alice, channel=other)
    taken = await bot.taken()
    data = taken["data"]
    assert (data["type"], data["target_id"]) == (2, str(alice.id))
    assert taken["channel_id"] == str(other.id)
    assert data["resolved"]["users"][str(alice.id)]["username"] == "alice"
    assert data["resolved"]["members"][str(alice.id)]["roles"] == []
    await bot.answer(taken, answering.MESSAGE, {"content": "none", "flags": EPHEMERAL})
    assert (await used.reply()).ephemeral
    # Somebody who left is a user without a member.
    alice.leave()
    for gone in (alice, alice.user):
        await harbour.ada.uses_on("Moderation history", gone)
        data = (await bot.taken())["data"]
        assert data["target_id"] == str(alice.id)
        assert set(data["resolved"]) == {"users"}
    with pytest.raises(NotAllowedError, match="does not see #general"):
        await alice.uses_on("Moderation history", harbour.ada)


async def test_a_command_on_a_message(harbour: Harbour, bot: PlainBot) -> None:
    other = harbour.guild.add_channel("other")
    message = await harbour.alice.says("hello", channel=other)
    await harbour.ada.uses_on("Check against the lists", message)
    taken = await bot.taken()
    data = taken["data"]
    assert (data["type"], data["target_id"]) == (3, str(message.id))
    assert taken["channel_id"] == str(other.id)
    shown = data["resolved"]["messages"][str(message.id)]
    assert (shown["content"], shown["author"]["username"]) == ("hello", "alice")
    other.permit(harbour.guild.everyone, deny=Permissions.VIEW_CHANNEL)
    with pytest.raises(NotAllowedError, match="does not see #other"):
        await harbour.alice.uses_on("Check against the lists", message)
    await message.delete()
    with pytest.raises(NotAllowedError, match="is deleted"):
        await harbour.ada.uses_on("Check against the lists", message)


async def test_permissions_are_those_of_the_channel(harbour: Harbour, bot: PlainBot) -> None:
    guild, alice = harbour.guild, harbour.alice
    place = guild.add_channel(
        "place",
        overwrites=[
            overwrite(alice, allow=Permissions.MANAGE_MESSAGES),
            overwrite(harbour.bot, deny=Permissions.EMBED_LINKS),
        ],
    )
    for channel in (guild.general, place):
        await alice.uses("/policy show", channel=channel)
        taken = await bot.taken()
        assert taken["member"]["permissions"] == str(int(alice.permissions(channel)))
        assert taken["app_permissions"] == str(int(harbour.bot.permissions(channel)))
        mine = Permissions(int(taken["member"]["permissions"]))
        own = Permissions(int(taken["app_permissions"]))
        assert bool(mine & Permissions.MANAGE_MESSAGES) is (channel is place)
        assert bool(own & Permissions.EMBED_LINKS) is (channel is not place)
    thread = await alice.starts_thread("Talk", channel=place)
    await alice.uses("/policy show", channel=thread)
    taken = await bot.taken()
    assert Permissions(int(taken["member"]["permissions"])) & Permissions.MANAGE_MESSAGES
    # The owner and administrators may everything, whatever a channel denies.
    await harbour.ada.uses("/policy show", channel=place)
    told = Permissions(int((await bot.taken())["member"]["permissions"]))
    assert Permissions.ADMINISTRATOR in told
    assert Permissions.BAN_MEMBERS in told
