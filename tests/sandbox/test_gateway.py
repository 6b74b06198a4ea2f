"""The gateway, frame by frame: who is told what, sessions, and how connections end."""

from typing import Any

import pytest

from sandbox import LocalDiscord, Permissions
from sandbox.gateway.intents import Intents
from tests.sandbox.clients import Socket, identity
from tests.sandbox.conftest import Harbour

ALL = int(
    Intents.GUILDS
    | Intents.GUILD_MEMBERS
    | Intents.GUILD_MESSAGES
    | Intents.MESSAGE_CONTENT
    | Intents.DIRECT_MESSAGES
)
NO_MEMBERS = ALL & ~int(Intents.GUILD_MEMBERS)


@pytest.mark.parametrize("query", ["v=10&encoding=json", "v=10&compress=zlib-stream"])
async def test_the_start(discord: LocalDiscord, harbour: Harbour, query: str) -> None:
    async with Socket(discord, query) as socket:
        hello = await socket.receive()
        assert (hello["op"], hello["d"]["heartbeat_interval"]) == (10, 41250)
        await socket.send(1, None)
        assert (await socket.receive())["op"] == 11
        await socket.send(2, identity(harbour.app, ALL))
        ready = await socket.receive()
        assert (ready["t"], ready["s"], ready["op"]) == ("READY", 1, 0)
        assert ready["d"]["user"]["id"] == str(harbour.app.id)
        assert ready["d"]["guilds"] == [{"id": str(harbour.guild.id), "unavailable": True}]
        guild = await socket.receive()
        assert (guild["t"], guild["s"], guild["d"]["unavailable"]) == ("GUILD_CREATE", 2, False)
        # Without presences only the bot itself is listed.
        assert [m["user"]["id"] for m in guild["d"]["members"]] == [str(harbour.app.id)]
        assert guild["d"]["member_count"] == 3
        await harbour.alice.says("hello \U0001f600")
        message = await socket.event("MESSAGE_CREATE")
        assert message["content"] == "hello \U0001f600"
        assert message["guild_id"] == str(harbour.guild.id)
        assert message["member"]["roles"] == []


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"op": 99, "d": None}, 4001),
        ({"op": 8, "d": {}}, 4003),
        ({"op": 2, "d": {"token": "wrong", "intents": 1, "properties": {}}}, 4004),
        ({"op": 2, "d": {"token": "TOKEN", "intents": 1 << 60, "properties": {}}}, 4013),
        ({"op": 2, "d": {"token": "TOKEN", "intents": "1", "properties": {}}}, 4013),
        ({"op": 2, "d": {"token": "TOKEN", "intents": 1 << 8, "properties": {}}}, 4014),
        ({"op": 2, "d": {"token": "TOKEN", "intents": 1, "properties": {}, "shard": [1]}}, 4010),
        ({"op": 2, "d": {"intents": 1}}, 4002),
        ({"op": 1, "d": "x" * 5000}, 4002),
        ({"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 1}}, 4004),
    ],
)
async def test_close_codes(
    discord: LocalDiscord, harbour: Harbour, frame: dict[str, Any], code: int
) -> None:
    if isinstance(frame["d"], dict) and frame["d"].get("token") == "TOKEN":
        frame = {**frame, "d": {**frame["d"], "token": harbour.app.token}}
    async with Socket(discord) as socket:
        await socket.send(frame["op"], frame["d"])
        assert await socket.closed() == code


async def test_more_close_codes(discord: LocalDiscord, harbour: Harbour) -> None:
    for text in ("{", "[]"):
        async with Socket(discord) as socket:
            await socket.send_text(text)
            assert await socket.closed() == 4002
    async with Socket(discord, "v=6") as socket:
        assert await socket.closed() == 4012
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        await socket.send(2, identity(harbour.app, ALL))
        assert await socket.closed() == 4005
    async with Socket(discord) as socket:
        for _ in range(121):
            await socket.send(1, None)
        assert await socket.closed() == 4008


