"""Two plain clients of a Discord: one for REST, one for the gateway, that hide nothing."""

import asyncio
import json
import zlib
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

import aiohttp

from sandbox import App, LocalDiscord


@dataclass(frozen=True)
class Reply:
    """A REST answer."""

    status: int
    body: Any

    @property
    def code(self) -> int:
        """Discord's error code."""
        return int(self.body["code"])


class Served(Protocol):
    """A Discord that requests can be sent to."""

    @property
    def api_url(self) -> str:
        """Its address."""


class Rest:
    """Requests of one application."""

    def __init__(self, discord: Served, token: str | None) -> None:
        self._base = discord.api_url
        self._headers = {"Authorization": f"Bot {token}"} if token else {}

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(headers=self._headers)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def __call__(self, method: str, path: str, **kwargs: Any) -> Reply:
        async with self._session.request(method, self._base + path, **kwargs) as response:
            raw = await response.read()
            if raw:
                assert response.headers["Content-Type"] == "application/json"
            return Reply(response.status, json.loads(raw) if raw else None)


class Socket:
    """A gateway connection, frame by frame."""

    def __init__(self, discord: LocalDiscord, query: str = "v=10&encoding=json") -> None:
        self._url = f"{discord.gateway.url}/?{query}"
        self._zlib = zlib.decompressobj() if "zlib-stream" in query else None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        self._socket = await self._session.ws_connect(self._url, max_msg_size=0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._socket.close(code=4000)
        await self._session.close()

    async def send(self, op: int, data: Any) -> None:
        """Send one frame."""
        await self._socket.send_str(json.dumps({"op": op, "d": data}))

    async def send_text(self, text: str) -> None:
        """Send text as it stands."""
        await self._socket.send_str(text)

    async def receive(self) -> dict[str, Any]:
        """The next frame; fails if the connection is closed."""
        message = await asyncio.wait_for(self._socket.receive(), 10)
        assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), message
        data = message.data
        if self._zlib is not None:
            assert data.endswith(b"\x00\x00\xff\xff")
            data = self._zlib.decompress(data)
        frame: dict[str, Any] = json.loads(data)
        return frame

    async def event(self, name: str) -> dict[str, Any]:
        """The content of the next event of a name; other frames before it are passed over."""
        while (frame := await self.receive())["t"] != name:
            pass
        content: dict[str, Any] = frame["d"]
        return content

    async def closed(self) -> int | None:
        """Wait until the other side closes, and give the code."""
        while not self._socket.closed:
            await asyncio.wait_for(self._socket.receive(), 10)
        return self._socket.close_code

    async def close(self, code: int) -> None:
        """Close with a code."""
        await self._socket.close(code=code)

    async def identify(self, app: App, intents: int, **more: Any) -> dict[str, Any]:
        """Take HELLO, identify, and give READY."""
        assert (await self.receive())["op"] == 10
        await self.send(2, identity(app, intents, **more))
        return await self.event("READY")


def identity(app: App, intents: int, **more: Any) -> dict[str, Any]:
    """The content of an IDENTIFY frame."""
    properties = {"os": "linux", "browser": "test", "device": "test"}
    return {"token": app.token, "intents": intents, "properties": properties, **more}
