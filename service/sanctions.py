"""What is done to members: carried out when it is written down, and not where that would be wrong
by then; by moderators; let go by the brake; ended when a case is undone."""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from moderation.cases import HandMade
from moderation.intents import Decision, Owed, Recorded
from moderation.states import State
from moderation.verdict import (
    Action,
    Ban,
    Kick,
    Outcome,
    Result,
    Sanction,
    TimeOut,
    Verdict,
)
from service.attempts import ON_MEMBERS
from service.ledger import STORE_TROUBLE, Ledger, Ticket
from service.members import NotFoundOut
from service.outbox import TOO_LATE, WITHDRAWN, Outbox
from service.parking import Parked
from service.ports import Discord, InForce
from service.stores import SanctionStore

log = logging.getLogger(__name__)

ANSWER_SECONDS = 10.0
"""How long whoever asked for something waits for what becomes of it. It is tried on afterwards."""

SETTLE_SECONDS = 3.0
"""How long undoing a case waits for what Discord is being asked for just then."""

RETRY_SECONDS = 10.0
"""Pause before what undone cases left standing is looked for again, where the store had failed."""


LONGER = Result(Outcome.FAILED, "a longer timeout is in force already")


@dataclass(frozen=True, slots=True)
class Acted:
    """What was asked for: the number of its case, and what Discord answered; None where it is still
    being tried. What is refused for want of a permission waits for it."""

    case_number: int
    result: Result | None


