"""The intent log as the work sees it: a decision is written before it is carried out, what became
of it afterwards in groups; and while the store cannot write, what is owed is kept in memory.

A deletion does not wait for a store that fails: a violation that stands is worse than one without
a record. Everything else waits.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from moderation.errors import CannotBeKept, PalisadeError
from moderation.intents import DEADLINE_MS, Decision, Ending, Owed, Recorded, decision_on
from moderation.states import STATES, State
from moderation.verdict import Action, DeleteMessage, Result, Verdict
from service.clock import utc_ms
from service.eager import eager
from service.ports import IntentStore

log = logging.getLogger(__name__)

DELETION_WAITS_SECONDS = 1.0
"""How long a deletion waits for its decision to be written."""

GROUPED_SECONDS = 0.1
"""How long an outcome may wait for others to be written with it."""

RETRY_SECONDS = (0.5, 1.0, 2.0, 5.0)
"""Pauses between attempts while the store cannot write; the last one repeats."""

SAY_EVERY_SECONDS = 60.0
"""How often it is said while nothing can be written, and how long all must go well before it is
said to be over: a disk that is nearly full takes one write and refuses the next."""

OWED_AT_MOST = 20_000
"""How many decisions are kept in memory while they cannot be written. What is beyond is carried out
all the same, without a record."""

STORE_TROUBLE = (PalisadeError, OSError)
"""What a store raises that cannot write just now; anything else is a defect of ours."""


type Listener = Callable[[Verdict, Decision, Recorded], None]


@dataclass(slots=True, eq=False)
class Ticket:
    """An action's place in the log. After ``deadline`` (UTC in milliseconds) it is not tried any
    more. ``action_id`` is None where it has none; ``owed`` says that it will get one, ``done`` that
    it was done before. ``at`` is when it was decided, ``tried`` says that it may be in force
    already: it may have been tried, or somebody else may have done it."""

    deadline: int
    action_id: int | None = None
    done: bool = False
    owed: bool = False
    at: int = 0
    tried: bool = False


@dataclass(slots=True, eq=False)
class _Entry:
    verdict: Verdict
    decision: Decision
    tickets: tuple[Ticket, ...]
    writing: asyncio.Task[None] | None = None
    written: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


@dataclass(frozen=True, slots=True)
class _Outcome:
    guild_id: int
    ticket: Ticket
    state: State
    at: int
    attempts: int
    detail: str
    written: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Ledger:
    """``record`` before an action, ``ended`` after it."""

    def __init__(self, store: IntentStore, *, clock: Callable[[], int] = utc_ms) -> None:
        self._store = store
        self._clock = clock
        self._owed: dict[int, _Entry] = {}
        self._outcomes: list[_Outcome] = []
        self._being_written: list[_Outcome] = []
        self._writing: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._decided_at = 0
        self._trouble: str | None = None
        self._failures = 0
        self._unrecorded = self._late = 0
        self._said_at: float | None = None
        self._over: asyncio.TimerHandle | None = None
        self.listeners: list[Listener] = []
        """Called with each decision that was written, once: what follows from it, begins then."""
        self.on_ended: Callable[[Sequence[Ending]], None] = lambda _: None
        """Called with the outcomes that were written."""

    @property
    def trouble(self) -> str | None:
        """Why the store cannot write, and what helps; None while it can."""
        return self._trouble

    def now(self) -> int:
        """The time in UTC milliseconds."""
        return self._clock()

    async def record(
        self,
        verdict: Verdict,
        actions: Sequence[Action],
        nearly: Callable[[], None] | None = None,
    ) -> tuple[Ticket, ...]:
        """Write what was decided; a ticket for each action. Where the store cannot write, returns
        at once for deletions alone, and for anything else when it has been written. ``nearly`` may
        be called when all that is left is to wait for the disk."""
        try:
            # No two at the same time: it is what tells one setting of a name from the next.
            self._decided_at = max(self._clock(), self._decided_at + 1)
            decision = decision_on(verdict, actions, self._decided_at)
        except Exception:
            log.exception("A decision cannot be put down; it is carried out all the same")
            return tuple(Ticket(self._clock() + DEADLINE_MS) for _ in actions)
        tickets = tuple(Ticket(decision.deadline, at=decision.at) for _ in actions)
        entry = _Entry(verdict, decision, tickets)
        # What is only told waits like a name: nothing is done meanwhile, and it is not to be lost.
        urgent = bool(actions) and all(isinstance(one, DeleteMessage) for one in actions)
        if self._trouble is None and await self._written_at_once(entry, nearly, urgent=urgent):
            return entry.tickets
        self._owe(entry, urgent=urgent)
        if not urgent:
            await entry.written
        return entry.tickets

    def ended(
        self, action: Action, ticket: Ticket, result: Result, attempts: int
    ) -> asyncio.Future[None] | None:
        """Write, soon, what became of an action; done when that is written, None where there is
        nothing to write."""
        state = STATES.get(result.outcome)
        if state is None or ticket.done:
            return None
        outcome = _Outcome(action.guild_id, ticket, state, self._clock(), attempts, result.detail)
        self._outcomes.append(outcome)
        self._write_soon()
        return outcome.written

    async def written(self, numbers: Collection[int], timeout: float) -> None:
        """Wait, for at most so many seconds, until what became of these actions, where that is
        known, is written."""
        known = [
            one.written
            for one in (*self._being_written, *self._outcomes)
            if one.ticket.action_id in numbers and not one.written.done()
        ]
        if known:
            await asyncio.wait(known, timeout=timeout)

    async def unfinished(self, guild_id: int) -> Sequence[Owed]:
        """What an earlier run of the program left to do, oldest first. Raises the store's
        errors."""
        return await self._store.unfinished(guild_id)

    async def close(self, timeout: float = 2.0) -> None:
        """Write what is owed, for at most ``timeout`` seconds."""
        self._hurry.set()
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=timeout)
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
        if self._over is not None:
            self._say_over()
        lost = len(self._owed)
        if lost:
            log.error("%d decisions could not be written before the end", lost)

    async def _written_at_once(
        self, entry: _Entry, nearly: Callable[[], None] | None, *, urgent: bool
    ) -> bool:
        try:
            # A write that comes late all the same is no harm: the same cause is the same decision.
            async with asyncio.timeout(DELETION_WAITS_SECONDS if urgent else None):
                await self._write(entry, nearly)
        except TimeoutError:
            self._fails("it takes too long to write. Close whatever else has the file open")
            return False
        except STORE_TROUBLE as error:
            self._fails(str(error))
            return False
        except Exception:
            log.exception("A decision cannot be written; it is carried out all the same")
        return True

    async def _write(self, entry: _Entry, nearly: Callable[[], None] | None = None) -> None:
        """Write a decision. Whoever gives up waiting leaves it to be written all the same, and what
        it tells is not lost: the next attempt waits for that one."""
        if entry.writing is None or entry.writing.done():
            entry.writing = eager(self._write_now(entry, nearly))
        await asyncio.shield(entry.writing)

    async def _write_now(self, entry: _Entry, nearly: Callable[[], None] | None) -> None:
        if entry.written.done():
            return
        recorded = await self._store.decided(entry.decision, nearly)
        for ticket, number in zip(entry.tickets, recorded.actions, strict=True):
            ticket.action_id, ticket.done, ticket.owed = number, number is None, False
        entry.written.set_result(None)
        for listener in self.listeners:
            try:
                listener(entry.verdict, entry.decision, recorded)
            except Exception:
                log.exception("What follows from a decision could not begin")

    def _owe(self, entry: _Entry, *, urgent: bool) -> None:
        if urgent:
            self._unrecorded += len(entry.tickets)
            self._say()
        if not urgent or len(self._owed) < OWED_AT_MOST:
            self._owed[id(entry)] = entry
            for ticket in entry.tickets:
                ticket.owed = True
        self._write_soon()

    def _fails(self, why: str) -> None:
        self._trouble = why
        self._failures += 1
        if self._over is not None:
            self._over.cancel()
            self._over = None
        self._say()

    def _say(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._said_at is not None and now - self._said_at < SAY_EVERY_SECONDS:
            return
        self._said_at = now
        log.error(
            "Decisions cannot be written: %s Messages are deleted all the same (%d so far without "
            "a record); names and titles wait.",
            self._trouble,
            self._unrecorded,
        )

    def _mended(self) -> None:
        """It can be written just now; whether that lasts is seen in a while."""
        self._trouble = None
        self._over = asyncio.get_running_loop().call_later(SAY_EVERY_SECONDS, self._say_over)

    def _say_over(self) -> None:
        if self._over is not None:
            self._over.cancel()
        log.warning(
            "Decisions can be written again; %d were written late, and %d deletions had not "
            "waited for it",
            self._late,
            self._unrecorded,
        )
        self._said_at = self._over = None
        self._unrecorded = self._late = 0

    def _write_soon(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_behind(), name="ledger")

    async def _write_behind(self) -> None:
        failures = 0
        while self._owed or self._outcomes:
            if failures and self._hurry.is_set():
                return
            pause = GROUPED_SECONDS
            if self._trouble is not None:
                pause = RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)]
            await self._pause(pause)
            failures = 0 if await self._write_all() else failures + 1

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            pass

    async def _write_all(self) -> bool:
        """One attempt at all that is owed; whether the store can write."""
        late = list(self._owed)
        failures, all_well = self._failures, True
        # The first one alone, so that a store that cannot write is not asked a hundred times.
        for begin, end in _pieces(len(late)):
            entries = [self._owed[key] for key in late[begin:end]]
            told = await asyncio.gather(*map(self._write, entries), return_exceptions=True)
            written = 0
            for key, error in zip(late[begin:end], told, strict=True):
                if error is None:
                    written += 1
                    self._late += self._trouble is not None
                    del self._owed[key]
                elif _is_for_ever(error):
                    self._leave_out(self._owed.pop(key), error)
                else:
                    # A disk that is nearly full takes a short one and not a long one.
                    all_well = False
                    self._fails(str(error))
                    self._owed[key] = self._owed.pop(key)  # the others first, the next time
            if not written and not all_well:
                break
        if not await self._write_outcomes() or not all_well:
            return False
        # What failed meanwhile failed later than what was written.
        if self._trouble is not None and self._failures == failures:
            self._mended()
        return True

    @staticmethod
    def _leave_out(entry: _Entry, error: BaseException) -> None:
        log.error("A decision cannot be written and is left out: %s", error)
        for ticket in entry.tickets:
            ticket.owed = False
        if not entry.written.done():
            entry.written.set_result(None)

    async def _write_outcomes(self) -> bool:
        outcomes = self._being_written = self._outcomes
        self._outcomes = []
        endings = [
            Ending(one.guild_id, number, one.state, one.at, one.attempts, one.detail)
            for one in outcomes
            if (number := one.ticket.action_id) is not None
        ]
        try:
            if endings:
                await self._write_endings(endings)
        except Exception as error:
            self._outcomes = outcomes + self._outcomes
            self._fails(str(error))
            return False
        finally:
            self._being_written = []
        for one in outcomes:
            if not one.ticket.owed and not one.written.done():
                one.written.set_result(None)
        if endings:
            self.on_ended(endings)
        # What was decided meanwhile, and is not written yet, may have ended already.
        self._outcomes = [one for one in outcomes if one.ticket.owed] + self._outcomes
        return True

    async def _write_endings(self, endings: Sequence[Ending]) -> None:
        """All together, or where one of them will never be taken, the others one by one."""
        try:
            await self._store.ended(endings)
        except Exception as error:
            if not _is_for_ever(error):
                raise
            if len(endings) == 1:
                log.error("An outcome cannot be written and is left out: %s", error)
                return
            for ending in endings:
                await self._write_endings([ending])


def _is_for_ever(error: BaseException) -> bool:
    """Whether trying the same again is of no use: it will never be taken, or it is a defect of
    ours."""
    if isinstance(error, CannotBeKept):
        return True
    return isinstance(error, Exception) and not isinstance(error, STORE_TROUBLE)


def _pieces(length: int) -> Iterator[tuple[int, int]]:
    """The first of so many alone, then a hundred at a time."""
    for begin in (0, *range(1, length, 100)):
        end = min(length, 1 if begin == 0 else begin + 100)
        if begin < end:
            yield begin, end
