"""Titles of threads that were opened or renamed while the bot could not hear of it, or that a
change of the lists has banned.

When a server becomes available, Discord tells of its active threads and not of what happened to
them. So the titles of all of them are judged then, each title once under the same lists; and again,
asked for anew, when the lists have changed.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence

from moderation.events import ThreadSeen
from moderation.judge import judge_title
from service.members import NotFoundOut
from service.ports import Threads
from service.rules import Rules

log = logging.getLogger(__name__)

MOST = 25
"""So many threads of one server are renamed without anybody having asked for it. More of them are
no sign of what was missed, but of a list that was changed."""


PAUSE_SECONDS = 20.0
"""How long after the last change of a list: whoever adds one word may add another."""

RETRY_SECONDS = 300.0


class Titles:
    """``available(guild_id, threads)`` and ``want(guild_id)``; ``handle`` is the moderator's."""

    def __init__(
        self,
        rules: Rules,
        threads: Threads,
        handle: Callable[[ThreadSeen], None],
        *,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._rules = rules
        self._threads = threads
        self._handle = handle
        self._pause_seconds = pause_seconds
        # By guild, and whether it is for a change of the lists.
        self._looking: dict[tuple[int, bool], asyncio.Task[None]] = {}

    def available(self, guild_id: int, threads: Sequence[ThreadSeen]) -> None:
        """A server is there, or some of its channels can be seen again, with these active
        threads."""
        self._stop((guild_id, False))
        if threads:
            self._start((guild_id, False), self._look(guild_id, threads))

    def want(self, guild_id: int) -> None:
        """The lists have changed: look at all active threads after a pause, counted from the last
        time this was called."""
        self._stop((guild_id, True))
        self._start((guild_id, True), self._look_later(guild_id))

    def forget(self, guild_id: int) -> None:
        """The server is out of reach, or was left."""
        self._stop((guild_id, False))
        self._stop((guild_id, True))

    async def close(self) -> None:
        """Look at no more titles."""
        tasks = list(self._looking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, key: tuple[int, bool], work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work, name="looking at titles")
        self._looking[key] = task
        task.add_done_callback(lambda _: self._ended(key, task))

    def _stop(self, key: tuple[int, bool]) -> None:
        before = self._looking.pop(key, None)
        if before is not None:
            before.cancel()

    def _ended(self, key: tuple[int, bool], task: asyncio.Task[None]) -> None:
        if self._looking.get(key) is task:
            del self._looking[key]

    async def _look_later(self, guild_id: int) -> None:
        pause = self._pause_seconds
        while True:
            await asyncio.sleep(pause)
            try:
                if not (await self._rules.get(guild_id)).is_empty:
                    await self._look(guild_id, await self._threads.active(guild_id))
            except NotFoundOut as error:
                log.warning(
                    "The threads of server %d cannot be looked at: %s",
                    guild_id,
                    error,
                    extra={"guild_id": guild_id},
                )
                if error.passing:
                    pause = RETRY_SECONDS
                    continue
            except Exception:
                log.exception("Looking at the titles in server %d broke", guild_id)
            return

    async def _look(self, guild_id: int, threads: Sequence[ThreadSeen]) -> None:
        rules = await self._rules.get(guild_id)
        banned = [thread for thread in threads if judge_title(thread, rules).acts]
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
