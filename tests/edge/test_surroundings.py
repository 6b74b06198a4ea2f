"""Where a channel is and what a member may do there, from what Nextcord has cached: compared with
the local Discord's own reckoning, and with much of it missing."""

import itertools

import nextcord
import pytest

from cogs.helpers.surroundings import EVERYTHING, Surroundings
from sandbox import Channel, ChannelType, Member, Permissions, Thread
from tests.edge.conftest import Run
from tests.edge.plain import Plain, Scene

MANAGE = Permissions.MANAGE_MESSAGES


async def started(scene: Scene, run: Run) -> Surroundings:
    """Surroundings of a client that is ready."""
    client = Plain()
    surroundings = Surroundings()
    surroundings.use(client)
    run(client, client.start(scene.app.token))
    await client.until("guild_available")
    return surroundings


def may(surroundings: Surroundings, who: Member, place: Channel | Thread | None) -> Permissions:
    roles = frozenset(role for role in who.state.roles if role != who.state.guild.id)
    channel_id = None if place is None else place.id
    return Permissions(surroundings.permissions(who.state.guild.id, who.id, roles, channel_id))


async def test_what_a_member_may_do_is_what_discord_says(scene: Scene, run: Run) -> None:
    guild = scene.guild
    roles = [
        guild.add_role("Helper"),
        guild.add_role("Mods", permissions=MANAGE),
        guild.add_role("Boss", permissions=Permissions.ADMINISTRATOR),
    ]
    people = [guild.owner, scene.alice]
    for size in (1, 2):
        for given in itertools.combinations(roles, size):
            name = "_".join(role.name.lower() for role in given)
            people.append(guild.join(scene.discord.add_user(name), roles=given))
    everyone = guild.role("@everyone")
    settings: list[list[tuple[object, Permissions, Permissions]]] = [
        [],
        [(everyone, Permissions(0), MANAGE)],
        [(everyone, MANAGE, Permissions(0))],
        [(roles[1], Permissions(0), MANAGE)],
        [(roles[0], MANAGE, Permissions(0)), (roles[1], Permissions(0), MANAGE)],
        [(scene.alice, MANAGE, Permissions(0)), (everyone, Permissions(0), MANAGE)],
        [(people[-1], Permissions(0), MANAGE), (people[2], Permissions(0), MANAGE)],
    ]
    channels: list[Channel] = []
    for number, overwrites in enumerate(settings):
        channel = guild.add_channel(f"c{number}")
        for whom, allow, deny in overwrites:
            channel.permit(whom, allow=allow, deny=deny)
        channels.append(channel)
    thread = await guild.owner.starts_thread("chat", channel=channels[5])
    surroundings = await started(scene, run)

    found = set()
    for who in people:
        assert may(surroundings, who, None) & MANAGE == who.permissions() & MANAGE, who
        for place in (*channels, thread):
            allowed = may(surroundings, who, place) & MANAGE
            assert allowed == who.permissions(place) & MANAGE, (who, place)
            found.add(allowed)
    assert len(found) == 2, "some may and some may not"
    assert surroundings.owner(guild.id) == guild.owner.id
    assert may(surroundings, guild.owner, None) == Permissions(EVERYTHING)


async def test_where_a_channel_is(scene: Scene, run: Run) -> None:
    guild = scene.guild
    category = guild.add_channel("Pub", kind=ChannelType.GUILD_CATEGORY)
    bar = guild.add_channel("bar", parent=category)
    thread = await scene.alice.starts_thread("chat", channel=bar)
    alone = guild.add_channel("alone")
    surroundings = await started(scene, run)
    assert surroundings.places(guild.id, thread.id) == (thread.id, bar.id, category.id)
    assert surroundings.places(guild.id, bar.id) == (bar.id, category.id)
    assert surroundings.places(guild.id, alone.id) == (alone.id,)
    assert surroundings.places(guild.id, category.id) == (category.id,)


async def test_a_thread_that_is_not_cached(scene: Scene, run: Run) -> None:
    guild = scene.guild
    category = guild.add_channel("Pub", kind=ChannelType.GUILD_CATEGORY)
    bar = guild.add_channel("bar", parent=category)
    surroundings = await started(scene, run)
    assert surroundings.places(guild.id, 77) == (77,)
    assert surroundings.places(guild.id, 77, bar.id) == (77, bar.id, category.id)
    assert surroundings.places(guild.id, 77, 78) == (77, 78)


async def test_what_is_not_known_gives_nothing(scene: Scene, run: Run) -> None:
    surroundings = await started(scene, run)
    everyone = may(surroundings, scene.alice, None)
    assert surroundings.permissions(scene.guild.id, scene.alice.id, {5, 6}, 77) == everyone
    assert surroundings.permissions(99, scene.alice.id, {5}, None) == 0
    assert surroundings.places(99, 7) == (7,)
    assert surroundings.places(99, 7, 8) == (7, 8)
    assert surroundings.owner(99) is None
    nowhere = Surroundings()
    assert nowhere.permissions(1, 2, (), 3) == 0
    assert nowhere.owner(1) is None


async def test_a_server_without_roles(scene: Scene) -> None:
    """As in an event that tells of a server by little more than its id."""
    client = nextcord.Client()
    guild = nextcord.Guild(data={"id": "5"}, state=client._connection)  # type: ignore[typeddict-item]  # that is the point
    client._connection._add_guild(guild)
    surroundings = Surroundings()
    surroundings.use(client)
    assert surroundings.permissions(5, 6, {7}, 8) == 0
    assert surroundings.places(5, 8) == (8,)
    assert surroundings.owner(5) is None


@pytest.mark.parametrize("kind", [nextcord.TextChannel, nextcord.ForumChannel])
async def test_the_public_overwrites_leave_out_members_that_are_not_cached(
    kind: type[nextcord.TextChannel],
) -> None:
    """So the private ones are read: see cogs/helpers/nextcord_private/overwrites.py."""
    client = nextcord.Client()
    guild = nextcord.Guild(data={"id": "5"}, state=client._connection)  # type: ignore[typeddict-item]  # enough here
    data = {
        "id": "8",
        "type": 0,
        "name": "c",
        "position": 0,
        "permission_overwrites": [{"id": "6", "type": 1, "allow": "8192", "deny": "0"}],
    }
    channel = kind(state=client._connection, guild=guild, data=data)  # type: ignore[arg-type]  # a part of it
    assert channel.overwrites == {}
    assert [(one.id, one.allow, one.deny) for one in channel._overwrites] == [(6, 8192, 0)]
