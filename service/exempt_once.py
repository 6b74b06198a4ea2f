"""Moderators whose message would have been deleted are told, once each, that their own messages
stay: otherwise whoever tries a new list out thinks that it does not work."""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from moderation.consequence import Step
from moderation.events import MessageSeen
from moderation.people import Kind
from moderation.verdict import Because, Verdict

log = logging.getLogger(__name__)


class Memory(Protocol):
    """Where it is kept who was told."""

    async def first_exempt(self, guild_id: int, user_id: int) -> bool: ...


class ExemptOnce:
    """``exempt(verdict)`` takes in what a moderator, an administrator or the owner wrote; ``tell``
    is called with the first of each person's in each server, also across restarts."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._known: set[tuple[int, int]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.tell: Callable[[Verdict], None] = lambda _: None

    def exempt(self, verdict: Verdict) -> None:
        """Nothing follows from a verdict, since somebody or some place is exempt."""
        event = verdict.event
        if not isinstance(event, MessageSeen) or event.guild_id is None or event.catch_up:
            return
        if event.author.kind is not Kind.HUMAN or verdict.spared_from.step < Step.DELETE:
            return
        if not any(why.because in (Because.MODERATOR, Because.OWNER) for why in verdict.spared):
            return
        key = (event.guild_id, event.author.user_id)
        if key not in self._known:
            self._known.add(key)
            task = asyncio.create_task(self._ask(verdict, *key))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Tell nobody any more."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, verdict: Verdict, guild_id: int, user_id: int) -> None:
        try:
            if await self._memory.first_exempt(guild_id, user_id):
                self.tell(verdict)
        except Exception as error:
            # Nobody depends on it; the next message is another chance.
            self._known.discard((guild_id, user_id))
            log.warning("Who was told to be exempt cannot be written down: %s", error)
