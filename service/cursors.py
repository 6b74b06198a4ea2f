"""How far each channel has been judged, on disk: written every five seconds in one transaction, so
that nothing said while the bot is away is missed."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from clock import utc_ms
from moderation.progress import GuildProgress
from service.gaps import Gap, Place
from service.ports import CursorStore
from service.positions import Positions

log = logging.getLogger(__name__)

FLUSH_SECONDS = 5.0

EVERYWHERE_AFTER = 12
"""So many flushes, and the guilds in which nothing was said are written, too: when they were last
listened to."""


class Cursors:
    """``positions`` is what each message is told to; this keeps it."""

    def __init__(self, store: CursorStore, *, clock: Callable[[], int] = utc_ms) -> None:
        self.positions = Positions(clock)
        self._store = store
        self._turn = asyncio.Lock()
        self._flushes = 0
        self._failing = False
        self._flusher: asyncio.Task[None] | None = None

    async def resume(self, guild_id: int, places: Sequence[Place]) -> list[Gap]:
        """Go on in a guild that was paused, and say where something may have been missed. Raises
        the store's errors."""
        async with self._turn:
            heard_until = self.positions.heard_until(guild_id)
            kept = await self._store.resume(guild_id, heard_until)
            self.positions.pause(guild_id)
            gaps, begun = self.positions.adopt(guild_id, kept, places)
            await self._write([begun])
            return gaps

    def start(self) -> None:
        """Write every five seconds from now on."""
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._flush_for_ever(), name="cursors")

    async def close(self) -> None:
        """Write everything, for the last time."""
        if self._flusher is not None:
            self._flusher.cancel()
            await asyncio.gather(self._flusher, return_exceptions=True)
        await self.flush(final=True)

    async def flush(self, *, final: bool = False) -> None:
        """Write what has changed; with ``final`` what came just now, too. What cannot be written
        is said in the log and written the next time."""
        async with self._turn:
            self._flushes += 1
            everywhere = final or self._flushes % EVERYWHERE_AFTER == 0
            progress = self.positions.collect(final=final, everywhere=everywhere)
            if not progress:
                return
            await self._write(progress, loudly=final)

    async def _write(self, progress: Sequence[GuildProgress], *, loudly: bool = False) -> None:
        try:
            await self._store.keep(progress)
        except Exception as error:
            self.positions.not_written(progress)
            if loudly or not self._failing:
                log.error("How far the channels were judged cannot be written: %s", error)
            self._failing = True
            return
        self.positions.written(progress)
        if self._failing:
            self._failing = False
            log.info("How far the channels were judged is written again")

    async def _flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            try:
                await self.flush()
            except Exception:
                log.exception("Writing how far the channels were judged broke; tried again")
