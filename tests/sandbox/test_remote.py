"""The small Discord in a process of its own, driven by lines."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from sandbox import LocalDiscord
from sandbox.remote.client import RemoteDiscord, RemoteError
from sandbox.remote.commands import Commands
from sandbox.remote.load import Load
from sandbox.remote.start import furnish
from tests.sandbox.clients import Rest, Socket
from tests.sandbox.conftest import Harbour
from tests.sandbox.test_gateway import ALL

ROOT = Path(__file__).parents[2]


async def test_people_act_and_a_bot_answers() -> None:
    async with RemoteDiscord("--channels", "4", "--roles", "2", "--rate-limits") as remote:
        ids = remote.introduction["ids"]
        said = await remote.call("alice.says", "$$5 for nothing", channel="$log", name="m")
        assert (said["content"], said["channel_id"]) == ("$5 for nothing", ids["log"])
        waiting = asyncio.create_task(remote.call("m.wait_deleted"))
        async with Rest(remote, remote.token) as rest:
            path = f"/channels/{ids['log']}/messages/{said['id']}"
            assert (await rest("DELETE", path)).status == 204
            assert len((await rest("GET", f"/guilds/{ids['guild']}/channels")).body) == 4
            assert len((await rest("GET", f"/guilds/{ids['guild']}/roles")).body) == 4
        await asyncio.wait_for(waiting, 10)
        assert await remote.get("m.deleted") is True
        (request,) = await remote.call("discord.journal.requests", "DELETE")
        assert (request["status"], request["params"]["message_id"]) == (204, str(said["id"]))
        await remote.call(
            "guild.add_role", "Low", permissions={"permissions": ["KICK_MEMBERS"]}, name="low"
        )
        await remote.call("bob.give", "$low")
        allowed = {"overwrite": {"whom": "$alice", "deny": ["SEND_MESSAGES"]}}
        await remote.call("guild.add_channel", "quiet", overwrites=[allowed], name="quiet")
        with pytest.raises(RemoteError, match="NotAllowedError: alice may not write in #quiet"):
            await remote.call("alice.says", "x", channel="$quiet")
        await remote.call("ada.times_out", "$alice", {"seconds": 60})
        assert (await remote.get("alice"))["timed_out"] is True
        await remote.call("guild.add_channel", "help", kind={"kind": "GUILD_FORUM"}, name="help")
        post = await remote.call("bob.posts", "A title", "A text", channel="$help")
        assert post["name"] == "A title"
        await remote.set("discord.limits.on", False)
        assert await remote.get("discord.limits.on") is False


async def test_load_is_measured() -> None:
    async with RemoteDiscord() as remote:
        contents = ["clean", "bad", "clean", "bad"]
        played = await remote.call("load.play", ["$alice", "$bob"], ["$general"], contents)
        assert played["written"] == 4
        first, bad, third, worse = [m["id"] for m in await remote.get("general.messages")]
        gone = asyncio.create_task(remote.call("load.wait_gone", [1, 3]))
        general = remote.introduction["ids"]["general"]
        async with Rest(remote, remote.token) as rest:
            base = f"/channels/{general}/messages"
            await rest("POST", f"{base}/bulk-delete", json={"messages": [str(bad), str(worse)]})
        await asyncio.wait_for(gone, 10)
        assert await remote.get("load.gone") == [bad, worse]
        assert await remote.get("load.standing") == [first, third]
        # Nobody was connected, so no frame went out that a time could be taken from.
        assert await remote.get("load.latencies") == []
        await remote.call("load.forget")
        assert await remote.get("load.standing") == []
        await remote.call("load.play", ["$bob"], ["$log"], ["x"] * 3, per_second=1000)
        assert len(await remote.get("log.messages")) == 3


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ('{"id": 1, "call": "nobody.says"}', "KeyError: 'nobody'"),
        ('{"id": 1, "get": "discord._front"}', "AttributeError: _front is private"),
        ('{"id": 1, "get": "guild.nothing"}', "AttributeError"),
        ('{"id": 1, "set": "guild.nothing", "value": 1}', "AttributeError"),
        ('{"id": 1, "call": "alice.says", "args": [1, 2, 3]}', "TypeError"),
        ('{"id": 1}', "ValueError: a command has one of call, get and set"),
        ("[]", "TypeError: a command is a JSON object"),
        ("{", "JSONDecodeError"),
    ],
)
async def test_a_command_that_fails_is_answered(line: str, error: str) -> None:
    told: list[bytes] = []
    async with LocalDiscord() as discord:
        commands = Commands(furnish(discord, 1, 2, 0), told.append)
        await commands._answer(line.encode())
    assert json.loads(told[0])["error"].startswith(error)


async def test_it_ends_with_its_input_and_by_a_signal() -> None:
    async with RemoteDiscord() as remote:
        waiting = asyncio.create_task(remote.call("m.wait_deleted"))
        with pytest.raises(RemoteError, match="KeyError"):
            await waiting
        never = asyncio.create_task(remote.call("general.wait_message", "$nothing"))
        with pytest.raises(RemoteError):
            await never
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    await asyncio.wait_for(process.stdout.readline(), 20)
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_a_port_in_use() -> None:
    async with LocalDiscord() as discord:
        port = discord.url.rpartition(":")[2]
        with pytest.raises(RemoteError, match="status 1"):
            async with RemoteDiscord("--port", port):
                pytest.fail("it started")


async def test_the_time_from_frame_to_deletion(
    discord: LocalDiscord, harbour: Harbour, rest: Rest
) -> None:
    load = Load(discord.journal)
    general = harbour.guild.general
    base = f"/channels/{general.id}/messages"
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        await load.play([harbour.alice], [general], [str(number) for number in range(4)])
        ids = [message.id for message in general.messages]
        await rest("DELETE", f"{base}/{ids[0]}")
        await rest("DELETE", f"{base}/{ids[0]}")
        await rest("POST", f"{base}/bulk-delete", json={"messages": list(map(str, ids[1:3]))})
    assert load.gone == ids[:3]
    # One each, the first request for a message, and none from before its frame.
    assert len(load.latencies) == 3
    assert min(load.latencies) >= 0
