"""Timeouts and bans for a time end: Discord sees to the timeouts, the bot unbans. Also those whose
time was over while the bot was off; each once."""

import asyncio
import logging
from collections.abc import Callable

from service.clock import utc_ms
from service.ledger import STORE_TROUBLE
from service.sanctions import Sanctions
from service.stores import SanctionStore

log = logging.getLogger(__name__)

LOOK_SECONDS = 3600.0
"""The longest wait: the clock may be set, and the machine may sleep."""

RETRY_SECONDS = 30.0
"""Pause before the next attempt where the store had failed."""


class Expiry:
    """``start`` when Discord can be asked; ``wake`` when there is a new end."""

    def __init__(
        self, store: SanctionStore, sanctions: Sanctions, *, clock: Callable[[], int] = utc_ms
    ) -> None:
        self._store = store
        self._sanctions = sanctions
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self.on_over: Callable[[int, int], None] = lambda *_: None
        """Called with the guild and the number of each case whose time is over."""
        sanctions.on_end = self.wake

    def start(self) -> None:
        """Begin, unless it has begun; then look again."""
        self.wake()
        if self._task is None:
            self._task = asyncio.create_task(self._work(), name="expiry")

    def wake(self) -> None:
        """Look when the next end is."""
        self._woken.set()

    async def close(self) -> None:
        """End nothing more; what was begun is in the log."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            self._woken.clear()
            try:
                pause = await self._end_what_is_over()
            except STORE_TROUBLE as error:
                log.error("Which bans are over cannot be read: %s", error)
                pause = RETRY_SECONDS
            except Exception:
                log.exception("Ending bans broke")
                pause = RETRY_SECONDS
            try:
                async with asyncio.timeout(pause):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def _end_what_is_over(self) -> float:
        """The seconds until the next one is over."""
        end = await self._store.next_end()
        if end is not None and end <= self._clock():
            over = await self._store.expire(self._clock())
            for owed in over.unbans:
                self._sanctions.carry_out(owed)
            for guild_id, number in over.cases:
                self.on_over(guild_id, number)
            end = await self._store.next_end()
        if end is None:
            return LOOK_SECONDS
        return min(LOOK_SECONDS, max(0.0, (end - self._clock()) / 1000))
