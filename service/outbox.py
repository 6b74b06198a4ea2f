"""What was decided and is not yet done: written down, sent, tried again while there is hope, parked
where a permission is missing, and reported with what Discord really answered."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from moderation.events import MessageSeen
from moderation.verdict import (
    Action,
    Ban,
    DeleteMessage,
    EndTimeout,
    Kick,
    Outcome,
    RenameThread,
    Result,
    SetNickname,
    TimeOut,
    Unban,
    Verdict,
)
from service.eager import eager
from service.lanes import Lanes
from service.ledger import Ledger, Ticket
from service.ports import Discord, Gate, Holds, Observer
from service.telling import tell_enforced

log = logging.getLogger(__name__)

RETRY_SECONDS = (1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0)
"""Pauses between attempts at an action that failed. The edge retries each request on its own for
some seconds already; these bridge an outage of half an hour."""

REMEMBERED = 20_000
"""How many finished deletions are remembered, so that a replayed or duplicated event acts once."""

LATELY_SECONDS = 30.0
"""A refusal so soon after a permission has changed may be an answer from before, or Discord may not
have carried the change everywhere: it is asked once more."""

PARKED_AT_MOST = 20_000
"""How many actions that wait for a permission are kept in memory; the log keeps all of them."""

type Key = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Parked:
    """An action that waits: for a permission, or since an earlier run of the program."""

    verdict: Verdict
    action: Action
    ticket: Ticket


class Outbox:
    """Carries out the actions of verdicts, each key once at a time."""

    def __init__(
        self,
        discord: Discord,
        observers: list[Observer],
        ledger: Ledger,
        holds: Holds | None = None,
    ) -> None:
        self._discord = discord
        self._observers = observers
        self._ledger = ledger
        self._holds = holds
        self._lanes = Lanes(discord, ledger.now)
        self._tasks: dict[Key, asyncio.Task[Result]] = {}
        self._finished: OrderedDict[Key, None] = OrderedDict()
        self._parked: OrderedDict[Key, Parked] = OrderedDict()
        self._refusals_said: set[tuple[int, int]] = set()
        self._held: dict[Key, tuple[int, int]] = {}
        self._changed_at: dict[int, float] = {}
        self.refused_lately: Callable[[int], None] = lambda _: None
        """Called with a guild in which something is refused soon after a permission has changed."""
        self.still_wanted: Callable[[Action], Awaitable[bool]] = _always
        """Asked before an action that failed is tried again."""

    @property
    def pending(self) -> int:
        """How many actions are under way."""
        return len(self._tasks)

    @property
    def trouble(self) -> str | None:
        """Why decisions cannot be written just now, and what helps; None where they can."""
        return self._ledger.trouble

    def parked(self, guild_id: int) -> list[Parked]:
        """What waits for a permission in one server, longest first."""
        return [one for one in self._parked.values() if one.action.guild_id == guild_id]

    def task(self, action: Action) -> asyncio.Task[Result] | None:
        """The same action where it is under way."""
        return self._tasks.get(action.key)

    def submit(self, verdict: Verdict, action: Action) -> asyncio.Task[Result] | None:
        """Write down and start ``action``; None when the same is under way or, for a deletion,
        already done."""
        if self._known(action):
            return None
        nearly = asyncio.Event()
        written = _first(self._ledger.record(verdict, [action], nearly.set))
        return self._start(verdict, action, written, nearly)

    def submit_all(self, verdict: Verdict) -> None:
        """The same for every action of ``verdict``, written down together."""
        actions = [action for action in verdict.actions if not self._known(action)]
        if len(actions) == 1:
            self.submit(verdict, actions[0])
        elif actions:
            written = eager(self._ledger.record(verdict, actions))
            for number, action in enumerate(actions):
                self._start(verdict, action, _of_many(written, number))

    def resume(self, parked: Parked) -> asyncio.Task[Result] | None:
        """Start what is written down already: parked before, or left by an earlier run. None when
        the same is done, or under way for another decision, whose outcome is then that of both."""
        key = parked.action.key
        self._take(key, parked.ticket)
        if key in self._finished:
            self.settle(parked, "done before")
            return None
        if key in self._tasks:
            self._tasks[key].add_done_callback(lambda task: self._done_for_both(parked, task))
            return None
        if self._ledger.now() > parked.ticket.deadline:
            self._end(parked.verdict, parked.action, parked.ticket, TOO_LATE, attempts=0)
            return None
        return self._start(parked.verdict, parked.action, _ready(parked.ticket))

    def park(self, parked: Parked) -> None:
        """Keep it until a permission changes."""
        self._parked.setdefault(parked.action.key, parked)

    def settle(self, parked: Parked, why: str) -> None:
        """What the action wanted has come about without it."""
        self._take(parked.action.key, parked.ticket)
        self._ledger.ended(parked.action, parked.ticket, Result(Outcome.GONE, why), 0)

    def permissions_changed(self, guild_id: int) -> None:
        """What is refused from now on in this server is worth saying again."""
        self._changed_at[guild_id] = asyncio.get_running_loop().time()
        self._refusals_said = {place for place in self._refusals_said if place[0] != guild_id}

    async def drain(self, timeout: float) -> int:
        """Wait up to ``timeout`` seconds for what is under way, then leave the rest to the next
        start. Returns how much was left, each of which is in the log."""
        late: set[asyncio.Task[Result]] = set()
        if self._tasks:
            tasks = dict(self._tasks)
            _, late = await asyncio.wait(tasks.values(), timeout=timeout)
            for key, task in tasks.items():
                if task in late:
                    log.error(
                        "Not done before the end, left to the next start: %s",
                        " ".join(map(str, key)),
                    )
                    task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._lanes.close()
        await self._ledger.close()
        return len(late)

    def _known(self, action: Action) -> bool:
        return action.key in self._tasks or action.key in self._finished

    def _start(
        self,
        verdict: Verdict,
        action: Action,
        written: Awaitable[Ticket],
        nearly: asyncio.Event | None = None,
    ) -> asyncio.Task[Result]:
        held = self._hold(verdict, action)
        run = self._run(verdict, action, written, nearly or asyncio.Event())
        task = eager(run, name=f"outbox {action.key}")
        self._tasks[action.key] = task
        task.add_done_callback(lambda _: self._tasks.pop(action.key, None))
        if held:
            task.add_done_callback(lambda _: self._release(action))
        return task

    def _hold(self, verdict: Verdict, action: Action) -> bool:
        """How far its channel was judged is not written past this message until its decision is on
        disk, or has had its outcome without."""
        event = verdict.event
        if self._holds is None or not isinstance(event, MessageSeen) or not event.guild_id:
            return False
        self._holds.hold(event.guild_id, event.channel_id, event.message_id)
        self._held[action.key] = (event.channel_id, event.message_id)
        return True

    def _release(self, action: Action) -> None:
        held = self._held.pop(action.key, None)
        if held is not None and self._holds is not None:
            self._holds.release(*held)

    async def _run(
        self, verdict: Verdict, action: Action, written: Awaitable[Ticket], nearly: asyncio.Event
    ) -> Result:
        record = eager(_ticket(written))
        record.add_done_callback(lambda _: nearly.set())

        taken = False

        async def recorded() -> Ticket:
            nonlocal taken
            # Whoever gives up waiting must not take the record from the others.
            ticket = await asyncio.shield(record)
            if ticket.done:
                raise _DoneBeforeError
            if not taken:
                taken = True
                if not ticket.owed:
                    self._release(action)
                self._take(action.key, ticket)
            return ticket

        try:
            # The request is made ready while the disk writes, not while that is being prepared.
            await nearly.wait()
            result = await self._attempt(action, recorded)
            ticket = await recorded()
        except _DoneBeforeError:
            self._remember(action)
            return Result(Outcome.GONE, "done before")
        attempts = 1
        for pause in RETRY_SECONDS:
            if result.final:
                break
            log.warning(
                "%s failed (%s); next attempt in %.0f s",
                describe(action),
                result.detail,
                max(pause, result.again_in),
            )
            await asyncio.sleep(max(pause, result.again_in))
            if not await self.still_wanted(action):
                result = Result(Outcome.GONE, "it is another one by now")
                break
            result = await self._attempt(action, recorded)
            attempts += 1
        if result.outcome is Outcome.FORBIDDEN:
            self._park(verdict, action, ticket, result)
        if isinstance(action, DeleteMessage) and result.outcome.succeeded:
            self._remember(action)
        self._end(verdict, action, ticket, result, attempts)
        return result

    def _end(
        self, verdict: Verdict, action: Action, ticket: Ticket, result: Result, attempts: int
    ) -> None:
        self._ledger.ended(action, ticket, result, attempts)
        tell_enforced(self._observers, verdict, action, result)

    def _done_for_both(self, parked: Parked, task: asyncio.Task[Result]) -> None:
        """What was asked for by two decisions has ended. One that waits for a permission waits in
        one of them."""
        if task.cancelled():
            return  # left to the next start, both of them
        result = task.result()
        if result.outcome.succeeded:
            result = Result(Outcome.GONE, "done for another decision")
        else:
            result = Result(Outcome.FAILED, f"asked for by another decision: {result.detail}")
        self._ledger.ended(parked.action, parked.ticket, result, 0)

    def _take(self, key: Key, ticket: Ticket) -> None:
        """What waits under this key waits no more: ``ticket`` is about to be carried out. An older
        decision about the same ends with that."""
        older = self._parked.pop(key, None)
        if older is None or ticket.owed:
            return  # what is not written yet may turn out to be the same decision
        if older.ticket.action_id != ticket.action_id:
            result = Result(Outcome.FAILED, "a later decision about the same takes its place")
            self._ledger.ended(older.action, older.ticket, result, 0)

    def _remember(self, action: Action) -> None:
        self._finished[action.key] = None
        if len(self._finished) > REMEMBERED:
            self._finished.popitem(last=False)

    def _park(self, verdict: Verdict, action: Action, ticket: Ticket, result: Result) -> None:
        self._parked[action.key] = Parked(verdict, action, ticket)
        if len(self._parked) > PARKED_AT_MOST:
            self._parked.popitem(last=False)
        place = (action.guild_id, action.key[1])
        if place not in self._refusals_said:
            self._refusals_said.add(place)
            log.error(
                "%s is refused: %s. This and what follows there waits for the permission.",
                describe(action),
                result.detail,
            )
        changed_at = self._changed_at.get(action.guild_id)
        if changed_at is not None:
            if asyncio.get_running_loop().time() - changed_at < LATELY_SECONDS:
                self.refused_lately(action.guild_id)
            else:
                del self._changed_at[action.guild_id]

    async def _attempt(self, action: Action, recorded: Gate) -> Result:
        """Carry out an action as soon as it is recorded."""
        try:
            if isinstance(action, DeleteMessage):
                return await self._lanes.delete(action, recorded)
            await recorded()
            return await self._discord.enforce(action)
        except _DoneBeforeError:
            raise
        except Exception as error:
            # A defect of ours must not look like an action that was never asked for.
            log.exception("Carrying out %s broke", describe(action))
            return Result(Outcome.FAILED, f"{type(error).__name__}: {error}")


async def _always(_: Action) -> bool:
    return True


class _DoneBeforeError(Exception):
    """The log has the action as done since an earlier decision of the same cause."""


TOO_LATE = Result(Outcome.FAILED, "it could not be done in time")


async def _first(written: Awaitable[Sequence[Ticket]]) -> Ticket:
    (ticket,) = await written
    return ticket


async def _of_many(written: asyncio.Task[tuple[Ticket, ...]], number: int) -> Ticket:
    # One action that is given up must not take the record from the others.
    return (await asyncio.shield(written))[number]


async def _ticket(written: Awaitable[Ticket]) -> Ticket:
    return await written


async def _ready(ticket: Ticket) -> Ticket:
    return ticket


def describe(action: Action) -> str:
    """The action and its ids, for a log line."""
    match action:
        case DeleteMessage():
            return f"Deleting message {action.message_id} in channel {action.channel_id}"
        case SetNickname():
            return f"Setting the nickname of member {action.user_id}"
        case RenameThread():
            return f"Setting the title of thread {action.thread_id}"
        case TimeOut():
            return f"Timing out member {action.user_id}"
        case EndTimeout():
            return f"Ending the timeout of member {action.user_id}"
        case Kick():
            return f"Kicking member {action.user_id}"
        case Ban():
            return f"Banning user {action.user_id}"
        case Unban():
            return f"Unbanning user {action.user_id}"
