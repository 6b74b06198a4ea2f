"""Looking at the names of all members: after a start, since names change while the bot is away, and
after a change of the lists.

A few are renamed at once. More than :data:`ASK_ABOVE` may be a mistake in a list, so nobody is
renamed until an admin has said so with ``/names sweep``; the log asks for it.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from moderation.events import Event, NamesSeen
from moderation.judge import judge
from moderation.verdict import Verdict
from service.members import MembersUnreadable
from service.ports import Members
from service.rules import Rules

log = logging.getLogger(__name__)

ASK_ABOVE = 25
"""More people than this are not renamed without being asked for."""

PAUSE_SECONDS = 20.0
"""How long after a start or the last change of a list: whoever adds one word may add another."""

RETRY_SECONDS = 300.0


@dataclass(slots=True)
class Found:
    """What a look at all members found: ``banned`` are the verdicts that ask for a new name,
    ``out_of_reach`` counts those whom the bot may not rename, ``members`` all that were seen."""

    members: int = 0
    out_of_reach: int = 0
    banned: list[Verdict] = field(default_factory=list)


class NameSweep:
    """``want`` a look some time soon, ``look`` now without changing anything, ``rename`` whoever
    has to be; ``handle`` is the moderator's."""

    def __init__(
        self,
        members: Members,
        rules: Rules,
        handle: Callable[[Event], None],
        *,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._members = members
        self._rules = rules
        self._handle = handle
        self._pause_seconds = pause_seconds
        self._timers: dict[int, asyncio.TimerHandle] = {}
        # The guilds to look at, in order; True where an admin has said that all may be renamed.
        self._due: dict[int, bool] = {}
        self._worker: asyncio.Task[None] | None = None
        self._closed = False

    def want(self, guild_id: int) -> None:
        """Look at the guild's names after a pause, counted from the last time this was called."""
        self._want(guild_id, self._pause_seconds)

    def forget(self, guild_id: int) -> None:
        """The guild is out of reach, or was left."""
        timer = self._timers.pop(guild_id, None)
        if timer is not None:
            timer.cancel()
        self._due.pop(guild_id, None)

    def rename(self, guild_id: int) -> None:
        """Rename everybody who has to be, however many; an admin has said so."""
        self._start(guild_id, confirmed=True)

    async def look(self, guild_id: int) -> Found:
        """Look at all members now; nothing is changed. Raises MembersUnreadable."""
        found = Found()
        after: int | None = 0
        while after is not None:
            rules = await self._rules.get(guild_id)
            page = await self._members.page(guild_id, after)
            found.members += len(page.people)
            for person in page.people:
                verdict = judge(NamesSeen(guild_id, person, standing=True), rules)
                if verdict.actions and person.user_id in page.out_of_reach:
                    found.out_of_reach += 1
                elif verdict.actions:
                    found.banned.append(verdict)
            after = page.last
        return found

    async def close(self) -> None:
        """Look no more; whoever was not renamed is after the next start."""
        self._closed = True
        for timer in self._timers.values():
            timer.cancel()
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    def _want(self, guild_id: int, pause: float) -> None:
        if self._closed:
            return
        timer = self._timers.pop(guild_id, None)
        if timer is not None:
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers[guild_id] = loop.call_later(pause, self._time_is_up, guild_id)

    def _time_is_up(self, guild_id: int) -> None:
        del self._timers[guild_id]
        self._start(guild_id, confirmed=False)

    def _start(self, guild_id: int, *, confirmed: bool) -> None:
        self._due[guild_id] = self._due.get(guild_id, False) or confirmed
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work(), name="looking at names")

    async def _work(self) -> None:
        while self._due:
            guild_id = next(iter(self._due))
            confirmed = self._due.pop(guild_id)
            await self.sweep_now(guild_id, confirmed=confirmed)

    async def sweep_now(self, guild_id: int, *, confirmed: bool = False) -> None:
        """Look, and rename whoever has to be. Never raises: what goes wrong is logged, and tried
        again where that may help."""
        try:
            await self._sweep(guild_id, confirmed=confirmed)
        except MembersUnreadable as error:
            log.warning("The names in server %d cannot be looked at: %s", guild_id, error)
            self._want(guild_id, RETRY_SECONDS)
        except Exception:
            log.exception("Looking at the names in server %d broke", guild_id)

    async def _sweep(self, guild_id: int, *, confirmed: bool) -> None:
        if (await self._rules.get(guild_id)).is_empty:
            return
        found = await self.look(guild_id)
        if found.out_of_reach:
            log.warning(
                "Server %d: %d members with a banned name are the owner or have a role that is not "
                "below the bot's, so they keep it",
                guild_id,
                found.out_of_reach,
            )
        if len(found.banned) > ASK_ABOVE and not confirmed:
            log.warning(
                "Server %d: %d of %d members have a banned name. As these are more than %d, nobody "
                "was renamed: use /names sweep in that server to see and to rename them",
                guild_id,
                len(found.banned),
                found.members,
                ASK_ABOVE,
            )
            return
        for verdict in found.banned:
            self._handle(verdict.event)
            await asyncio.sleep(0)
        log.log(
            logging.INFO if found.banned else logging.DEBUG,
            "Server %d: looked at %d names, %d to be changed",
            guild_id,
            found.members,
            len(found.banned),
        )
