"""What is done to members: after a word to them, once, in turn, and not when nobody wants it by
then."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from moderation.cases import HandMade
from moderation.errors import PalisadeError
from moderation.intents import DEADLINE_MS, Over, Owed
from moderation.states import State
from moderation.verdict import (
    Action,
    Ban,
    EndTimeout,
    Kick,
    Outcome,
    Result,
    Sanction,
    TimeOut,
)
from service.expiry import LOOK_SECONDS, Expiry
from service.expiry import RETRY_SECONDS as EXPIRY_RETRY_SECONDS
from service.ledger import Ledger, Ticket
from service.outbox import Outbox
from service.parking import Parked
from service.sanctions import SETTLE_SECONDS, Sanctions
from tests.service.fakes import (
    DONE,
    GUILD,
    USER,
    FakeDiscord,
    FakeIntents,
    Watch,
    a_verdict,
    delete,
)
from tests.virtual_time import in_virtual_time, now

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


@in_virtual_time
async def test_a_word_goes_first() -> None:
    scene = Scene()
    told: list[Action] = []

    async def before(action: Sanction) -> None:
        await asyncio.sleep(3)
        assert scene.discord.enforced == []
        told.append(action)

    scene.outbox.attempts.before = before
    assert await scene.begins(KICK) == DONE
    assert told == scene.discord.enforced == [KICK]


@in_virtual_time
async def test_what_is_undone_meanwhile_is_not_done() -> None:
    scene = Scene()

    async def before(_: Sanction) -> None:
        await asyncio.sleep(3)

    scene.outbox.attempts.before = before
    task = scene.begins(KICK)
    await asyncio.sleep(1)
    await scene.undoes()
    assert (await task).outcome is Outcome.WITHDRAWN
    assert scene.discord.enforced == []
    await asyncio.sleep(1)
    assert scene.log.states == {1: State.WITHDRAWN}


@pytest.mark.parametrize("action", [KICK, delete()])
@in_virtual_time
async def test_what_is_undone_between_two_attempts_is_not_tried_again(action: Action) -> None:
    scene = Scene()
    scene.discord.script.append(OUTAGE)
    task = scene.begins(action)
    await asyncio.sleep(0.5)
    await scene.undoes()
    assert (await task).outcome is Outcome.WITHDRAWN
    assert scene.discord.enforced == [action]


@pytest.mark.parametrize("action", [KICK, delete()])
@in_virtual_time
async def test_what_is_undone_while_it_waits_for_a_permission_waits_no_more(
    action: Action,
) -> None:
    scene = Scene()
    scene.discord.script.append(FORBIDDEN)
    await scene.begins(action)
    assert len(scene.outbox.parked(GUILD)) == 1
    await scene.undoes()
    assert scene.outbox.parked(GUILD) == []
    assert scene.watch.results == [Outcome.FORBIDDEN, Outcome.WITHDRAWN]


@in_virtual_time
async def test_while_the_store_cannot_tell_nobody_is_punished() -> None:
    scene = Scene()
    scene.store.broken = FULL
    task = scene.begins(KICK)
    await asyncio.sleep(60)
    assert scene.discord.enforced == []
    scene.store.broken = None
    assert await task == DONE


@in_virtual_time
async def test_while_the_store_cannot_tell_a_message_is_deleted_all_the_same() -> None:
    scene = Scene()
    scene.store.broken = FULL
    scene.discord.script.append(OUTAGE)
    assert await scene.begins(delete()) == DONE


@pytest.mark.parametrize("make", [lambda: KICK, lambda: BAN, time_out])
@in_virtual_time
async def test_an_answer_that_was_lost_is_no_second_request(make: Callable[[], Action]) -> None:
    scene = Scene()
    action = make()
    scene.discord.script.append(OUTAGE)
    scene.discord.standing.append(action)
    assert (await scene.begins(action)).outcome is Outcome.DONE
    assert scene.discord.enforced == [action]


@in_virtual_time
async def test_two_for_one_member_are_done_in_turn() -> None:
    scene = Scene()
    scene.discord.gate = asyncio.Event()
    first, second = time_out(1), time_out(5)
    tasks = [scene.begins(first, 1), scene.begins(second, 2)]
    await asyncio.sleep(1)
    assert scene.discord.enforced == [first]
    scene.discord.gate.set()
    assert await asyncio.gather(*tasks) == [DONE, DONE]
    assert scene.discord.enforced == [first, second]
    await asyncio.sleep(1)
    assert scene.log.states == {1: State.DONE, 2: State.DONE}


@in_virtual_time
async def test_the_same_one_told_of_twice_is_done_once() -> None:
    scene = Scene()
    scene.discord.gate = asyncio.Event()
    owed = scene.owed(KICK)
    task = scene.sanctions.carry_out(owed)
    await asyncio.sleep(1)
    assert scene.sanctions.carry_out(owed) is None
    scene.discord.gate.set()
    assert task is not None
    await task
    assert scene.discord.enforced == [KICK]


@pytest.mark.parametrize("kind", [TimeOut, Ban])
@in_virtual_time
async def test_what_is_over_by_then_is_not_begun(kind: type[TimeOut | Ban]) -> None:
    scene = Scene()
    scene.discord.script.append(FORBIDDEN)
    await scene.begins(kind(GUILD, USER, clock() + HOUR_MS, "rude"))
    await asyncio.sleep(3600)
    (parked,) = scene.outbox.parked(GUILD)
    task = scene.outbox.resume(parked)
    assert task is not None
    assert (await task).outcome is Outcome.FAILED
    assert len(scene.discord.enforced) == 1


@in_virtual_time
async def test_what_lands_after_its_case_was_undone_is_lifted() -> None:
    scene = Scene()
    scene.discord.gate = asyncio.Event()
    task = scene.begins(time_out())
    await asyncio.sleep(1)
    scene.store.gone.add(1)
    scene.discord.gate.set()
    lift = EndTimeout(GUILD, USER, "undone")
    scene.store.lifting.append(scene.owed(lift, 2))
    await task
    await asyncio.sleep(1)
    assert scene.discord.enforced[1:] == [lift]
    assert [one.action_id for one in scene.log.endings] == [1, 2]


@pytest.mark.parametrize("action", [KICK, delete()])
@in_virtual_time
async def test_before_a_case_is_undone_what_discord_is_asked_for_is_waited_for_and_written(
    action: Action,
) -> None:
    scene = Scene()
    scene.discord.gate = asyncio.Event()
    scene.begins(action)
    await asyncio.sleep(1)
    settled = asyncio.create_task(scene.sanctions.settled(GUILD, 1))
    await asyncio.sleep(1)
    assert not settled.done()
    scene.discord.gate.set()
    actions = await settled
    assert scene.log.states == {1: State.DONE}
    assert scene.sanctions.under_way(actions) == 0


@in_virtual_time
async def test_before_a_case_is_undone_nothing_is_waited_for_that_takes_long() -> None:
    scene = Scene()
    scene.discord.gate = asyncio.Event()
    task = scene.begins(KICK)
    await asyncio.sleep(1)
    since = now()
    actions = await scene.sanctions.settled(GUILD, 1)
    assert now() == since + SETTLE_SECONDS
    assert scene.sanctions.under_way(actions) == 1
    scene.discord.gate.set()
    await task


@pytest.mark.parametrize("waits", ["between two attempts", "before the first"])
@in_virtual_time
async def test_before_a_case_is_undone_nothing_is_waited_for_that_can_be_called_off(
    waits: str,
) -> None:
    scene = Scene()
    if waits == "before the first":
        scene.outbox.attempts.before = lambda _: asyncio.sleep(10)
    else:
        scene.discord.script.append(OUTAGE)
    task = scene.begins(KICK)
    await asyncio.sleep(0.5)
    since = now()
    actions = await scene.sanctions.settled(GUILD, 1)
    assert (now(), scene.sanctions.under_way(actions)) == (since, 0)
    await scene.undoes()
    assert (await task).outcome is Outcome.WITHDRAWN


@in_virtual_time
async def test_a_defect_in_one_server_does_not_leave_out_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    scene.store.defect_in = GUILD + 1
    scene.store.lifting = [scene.owed(EndTimeout(GUILD, USER, "undone"))]
    scene.sanctions.begin([GUILD + 1, GUILD])
    await asyncio.sleep(60)
    assert [type(one) for one in scene.discord.enforced] == [EndTimeout]
    assert f"left standing in {GUILD + 1}" in caplog.text


@in_virtual_time
async def test_nothing_begins_after_the_end() -> None:
    scene = Scene()
    await scene.outbox.drain(1)
    assert scene.sanctions.carry_out(scene.owed(KICK)) is None
    assert scene.outbox.resume(Parked(a_verdict(), KICK, Ticket(clock() + 1, 1))) is None
    assert scene.discord.enforced == []


# The ends of bans


def unban(scene: Scene, number: int) -> Owed:
    return scene.owed(EndTimeout(GUILD, USER + number, "over"), number)


@in_virtual_time
async def test_a_ban_ends_at_its_time_and_is_not_looked_for_all_the_while() -> None:
    scene = Scene()
    scene.store.ends[clock() + 30 * 60_000] = unban(scene, 1)
    over: list[tuple[int, int]] = []
    scene.expiry.on_over = lambda *case: over.append(case)
    scene.expiry.start()
    await asyncio.sleep(30 * 60 - 1)
    assert (scene.discord.enforced, over) == ([], [])
    await asyncio.sleep(2)
    assert len(scene.discord.enforced) == 1
    assert over == [(GUILD, 1)]
    assert scene.store.looks < 6
    await scene.expiry.close()


@in_virtual_time
async def test_a_nearer_end_is_heard_of() -> None:
    scene = Scene()
    scene.store.ends[clock() + 30 * 60_000] = unban(scene, 1)
    scene.expiry.start()
    await asyncio.sleep(60)
    scene.store.ends[clock() + 60_000] = unban(scene, 2)
    scene.expiry.wake()
    await asyncio.sleep(61)
    assert [one.key[2] for one in scene.discord.enforced] == [USER + 2]
    await scene.expiry.close()


@in_virtual_time
async def test_an_end_that_cannot_be_read_is_looked_for_again() -> None:
    scene = Scene()
    scene.store.ends[clock()] = unban(scene, 1)
    scene.store.broken = FULL
    scene.expiry.start()
    scene.expiry.start()
    await asyncio.sleep(5 * EXPIRY_RETRY_SECONDS + 1)
    assert scene.store.looks == 6
    scene.store.broken = None
    await asyncio.sleep(EXPIRY_RETRY_SECONDS)
    assert len(scene.discord.enforced) == 1
    await scene.expiry.close()


@in_virtual_time
async def test_the_clock_is_looked_at_now_and_then() -> None:
    scene = Scene()
    scene.store.ends[clock() + 100 * HOUR_MS] = unban(scene, 1)
    scene.expiry.start()
    await asyncio.sleep(3 * LOOK_SECONDS + 1)
    assert scene.store.looks == 4
    await scene.expiry.close()
