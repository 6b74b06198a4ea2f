"""Who wrote a message that Discord told without its author's roles: what is read from the history,
and updates that tell a part. Asked only where something was found and roles may make them exempt:
what is posted comes with the roles, and waits for nothing."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic

from moderation.events import MessageSeen
from moderation.people import Person
from moderation.verdict import Verdict, where
from service.members import NotFoundOut
from service.ports import Discord, Holds

log = logging.getLogger(__name__)

REMEMBERED = 5_000
"""How many people are remembered, so that a raid in the history is no lookup for each message."""

KEPT_SECONDS = 60.0
"""For how long."""

PAUSES_SECONDS = (1.0, 5.0, 15.0, 60.0)
"""Before each further attempt while Discord cannot tell; after the last one they are taken for
somebody without roles."""

type Key = tuple[int, int]
"""(guild id, user id)"""


class Strangers:
    """``ask(verdict, then)``: ``then`` is called with the verdict's event once its author is
    known, or cannot be."""

    def __init__(
        self,
        discord: Discord,
        holds: Holds,
        *,
        clock: Callable[[], float] = monotonic,
        pauses: Sequence[float] = PAUSES_SECONDS,
    ) -> None:
        self._discord = discord
        self._holds = holds
        self._clock = clock
        self._pauses = pauses
        self._known: OrderedDict[Key, tuple[float, Person | None]] = OrderedDict()
        self._lookups: dict[Key, asyncio.Task[Person | None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, verdict: Verdict, then: Callable[[MessageSeen], None]) -> None:
        """Find out who wrote a message of a guild. Its cursor stays before it meanwhile."""
        event = verdict.event
        if not isinstance(event, MessageSeen) or event.guild_id is None:
            raise ValueError("only messages in servers are written by strangers")
        self._holds.hold(event.guild_id, event.channel_id, event.message_id)
        task = asyncio.create_task(self._answer(event, event.guild_id, then))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

        def let_go(task: asyncio.Task[None]) -> None:
            # What the end of the program leaves is read again after the next start.
            if not task.cancelled():
                self._holds.release(event.channel_id, event.message_id)

        task.add_done_callback(let_go)

    async def drain(self, timeout: float) -> None:
        """Wait up to ``timeout`` seconds, then leave the rest: the cursors stay before it."""
        tasks = list(self._tasks)
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=timeout)
        for task in (*late, *self._lookups.values()):
            task.cancel()
        await asyncio.gather(*late, *self._lookups.values(), return_exceptions=True)

    async def _answer(
        self, event: MessageSeen, guild_id: int, then: Callable[[MessageSeen], None]
    ) -> None:
        try:
            person = await self._person((guild_id, event.author.user_id))
        except NotFoundOut as error:
            log.warning("The author of %s cannot be looked up: %s", where(event), error)
            person = None
        except Exception:
            # A defect of ours must not let a violation stand.
            log.exception("Looking up the author of %s broke", where(event))
            person = None
        # Someone who has left has no roles, and is judged like everybody.
        then(event if person is None else replace(event, author=person))

    async def _person(self, key: Key) -> Person | None:
        at, person = self._known.get(key, (None, None))
        if at is not None and self._clock() - at < KEPT_SECONDS:
            return person
        lookup = self._lookups.get(key)
        if lookup is None:
            lookup = self._lookups[key] = asyncio.create_task(self._look_up(key))
            lookup.add_done_callback(lambda _: self._lookups.pop(key, None))
        # Others wait for the same.
        return await asyncio.shield(lookup)

    async def _look_up(self, key: Key) -> Person | None:
        pauses = iter(self._pauses)
        while True:
            try:
                person = await self._discord.member(*key)
            except NotFoundOut as error:
                pause = next(pauses, None)
                if pause is None or not error.passing:
                    raise
                await asyncio.sleep(pause)
                continue
            self._known[key] = (self._clock(), person)
            self._known.move_to_end(key)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            return person
