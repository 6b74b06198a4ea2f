"""Which servers the bot is in: remembered, so that a server's data can be kept for a while after
the bot has left and then erased."""

import asyncio
import logging
from collections.abc import Awaitable, Iterable

from service.ports import GuildStore
from service.rules import Rules

log = logging.getLogger(__name__)

ERASE_EVERY_SECONDS = 3600.0


class Guilds:
    """Joining and leaving, and the erasure of what is due."""

    def __init__(self, store: GuildStore, rules: Rules) -> None:
        self._store = store
        self._rules = rules
        self._work: set[asyncio.Task[None]] = set()
        # First come, first served: a server that is joined while those that were left are looked
        # for must not be among them.
        self._turn = asyncio.Lock()
        self._eraser: asyncio.Task[None] | None = None

    def joined(self, guild_id: int) -> None:
        """The bot is in this guild, be it new or not."""
        self._start(self._store.guild_joined(guild_id), f"server {guild_id} was joined")

    def left(self, guild_id: int) -> None:
        """The bot was removed from this guild, or the guild is no more."""
        self._rules.forget(guild_id)
        self._start(self._store.guild_left(guild_id), f"server {guild_id} was left")

    def present(self, guild_ids: Iterable[int]) -> None:
        """After a start: the bot is in these guilds and in no others; those on record that are
        missing were left while it was away."""
        self._start(self._leave_all_but(set(guild_ids)), "servers were left while we were away")

    def start_erasing(self) -> None:
        """Erase, now and every hour, the data of guilds that were left long enough ago."""
        if self._eraser is None:
            self._eraser = asyncio.create_task(self._erase_for_ever())

    async def close(self) -> None:
        """Finish the writes that are under way; stop erasing."""
        if self._eraser is not None:
            self._eraser.cancel()
            await asyncio.gather(self._eraser, return_exceptions=True)
        await asyncio.gather(*self._work, return_exceptions=True)

    async def _leave_all_but(self, present: set[int]) -> None:
        for guild_id in set(await self._store.guild_ids()) - present:
            self._rules.forget(guild_id)
            await self._store.guild_left(guild_id)

    async def _erase_for_ever(self) -> None:
        while True:
            try:
                for guild_id in await self._store.erase_departed():
                    self._rules.forget(guild_id)
                    log.info("Erased the data of server %d, left 30 days ago", guild_id)
            except Exception:
                log.exception("Erasing the data of servers that were left failed; tried hourly")
            await asyncio.sleep(ERASE_EVERY_SECONDS)

    def _start(self, write: Awaitable[None], what: str) -> None:
        async def run() -> None:
            try:
                async with self._turn:
                    await write
            except Exception:
                log.exception("Could not record that %s", what)

        task = asyncio.create_task(run())
        self._work.add(task)
        task.add_done_callback(self._work.discard)