async def test_a_heart_that_stops(harbour: Harbour) -> None:
    async with LocalDiscord(heartbeat_interval_ms=20) as discord, Socket(discord) as socket:
        assert await socket.closed() == 4009


async def test_intents_withhold_events(discord: LocalDiscord, harbour: Harbour) -> None:
    other = harbour.guild.join(discord.add_user("bob"))
    async with Socket(discord) as blind, Socket(discord) as seeing:
        await blind.identify(harbour.app, int(Intents.GUILDS))
        await seeing.identify(harbour.app, ALL)
        for session in discord.gateway.of(harbour.app):
            assert session.ready
        mark = discord.journal.count
        await other.says("hello")
        await other.nick("Bobby")
        await harbour.bot.nick("Pal")
        sent = [(e.session_id, e.name) for e in discord.journal.events(after=mark)]
        first, second = (s.id for s in discord.gateway.of(harbour.app))
        # A bot learns of its own nickname whatever its intents are.
        assert [name for session, name in sent if session == first] == ["GUILD_MEMBER_UPDATE"]
        assert [name for session, name in sent if session == second] == [
            "MESSAGE_CREATE",
            "GUILD_MEMBER_UPDATE",
            "GUILD_MEMBER_UPDATE",
        ]


async def test_content_is_emptied_without_its_intent(
    discord: LocalDiscord, harbour: Harbour
) -> None:
    intents = ALL & ~int(Intents.MESSAGE_CONTENT)
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, intents)
        poll = {"question": {"text": "?"}, "answers": []}
        await harbour.alice.says("secret", embeds=[{"title": "t"}], files=[("a", b"")], poll=poll)
        hidden = await socket.event("MESSAGE_CREATE")
        assert [hidden[k] for k in ("content", "embeds", "attachments", "components")] == [
            "",
            [],
            [],
            [],
        ]
        assert "poll" not in hidden
        await harbour.alice.says(f"hi <@{harbour.app.id}>")
        assert (await socket.event("MESSAGE_CREATE"))["content"].startswith("hi <@")
        await harbour.alice.user.tells(harbour.app.user, "in private")
        direct = await socket.event("MESSAGE_CREATE")
        assert direct["content"] == "in private"
        assert "guild_id" not in direct
        assert "member" not in direct


async def test_hidden_channels_are_silent(discord: LocalDiscord, harbour: Harbour) -> None:
    harbour.guild.general.permit(harbour.bot, deny=Permissions.VIEW_CHANNEL)
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        await harbour.alice.says("unheard")
        assert discord.journal.events("MESSAGE_CREATE") == []
        harbour.guild.general.permit(harbour.bot, allow=Permissions.VIEW_CHANNEL)
        await harbour.alice.says("heard")
        assert (await socket.event("MESSAGE_CREATE"))["content"] == "heard"


async def test_resume_replays_what_was_missed(discord: LocalDiscord, harbour: Harbour) -> None:
    async with Socket(discord) as socket:
        ready = await socket.identify(harbour.app, ALL)
        await socket.event("GUILD_CREATE")
        await harbour.alice.says("seen")
        await socket.event("MESSAGE_CREATE")
        await socket.close(4000)
    await discord.gateway.disconnected(harbour.app)
    await harbour.alice.says("missed")
    resume = {"token": harbour.app.token, "session_id": ready["session_id"], "seq": 3}
    async with Socket(discord) as socket:
        await socket.send(6, resume)
        assert (await socket.event("MESSAGE_CREATE"))["content"] == "missed"
        resumed = await socket.receive()
        assert (resumed["t"], resumed["s"]) == ("RESUMED", 5)
        await socket.close(1000)
    await discord.gateway.disconnected(harbour.app)
    async with Socket(discord) as socket:
        await socket.receive()
        await socket.send(6, resume)
        assert await socket.receive() == {"t": None, "s": None, "op": 9, "d": False}


async def test_a_sequence_of_the_future(discord: LocalDiscord, harbour: Harbour) -> None:
    async with Socket(discord) as socket:
        ready = await socket.identify(harbour.app, ALL)
    resume = {"token": harbour.app.token, "session_id": ready["session_id"], "seq": 300}
    async with Socket(discord) as socket:
        await socket.send(6, resume)
        assert await socket.closed() == 4007


