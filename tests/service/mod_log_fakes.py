"""The mod log on a real database, and the Discord and the cases around it, which behave."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from data.store import Store
from moderation.cases import Case, NoSuchCase
from moderation.policy import GuildPolicy, ModLog
from service.log_channel import Fitness, LogEntry, Unfit
from service.mod_log import LogPace, ModLogWriter
from tests.made_cases import USUAL
from tests.store.clock import Clock
from tests.store.test_log_posts import GUILD, LOG, Rows

AT_ONCE = LogPace(settle=0.0, between=0.0, patience=0.0)
NOBODY_WAITS = LogPace(settle=0.0, between=0.0, patience=1e6)
CLOSED = Fitness(Unfit.CLOSED, ("Send Messages",))


@dataclass
class Channels:
    """Discord's side: what stands in each channel, by message, and what happened to requests.
    ``fail`` is raised by the next requests, before or after they took effect."""

    messages: dict[int, LogEntry] = field(default_factory=dict)
    nonces: dict[str, int] = field(default_factory=dict)
    remembers: bool = True
    fit: Fitness = field(default_factory=Fitness)
    told: list[Fitness] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    fail: list[tuple[str, BaseException]] = field(default_factory=list)
    looks: int = 0
    looking: int = 0
    most_at_once: int = 0
    gate: asyncio.Event | None = None
    _happened: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true of what was asked here."""
        async with asyncio.timeout(10):
            while not condition():
                self._happened.clear()
                await self._happened.wait()

    async def post(self, guild_id: int, channel_id: int, entry: LogEntry, nonce: str) -> int:
        self._note("post")
        self._fail("before")
        number = self.nonces.get(nonce) if self.remembers else None
        if number is None:
            number = 100 + len(self.messages)
            self.messages[number] = entry
            self.nonces[nonce] = number
        self._fail("after")
        return number

    async def edit(self, guild_id: int, channel_id: int, message_id: int, entry: LogEntry) -> None:
        self._note("edit")
        self._fail("before")
        self.messages[message_id] = entry

    async def find(
        self, guild_id: int, channel_id: int, numbers: Collection[int], since: int
    ) -> int | None:
        self._note("find")
        return next(
            (one for one, entry in self.messages.items() if entry.burst.first in numbers), None
        )

    async def fitness(self, guild_id: int, channel_id: int) -> Fitness:
        self.looks += 1
        self.looking += 1
        self.most_at_once = max(self.most_at_once, self.looking)
        self._happened.set()
        if self.gate is not None:
            await self.gate.wait()
        self.looking -= 1
        return self.fit

    async def tell_owner(self, guild_id: int, channel_id: int, fitness: Fitness) -> bool:
        self.told.append(fitness)
        return True

    def _note(self, what: str) -> None:
        self.requests.append(what)
        self._happened.set()

    def _fail(self, when: str) -> None:
        if self.fail and self.fail[0][0] == when:
            raise self.fail.pop(0)[1]


@dataclass
class Cases:
    """Cases as the case book would read them."""

    cases: dict[int, Case] = field(default_factory=dict)

    async def case(self, guild_id: int, number: int) -> Case:
        if number not in self.cases:
            raise NoSuchCase(number, 0)
        return self.cases[number]


@dataclass
class Policies:
    set: GuildPolicy = field(default_factory=lambda: GuildPolicy(mod_log=ModLog(LOG)))

    async def policy(self, guild_id: int) -> GuildPolicy:
        return self.set


@dataclass
class Around:
    """The mod log and all that is around it."""

    store: Store
    rows: Rows
    clock: Clock
    channels: Channels = field(default_factory=Channels)
    cases: Cases = field(default_factory=Cases)
    policies: Policies = field(default_factory=Policies)
    logs: list[ModLogWriter] = field(default_factory=list)

    def start(self, pace: LogPace = AT_ONCE) -> ModLogWriter:
        """A run of the program."""
        log = ModLogWriter(
            self.store.log_posts,
            self.cases,
            self.policies,
            self.channels,
            pace=pace,
            clock=self.clock,
        )
        self.logs.append(log)
        log.begin([GUILD])
        return log

    def make(self, number: int, *, user_id: int = 7) -> None:
        """A case, deleted already."""
        self.rows.case(number, user_id=user_id, at=self.clock.now)
        self.rows.action(number, "delete", "done", ended_at=self.clock.now + 1)
        self.cases.cases[number] = replace(USUAL, number=number, user_id=user_id)

    def change(self, number: int) -> None:
        """Something about a case is another one from now on."""
        self.clock.now += 10
        self.rows.run("UPDATE cases SET changed_at = ? WHERE number = ?", self.clock.now, number)

    def shown(self) -> list[tuple[int, int]]:
        """The first and the last case of each message."""
        return [(one.burst.first, one.burst.last) for one in self.channels.messages.values()]


async def settled(log: ModLogWriter) -> None:
    async with asyncio.timeout(10):
        await log.idle()
