"""The gateway connection, made to survive what it may be sent.

Touches, each because Nextcord 3.2.0 offers no public way:

- ``DiscordWebSocket.received_message`` is replaced: it raises on a frame without the key ``s``, and
  an exception in any parser ends the whole bot. Here a bad dispatch is dropped and logged, and a
  broken envelope or READY asks for a new connection.
- ``DiscordWebSocket._keep_alive`` is ours (``heartbeat.py``): Nextcord's thread asks whether
  anything was received, not whether its heartbeats are answered, as Discord demands.
- ``_buffer``, ``_zlib``, ``_discord_parsers``: what that method works with.
"""

import json
import logging
import re
import zlib
from collections.abc import Callable
from typing import Any, cast

from nextcord.gateway import DiscordWebSocket, ReconnectWebSocket
from nextcord.utils import from_json

from cogs.helpers.nextcord_private.heartbeat import Heartbeat
from cogs.helpers.nextcord_private.payloads import REPLACED, Handlers

log = logging.getLogger(__name__)

ZLIB_FLUSH = b"\x00\x00\xff\xff"
"""The end of each complete message of a zlib-stream (Discord, Gateway, Transport Compression)."""

SESSION_KEPT = 4000
"""We close with this code when we mean to resume: 1000 and 1001 would end the session."""


SEQUENCE = re.compile(r'(?<!\\)"s"\s*:\s*(\d{1,15})')
"""The sequence number in the text of a frame; inside a text its quotes would be escaped."""


class BrokenConnection(Exception):
    """What came over the connection makes no sense; a new one is needed. ``resume`` says whether
    the session can go on."""

    def __init__(self, what: str, *, resume: bool) -> None:
        self.resume = resume
        super().__init__(what)


class Gateway(DiscordWebSocket):
    """One websocket connection. ``handlers`` is set by the client before the first frame."""

    handlers: Handlers = Handlers()
    established: bool = False
    """Whether READY or RESUMED has come: the session goes on over this connection."""

    async def received_message(self, msg: str | bytes, /) -> None:
        """Take one websocket message. Raises ReconnectWebSocket or BrokenConnection when the
        connection is at its end, and nothing else whatever Discord sent."""
        text = self._inflate(msg)
        if text is None:
            return
        frame = self._open(text)
        if self._keep_alive:
            self._keep_alive.tick()
        if frame["op"] != self.DISPATCH:
            await self._control(frame["op"], frame.get("d"))
            return
        sequence = frame.get("s")
        if type(sequence) is int and sequence >= 0:
            self.sequence = sequence
        self._take(frame.get("t"), frame.get("d"))

    def _inflate(self, msg: str | bytes) -> str | None:
        """The text of a complete message; None while more of it is to come."""
        if isinstance(msg, str):
            return msg
        self._buffer.extend(msg)
        if self._buffer[-4:] != ZLIB_FLUSH:
            return None
        data, self._buffer = bytes(self._buffer), bytearray()
        try:
            # A byte that is no UTF-8 spoils one character and not the connection.
            return self._zlib.decompress(data).decode("utf-8", "replace")
        except zlib.error as error:
            what = f"compressed data that does not unpack: {error}"
            raise BrokenConnection(what, resume=True) from error

    def _open(self, text: str) -> dict[str, Any]:
        try:
            frame = _load(text)
        except ValueError as error:
            if (found := SEQUENCE.search(text)) is not None:
                # Resuming from before this frame would only have it sent again.
                self.sequence = max(self.sequence or 0, int(found[1]))
            raise BrokenConnection(f"a frame that is not JSON: {error}", resume=True) from error
        if not isinstance(frame, dict) or type(frame.get("op")) is not int:
            raise BrokenConnection("a frame without an opcode", resume=True)
        return cast(dict[str, Any], frame)

    async def _control(self, op: int, data: object) -> None:
        if op == self.HEARTBEAT_ACK:
            if self._keep_alive:
                self._keep_alive.ack()
        elif op == self.HEARTBEAT:
            if self._keep_alive:
                await self.send_heartbeat(self._keep_alive.get_payload())
        elif op == self.RECONNECT:
            log.info("Discord asks for a new connection")
            await self.close(SESSION_KEPT)
            raise ReconnectWebSocket(self.shard_id)
        elif op == self.INVALIDATE_SESSION:
            resumable = data is True
            log.info("Discord ended the session%s", "; it can be resumed" if resumable else "")
            await self.close(SESSION_KEPT)
            raise ReconnectWebSocket(self.shard_id, resume=resumable)
        elif op == self.HELLO:
            await self._hello(data)
        else:
            log.warning("Dropped a frame with the unknown opcode %d", op)

    async def _hello(self, data: object) -> None:
        interval = data.get("heartbeat_interval") if isinstance(data, dict) else None
        if not isinstance(interval, int | float) or isinstance(interval, bool) or interval <= 0:
            raise BrokenConnection("a HELLO without its heartbeat interval", resume=True)
        if self._keep_alive:
            self._keep_alive.stop()
        heartbeat = Heartbeat(self, interval / 1000)
        # Nextcord names its thread class here; ours has the methods that Nextcord calls.
        self._keep_alive = heartbeat  # type: ignore[assignment]  # see above
        await self.send_heartbeat(heartbeat.get_payload())
        heartbeat.start()

    def _take(self, event: object, data: Any) -> None:
        """Hand one dispatch to our handlers and to Nextcord."""
        if not isinstance(event, str):
            log.warning("Dropped a dispatch without an event name")
            return
        if event == "READY":
            self._ready(data)
        elif event == "RESUMED":
            self.established = True
        parser = None if event in REPLACED else self._discord_parsers.get(event)
        if parser is not None:
            self._parse(event, parser, data)
        for handler in self.handlers.of(event):
            try:
                handler(data)
            except Exception:
                # The payload itself is not logged: it may hold what people wrote.
                log.exception("Dropped a %s that makes no sense", event)

    def _parse(self, event: str, parser: Callable[[Any], None], data: Any) -> None:
        """Let Nextcord take the event in. What it cannot read our handlers may still understand;
        only READY, with which a session begins, must be sound as a whole."""
        try:
            parser(data)
        except Exception as error:
            if event == "READY":
                what = f"a READY that makes no sense: {error!r}"
                raise BrokenConnection(what, resume=False) from error
            log.exception("Nextcord cannot read a %s", event)
            return
        if event == "READY":
            self.established = True

    def _ready(self, data: Any) -> None:
        if not isinstance(data, dict) or not isinstance(data.get("session_id"), str):
            raise BrokenConnection("a READY without a session", resume=False)
        self.session_id = data["session_id"]
        resume_url = data.get("resume_gateway_url")
        self.resume_url = resume_url if isinstance(resume_url, str) else None
        data["__shard_id__"] = self.shard_id
        log.info("Connected to Discord's gateway")


def _load(text: str) -> Any:
    """JSON, read by orjson where that can: the standard library also takes half a surrogate pair,
    which somebody may have written into a message."""
    try:
        return from_json(text)
    except ValueError:
        return json.loads(text)
