"""One websocket of a bot: HELLO, heartbeats, IDENTIFY or RESUME, and then whatever is sent.

Reference, "Gateway Lifecycle", "Gateway Opcodes" and "Gateway Close Event Codes".
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from sandbox.gateway import compression
from sandbox.gateway.intents import allowed, known
from sandbox.gateway.opcodes import Close, Op
from sandbox.gateway.session import Session
from sandbox.wire import Json, dumps, loads

if TYPE_CHECKING:
    from sandbox.gateway.hub import Gateway

MAX_PAYLOAD = 4096
"""Bytes that a bot may send in one frame."""
SENDS_PER_MINUTE = 120


class RefusedError(Exception):
    """The connection is to be closed with a code."""

    def __init__(self, close: Close) -> None:
        self.close = close
        super().__init__(close.name)


class Connection:
    """A bot's websocket, from HELLO to its close."""

    def __init__(self, gateway: "Gateway", query: Mapping[str, str]) -> None:
        self.gateway = gateway
        self.session: Session | None = None
        self.frozen = False
        """Whether heartbeats go unanswered."""
        self._query = query
        self._socket = web.WebSocketResponse(compress=False, max_msg_size=0, timeout=1.0)
        zlib = query.get("compress") == "zlib-stream"
        self._encode = compression.zlib_stream() if zlib else compression.plain
        self._outgoing: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self._received: deque[float] = deque(maxlen=SENDS_PER_MINUTE)
        self._alive: asyncio.TimerHandle | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._transport: asyncio.Transport | None = None

    def write(self, frame: bytes) -> None:
        """Queue a frame's JSON, whatever it is."""
        self._outgoing.append(frame)
        self._wake.set()

    def write_op(self, op: Op, data: object) -> None:
        """Queue a frame that is no event."""
        self.write(dumps({"t": None, "s": None, "op": int(op), "d": data}))

    async def close(self, code: int, reason: str = "") -> None:
        """Send what is queued, then close with a code."""
        await self._flush()
        if self.session is not None:
            self.gateway.detach(self.session, self, None)
        await self._socket.close(code=code, message=reason.encode())

    def cut(self) -> None:
        """Break the connection without a word, as a network does."""
        if self._transport is not None:
            self._transport.abort()

    async def serve(self, request: web.BaseRequest) -> web.WebSocketResponse:
        """Speak with a bot until either side ends it."""
        await self._socket.prepare(request)
        self._transport = request.transport
        self.gateway.connections.add(self)
        writer = asyncio.create_task(self._writer())
        self._expect_heartbeat()
        try:
            if self._query.get("v", "10") != "10":
                raise RefusedError(Close.INVALID_VERSION)
            interval = self.gateway.heartbeat_interval_ms
            self.write_op(Op.HELLO, {"heartbeat_interval": interval, "_trace": ["sandbox"]})
            async for message in self._socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._receive(message.data)
        except RefusedError as refused:
            await self.close(refused.close.value, refused.close.reason)
        except ConnectionError:
            pass  # the bot went away in the middle of a frame; there is nobody to tell
        finally:
            if self._alive:
                self._alive.cancel()
            writer.cancel()
            self.gateway.connections.discard(self)
            if self.session is not None:
                self.gateway.detach(self.session, self, self._socket.close_code)
        return self._socket

    async def _writer(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._flush()
            except ConnectionError:
                return

    async def _flush(self) -> None:
        while self._outgoing and not self._socket.closed:
            data, kind = self._encode(self._outgoing.popleft())
            await self._socket.send_frame(data, kind)

    def _expect_heartbeat(self) -> None:
        """Close, as Discord does, when the bot's heart stops for one and a half intervals."""
        if self._alive:
            self._alive.cancel()
        seconds = self.gateway.heartbeat_interval_ms / 1000 * 1.5
        self._alive = asyncio.get_running_loop().call_later(seconds, self._heart_stopped)

    def _heart_stopped(self) -> None:
        close = Close.SESSION_TIMED_OUT
        task = asyncio.create_task(self.close(close.value, close.reason))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _receive(self, raw: str | bytes) -> None:
        self._count()
        if (
            len(raw) > MAX_PAYLOAD
            or len(raw.encode() if isinstance(raw, str) else raw) > MAX_PAYLOAD
        ):
            raise RefusedError(Close.DECODE_ERROR)
        try:
            frame = loads(raw)
        except ValueError:
            raise RefusedError(Close.DECODE_ERROR) from None
        if not isinstance(frame, dict):
            raise RefusedError(Close.DECODE_ERROR)
        op, data = frame.get("op"), frame.get("d")
        if op == Op.HEARTBEAT:
            self._expect_heartbeat()
            if not self.frozen:
                self.write_op(Op.HEARTBEAT_ACK, None)
        elif op == Op.IDENTIFY:
            self._identify(data)
        elif op == Op.RESUME:
            self._resume(data)
        elif op not in (Op.PRESENCE_UPDATE, Op.VOICE_STATE_UPDATE, Op.REQUEST_GUILD_MEMBERS):
            raise RefusedError(Close.UNKNOWN_OPCODE)
        elif self.session is None:
            raise RefusedError(Close.NOT_AUTHENTICATED)
        elif op == Op.REQUEST_GUILD_MEMBERS:
            if not isinstance(data, dict):
                raise RefusedError(Close.DECODE_ERROR)
            self.gateway.send_members(self.session, data)

    def _count(self) -> None:
        now = asyncio.get_running_loop().time()
        if len(self._received) == SENDS_PER_MINUTE and now - self._received[0] < 60:
            raise RefusedError(Close.RATE_LIMITED)
        self._received.append(now)

    def _identify(self, data: Any) -> None:
        if self.session is not None:
            raise RefusedError(Close.ALREADY_AUTHENTICATED)
        if not isinstance(data, dict) or not isinstance(data.get("properties"), dict):
            raise RefusedError(Close.DECODE_ERROR)
        application = self.gateway.world.tokens.get(_bare(data.get("token")))
        if application is None:
            raise RefusedError(Close.AUTHENTICATION_FAILED)
        shard = _shard(data)
        if not known(data.get("intents")):
            raise RefusedError(Close.INVALID_INTENTS)
        if not allowed(data["intents"], application):
            raise RefusedError(Close.DISALLOWED_INTENTS)
        self.gateway.begin(self, application, data["intents"], shard)

    def _resume(self, data: Any) -> None:
        if self.session is not None:
            raise RefusedError(Close.ALREADY_AUTHENTICATED)
        if not isinstance(data, dict) or not isinstance(data.get("seq"), int):
            raise RefusedError(Close.DECODE_ERROR)
        application = self.gateway.world.tokens.get(_bare(data.get("token")))
        if application is None:
            raise RefusedError(Close.AUTHENTICATION_FAILED)
        session = self.gateway.sessions.get(str(data.get("session_id")))
        if session is None or session.application is not application:
            self.write_op(Op.INVALID_SESSION, False)
        elif data["seq"] > session.sequence:
            raise RefusedError(Close.INVALID_SEQUENCE)
        else:
            self.gateway.resume(self, session, data["seq"])


def _bare(token: object) -> str:
    return str(token).removeprefix("Bot ")


def _shard(data: Json) -> tuple[int, int]:
    shard = data.get("shard", [0, 1])
    if (
        not isinstance(shard, list)
        or len(shard) != 2
        or not all(isinstance(part, int) for part in shard)
        or not 0 <= shard[0] < shard[1]
    ):
        raise RefusedError(Close.INVALID_SHARD)
    return shard[0], shard[1]
