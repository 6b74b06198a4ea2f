"""A session: what one bot has been told, so that it can take up where it left off."""

import secrets
import time
from collections import deque
from typing import TYPE_CHECKING

from sandbox.faults import Faults
from sandbox.journal import EventEntry, Journal
from sandbox.permissions import can_view, in_guild
from sandbox.world import Application, Channel, Guild

if TYPE_CHECKING:
    from sandbox.gateway.connection import Connection

KEPT_EVENTS = 5_000
"""How many events a session can replay; older ones make it impossible to resume."""


class Session:
    """One session of an application, with or without a connection at the moment."""

    def __init__(
        self,
        application: Application,
        intents: int,
        shard: tuple[int, int],
        journal: Journal,
        faults: Faults,
    ) -> None:
        self.id = secrets.token_hex(16)
        self.application = application
        self.intents = intents
        self.shard = shard
        self.sequence = 0
        self.connection: Connection | None = None
        self.ready = False
        """Whether READY and the first GUILD_CREATE events are out."""
        self._late: bytes | None = None
        """An event that a fault holds back until the next one is out."""
        self._sent: deque[tuple[int, bytes]] = deque(maxlen=KEPT_EVENTS)
        self._journal = journal
        self._faults = faults

    def minds(self, guild: Guild | None) -> bool:
        """Whether a guild's events are this shard's; direct messages are shard 0's."""
        shard, count = self.shard
        return ((guild.id >> 22) % count if guild else 0) == shard

    def sees(self, guild: Guild | None, channel: Channel | None) -> bool:
        """Whether the bot is where something happens and may see it."""
        account = self.application.account
        if guild is None:
            return channel is None or account in channel.recipients
        member = guild.members.get(account.id)
        if member is None:
            return False
        return channel is None or can_view(member, channel)

    def holds(self, guild: Guild | None, permissions: int) -> bool:
        """Whether the bot has permissions in a guild."""
        member = guild.members.get(self.application.account.id) if guild else None
        return member is not None and in_guild(member) & permissions == permissions

    def send(self, name: str, data: bytes) -> None:
        """Send an event, and keep it for a replay."""
        self.sequence += 1
        frame = b'{"t":"%s","s":%d,"op":0,"d":%s}' % (name.encode(), self.sequence, data)
        self._sent.append((self.sequence, frame))
        self._journal.add(
            EventEntry(self.application, self.id, name, self.sequence, data, time.monotonic())
        )
        if self.connection is None:
            self._late = None
            return
        copies = self._faults.copies_of_frame()
        if copies == 1 and self._late is None and self._faults.swaps_frame():
            self._late = frame
            return
        for _ in range(copies):
            self.connection.write(frame)
        if self._late is not None:
            self.connection.write(self._late)
            self._late = None

    def can_replay(self, after: int) -> bool:
        """Whether every event after a sequence number is still kept."""
        return after >= self.sequence or bool(self._sent and self._sent[0][0] <= after + 1)

    def replay(self, after: int, connection: "Connection") -> None:
        """Send again, on a new connection, what the bot has not seen yet."""
        for sequence, frame in self._sent:
            if sequence > after:
                connection.write(frame)
