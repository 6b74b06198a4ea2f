"""What moderators do by hand is a case, once, also where the bot was away meanwhile."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from moderation.cases import Case, CaseKind, CaseState, HandMade
from moderation.consequence import BAN, KICK, LOG, MAX_TIMEOUT_MS, Consequence, Step
from moderation.records import Actor
from moderation.snowflakes import first_at, made_at
from service.hand_made import (
    ASK_AGAIN_SECONDS,
    READ_AT_ONCE,
    RETRY_SECONDS,
    AuditLogUnreadable,
    ByHand,
    HandMadeCases,
    Missed,
)
from tests.service.fakes import GUILD, USER
from tests.virtual_time import in_virtual_time, now

MO = 7
START_MS = 1_700_000_000_000


def clock() -> int:
    return START_MS + int(now() * 1000)


def entry(kind: CaseKind, number: int = 1, **fields: int | str | None) -> ByHand:
    """Done just now."""
    one = ByHand(first_at(clock()) + number, kind, USER, MO, "spam")
    return replace(one, **fields)  # type: ignore[arg-type]  # a test's own fields


@dataclass
class World:
    """The audit log, the memory and the cases, which behave; ``refused`` and ``broken`` are what
    the next calls raise."""

    written: list[ByHand] = field(default_factory=list)
    others_until: int = 0
    incomplete: bool = False
    refused: list[AuditLogUnreadable] = field(default_factory=list)
    broken: list[OSError] = field(default_factory=list)
    newest: int | None = None
    made: dict[str, HandMade] = field(default_factory=dict)
    closed: list[tuple[int, Step, int, Actor, str]] = field(default_factory=list)
    running: list[int] = field(default_factory=list)
    changes: list[int] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    takes_seconds: float = 0.0
    reading: int = 0
    most_at_once: int = 0

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.work = HandMadeCases(
            self, self, self, lambda _, number: self.changes.append(number), clock=clock
        )

    async def missed(self, guild_id: int, after: int) -> Missed:
        self.asked.append(after)
        self.reading += 1
        self.most_at_once = max(self.most_at_once, self.reading)
        await asyncio.sleep(self.takes_seconds)
        self.reading -= 1
        if self.refused:
            raise self.refused.pop(0)
        done = [one for one in self.written if one.entry_id > after]
        last = max([after, self.others_until, *(one.entry_id for one in done)])
        return Missed(done, last, not self.incomplete)

    async def name(self, user_id: int) -> str:
        return {MO: "mo", USER: "ann"}[user_id]

    async def seen(self, guild_id: int) -> int | None:
        return self.newest

    async def saw(self, guild_id: int, entry_id: int) -> None:
        self.newest = max(self.newest or 0, entry_id)

    async def close_running(
        self, guild_id: int, user_id: int, step: Step, *, before: int, by: Actor, note: str
    ) -> Sequence[int]:
        self.closed.append((user_id, step, before, by, note))
        running, self.running = self.running, []
        return running

    async def open_case(self, guild_id: int, new: HandMade) -> Case | None:
        if self.broken:
            raise self.broken.pop(0)
        assert new.cause is not None
        if new.cause in self.made:
            return None
        self.made[new.cause] = new
        by, state = new.by, CaseState.OPEN
        return Case(
            guild_id,
            100 + len(self.made),
            new.at,
            new.kind,
            state,
            new.user_id,
            new.user_name,
            by,
            new.reason,
            new.consequence,
        )

    def does(self, one: ByHand, *, heard: bool = True) -> None:
        """Somebody does it."""
        self.written.append(one)
        if heard:
            self.work.heard(GUILD, [one])

    def kinds(self) -> list[CaseKind]:
        return [new.kind for new in self.made.values()]

    async def settle(self, seconds: float = 1.0) -> None:
        await asyncio.sleep(seconds)


@in_virtual_time
async def test_each_kind_makes_its_case() -> None:
    world = World()
    world.work.begin(GUILD)
    until = clock() + 3_600_000
    for number, (kind, end) in enumerate(
        (
            (CaseKind.KICK, None),
            (CaseKind.BAN, None),
            (CaseKind.UNBAN, None),
            (CaseKind.TIMEOUT, until),
            (CaseKind.TIMEOUT_ENDED, None),
            (CaseKind.NICKNAME, None),
        ),
        1,
    ):
        world.does(entry(kind, number, until=end))
    await world.settle()
    assert [(one.kind, one.consequence, one.expires_at) for one in world.made.values()] == [
        (CaseKind.KICK, KICK, None),
        (CaseKind.BAN, BAN, None),
        (CaseKind.UNBAN, LOG, None),
        (CaseKind.TIMEOUT, Consequence(Step.TIMEOUT, 3_600_000), until),
        (CaseKind.TIMEOUT_ENDED, LOG, None),
        (CaseKind.NICKNAME, LOG, None),
    ]
    kick = next(iter(world.made.values()))
    assert (kick.user_id, kick.user_name, kick.by, kick.reason) == (
        USER,
        "ann",
        Actor(MO, "mo"),
        "spam",
    )
    assert kick.at == made_at(world.written[0].entry_id)
    assert world.changes == [101, 102, 103, 104, 105, 106]


@in_virtual_time
async def test_a_timeout_of_any_length_is_kept() -> None:
    world = World()
    world.does(entry(CaseKind.TIMEOUT, 1, until=clock() + 10))
    world.does(entry(CaseKind.TIMEOUT, 2, until=clock() + 2 * MAX_TIMEOUT_MS))
    await world.settle()
    assert [one.consequence.ms for one in world.made.values()] == [60_000, MAX_TIMEOUT_MS]


@in_virtual_time
async def test_an_entry_that_comes_again_makes_no_second_case() -> None:
    world = World()
    one = entry(CaseKind.KICK)
    world.does(one)
    world.work.heard(GUILD, [one])
    await world.settle()
    assert world.kinds() == [CaseKind.KICK]


@in_virtual_time
async def test_an_entry_of_two_kinds_makes_two_cases() -> None:
    world = World()
    world.work.heard(GUILD, [entry(CaseKind.NICKNAME), entry(CaseKind.TIMEOUT_ENDED)])
    await world.settle()
    assert world.kinds() == [CaseKind.NICKNAME, CaseKind.TIMEOUT_ENDED]


@in_virtual_time
async def test_what_ends_by_hand_closes_what_ran() -> None:
    world = World(running=[3, 4])
    world.does(entry(CaseKind.UNBAN))
    await world.settle()
    at = made_at(world.written[0].entry_id)
    assert world.closed == [(USER, Step.BAN, at, Actor(MO, "mo"), "The ban was lifted by hand.")]
    assert world.changes == [3, 4, 101]
    world.does(entry(CaseKind.TIMEOUT_ENDED))
    await world.settle()
    assert world.closed[1][1] is Step.TIMEOUT


# While the bot was away


@in_virtual_time
async def test_what_was_missed_is_read_in_order_and_once() -> None:
    world = World()
    world.work.begin(GUILD)
    await world.settle()
    await world.work.close()
    world.does(entry(CaseKind.BAN), heard=False)
    await world.settle()
    world.does(entry(CaseKind.UNBAN), heard=False)
    world.start()
    world.work.begin(GUILD)
    world.does(entry(CaseKind.KICK, 2))
    await world.settle()
    assert world.kinds() == [CaseKind.BAN, CaseKind.UNBAN, CaseKind.KICK]
    assert world.newest == world.written[-1].entry_id


@in_virtual_time
async def test_a_start_in_many_servers_reads_few_logs_at_a_time() -> None:
    world = World(takes_seconds=1.0)
    for guild_id in range(1, 8):
        world.work.begin(guild_id)
    await world.work.idle()
    assert (len(world.asked), world.most_at_once) == (7, READ_AT_ONCE)


@in_virtual_time
async def test_what_was_done_before_the_bot_came_is_not_its_affair() -> None:
    world = World()
    world.does(entry(CaseKind.BAN), heard=False)
    await world.settle()
    world.work.begin(GUILD)
    await world.settle()
    assert world.made == {}
    assert world.newest is not None


@in_virtual_time
async def test_what_others_do_is_not_read_again_and_again() -> None:
    world = World()
    world.work.begin(GUILD)
    await world.settle()
    world.others_until = first_at(clock()) + 9
    world.work.begin(GUILD)
    await world.settle()
    assert world.newest == world.others_until


@in_virtual_time
async def test_a_log_that_is_too_long_is_gone_on_with_from_now() -> None:
    world = World()
    world.work.begin(GUILD)
    await world.settle()
    world.incomplete = True
    world.does(entry(CaseKind.BAN), heard=False)
    await world.settle()
    begun = clock()
    world.work.begin(GUILD)
    await world.settle()
    assert world.kinds() == [CaseKind.BAN]
    assert world.newest == first_at(begun)


@in_virtual_time
async def test_what_is_heard_before_the_rest_was_read_is_not_taken_for_it() -> None:
    world = World()
    world.work.begin(GUILD)
    await world.settle()
    before = world.newest
    world.does(entry(CaseKind.BAN), heard=False)
    world.refused = [AuditLogUnreadable("503", passing=True)]
    world.work.begin(GUILD)
    await world.settle()
    world.does(entry(CaseKind.KICK, 2))
    await world.settle()
    assert world.kinds() == [CaseKind.KICK], "at once"
    assert world.newest == before
    await world.settle(RETRY_SECONDS)
    assert world.kinds() == [CaseKind.KICK, CaseKind.BAN]
    assert world.newest == world.written[-1].entry_id


@in_virtual_time
async def test_a_closed_log_is_said_and_asked_for_when_permissions_change() -> None:
    world = World(refused=[AuditLogUnreadable("no", passing=False)] * 2)
    world.work.begin(GUILD)
    await world.settle()
    assert world.work.unreadable(GUILD)
    await world.settle(1_000)
    assert len(world.asked) == 1, "nobody asks for nothing"
    for _ in range(5):
        world.work.permissions_changed(GUILD)
    await world.settle(ASK_AGAIN_SECONDS + 1)
    assert (len(world.asked), world.work.unreadable(GUILD)) == (2, True)
    world.work.permissions_changed(GUILD)
    await world.settle(ASK_AGAIN_SECONDS + 1)
    assert not world.work.unreadable(GUILD)
    world.work.permissions_changed(GUILD)
    await world.settle(ASK_AGAIN_SECONDS + 1)
    assert len(world.asked) == 3


@in_virtual_time
async def test_what_cannot_be_kept_is_read_again() -> None:
    world = World()
    world.work.begin(GUILD)
    await world.settle()
    world.broken = [OSError("the disk is full")]
    world.does(entry(CaseKind.KICK))
    await world.settle()
    assert world.made == {}
    world.does(entry(CaseKind.BAN, 2))
    await world.settle()
    await world.settle(RETRY_SECONDS)
    assert sorted(world.kinds()) == [CaseKind.BAN, CaseKind.KICK]
    assert world.newest == world.written[-1].entry_id
