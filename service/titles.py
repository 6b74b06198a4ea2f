"""Titles of threads that were opened or renamed while the bot was away.

When a server becomes available, Discord tells of its active threads and not of what happened to
them. So the titles of all of them are judged then, each title once under the same lists.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

from moderation.events import ThreadSeen
from moderation.judge import judge_title
from service.rules import Rules

log = logging.getLogger(__name__)

MOST = 25
"""So many threads of one server are renamed without anybody having asked for it. More of them are
no sign of what was missed, but of a list that was changed."""


class Titles:
    """``available(guild_id, threads)``; ``handle`` is the moderator's."""

    def __init__(self, rules: Rules, handle: Callable[[ThreadSeen], None]) -> None:
        self._rules = rules
        self._handle = handle
        self._looking: dict[int, asyncio.Task[None]] = {}

    def available(self, guild_id: int, threads: Sequence[ThreadSeen]) -> None:
        """A server is there, with these active threads."""
        before = self._looking.pop(guild_id, None)
        if before is not None:
            before.cancel()
        if threads:
            task = asyncio.create_task(self._look(guild_id, threads))
            self._looking[guild_id] = task
            task.add_done_callback(lambda _: self._ended(guild_id, task))

    async def close(self) -> None:
        """Look at no more titles."""
        tasks = list(self._looking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, guild_id: int, task: asyncio.Task[None]) -> None:
        if self._looking.get(guild_id) is task:
            del self._looking[guild_id]

    async def _look(self, guild_id: int, threads: Sequence[ThreadSeen]) -> None:
        detect = (await self._rules.get(guild_id)).detect
        banned = [thread for thread in threads if judge_title(thread, detect).violates]
        if len(banned) <= MOST:
            for thread in banned:
                self._handle(thread)
            return
        log.warning(
            "Server %d: %d of %d active threads have banned titles. They stay, since that is more "
            "than %d: take back what bans them, or rename them",
            guild_id,
            len(banned),
            len(threads),
            MOST,
            extra={"guild_id": guild_id},
        )
