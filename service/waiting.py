"""Events that wait for the lists of their guild: in order, and not more than the memory can bear.

When too many wait, the newest stay. A message that gives way is left to be read again (its cursor
stays before it), names to the next look at all members; the log says how many, once a minute.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable
from time import monotonic

from moderation.events import Event, MessageSeen
from moderation.ruleset import Ruleset
from service.positions import Positions
from service.rules import Rules

log = logging.getLogger(__name__)

MAX_WAITING = 10_000
"""Events of all guilds together; of some kilobytes each at most."""

SAID_EVERY_SECONDS = 60.0

AT_A_TIME = 100
"""So many are judged before others get their turn."""


class Waiting:
    """``decide`` is called with each event and its ruleset when that is there; ``left`` with each
    guild some of whose events gave way, once the others were judged."""

    def __init__(
        self,
        rules: Rules,
        positions: Positions,
        decide: Callable[[Event, Ruleset], None],
        left: Callable[[int], None],
        *,
        limit: int = MAX_WAITING,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._rules = rules
        self._positions = positions
        self._decide = decide
        self._left = left
        self._limit = limit
        self._clock = clock
        self._events: dict[int, deque[Event]] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._count = 0
        self._given_way: Counter[int] = Counter()
        self._unsaid = 0
        self._said_at: float | None = None

    def add(self, guild_id: int, event: Event) -> None:
        """Let the event wait."""
        if self._count >= self._limit:
            self._make_room(guild_id)
        if isinstance(event, MessageSeen):
            self._positions.hold(guild_id, event.channel_id, event.message_id)
        self._events.setdefault(guild_id, deque()).append(event)
        self._count += 1
        if guild_id not in self._tasks:
            task = asyncio.create_task(self._serve(guild_id), name=f"waiting in {guild_id}")
            self._tasks[guild_id] = task

    async def drain(self, timeout: float) -> None:
        """Wait up to ``timeout`` seconds for what is waiting, then give up on the rest: the cursors
        stay before it."""
        tasks = list(self._tasks.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=timeout)
        if late:
            log.error(
                "Still waiting for lists at the end: %d events. Messages among them are read again "
                "after the next start",
                self._count,
            )
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _serve(self, guild_id: int) -> None:
        events = self._events[guild_id]
        try:
            while events:
                ruleset = await self._rules.get(guild_id)
                for _ in range(min(AT_A_TIME, len(events))):
                    self._judge(guild_id, events, ruleset)
                await asyncio.sleep(0)
        finally:
            del self._events[guild_id], self._tasks[guild_id]
        if self._given_way.pop(guild_id, 0):
            self._left(guild_id)

    def _judge(self, guild_id: int, events: deque[Event], ruleset: Ruleset) -> None:
        event = events.popleft()
        self._count -= 1
        try:
            self._decide(event, ruleset)
        finally:
            if isinstance(event, MessageSeen):
                self._positions.release(event.channel_id, event.message_id)

    def _make_room(self, guild_id: int) -> None:
        """The oldest event gives way: of the same guild, or where that has none, of the one with
        the most."""
        if not self._events.get(guild_id):
            guild_id = max(self._events, key=lambda one: len(self._events[one]))
        event = self._events[guild_id].popleft()
        self._count -= 1
        self._given_way[guild_id] += 1
        if isinstance(event, MessageSeen):
            self._positions.leave(guild_id, event.channel_id, event.message_id)
            self._positions.release(event.channel_id, event.message_id)
        self._unsaid += 1
        now = self._clock()
        if self._said_at is None or now - self._said_at >= SAID_EVERY_SECONDS:
            log.error(
                "Too much waits for lists that cannot be read: %d older events gave way to newer "
                "ones. Messages among them are read again as soon as the lists are there",
                self._unsaid,
            )
            self._said_at, self._unsaid = now, 0
