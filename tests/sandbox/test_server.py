"""Starting and stopping, faults, files and the journal."""

import asyncio
import contextlib
import socket
from io import BytesIO
from typing import Literal

import aiohttp
import pytest

from sandbox import LocalDiscord, NotSeenError, PortInUseError
from tests.sandbox.clients import Rest
from tests.sandbox.conftest import Harbour


async def test_a_port_in_use() -> None:
    async with LocalDiscord() as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(PortInUseError, match=f"port {port} of 127.0.0.1 is used"):
            await LocalDiscord(port=port).start()


@pytest.mark.parametrize("turns", range(6))
async def test_stopping_closes_what_is_just_coming_in(turns: int) -> None:
    discord = LocalDiscord()
    await discord.start()
    host, _, port = discord.url.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        for _ in range(turns):
            await asyncio.sleep(0)
        await discord.stop()
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""


async def test_stopping_closes_what_is_open(discord: LocalDiscord, harbour: Harbour) -> None:
    async with aiohttp.ClientSession() as session:
        open_one = await session.ws_connect(discord.gateway.url)
        await discord.stop()
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(discord.url)
        assert not open_one.closed
        while not open_one.closed:
            await asyncio.wait_for(open_one.receive(), 10)


async def test_files_are_served(discord: LocalDiscord, harbour: Harbour) -> None:
    message = await harbour.alice.says(files=[("naïve name.txt", b"\x00bytes")])
    url = message.json["attachments"][0]["url"]
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert await response.read() == b"\x00bytes"


async def test_files_of_a_form(harbour: Harbour, rest: Rest) -> None:
    form = aiohttp.FormData(quote_fields=False)
    about = '{"content": "look", "attachments": [{"id": 0, "description": "a list"}]}'
    form.add_field("payload_json", about, content_type="application/json")
    form.add_field("files[0]", BytesIO(b"a" * 2_000_000), filename="list.txt")
    path = f"/channels/{harbour.guild.general.id}/messages"
    reply = await rest("POST", path, data=form)
    (attachment,) = reply.body["attachments"]
    assert (attachment["filename"], attachment["size"]) == ("list.txt", 2_000_000)
    assert attachment["description"] == "a list"
    assert harbour.guild.general.messages[-1].files == {"list.txt": b"a" * 2_000_000}


async def test_a_fault_answers_in_place_of_the_api(
    discord: LocalDiscord, harbour: Harbour, rest: Rest
) -> None:
    message = await harbour.alice.says("hello")
    template = "/channels/{channel_id}/messages/{message_id}"
    path = f"/channels/{message.channel_id}/messages/{message.id}"
    limited = {"message": "slow down", "retry_after": 0.1, "global": False}
    discord.faults.rest(method="DELETE", path=template, times=2, status=503)
    discord.faults.rest(
        method="DELETE", path=template, status=429, json=limited, headers={"Retry-After": "1"}
    )
    assert (await rest("GET", "/users/@me")).status == 200
    statuses = [(await rest("DELETE", path)).status for _ in range(3)]
    assert statuses == [503, 503, 429]
    assert not message.deleted
    assert (await rest("DELETE", path)).status == 204
    faults = [entry.fault for entry in discord.journal.requests("DELETE")]
    assert faults == [True, True, True, False]


async def test_a_request_is_held_until_it_is_released(
    discord: LocalDiscord, harbour: Harbour, rest: Rest
) -> None:
    fault = discord.faults.rest(method="DELETE", hold=True)
    message = await harbour.alice.says("hello")
    path = f"/channels/{message.channel_id}/messages/{message.id}"
    deletion = asyncio.create_task(rest("DELETE", path))
    await fault.wait_met()
    assert (await rest("GET", path)).status == 200
    fault.release()
    assert (await deletion).status == 204
    again = discord.faults.rest(method="DELETE", hold=True)
    deletion = asyncio.create_task(rest("DELETE", path))
    await again.wait_met()
    discord.faults.clear()
    assert (await deletion).code == 10008
    assert not discord.journal.requests("DELETE")[0].fault


async def test_what_stands_before_discord_answers(discord: LocalDiscord, harbour: Harbour) -> None:
    discord.faults.rest(status=429, text="error code: 1015", headers={"Retry-After": "60"})
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{discord.api_url}/gateway") as response,
    ):
        assert (response.status, await response.text()) == (429, "error code: 1015")
        assert response.content_type == "text/html"
        assert response.headers["Retry-After"] == "60"
        assert "Via" not in response.headers


@pytest.mark.parametrize(("drop", "written"), [("before", []), ("after", ["hello"])])
async def test_a_request_or_its_answer_is_lost(
    discord: LocalDiscord,
    harbour: Harbour,
    rest: Rest,
    drop: Literal["before", "after"],
    written: list[str],
) -> None:
    discord.faults.rest(method="POST", drop=drop)
    path = f"/channels/{harbour.guild.general.id}/messages"
    with pytest.raises(aiohttp.ClientConnectionError):
        await rest("POST", path, json={"content": "hello"})
    assert [message.content for message in harbour.guild.general.messages] == written
    assert discord.journal.requests("POST")[0].status is None


async def test_a_delay_alone_only_delays(discord: LocalDiscord, rest: Rest) -> None:
    discord.faults.rest(delay=0.05)
    assert (await rest("GET", "/users/@me")).status == 200
    (entry,) = discord.journal.requests()
    assert entry.at - entry.started >= 0.05
    assert not entry.fault


async def test_waiting_for_what_is_past_and_to_come(
    discord: LocalDiscord, harbour: Harbour, rest: Rest
) -> None:
    route = "/channels/{channel_id}/messages"
    path = f"/channels/{harbour.guild.general.id}/messages"
    await rest("POST", path, json={"content": "past"})
    past = await discord.journal.wait_request("POST", route)
    assert past.json == {"content": "past"}
    coming = asyncio.create_task(
        discord.journal.wait_request("POST", route, after=discord.journal.count)
    )
    await rest("POST", path, json={"content": "future"})
    assert (await coming).json == {"content": "future"}
    with pytest.raises(
        NotSeenError, match=r"DELETE.*\n(.*\n)*.*POST /channels/\d+/messages -> 200"
    ):
        await discord.journal.wait_request("DELETE", route, timeout=0.01)


async def test_listening_and_a_limit() -> None:
    async with LocalDiscord(journal_limit=2) as discord:
        heard: list[str] = []
        stop = discord.journal.listen(lambda entry: heard.append(str(entry)))
        app = discord.add_application("Bot")
        async with Rest(discord, app.token) as rest:
            for number in range(4):
                if number == 3:
                    stop()
                await rest("GET", f"/users/{number}")
        assert heard == [f"GET /users/{number} -> 404" for number in range(3)]
        assert [e.path for e in discord.journal.requests()] == ["/users/2", "/users/3"]
        assert [e.path for e in discord.journal.requests(after=3)] == ["/users/3"]


async def test_an_error_in_the_server_itself_is_told(
    discord: LocalDiscord, harbour: Harbour, rest: Rest, caplog: pytest.LogCaptureFixture
) -> None:
    harbour.guild.state.roles.clear()  # a state that cannot be
    reply = await rest("GET", f"/channels/{harbour.guild.general.id}")
    assert reply.status == 500
    assert "failed in the sandbox itself" in caplog.text
    discord.journal.entries.clear()
