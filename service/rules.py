"""The compiled lists and the policy of each guild, in memory: nothing that every message needs is
read from disk.

A change of a guild's lists or policy drops its ruleset at once, so the next message finds none and
waits for the new one. Compiling runs in a thread, off the event loop.
"""

import asyncio
import logging
from collections.abc import Callable
from itertools import count
from typing import Protocol

from clock import utc_ms
from moderation.exempting import Nowhere, Surroundings
from moderation.policy import DEFAULT, GuildPolicy
from moderation.records import GuildWords
from moderation.ruleset import Ruleset, compile_rules

log = logging.getLogger(__name__)

KEPT_RULESETS = 200
"""With more rulesets than this in memory, those that were not used lately are released. One of a
thousand entries takes about 0.3 MB."""

RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Pauses between attempts to read the lists; the last one repeats for as long as it takes."""


class Words(Protocol):
    """Where the lists of a guild are read."""

    async def words(self, guild_id: int) -> GuildWords: ...


class Settings(Protocol):
    """Where the policy of a guild is read."""

    async def policy(self, guild_id: int) -> GuildPolicy: ...


class Rules:
    """``ready(guild_id)`` is the ruleset in force or None; ``get(guild_id)`` waits for it.
    ``on_change`` is called with each guild whose lists or policy were changed.

    Without ``settings`` every guild has the default policy. ``surroundings`` and ``now`` (UTC in
    milliseconds) are what rulesets ask about who and where, and whether an entry has expired."""

    def __init__(
        self,
        store: Words,
        settings: Settings | None = None,
        surroundings: Surroundings | None = None,
        *,
        now: Callable[[], int] = utc_ms,
    ) -> None:
        self._store = store
        self._settings = settings
        self._surroundings = surroundings or Nowhere()
        self._now = now
        self._rulesets: dict[int, Ruleset] = {}
        self._loading: dict[int, asyncio.Task[Ruleset]] = {}
        self._used: set[int] = set()
        self._changes: dict[int, int] = {}
        self._revisions: dict[int, int] = {}
        self._numbers = count(1)
        self._keep = KEPT_RULESETS
        self.on_change: Callable[[int], None] = lambda _: None

    def ready(self, guild_id: int) -> Ruleset | None:
        """The ruleset that is in force now, or None where it must be waited for."""
        self._used.add(guild_id)
        return self._rulesets.get(guild_id)

    def revision(self, guild_id: int, ruleset: Ruleset) -> int | None:
        """A number that no other lists have had since the start; None where ``ruleset`` is not in
        force any more."""
        return self._revisions[guild_id] if self._rulesets.get(guild_id) is ruleset else None

    async def get(self, guild_id: int) -> Ruleset:
        """The ruleset in force. Callers that wait together share one compilation."""
        ruleset = self.ready(guild_id)
        if ruleset is not None:
            return ruleset
        task = self._loading.get(guild_id)
        if task is None or task.done():
            task = asyncio.create_task(self._load(guild_id), name=f"rules of {guild_id}")
            self._loading[guild_id] = task
        # One waiter's cancellation must not take the ruleset from the others.
        return await asyncio.shield(task)

    def changed(self, guild_id: int) -> None:
        """Call after every write: the next message waits for what was written."""
        self._changes[guild_id] = self._changes.get(guild_id, 0) + 1
        self._rulesets.pop(guild_id, None)
        self.on_change(guild_id)

    def forget(self, guild_id: int) -> None:
        """Release what is held for a guild that the bot has left."""
        self._changes[guild_id] = self._changes.get(guild_id, 0) + 1
        self._rulesets.pop(guild_id, None)
        self._revisions.pop(guild_id, None)

    async def close(self) -> None:
        """Stop what is being compiled."""
        tasks = list(self._loading.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _load(self, guild_id: int) -> Ruleset:
        attempt = 0
        while True:
            change = self._changes.get(guild_id, 0)
            try:
                words = await self._store.words(guild_id)
                policy = DEFAULT
                if self._settings is not None:
                    policy = await self._settings.policy(guild_id)
                ruleset = await asyncio.to_thread(
                    compile_rules, words, policy, self._surroundings, self._now
                )
            except Exception:
                # Failing open would let everything through unseen; so the messages wait, and
                # whoever reads the log learns why.
                pause = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
                attempt += 1
                log.exception(
                    "The lists of server %d could not be read; its messages wait. "
                    "Next attempt in %.1f s.",
                    guild_id,
                    pause,
                )
                await asyncio.sleep(pause)
                continue
            if self._changes.get(guild_id, 0) == change:
                self._rulesets[guild_id] = ruleset
                self._revisions[guild_id] = next(self._numbers)
                # At once and not when the task is seen to be done: whoever comes after a change
                # in between would be given these lists.
                del self._loading[guild_id]
                if len(self._rulesets) > self._keep:
                    self._release_unused()
                return ruleset

    def _release_unused(self) -> None:
        """Let go of the rulesets that nobody asked for since the last time; the next message of
        such a guild waits for a new one. Those in use stay, however many they are."""
        for guild_id in self._rulesets.keys() - self._used - self._loading.keys():
            del self._rulesets[guild_id]
        self._used.clear()
        # Rulesets that go and come are not worth looking through them at every coming.
        self._keep = max(KEPT_RULESETS, 2 * len(self._rulesets))