class Sanctions:
    """Listens to what the ledger has written; ``outbox`` carries it out."""

    def __init__(
        self,
        store: SanctionStore,
        outbox: Outbox,
        ledger: Ledger,
        discord: Discord,
        *,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._ledger = ledger
        self._discord = discord
        self._answer_seconds = answer_seconds
        self._work: set[asyncio.Task[None]] = set()
        self._lifting: dict[tuple[int, int], asyncio.Task[Result]] = {}
        self.on_end: Callable[[], None] = lambda: None
        """Called when there is a new end of a timeout or ban."""
        self.on_acted: Callable[[Owed], None] = lambda _: None
        """Called with what a moderator asks for, before it is carried out."""
        ledger.listeners.append(self._recorded)
        outbox.attempts.objection = self._objection
        outbox.landed = self._landed

    async def by_moderator(self, guild_id: int, new: HandMade, action: Sanction) -> Acted | None:
        """What a moderator does to a member, with a case of its own; None where somebody has done
        it for the same cause before. Raises the store's errors, having done nothing."""
        owed = await self._store.by_hand(guild_id, new, action)
        return None if owed is None else await self._answer(owed)

    async def release(self, guild_id: int, number: int) -> Acted | None:
        """Carry out what the brake holds of a case; None where nothing is held, or somebody else
        was first. Raises the store's errors."""
        released = await self._store.release(guild_id, number, self._ledger.now())
        for owed in released:
            return await self._answer(owed, late=True)
        return None

    async def settled(self, guild_id: int, number: int) -> frozenset[int]:
        """A case is about to be undone: wait for what of it is being carried out just now, so that
        what is done is not called withdrawn. Its actions. Raises the store's errors."""
        actions = await self._store.actions_of(guild_id, number)
        await self._outbox.attempts.answered(actions, SETTLE_SECONDS)
        await self._ledger.written(actions, SETTLE_SECONDS)
        return actions

    def under_way(self, actions: Collection[int]) -> int:
        """How many of these Discord is being asked for just now."""
        return len(self._outbox.attempts.asked(actions))

    async def undone(self, guild_id: int, number: int) -> Acted | None:
        """A case was undone: forget what of it waits, and end the timeout or ban that it stands
        for; None where there is nothing to end. Raises the store's errors; what is not done then
        is done at the next start."""
        withdrawn = await self._store.withdrawn(guild_id, number)
        for parked in self._outbox.parked(guild_id):
            if parked.ticket.action_id in withdrawn:
                self._outbox.withdraw(parked)
        for owed in await self._store.lift(guild_id, self._ledger.now()):
            self._end(owed)
        task = self._lifting.get((guild_id, number))
        return None if task is None else Acted(number, await self._result(task))

    def carry_out(
        self, owed: Owed, verdict: Verdict | None = None, *, late: bool = False
    ) -> asyncio.Task[Result] | None:
        """Begin with what was written down just now. ``late`` where it is about what was written a
        while ago: a moderator may have seen to it meanwhile."""
        self.on_end()
        # Discord keeps one end for each member, and a longer timeout is not to be cut short. Where
        # the audit log may not be read, Discord alone knows of it.
        tried = late and isinstance(owed.action, TimeOut)
        ticket = Ticket(owed.deadline, owed.action_id, at=owed.at, tried=tried)
        return self._outbox.resume(Parked(verdict or owed.verdict, owed.action, ticket))

    def begin(self, guild_ids: Iterable[int]) -> None:
        """After a start: end what undone cases left standing in these guilds, one after another."""
        self._work_on(self._lift_all(tuple(guild_ids)))

    async def close(self) -> None:
        """Begin nothing more."""
        work = list(self._work)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)

    async def _answer(self, owed: Owed, *, late: bool = False) -> Acted:
        self.on_acted(owed)
        task = self.carry_out(owed, late=late)
        result = None if task is None else await self._result(task)
        return Acted(owed.case_number or 0, result)

    async def _result(self, task: asyncio.Task[Result]) -> Result | None:
        await asyncio.wait({task}, timeout=self._answer_seconds)
        return task.result() if task.done() and not task.cancelled() else None

    def _end(self, owed: Owed) -> None:
        """Begin with what ends the timeout or ban of an undone case."""
        task = self.carry_out(owed)
        if task is not None and owed.case_number is not None:
            key = (owed.action.guild_id, owed.case_number)
            self._lifting[key] = task
            task.add_done_callback(lambda _: self._lifting.pop(key, None))

    def _recorded(self, verdict: Verdict, decision: Decision, recorded: Recorded) -> None:
        late = decision.case is not None and decision.case.catch_up is not None
        for owed in recorded.sanctions:
            if owed.state is State.PENDING:
                self.carry_out(owed, verdict, late=late)

    async def _objection(self, action: Action, ticket: Ticket) -> Result | None:
        number = ticket.action_id
        if number is None:
            return None
        try:
            if not await self._store.wanted(action.guild_id, number):
                return WITHDRAWN
        except STORE_TROUBLE as error:
            # A violation that stands is worse; whoever is punished can wait.
            if isinstance(action, ON_MEMBERS):
                return Result(Outcome.FAILED, str(error), final=False)
        over = _is_over(action, self._ledger.now())
        if over and isinstance(action, TimeOut):
            return TOO_LATE
        if ticket.tried and isinstance(action, TimeOut | Kick | Ban):
            done = await self._done_already(action, ticket)
            if done is not None:
                return done
        # A ban after its end would throw them out for nothing, or stay for good.
        return TOO_LATE if over else None

    async def _done_already(self, action: TimeOut | Kick | Ban, ticket: Ticket) -> Result | None:
        """An answer may have been lost, or the program killed before it was written down."""
        try:
            match await self._discord.in_force(action, ticket.at):
                case InForce.YES:
                    return Result(Outcome.DONE, "it is in force already")
                case InForce.LONGER:
                    return LONGER
        except NotFoundOut as error:
            log.info("Whether it is done already cannot be looked up: %s", error)
        return None

    def _landed(self, action: Sanction, written: asyncio.Future[None] | None) -> None:
        """Its case may have been undone while Discord was being asked."""
        if isinstance(action, TimeOut | Ban) and written is not None:
            self._start(action.guild_id, written)

    def _start(self, guild_id: int, after: asyncio.Future[None] | None = None) -> None:
        self._work_on(self._lift(guild_id, after))

    def _work_on(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="lifting")
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _lift_all(self, guild_ids: Iterable[int]) -> None:
        for guild_id in guild_ids:
            try:
                await self._lift(guild_id, None)
            except Exception:
                # A defect of ours in one of them must not leave out the others.
                log.exception("What undone cases left standing in %d is not ended", guild_id)

    async def _lift(self, guild_id: int, after: asyncio.Future[None] | None) -> None:
        if after is not None:
            await asyncio.wait({after})
        while True:
            try:
                standing = await self._store.lift(guild_id, self._ledger.now())
            except STORE_TROUBLE as error:
                log.error("What undone cases left standing cannot be read: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            for owed in standing:
                self._end(owed)
            return


def _is_over(action: Action, now: int) -> bool:
    """Whether the time for which it was to be has passed."""
    return isinstance(action, TimeOut | Ban) and action.until is not None and action.until <= now