async def test_disturbances(discord: LocalDiscord, harbour: Harbour) -> None:
    app = harbour.app
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        await socket.event("GUILD_CREATE")
        discord.gateway.reconnect(app)
        assert (await socket.receive())["op"] == 7
        discord.gateway.invalid_session(app, resumable=True)
        assert (await socket.receive())["d"] is True
        discord.gateway.send_raw(app, '{"op":0,"t":"MESSAGE_CREATE","s":9,"d":[]}')
        assert (await socket.receive())["d"] == []
        discord.gateway.freeze_heartbeats(app)
        await socket.send(1, None)
        await socket.send(8, {"guild_id": str(harbour.guild.id), "user_ids": []})
        assert (await socket.receive())["t"] == "GUILD_MEMBERS_CHUNK"
        discord.gateway.freeze_heartbeats(app, frozen=False)
        await socket.send(1, None)
        assert (await socket.receive())["op"] == 11
        await discord.gateway.close(app, 4000, "a test")
        assert await socket.closed() == 4000
    assert discord.gateway.sessions


async def test_frames_lost_and_doubled(discord: LocalDiscord, harbour: Harbour) -> None:
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        discord.faults.next_frames(drop=1, duplicate=1)
        for text in ("lost", "twice", "once"):
            await harbour.alice.says(text)
        heard = [await socket.event("MESSAGE_CREATE") for _ in range(3)]
        assert [message["content"] for message in heard] == ["twice", "twice", "once"]


async def test_member_requests(discord: LocalDiscord, harbour: Harbour) -> None:
    for number in range(1100):
        harbour.guild.join(discord.add_user(f"user{number}"))
    guild = str(harbour.guild.id)
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        await socket.send(8, {"guild_id": guild, "query": "", "limit": 0, "nonce": "n"})
        first = await socket.event("GUILD_MEMBERS_CHUNK")
        second = await socket.event("GUILD_MEMBERS_CHUNK")
        assert (len(first["members"]), len(second["members"])) == (1000, 103)
        assert (second["chunk_index"], second["chunk_count"], second["nonce"]) == (1, 2, "n")
        await socket.send(8, {"guild_id": guild, "query": "ali", "limit": 5})
        (alice,) = (await socket.event("GUILD_MEMBERS_CHUNK"))["members"]
        assert alice["user"]["username"] == "alice"
        await socket.send(8, {"guild_id": guild, "user_ids": [str(harbour.alice.id), "7"]})
        chunk = await socket.event("GUILD_MEMBERS_CHUNK")
        assert (len(chunk["members"]), chunk["not_found"]) == (1, ["7"])
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, NO_MEMBERS)
        await socket.send(8, {"guild_id": guild, "query": "", "limit": 0, "nonce": "none"})
        await socket.send(8, {"guild_id": guild, "query": "ali", "limit": 5, "nonce": "some"})
        assert (await socket.event("GUILD_MEMBERS_CHUNK"))["nonce"] == "some"


async def test_shards_share_the_guilds(discord: LocalDiscord, harbour: Harbour) -> None:
    other = discord.add_guild("Quay", owner=discord.add_user("quinn"))
    other.install(harbour.app)
    seen = []
    for number in range(2):
        async with Socket(discord) as socket:
            ready = await socket.identify(harbour.app, ALL, shard=[number, 2])
            seen.append({guild["id"] for guild in ready["guilds"]})
    expected = [
        {str(g.id) for g in (harbour.guild, other) if (g.id >> 22) % 2 == number}
        for number in range(2)
    ]
    assert seen == expected


async def test_being_thrown_out(discord: LocalDiscord, harbour: Harbour) -> None:
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        harbour.guild.remove(harbour.app)
        assert await socket.event("GUILD_DELETE") == {"id": str(harbour.guild.id)}
        await harbour.alice.says("alone")
        harbour.guild.install(harbour.app)
        assert "unavailable" not in await socket.event("GUILD_CREATE")
