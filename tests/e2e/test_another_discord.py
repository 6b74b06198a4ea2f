"""The bot against a server that is not ``sandbox/``: bare, sloppy, and written for this test alone.

It sends text frames without compression and without the key ``s`` on control frames, says
``application/json; charset=utf-8``, knows GET /gateway/bot but not GET /gateway, does not name the
application in READY, and leaves out whatever a payload can do without.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from data.store import Store
from moderation.records import OPERATOR
from moderation.words import parse_entry

ROOT = Path(__file__).resolve().parents[2]
ME, GUILD, CHANNEL, PERSON = 4000, 5000, 6000, 7000
TOKEN = "another.token.here"


class AnotherDiscord:
    """The least that a bot needs."""

    def __init__(self) -> None:
        self.requests: asyncio.Queue[tuple[str, str, Any]] = asyncio.Queue()
        self.identified = asyncio.Event()
        self.intents = 0
        self._socket: web.WebSocketResponse | None = None
        self._sequence = 0
        self.url = ""

    async def start(self) -> web.AppRunner:
        """Listen on a free port of loopback."""
        app = web.Application()
        app.router.add_get("/", self._gateway)
        app.router.add_route("*", "/api/v10/{rest:.*}", self._rest)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        self.url = f"{host}:{port}"
        return runner

    async def send(self, name: str, data: dict[str, Any]) -> None:
        """Send one event."""
        assert self._socket is not None
        self._sequence += 1
        frame = {"op": 0, "t": name, "s": self._sequence, "d": data}
        await self._socket.send_str(json.dumps(frame))

    async def request(self, method: str) -> tuple[str, Any]:
        """The next request of a method: its path and its body."""
        async with asyncio.timeout(30):
            while True:
                used, path, body = await self.requests.get()
                if used == method:
                    return path, body

    async def _rest(self, request: web.Request) -> web.Response:
        path = request.match_info["rest"]
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)
        body = await request.json() if request.can_read_body else None
        await self.requests.put((request.method, path, body))
        if path == "users/@me":
            return web.json_response(
                {"id": str(ME), "username": "bot", "discriminator": "0", "avatar": None}
            )
        if path == "gateway/bot":
            return web.json_response({"url": f"ws://{self.url}", "shards": 1})
        if request.method == "DELETE":
            return web.Response(status=204)
        if request.method == "PATCH":
            return web.json_response({"user": {"id": str(PERSON)}})
        return web.json_response({"message": "404: Not Found", "code": 0}, status=404)

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = self._socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"op": 10, "d": {"heartbeat_interval": 45000}}))
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            frame = json.loads(message.data)
            if frame["op"] == 1:
                await socket.send_str(json.dumps({"op": 11}))
            elif frame["op"] == 2:
                self.intents = frame["d"]["intents"]
                await self._begin()
        return socket

    async def _begin(self) -> None:
        user = {"id": str(ME), "username": "bot", "discriminator": "0", "avatar": None}
        await self.send(
            "READY",
            {
                "v": 10,
                "user": user,
                "guilds": [{"id": str(GUILD), "unavailable": True}],
                "session_id": "a session",
            },
        )
        await self.send("GUILD_CREATE", {"id": str(GUILD), "name": "Elsewhere"})
        self.identified.set()


@pytest.fixture
async def other() -> AsyncIterator[AnotherDiscord]:
    """The other server, listening."""
    other = AnotherDiscord()
    runner = await other.start()
    yield other
    await runner.cleanup()


@pytest.fixture
async def running(other: AnotherDiscord, tmp_path: Path) -> AsyncIterator[AnotherDiscord]:
    """The same with ``bot.py`` connected to it, “idiot” on its list."""
    database = tmp_path / "palisade.sqlite3"
    store = await Store.open(database)
    await store.add_words(GUILD, [parse_entry("idiot")], by=OPERATOR)
    await store.close()
    settings = {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": f"http://{other.url}/api/v10",
        "DATABASE_PATH": str(database),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "bot.py"), cwd=tmp_path, env={**os.environ, **settings}
    )
    try:
        async with asyncio.timeout(30):
            await other.identified.wait()
        yield other
    finally:
        process.terminate()
        async with asyncio.timeout(10):
            assert await process.wait() == 0


def message(number: int, content: str) -> dict[str, Any]:
    """A message with next to nothing in it."""
    return {
        "id": str(number),
        "channel_id": str(CHANNEL),
        "guild_id": str(GUILD),
        "content": content,
        "author": {"id": str(PERSON), "username": "alice"},
    }


async def test_messages_edits_and_names(running: AnotherDiscord) -> None:
    await running.send("MESSAGE_CREATE", message(1, "hello"))
    await running.send("MESSAGE_CREATE", message(2, "you idiot"))
    assert (await running.request("DELETE"))[0] == f"channels/{CHANNEL}/messages/2"
    await running.send("MESSAGE_UPDATE", message(1, "you idiot"))
    assert (await running.request("DELETE"))[0] == f"channels/{CHANNEL}/messages/1"
    member = {"user": {"id": str(PERSON), "username": "alice"}, "nick": "idiot", "roles": []}
    await running.send("GUILD_MEMBER_UPDATE", {"guild_id": str(GUILD), **member})
    path, body = await running.request("PATCH")
    assert path == f"guilds/{GUILD}/members/{PERSON}"
    assert body == {"nick": None}


async def test_it_registers_its_commands(running: AnotherDiscord) -> None:
    path, body = await running.request("PUT")
    assert path == f"applications/{ME}/commands"
    assert {command["name"] for command in body} >= {"words", "allowed", "status"}


async def test_it_asks_for_just_the_intents_it_needs(running: AnotherDiscord) -> None:
    guilds, members, moderation = 1 << 0, 1 << 1, 1 << 2
    guild_messages, message_content = 1 << 9, 1 << 15
    assert running.intents == guilds | members | moderation | guild_messages | message_content
