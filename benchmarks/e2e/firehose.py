"""A server that sends prepared gateway frames as fast as the bot takes them, and answers REST with
as little as a bot needs. It runs in the benchmark's own process; the bots run in others."""

import asyncio
import json
import time
import zlib
from collections.abc import Sequence
from typing import Any

from aiohttp import WSMsgType, web

TOKEN = "NDAwMA.bench.mark"  # noqa: S105  # of this server alone
ME, GUILD, CHANNEL = 4000, 5000, 6000
APART = 10_000
"""How far the ids of two servers are apart."""
FLUSH = b"\x00\x00\xff\xff"


def message(number: int, content: str) -> dict[str, Any]:
    """A MESSAGE_CREATE of the size that Discord sends, about 900 bytes of JSON."""
    author = {
        "id": str(70_000 + number % 500),
        "username": f"person{number % 500}",
        "global_name": f"Person {number % 500}",
        "discriminator": "0",
        "avatar": "a_1269e74af4df7417b13759eae50c83dc",
        "avatar_decoration_data": None,
        "public_flags": 0,
        "clan": None,
        "primary_guild": None,
    }
    member = {
        "roles": ["5001", "5002", "5003"],
        "premium_since": None,
        "pending": False,
        "nick": None,
        "mute": False,
        "joined_at": "2024-03-01T12:00:00.000000+00:00",
        "flags": 0,
        "deaf": False,
        "communication_disabled_until": None,
        "banner": None,
        "avatar": None,
    }
    return {
        "id": str(1_500_000_000_000_000_000 + number),
        "type": 0,
        "tts": False,
        "timestamp": "2026-01-01T12:00:00.000000+00:00",
        "pinned": False,
        "nonce": str(number),
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "member": member,
        "flags": 0,
        "embeds": [],
        "edited_timestamp": None,
        "content": content,
        "components": [],
        "channel_type": 0,
        "channel_id": str(CHANNEL),
        "author": author,
        "attachments": [],
        "guild_id": str(GUILD),
    }


