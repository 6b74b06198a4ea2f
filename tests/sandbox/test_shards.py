"""Shards, the limits of the gateway, and events that come in another order."""

import asyncio

import nextcord
import pytest

from sandbox import App, Guild, Limit, LocalDiscord
from tests.sandbox.clients import Rest, Socket, identity
from tests.sandbox.conftest import Connect, Harbour
from tests.sandbox.test_gateway import ALL


def guilds_by_shard(discord: LocalDiscord, app: App, count: int) -> list[Guild]:
    """A guild for each shard, the bot in all of them."""
    found: dict[int, Guild] = {}
    while len(found) < count:
        guild = discord.add_guild("A guild", owner=discord.add_user("someone"))
        if found.setdefault((guild.id >> 22) % count, guild) is guild:
            guild.install(app)
    return [found[number] for number in range(count)]


async def test_two_sessions_share_what_happens(discord: LocalDiscord) -> None:
    app = discord.add_application("Palisade")
    guilds = guilds_by_shard(discord, app, 2)
    people = [guild.join(discord.add_user("alice")) for guild in guilds]
    async with Socket(discord) as first, Socket(discord) as second:
        sockets = (first, second)
        for number, socket in enumerate(sockets):
            ready = await socket.identify(app, ALL, shard=[number, 2])
            assert ready["shard"] == [number, 2]
            assert [guild["id"] for guild in ready["guilds"]] == [str(guilds[number].id)]
        for number, alice in enumerate(people):
            await alice.says(f"in {number}")
        await people[1].user.tells(app.user, "in private")
        for number, socket in enumerate(sockets):
            message = await socket.event("MESSAGE_CREATE")
            assert message["content"] == f"in {number}"
        # Direct messages go to shard 0, whatever the guilds of those who write.
        assert (await first.event("MESSAGE_CREATE"))["content"] == "in private"
        per_session = [
            len([e for e in discord.journal.events("MESSAGE_CREATE") if e.session_id == session.id])
            for session in discord.gateway.of(app)
        ]
        assert per_session == [2, 1]


async def test_each_shard_resumes_its_own_session(discord: LocalDiscord) -> None:
    app = discord.add_application("Palisade")
    guilds = guilds_by_shard(discord, app, 2)
    sessions = []
    for number in range(2):
        async with Socket(discord) as socket:
            ready = await socket.identify(app, ALL, shard=[number, 2])
            await socket.event("GUILD_CREATE")
            sessions.append(ready["session_id"])
    await discord.gateway.disconnected(app)
    for number, guild in enumerate(guilds):
        await guild.owner.says(f"missed {number}")
    for number, session in enumerate(sessions):
        async with Socket(discord) as socket:
            await socket.send(6, {"token": app.token, "session_id": session, "seq": 2})
            assert (await socket.event("MESSAGE_CREATE"))["content"] == f"missed {number}"


async def test_nextcord_with_two_shards(
    discord: LocalDiscord, harbour: Harbour, connect: Connect
) -> None:
    guilds = guilds_by_shard(discord, harbour.app, 2)
    for number, guild in enumerate(guilds):
        # Two clients, since one with two shards waits five seconds before the second begins.
        client = nextcord.Client(
            intents=nextcord.Intents(guilds=True),
            guild_ready_timeout=0.01,
            shard_id=number,
            shard_count=2,
        )
        connect(client)
        await asyncio.wait_for(client.wait_until_ready(), 10)
        assert client.get_guild(guild.id) is not None
        assert client.get_guild(guilds[1 - number].id) is None
    assert [session.shard for session in discord.gateway.of(harbour.app)] == [(0, 2), (1, 2)]


async def test_too_many_guilds_for_one_shard(
    discord: LocalDiscord, harbour: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        discord.add_guild(str(number), owner=discord.add_user("someone")).install(harbour.app)
    monkeypatch.setattr("sandbox.gateway.hub.MOST_GUILDS", 3)
    async with Socket(discord) as socket:
        await socket.receive()
        await socket.send(2, identity(harbour.app, ALL))
        assert await socket.closed() == 4011
    taken = {(guild >> 22) % 16 for guild in discord.world.guilds}
    free = next(number for number in range(16) if number not in taken)
    async with Socket(discord) as socket:
        assert (await socket.identify(harbour.app, ALL, shard=[free, 16]))["guilds"] == []


async def test_identifying_too_soon(discord: LocalDiscord, harbour: Harbour, rest: Rest) -> None:
    discord.limits.on = True
    harbour.app.recommend_shards(4, max_concurrency=2)

    async def identify(shard: int) -> int:
        async with Socket(discord) as socket:
            await socket.receive()
            await socket.send(2, identity(harbour.app, ALL, shard=[shard, 4]))
            return int((await socket.receive())["op"])

    # Shards 0 and 1 may begin together, 2 has to wait for 0.
    assert [await identify(shard) for shard in (0, 1, 2)] == [0, 0, 9]
    told = (await rest("GET", "/gateway/bot")).body
    assert told["shards"] == 4
    limit = told["session_start_limit"]
    assert (limit["total"], limit["remaining"], limit["max_concurrency"]) == (1000, 997, 2)


async def test_the_last_session_of_the_day(discord: LocalDiscord, harbour: Harbour) -> None:
    discord.limits.on = True
    discord.limits.identifies = Limit(1, 1000.0)
    token = harbour.app.token
    for code in (4000, 4004):
        async with Socket(discord) as socket:
            await socket.receive()
            await socket.send(2, identity(harbour.app, ALL))
            if code == 4000:
                await socket.event("READY")
            else:
                assert await socket.closed() == code
    assert harbour.app.token != token


async def test_all_members_once_in_a_while(discord: LocalDiscord, harbour: Harbour) -> None:
    discord.limits.on = True
    guild = str(harbour.guild.id)
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        request = {"guild_id": guild, "query": "", "limit": 0, "nonce": "n"}
        await socket.send(8, request)
        assert len((await socket.event("GUILD_MEMBERS_CHUNK"))["members"]) == 3
        await socket.send(8, request)
        limited = await socket.event("RATE_LIMITED")
        assert (limited["opcode"], limited["meta"]) == (8, {"guild_id": guild, "nonce": "n"})
        assert 0 < limited["retry_after"] <= 30
        # Asking for some is not limited so.
        await socket.send(8, {"guild_id": guild, "user_ids": [str(harbour.alice.id)]})
        assert len((await socket.event("GUILD_MEMBERS_CHUNK"))["members"]) == 1


async def test_events_in_another_order(discord: LocalDiscord, harbour: Harbour) -> None:
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        discord.faults.next_frames(swap=1)
        for text in ("one", "two", "three"):
            await harbour.alice.says(text)
        heard = [await socket.event("MESSAGE_CREATE") for _ in range(3)]
        assert [message["content"] for message in heard] == ["two", "one", "three"]
        discord.faults.next_frames(swap=1)
        await harbour.alice.says("held back")
        await socket.close(4000)
    await discord.gateway.disconnected(harbour.app)
    await harbour.alice.says("missed")
    (session,) = discord.gateway.sessions.values()
    resume = {"token": harbour.app.token, "session_id": session.id, "seq": session.sequence - 2}
    async with Socket(discord) as socket:
        await socket.send(6, resume)
        again = [await socket.event("MESSAGE_CREATE") for _ in range(2)]
        assert [message["content"] for message in again] == ["held back", "missed"]
