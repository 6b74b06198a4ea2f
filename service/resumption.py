"""What was left to do is taken up again: after a start what an earlier run did not finish, and what
waits for a permission when one may have come back.

A deletion is simply asked for again: what is gone is a success. A name or title is looked at first,
since it may be another one by now.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import replace

from moderation.intents import Owed
from moderation.verdict import Outcome, RenameThread, SetNickname
from service.ledger import Ledger, Ticket
from service.members import NotFoundOut
from service.name_guard import NameGuard
from service.outbox import Outbox
from service.parking import Parked

log = logging.getLogger(__name__)

RETRY_SECONDS = (1.0, 5.0, 30.0)
"""Pauses between attempts to read what was left; the last one repeats."""

SETTLE_SECONDS = 0.2
"""A change of permissions comes in several events."""

APART_SECONDS = 10.0
"""Between two attempts in one server: each may be refused, and refusals are counted by Discord."""

NAMES_REFUSED = 25
"""After so many refusals the names that are left wait for the next change of permissions: each is
refused on its own."""

NAME_SECONDS = 10.0
"""How long one name holds up the next."""


class Resumption:
    """``begin`` after a start, ``permissions_changed`` later. ``begun`` is called with the guilds
    whose leftovers are under way again."""

    def __init__(
        self,
        outbox: Outbox,
        ledger: Ledger,
        guard: NameGuard,
        *,
        begun: Callable[[Sequence[int]], None] = lambda _: None,
    ) -> None:
        self._outbox = outbox
        self._ledger = ledger
        self._guard = guard
        self._then = begun
        self._begun: set[int] = set()
        self._waiting: dict[int, asyncio.TimerHandle] = {}
        self._tried_at: dict[int, float] = {}
        self._work: set[asyncio.Task[None]] = set()
        outbox.parking.refused_lately = self.available

    def begin(self, guild_ids: Iterable[int]) -> None:
        """The bot is in these guilds. For each of them that is new to this run, go on with what an
        earlier one left."""
        new = [guild_id for guild_id in guild_ids if guild_id not in self._begun]
        if new:
            self._begun.update(new)
            self._start(self._begin(new))

    def permissions_changed(self, guild_id: int) -> None:
        """What was refused in this guild may be granted now; tried in a moment."""
        self._outbox.parking.permissions_changed(guild_id)
        self.available(guild_id)

    def available(self, guild_id: int) -> None:
        """The guild is there; what waits for a permission is tried in a moment."""
        if guild_id in self._waiting or not self._outbox.parked(guild_id):
            return
        loop = asyncio.get_running_loop()
        before = self._tried_at.get(guild_id)
        wait = 0.0 if before is None else before + APART_SECONDS - loop.time()
        self._waiting[guild_id] = loop.call_later(
            max(SETTLE_SECONDS, wait), self._try_parked, guild_id
        )

    async def close(self) -> None:
        """Take up nothing more."""
        for timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()
        tasks = list(self._work)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def _try_parked(self, guild_id: int) -> None:
        self._waiting.pop(guild_id, None)
        self._tried_at[guild_id] = asyncio.get_running_loop().time()
        self._start(self._take_up(guild_id, self._outbox.parked(guild_id)))

    async def _begin(self, guild_ids: list[int]) -> None:
        for guild_id in guild_ids:
            left = await self._left(guild_id)
            if left:
                log.info("Server %d: going on with %d actions of before", guild_id, len(left))
                await self._take_up(guild_id, left)
        self._then(guild_ids)

    async def _left(self, guild_id: int) -> list[Parked]:
        failures = 0
        while True:
            try:
                owed = await self._ledger.unfinished(guild_id)
            except Exception as error:
                pause = RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)]
                failures += 1
                log.error(
                    "What was left to do in server %d cannot be read: %s Next attempt in %.0f s.",
                    guild_id,
                    error,
                    pause,
                )
                await asyncio.sleep(pause)
            else:
                return [Parked(one.verdict, one.action, _ticket(one)) for one in owed]

    async def _take_up(self, guild_id: int, parked: list[Parked]) -> None:
        """Deletions first, all at once: they gather by channel. What is done to members is looked
        at by the outbox; names are here, one after the other."""
        names = [one for one in parked if isinstance(one.action, SetNickname | RenameThread)]
        for one in parked:
            if not isinstance(one.action, SetNickname | RenameThread):
                self._outbox.resume(one)
        refused = 0
        for one in names:
            if refused >= NAMES_REFUSED:
                self._outbox.park(one)
                continue
            try:
                refused += await self._refused(one)
            except NotFoundOut:
                self._outbox.park(one)
            except Exception:
                log.exception("Going on with a name in server %d broke", guild_id)

    async def _refused(self, parked: Parked) -> bool:
        """Go on with a name; whether it was refused."""
        verdict = await self._guard.judge_again(parked.action.key)
        if verdict is None:
            self._outbox.settle(parked, "nobody has it any more")
            return False
        if not verdict.actions:
            self._outbox.settle(parked, "it is another name by now")
            return False
        (action,) = verdict.actions
        task = self._outbox.resume(replace(parked, verdict=verdict, action=action))
        if task is None:
            return False
        ended, _ = await asyncio.wait({task}, timeout=NAME_SECONDS)
        return any(
            not one.cancelled() and one.result().outcome is Outcome.FORBIDDEN for one in ended
        )


def _ticket(owed: Owed) -> Ticket:
    return Ticket(owed.deadline, owed.action_id, at=owed.at, tried=True)
