"""A server in which people are punished, for the tests."""

import asyncio
from dataclasses import dataclass, field

from moderation.cases import HandMade
from moderation.errors import PalisadeError
from moderation.intents import DEADLINE_MS, Over, Owed
from moderation.states import State
from moderation.verdict import Action, Ban, Kick, Outcome, Result, Sanction, TimeOut
from service.expiry import Expiry
from service.ledger import Ledger
from service.outbox import Outbox
from service.sanctions import Sanctions
from tests.service.fakes import GUILD, USER, FakeDiscord, FakeIntents, Watch, a_verdict
from tests.virtual_time import now

HOUR_MS = 3_600_000
OUTAGE = Result(Outcome.FAILED, "503", final=False)
FORBIDDEN = Result(Outcome.FORBIDDEN, "no")
KICK, BAN = Kick(GUILD, USER, "rude"), Ban(GUILD, USER, None, "rude")
FULL = PalisadeError("the disk is full")


def clock() -> int:
    return int(now() * 1000)


def time_out(hours: int = 1) -> TimeOut:
    return TimeOut(GUILD, USER, clock() + hours * HOUR_MS, "rude")


@dataclass
class FakeSanctions:
    """The store's part of it, in memory. ``broken`` makes every call fail as long as it is set."""

    gone: set[int] = field(default_factory=set)
    of_case: set[int] = field(default_factory=lambda: {1})
    lifting: list[Owed] = field(default_factory=list)
    ends: dict[int, Owed] = field(default_factory=dict)
    broken: Exception | None = None
    defect_in: int | None = None
    looks: int = 0

    async def by_hand(self, guild_id: int, new: HandMade, action: Sanction) -> Owed | None:
        raise NotImplementedError

    async def wanted(self, guild_id: int, action_id: int) -> bool:
        self._fail()
        return action_id not in self.gone

    async def actions_of(self, guild_id: int, number: int) -> frozenset[int]:
        return frozenset(self.of_case)

    async def withdrawn(self, guild_id: int, number: int) -> frozenset[int]:
        return frozenset(self.gone)

    async def release(self, guild_id: int, number: int, now: int) -> list[Owed]:
        raise NotImplementedError

    async def lift(self, guild_id: int, now: int) -> list[Owed]:
        self._fail()
        if guild_id == self.defect_in:
            raise RuntimeError("a defect of ours")
        lifting, self.lifting = self.lifting, []
        return lifting

    async def expire(self, now: int) -> Over:
        self._fail()
        over = [end for end in self.ends if end <= now]
        owed = [self.ends.pop(end) for end in over]
        return Over(tuple((GUILD, one.case_number or 0) for one in owed), tuple(owed))

    async def next_end(self) -> int | None:
        self.looks += 1
        self._fail()
        return min(self.ends, default=None)

    def _fail(self) -> None:
        if self.broken is not None:
            raise self.broken


class Scene:
    def __init__(self) -> None:
        self.discord = FakeDiscord()
        self.log = FakeIntents()
        self.watch = Watch()
        self.store = FakeSanctions()
        self.ledger = Ledger(self.log, clock=clock)
        self.outbox = Outbox(self.discord, [self.watch], self.ledger)
        self.sanctions = Sanctions(self.store, self.outbox, self.ledger, self.discord)
        self.expiry = Expiry(self.store, self.sanctions, clock=clock)

    def owed(self, action: Action, number: int = 1, case: int = 1) -> Owed:
        """As if it were written down."""
        self.log.states[number] = State.PENDING
        deadline = clock() + DEADLINE_MS
        return Owed(number, a_verdict(), action, State.PENDING, deadline, clock(), case)

    def begins(self, action: Action, number: int = 1) -> asyncio.Task[Result]:
        task = self.sanctions.carry_out(self.owed(action, number))
        assert task is not None
        return task

    async def undoes(self, number: int = 1) -> None:
        self.store.gone.add(number)
        await self.sanctions.undone(GUILD, 1)