class Firehose:
    """One bot at a time connects; ``deleted`` tells when and which message it deletes."""

    def __init__(self, guilds: int = 1) -> None:
        self.ready = asyncio.Event()
        self.ready_at = 0.0
        """When READY was sent, in monotonic seconds."""
        self.url = ""
        self.deleted: dict[int, float] = {}
        self._waiting: dict[int, asyncio.Future[float]] = {}
        self._socket: web.WebSocketResponse | None = None
        self._deflate = zlib.compressobj()
        self._sequence = 0
        # Made before anything is measured: a thousand take a while.
        self._guilds = [dumps(guild(number)) for number in range(guilds)]

    async def start(self) -> web.AppRunner:
        """Listen on a free port of loopback."""
        app = web.Application()
        app.router.add_get("/", self._gateway)
        app.router.add_delete("/api/v10/channels/{channel}/messages/{message}", self._delete)
        app.router.add_route("*", "/api/v10/{rest:.*}", self._rest)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        self.url = f"{host}:{port}"
        return runner

    async def send(self, messages: Sequence[dict[str, Any]]) -> None:
        """Send messages, each as one frame, without pausing."""
        for data in messages:
            await self._send("MESSAGE_CREATE", data)

    async def wait_deleted(self, number: int) -> float:
        """When the message was deleted, in monotonic seconds."""
        message_id = 1_500_000_000_000_000_000 + number
        if message_id not in self.deleted:
            future = self._waiting.setdefault(
                message_id, asyncio.get_running_loop().create_future()
            )
            await asyncio.wait_for(future, 120)
        return self.deleted[message_id]

    async def _send(self, name: str, data: dict[str, Any]) -> None:
        await self._send_made(name, dumps(data))

    async def _send_made(self, name: str, data: bytes) -> None:
        self._sequence += 1
        await self._write(
            b'{"op":0,"t":"%b","s":%d,"d":%b}' % (name.encode(), self._sequence, data)
        )

    async def _write(self, frame: bytes) -> None:
        assert self._socket is not None
        packed = self._deflate.compress(frame) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        assert packed.endswith(FLUSH)
        await self._socket.send_bytes(packed)

    async def _delete(self, request: web.Request) -> web.Response:
        message_id = int(request.match_info["message"])
        self.deleted[message_id] = time.monotonic()
        if future := self._waiting.pop(message_id, None):
            future.set_result(0.0)
        return web.Response(status=204)

    async def _rest(self, request: web.Request) -> web.Response:
        path = request.match_info["rest"].rstrip("/")
        starts = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        me = {"id": str(ME), "username": "bot", "discriminator": "0", "avatar": None}
        application = {
            "id": str(ME),
            "name": "bot",
            "description": "",
            "icon": None,
            "bot_public": False,
            "bot_require_code_grant": False,
            "verify_key": "",
            "flags": 0,
            "owner": {"id": "1", "username": "ada", "discriminator": "0", "avatar": None},
        }
        answers: dict[str, Any] = {
            "users/@me": me,
            "oauth2/applications/@me": application,
            "gateway": {"url": f"ws://{self.url}"},
            "gateway/bot": {
                "url": f"ws://{self.url}",
                "shards": 1,
                "session_start_limit": starts,
            },
        }
        # Nextcord reads nothing but exactly this content type as JSON.
        body = json.dumps(answers.get(path, [])).encode()
        return web.Response(body=body, headers={"Content-Type": "application/json"})

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = self._socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        self._deflate, self._sequence = zlib.compressobj(), 0
        hello = {"op": 10, "d": {"heartbeat_interval": 45000}, "s": None, "t": None}
        await self._write(dumps(hello))
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            data = json.loads(frame.data)
            if data["op"] == 1:
                await self._write(dumps({"op": 11, "d": None, "s": None, "t": None}))
            elif data["op"] == 2:
                await self._begin()
        return socket

    async def _begin(self) -> None:
        user = {"id": str(ME), "username": "bot", "discriminator": "0", "avatar": None}
        ready = {
            "v": 10,
            "user": user,
            "guilds": [
                {"id": str(guild_id(number)), "unavailable": True}
                for number in range(len(self._guilds))
            ],
            "session_id": "bench",
            "shard": [0, 1],
            "resume_gateway_url": f"ws://{self.url}",
            "application": {"id": str(ME), "flags": 0},
        }
        self.ready_at = time.monotonic()
        await self._send("READY", ready)
        for made in self._guilds:
            await self._send_made("GUILD_CREATE", made)
        self.ready.set()


def dumps(data: object) -> bytes:
    """Compact JSON."""
    return json.dumps(data, separators=(",", ":")).encode()


def guild_id(number: int) -> int:
    """The id of a server, counted from 0."""
    return GUILD + number * APART


def guild(number: int = 0) -> dict[str, Any]:
    """A server with a hundred channels and fifty roles; the first one's ids begin at GUILD and
    CHANNEL."""
    me, first = guild_id(number), CHANNEL + number * APART
    roles = [_role(me, "@everyone", 0), *(_role(me + n, f"role {n}", n) for n in range(1, 51))]
    channels = [_channel(first + n, f"channel-{n}", n) for n in range(100)]
    return {
        "id": str(me),
        "name": "Bench",
        "unavailable": False,
        "owner_id": "1",
        "roles": roles,
        "channels": channels,
        "members": [],
        "emojis": [],
        "stickers": [],
        "threads": [],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "features": [],
        "member_count": 500,
        "large": True,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "premium_tier": 0,
        "nsfw_level": 0,
        "preferred_locale": "en-US",
        "afk_timeout": 300,
        "system_channel_flags": 0,
        "premium_progress_bar_enabled": False,
        "joined_at": "2024-01-01T00:00:00.000000+00:00",
    }


def _role(role_id: int, name: str, position: int) -> dict[str, Any]:
    return {
        "id": str(role_id),
        "name": name,
        "position": position,
        "permissions": "1071698660929",
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def _channel(channel_id: int, name: str, position: int) -> dict[str, Any]:
    return {
        "id": str(channel_id),
        "type": 0,
        "name": name,
        "position": position,
        "permission_overwrites": [],
        "parent_id": None,
        "topic": None,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "last_message_id": None,
        "flags": 0,
    }
