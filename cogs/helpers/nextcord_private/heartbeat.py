"""The heartbeat of one gateway connection, as a task on the event loop.

Takes the place of Nextcord's ``KeepAliveHandler`` (a thread) as ``DiscordWebSocket._keep_alive``,
and so has the methods that Nextcord calls on it: ``tick``, ``ack``, ``stop``, ``get_payload``,
``latency``. A heartbeat that was not answered before the next is due means a dead connection, which
is closed with a code that keeps the session (Discord, Gateway, Heartbeat Interval).
"""

import asyncio
import logging
from time import monotonic
from typing import Any

from nextcord.gateway import DiscordWebSocket

log = logging.getLogger(__name__)


class Heartbeat:
    """``interval`` is in seconds, as HELLO told it."""

    def __init__(self, ws: DiscordWebSocket, interval: float) -> None:
        self.latency = float("inf")
        self.interval = interval
        self._ws = ws
        self._sent = monotonic()
        self._answered = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Beat from now on; the first beat has just been sent."""
        self._task = asyncio.create_task(self._beat(), name="gateway heartbeat")

    def stop(self) -> None:
        """Beat no more."""
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()

    def tick(self) -> None:
        """Something was received. Only an answer to a heartbeat proves the connection, so this
        changes nothing."""

    def ack(self) -> None:
        """The last heartbeat was answered."""
        self._answered = True
        self.latency = monotonic() - self._sent

    def get_payload(self) -> dict[str, Any]:
        """The heartbeat to send: opcode 1 with the last sequence number."""
        return {"op": self._ws.HEARTBEAT, "d": self._ws.sequence}

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self.interval)
            if not self._answered:
                log.warning("Discord does not answer heartbeats; making a new connection")
                await self._ws.close(4000)
                return
            self._answered = False
            self._sent = monotonic()
            try:
                await self._ws.send_heartbeat(self.get_payload())
            except Exception as error:
                # The reading side meets the same end and makes the new connection.
                log.info("A heartbeat could not be sent: %r", error)
                return
