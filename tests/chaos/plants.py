"""Defects that are planted in the bot on purpose: each takes one safeguard away, so that it can be
seen that the chaos finds it. ``python -m tests.chaos --plant lost-resume`` runs with one.

They are planted in the process of the bot alone (``planted_bot.py``).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cogs.helpers.enforce import Enforcer
from moderation.events import Event
from moderation.verdict import Action, Outcome, Result, TimeOut, Verdict
from service.catchup import CatchUp
from service.history import Posted
from service.ledger import Ledger, Ticket
from service.moderator import Moderator
from service.outbox import Outbox
from service.ports import Gate
from service.resumption import Resumption

type Nearly = Callable[[], None] | None


@dataclass(frozen=True, slots=True)
class Plant:
    """What is wrong, and what takes the place of what: an attribute of a class each."""

    what: str
    changes: tuple[tuple[type, str, Callable[..., Any]], ...]


def _resumes_nothing(self: Resumption, guild_ids: Iterable[int]) -> None:
    """What an earlier run left stays as it is."""


async def _judges_nothing(
    self: CatchUp, guild_id: int, messages: Sequence[Posted], reading: str
) -> None:
    """What was missed is read, and its cursor moves on."""


_record = Ledger.record


async def _records_the_outcome_too(
    self: Ledger, verdict: Verdict, actions: Sequence[Action], nearly: Nearly = None
) -> tuple[Ticket, ...]:
    """The log says "done" before Discord was asked."""
    tickets = await _record(self, verdict, actions, nearly)
    for action, ticket in zip(actions, tickets, strict=True):
        self.ended(action, ticket, Result(Outcome.DONE), 1)
    return tickets


_handle = Moderator.handle


def _hears_twice(self: Moderator, event: Event) -> None:
    """Every event comes twice, so that no run passes by chance."""
    _handle(self, event)
    _handle(self, event)


def _knows_nothing(self: Outbox, action: Action) -> bool:
    """An event that comes twice is acted on twice."""
    return False


async def _never_done_before(
    self: Ledger, verdict: Verdict, actions: Sequence[Action], nearly: Nearly = None
) -> tuple[Ticket, ...]:
    """What is done by the log is done again."""
    tickets = await _record(self, verdict, actions, nearly)
    return tuple(Ticket(one.deadline, one.action_id, owed=one.owed) for one in tickets)


async def _records_nothing(
    self: Ledger, verdict: Verdict, actions: Sequence[Action], nearly: Nearly = None
) -> tuple[Ticket, ...]:
    """Nothing is written before it is done."""
    return tuple(Ticket(self.now() + 60_000) for _ in actions)


_enforce = Enforcer.enforce


async def _punishes_twice(self: Enforcer, action: Action, *, when: Gate | None = None) -> Result:
    """Whoever is timed out is timed out again, a little longer."""
    result = await _enforce(self, action, when=when)
    if isinstance(action, TimeOut):
        await _enforce(self, replace(action, until=action.until + 1000))
    return result


PLANTS = {
    "lost-resume": Plant(
        "after a kill, what was decided and not done is not taken up again",
        ((Resumption, "begin", _resumes_nothing),),
    ),
    "no-catch-up": Plant(
        "what was said while the bot was away is not judged",
        ((CatchUp, "_judge", _judges_nothing),),
    ),
    "early-outcome": Plant(
        "outcomes are written before the request",
        ((Ledger, "record", _records_the_outcome_too),),
    ),
    "acts-twice": Plant(
        "events that come twice are acted on twice",
        (
            (Moderator, "handle", _hears_twice),
            (Outbox, "_known", _knows_nothing),
            (Ledger, "record", _never_done_before),
        ),
    ),
    "punishes-twice": Plant(
        "people are timed out a second time", ((Enforcer, "enforce", _punishes_twice),)
    ),
    "no-record": Plant("decisions are not written down", ((Ledger, "record", _records_nothing),)),
}


def plant(name: str) -> None:
    """Put a defect into this process. Raises KeyError for one that is not known."""
    for owner, attribute, defect in PLANTS[name].changes:
        setattr(owner, attribute, defect)
