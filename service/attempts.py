"""One attempt at an action: not before it is recorded, and not where that would be wrong by now."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection

from moderation.verdict import (
    Action,
    Ban,
    DeleteMessage,
    EndTimeout,
    Kick,
    Outcome,
    Result,
    Sanction,
    TimeOut,
    Unban,
)
from service.describing import describe
from service.lanes import Lanes
from service.ledger import Ticket
from service.ports import Discord

log = logging.getLogger(__name__)

ON_MEMBERS = (TimeOut, EndTimeout, Kick, Ban, Unban)
"""What is done to somebody, and not to what they wrote."""

type Objection = Callable[[Action, Ticket], Awaitable[Result | None]]
"""Asked before an attempt at what may have been tried, withdrawn or overtaken meanwhile: the result
that it has already, None where it is to be tried."""

type Recorded = Callable[[], Awaitable[Ticket]]
"""Returns when the action is written down."""


class DoneBeforeError(Exception):
    """The log has the action as done since an earlier decision of the same cause."""


class Attempts:
    """``make`` one. ``again`` says that there may have been one before: of this run or of an
    earlier one."""

    def __init__(self, discord: Discord, clock: Callable[[], int]) -> None:
        self._discord = discord
        self._lanes = Lanes(discord, clock)
        self._asked: dict[int, asyncio.Future[None]] = {}
        self.objection: Objection = _none
        self.before: Callable[[Sanction], Awaitable[None]] = _at_once
        """Awaited before each attempt at something that is done to a member: a word to them that
        would not arrive afterwards."""

    async def make(self, action: Action, recorded: Recorded, *, again: bool) -> Result:
        """Carry out an action as soon as it is recorded, unless there is an objection by then. What
        ``recorded`` raises passes through."""
        answered = asyncio.get_running_loop().create_future()

        async def asked() -> None:
            ticket = await recorded()
            if (number := ticket.action_id) is not None:
                self._asked[number] = answered
                answered.add_done_callback(lambda _: self._asked.pop(number, None))

        try:
            if isinstance(action, DeleteMessage) and not again:
                # Made ready while it is being recorded; just now it was decided.
                return await self._lanes.delete(action, asked)
            ticket = await recorded()
            if isinstance(action, ON_MEMBERS):
                # Also where an earlier run may have tried: it may not have come to the word.
                await self.before(action)
                again = True
            if again:
                objection = await self.objection(action, ticket)
                if objection is not None:
                    return objection
            await asked()
            if isinstance(action, DeleteMessage):
                return await self._lanes.delete(action)
            return await self._discord.enforce(action)
        except DoneBeforeError:
            raise
        except Exception as error:
            # A defect of ours must not look like an action that was never asked for.
            log.exception("Carrying out %s broke", describe(action))
            return Result(Outcome.FAILED, f"{type(error).__name__}: {error}")
        finally:
            answered.set_result(None)

    def asked(self, numbers: Collection[int]) -> set[int]:
        """Those of these actions that Discord is being asked for just now: too late to call them
        off."""
        return self._asked.keys() & numbers

    async def answered(self, numbers: Collection[int], timeout: float) -> None:
        """Wait, for at most so many seconds, until none of these actions is."""
        waited_for = [self._asked[number] for number in self.asked(numbers)]
        if waited_for:
            await asyncio.wait(waited_for, timeout=timeout)

    async def close(self) -> None:
        """Give up what is under way."""
        await self._lanes.close()


async def _none(_: Action, __: Ticket) -> Result | None:
    return None


async def _at_once(_: Sanction) -> None:
    pass
