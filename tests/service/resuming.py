"""Runs of the program one after the other, which share one log and one Discord."""

import asyncio
from dataclasses import replace

from moderation.states import State
from moderation.verdict import SetNickname
from service.ledger import Ledger
from service.name_guard import NameGuard
from service.outbox import Outbox
from service.resumption import Resumption
from service.rules import Rules
from tests.service.fakes import (
    GUILD,
    USER,
    FakeDiscord,
    FakeIntents,
    FakeStore,
    Watch,
    a_verdict,
    delete,
    named,
    words,
)
from tests.virtual_time import now

RENAME = SetNickname(GUILD, USER, None, "because")


class Scene:
    """A run of the program; ``after`` is the next one, which finds its log."""

    def __init__(self, log: FakeIntents | None = None, discord: FakeDiscord | None = None) -> None:
        self.log = log or FakeIntents()
        self.discord = discord or FakeDiscord()
        self.watch = Watch()
        ledger = Ledger(self.log, clock=lambda: int(now() * 1000))
        self.outbox = Outbox(self.discord, [self.watch], ledger)
        rules = Rules(FakeStore({GUILD: words("bad")}))
        guard = NameGuard(
            self.discord, self.outbox, rules, [self.watch], threads=self.discord, clock=now
        )
        self.resumption = Resumption(self.outbox, ledger, guard)

    def after(self) -> "Scene":
        return Scene(self.log, self.discord)

    async def is_killed(self) -> None:
        """Nothing more of this run happens, and nothing is written."""
        await self.resumption.close()
        await self.outbox.drain(0)

    async def decides(self, *numbers: int) -> None:
        """Deletions are begun."""
        for number in numbers:
            self.outbox.submit(a_verdict(number), delete(number))
        await asyncio.sleep(1)

    async def renames(self) -> None:
        """A correction of a name is begun."""
        self.outbox.submit(replace(a_verdict(), event=named("bad")), RENAME)
        await asyncio.sleep(1)

    @property
    def states(self) -> list[State]:
        return list(self.log.states.values())
