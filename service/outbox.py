"""What was decided and is not yet done: written down, sent, tried again while there is hope, parked
where a permission is missing, and reported with what Discord really answered."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from moderation.events import MessageSeen
from moderation.verdict import (
    Action,
    DeleteMessage,
    Outcome,
    Result,
    Sanction,
    Verdict,
)
from service.attempts import ON_MEMBERS, Attempts, DoneBeforeError
from service.describing import describe
from service.eager import eager
from service.ledger import Ledger, Ticket
from service.observers import tell_enforced
from service.parking import Parked, Parking
from service.ports import Discord, Holds, Observer

log = logging.getLogger(__name__)

RETRY_SECONDS = (1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0)
"""Pauses between attempts at an action that failed. The edge retries each request on its own for
some seconds already; these bridge an outage of half an hour."""

REMEMBERED = 20_000
"""How many finished deletions are remembered, so that a replayed or duplicated event acts once."""

type Place = tuple[int, int]
"""A channel and a message in it."""

type Key = tuple[str, int, int]


class Outbox:
    """Carries out the actions of verdicts, each key once at a time."""

    def __init__(
        self,
        discord: Discord,
        observers: list[Observer],
        ledger: Ledger,
        holds: Holds | None = None,
    ) -> None:
        self._observers = observers
        self._ledger = ledger
        self._holds = holds
        self._tasks: dict[Key, asyncio.Task[Result]] = {}
        self._finished: OrderedDict[Key, None] = OrderedDict()
        self._held: dict[Key, Place] = {}
        self._carried: set[int] = set()
        self._aside: set[asyncio.Task[Any]] = set()
        self._closed = False
        self.attempts = Attempts(discord, ledger.now)
        self.parking = Parking()
        """What waits for a permission."""
        self.still_wanted: Callable[[Action], Awaitable[bool]] = _always
        """Asked before an action that failed is tried again."""
        self.landed: Callable[[Sanction, asyncio.Future[None] | None], None] = lambda *_: None
        """Called when something was done to a member, with when that is written down."""

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
        return self.parking.of(guild_id)

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
        elif verdict.violates and not verdict.actions:
            self._set_aside(self._note(verdict))

    def resume(self, parked: Parked) -> asyncio.Task[Result] | None:
        """Start what is written down already: just now, parked before, or left by an earlier run.
        None when the same is done, or under way for another decision, whose outcome is then that of
        both. What is done to members waits for the other one instead: they may differ."""
        key, number = parked.action.key, parked.ticket.action_id
        if self._closed or number in self._carried:
            return None
        under_way = self._tasks.get(key)
        if under_way is not None and isinstance(parked.action, ON_MEMBERS):
            return self._set_aside(self._afterwards(under_way, parked))
        self._take(key, parked.ticket)
        if key in self._finished:
            self.settle(parked, "done before")
            return None
        if under_way is not None:
            under_way.add_done_callback(lambda task: self._done_for_both(parked, task))
            return None
        if self._ledger.now() > parked.ticket.deadline:
            self._end(parked.verdict, parked.action, parked.ticket, TOO_LATE, attempts=0)
            return None
        written = _ready(parked.ticket)
        # Deletions of a channel go together: none waits to ask whether it is wanted. Who undoes a
        # case tells what waits of it (``withdraw``), and what is left by an earlier run was read
        # just now.
        tried = parked.ticket.tried and not isinstance(parked.action, DeleteMessage)
        task = self._start(parked.verdict, parked.action, written, tried=tried)
        if number is not None:
            self._carried.add(number)
            task.add_done_callback(lambda _: self._carried.discard(number))
        return task

    def park(self, parked: Parked) -> None:
        """Keep it until a permission changes."""
        self.parking.keep(parked)

    def settle(self, parked: Parked, why: str) -> None:
        """What the action wanted has come about without it."""
        self._take(parked.action.key, parked.ticket)
        self._ledger.ended(parked.action, parked.ticket, Result(Outcome.GONE, why), 0)

    def withdraw(self, parked: Parked) -> None:
        """Its case was undone: it waits no more."""
        if self.parking.pop(parked.action.key) is not None:
            self._end(parked.verdict, parked.action, parked.ticket, WITHDRAWN, attempts=0)

    async def drain(self, timeout: float) -> int:
        """Wait up to ``timeout`` seconds for what is under way, then leave the rest to the next
        start. Returns how much was left, each of which is in the log."""
        late: set[asyncio.Task[Result]] = set()
        self._closed = True
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
        aside = list(self._aside)
        for waiting in aside:
            waiting.cancel()
        await asyncio.gather(*aside, return_exceptions=True)
        await self.attempts.close()
        await self._ledger.close()
        return len(late)

    def _set_aside[T](self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = eager(work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)
        return task

    async def _note(self, verdict: Verdict) -> None:
        """Write down what is only told of."""
        place = self._hold(verdict)
        await self._ledger.record(verdict, [])
        self._release(place)

    async def _afterwards(self, under_way: asyncio.Task[Result], parked: Parked) -> Result:
        await asyncio.wait({under_way})
        task = self.resume(parked)
        return await task if task is not None else Result(Outcome.GONE, "done before")

    def _known(self, action: Action) -> bool:
        return action.key in self._tasks or action.key in self._finished

    def _start(
        self,
        verdict: Verdict,
        action: Action,
        written: Awaitable[Ticket],
        nearly: asyncio.Event | None = None,
        *,
        tried: bool = False,
    ) -> asyncio.Task[Result]:
        place = self._hold(verdict)
        if place is not None:
            self._held[action.key] = place
        run = self._run(verdict, action, written, nearly or asyncio.Event(), tried=tried)
        task = eager(run, name=f"outbox {action.key}")
        self._tasks[action.key] = task
        task.add_done_callback(lambda _: self._tasks.pop(action.key, None))
        if place is not None:
            task.add_done_callback(partial(self._let_go, action.key))
        return task

    def _let_go(self, key: Key, task: asyncio.Task[Result]) -> None:
        """What the end of the program leaves without a record is read again after the next
        start."""
        place = self._held.pop(key, None)
        if not task.cancelled():
            self._release(place)

    def _hold(self, verdict: Verdict) -> Place | None:
        """How far its channel was judged is not written past this message until its decision is on
        disk, or has had its outcome without."""
        event = verdict.event
        if self._holds is None or not isinstance(event, MessageSeen) or not event.guild_id:
            return None
        self._holds.hold(event.guild_id, event.channel_id, event.message_id)
        return event.channel_id, event.message_id

    def _release(self, place: Place | None) -> None:
        if place is not None and self._holds is not None:
            self._holds.release(*place)

    async def _run(
        self,
        verdict: Verdict,
        action: Action,
        written: Awaitable[Ticket],
        nearly: asyncio.Event,
        *,
        tried: bool,
    ) -> Result:
        record = eager(_ticket(written))
        record.add_done_callback(lambda _: nearly.set())

        taken = False

        async def recorded() -> Ticket:
            nonlocal taken
            # Whoever gives up waiting must not take the record from the others.
            ticket = await asyncio.shield(record)
            if ticket.done:
                raise DoneBeforeError
            if not taken:
                taken = True
                if not ticket.owed:
                    self._release(self._held.pop(action.key, None))
                self._take(action.key, ticket)
            return ticket

        try:
            # The request is made ready while the disk writes, not while that is being prepared.
            await nearly.wait()
            result = await self.attempts.make(action, recorded, again=tried)
            ticket = await recorded()
        except DoneBeforeError:
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
            ticket.tried = True
            if not await self.still_wanted(action):
                result = Result(Outcome.GONE, "it is another one by now")
                break
            result = await self.attempts.make(action, recorded, again=True)
            attempts += 1
        if result.outcome is Outcome.FORBIDDEN:
            ticket.tried = True
            self.parking.park(Parked(verdict, action, ticket), result)
        if isinstance(action, DeleteMessage) and result.outcome.succeeded:
            self._remember(action)
        self._end(verdict, action, ticket, result, attempts)
        return result

    def _end(
        self, verdict: Verdict, action: Action, ticket: Ticket, result: Result, attempts: int
    ) -> None:
        written = self._ledger.ended(action, ticket, result, attempts)
        tell_enforced(self._observers, verdict, action, result)
        if isinstance(action, ON_MEMBERS) and result.outcome is Outcome.DONE:
            self.landed(action, written)

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
        older = self.parking.pop(key)
        if older is None or ticket.owed:
            return  # what is not written yet may turn out to be the same decision
        if older.ticket.action_id != ticket.action_id:
            result = Result(Outcome.FAILED, "a later decision about the same takes its place")
            self._ledger.ended(older.action, older.ticket, result, 0)

    def _remember(self, action: Action) -> None:
        self._finished[action.key] = None
        if len(self._finished) > REMEMBERED:
            self._finished.popitem(last=False)


async def _always(_: Action) -> bool:
    return True


TOO_LATE = Result(Outcome.FAILED, "it could not be done in time")
WITHDRAWN = Result(Outcome.WITHDRAWN, "its case was undone")


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
